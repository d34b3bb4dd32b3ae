// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/browsing/databasecontext.h"
#include "models/core/result.h"
#include "models/items/record.h"

#include <QFuture>

namespace turnstone {

// Two names of one row: tables are read by the key that steps fastest (on SQLite the rowid), hierarchies, paths and
// references use what the application takes for the row's identity.

/// The application's key of a record; empty if it has none or a part of it is not here.
RowKey identityOf(const DatabaseContext &context, const CatalogTable &table, const Record &record);

/// The key by which the table's rows are read, from the application's. Errors: NotFound, and those of the database.
[[nodiscard]] QFuture<Result<RowKey>> rowKeyOf(const DatabaseContext &context, const CatalogTable &table, const RowKey &identity);

} // namespace turnstone
