// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/browsing/databasecontext.h"
#include "models/browsing/hierarchybadge.h"
#include "models/profiles/treepath.h"

#include <QAbstractItemModel>
#include <QFuture>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

class QTimer;

namespace turnstone {

class HierarchyLevel;
class RowsLevel;
struct HierarchyDatabase;
struct TreeFolder;

/// Open databases; below each the groups of its profile's trees and a list of its tables; below a group its rows, below
/// a row its groups, as deep as the profile goes. A row with one kind of group shows the rows of that group directly.
///
/// A level reads its first page when it is expanded (fetchMore). If there is more, a walk in the background notes where
/// each page begins and the rows appear as it goes on; pages are then read when they are looked at, and forgotten again:
/// a level holds at most `maxCachedPages` pages whatever its size, some 200 bytes for each other page, and shows
/// `maxRows` rows. data() never waits: LoadStateRole tells what is on its way. What failed says why and waits for retry().
///
/// GUI thread only; the pools read. Jobs end when their level is collapsed (release()) or their database removed.
class HierarchyModel final : public QAbstractItemModel
{
    Q_OBJECT

public:
    enum Role {
        KindRole = Qt::UserRole + 1, ///< Kind
        DatabaseIdRole, ///< int, as in DatabaseContext
        TableIndexRole, ///< int: index in Catalog::tables of a table or of the table that a row or group is of; -1 if none
        PathRole,       ///< TreePath of a group or record; of a message that of its group
        SchemaRole,
        TableRole,
        KeyRole,        ///< RowKey, empty if nothing identifies the row
        KeyColumnsRole, ///< QStringList
        CountRole,      ///< qint64: rows below it; -1 while unknown or if it has none
        CountExactRole, ///< false: at least so many
        BadgesRole,     ///< std::vector<HierarchyBadge>
        LoadStateRole,  ///< LoadState: of a row its own, of what is expanded that of its first page
        ErrorRole,      ///< Error, if LoadState is Failed
        IconRole,       ///< QString: name of an icon
        TableKindRole,  ///< turnstone::TableKind
        ProblemRole     ///< why the table cannot be read
    };
    enum class Kind { Database, Tables, Table, Group, Record, Message };
    Q_ENUM(Kind)
    enum class LoadState { Absent, Pending, Ready, Failed };
    Q_ENUM(LoadState)

    static constexpr int rowsPerPage = 200;
    static constexpr int maxCachedPages = 32;
    /// QTreeView takes 40 bytes and 90 ns for each row that it lays out; past this the table is the better place.
    static constexpr int maxRows = 1'000'000;
    /// A level with more rows is forgotten when it is collapsed.
    static constexpr int maxKeptRows = 10'000;

    explicit HierarchyModel(QObject *parent = nullptr);
    ~HierarchyModel() override;

    /// Databases stand in the order of their ids, whichever is there first.
    QModelIndex addDatabase(const DatabaseContext &context, const QString &title, const QString &tooltip);
    void removeDatabase(int id);
    void setCount(int id, int tableIndex, qint64 rows, bool exact);
    /// Counts anew what setCount() cannot tell: roots that leave out rows.
    void recountRoots(int id);
    /// Forgets all rows of a database and counts its groups again.
    void reload(int id);
    const DatabaseContext *database(int id) const;

    QModelIndex databaseIndex(int id) const;
    /// The folded list of tables and views.
    QModelIndex tablesIndex(int id) const;
    QModelIndex tableIndex(int id, int tableIndex) const;
    /// The index of a group or record if it is loaded; no index otherwise.
    QModelIndex loadedIndex(int id, const TreePath &path) const;
    /// Loads what it takes to have an index for the group or record, however deep, and hands it over. Nothing is
    /// called if the database is removed first. Errors: NotFound and those of the database.
    void reveal(int id, const TreePath &path, std::function<void(Result<QModelIndex>)> done);
    /// The rows of a group as a place to go to.
    QFuture<Result<TablePlace>> place(int id, const TreePath &group) const;
    /// Hierarchy::pathTo(), in the pool.
    QFuture<Result<TreePath>> pathTo(int id, const QString &table, const RowKey &key, const QStringList &keyColumns = {}) const;
    /// Of a record, the place of the group it stands in; known since its level was loaded.
    TablePlace siblings(const QModelIndex &record) const;

    /// Reads again what failed: a page, the level of a message.
    void retry(const QModelIndex &index);
    /// Ends what is read for the levels below; a huge one is forgotten.
    void release(const QModelIndex &collapsed);
    /// Rows of `parent` that hold something to search in, in order; does not load anything.
    std::vector<int> loadedRows(const QModelIndex &parent) const;
    /// Rows and cursors held for the levels of all databases, for the bound on memory.
    qsizetype cachedRowCount() const;
    qsizetype cursorCount() const;

    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    QModelIndex parent(const QModelIndex &child) const override;
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    bool hasChildren(const QModelIndex &parent = {}) const override;
    bool canFetchMore(const QModelIndex &parent) const override;
    void fetchMore(const QModelIndex &parent) override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    Qt::ItemFlags flags(const QModelIndex &index) const override;
    /// Searches loaded rows only.
    QModelIndexList match(const QModelIndex &start, int role, const QVariant &value, int hits = 1,
                          Qt::MatchFlags flags = Qt::MatchFlags(Qt::MatchStartsWith | Qt::MatchWrap)) const override;

signals:
    /// Also told by an item of the level; this is for a message bar.
    void failed(const turnstone::Error &error);

private:
    struct Reveal;

    HierarchyLevel *levelOf(const QModelIndex &index) const;
    HierarchyLevel *below(const QModelIndex &parent) const;
    QModelIndex indexOf(const HierarchyLevel &level, int row) const;
    QModelIndex ownerOf(const HierarchyLevel &level) const;
    /// Null if the level is gone or has begun anew.
    RowsLevel *rowsLevel(quint64 id, quint64 generation) const;
    void insertItems(const QModelIndex &parent, int first, int last, const std::function<void()> &insert);
    void removeItems(const QModelIndex &parent, int first, int last, const std::function<void()> &remove);
    void readRootCounts(HierarchyDatabase &database);
    void setFolders(const QModelIndex &root, std::vector<TreeFolder> folders);
    QModelIndex folderIndex(const QModelIndex &root, const std::optional<QString> &folder) const;
    void readFirstPage(RowsLevel &level);
    void walk(RowsLevel &level);
    void readPage(RowsLevel &level, int page);
    void want(RowsLevel &level, int page) const;
    void readWanted();
    void setTail(RowsLevel &level, int tail, const Error &error = {});
    void appendRows(RowsLevel &level, int count);
    void stop(HierarchyLevel &level);
    void clear(RowsLevel &level);
    void changeOwner(const HierarchyLevel &level);
    void advanceReveals();
    /// An index, an error, or nothing as long as something has to be waited for.
    std::optional<Result<QModelIndex>> advance(const Reveal &reveal);

    std::vector<std::unique_ptr<HierarchyDatabase>> m_databases;
    std::map<quint64, RowsLevel *> m_rowsLevels; ///< those that live; before m_top, whose levels leave it
    std::unique_ptr<HierarchyLevel> m_top;
    std::vector<std::unique_ptr<Reveal>> m_reveals;
    QTimer *m_reading; ///< gathers the pages that one turn of the event loop asks for
    QTimer *m_revealing;
    mutable std::vector<std::pair<quint64, int>> m_wanted; ///< level and page, the latest last
    int m_inFlight = 0;
    bool m_isChanging = false; ///< nothing is fetched then, whoever asks
};

} // namespace turnstone
