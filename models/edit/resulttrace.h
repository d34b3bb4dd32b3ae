// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/database/connection.h"
#include "models/profiles/resolvedprofile.h"

#include <map>
#include <vector>

namespace turnstone {

/// Where one column of a query's result comes from, and whether it can be edited there.
struct TracedColumn
{
    QString schema;
    QString table;
    QString column;
    /// Why it cannot be edited, as a sentence; empty if it can.
    QString refusal;

    bool isEditable() const { return refusal.isEmpty(); }
};

/// A query's result, traced back to rows of tables: a column can be edited where it is a column of a table whose key stands
/// in the result as well, once.
struct ResultTrace
{
    std::vector<TracedColumn> columns;
    /// By schema and table: where in the result the parts of the key stand, in the order of the key.
    struct Key
    {
        QStringList columns;
        std::vector<int> positions;
        /// Whether it is the key of edits as well (RowAddress::key), if by another name: `id` for SQLite's rowid.
        bool isAddress = true;
    };
    std::map<std::pair<QString, QString>, Key> keys;

    /// The key of the row that the value at `column` belongs to, from the values of one row of the result; empty if it has
    /// none (an outer join).
    RowKey keyOf(int column, const std::vector<Value> &row) const;
};

/// `columns` as the reader of the result of `sql` has them. The engine tells where a column comes from, though not of which of
/// several queries that are combined, nor by which of several names of the same table: then nothing can be edited. On PostgreSQL
/// asks the catalog for the tables' names. Blocks.
[[nodiscard]] Result<ResultTrace> traceResult(Connection &connection, const QString &sql, const std::vector<ResultColumn> &columns, const Catalog &catalog,
                                              const ResolvedProfile &profile);

} // namespace turnstone
