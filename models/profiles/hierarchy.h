// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"
#include "models/database/connection.h"
#include "models/profiles/relatedrecords.h"
#include "models/profiles/rowsql.h"
#include "models/profiles/treepath.h"

#include <QDateTime>

#include <functional>
#include <map>
#include <memory>
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
    /// The rows of the same table that point to the row above.
    bool isSelf = false;
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

/// A folder that rows of a group stand in.
struct TreeFolder
{
    QString path; ///< parts with slashes between them; empty for rows without one
    std::int64_t rows = 0;
};

/// Where the pages of a group begin, without their rows.
struct TreeMarks
{
    /// The TreeNode::cursor of every n-th row, and of the last one if there are more.
    std::vector<std::vector<Value>> cursors;
    std::int64_t rows = 0;
    bool more = false;
};

/// The rows of a group as a selection from one table: what its link to the row above comes down to.
struct TreeGroupRows
{
    const TreeGroup *group = nullptr; ///< in Hierarchy::profile()
    /// The rows below a row of the same table: `group->where` does not count.
    bool isSelf = false;
    QString schema;
    QString table;
    std::optional<QString> folder; ///< as in TreePath, of the values of `group->fold`
    /// Columns of the table, or of the junction table if there is one, and their values; a NULL matches no row.
    std::vector<std::pair<QString, Value>> link;
    QString junctionSchema;
    QString junction; ///< empty if there is none
    /// With a junction of one column: the different keys that it leads to, unless there are too many.
    std::optional<std::vector<Value>> targets;
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
    /// Shares them; neither may be null.
    Hierarchy(Connection &connection, std::shared_ptr<const Catalog> catalog, std::shared_ptr<const ResolvedProfile> profile, QDateTime nowUtc = QDateTime::currentDateTimeUtc());
    Q_DISABLE_COPY_MOVE(Hierarchy)

    const Catalog &catalog() const { return m_catalog; }
    const ResolvedProfile &profile() const { return m_profile; }

    [[nodiscard]] Result<std::vector<TreeGroupInfo>> roots();
    /// The folders of a root group's rows, if its profile folds it and there are few enough to show: nothing otherwise.
    [[nodiscard]] Result<std::vector<TreeFolder>> folders(const TreePath &group);
    /// The same row, reached through its folder if the first group of the path has folders.
    [[nodiscard]] Result<TreePath> throughFolder(const TreePath &path);
    /// The rows of a group after `after` (TreeNode::cursor). Errors: NotFound if the path leads nowhere.
    [[nodiscard]] Result<TreePage> children(const TreePath &group, int limit = 200, const std::vector<Value> &after = {});
    /// The row at a path. Errors: NotFound.
    [[nodiscard]] Result<TreeNode> node(const TreePath &path);
    /// The group at a path, counted. Errors: NotFound.
    [[nodiscard]] Result<TreeGroupInfo> group(const TreePath &path);
    /// Walks up to `limit` rows of a group after `after` in one statement and notes where every `every`-th one stands.
    /// children() goes on from each of the cursors.
    [[nodiscard]] Result<TreeMarks> marks(const TreePath &group, int every, std::int64_t limit, const std::vector<Value> &after = {});
    /// How many rows of its group stand before the row (before its first occurrence). Errors: NotFound.
    [[nodiscard]] Result<std::int64_t> position(const TreePath &row);
    /// The shortest path by which a record is reached: with the fewest groups, then in the order of the profile.
    /// `keyColumns` are those of TreeNode::keyColumns if left out. Errors: NotFound if no tree holds the record.
    [[nodiscard]] Result<TreePath> pathTo(const QString &table, const RowKey &key, const QStringList &keyColumns = {});
    /// Errors: NotFound if the path leads nowhere.
    [[nodiscard]] Result<TreeGroupRows> groupRows(const TreePath &group, int targetLimit = 500);
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
        std::optional<QString> folder = std::nullopt;
    };
    /// Column → value of the row above, as far as links need it.
    using RowValues = std::map<QString, Value>;
    struct Statement;

    Result<std::vector<Level>> levels(const TreePath &path) const;
    /// The values of the last row on the path; nothing for a root group.
    Result<RowValues> locate(const std::vector<Level> &levels, std::size_t count);
    /// Columns of a level's table that links of its children name, and its identity.
    QStringList neededColumns(const Level &level) const;
    bool addLink(const Level &level, const RowValues &above, Statement &statement) const;
    QString folderExpression(const TreeGroup &group) const;
    bool addKey(const Level &level, const QStringList &key, Statement &statement) const;
    bool select(const Level &level, const RowValues &above, bool onlyMembers, Statement &statement) const;
    QString pointsNowhere(const TreeGroup &group, const CatalogTable &table) const;
    const CatalogTable *junctionOf(const Level &level) const;
    bool hasCursor(const Level &level) const;
    QStringList pathKey(const Level &level) const;
    void addOrder(const Level &level, Statement &statement) const;
    void addAfter(const std::vector<Value> &after, Statement &statement, bool isBefore = false) const;
    QString countExpression(const TreeGroup &child, bool isSelf, const CatalogTable &parent, SqlValues &values) const;
    Result<> countGrouped(const TreeGroup &child, bool isSelf, const CatalogTable &parent, std::vector<TreeNode> &nodes, const std::vector<RowValues> &rows, std::size_t index);
    Result<TreePage> rows(const std::vector<Level> &levels, const RowValues &above, const TreePath &groupPath, int limit, const std::vector<Value> &after, const QStringList *onlyKey);
    Result<TreeGroupInfo> countedRoot(const TreeGroup &tree);

    /// One of the ways down to a table: groups of the profile, each below the one before.
    using Chain = std::vector<const TreeGroup *>;
    std::vector<Chain> chainsTo(const QString &table) const;
    /// Steps from the root down to the row of `chain[depth]` with that identity; nothing if it is not reached.
    Result<std::optional<std::vector<TreePath::Step>>> climb(const Chain &chain, std::size_t depth, const RowKey &key, int &budget);
    Result<std::vector<RowKey>> rowsAbove(const Chain &chain, std::size_t depth, const RowKey &key, bool bySelf);
    /// The key in the path of a row that stands in the group by its conditions; nothing if it does not.
    Result<std::optional<QStringList>> memberKey(const Level &level, const RowKey &key);
    Result<std::vector<RowKey>> keysOf(const QString &sql, const SqlValues &values, qsizetype columns);

    Connection &m_connection;
    const std::shared_ptr<const Catalog> m_sharedCatalog;
    const std::shared_ptr<const ResolvedProfile> m_sharedProfile;
    const Catalog &m_catalog;
    const ResolvedProfile &m_profile;
    const RowSql m_sql;
    QDateTime m_nowUtc;
};

} // namespace turnstone
