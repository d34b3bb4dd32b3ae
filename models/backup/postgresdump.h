// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"
#include "models/database/databaseurl.h"

#include <QDateTime>
#include <QString>

#include <cstdint>
#include <functional>
#include <stop_token>

namespace turnstone {

/// How far a dump or a restore is: tables begun, of those there are (0: unknown), and what is at work.
struct DumpProgress
{
    int tables = 0;
    int ofTables = 0;
    QString what;
};
using DumpProgressSink = std::function<void(const DumpProgress &)>;

struct DumpOutcome
{
    QString path;
    std::int64_t bytes = 0;
};

/// A program of PostgreSQL's, on the PATH or where distributions put it: of several the oldest that is not older than the
/// server (newer ones restore with settings that it does not know), else the newest. Errors: NotFound, with what to install.
struct PostgresTool
{
    QString path;
    int majorVersion = 0;
    [[nodiscard]] static Result<PostgresTool> find(const QString &name, int serverMajor);
};

/// Writes a database with the real pg_dump (custom format) to a file that appears whole or not at all; replaces none unless
/// asked. The password goes through the environment. Errors: NotFound (no pg_dump), Unsupported (pg_dump is older than the
/// server), InvalidInput (the file is there), Io, Cancelled. Blocks; needs no connection's thread.
[[nodiscard]] Result<DumpOutcome> dumpPostgres(const DatabaseUrl &database, const QString &target, bool overwrite, std::stop_token stop = {},
                                               const DumpProgressSink &progress = {});

struct RestoreOutcome
{
    QString database;
    /// What the database that was there is called now; empty if there was none.
    QString kept;
    int tables = 0;
};

/// Restores a dump (custom format by pg_restore, plain SQL by psql) into a new database first, looks at what came, and only
/// then gives it the name of `database`; the one that was there stays under another name. After an error or a stop the old
/// one is as it was and the new one gone. Errors: as dumpPostgres(); Busy if others are connected to the old one.
[[nodiscard]] Result<RestoreOutcome> restorePostgres(const QString &source, const DatabaseUrl &database, const QDateTime &nowUtc, std::stop_token stop = {},
                                                     const DumpProgressSink &progress = {});

} // namespace turnstone
