// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/find/findtask.h"

#include "models/database/sqliteconnection.h"
#include "models/database/statementwatch.h"

#include <sqlite3.h>

#include <memory>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype mostArguments = 100; // SQLite takes 127

struct StatementDeleter
{
    void operator()(sqlite3_stmt *statement) const { sqlite3_finalize(statement); }
};
using Statement = std::unique_ptr<sqlite3_stmt, StatementDeleter>;

Value valueOf(sqlite3_stmt *statement, int column)
{
    switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER: return Value::integer(sqlite3_column_int64(statement, column));
    case SQLITE_FLOAT: return Value::real(sqlite3_column_double(statement, column));
    case SQLITE_TEXT: {
        const auto *text = reinterpret_cast<const char *>(sqlite3_column_text(statement, column));
        return Value::text(QByteArray(text, sqlite3_column_bytes(statement, column)));
    }
    case SQLITE_BLOB: {
        const auto *bytes = static_cast<const char *>(sqlite3_column_blob(statement, column));
        return Value::blob(QByteArray(bytes, sqlite3_column_bytes(statement, column)));
    }
    default: return {};
    }
}

/// A function of SQL that tells whether one of its arguments holds what is looked for; there as long as this object.
class MatchFunction
{
public:
    static constexpr const char *name = "turnstone_find";

    MatchFunction(sqlite3 *handle, const TextMatcher &matcher) : m_handle(handle), m_matcher(matcher)
    {
        sqlite3_create_function_v2(handle, name, -1, SQLITE_UTF8 | SQLITE_DIRECTONLY, this, &MatchFunction::match, nullptr, nullptr, nullptr);
    }
    ~MatchFunction() { sqlite3_create_function_v2(m_handle, name, -1, SQLITE_UTF8, nullptr, nullptr, nullptr, nullptr, nullptr); }
    Q_DISABLE_COPY_MOVE(MatchFunction)
    std::int64_t rows() const { return m_rows; }

private:
    static void match(sqlite3_context *context, int count, sqlite3_value **values)
    {
        auto *self = static_cast<MatchFunction *>(sqlite3_user_data(context));
        ++self->m_rows;
        for (int i = 0; i < count; ++i) {
            if (sqlite3_value_type(values[i]) != SQLITE_TEXT)
                continue;
            const auto *text = reinterpret_cast<const char *>(sqlite3_value_text(values[i]));
            if (text && self->m_matcher.find(QByteArrayView(text, sqlite3_value_bytes(values[i])))) {
                sqlite3_result_int(context, 1);
                return;
            }
        }
        sqlite3_result_int(context, 0);
    }

    sqlite3 *m_handle;
    const TextMatcher &m_matcher;
    std::int64_t m_rows = 0;
};

QString escapedLike(QString text)
{
    return text.replace(u'\\', u"\\\\"_s).replace(u'%', u"\\%"_s).replace(u'_', u"\\_"_s);
}

} // namespace

FindTaskRunner::FindTaskRunner(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, const TextMatcher &matcher)
    : m_connection(connection), m_catalog(catalog), m_profile(profile), m_matcher(matcher), m_sql(catalog, profile)
{
}

Result<std::int64_t> FindTaskRunner::run(const FindTask &task, const Sink &sink)
{
    if (m_connection.engine() == Engine::PostgreSql)
        return runServer(task, sink);
    return task.index ? runSqliteIndex(task, sink) : runSqliteRows(task, sink);
}

FindHit FindTaskRunner::hitAt(const FindTask &task, const QStringList &keyColumns, const QString &column, QByteArrayView value, const TextMatch &match) const
{
    FindHit hit;
    hit.schema = m_connection.engine() == Engine::PostgreSql ? task.table->schema : QString();
    hit.table = task.table->name;
    hit.keyColumns = keyColumns;
    hit.column = column;
    hit.excerpt = excerptOf(value, match);
    return hit;
}

