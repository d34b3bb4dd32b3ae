// SPDX-License-Identifier: GPL-3.0-or-later
// How HierarchyModel finds places: paths to indexes, and loading what lies between.
#include "models/browsing/hierarchymodel.h"

#include "models/browsing/hierarchylevel.h"
#include "models/browsing/hierarchyplace.h"
#include "models/browsing/hierarchyreveal.h"
#include "models/core/async.h"

#include <QTimer>

#include <algorithm>

namespace turnstone {

namespace {

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
