// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/database/sqliterowreader.h"

#include "models/database/sqliteconnection.h"

#include <QCoreApplication>

#include <sqlite3.h>

namespace turnstone {

namespace {

std::vector<ResultColumn> columnsOf(sqlite3_stmt *statement)
{
    std::vector<ResultColumn> columns;
    const int count = sqlite3_column_count(statement);
    columns.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) {
        ResultColumn column;
        column.name = QString::fromUtf8(sqlite3_column_name(statement, i));
        column.typeName = QString::fromUtf8(sqlite3_column_decltype(statement, i));
        column.schema = QString::fromUtf8(sqlite3_column_database_name(statement, i));
        column.table = QString::fromUtf8(sqlite3_column_table_name(statement, i));
        column.column = QString::fromUtf8(sqlite3_column_origin_name(statement, i));
        columns.push_back(std::move(column));
    }
    return columns;
}

/// The values of the row that the statement stands on, in SQLite's memory. False: no memory for one of them.
bool takeRow(sqlite3_stmt *statement, std::vector<ValueRef> &values)
{
    const int count = static_cast<int>(values.size());
    for (int i = 0; i < count; ++i) {
        // The value itself once: each sqlite3_column_ function locks the connection's mutex anew.
        sqlite3_value *const value = sqlite3_column_value(statement, i);
        ValueRef &ref = values[static_cast<std::size_t>(i)];
        switch (sqlite3_value_type(value)) {
        case SQLITE_INTEGER: ref = ValueRef::integer(sqlite3_value_int64(value)); break;
        case SQLITE_FLOAT: ref = ValueRef::real(sqlite3_value_double(value)); break;
        case SQLITE_TEXT: {
            const auto *text = reinterpret_cast<const char *>(sqlite3_value_text(value));
            if (!text) // no memory for the conversion; without text there are no bytes to be had either
                return false;
            ref = ValueRef::bytes(ValueType::Text, text, sqlite3_value_bytes(value));
            break;
        }
        case SQLITE_BLOB: {
            const auto *bytes = static_cast<const char *>(sqlite3_value_blob(value));
            ref = ValueRef::bytes(ValueType::Blob, bytes, sqlite3_value_bytes(value));
            break;
        }
        default: ref = {}; break;
        }
    }
    return true;
}

tl::unexpected<Error> stoppedError()
{
    return failure(ErrorCode::Cancelled, QCoreApplication::translate("Connection", "The work was stopped."));
}

tl::unexpected<Error> memoryError()
{
    return failure(ErrorCode::Io, QCoreApplication::translate("Connection", "There is not enough memory for this value."));
}

/// Steps until the visitor has enough; the answer is as that of RowReader::visit(). The statement is left as it is.
Result<bool> stepThrough(const SqliteConnection &connection, sqlite3_stmt *statement, std::vector<ValueRef> &values, RowVisitor &visitor)
{
    for (;;) {
        if (connection.stopped())
            return stoppedError();
        const int status = sqlite3_step(statement);
        if (status == SQLITE_DONE)
            return false;
        if (status != SQLITE_ROW)
            return tl::unexpected(connection.lastError());
        if (!takeRow(statement, values))
            return memoryError();
        if (!visitor.visit(values.data()))
            return true;
    }
}

} // namespace

SqliteRowReader::SqliteRowReader(SqliteConnection &connection, sqlite3_stmt *statement)
    : m_connection(connection), m_statement(statement), m_columns(columnsOf(statement)), m_values(m_columns.size())
{
}

SqliteRowReader::~SqliteRowReader()
{
    sqlite3_finalize(m_statement);
}

Result<bool> SqliteRowReader::read(RowBlock &block, const RowBlock::Limits &limits)
{
    const int columns = static_cast<int>(m_columns.size());
    block.clear(columns);
    if (!m_statement)
        return false;
    for (;;) {
        if (m_connection.stopped()) {
            sqlite3_finalize(std::exchange(m_statement, nullptr));
            return stoppedError();
        }
        while (!block.isFull(limits)) {
            const int status = sqlite3_step(m_statement);
            if (status != SQLITE_ROW) {
                // The error belongs to the handle until the next call on it, finalize included.
                const Error error = status == SQLITE_DONE ? Error() : m_connection.lastError();
                sqlite3_finalize(std::exchange(m_statement, nullptr)); // ends the read transaction
                if (status == SQLITE_DONE)
                    return false;
                return tl::unexpected(error);
            }
            for (int i = 0; i < columns; ++i) {
                // The value itself once: each sqlite3_column_ function locks the connection's mutex anew.
                sqlite3_value *const value = sqlite3_column_value(m_statement, i);
                switch (sqlite3_value_type(value)) {
                case SQLITE_INTEGER: block.addInteger(sqlite3_value_int64(value)); break;
                case SQLITE_FLOAT: block.addReal(sqlite3_value_double(value)); break;
                case SQLITE_TEXT: {
                    const auto *text = reinterpret_cast<const char *>(sqlite3_value_text(value));
                    if (!text) // no memory for the conversion; without text there are no bytes to be had either
                        return memoryError();
                    block.addBytes(ValueType::Text, text, sqlite3_value_bytes(value));
                    break;
                }
                case SQLITE_BLOB: {
                    const auto *bytes = static_cast<const char *>(sqlite3_value_blob(value));
                    block.addBytes(ValueType::Blob, bytes, sqlite3_value_bytes(value));
                    break;
                }
                default: block.addNull(); break;
                }
            }
            block.endRow();
        }
        return true;
    }
}

