// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/browsing/hierarchymodel.h"

#include "models/browsing/hierarchylevel.h"
#include "models/browsing/hierarchyplace.h"
#include "models/core/async.h"

#include <QTimer>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

/// Pages that are read at once; of those that are waiting, only the latest asked for stay.
constexpr int maximumInFlight = 3;
constexpr std::size_t maximumWanted = 4;
/// Rows of one statement of the walk: the first shows that there is more, the others are few.
constexpr std::int64_t firstWalk = 5'000;
constexpr std::int64_t laterWalk = 200'000;
static_assert(firstWalk % HierarchyModel::rowsPerPage == 0 && laterWalk % HierarchyModel::rowsPerPage == 0);
static_assert(HierarchyModel::maxRows % HierarchyModel::rowsPerPage == 0);

std::vector<HierarchyGroup> groupsOf(const TreeNode &node)
{
    std::vector<HierarchyGroup> groups;
    for (const TreeGroupInfo &info : node.groups) {
        QString title = info.title;
        // "Forks", not "Prompts" again.
        if (info.isSelf && !info.id.isEmpty())
            title = info.id.at(0).toUpper() + QString(info.id.mid(1)).replace(u'-', u' ').replace(u'_', u' ');
        groups.push_back({info.id, title, info.table, -1, true});
    }
    return groups;
}

HierarchyPageData pageData(const Hierarchy &hierarchy, TreePage page)
{
    HierarchyPageData data;
    data.more = page.more;
    if (page.nodes.empty())
        return data;
    data.groups = groupsOf(page.nodes.front());
    data.schema = page.nodes.front().schema;
    data.table = page.nodes.front().table;
    data.keyColumns = page.nodes.front().keyColumns;
    data.lastCursor = page.nodes.back().cursor;
    data.rows.reserve(page.nodes.size());
    for (TreeNode &node : page.nodes) {
        HierarchyRow row;
        row.badges = badgesOf(node, hierarchy.catalog(), hierarchy.profile());
        row.label = std::move(node.label);
        row.pathKey = node.path.steps().back().key;
        row.key = std::move(node.key);
        for (const TreeGroupInfo &info : node.groups)
            row.counts.emplace_back(info.count, info.isExact);
        data.rows.push_back(std::move(row));
    }
    return data;
}

/// What `job` makes of the hierarchy in the database's pool; NotFound without one.
template<typename T, typename Job>
QFuture<Result<T>> readIn(const HierarchyDatabase *database, Job job)
{
    if (database != nullptr) {
        return database->context.pool->read(
            [context = database->context, job = std::move(job)](Connection &connection) -> Result<T> {
                Hierarchy hierarchy(connection, context.catalog, context.profile);
                return job(hierarchy);
            },
            database->stop.get_token());
    }
    QPromise<Result<T>> promise;
    promise.start();
    promise.addResult(Result<T>(failure(ErrorCode::NotFound, HierarchyModel::tr("This database is not open."))));
    promise.finish();
    return promise.future();
}

} // namespace

