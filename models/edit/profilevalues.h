// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/database/value.h"
#include "models/profiles/resolvedprofile.h"

#include <QDateTime>
#include <QJsonValue>

#include <map>
#include <optional>
#include <vector>

namespace turnstone {

/// Values that a profile describes instead of naming them: {"now": true}, {"uuid": true}, {"suffix": …}, literals.
/// For one column of a table; `row` are the values of the row that it is for. Nothing for {"sql": …} and {"parameter": …}.
std::optional<Value> profileValue(const QJsonValue &described, const CatalogTable &table, const TableProfile *profile, const QString &column,
                                  const std::map<QString, Value> &row, const QDateTime &nowUtc);

/// The time as the column stores it: text in UTC, seconds or milliseconds since 1970.
Value momentFor(const CatalogTable &table, const TableProfile *profile, const QString &column, const QDateTime &utc);

/// What an application would fill in where the database has no default of its own, for the columns without a value.
std::map<QString, Value> applicationDefaults(const CatalogTable &table, const TableProfile *profile, const std::map<QString, Value> &given, const QDateTime &nowUtc);

/// Whether the row meets all of them; a column that is not known meets none.
bool meets(const std::vector<ProfileCondition> &conditions, const std::map<QString, Value> &row, const QDateTime &nowUtc);

/// Columns that the profile sets together with an edit of `row` (as it is after the edit, `changed` of its columns), and their values.
std::vector<std::pair<QString, Value>> setTogether(const CatalogTable &table, const TableProfile *profile, const std::map<QString, Value> &row, const QStringList &changed,
                                                   const QDateTime &nowUtc);

/// What the number is, whichever way it is stored; nothing for other values.
std::optional<double> numberOf(const Value &value);

} // namespace turnstone
