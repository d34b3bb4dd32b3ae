// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"
#include "models/database/connection.h"
#include "models/profiles/relatedrecords.h"
#include "models/profiles/rowsql.h"
#include "models/profiles/treepath.h"

#include <QDateTime>

#include <functional>
#include <optional>
#include <vector>

namespace turnstone {

/// A group of rows in a hierarchy: one of the roots, or the players of a game.
struct TreeGroupInfo
{
    QString id;
    QString title;
    QString table;
    TreePath path;
    /// -1 if it was not counted.
    std::int64_t count = -1;
    /// False: there are more than `count`.
    bool isExact = true;
};

struct TreeBadge
{
    QString field; ///< as the profile writes it
    Value value;
};

/// One row in a hierarchy.
struct TreeNode
{
    QString label;
    QString table;
    QString schema;
    /// In the order of keyColumns; empty if nothing identifies the row (it has no groups then).
    RowKey key;
    QStringList keyColumns;
    TreePath path;
    std::vector<TreeBadge> badges;
    std::vector<TreeGroupInfo> groups;
    /// The row of the junction table through which it was reached, if there is one.
    RowKey junctionKey;
    /// Where the next page begins.
    std::vector<Value> cursor;
};

struct TreePage
{
    std::vector<TreeNode> nodes;
    /// There are rows after the last one.
    bool more = false;
};

/// Walks the trees of a profile. Each level costs one statement for its rows with labels, badges and
/// counts (and one for each kind of children whose key is not indexed), whatever the number of rows.
/// Pages follow each other by key, never by offset. Counting stops at `countLimit`.
///
/// Lives in the connection's thread and must not outlive it; every member blocks.
class Hierarchy
{
public:
    static constexpr std::int64_t countLimit = 10'000;

    /// Keeps copies of catalog and profile.
    Hierarchy(Connection &connection, Catalog catalog, ResolvedProfile profile, QDateTime nowUtc = QDateTime::currentDateTimeUtc());
    Q_DISABLE_COPY_MOVE(Hierarchy)

    const Catalog &catalog() const { return m_catalog; }
    const ResolvedProfile &profile() const { return m_profile; }

    [[nodiscard]] Result<std::vector<TreeGroupInfo>> roots();
    /// The rows of a group after `after` (TreeNode::cursor). Errors: NotFound if the path leads nowhere.
    [[nodiscard]] Result<TreePage> children(const TreePath &group, int limit = 200, const std::vector<Value> &after = {});
    /// The row at a path. Errors: NotFound.
    [[nodiscard]] Result<TreeNode> node(const TreePath &path);
    /// The group at a path, counted. Errors: NotFound.
    [[nodiscard]] Result<TreeGroupInfo> group(const TreePath &path);
    /// What a record points to and what points to it.
    [[nodiscard]] Result<RelatedRecords> related(const QString &table, const RowKey &key);

private:
    struct Level
    {
        const TreeGroup *group = nullptr;
        const CatalogTable *table = nullptr;
        /// Below a row of the same table, by its selfLink.
        bool isSelf = false;
        QStringList key;
    };
    /// Column → value of the row above, as far as links need it.
    using RowValues = std::map<QString, Value>;
    struct Statement;

    Result<std::vector<Level>> levels(const TreePath &path) const;
    /// The values of the last row on the path; nothing for a root group.
    Result<RowValues> locate(const std::vector<Level> &levels, std::size_t count);
    /// Columns of a level's table that links of its children name, and its identity.
    QStringList neededColumns(const Level &level) const;
    bool addLink(const Level &level, const RowValues &above, Statement &statement);
    QStringList pathKey(const Level &level) const;
    void addOrder(const Level &level, Statement &statement) const;
    void addAfter(const std::vector<Value> &after, Statement &statement) const;
    QString countExpression(const TreeGroup &child, bool isSelf, const CatalogTable &parent, SqlValues &values) const;
    Result<> countGrouped(const TreeGroup &child, bool isSelf, const CatalogTable &parent, std::vector<TreeNode> &nodes, const std::vector<RowValues> &rows, std::size_t index);
    Result<TreePage> rows(const std::vector<Level> &levels, const RowValues &above, const TreePath &groupPath, int limit, const std::vector<Value> &after, const QStringList *onlyKey);
    Result<TreeGroupInfo> countedRoot(const TreeGroup &tree);

    Connection &m_connection;
    const Catalog m_catalog;
    const ResolvedProfile m_profile;
    const RowSql m_sql;
    QDateTime m_nowUtc;
};

} // namespace turnstone
