// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/migration/migrationfolder.h"
#include "models/migration/migrationtracking.h"
#include "models/profiles/profileregistry.h"
#include "models/profiles/recognition.h"

#include <optional>

namespace turnstone {

/// Which history somebody asks for; all empty: the one that belongs to the database.
struct MigrationRequest
{
    QString folder;  ///< of the user's own migrations
    QString system;  ///< id of a profile
    QString variant; ///< of that profile
};

/// A step with data from one variant of a system to another.
struct MigrationConversion
{
    QString from;
    QString to;
    QString title;
    MigrationFile file;
};

/// The migrations that a database is compared with, and what is needed to read and move it along them.
struct MigrationHistory
{
    /// None: no profile and no folder knows one.
    std::optional<MigrationFolder> folder;
    /// A folder of the user's, not one of ours.
    bool isUsers = false;
    QString system;  ///< empty for a folder on a database that nobody knows
    QString variant; ///< whose history it is
    QString found;   ///< the variant that the database was recognised as; empty if none
    ResolvedProfile profile;
    MigrationTracking tracking;
    /// PostgreSQL: where its tables lie; empty: where the search path leads.
    QString schema;
    /// What leads from the variant found to another, and what led to it and can be taken back.
    std::vector<MigrationConversion> conversions;
};

/// Blocks on the disk. `recognitions` as recognise() gives them. Errors: InvalidInput (unknown system or variant), those of MigrationFolder.
[[nodiscard]] Result<MigrationHistory> findHistory(const Catalog &catalog, const std::vector<Recognition> &recognitions, const ProfileRegistry &registry,
                                                   const MigrationRequest &request);

} // namespace turnstone
