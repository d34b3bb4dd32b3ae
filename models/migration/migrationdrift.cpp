// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/migration/migrationdrift.h"

#include <QCoreApplication>

namespace turnstone {

using namespace Qt::StringLiterals;

QString schemaOf(const Catalog &catalog, const MigrationHistory &history)
{
    if (catalog.engine == Engine::Sqlite)
        return u"main"_s;
    return history.schema.isEmpty() ? catalog.schemas.value(0, u"public"_s) : history.schema;
}

QStringList recordTables(const MigrationHistory &history)
{
    QStringList tables{u"alembic_version"_s, u"schema_migrations"_s, u"conversion_leftovers"_s};
    if (!history.tracking.table().isEmpty())
        tables.append(history.tracking.table());
    return tables;
}

Result<MigrationDrift> findDrift(Connection &connection, const Catalog &catalog, const MigrationHistory &history, const MigrationState &state)
{
    if (!history.folder || !state.pending)
        return failure(ErrorCode::NotFound, QCoreApplication::translate("MigrationDrift", "Where the schema stands is not known, so there is nothing to compare it with."));
    std::vector<MigrationFile> applied;
    for (std::size_t i = 0; i < state.isApplied.size(); ++i) {
        if (state.isApplied[i])
            applied.push_back(history.folder->files()[i]);
    }
    MigrationDrift drift;
    const std::size_t count = applied.size();
    if (count == 0) // nothing has been run, so nothing can differ: what is there belongs to others
        return drift;
    Result<SchemaOf> expected = schemaAfter(MigrationFolder(std::move(applied)), count, connection);
    if (!expected)
        return failure(expected);
    drift.expected = std::move(*expected);
    SchemaCompareOptions options;
    options.ignoredTables = recordTables(history);
    const SchemaView now{catalog, schemaOf(catalog, history)};
    const SchemaView then{drift.expected.catalog, drift.expected.schema};
    for (SchemaChange &change : compareSchemas(now, then, options).changes) {
        if (!change.isHarmless())
            drift.changes.push_back(std::move(change));
    }
    return drift;
}

} // namespace turnstone
