// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/rowreader.h"

#include <initializer_list>
#include <memory>

struct sqlite3_stmt;

namespace turnstone {

class SqliteConnection;

/// Steps one prepared statement of a SqliteConnection and copies its values, storage class by
/// storage class, into RowBlocks. Owns the statement.
class SqliteRowReader final : public RowReader
{
public:
    SqliteRowReader(SqliteConnection &connection, sqlite3_stmt *statement);
    ~SqliteRowReader() override;
    Q_DISABLE_COPY_MOVE(SqliteRowReader)

    const std::vector<ResultColumn> &columns() const override { return m_columns; }
    [[nodiscard]] Result<bool> read(RowBlock &block, const RowBlock::Limits &limits = {}) override;
    [[nodiscard]] Result<bool> visit(RowVisitor &visitor) override;

private:
    SqliteConnection &m_connection;
    sqlite3_stmt *m_statement;
    std::vector<ResultColumn> m_columns;
    std::vector<ValueRef> m_values;
};

/// A SELECT prepared once and run often with other values: one after the other, for the pieces of a big scan.
/// Lives in its connection's thread and must be destroyed before the connection.
class SqliteRepeatedQuery
{
public:
    /// `fixed` are the values of the first placeholders, the same for every run.
    [[nodiscard]] static Result<std::unique_ptr<SqliteRepeatedQuery>> prepare(SqliteConnection &connection, const QString &sql, const std::vector<Value> &fixed);
    ~SqliteRepeatedQuery();
    Q_DISABLE_COPY_MOVE(SqliteRepeatedQuery)

    const std::vector<ResultColumn> &columns() const { return m_columns; }
    /// Binds the integers after the fixed values. Ends the run before.
    [[nodiscard]] Result<> start(std::initializer_list<std::int64_t> values);
    /// The same with any values; they must live until the run ends.
    [[nodiscard]] Result<> start(const std::vector<ValueRef> &values);
    /// As RowReader::visit(); at the end the read transaction ends.
    [[nodiscard]] Result<bool> visit(RowVisitor &visitor);
    /// Ends a run that is not read to its end.
    void stop();

private:
    SqliteRepeatedQuery(SqliteConnection &connection, sqlite3_stmt *statement, int fixed);

    SqliteConnection &m_connection;
    sqlite3_stmt *m_statement;
    const int m_fixed;
    std::vector<ResultColumn> m_columns;
    std::vector<ValueRef> m_values;
};

/// Binds one value; with `copy` false the bytes must live until the next bind or reset. Returns
/// SQLite's code.
int bindSqliteValue(sqlite3_stmt *statement, int index, const ValueRef &value, bool copy);

} // namespace turnstone
