// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"

#include <QByteArray>
#include <QString>

namespace turnstone {

/// What can be known of a SQLite file without opening it, and what its first bytes tell.
///
/// None of this ever opens the file itself: closing any descriptor of a file drops every lock that
/// the process holds on it (POSIX advisory locking), those of SQLite's connections included.
struct SqliteFileFacts
{
    qint64 sizeBytes = 0;
    bool hasWal = false; ///< a -wal file with content lies beside it
    bool hasWalFiles = false; ///< a -wal or -shm file, empty or not
    bool folderIsWritable = false;
};

/// Looks at the surroundings of a file. Errors, each with its own sentence: NotFound, Permission,
/// NotADatabase (a folder, a device, empty).
[[nodiscard]] Result<SqliteFileFacts> inspectSqliteFile(const QString &path);

/// Judges the first bytes (up to 4,096) of a file, as SQLite's own file object read them. True if the
/// header asks for write-ahead logging. Errors: NotADatabase (another kind of file, probably
/// encrypted), Corrupt (shorter than its header says).
[[nodiscard]] Result<bool> inspectSqliteHeader(const QString &path, const QByteArray &start, const SqliteFileFacts &facts);

/// "python3 (4711)" for the process that holds a lock on the file, as far as the system tells;
/// empty if nobody else does or it cannot be found out.
QString sqliteLockHolder(const QString &path);

} // namespace turnstone
