// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/database/statementlog.h"

#include <QRegularExpression>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

const QString dots = u"•••"_s;

/// The logs that live, and the mutex that guards the list.
struct Living
{
    std::mutex mutex;
    std::vector<StatementLog *> logs;
};

Living &living()
{
    static Living all;
    return all;
}

QString shortText(const Value &value)
{
    if (value.bytes().size() <= StatementLog::mostOfParameter)
        return value.toDisplayText();
    const QByteArray start = value.bytes().left(StatementLog::mostOfParameter);
    const Value cut = value.type() == ValueType::Blob ? Value::blob(start) : Value::text(start);
    return u"%1… (%2 bytes)"_s.arg(cut.toDisplayText()).arg(value.bytes().size());
}

} // namespace

std::atomic<int> StatementLog::s_logs = 0;

StatementLog::StatementLog(QString database) : m_database(std::move(database))
{
    const std::lock_guard lock(living().mutex);
    living().logs.push_back(this);
    ++s_logs;
}

StatementLog::~StatementLog()
{
    const std::lock_guard lock(living().mutex);
    std::erase(living().logs, this);
    --s_logs;
}

void StatementLog::note(const QString &database, const LoggedStatement &statement)
{
    const std::lock_guard lock(living().mutex);
    for (StatementLog *log : living().logs) {
        if (log->m_database == database)
            log->add(statement);
    }
}

QString StatementLog::withoutSecrets(const QString &sql)
{
    static const QRegularExpression password(u"(\\bpassword\\s+)(e?'(?:[^']|'')*')"_s, QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression inUrl(u"(\\b\\w+://[^\\s/:@']+:)[^\\s@']+(@)"_s);
    static const QRegularExpression keyword(u"(\\bpassword\\s*=\\s*)([^\\s']+)"_s, QRegularExpression::CaseInsensitiveOption);
    QString masked = sql;
    masked.replace(password, u"\\1'"_s + dots + u'\'');
    masked.replace(inUrl, u"\\1"_s + dots + u"\\2"_s);
    masked.replace(keyword, u"\\1"_s + dots);
    return masked;
}

QStringList StatementLog::texts(const Parameters &parameters)
{
    static const QRegularExpression secret(u"pass|secret|token|api_?key|credential"_s, QRegularExpression::CaseInsensitiveOption);
    QStringList list;
    for (std::size_t i = 0; i < parameters.positional.size(); ++i)
        list.append(u"%1 = %2"_s.arg(i + 1).arg(shortText(parameters.positional[i])));
    for (const auto &[name, value] : parameters.named)
        list.append(u":%1 = %2"_s.arg(name, secret.match(name).hasMatch() ? dots : shortText(value)));
    return list;
}

std::size_t StatementLog::bytesOf(const LoggedStatement &statement)
{
    qsizetype characters = statement.sql.size() + statement.error.size();
    for (const QString &text : statement.parameters)
        characters += text.size();
    return sizeof(LoggedStatement) + static_cast<std::size_t>(characters) * sizeof(QChar);
}

void StatementLog::add(LoggedStatement statement)
{
    if (statement.sql.size() > mostOfStatement)
        statement.sql = statement.sql.left(mostOfStatement) + u'…';
    statement.sql = withoutSecrets(statement.sql);
    const std::lock_guard lock(m_mutex);
    statement.number = m_next++;
    m_bytes += bytesOf(statement);
    m_entries.push_back(std::move(statement));
    while (m_entries.size() > mostEntries || (m_bytes > mostBytes && m_entries.size() > 1)) {
        m_bytes -= bytesOf(m_entries.front());
        m_entries.pop_front();
    }
}

std::vector<LoggedStatement> StatementLog::after(std::int64_t number) const
{
    const std::lock_guard lock(m_mutex);
    std::vector<LoggedStatement> list;
    if (m_entries.empty() || m_entries.back().number <= number)
        return list;
    const std::int64_t first = m_entries.front().number;
    const auto from = static_cast<std::ptrdiff_t>(std::max<std::int64_t>(0, number + 1 - first));
    list.assign(m_entries.begin() + from, m_entries.end());
    return list;
}

void StatementLog::clear()
{
    const std::lock_guard lock(m_mutex);
    m_entries.clear();
    m_bytes = 0;
}

} // namespace turnstone
