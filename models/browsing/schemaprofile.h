// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/browsing/databasecontext.h"

namespace turnstone {

/// Whether the context's profile, which names tables without schemas, means this table by its name. On a server an
/// application's tables stand in one schema, and others beside it may have tables of the same names.
bool speaksOf(const DatabaseContext &context, const CatalogTable &table);

/// The context with the profile that the foreign keys of one schema give. Takes time with thousands of tables: for a worker.
DatabaseContext contextOfSchema(const DatabaseContext &context, const QString &schema);

} // namespace turnstone
