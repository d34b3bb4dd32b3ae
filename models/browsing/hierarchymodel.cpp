// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/browsing/hierarchymodel.h"

#include "models/browsing/hierarchylevel.h"
#include "models/browsing/hierarchyreveal.h"
#include "models/core/async.h"

#include <QTimer>

#include <algorithm>

namespace turnstone {

HierarchyModel::HierarchyModel(QObject *parent)
    : QAbstractItemModel(parent), m_top(std::make_unique<TopLevel>(m_databases)), m_reading(new QTimer(this)), m_revealing(new QTimer(this))
{
    for (QTimer *timer : {m_reading, m_revealing}) {
        timer->setSingleShot(true);
        timer->setInterval(0);
    }
    connect(m_reading, &QTimer::timeout, this, &HierarchyModel::readWanted);
    connect(m_revealing, &QTimer::timeout, this, &HierarchyModel::advanceReveals);
}

HierarchyModel::~HierarchyModel()
{
    for (const auto &database : m_databases)
        database->stop.request_stop();
    m_top.reset(); // its levels leave the registry
}

// Databases

QModelIndex HierarchyModel::addDatabase(const DatabaseContext &context, const QString &title, const QString &tooltip)
{
    auto database = std::make_unique<HierarchyDatabase>();
    database->context = context;
    database->title = title;
    database->tooltip = tooltip;
    for (const TreeGroup &tree : context.profile->trees)
        database->roots.push_back({tree.id, tree.title, tree.table, -1, true});
    const QString mainSchema = context.catalog->schemas.isEmpty() ? QString() : context.catalog->schemas.front();
    for (int i = 0; i < static_cast<int>(context.catalog->tables.size()); ++i) {
        const CatalogTable &table = context.catalog->tables[static_cast<std::size_t>(i)];
        if (table.kind != TableKind::Shadow)
            database->tables.push_back({i, table.schema == mainSchema ? table.name : table.schema + u'.' + table.name, table.problem, table.kind, -1, false});
    }
    const auto before = std::ranges::upper_bound(m_databases, context.id, {}, [](const auto &each) { return each->context.id; });
    const int row = static_cast<int>(before - m_databases.begin());
    insertItems({}, row, row, [&] {
        m_top->makeRoomBelow(row);
        HierarchyDatabase &added = **m_databases.insert(before, std::move(database));
        auto roots = std::make_unique<RootsLevel>(&added, m_top.get(), row, m_rowsLevels);
        roots->install(roots->tablesRow(), roots->make(roots->tablesRow()));
        m_top->install(row, std::move(roots));
    });
    readRootCounts(*m_databases[static_cast<std::size_t>(row)]);
    return index(row, 0);
}

void HierarchyModel::readRootCounts(HierarchyDatabase &database)
{
    database.areFoldersKnown = database.roots.empty();
    if (database.roots.empty())
        return;
    const DatabaseContext context = database.context;
    struct Counts
    {
        std::vector<std::pair<qint64, bool>> counts;
        std::vector<std::vector<TreeFolder>> folders;
        std::optional<Error> error;
    };
    auto future = context.pool->read(
        [context](Connection &connection) -> Result<Counts> {
            Counts found;
            Hierarchy hierarchy(connection, context.catalog, context.profile);
            for (const TreeGroup &tree : context.profile->trees) {
                const Result<TreeGroupInfo> info = hierarchy.group(TreePath().group(tree.id));
                if (!info && info.error().code == ErrorCode::ConnectionLost)
                    return failure(info);
                if (!info)
                    found.error = info.error();
                found.counts.emplace_back(info ? info->count : -1, !info || info->isExact);
                Result<std::vector<TreeFolder>> folders = tree.fold.isEmpty() ? Result<std::vector<TreeFolder>>() : hierarchy.folders(TreePath().group(tree.id));
                if (!folders)
                    found.error = folders.error();
                found.folders.push_back(folders ? std::move(*folders) : std::vector<TreeFolder>());
            }
            return found;
        },
        database.stop.get_token());
    onResult(future, this, [this, id = context.id, profile = context.profile](Result<Counts> found) {
        const QModelIndex parent = databaseIndex(id);
        if (!parent.isValid())
            return;
        HierarchyDatabase &into = *m_databases[static_cast<std::size_t>(parent.row())];
        if (into.context.profile != profile) // read again meanwhile: its roots are others
            return;
        if (!found || found->error) {
            const Error error = found ? *found->error : found.error();
            if (error.code != ErrorCode::Cancelled)
                emit failed(error);
        }
        for (std::size_t i = 0; found && i < into.roots.size(); ++i) {
            // setCount() may know better already.
            if (found->counts[i].second || into.roots[i].count < found->counts[i].first)
                std::tie(into.roots[i].count, into.roots[i].isExact) = found->counts[i];
        }
        emit dataChanged(index(0, 0, parent), index(static_cast<int>(into.roots.size()) - 1, 0, parent));
        for (std::size_t i = 0; found && i < into.roots.size(); ++i)
            setFolders(index(static_cast<int>(i), 0, parent), std::move(found->folders[i]));
        into.areFoldersKnown = true;
        m_revealing->start();
    });
}

void HierarchyModel::recountRoots(int id)
{
    const QModelIndex of = databaseIndex(id);
    if (!of.isValid())
        return;
    HierarchyDatabase &database = *m_databases[static_cast<std::size_t>(of.row())];
    const DatabaseContext context = database.context;
    using Counts = std::vector<std::pair<int, TreeGroupInfo>>;
    auto future = context.pool->read(
        [context](Connection &connection) -> Result<Counts> {
            Counts found;
            Hierarchy hierarchy(connection, context.catalog, context.profile);
            for (int row = 0; row < static_cast<int>(context.profile->trees.size()); ++row) {
                const TreeGroup &tree = context.profile->trees[static_cast<std::size_t>(row)];
                if (tree.where.empty() && tree.selfLink.empty())
                    continue;
                const Result<TreeGroupInfo> info = hierarchy.group(TreePath().group(tree.id));
                if (info) // what cannot be counted keeps the count that it had
                    found.emplace_back(row, *info);
            }
            return found;
        },
        database.stop.get_token());
    onResult(future, this, [this, id, profile = context.profile](const Result<Counts> &found) {
        const QModelIndex parent = databaseIndex(id);
        if (!parent.isValid() || !found)
            return;
        HierarchyDatabase &into = *m_databases[static_cast<std::size_t>(parent.row())];
        if (into.context.profile != profile)
            return;
        for (const auto &[row, info] : *found) {
            HierarchyGroup &root = into.roots[static_cast<std::size_t>(row)];
            root.count = info.count;
            root.isExact = info.isExact;
            emit dataChanged(index(row, 0, parent), index(row, 0, parent));
        }
    });
}

/// What stands below a root becomes its folders; without any, its rows.
void HierarchyModel::setFolders(const QModelIndex &root, std::vector<TreeFolder> folders)
{
    HierarchyLevel *level = levelOf(root);
    const HierarchyLevel *old = level->below(root.row());
    const auto *rows = dynamic_cast<const RowsLevel *>(old);
    if (folders.empty() && (old == nullptr || rows != nullptr))
        return;
    const bool wasOpen = rows != nullptr && rows->isStarted();
    if (old != nullptr) {
        const auto forget = [&] { level->removeBelow(root.row()); };
        if (const int count = old->rowCount(); count > 0)
            removeItems(root, 0, count - 1, forget);
        else
            forget();
    }
    if (folders.empty()) {
        if (wasOpen)
            fetchMore(root);
        return;
    }
    auto made = std::make_unique<FoldersLevel>(level->database(), level, root.row(), level->database()->roots[static_cast<std::size_t>(root.row())], std::move(folders), QString(), m_rowsLevels);
    insertItems(root, 0, made->rowCount() - 1, [&] { level->install(root.row(), std::move(made)); });
}

/// From a root to one of its folders, as far as that is loaded; the root itself if it has none.
QModelIndex HierarchyModel::folderIndex(const QModelIndex &root, const std::optional<QString> &folder) const
{
    QModelIndex at = root;
    while (const auto *folders = dynamic_cast<const FoldersLevel *>(below(at))) {
        if (!folder)
            return at;
        const int row = folders->rowOf(*folder);
        if (row < 0)
            return {};
        at = indexOf(*folders, row);
        if (folders->folderAt(row) == *folder)
            return at;
    }
    return at;
}

void HierarchyModel::removeDatabase(int id)
{
    const QModelIndex removed = databaseIndex(id);
    if (!removed.isValid())
        return;
    const int row = removed.row();
    m_reveals.erase(std::remove_if(m_reveals.begin(), m_reveals.end(), [id](const auto &reveal) { return reveal->databaseId == id; }), m_reveals.end());
    m_databases[static_cast<std::size_t>(row)]->stop.request_stop();
    removeItems({}, row, row, [&] {
        m_top->eraseBelow(row);
        m_databases.erase(m_databases.begin() + row);
    });
}

void HierarchyModel::reload(int id)
{
    const QModelIndex parent = databaseIndex(id);
    if (!parent.isValid())
        return;
    std::vector<int> folded;
    for (const auto &[row, level] : below(parent)->allBelow()) {
        if (auto *rows = dynamic_cast<RowsLevel *>(level.get())) {
            stop(*rows);
            clear(*rows);
            changeOwner(*rows);
        } else if (dynamic_cast<FoldersLevel *>(level.get()) != nullptr) {
            folded.push_back(row);
        }
    }
    for (const int row : folded)
        setFolders(index(row, 0, parent), {});
    readRootCounts(*m_databases[static_cast<std::size_t>(parent.row())]);
}

void HierarchyModel::setCount(int id, int table, qint64 rows, bool exact)
{
    const QModelIndex changed = tableIndex(id, table);
    if (!changed.isValid())
        return;
    HierarchyDatabase &database = *levelOf(changed)->database();
    HierarchyTable &entry = database.tables[static_cast<std::size_t>(changed.row())];
    entry.count = rows;
    entry.isExact = exact;
    emit dataChanged(changed, changed);
    // A root that leaves out no row has as many. Its own count stops early.
    const CatalogTable *counted = &database.context.catalog->tables[static_cast<std::size_t>(table)];
    const QModelIndex parent = databaseIndex(id);
    for (int row = 0; row < static_cast<int>(database.roots.size()); ++row) {
        const TreeGroup &tree = database.context.profile->trees[static_cast<std::size_t>(row)];
        HierarchyGroup &root = database.roots[static_cast<std::size_t>(row)];
        if (!tree.where.empty() || !tree.selfLink.empty() || database.context.catalog->table(tree.table, database.context.profile->schema) != counted)
            continue;
        if (!exact && root.count >= rows)
            continue;
        root.count = rows;
        root.isExact = exact;
        emit dataChanged(index(row, 0, parent), index(row, 0, parent));
    }
}

const DatabaseContext *HierarchyModel::database(int id) const
{
    const QModelIndex found = databaseIndex(id);
    return found.isValid() ? &m_databases[static_cast<std::size_t>(found.row())]->context : nullptr;
}

// Indexes

HierarchyLevel *HierarchyModel::levelOf(const QModelIndex &index) const
{
    return static_cast<HierarchyLevel *>(index.internalPointer());
}

HierarchyLevel *HierarchyModel::below(const QModelIndex &parent) const
{
    return parent.isValid() ? levelOf(parent)->below(parent.row()) : m_top.get();
}

QModelIndex HierarchyModel::indexOf(const HierarchyLevel &level, int row) const
{
    return createIndex(row, 0, &level);
}

QModelIndex HierarchyModel::ownerOf(const HierarchyLevel &level) const
{
    return level.above() == nullptr ? QModelIndex() : indexOf(*level.above(), level.rowAbove());
}

RowsLevel *HierarchyModel::rowsLevel(quint64 id, quint64 generation) const
{
    const auto found = m_rowsLevels.find(id);
    return found == m_rowsLevels.end() || found->second->generation != generation ? nullptr : found->second;
}

QModelIndex HierarchyModel::databaseIndex(int id) const
{
    for (int row = 0; row < static_cast<int>(m_databases.size()); ++row) {
        if (m_databases[static_cast<std::size_t>(row)]->context.id == id)
            return indexOf(*m_top, row);
    }
    return {};
}

QModelIndex HierarchyModel::tablesIndex(int id) const
{
    const QModelIndex parent = databaseIndex(id);
    return parent.isValid() ? index(rowCount(parent) - 1, 0, parent) : QModelIndex();
}

QModelIndex HierarchyModel::tableIndex(int id, int table) const
{
    const QModelIndex parent = tablesIndex(id);
    if (!parent.isValid())
        return {};
    const std::vector<HierarchyTable> &tables = levelOf(parent)->database()->tables;
    const auto found = std::lower_bound(tables.begin(), tables.end(), table, [](const HierarchyTable &entry, int wanted) { return entry.index < wanted; });
    return found == tables.end() || found->index != table ? QModelIndex() : index(static_cast<int>(found - tables.begin()), 0, parent);
}

QModelIndex HierarchyModel::index(int row, int column, const QModelIndex &parent) const
{
    const HierarchyLevel *level = below(parent);
    if (level == nullptr || column != 0 || row < 0 || row >= level->rowCount() || parent.column() > 0)
        return {};
    return indexOf(*level, row);
}

QModelIndex HierarchyModel::parent(const QModelIndex &child) const
{
    return child.isValid() ? ownerOf(*levelOf(child)) : QModelIndex();
}

int HierarchyModel::rowCount(const QModelIndex &parent) const
{
    const HierarchyLevel *level = parent.column() > 0 ? nullptr : below(parent);
    return level == nullptr ? 0 : level->rowCount();
}

int HierarchyModel::columnCount(const QModelIndex &) const
{
    return 1;
}

bool HierarchyModel::hasChildren(const QModelIndex &parent) const
{
    return parent.isValid() ? levelOf(parent)->hasChildren(parent.row()) : !m_databases.empty();
}

Qt::ItemFlags HierarchyModel::flags(const QModelIndex &index) const
{
    return index.isValid() ? Qt::ItemIsEnabled | Qt::ItemIsSelectable : Qt::NoItemFlags;
}

QVariant HierarchyModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    // Only what is shown is read: expanders do not ask for the text, and searches go past this function.
    auto *rows = role == Qt::DisplayRole ? dynamic_cast<RowsLevel *>(levelOf(index)) : nullptr;
    if (rows != nullptr && !rows->isTail(index.row()) && rows->pageOf(index.row()).state == LoadState::Absent)
        want(*rows, index.row() / rowsPerPage);
    return levelOf(index)->data(index.row(), role);
}

