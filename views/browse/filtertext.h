// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/core/result.h"
#include "models/items/rowselection.h"

namespace turnstone {

/// A filter as one reads it: `status = failed`, `action ~ vote`, `winner is null`.
QString filterText(const RowFilter &filter);

/// A filter as one writes it: a column, an operator and a value. Operators: `=` `!=` `<` `<=` `>` `>=`, `~` (contains),
/// `!~`, `^` (starts with), `in a, b`, `between a and b`, `is null`, `is not null`. A value in single quotes is text; without, it is
/// a number where the column can hold one. Errors: InvalidInput, saying what is missing.
[[nodiscard]] Result<RowFilter> filterFromText(const QString &text, const CatalogTable &table);

/// A value as typed, as the column's engine wants it compared.
Value typedValue(const QString &text, const CatalogTable &table, const QString &column);

} // namespace turnstone