/// The values are looked at inside of SQLite's own loop, where it has them: leaving it for every row and copying 600 MB
/// would take longer than the search.
Result<std::int64_t> FindTaskRunner::runSqliteRows(const FindTask &task, const Sink &sink)
{
    auto &connection = static_cast<SqliteConnection &>(m_connection);
    MatchFunction function(connection.handle(), m_matcher);
    const QStringList keyColumns = m_sql.identity(*task.table);
    QStringList columns;
    QStringList keys;
    for (const QString &name : task.columns)
        columns.append(Connection::quoted(name));
    for (const QString &name : keyColumns)
        keys.append(Connection::quoted(name));
    QStringList calls;
    for (qsizetype i = 0; i < columns.size(); i += mostArguments)
        calls.append(u"%1(%2)"_s.arg(QLatin1String(MatchFunction::name), columns.mid(i, mostArguments).join(u", "_s)));
    QString sql = u"SELECT %1 FROM %2 WHERE (%3)"_s.arg((columns + keys).join(u", "_s), Connection::quoted(task.table->name), calls.join(u" OR "_s));
    if (task.firstRow)
        sql += u" AND %1 BETWEEN ?1 AND ?2"_s.arg(task.table->rowidName());
    StatementWatch watch(m_connection, sql, task.firstRow ? Parameters{Value::integer(*task.firstRow), Value::integer(*task.lastRow)} : Parameters());
    const Result<> scanned = scanSqlite(task, columns, keyColumns, sql, sink);
    watch.add(function.rows(), scanned ? nullptr : &scanned.error());
    return scanned ? Result<std::int64_t>(function.rows()) : failure(scanned);
}

Result<> FindTaskRunner::scanSqlite(const FindTask &task, const QStringList &columns, const QStringList &keyColumns, const QString &sql, const Sink &sink)
{
    auto &connection = static_cast<SqliteConnection &>(m_connection);
    const QByteArray utf8 = sql.toUtf8();
    sqlite3_stmt *raw = nullptr;
    if (sqlite3_prepare_v2(connection.handle(), utf8.constData(), static_cast<int>(utf8.size()), &raw, nullptr) != SQLITE_OK)
        return tl::unexpected(connection.lastError(sql));
    const Statement statement(raw);
    if (task.firstRow) {
        sqlite3_bind_int64(raw, 1, *task.firstRow);
        sqlite3_bind_int64(raw, 2, *task.lastRow);
    }
    for (;;) {
        const int status = sqlite3_step(raw);
        if (status == SQLITE_DONE)
            return {};
        if (status != SQLITE_ROW)
            return tl::unexpected(connection.lastError());
        for (int i = 0; i < static_cast<int>(columns.size()); ++i) {
            if (sqlite3_column_type(raw, i) != SQLITE_TEXT)
                continue;
            const auto *text = reinterpret_cast<const char *>(sqlite3_column_text(raw, i));
            const QByteArrayView bytes(text, text ? sqlite3_column_bytes(raw, i) : 0);
            const std::optional<TextMatch> match = m_matcher.find(bytes);
            if (!match)
                continue;
            FindHit hit = hitAt(task, keyColumns, task.columns[i], bytes, *match);
            for (int k = 0; k < static_cast<int>(keyColumns.size()); ++k)
                hit.key.push_back(valueOf(raw, static_cast<int>(columns.size()) + k));
            if (!sink(std::move(hit)))
                return {};
        }
    }
}

Result<std::int64_t> FindTaskRunner::runSqliteIndex(const FindTask &task, const Sink &sink)
{
    const QString fts = Connection::quoted(task.index->name);
    QStringList terms;
    for (const QString &word : m_matcher.words())
        terms.append(u'"' + QString(word).replace(u'"', u"\"\""_s) + u"\" *"_s);
    const QStringList keyColumns = m_sql.identity(*task.table);
    const bool isOwn = task.table->name == task.index->name;
    QStringList selected;
    for (const QString &name : task.columns)
        selected.append(u"c."_s + Connection::quoted(name));
    for (const QString &name : keyColumns)
        selected.append(u"c."_s + Connection::quoted(name));
    const QString rowid = isOwn ? u"rowid"_s : task.table->rowidName();
    selected.append(u"snippet(f.%1, -1, '', '', '…', 24)"_s.arg(fts));
    const QString sql = u"SELECT %1 FROM %2 AS f JOIN %3 AS c ON c.%4 = f.rowid WHERE f.%2 MATCH ?1"_s.arg(selected.join(u", "_s), fts, Connection::quoted(task.table->name), rowid);
    std::int64_t rows = 0;
    const int columns = static_cast<int>(task.columns.size());
    const Result<> read = m_connection.forEachRow(sql, {Value::text(terms.join(u" AND "_s))}, [&](const RowBlock &block, int row) {
        ++rows;
        const auto addKey = [&](FindHit &hit) {
            for (int k = 0; k < static_cast<int>(keyColumns.size()); ++k)
                hit.key.push_back(Value(block.at(row, columns + k)));
        };
        bool isFound = false;
        for (int i = 0; i < columns; ++i) {
            const std::optional<TextMatch> match = m_matcher.find(textOf(block.at(row, i)));
            if (!match)
                continue;
            isFound = true;
            FindHit hit = hitAt(task, keyColumns, task.columns[i], textOf(block.at(row, i)), *match);
            addKey(hit);
            if (!sink(std::move(hit)))
                return false;
        }
        if (isFound)
            return true;
        // The index folds more than we do (accents, stems), or the words stand in different columns.
        const QByteArrayView snippet = textOf(block.at(row, block.columnCount() - 1));
        FindHit hit = hitAt(task, keyColumns, task.columns.front(), snippet, {0, 0});
        addKey(hit);
        return sink(std::move(hit));
    });
    if (!read)
        return failure(read);
    return rows;
}

