// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"
#include "models/database/connection.h"

#include <QDateTime>
#include <QString>

#include <chrono>
#include <cstdint>
#include <functional>
#include <stop_token>

namespace turnstone {

/// How far a backup is. `doneBytes` falls back when somebody else's write makes it begin anew.
struct BackupProgress
{
    std::int64_t doneBytes = 0;
    std::int64_t totalBytes = 0;
    bool isVerifying = false;
};

struct SqliteBackupOptions
{
    /// Between two steps others may write; a stop is noticed there.
    int pagesPerStep = 1024;
    /// In rollback-journal mode every write of others makes the backup begin anew. After so many times the
    /// rest is copied in one step, during which others wait to write.
    int restartsBeforeOneStep = 3;
    /// How long a lock of somebody else is waited for.
    std::chrono::milliseconds lockTimeout{30'000};
    /// PRAGMA quick_check on the copy before it gets its name.
    bool verify = true;
    /// Replace a file that is there already; it stays until the copy is whole.
    bool overwrite = false;
    std::function<void(const BackupProgress &)> progress; ///< called in the thread of the backup
    std::stop_token stop;
};

struct SqliteBackupOutcome
{
    QString path;
    std::int64_t bytes = 0;
    int restarts = 0; ///< how often writes of others made it begin anew
};

/// Copies the database of an open SQLite connection, as it stands at one moment, to the file `target` while
/// others go on writing. In WAL mode nobody waits; see SqliteBackupOptions for rollback journals. The copy
/// has the permissions of the source, is synced to the disk and checked, and bears the name `target` only
/// when it is whole; after an error or a stop nothing is left. Blocks. Must not be called within a
/// transaction that has written. Errors: InvalidInput (a file is there, source and target are one, not a
/// SQLite connection), Busy, Io (disk full, no such folder), Corrupt (the check failed), Cancelled.
[[nodiscard]] Result<SqliteBackupOutcome> backupSqlite(Connection &source, const QString &target, const SqliteBackupOptions &options = {});

/// The same for a file, on a read-only connection of its own.
[[nodiscard]] Result<SqliteBackupOutcome> backupSqlite(const DatabaseUrl &source, const QString &target, const SqliteBackupOptions &options = {});

/// A free name beside `file` that says what it is: "arena.db" → "arena.backup-2026-03-01T091500Z-before-0003_add_x.db".
/// Characters of `reason` that no file system likes become "-".
QString backupPathBeside(const QString &file, const QString &reason, const QDateTime &now);

} // namespace turnstone
