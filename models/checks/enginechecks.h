// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/checks/checksql.h"

namespace turnstone {

/// What the engine itself can say about its integrity: SQLite's integrity_check; on PostgreSQL indexes
/// that are invalid, constraints that were never validated, and amcheck where it is installed.
std::vector<CheckStep> engineChecks(const CheckSql &sql, bool isQuick);

} // namespace turnstone