QString FindTaskRunner::serverCondition(const FindTask &task, SqlValues &values) const
{
    if (task.index) {
        return u"%1 @@ plainto_tsquery(%2::regconfig, %3)"_s.arg(task.index->expression, values.bind(Value::text(task.index->config)), values.bind(Value::text(m_matcher.words().join(u' '))));
    }
    // Any value with all words holds a piece of each. What else the server finds is sorted out here.
    QStringList columns;
    for (const QString &name : task.columns) {
        const CatalogColumn *column = task.table->column(name);
        const bool isText = column && (column->type == u"text" || column->type.startsWith(u"character varying"));
        const QString text = u"t."_s + Connection::quoted(name) + (isText ? QString() : u"::text"_s);
        QStringList words;
        for (const QStringList &pieces : m_matcher.pieces()) {
            QStringList ways;
            for (const QString &piece : pieces)
                ways.append(u"%1 ILIKE %2"_s.arg(text, values.bind(Value::text(u'%' + escapedLike(piece) + u'%'))));
            words.append(u'(' + ways.join(u" OR "_s) + u')');
        }
        if (!words.isEmpty())
            columns.append(words.join(u" AND "_s));
    }
    return columns.isEmpty() ? u"true"_s : u'(' + columns.join(u" OR "_s) + u')';
}

Result<std::int64_t> FindTaskRunner::runServer(const FindTask &task, const Sink &sink)
{
    const QStringList keyColumns = m_sql.identity(*task.table);
    QStringList selected;
    for (const QString &name : task.columns)
        selected.append(u"t.%1::text"_s.arg(Connection::quoted(name)));
    for (const QString &name : keyColumns)
        selected.append(u"t."_s + Connection::quoted(name));
    SqlValues values(Engine::PostgreSql);
    const QString where = serverCondition(task, values);
    const QString sql = u"SELECT %1 FROM %2 AS t WHERE %3"_s.arg(selected.join(u", "_s), m_sql.tableName(*task.table), where);
    std::int64_t rows = 0;
    const int columns = static_cast<int>(task.columns.size());
    const Result<> read = m_connection.forEachRow(sql, values.values(), [&](const RowBlock &block, int row) {
        ++rows;
        const auto addKey = [&](FindHit &hit) {
            for (int k = 0; k < static_cast<int>(keyColumns.size()); ++k)
                hit.key.push_back(Value(block.at(row, columns + k)));
        };
        bool isFound = false;
        for (int i = 0; i < columns; ++i) {
            const std::optional<TextMatch> match = m_matcher.find(textOf(block.at(row, i)));
            if (!match)
                continue;
            isFound = true;
            FindHit hit = hitAt(task, keyColumns, task.columns[i], textOf(block.at(row, i)), *match);
            addKey(hit);
            if (!sink(std::move(hit)))
                return false;
        }
        if (isFound || !task.index)
            return true;
        FindHit hit = hitAt(task, keyColumns, task.columns.front(), textOf(block.at(row, 0)), {0, 0}); // another form of the word
        addKey(hit);
        return sink(std::move(hit));
    });
    if (!read)
        return failure(read);
    return rows;
}

} // namespace turnstone
