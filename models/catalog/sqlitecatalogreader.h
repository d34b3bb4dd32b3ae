// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalogreader.h"

#include <QByteArray>
#include <QHash>

#include <functional>
#include <vector>

namespace turnstone {

/// Reads the catalog of a SQLite file (its "main" database; attached and temporary ones are left out,
/// and so are SQLite's own sqlite_… tables).
///
/// What the pragmas tell comes by joins of sqlite_schema with the pragmas' table-valued forms, one
/// statement for all tables. Where an object can be broken (views, virtual tables) and the joint
/// statement fails, each is read alone and keeps its own error. Names of constraints, CHECKs and
/// expressions come from the text of the CREATE statements. All within one read transaction.
class SqliteCatalogReader
{
public:
    /// `connection` must outlive the reader.
    explicit SqliteCatalogReader(Connection &connection) : m_connection(connection) {}

    [[nodiscard]] Result<Catalog> read();
    [[nodiscard]] Result<std::vector<TableSize>> readSizes();

private:
    using RowHandler = std::function<void(CatalogTable &, const RowBlock &, int)>;

    Result<> readAll();
    Result<> readObjects();
    void addObject(const RowBlock &block, int row);
    Result<> readKinds();
    Result<> readColumns();
    Result<> readColumnsOf(TableKind kind, const QString &where);
    Result<> readForeignKeys();
    Result<> readIndexes();
    Result<> readConstraintIndexes();
    Result<> readEstimates();
    /// Runs `sql`, whose first column names a table, and calls `handle` for the rows of known tables.
    Result<> forEachTableRow(const QString &sql, const Parameters &parameters, const RowHandler &handle);
    CatalogTable *find(QByteArrayView name);
    void readDefinitions();
    void resolveReferences();
    void flagShadowsOfMissingModules();

    Connection &m_connection;
    Catalog m_catalog;
    QHash<QByteArray, std::size_t> m_positions; // name → index in m_catalog.tables
    bool m_hasStatistics = false;
};

} // namespace turnstone
