// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/connection.h"
#include "models/items/bigcells.h"
#include "models/items/pagerows.h"
#include "models/items/roworder.h"
#include "models/items/rowselection.h"
#include "models/items/rowsource.h"
#include "models/items/tablequery.h"

#include <functional>
#include <memory>

namespace turnstone {

/// The statements behind the row sources: rows of one table that pass filters, in a complete order. The
/// reading functions run in a connection's thread. A value type.
class OrderedQuery
{
public:
    /// The columns and filters must have been checked.
    OrderedQuery(const CatalogTable &table, const RowSelection &selection, bool keyDescending);

    const CatalogTable &table() const { return m_table; }
    const TableQuery &query() const { return m_query; }
    const RowOrder &order() const { return m_order; }
    const RowSelection &selection() const { return m_selection; }

    /// Tuples of one range; no limit if `limit` is 0.
    BoundSql tuples(const RowOrder::Range &range, const RowKey &tuple, int limit) const;
    /// Keys of all rows in order (first `limit`, if not 0).
    BoundSql keys(int limit) const;
    /// Hands over blocks of tuples from `tuple` on (all if it is empty), up to `limit` rows (0: no limit).
    Result<> readTuples(Connection &connection, const RowKey &tuple, bool inclusive, int limit,
                        const std::function<void(const RowBlock &)> &take) const;

    /// A stretch of a walk over tuples, of about `limit` rows: how many there were, the last one, and each at
    /// which (rows before + `offset`) is a multiple of `every`. The engine skips the others where it can.
    struct Steps
    {
        std::vector<RowKey> marks;
        RowKey last;
        qint64 rows = 0;
        bool isEnd = false;
    };
    Result<Steps> walk(Connection &connection, const RowKey &after, int limit, int every, int offset) const;

    /// Up to rowsPerPage rows from `first` on and before `end`, if that is not empty.
    Result<RowPage> readRange(Connection &connection, const RowKey &first, const RowKey &end) const;
    /// The rows of the keys, in the order of the keys; those that are no longer there are left out.
    Result<RowPage> readKeys(Connection &connection, const std::vector<RowKey> &keys) const;
    /// The tuple of a row that passes the filters; NotFound.
    Result<RowKey> readTuple(Connection &connection, const RowKey &key) const;
    /// For a row: how many of the ascending tuples stand before it or are its own. NotFound.
    Result<int> countNotBehind(Connection &connection, const RowKey &key, const std::vector<RowKey> &tuples) const;
    /// The first lines of the engine's plan for a statement.
    static Result<QStringList> explain(Connection &connection, const BoundSql &sql);

    /// Whether both name the same row; a key may hold PostgreSQL's integers as text or as numbers.
    static bool isSameKey(const RowKey &a, const RowKey &b);
    /// A row of the block as a tuple of its first `columns`.
    static RowKey rowOf(const RowBlock &block, int row, int columns);

private:
    /// Appends the statement's rows to `to`; false as PageRows::read().
    Result<bool> appendRows(Connection &connection, const BoundSql &sql, const TableQuery::Values &values, RowBlock &to, const PageRows::Belongs &belongs = {}) const;
    /// `read` fills the page anew with the values given, or says false as appendRows() does.
    Result<RowPage> readPage(Connection &connection, const std::function<Result<bool>(RowPage &, const TableQuery::Values &)> &read) const;
    Result<> walkRowids(Connection &connection, const RowKey &after, int limit, int every, int offset, Steps &steps) const;
    Result<> walkTuples(Connection &connection, const RowKey &after, int limit, int every, int offset, Steps &steps) const;
    Result<> walkOnServer(Connection &connection, const BoundSql &tuples, int every, int offset, Steps &steps) const;
    Result<bool> tryRange(Connection &connection, const RowKey &first, const RowKey &end, const TableQuery::Values &values, RowPage &page) const;
    Result<bool> tryKeys(Connection &connection, const std::vector<RowKey> &keys, const TableQuery::Values &values, RowPage &page) const;
    Result<bool> tryRowids(Connection &connection, const std::vector<RowKey> &keys, const TableQuery::Values &values, RowPage &page) const;
    QString where(const QString &condition, BoundSql &sql) const;
    QString matchKey(const RowKey &key, BoundSql &sql) const;
    Error explained(Connection &connection, const Error &error) const;

    CatalogTable m_table;
    RowSelection m_selection;
    TableQuery m_query;
    RowOrder m_order;
    std::shared_ptr<BigCells> m_bigCells; // what copies learn, all know
};

} // namespace turnstone
