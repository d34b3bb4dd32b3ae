// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/value.h"

namespace turnstone {

/// SQLite's built-in collations.
enum class TextOrder { Binary, NoCase, TrimmedRight };

/// Below, at or above 0: the order of two values in SQLite's ORDER BY, in a database of UTF-8.
int compareValues(const ValueRef &a, const ValueRef &b, TextOrder order);

} // namespace turnstone