struct HierarchyModel::Reveal
{
    int databaseId = 0;
    TreePath path;
    std::function<void(Result<QModelIndex>)> done;
    /// For each step with a key, where its row stands; not known yet while empty.
    std::optional<Result<std::vector<std::int64_t>>> positions;
};

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
    const int row = m_top->rowCount();
    insertItems({}, row, row, [&] {
        HierarchyDatabase &added = *m_databases.emplace_back(std::move(database));
        auto roots = std::make_unique<RootsLevel>(&added, m_top.get(), row, m_rowsLevels);
        roots->install(roots->tablesRow(), roots->make(roots->tablesRow()));
        m_top->install(row, std::move(roots));
    });
    readRootCounts(*m_databases.back());
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
    onResult(future, this, [this, id = context.id](Result<Counts> found) {
        const QModelIndex parent = databaseIndex(id);
        if (!parent.isValid())
            return;
        HierarchyDatabase &into = *m_databases[static_cast<std::size_t>(parent.row())];
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

// Reading

void HierarchyModel::insertItems(const QModelIndex &parent, int first, int last, const std::function<void()> &insert)
{
    m_isChanging = true;
    beginInsertRows(parent, first, last);
    insert();
    endInsertRows();
    m_isChanging = false;
}

void HierarchyModel::removeItems(const QModelIndex &parent, int first, int last, const std::function<void()> &remove)
{
    m_isChanging = true;
    beginRemoveRows(parent, first, last);
    remove();
    endRemoveRows();
    m_isChanging = false;
}

bool HierarchyModel::canFetchMore(const QModelIndex &parent) const
{
    if (m_isChanging || !parent.isValid() || !hasChildren(parent))
        return false;
    const HierarchyLevel *level = below(parent);
    const auto *rows = dynamic_cast<const RowsLevel *>(level);
    if (level == nullptr || rows == nullptr)
        return level == nullptr;
    return !rows->isStarted() || (rows->tail == RowsLevel::Loading && !rows->isWalking);
}

void HierarchyModel::fetchMore(const QModelIndex &parent)
{
    if (!canFetchMore(parent))
        return;
    HierarchyLevel *level = below(parent);
    if (level == nullptr) {
        HierarchyLevel *above = levelOf(parent);
        std::unique_ptr<HierarchyLevel> made = above->make(parent.row());
        if (made == nullptr) {
            // The row's own page has to come first.
            auto *rows = static_cast<RowsLevel *>(above);
            rows->openWhenRead.push_back(parent.row());
            want(*rows, parent.row() / rowsPerPage);
            return;
        }
        const auto install = [&] { level = above->install(parent.row(), std::move(made)); };
        if (const int count = made->rowCount(); count > 0)
            insertItems(parent, 0, count - 1, install);
        else
            install();
    }
    if (auto *rows = dynamic_cast<RowsLevel *>(level)) {
        if (!rows->isStarted())
            readFirstPage(*rows);
        else
            walk(*rows);
    }
}

void HierarchyModel::changeOwner(const HierarchyLevel &level)
{
    const QModelIndex owner = ownerOf(level);
    emit dataChanged(owner, owner);
}

void HierarchyModel::readFirstPage(RowsLevel &level)
{
    level.state = LoadState::Pending;
    changeOwner(level);
    const DatabaseContext context = level.database()->context;
    auto future = context.pool->read(
        [context, group = level.group](Connection &connection) -> Result<HierarchyPageData> {
            Hierarchy hierarchy(connection, context.catalog, context.profile);
            Result<TreePage> page = hierarchy.children(group, rowsPerPage);
            if (!page)
                return failure(page);
            Result<GroupPlace> place = placeOfGroup(hierarchy, group);
            if (!place)
                return failure(place);
            HierarchyPageData data = pageData(hierarchy, std::move(*page));
            data.place = std::move(place->place);
            return data;
        },
        level.stop.get_token());
    onResult(future, this, [this, id = level.id, generation = level.generation](Result<HierarchyPageData> data) {
        RowsLevel *into = rowsLevel(id, generation);
        if (into == nullptr)
            return;
        if (!data) {
            into->state = data.error().code == ErrorCode::Cancelled ? LoadState::Absent : LoadState::Failed;
            if (into->state == LoadState::Failed)
                setTail(*into, RowsLevel::Failed, data.error());
            changeOwner(*into);
            m_revealing->start();
            return;
        }
        into->state = LoadState::Ready;
        into->place = std::move(data->place);
        into->groups = std::move(data->groups);
        into->schema = std::move(data->schema);
        into->table = std::move(data->table);
        into->keyColumns = std::move(data->keyColumns);
        into->isWhole = !data->more;
        const int count = static_cast<int>(data->rows.size());
        if (count == 0) {
            setTail(*into, RowsLevel::Empty);
        } else {
            auto page = std::make_unique<HierarchyPage>();
            page->state = LoadState::Ready;
            page->rows = std::move(data->rows);
            if (data->more)
                into->cursors.push_back(std::move(data->lastCursor));
            insertItems(ownerOf(*into), 0, count - 1, [&] {
                into->pages.push_back(std::move(page));
                into->rows = count;
            });
            if (data->more) {
                setTail(*into, RowsLevel::Loading);
                walk(*into);
            }
        }
        changeOwner(*into);
        m_revealing->start();
    });
}

/// Goes on from the last page that is known.
void HierarchyModel::walk(RowsLevel &level)
{
    level.isWalking = true;
    const std::int64_t limit = std::min<std::int64_t>(level.rows < firstWalk ? firstWalk : laterWalk, maxRows - level.rows);
    const DatabaseContext context = level.database()->context;
    auto future = context.pool->read(
        [context, group = level.group, after = level.cursors.back(), limit](Connection &connection) -> Result<TreeMarks> {
            Hierarchy hierarchy(connection, context.catalog, context.profile);
            return hierarchy.marks(group, rowsPerPage, limit, after);
        },
        level.stop.get_token());
    onResult(future, this, [this, id = level.id, generation = level.generation](Result<TreeMarks> marks) {
        RowsLevel *into = rowsLevel(id, generation);
        if (into == nullptr)
            return;
        into->isWalking = false;
        if (!marks) {
            if (marks.error().code != ErrorCode::Cancelled)
                setTail(*into, RowsLevel::Failed, marks.error());
            m_revealing->start();
            return;
        }
        std::move(marks->cursors.begin(), marks->cursors.end(), std::back_inserter(into->cursors));
        into->isWhole = !marks->more;
        appendRows(*into, static_cast<int>(marks->rows));
        if (into->isWhole) {
            setTail(*into, RowsLevel::NoTail);
            changeOwner(*into); // it knows its number of rows now
        } else if (into->rows >= maxRows) {
            setTail(*into, RowsLevel::TooMany);
        } else {
            walk(*into);
        }
        m_revealing->start();
    });
}

void HierarchyModel::appendRows(RowsLevel &level, int count)
{
    if (count == 0)
        return;
    insertItems(ownerOf(level), level.rows, level.rows + count - 1, [&] {
        level.rows += count;
        while (static_cast<int>(level.pages.size()) * rowsPerPage < level.rows)
            level.pages.push_back(std::make_unique<HierarchyPage>());
    });
}

void HierarchyModel::setTail(RowsLevel &level, int tail, const Error &error)
{
    const auto wanted = static_cast<RowsLevel::Tail>(tail);
    level.error = error;
    if (wanted == level.tail) {
        if (wanted != RowsLevel::NoTail)
            emit dataChanged(indexOf(level, level.rows), indexOf(level, level.rows));
    } else if (wanted == RowsLevel::NoTail) {
        removeItems(ownerOf(level), level.rows, level.rows, [&] { level.tail = wanted; });
    } else if (level.tail == RowsLevel::NoTail) {
        insertItems(ownerOf(level), level.rows, level.rows, [&] { level.tail = wanted; });
    } else {
        level.tail = wanted;
        emit dataChanged(indexOf(level, level.rows), indexOf(level, level.rows));
    }
    if (wanted == RowsLevel::Failed)
        emit failed(error);
}

void HierarchyModel::want(RowsLevel &level, int page) const
{
    const std::pair<quint64, int> wanted(level.id, page);
    m_wanted.erase(std::remove(m_wanted.begin(), m_wanted.end(), wanted), m_wanted.end());
    m_wanted.push_back(wanted);
    if (m_wanted.size() > maximumWanted)
        m_wanted.erase(m_wanted.begin());
    if (!m_reading->isActive())
        m_reading->start();
}

void HierarchyModel::readWanted()
{
    while (!m_wanted.empty() && m_inFlight < maximumInFlight) {
        const auto [id, page] = m_wanted.back();
        m_wanted.pop_back();
        const auto found = m_rowsLevels.find(id);
        if (found != m_rowsLevels.end() && page < static_cast<int>(found->second->pages.size())
            && found->second->pages[static_cast<std::size_t>(page)]->state == LoadState::Absent)
            readPage(*found->second, page);
    }
}

void HierarchyModel::readPage(RowsLevel &level, int page)
{
    level.pages[static_cast<std::size_t>(page)]->state = LoadState::Pending;
    ++m_inFlight;
    const DatabaseContext context = level.database()->context;
    const int limit = std::min(rowsPerPage, level.rows - page * rowsPerPage);
    auto future = context.pool->read(
        [context, group = level.group, limit, after = page == 0 ? std::vector<Value>() : level.cursors[static_cast<std::size_t>(page) - 1]](Connection &connection) -> Result<HierarchyPageData> {
            Hierarchy hierarchy(connection, context.catalog, context.profile);
            Result<TreePage> read = hierarchy.children(group, limit, after);
            if (!read)
                return failure(read);
            return pageData(hierarchy, std::move(*read));
        },
        level.stop.get_token());
    onResult(future, this, [this, page, id = level.id, generation = level.generation](Result<HierarchyPageData> data) {
        --m_inFlight;
        m_reading->start();
        RowsLevel *into = rowsLevel(id, generation);
        if (into == nullptr)
            return;
        HierarchyPage &read = *into->pages[static_cast<std::size_t>(page)];
        if (data) {
            read.state = LoadState::Ready;
            read.rows = std::move(data->rows);
        } else {
            const bool isCancelled = data.error().code == ErrorCode::Cancelled;
            read.state = isCancelled ? LoadState::Absent : LoadState::Failed;
            read.error = data.error();
            if (!isCancelled)
                emit failed(read.error);
        }
        const int first = page * rowsPerPage;
        const int last = std::min(first + rowsPerPage, into->rows) - 1;
        const QModelIndex from = indexOf(*into, first);
        read.lastUse = std::numeric_limits<quint64>::max(); // it has just been asked for
        into->trim();
        read.lastUse = 0;
        emit dataChanged(from, indexOf(*into, last));
        std::vector<int> open;
        std::swap(open, into->openWhenRead);
        for (const int row : open) {
            if (row < first || row > last)
                into->openWhenRead.push_back(row);
            else if (read.state == LoadState::Ready)
                fetchMore(indexOf(*into, row));
        }
        m_revealing->start();
    });
}

void HierarchyModel::retry(const QModelIndex &index)
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return;
    auto *rows = dynamic_cast<RowsLevel *>(levelOf(index));
    if (rows == nullptr)
        return;
    if (!rows->isTail(index.row())) {
        HierarchyPage &page = rows->pageOf(index.row());
        if (page.state != LoadState::Failed)
            return;
        page.state = LoadState::Absent;
        want(*rows, index.row() / rowsPerPage);
    } else if (rows->tail == RowsLevel::Failed && rows->rows > 0) {
        setTail(*rows, RowsLevel::Loading);
        walk(*rows);
    } else if (rows->tail == RowsLevel::Failed || rows->tail == RowsLevel::Empty) {
        clear(*rows);
        readFirstPage(*rows);
    }
}

/// Ends the jobs of a level and of all below it; what they have not brought can be asked for again.
void HierarchyModel::stop(HierarchyLevel &level)
{
    if (auto *rows = dynamic_cast<RowsLevel *>(&level)) {
        rows->stop.request_stop();
        rows->stop = std::stop_source();
        ++rows->generation;
        rows->isWalking = false;
        if (rows->state == LoadState::Pending)
            rows->state = LoadState::Absent;
        for (const auto &page : rows->pages) {
            if (page->state == LoadState::Pending)
                page->state = LoadState::Absent;
        }
    }
    for (const auto &[row, below] : level.allBelow())
        stop(*below);
}

/// Forgets all rows; the level can be read again.
void HierarchyModel::clear(RowsLevel &level)
{
    const auto forget = [&level] {
        level.removeAllBelow();
        level.pages.clear();
        level.cursors.clear();
        level.openWhenRead.clear();
        level.rows = 0;
        level.tail = RowsLevel::NoTail;
        level.isWhole = false;
        level.state = LoadState::Absent;
        ++level.generation;
    };
    if (const int count = level.rowCount(); count > 0)
        removeItems(ownerOf(level), 0, count - 1, forget);
    else
        forget();
}

void HierarchyModel::release(const QModelIndex &collapsed)
{
    HierarchyLevel *level = collapsed.isValid() ? below(collapsed) : nullptr;
    if (level == nullptr)
        return;
    stop(*level);
    auto *rows = dynamic_cast<RowsLevel *>(level);
    if (rows != nullptr && rows->rows > maxKeptRows)
        clear(*rows);
    emit dataChanged(collapsed, collapsed);
    m_revealing->start();
}

qsizetype HierarchyModel::cachedRowCount() const
{
    qsizetype rows = 0;
    for (const auto &[id, level] : m_rowsLevels) {
        for (const auto &page : level->pages)
            rows += static_cast<qsizetype>(page->rows.size());
    }
    return rows;
}

qsizetype HierarchyModel::cursorCount() const
{
    qsizetype cursors = 0;
    for (const auto &[id, level] : m_rowsLevels)
        cursors += static_cast<qsizetype>(level->cursors.size());
    return cursors;
}

// Places

QFuture<Result<TablePlace>> HierarchyModel::place(int id, const TreePath &group) const
{
    const QModelIndex index = databaseIndex(id);
    return readIn<TablePlace>(index.isValid() ? m_databases[static_cast<std::size_t>(index.row())].get() : nullptr, [group](Hierarchy &hierarchy) -> Result<TablePlace> {
        Result<GroupPlace> found = placeOfGroup(hierarchy, group);
        if (!found)
            return failure(found);
        return std::move(found->place);
    });
}

QFuture<Result<TreePath>> HierarchyModel::pathTo(int id, const QString &table, const RowKey &key, const QStringList &keyColumns) const
{
    const QModelIndex index = databaseIndex(id);
    return readIn<TreePath>(index.isValid() ? m_databases[static_cast<std::size_t>(index.row())].get() : nullptr,
                            [table, key, keyColumns](Hierarchy &hierarchy) { return hierarchy.pathTo(table, key, keyColumns); });
}

TablePlace HierarchyModel::siblings(const QModelIndex &record) const
{
    const auto *rows = record.isValid() ? dynamic_cast<const RowsLevel *>(levelOf(record)) : nullptr;
    return rows == nullptr ? TablePlace() : rows->place;
}

QModelIndex HierarchyModel::loadedIndex(int id, const TreePath &path) const
{
    QModelIndex at = databaseIndex(id);
    if (!at.isValid() || path.isEmpty())
        return {};
    for (std::size_t i = 0; i < path.steps().size(); ++i) {
        const TreePath::Step &step = path.steps()[i];
        const HierarchyLevel *level = below(at);
        if (level == nullptr)
            return {};
        if (i == 0) {
            const std::vector<HierarchyGroup> &roots = level->database()->roots;
            const auto found = std::find_if(roots.begin(), roots.end(), [&](const HierarchyGroup &root) { return root.id == step.group; });
            if (found == roots.end())
                return {};
            at = folderIndex(index(static_cast<int>(found - roots.begin()), 0, at), step.folder);
        } else if (const auto *groups = dynamic_cast<const GroupsLevel *>(level)) {
            at = index(groups->rowOf(step.group), 0, at);
        } else if (const auto *direct = dynamic_cast<const RowsLevel *>(level); direct == nullptr || direct->group.steps().back().group != step.group) {
            return {};
        }
        if (!at.isValid() || step.key.isEmpty())
            return at;
        const auto *rows = dynamic_cast<const RowsLevel *>(below(at));
        if (rows == nullptr)
            return {};
        QModelIndex next;
        for (std::size_t page = 0; page < rows->pages.size() && !next.isValid(); ++page) {
            const std::vector<HierarchyRow> &held = rows->pages[page]->rows;
            const auto found = std::find_if(held.begin(), held.end(), [&](const HierarchyRow &row) { return row.pathKey == step.key; });
            if (found != held.end())
                next = indexOf(*rows, static_cast<int>(page) * rowsPerPage + static_cast<int>(found - held.begin()));
        }
        if (!next.isValid())
            return {};
        at = next;
    }
    return at;
}

void HierarchyModel::reveal(int id, const TreePath &path, std::function<void(Result<QModelIndex>)> done)
{
    const QModelIndex index = databaseIndex(id);
    if (!index.isValid())
        return;
    auto reveal = std::make_unique<Reveal>();
    reveal->databaseId = id;
    reveal->path = path;
    reveal->done = std::move(done);
    const Reveal *self = reveal.get();
    m_reveals.push_back(std::move(reveal));
    using Positions = std::pair<TreePath, std::vector<std::int64_t>>;
    const auto future = readIn<Positions>(m_databases[static_cast<std::size_t>(index.row())].get(), [path](Hierarchy &hierarchy) -> Result<Positions> {
        const Result<TreePath> through = hierarchy.throughFolder(path);
        if (!through)
            return failure(through);
        std::vector<std::int64_t> positions;
        TreePath prefix;
        for (const TreePath::Step &step : through->steps()) {
            prefix = prefix.group(step.group);
            if (step.folder)
                prefix = prefix.inFolder(*step.folder);
            if (step.key.isEmpty())
                break;
            prefix = prefix.row(step.key);
            const Result<std::int64_t> position = hierarchy.position(prefix);
            if (!position)
                return failure(position);
            positions.push_back(*position);
        }
        return Positions(*through, std::move(positions));
    });
    onResult(future, this, [this, self](Result<Positions> positions) {
        const auto found = std::find_if(m_reveals.begin(), m_reveals.end(), [self](const auto &each) { return each.get() == self; });
        if (found == m_reveals.end())
            return;
        if (positions) {
            (*found)->path = std::move(positions->first);
            (*found)->positions = std::move(positions->second);
        } else {
            (*found)->positions = Result<std::vector<std::int64_t>>(failure(positions));
        }
        m_revealing->start();
    });
}

void HierarchyModel::advanceReveals()
{
    for (std::size_t i = 0; i < m_reveals.size();) {
        const std::optional<Result<QModelIndex>> result = advance(*m_reveals[i]);
        if (!result) {
            ++i;
            continue;
        }
        const std::unique_ptr<Reveal> reveal = std::move(m_reveals[i]);
        m_reveals.erase(m_reveals.begin() + static_cast<std::ptrdiff_t>(i));
        reveal->done(*result);
        i = 0; // `done` may have begun or ended others
    }
}

std::optional<Result<QModelIndex>> HierarchyModel::advance(const Reveal &reveal)
{
    using Answer = std::optional<Result<QModelIndex>>;
    if (!reveal.positions)
        return {};
    if (!*reveal.positions)
        return Answer(failure(*reveal.positions));
    const auto notFound = [&] { return Answer(failure(ErrorCode::NotFound, tr("Nothing stands at \"%1\" any more.").arg(reveal.path.toString()))); };
    QModelIndex at = databaseIndex(reveal.databaseId);
    for (std::size_t i = 0; i < reveal.path.steps().size(); ++i) {
        const TreePath::Step &step = reveal.path.steps()[i];
        fetchMore(at);
        HierarchyLevel *level = below(at);
        if (level == nullptr)
            return notFound();
        if (i == 0) {
            if (!level->database()->areFoldersKnown)
                return {};
            at = loadedIndex(reveal.databaseId, TreePath().group(step.group));
            if (step.folder && at.isValid()) {
                QModelIndex reached = folderIndex(at, step.folder);
                if (!reached.isValid())
                    return notFound();
                for (; reached.isValid() && reached != at; reached = folderIndex(at, step.folder)) {
                    at = reached;
                    fetchMore(at);
                }
            }
        } else if (const auto *groups = dynamic_cast<const GroupsLevel *>(level)) {
            at = index(groups->rowOf(step.group), 0, at);
        } else if (static_cast<const RowsLevel *>(level)->group.steps().back().group != step.group) {
            return notFound();
        }
        if (!at.isValid())
            return notFound();
        if (step.key.isEmpty())
            return Answer(at);
        fetchMore(at);
        auto *rows = dynamic_cast<RowsLevel *>(below(at));
        const auto position = static_cast<int>(std::min<std::int64_t>((**reveal.positions)[i], maxRows));
        if (rows == nullptr)
            return notFound();
        if (rows->tail == RowsLevel::Failed && position >= rows->rows)
            return Answer(failure(rows->error.code, rows->error.message, rows->error.detail));
        if (position >= rows->rows) {
            if (rows->state == LoadState::Pending || rows->isWalking)
                return {};
            return notFound();
        }
        HierarchyPage &page = rows->pageOf(position);
        if (page.state == LoadState::Absent)
            want(*rows, position / rowsPerPage);
        if (page.state == LoadState::Absent || page.state == LoadState::Pending)
            return {};
        if (page.state == LoadState::Failed)
            return Answer(failure(page.error.code, page.error.message, page.error.detail));
        const auto found = std::find_if(page.rows.begin(), page.rows.end(), [&](const HierarchyRow &row) { return row.pathKey == step.key; });
        if (found == page.rows.end())
            return notFound();
        at = indexOf(*rows, position / rowsPerPage * rowsPerPage + static_cast<int>(found - page.rows.begin()));
    }
    return Answer(at);
}

} // namespace turnstone
