// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/browsing/hierarchymodel.h"
#include "models/profiles/hierarchy.h"

#include <map>
#include <optional>
#include <stop_token>

namespace turnstone {

/// A kind of rows below a record: "players" of a game.
struct HierarchyGroup
{
    QString id;
    QString title;
    QString table;
    qint64 count = -1;
    bool isExact = true;
};

struct HierarchyTable
{
    int index = 0; ///< in Catalog::tables
    QString title;
    QString problem;
    TableKind kind = TableKind::Table;
    qint64 count = -1;
    bool isExact = false;
};

/// What the levels of one database share.
struct HierarchyDatabase
{
    DatabaseContext context;
    QString title;
    QString tooltip;
    std::vector<HierarchyGroup> roots;
    std::vector<HierarchyTable> tables; ///< without hidden ones
    bool areFoldersKnown = false;
    std::stop_source stop;
};

/// The items below one item. Indexes point to the level in which they stand; levels further down exist as far as they
/// have been opened. GUI thread only.
class HierarchyLevel
{
public:
    HierarchyLevel(HierarchyDatabase *database, HierarchyLevel *above, int rowAbove) : m_database(database), m_above(above), m_rowAbove(rowAbove) {}
    virtual ~HierarchyLevel() = default;
    Q_DISABLE_COPY_MOVE(HierarchyLevel)

    /// Null for the level of the databases themselves.
    HierarchyDatabase *database() const { return m_database; }
    HierarchyLevel *above() const { return m_above; }
    int rowAbove() const { return m_rowAbove; }
    void setRowAbove(int row) { m_rowAbove = row; }

    virtual int rowCount() const = 0;
    virtual bool hasChildren(int row) const = 0;
    virtual QVariant data(int row, int role) const = 0;
    /// The level below a row, not yet installed; null if it is not known yet what stands there.
    virtual std::unique_ptr<HierarchyLevel> make(int row) = 0;

    HierarchyLevel *below(int row) const;
    HierarchyLevel *install(int row, std::unique_ptr<HierarchyLevel> level);
    void removeBelow(int row) { m_below.erase(row); }
    void removeAllBelow() { m_below.clear(); }
    const std::map<int, std::unique_ptr<HierarchyLevel>> &allBelow() const { return m_below; }
    /// For a database that is opened before others: what stands at `row` and after it moves down.
    void makeRoomBelow(int row);
    /// For a database that was closed: what stood at `row` goes, what follows moves up.
    void eraseBelow(int row);

protected:
    QVariant groupData(const HierarchyGroup &counted, const TreePath &path, int row, int role) const;
    int tableIndexOf(const QString &table) const;

private:
    HierarchyDatabase *m_database;
    HierarchyLevel *m_above;
    int m_rowAbove;
    std::map<int, std::unique_ptr<HierarchyLevel>> m_below;
};

/// The databases.
class TopLevel final : public HierarchyLevel
{
public:
    explicit TopLevel(std::vector<std::unique_ptr<HierarchyDatabase>> &databases) : HierarchyLevel(nullptr, nullptr, -1), m_databases(databases) {}
    int rowCount() const override { return static_cast<int>(m_databases.size()); }
    bool hasChildren(int) const override { return true; }
    QVariant data(int row, int role) const override;
    std::unique_ptr<HierarchyLevel> make(int row) override;

private:
    std::vector<std::unique_ptr<HierarchyDatabase>> &m_databases;
};

using RowsLevels = std::map<quint64, RowsLevel *>;

/// The root groups of a database and, last, the list of its tables.
class RootsLevel final : public HierarchyLevel
{
public:
    RootsLevel(HierarchyDatabase *database, HierarchyLevel *above, int rowAbove, RowsLevels &registry) : HierarchyLevel(database, above, rowAbove), m_registry(registry) {}
    int rowCount() const override { return static_cast<int>(database()->roots.size()) + 1; }
    bool hasChildren(int row) const override;
    QVariant data(int row, int role) const override;
    std::unique_ptr<HierarchyLevel> make(int row) override;
    int tablesRow() const { return rowCount() - 1; }

private:
    RowsLevels &m_registry;
};

class TablesLevel final : public HierarchyLevel
{
public:
    using HierarchyLevel::HierarchyLevel;
    int rowCount() const override { return static_cast<int>(database()->tables.size()); }
    bool hasChildren(int) const override { return false; }
    QVariant data(int row, int role) const override;
    std::unique_ptr<HierarchyLevel> make(int) override { return nullptr; }
};

/// The groups of a record that has several.
class GroupsLevel final : public HierarchyLevel
{
public:
    GroupsLevel(HierarchyDatabase *database, HierarchyLevel *above, int rowAbove, TreePath record, std::vector<HierarchyGroup> groups, RowsLevels &registry)
        : HierarchyLevel(database, above, rowAbove), m_record(std::move(record)), m_groups(std::move(groups)), m_registry(registry)
    {
    }
    int rowCount() const override { return static_cast<int>(m_groups.size()); }
    bool hasChildren(int row) const override { return m_groups[static_cast<std::size_t>(row)].count != 0; }
    QVariant data(int row, int role) const override;
    std::unique_ptr<HierarchyLevel> make(int row) override;
    int rowOf(const QString &group) const;

private:
    TreePath m_record;
    std::vector<HierarchyGroup> m_groups;
    RowsLevels &m_registry;
};

/// The folders of a root group, by the parts of a text such as "Phase 1/Instructions"; below each its folders and, last, its
/// rows. Known as a whole since the group was counted.
class FoldersLevel final : public HierarchyLevel
{
public:
    /// `prefix`: of the folder whose folders these are, with a slash at its end; empty at the top.
    FoldersLevel(HierarchyDatabase *database, HierarchyLevel *above, int rowAbove, HierarchyGroup root, std::vector<TreeFolder> folders, const QString &prefix, RowsLevels &registry);
    int rowCount() const override { return static_cast<int>(m_items.size()); }
    bool hasChildren(int) const override { return true; }
    QVariant data(int row, int role) const override;
    std::unique_ptr<HierarchyLevel> make(int row) override;
    /// The row that is a folder or leads to it; -1 if none does.
    int rowOf(const QString &folder) const;
    /// As in TreePath.
    const QString &folderAt(int row) const { return m_items[static_cast<std::size_t>(row)].folder; }

private:
    struct Item
    {
        QString title;
        QString folder;
        qint64 rows = 0;
    };
    TreePath pathAt(int row) const { return TreePath().group(m_root.id).inFolder(folderAt(row)); }

