// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/core/jsonwriter.h"
#include "models/core/result.h"
#include "models/database/value.h"

namespace turnstone::cli {

/// A key as the contract prints it: one column as its value, several as a list, none as null. Numbers
/// of PostgreSQL, which come as text, are number tokens again.
void writeKey(JsonWriter &json, const RowKey &key, const QStringList &columns, const CatalogTable *table);

/// The words of a key as a user writes it: "412", "7,3". One column takes the whole text.
/// Errors: InvalidInput if the number of parts is not that of the columns.
[[nodiscard]] Result<RowKey> keyFromText(const QString &text, const QStringList &columns, const QString &table);

} // namespace turnstone::cli
