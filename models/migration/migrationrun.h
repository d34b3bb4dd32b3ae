// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/connection.h"
#include "models/migration/migrationplan.h"

#include <QDateTime>

#include <functional>
#include <stop_token>

namespace turnstone {

/// How far a run is.
struct MigrationProgress
{
    enum class Phase { Backup, Trial, Run };
    Phase phase = Phase::Run;
    int step = 0; ///< from 0
    int steps = 0;
    qint64 done = 0; ///< statements of the step, or bytes of the backup
    qint64 total = 0;
};

struct MigrationRunOptions
{
    /// SQLite: a copy beside the file; PostgreSQL: pg_dump into `backupFolder`.
    bool backup = true;
    /// Empty: a name that says what it is.
    QString backupFile;
    /// For servers, whose databases have no "beside".
    QString backupFolder;
    /// Try all of it in a transaction that is rolled back first.
    bool trial = true;
    QDateTime now; ///< for the backup's name
    std::function<void(const MigrationProgress &)> progress;
    std::function<void(const QString &)> log; ///< a sentence for each thing done
    std::stop_token stop;
};

struct MigrationCountResult
{
    QString title;
    qint64 before = 0;
    qint64 after = 0;
};

struct MigrationOutcome
{
    QString backupFile; ///< empty if none was made
    QStringList done;   ///< titles of the steps
    std::vector<MigrationCountResult> counts;
    QStringList notes; ///< what somebody should know, a sentence each
};

/// Moves a database along a plan: lock, backup, trial in a transaction that is rolled back, then each migration in one
/// transaction together with its record. The first failure ends it and leaves the state before that migration; the error
/// names file, line and statement. On SQLite foreign keys are off while tables are rebuilt and are checked before the commit:
/// rows that pointed to nothing before are no reason to fail, new ones are. Blocks; runs in the thread of a connection that may
/// write and is in no transaction. A kill at any moment leaves the state before or after one migration.
/// Errors: as the plan's statements; Busy (another migration runs), Conflict (the record changed meanwhile, or counts
/// differ), Constraint (new rows that point to nothing), Cancelled, and those of the backup.
[[nodiscard]] Result<MigrationOutcome> runMigrations(Connection &connection, MigrationHistory history, const MigrationState &state,
                                                     const MigrationPlan &plan, const MigrationRunOptions &options);

/// Records that the database has every migration through `revision` ("base": none) and runs nothing. Errors: Unsupported
/// where the application records nothing, InvalidInput, Conflict, Busy.
[[nodiscard]] Result<> stampMigrations(Connection &connection, MigrationHistory history, const MigrationState &state, const QString &revision);

} // namespace turnstone
