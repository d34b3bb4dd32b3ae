// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"
#include "models/migration/migrationrun.h"

namespace turnstone {

/// The copy that is made before a run; returns its file, or nothing where there is nothing to lose (no table). SQLite:
/// through SQLite's backup interface, beside the file. PostgreSQL: pg_dump's own format. Errors: NotFound (no pg_dump: go on
/// without a backup only if told so), Unsupported (pg_dump is too old for the server), those of the copy, Cancelled.
[[nodiscard]] Result<QString> backupBefore(Connection &connection, const QString &reason, const MigrationRunOptions &options);

} // namespace turnstone
