// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/checks/checksql.h"

namespace turnstone {

/// Rows that point to nothing, by every declared key and by the profile's virtual ones; keys that the
/// profile has a check of its own for are left to that.
std::vector<CheckStep> keyChecks(const CheckSql &sql);

/// The rows `t` of `child` whose link leads to no row of `parent`.
CheckSql::Where orphanCondition(const CheckSql &sql, const CatalogTable &child, const CatalogTable &parent, const ColumnLink &link);

} // namespace turnstone
