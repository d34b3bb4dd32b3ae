// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/database/sqliterowreader.h"

#include "models/database/sqliteconnection.h"

#include <QCoreApplication>

#include <sqlite3.h>

namespace turnstone {

SqliteRowReader::SqliteRowReader(SqliteConnection &connection, sqlite3_stmt *statement)
    : m_connection(connection), m_statement(statement)
{
    const int count = sqlite3_column_count(statement);
    m_columns.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) {
        ResultColumn column;
        column.name = QString::fromUtf8(sqlite3_column_name(statement, i));
        column.typeName = QString::fromUtf8(sqlite3_column_decltype(statement, i));
        column.schema = QString::fromUtf8(sqlite3_column_database_name(statement, i));
        column.table = QString::fromUtf8(sqlite3_column_table_name(statement, i));
        column.column = QString::fromUtf8(sqlite3_column_origin_name(statement, i));
        m_columns.push_back(std::move(column));
    }
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
            return failure(ErrorCode::Cancelled, QCoreApplication::translate("Connection", "The work was stopped."));
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
                        return failure(ErrorCode::Io, QCoreApplication::translate("Connection", "There is not enough memory for this value."));
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
