// SPDX-License-Identifier: GPL-3.0-or-later
// What HierarchyModel reads: first pages, the walk behind them, pages that are looked at.
#include "models/browsing/hierarchymodel.h"

#include "models/browsing/hierarchylevel.h"
#include "models/browsing/hierarchyplace.h"
#include "models/core/async.h"

#include <QTimer>

#include <algorithm>

namespace turnstone {

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

} // namespace

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

} // namespace turnstone
