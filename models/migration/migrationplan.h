// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/migration/migrationhistory.h"
#include "models/migration/migrationpart.h"
#include "models/migration/migrationstate.h"

#include <vector>

namespace turnstone {

struct MigrationStep
{
    MigrationFile file;
    MigrationDirection direction = MigrationDirection::Up;
    MigrationPart part;
    /// Going down: the newest migration afterwards; none: nothing is left.
    std::optional<MigrationFile> previous;
    /// False for conversions, which no application records.
    bool isRecorded = true;

    QString title() const;
};

/// Steps that lead from where a database stands to where it is wanted, checked as far as text can be.
struct MigrationPlan
{
    std::vector<MigrationStep> steps;
    QStringList warnings;
    /// What was recorded when the plan was made: a run that finds something else stops.
    QStringList recorded;

    /// A recorded word, which shows how the others are spelled.
    QString sample;

    /// What runs, as a script: the statements, the record of each step, and the transactions around them.
    QString toSql(Engine engine, const MigrationTracking &tracking) const;
};

struct MigrationPlanOptions
{
    /// Run migrations that were added before others that the database has already.
    bool outOfOrder = false;
};

/// `to` empty: the newest. Errors: InvalidInput (no such revision), Conflict (the database is newer than the history, a
/// file was changed after it was run, a migration was added before others that have run), NotFound (where it stands cannot
/// be told), and those of prepareMigration().
[[nodiscard]] Result<MigrationPlan> planUp(const MigrationHistory &history, const MigrationState &state, Engine engine, const QString &to = {}, const MigrationPlanOptions &options = {});
/// `to`: "base" for all the way, "-1" (or empty) for one step, "-n", or the revision that is to be the newest. Errors as planUp().
[[nodiscard]] Result<MigrationPlan> planDown(const MigrationHistory &history, const MigrationState &state, Engine engine, const QString &to = {});
/// From the variant found to another; backwards if the conversion leads from there to the variant found. Errors: NotFound.
[[nodiscard]] Result<MigrationPlan> planConversion(const MigrationHistory &history, const MigrationState &state, Engine engine, const QString &toVariant);

/// A database that holds what no file of the history stands for is newer than we know, and is not touched.
[[nodiscard]] Result<> checkKnown(const MigrationState &state);

} // namespace turnstone
