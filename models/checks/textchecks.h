// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/checks/checksql.h"

namespace turnstone {

/// What no engine can tell and a look at every text can: names that do not exist (`mentions`), patterns of
/// columns and rules, JSON kept in PostgreSQL's text columns.
std::vector<CheckStep> textChecks(const CheckSql &sql);

} // namespace turnstone
