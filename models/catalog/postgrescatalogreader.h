// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalogreader.h"

#include <QHash>
#include <QSet>

#include <functional>
#include <vector>

namespace turnstone {

/// Reads the catalog of a PostgreSQL database (12 or later): all schemas that the user may use, without
/// the system's and without what extensions own.
///
/// A dozen statements over pg_catalog, each for all objects at once and put together here by oid. They do
/// not share a snapshot: what another session drops between two of them is left out. Nothing waits for a table that another session
/// has locked exclusively (ALTER TABLE, VACUUM FULL): the functions that would open it are not called,
/// and the table says so in CatalogTable::problem.
class PostgresCatalogReader
{
public:
    /// `connection` must outlive the reader.
    explicit PostgresCatalogReader(Connection &connection) : m_connection(connection) {}

    [[nodiscard]] Result<Catalog> read();
    [[nodiscard]] Result<std::vector<TableSize>> readSizes();

private:
    using Oid = quint32;

    /// What links the rows of the statements and is no part of the catalog.
    struct Relation
    {
        struct Column
        {
            int number = 0;
            Oid type = 0;
            Oid collation = 0;
        };
        std::vector<Column> columns; // as in CatalogTable::columns
    };
    /// An index whose definition the server must write.
    struct PendingIndex
    {
        std::size_t table = 0;
        std::size_t index = 0;
    };

    struct PendingCheck
    {
        Oid oid = 0;
        std::size_t table = 0;
        QString name;
    };
    using Texts = QHash<Oid, QStringList>; // the further columns of a row by its first; NULL is a null string

    Result<> readAll();
    Result<> readSchemas();
    Result<> readRelations();
    Result<> readParents();
    Result<> readColumns();
    Result<> readEnums();
    Result<> readDomains();
    Result<> readConstraints();
    Result<> readChecks();
    Result<> readForeignColumns();
    Result<> readIndexRules();
    Result<> readIndexes();
    Result<> readIndexDefinitions();
    Result<> readTriggers();
    Result<> readViews();
    Result<> readViewTexts(const QList<Oid> &views);
    Result<> readExtensions();

    /// Runs `sql`, which prints definitions: %1 stands for `oids`, %2 for the relations that are locked.
    ///
    /// The functions that print open the object and fail if it was dropped since the statement began. The
    /// statement is then run for one half of the oids and for the other, so that only what is gone is missing.
    Result<Texts> printed(const QList<Oid> &oids, const QString &sql);

    void addRelation(const RowBlock &block, int row);
    void addColumn(const RowBlock &block, int row);
    void addConstraint(const RowBlock &block, int row);
    void addIndex(const RowBlock &block, int row);
    /// Its CREATE INDEX text as pg_get_indexdef() would write it, if it has nothing special; else empty.
    QString simpleIndexSql(const CatalogTable &table, const Relation &relation, const CatalogIndex &index, const RowBlock &block,
                           int row) const;
    bool needsNoQuotes(const QString &name) const;
    CatalogTable *find(const RowBlock &block, int row, int column = 0);
    /// Name of the column of that number; null if it is unknown.
    QString columnName(std::size_t table, int number) const;
    QStringList columnNames(std::size_t table, const std::vector<int> &numbers) const;
    Result<> forEachRow(const QString &sql, const std::function<void(const RowBlock &, int)> &handle);

    Connection &m_connection;
    Catalog m_catalog;
    QHash<Oid, std::size_t> m_positions; // pg_class.oid → index in m_catalog.tables
    std::vector<Relation> m_relations;   // as m_catalog.tables
    QHash<Oid, QStringList> m_enumLabels; // enums and domains over enums
    QSet<Oid> m_notNullDomains;

    struct PendingReference
    {
        std::size_t table = 0;
        std::size_t key = 0;
        std::vector<int> numbers;
    };
    QHash<Oid, std::vector<PendingReference>> m_pendingReferences; // by the referenced relation, which is not in the catalog
    std::vector<PendingCheck> m_pendingChecks;
    QHash<Oid, PendingIndex> m_pendingIndexes;                      // pg_class.oid of the index
    QHash<Oid, Oid> m_defaultOperatorClasses;                       // pg_opclass.oid → its input type
    QSet<QString> m_keywords;                                       // those that need quotes as names
};

} // namespace turnstone
