// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/migration/alembicfolder.h"
#include "models/migration/migrationdrift.h"
#include "models/migration/migrationrun.h"

#include <optional>

namespace turnstone::cli {

/// What `migrate status` tells.
struct MigrateStatus
{
    MigrationHistory history;
    MigrationState state;
    /// Nothing where it could not be found out; then `driftProblem` says why.
    std::optional<std::vector<SchemaChange>> drift;
    QString driftProblem;
    /// An Alembic directory that was named.
    std::optional<AlembicFolder> alembic;
};

QByteArray asJson(const MigrateStatus &status);
QByteArray asText(const MigrateStatus &status);

QByteArray asJson(const MigrationOutcome &outcome, const MigrationState &state);

} // namespace turnstone::cli
