// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/checks/checksql.h"

namespace turnstone {

/// The checks that a profile names: orphans, stuck, missing, duplicates, rows, sql. (`names` stand with
/// the texts, see textchecks.h.)
std::vector<CheckStep> profileChecks(const CheckSql &sql);

/// An action of the profile as SQL to read: its conditions as literals, rows of the selection left open as
/// `:key`. Empty if it has none.
QString actionSql(const CheckSql &sql, const QString &actionId);

} // namespace turnstone
