// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/checks/checksql.h"

namespace turnstone {

/// A repair that no profile has, as an action: one UPDATE or DELETE. `preview` says what it does with `{count}` rows.
ProfileAction repairBy(const CatalogTable &table, const QString &title, const QString &about, const QString &sql, const QString &preview);
/// Its statement, for reading.
QString repairSql(const ProfileAction &repair);

/// Forms in which times are written as text, as columnProbes() tells them apart.
enum class TimeForm { Spaced, WithT, SpacedZone, WithTAndZone };
/// Writes times that mean the same in the form `right`. Zones are given or taken only where the profile says that all times are
/// UTC; others stay as they are.
ProfileAction timeRepair(const CheckSql &sql, const CatalogTable &table, const CatalogColumn &column, TimeForm right, bool isUtc);
/// Whole numbers written as text become numbers. SQLite.
ProfileAction numberRepair(const CatalogTable &table, const CatalogColumn &column);
/// Truth values in words become 1 and 0. SQLite.
ProfileAction truthRepair(const CatalogTable &table, const CatalogColumn &column);
/// Rows at fault, told by the condition on the alias `t`, are deleted.
ProfileAction deleteRepair(const CatalogTable &table, const QString &condition);
/// A column of the rows at fault becomes NULL.
ProfileAction clearRepair(const CatalogTable &table, const QString &column, const QString &condition);

} // namespace turnstone
