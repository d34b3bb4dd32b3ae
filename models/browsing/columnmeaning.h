// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/items/celllook.h"
#include "models/profiles/resolvedprofile.h"

#include <vector>

namespace turnstone {

/// The zone in which times are shown, whatever they are stored in.
enum class ShownZone { Utc, Local };

/// "840 ms", "12.4 s", "3 min 20 s", "2 h 5 min".
QString durationText(double milliseconds);
/// "2025-10-21 09:14:00" in the zone, from microseconds since 1970 UTC.
QString timeText(std::int64_t microsecondsUtc, ShownZone zone);

/// Shows values of a column as the profile means them: times in one zone, durations, tokens, scores, words for enum
/// values, secrets as dots. Empty for a column without such a meaning.
CellReader readerOf(const ColumnProfile &column, ShownZone zone);

/// What the profile says of a column; null if nothing, or if the table stands in another schema than the profile's.
const ColumnProfile *meaningOf(const CatalogTable &table, const QString &column, const ResolvedProfile &profile);
/// Whether the profile is about this table.
bool isMeant(const CatalogTable &table, const ResolvedProfile &profile);

/// What a table's columns point to: by a declared key of one column, else by the profile.
struct ColumnReference
{
    QString schema;
    QString table;
    QString column;
    bool isEmpty() const { return table.isEmpty(); }
};
ColumnReference referenceOf(const CatalogTable &table, const QString &column, const Catalog &catalog, const ResolvedProfile &profile);

} // namespace turnstone
