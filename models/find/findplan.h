// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/core/result.h"
#include "models/database/connection.h"
#include "models/find/findquery.h"
#include "models/profiles/resolvedprofile.h"

#include <memory>
#include <optional>

namespace turnstone {

/// A full-text index: FTS5 on SQLite, an index on to_tsvector(…) on PostgreSQL.
struct TextIndex
{
    QString name;
    const CatalogTable *table = nullptr; ///< whose rows it finds
    QStringList columns;                 ///< of that table
    QString expression; ///< PostgreSQL: what is indexed
    QString config;     ///< PostgreSQL: the text search configuration
};

/// The full-text indexes of a database.
std::vector<TextIndex> textIndexes(const Catalog &catalog);
/// Columns that hold text or JSON worth searching; vectors and secrets are left out.
QStringList textColumns(const CatalogTable &table, const ResolvedProfile &profile);

/// A piece of the work: some rows of a table and the columns to look into.
struct FindTask
{
    const CatalogTable *table = nullptr;
    QStringList columns;
    /// SQLite: rows with rowids from first to last; both nothing: the whole table.
    std::optional<std::int64_t> firstRow;
    std::optional<std::int64_t> lastRow;
    /// Ask this index instead of reading the rows.
    std::optional<TextIndex> index;
};

/// What has to be done for a query, indexes first, then the tables in the catalog's order. Blocks for a moment.
/// Errors: NotFound for an unknown table.
[[nodiscard]] Result<std::vector<FindTask>> planFind(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, const FindQuery &query);

} // namespace turnstone
