// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"
#include "models/database/rowreader.h"

#include <QStringList>

#include <memory>

struct sqlite3_context;
struct sqlite3_stmt;
struct sqlite3_value;

namespace turnstone {

class SqliteConnection;
class SqliteRepeatedQuery;

/// Reads pieces of a rowid table, in the order of the rowids, one piece after the other with one prepared statement.
///
/// Rows come from inside the engine, as an aggregate function sees them (see sqlitescan.h), where the database holds
/// UTF-8 and there are fewer than `mostScanned` columns; else they are stepped through. Meanwhile the connection's page cache is
/// small: every page is looked at once, and few of them stay in the processor's own cache. One object a connection at a time;
/// it lives in the connection's thread and must be destroyed before the connection.
class SqlitePieceScan
{
public:
    /// `columns` and `rowid` as they stand in a statement, `from` the table's quoted name.
    [[nodiscard]] static Result<std::unique_ptr<SqlitePieceScan>> prepare(SqliteConnection &connection, const QStringList &columns, const QString &rowid, const QString &from);
    ~SqlitePieceScan();
    Q_DISABLE_COPY_MOVE(SqlitePieceScan)

    /// Hands the rows from `first` to `last` to the visitor: the columns and then the rowid. True if it had enough before
    /// the end. Errors as RowReader::visit().
    [[nodiscard]] Result<bool> visit(std::int64_t first, std::int64_t last, RowVisitor &visitor);

private:
    explicit SqlitePieceScan(SqliteConnection &connection);
    void setCacheSize(int size);
    Result<> prepareInside(const QStringList &columns, const QString &rowid, const QString &from);
    static void take(sqlite3_context *context, int count, sqlite3_value **values);

    SqliteConnection &m_connection;
    std::unique_ptr<SqliteRepeatedQuery> m_stepped;
    sqlite3_stmt *m_statement = nullptr;
    int m_usualCacheSize = 0;
    std::vector<ValueRef> m_row;
    RowVisitor *m_visitor = nullptr;
    std::int64_t m_last = 0;
    bool m_hasRow = false;
    bool m_hasEnough = false;
    bool m_isOutOfOrder = false;
};

} // namespace turnstone
