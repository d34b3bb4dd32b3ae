// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/checks/checksql.h"

namespace turnstone {

/// Vectors of another length than the profile or the other vectors of the same model have, and records
/// that should have a vector (`expected` of a similarity lens) and have none.
std::vector<CheckStep> vectorChecks(const CheckSql &sql);

} // namespace turnstone
