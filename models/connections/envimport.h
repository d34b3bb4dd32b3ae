// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"
#include "models/database/databaseurl.h"

namespace turnstone {

/// Reads where the database is from a .env file: what DatabaseUrl::fromEnvFile() finds (DATABASE_URL, DB_HOST …), else the
/// variables of PostgreSQL's own programs (PGHOST, PGDATABASE, PGSSLMODE …), else those of its container image
/// (POSTGRES_USER, POSTGRES_DB …). Errors name file and line and never repeat a value. Blocks on the disk.
[[nodiscard]] Result<DatabaseUrl> readEnvConnection(const QString &path);

} // namespace turnstone
