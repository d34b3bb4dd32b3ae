// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/rowreader.h"
#include "models/database/value.h"

namespace turnstone {

class SqliteConnection;

/// Runs `SELECT <columns> <rest>` and hands each row to `visitor` from inside the engine, as an aggregate function would
/// see it: texts are not copied, no row becomes a result, and a scan takes three quarters of the time of a RowReader.
/// The rest must hold no GROUP BY and no ORDER BY; there may be up to `mostScanned` columns. Databases of UTF-8 only.
///
/// False from the visitor ends the scan (the answer is true then, else false). Errors as RowReader::read().
[[nodiscard]] Result<bool> scanSqlite(SqliteConnection &connection, const QString &columns, const QString &rest,
                                      const Parameters &parameters, RowVisitor &visitor);

inline constexpr int mostScanned = 100;

} // namespace turnstone
