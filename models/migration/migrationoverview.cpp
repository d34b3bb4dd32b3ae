// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/migration/migrationoverview.h"

#include "models/catalog/catalogreader.h"

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

/// Alembic's record against the revisions of a directory.
Result<> readAlembic(Connection &connection, const QString &folder, MigrationOverview &overview)
{
    auto alembic = AlembicFolder::load(folder);
    if (!alembic)
        return failure(alembic);
    overview.history.tracking = MigrationTracking::ofProfile(overview.catalog, {});
    auto state = readMigrationState(connection, overview.catalog, {}, nullptr, overview.history.tracking);
    if (!state)
        return failure(state);
    overview.state = std::move(*state);
    const QStringList recorded = overview.state.recorded;
    overview.state.current = recorded.join(u", "_s);
    overview.state.head = alembic->heads().join(u", "_s);
    if (const auto applied = alembic->withAncestors(recorded)) {
        overview.state.applied = *applied;
        QStringList pending;
        for (const AlembicRevision &revision : alembic->revisions()) {
            if (!applied->contains(revision.revision))
                pending.append(revision.revision);
        }
        overview.state.pending = pending;
    } else {
        for (const QString &word : recorded) {
            if (!alembic->revision(word))
                overview.state.unknown.append(word);
        }
    }
    overview.alembic = std::move(*alembic);
    return {};
}

} // namespace

Result<MigrationOverview> readMigrationOverview(Connection &connection, const ProfileRegistry &registry, const MigrationRequest &request)
{
    Result<Catalog> catalog = readCatalog(connection);
    if (!catalog)
        return failure(catalog);
    const std::vector<Recognition> recognitions = recognise(*catalog, registry);
    return readMigrationOverview(connection, std::move(*catalog), recognitions, registry, request);
}

Result<MigrationOverview> readMigrationOverview(Connection &connection, Catalog catalog, const std::vector<Recognition> &recognitions,
                                                const ProfileRegistry &registry, const MigrationRequest &request)
{
    MigrationOverview overview;
    overview.catalog = std::move(catalog);
    if (!request.folder.isEmpty() && AlembicFolder::isOne(request.folder)) {
        if (const Result<> read = readAlembic(connection, request.folder, overview); !read)
            return failure(read);
        return overview;
    }
    Result<MigrationHistory> history = findHistory(overview.catalog, recognitions, registry, request);
    if (!history)
        return failure(history);
    overview.history = std::move(*history);
    Result<MigrationState> state = readMigrationState(connection, overview.catalog, overview.history.profile, overview.history.folder ? &*overview.history.folder : nullptr,
                                                      overview.history.tracking);
    if (!state)
        return failure(state);
    overview.state = std::move(*state);
    return overview;
}

} // namespace turnstone
