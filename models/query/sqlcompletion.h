// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/sql/sqldialect.h"

#include <QStringList>
#include <QStringView>

namespace turnstone {

/// What can be written at a place of a statement.
struct SqlCompletion
{
    /// Where the word begins that would be replaced.
    qsizetype from = 0;
    /// Ready to be written, quoted where need be; the likeliest first.
    QStringList words;
};

/// Completes from the catalog: after `alias.` and `table.` the columns, after FROM, JOIN, INTO and UPDATE the tables, else
/// columns of the tables that the statement names, its aliases, tables, keywords. Pure.
[[nodiscard]] SqlCompletion completeSql(QStringView script, qsizetype cursor, SqlDialect dialect, const Catalog &catalog);

/// Words of SQL that the engine's grammar knows, in capitals.
const QStringList &sqlKeywords(SqlDialect dialect);

} // namespace turnstone
