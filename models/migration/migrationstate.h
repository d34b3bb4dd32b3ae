// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/migration/migrationfolder.h"
#include "models/migration/migrationtracking.h"
#include "models/profiles/resolvedprofile.h"

#include <optional>

namespace turnstone {

/// Where the schema of a database stands in its history. Revisions are spelled as the application spells
/// those it has recorded.
struct MigrationState
{
    /// The table in which the application tracks its migrations; empty if there is none.
    QString tracking;
    QString trackingSchema;
    /// The newest revision applied; empty if it cannot be told.
    QString current;
    /// Nothing is recorded: `current` was concluded from what the schema contains.
    bool isInferred = false;
    /// The newest revision known; empty if no history is known.
    QString head;
    /// Revisions that the database has, in order.
    QStringList applied;
    /// Revisions after `current`, in order; nothing if that cannot be told.
    std::optional<QStringList> pending;
    /// Recorded, but not in the history: the database may be newer than we know.
    QStringList unknown;
    /// Files that are no longer what was run: another checksum is recorded.
    QStringList edited;
    /// For each file of the history whether the database has it; empty without a history or where that cannot be told.
    std::vector<bool> isApplied;
    /// The words as recorded.
    QStringList recorded;
    /// A recorded word, which shows how the others are spelled; empty if nothing is recorded.
    QString sample;

    /// Position of the newest file applied; -1 if none is.
    std::ptrdiff_t newest() const;
};

/// Whether a recorded word ("001_initial", "003_convert.sql", "0008", "8") means this file.
bool isRevisionOf(const QString &recorded, const MigrationFile &file);

/// Reads what is recorded and compares it with `history` (null: none is known). The tracking table is the
/// profile's, else Alembic's, which applications share. Blocks.
[[nodiscard]] Result<MigrationState> readMigrationState(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile,
                                                        const MigrationFolder *history);
/// The same with a record that is already known.
[[nodiscard]] Result<MigrationState> readMigrationState(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile,
                                                        const MigrationFolder *history, const MigrationTracking &tracking);

} // namespace turnstone
