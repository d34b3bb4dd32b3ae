// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/rowreader.h"

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

private:
    SqliteConnection &m_connection;
    sqlite3_stmt *m_statement;
    std::vector<ResultColumn> m_columns;
};

/// Binds one value; with `copy` false the bytes must live until the next bind or reset. Returns
/// SQLite's code.
int bindSqliteValue(sqlite3_stmt *statement, int index, const ValueRef &value, bool copy);

} // namespace turnstone
