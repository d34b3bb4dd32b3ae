// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/migration/migrationrun.h"
#include "models/profiles/profileregistry.h"

namespace turnstone {

/// A SQLite database brought from an old schema to a new one, in a file of its own.
struct ConvertedCopy
{
    QString path;
    QString from; ///< variants
    QString to;
    MigrationOutcome outcome;
};

/// The variants that the database of a connection can be converted to, the newest last. Blocks. Errors: Unsupported if there is none.
[[nodiscard]] Result<QStringList> conversionsOf(Connection &source, const ProfileRegistry &registry);

/// Export from the old, transform, import into the new, as one step: copies the database as it stands at one moment beside `target`,
/// converts the copy with every check of a migration, compacts it, and gives it the name only then. The source is read, never
/// written. `options` says who is told and how it is stopped; no backup is made, as the source is one. Blocks.
/// Errors: InvalidInput (a file is there), Unsupported (nothing leads there; not a SQLite file), those of backupSqlite() and runMigrations().
[[nodiscard]] Result<ConvertedCopy> convertCopy(Connection &source, const ProfileRegistry &registry, const QString &target, const QString &toVariant, MigrationRunOptions options);

} // namespace turnstone
