// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/database/envfile.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QStringDecoder>

namespace turnstone {

namespace {

using namespace Qt::StringLiterals;

struct EnvfileText
{
    Q_DECLARE_TR_FUNCTIONS(EnvFile)
};

constexpr qint64 maximumFileSize = 1 << 20;
constexpr qsizetype maximumValueLength = 1 << 16;

bool startsKey(QChar c)
{
    return c == u'_' || (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z');
}

bool continuesKey(QChar c)
{
    return startsKey(c) || (c >= u'0' && c <= u'9') || c == u'.' || c == u'-';
}

bool isBlank(QChar c)
{
    return c == u' ' || c == u'\t';
}

} // namespace

/// Walks over the text once. `problem` of an entry is what only matters if somebody asks for it.
class EnvParser
{
public:
    EnvParser(const QString &text, const QString &name, const QProcessEnvironment &environment)
        : m_text(text)
        , m_environment(environment)
    {
        m_file.m_name = name;
    }

    Result<EnvFile> run()
    {
        while (m_at < m_text.size()) {
            skipBlanks();
            if (peek() == u'#')
                skipLine();
            else if (!atLineEnd())
                if (const Result<> line = setting(); !line)
                    return failure(line);
            skipLineEnd();
        }
        return m_file;
    }

private:
    QChar peek(qsizetype ahead = 0) const { return m_at + ahead < m_text.size() ? m_text[m_at + ahead] : QChar(); }
    bool atLineEnd() const { return m_at >= m_text.size() || peek() == u'\n' || (peek() == u'\r' && (m_at + 1 == m_text.size() || peek(1) == u'\n')); }
    void skipBlanks()
    {
        while (m_at < m_text.size() && isBlank(peek()))
            ++m_at;
    }
    void skipLine()
    {
        while (!atLineEnd())
            ++m_at;
    }
    void skipLineEnd()
    {
        if (peek() == u'\r' && m_at < m_text.size())
            ++m_at;
        if (m_at < m_text.size() && peek() == u'\n') {
            ++m_at;
            ++m_line;
        }
    }
    tl::unexpected<Error> malformed(int line, const QString &what) const
    {
        return failure(ErrorCode::Syntax, EnvfileText::tr("%1, line %2: %3").arg(m_file.m_name, QString::number(line), what));
    }

    QString word()
    {
        const qsizetype start = m_at;
        if (m_at < m_text.size() && startsKey(peek()))
            while (m_at < m_text.size() && continuesKey(peek()))
                ++m_at;
        return m_text.mid(start, m_at - start);
    }

    Result<> setting()
    {
        const int line = m_line;
        bool exported = false;
        QString key = word();
        if (key == "export"_L1 && isBlank(peek())) {
            skipBlanks();
            exported = peek() != u'=';
            if (exported)
                key = word();
        }
        skipBlanks();
        if (key.isEmpty())
            return malformed(line, EnvfileText::tr("a line must be a comment or KEY=value, and a key begins with a letter or _."));
        if (peek() != u'=') {
            if (exported && atLineEnd()) // `export KEY` marks a key for export and sets nothing
                return {};
            return malformed(line, EnvfileText::tr("after the key “%1” an = is missing.").arg(key));
        }
        ++m_at;
        const qsizetype afterEquals = m_at;
        skipBlanks();

        EnvFile::Entry entry;
        entry.line = line;
        if (peek() == u'\'' || peek() == u'"') {
            if (const Result<> quoted = quotedValue(key, entry); !quoted)
                return quoted;
        } else {
            unquotedValue(afterEquals, entry);
        }
        if (m_file.m_entries.contains(key))
            m_file.m_keys.removeOne(key);
        m_file.m_keys.append(key);
        m_file.m_entries.insert(key, entry);
        return {};
    }

    Result<> quotedValue(const QString &key, EnvFile::Entry &entry)
    {
        const QChar quote = peek();
        ++m_at;
        bool closed = false;
        while (m_at < m_text.size() && !closed) {
            const QChar c = peek();
            if (c == quote) {
                ++m_at;
                closed = true;
            } else if (c == u'\\' && m_at + 1 < m_text.size()) {
                m_at += 2;
                const QChar escaped = m_text[m_at - 1];
                m_line += escaped == u'\n';
                append(entry, quote == u'\'' ? singleQuoteEscape(escaped) : doubleQuoteEscape(escaped));
            } else if (c == u'$' && peek(1) == u'{' && quote == u'"') {
                expand(entry);
            } else {
                m_line += c == u'\n';
                if (c != u'\r' || peek(1) != u'\n')
                    append(entry, c);
                ++m_at;
            }
        }
        if (!closed)
            return malformed(entry.line, EnvfileText::tr("the value of “%1” begins with a %2 that is never closed.").arg(key, quote));
        skipBlanks();
        if (peek() == u'#' && isBlank(m_text[m_at - 1]))
            skipLine();
        if (!atLineEnd())
            return malformed(m_line, EnvfileText::tr("after the closing %2 of “%1” there is more text; only a comment may follow.").arg(key, quote));
        return {};
    }