Result<bool> SqliteRowReader::visit(RowVisitor &visitor)
{
    if (!m_statement)
        return false;
    const Result<bool> more = stepThrough(m_connection, m_statement, m_values, visitor);
    if (!more || !*more)
        sqlite3_finalize(std::exchange(m_statement, nullptr)); // ends the read transaction
    return more;
}

SqliteRepeatedQuery::SqliteRepeatedQuery(SqliteConnection &connection, sqlite3_stmt *statement, int fixed)
    : m_connection(connection), m_statement(statement), m_fixed(fixed), m_columns(columnsOf(statement)), m_values(m_columns.size())
{
}

SqliteRepeatedQuery::~SqliteRepeatedQuery()
{
    sqlite3_finalize(m_statement);
}

Result<std::unique_ptr<SqliteRepeatedQuery>> SqliteRepeatedQuery::prepare(SqliteConnection &connection, const QString &sql, const std::vector<Value> &fixed)
{
    const QByteArray utf8 = sql.toUtf8();
    sqlite3_stmt *statement = nullptr;
    if (sqlite3_prepare_v3(connection.handle(), utf8.constData(), static_cast<int>(utf8.size()), SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK)
        return tl::unexpected(connection.lastError(sql));
    std::unique_ptr<SqliteRepeatedQuery> query(new SqliteRepeatedQuery(connection, statement, static_cast<int>(fixed.size())));
    for (std::size_t i = 0; i < fixed.size(); ++i) {
        if (bindSqliteValue(statement, static_cast<int>(i) + 1, fixed[i].ref(), true) != SQLITE_OK)
            return tl::unexpected(connection.lastError());
    }
    return query;
}

Result<> SqliteRepeatedQuery::start(std::initializer_list<std::int64_t> values)
{
    sqlite3_reset(m_statement);
    int place = m_fixed;
    for (const std::int64_t value : values) {
        if (sqlite3_bind_int64(m_statement, ++place, value) != SQLITE_OK)
            return tl::unexpected(m_connection.lastError());
    }
    return {};
}

Result<> SqliteRepeatedQuery::start(const std::vector<ValueRef> &values)
{
    sqlite3_reset(m_statement);
    int place = m_fixed;
    for (const ValueRef &value : values) {
        if (bindSqliteValue(m_statement, ++place, value, false) != SQLITE_OK)
            return tl::unexpected(m_connection.lastError());
    }
    return {};
}

Result<bool> SqliteRepeatedQuery::visit(RowVisitor &visitor)
{
    const Result<bool> more = stepThrough(m_connection, m_statement, m_values, visitor);
    if (!more || !*more)
        stop();
    return more;
}

void SqliteRepeatedQuery::stop()
{
    sqlite3_reset(m_statement);
}

int bindSqliteValue(sqlite3_stmt *statement, int index, const ValueRef &value, bool copy)
{
    const auto life = copy ? SQLITE_TRANSIENT : SQLITE_STATIC;
    switch (value.type()) {
    case ValueType::Null: break;
    case ValueType::Integer: return sqlite3_bind_int64(statement, index, value.integer());
    case ValueType::Real: return sqlite3_bind_double(statement, index, value.real());
    case ValueType::Text: {
        const char *data = value.bytes().data();
        return sqlite3_bind_text64(statement, index, data ? data : "", static_cast<sqlite3_uint64>(value.bytes().size()), life,
                                   SQLITE_UTF8);
    }
    case ValueType::Blob:
        if (value.bytes().isEmpty())
            return sqlite3_bind_zeroblob(statement, index, 0);
        return sqlite3_bind_blob64(statement, index, value.bytes().data(), static_cast<sqlite3_uint64>(value.bytes().size()), life);
    }
    return sqlite3_bind_null(statement, index);
}

} // namespace turnstone
