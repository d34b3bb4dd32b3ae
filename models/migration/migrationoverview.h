// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/migration/alembicfolder.h"
#include "models/migration/migrationdrift.h"

#include <optional>

namespace turnstone {

/// Everything that is to be told about the migrations of a database.
struct MigrationOverview
{
    Catalog catalog;
    MigrationHistory history;
    MigrationState state;
    /// The folder asked for is an Alembic directory: it is shown, nothing of it runs.
    std::optional<AlembicFolder> alembic;
};

/// Reads the catalog, finds the history and where the database stands in it. Blocks; runs in the connection's thread.
[[nodiscard]] Result<MigrationOverview> readMigrationOverview(Connection &connection, const ProfileRegistry &registry, const MigrationRequest &request);

/// The same, of a catalog that has been read.
[[nodiscard]] Result<MigrationOverview> readMigrationOverview(Connection &connection, Catalog catalog, const std::vector<Recognition> &recognitions,
                                                              const ProfileRegistry &registry, const MigrationRequest &request);

} // namespace turnstone
