// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/backup/sqlitebackup.h"
#include "models/core/result.h"

#include <QDateTime>
#include <QString>

#include <cstdint>
#include <vector>

namespace turnstone {

struct SqliteRestoreOutcome
{
    QString path;
    /// Where the database that was there is now; empty if there was none.
    QString kept;
    int tables = 0;
    std::int64_t rows = 0;
};

/// Puts a backup in the place of a SQLite database: copies it beside the place, checks the copy (quick_check, rows of every
/// table), and only then swaps the names. The one that was there stays, under a name that says when. Errors: Busy if
/// somebody has it open, NotADatabase, Corrupt, Io; then everything is as it was. Blocks. Nobody else of this process may
/// have `target` open.
[[nodiscard]] Result<SqliteRestoreOutcome> restoreSqlite(const QString &backup, const QString &target, const QDateTime &nowUtc, const SqliteBackupOptions &options = {});

/// The same for a database that stays open, here or in other programs: the checked copy is written over its pages in one
/// transaction, so whoever reads it sees the old state or the new one. What was there is copied to `kept` before. Errors: as above;
/// Unsupported if its pages are of another size than the backup's and it is in WAL mode. Then everything is as it was.
[[nodiscard]] Result<SqliteRestoreOutcome> restoreSqliteInto(Connection &target, const QString &backup, const QDateTime &nowUtc, const SqliteBackupOptions &options = {});

/// A file that looks like a backup of a database.
struct BackupFile
{
    QString path;
    std::int64_t bytes = 0;
    QDateTime modifiedUtc;
};

/// Backups that lie beside a SQLite file, made by backup, migrations and restore, and dumps in a folder; the newest first.
[[nodiscard]] std::vector<BackupFile> backupsBeside(const QString &sqliteFile);
[[nodiscard]] std::vector<BackupFile> dumpsIn(const QString &folder);

} // namespace turnstone