    HierarchyGroup m_root;
    std::vector<TreeFolder> m_folders;
    std::vector<Item> m_items;
    RowsLevels &m_registry;
};

/// A row as far as the tree shows it.
struct HierarchyRow
{
    QString label;
    QStringList pathKey;
    RowKey key;
    std::vector<HierarchyBadge> badges;
    /// One of each of RowsLevel::groups.
    std::vector<std::pair<qint64, bool>> counts;
};

struct HierarchyPage
{
    HierarchyModel::LoadState state = HierarchyModel::LoadState::Absent;
    std::vector<HierarchyRow> rows;
    Error error;
    quint64 lastUse = 0;
};

/// What a job reads of a group.
struct HierarchyPageData
{
    std::vector<HierarchyRow> rows;
    std::vector<HierarchyGroup> groups;
    QString schema;
    QString table;
    QStringList keyColumns;
    std::vector<Value> lastCursor;
    bool more = false;
    TablePlace place; ///< with the first page only
};

/// The rows of a group, page by page. Holds what was read; the model reads.
class RowsLevel final : public HierarchyLevel
{
public:
    /// What the last item says, if it is no row.
    enum Tail { NoTail, Loading, Empty, Failed, TooMany };

    RowsLevel(HierarchyDatabase *database, HierarchyLevel *above, int rowAbove, TreePath group, QString title, RowsLevels &registry);
    ~RowsLevel() override;

    int rowCount() const override { return rows + (tail == NoTail ? 0 : 1); }
    bool hasChildren(int row) const override;
    QVariant data(int row, int role) const override;
    std::unique_ptr<HierarchyLevel> make(int row) override;

    bool isTail(int row) const { return row == rows; }
    bool isStarted() const { return state != HierarchyModel::LoadState::Absent; }
    /// Null unless the row's page is here.
    const HierarchyRow *row(int row) const;
    HierarchyPage &pageOf(int row) { return *pages[static_cast<std::size_t>(row / HierarchyModel::rowsPerPage)]; }
    TreePath pathOf(const HierarchyRow &row) const { return group.row(row.pathKey); }
    /// Forgets the pages that were not looked at for longest.
    void trim();

    quint64 id = 0;
    quint64 generation = 0; ///< of the jobs whose results count
    std::stop_source stop;
    TreePath group;
    QString title;
    HierarchyModel::LoadState state = HierarchyModel::LoadState::Absent; ///< of the first page
    bool isWalking = false;
    bool isWhole = false; ///< the walk came to the end
    int rows = 0;
    Tail tail = NoTail;
    Error error;
    TablePlace place;
    std::vector<HierarchyGroup> groups; ///< without counts
    QString schema;
    QString table;
    QStringList keyColumns;
    std::vector<std::unique_ptr<HierarchyPage>> pages;
    std::vector<std::vector<Value>> cursors; ///< where page n + 1 begins
    std::vector<int> openWhenRead; ///< rows that were expanded before their page was here

private:
    QVariant tailData(int role) const;
    QVariant rowData(const HierarchyRow &row, int role) const;

    RowsLevels &m_registry;
};

} // namespace turnstone