    void unquotedValue(qsizetype afterEquals, EnvFile::Entry &entry)
    {
        qsizetype kept = 0; // trailing blanks are no part of the value
        while (!atLineEnd()) {
            const QChar c = peek();
            if (c == u'#' && m_at > afterEquals && isBlank(m_text[m_at - 1])) {
                skipLine();
                break;
            }
            if (c == u'$' && peek(1) == u'{') {
                expand(entry);
                kept = entry.value.size();
                continue;
            }
            append(entry, c);
            if (!isBlank(c))
                kept = entry.value.size();
            ++m_at;
        }
        entry.value.truncate(kept);
    }

    static QString singleQuoteEscape(QChar c) { return c == u'\'' || c == u'\\' ? QString(c) : u'\\' + QString(c); }
    static QString doubleQuoteEscape(QChar c)
    {
        switch (c.unicode()) {
        case u'n': return u"\n"_s;
        case u'r': return u"\r"_s;
        case u't': return u"\t"_s;
        case u'"':
        case u'\'':
        case u'\\':
        case u'$':
        case u'`': return c;
        case u'\n': return {}; // a line that is continued
        default: return u'\\' + QString(c);
        }
    }

    /// At `${`. A brace that is never closed on its line is plain text.
    void expand(EnvFile::Entry &entry)
    {
        qsizetype end = m_at + 2;
        while (end < m_text.size() && m_text[end] != u'}' && m_text[end] != u'\n')
            ++end;
        if (end >= m_text.size() || m_text[end] != u'}') {
            append(entry, u"${"_s);
            m_at += 2;
            return;
        }
        const QString inner = m_text.mid(m_at + 2, end - m_at - 2);
        m_at = end + 1;
        const qsizetype colon = inner.indexOf(":-"_L1);
        const QString name = colon < 0 ? inner : inner.left(colon);
        const auto other = m_file.m_entries.constFind(name);
        const bool inFile = other != m_file.m_entries.cend();
        QString value = inFile ? other->value : m_environment.value(name);
        if (colon >= 0 && value.isEmpty()) {
            append(entry, inner.mid(colon + 2));
            return;
        }
        if (inFile && !other->problem.isEmpty())
            entry.problem = other->problem;
        else if (!inFile && !m_environment.contains(name))
            entry.problem = EnvfileText::tr("${…} refers to a setting that stands neither above that line nor in the environment.");
        append(entry, value);
    }

    static void append(EnvFile::Entry &entry, const QString &text)
    {
        if (entry.value.size() + text.size() <= maximumValueLength)
            entry.value += text;
        else
            entry.problem = EnvfileText::tr("the value is longer than 65,536 characters.");
    }

    const QString &m_text;
    const QProcessEnvironment &m_environment;
    EnvFile m_file;
    qsizetype m_at = 0;
    int m_line = 1;
};

Result<EnvFile> EnvFile::read(const QString &path, const QProcessEnvironment &environment)
{
    const QString name = QDir::toNativeSeparators(path);
    const QFileInfo info(path);
    if (!info.exists())
        return failure(ErrorCode::NotFound, EnvfileText::tr("The settings file %1 does not exist.").arg(name));
    if (info.isDir())
        return failure(ErrorCode::InvalidInput, EnvfileText::tr("%1 is a folder; the settings file in it has to be named, for example %1/.env.").arg(name));
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        const bool denied = file.error() == QFileDevice::PermissionsError || !info.isReadable();
        return failure(denied ? ErrorCode::Permission : ErrorCode::Io, EnvfileText::tr("The settings file %1 cannot be read.").arg(name),
                       file.errorString());
    }
    const QByteArray bytes = file.read(maximumFileSize + 1);
    if (file.error() != QFileDevice::NoError)
        return failure(ErrorCode::Io, EnvfileText::tr("The settings file %1 cannot be read.").arg(name), file.errorString());
    if (bytes.size() > maximumFileSize)
        return failure(ErrorCode::InvalidInput, EnvfileText::tr("%1 is larger than 1 MB, so it is no settings file.").arg(name));
    return parse(bytes, name, environment);
}

Result<EnvFile> EnvFile::parse(QByteArrayView bytes, const QString &name, const QProcessEnvironment &environment)
{
    // Decoded by line, so that an error can name the line; a byte-order mark is dropped by hand.
    if (bytes.startsWith("\xEF\xBB\xBF"))
        bytes = bytes.sliced(3);
    int line = 1;
    for (qsizetype start = 0; start < bytes.size(); ++line) {
        const qsizetype lineEnd = bytes.indexOf('\n', start);
        const qsizetype end = lineEnd < 0 ? bytes.size() : lineEnd + 1;
        QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless | QStringDecoder::Flag::ConvertInitialBom);
        const QString decoded = decoder(bytes.sliced(start, end - start));
        if (decoder.hasError() || decoded.contains(QChar::Null))
            return failure(ErrorCode::Syntax, EnvfileText::tr("%1, line %2: this is not UTF-8 text; save the file as UTF-8.").arg(name, QString::number(line)));
        start = end;
    }
    const QString text = QString::fromUtf8(bytes);
    return EnvParser(text, name, environment).run();
}

Result<QString> EnvFile::value(const QString &key) const
{
    const Entry entry = m_entries.value(key);
    if (!entry.problem.isEmpty())
        return failure(ErrorCode::InvalidInput,
                       EnvfileText::tr("%1, line %2: “%3” cannot be used: %4").arg(m_name, QString::number(entry.line), key, entry.problem));
    return entry.value;
}

} // namespace turnstone
