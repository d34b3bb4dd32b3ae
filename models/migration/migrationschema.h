// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/core/result.h"
#include "models/database/connection.h"
#include "models/migration/migrationfolder.h"

#include <cstddef>

namespace turnstone {

/// A catalog and the schema in it that counts.
struct SchemaOf
{
    Catalog catalog;
    QString schema; ///< "main" on SQLite
};

/// What a database looks like after the first `count` migrations of a folder, by running them from nothing: on SQLite in a
/// file of its own that is gone afterwards; on PostgreSQL in a schema of its own of the database at hand, in a
/// transaction that is rolled back, so that nobody ever sees it. Blocks; runs in the connection's thread. Errors: those of
/// the migrations; Unsupported if they name a PostgreSQL schema themselves; Permission, ReadOnly.
[[nodiscard]] Result<SchemaOf> schemaAfter(const MigrationFolder &folder, std::size_t count, Connection &connection);

} // namespace turnstone