std::vector<int> HierarchyModel::loadedRows(const QModelIndex &parent) const
{
    std::vector<int> found;
    const HierarchyLevel *level = below(parent);
    if (level == nullptr)
        return found;
    const auto *paged = dynamic_cast<const RowsLevel *>(level);
    if (paged == nullptr) {
        for (int row = 0; row < level->rowCount(); ++row)
            found.push_back(row);
        return found;
    }
    for (std::size_t page = 0; page < paged->pages.size(); ++page) {
        for (std::size_t row = 0; row < paged->pages[page]->rows.size(); ++row)
            found.push_back(static_cast<int>(page) * rowsPerPage + static_cast<int>(row));
    }
    return found;
}

QModelIndexList HierarchyModel::match(const QModelIndex &start, int role, const QVariant &value, int hits, Qt::MatchFlags flags) const
{
    QModelIndexList found;
    if (!start.isValid())
        return found;
    const QString wanted = value.toString();
    const bool isPrefix = (flags & Qt::MatchTypeMask) == Qt::MatchStartsWith;
    const Qt::CaseSensitivity cases = flags.testFlag(Qt::MatchCaseSensitive) ? Qt::CaseSensitive : Qt::CaseInsensitive;
    std::vector<int> rows = loadedRows(start.parent());
    const auto from = std::lower_bound(rows.begin(), rows.end(), start.row());
    if (flags.testFlag(Qt::MatchWrap))
        std::rotate(rows.begin(), from, rows.end());
    else
        rows.erase(rows.begin(), from);
    for (const int row : rows) {
        const QModelIndex each = indexOf(*levelOf(start), row);
        const QVariant own = levelOf(start)->data(row, role);
        const QString text = own.toString();
        if (isPrefix ? text.startsWith(wanted, cases) : (flags & Qt::MatchTypeMask) == Qt::MatchContains ? text.contains(wanted, cases) : own == value)
            found.append(each);
        if (hits >= 0 && found.size() >= hits)
            break;
    }
    return found;
}

} // namespace turnstone
