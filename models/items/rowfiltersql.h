// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/core/result.h"
#include "models/database/connection.h"
#include "models/items/boundsql.h"
#include "models/items/rowselection.h"

#include <vector>

namespace turnstone {

/// Conditions on columns in an engine's SQL, with all values bound.
///
/// On SQLite a comparison is the engine's own, with the column's affinity and collation, and a blob has no
/// text to search in. Upper and lower case are told apart by Unicode's simple mapping ("Ä" finds "ä"; "ß"
/// does not find "SS"). PostgreSQL compares in the column's type and folds case as the database's LC_CTYPE
/// does: beyond ASCII not at all if that is "C".
class RowFilterSql
{
public:
    /// What the column is called, and whether each filter has the values that its operator takes.
    static Result<> check(const CatalogTable &table, const std::vector<RowFilter> &filters);
    /// "(a) AND (b)"; empty without filters. They must have passed check().
    static QString where(const CatalogTable &table, const std::vector<RowFilter> &filters, BoundSql &sql);
    /// `error` of a statement with these filters; if one of the values does not fit its column, the error says
    /// which. Asks the server.
    static Error explain(Connection &connection, const CatalogTable &table, const std::vector<RowFilter> &filters, const Error &error);

    /// The type without length or precision, which a cast would cut to.
    static QString castType(const QString &type);
    /// Whether PostgreSQL can compare values of the type.
    static bool isComparable(const QString &type);
    /// A GLOB pattern for the text itself, letters in either case if `anyCase`.
    static QString globPattern(const QString &text, bool anyCase);
};

} // namespace turnstone
