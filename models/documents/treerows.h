// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/connection.h"
#include "models/database/sqliterowreader.h"
#include "models/documents/treeplan.h"

#include <map>
#include <memory>
#include <vector>

namespace turnstone {

/// Rows of one node of a plan, in the order of the rows that they belong to, and everything below them.
struct TreeRows
{
    RowBlock rows;
    std::vector<ResultColumn> columns;
    /// Of each row above, where its rows begin in `order`; one more at the end.
    std::vector<int> begins;
    std::vector<int> order; ///< places in `rows`
    std::vector<TreeRows> children; ///< as TreePlan::Node::children
    std::unique_ptr<TreeRows> self; ///< rows of the same table below these
    qint64 count() const;
    qsizetype bytes() const;
};

/// Reads pieces of a hierarchy, a level at a time: one statement for the children of some hundred rows, found through their
/// link. Lives in the connection's thread.
class TreeRowsReader
{
public:
    TreeRowsReader(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, const TreePlan &plan);

    /// Up to `limit` rows of the root after `after`, by its key, without what is below. `after` becomes the key of the last
    /// one; empty when there are no more. Errors: Unsupported if nothing tells the root's rows apart.
    [[nodiscard]] Result<TreeRows> next(std::vector<Value> &after, int limit, const QString &where, bool isFirst);
    [[nodiscard]] Result<> readBelow(TreeRows &rows) { return fill(*m_plan.root, rows, 0); }
    /// One record with everything below.
    [[nodiscard]] Result<TreeRows> record(const std::vector<Value> &key);
    const QStringList &key() const { return m_key; }

private:
    Result<> fill(const TreePlan::Node &node, TreeRows &rows, int depth);
    Result<TreeRows> below(const TreePlan::Node &node, const ColumnLink &link, const TreePlan::Node &above, const TreeRows &parents);
    /// SQLite: prepared once for so many keys, if nothing but the keys differs from one time to the next; null otherwise.
    Result<SqliteRepeatedQuery *> repeated(const TreePlan::Node &node, const ColumnLink &link, const TreePlan::Node &above, std::size_t keys);
    Result<> readChunk(const TreePlan::Node &node, const ColumnLink &link, const TreePlan::Node &above, const std::vector<std::vector<Value>> &keys, std::size_t first,
                       std::size_t count, const std::vector<int> &parentOf, TreeRows &rows, std::vector<int> &parents);
    QString selectBelow(const TreePlan::Node &node, const ColumnLink &link, const TreePlan::Node &above, std::size_t keys) const;
    void arrange(const TreePlan::Node &node, TreeRows &rows, const std::vector<int> &parents, std::size_t parentCount) const;
    Result<TreeRows> rootRows(const QString &condition, const std::vector<Value> &values, int limit, std::vector<Value> *last);
    QString columnList(const TreePlan::Node &node, const QString &alias) const;

    Connection &m_connection;
    const ResolvedProfile &m_profile;
    const TreePlan &m_plan;
    const RowSql m_sql;
    std::map<std::pair<const ColumnLink *, std::size_t>, std::unique_ptr<SqliteRepeatedQuery>> m_repeated;
    QStringList m_key; ///< columns or the rowid that tell the root's rows apart
};

} // namespace turnstone
