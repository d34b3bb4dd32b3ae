// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/migration/migrationhistory.h"
#include "models/migration/migrationschema.h"
#include "models/migration/migrationstate.h"
#include "models/schemadiff/schemadiff.h"

namespace turnstone {

/// Where a database differs from what the migrations that it has should have left behind.
struct MigrationDrift
{
    /// What would have to change to make it right; without what is harmless.
    std::vector<SchemaChange> changes;
    /// What it should look like.
    SchemaOf expected;
};

/// Runs the applied migrations from nothing (see schemaAfter()) and compares. Blocks; runs in the connection's thread. Errors:
/// those of schemaAfter(); NotFound if where the database stands cannot be told.
[[nodiscard]] Result<MigrationDrift> findDrift(Connection &connection, const Catalog &catalog, const MigrationHistory &history, const MigrationState &state);

/// The schema of the database that counts for a history: its profile's, else the first of the search path.
QString schemaOf(const Catalog &catalog, const MigrationHistory &history);

/// The tables in which migrations are recorded, and what conversions keep: they belong to no schema.
QStringList recordTables(const MigrationHistory &history);

} // namespace turnstone
