// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/databaseurl.h"

#include <QHash>
#include <QString>
#include <QStringList>

#include <cstdint>
#include <optional>
#include <vector>

namespace turnstone {

/// One column of a table or view.
struct CatalogColumn
{
    QString name;
    /// SQLite: as written in the DDL ("VARCHAR(20)", ""); PostgreSQL: format_type() ("numeric(12,3)").
    QString type;
    bool notNull = false;
    /// The default's SQL text; no value if there is none.
    std::optional<QString> defaultSql;
    /// GENERATED ALWAYS AS (…), stored or virtual, or an identity column.
    bool generated = false;
    bool identity = false;
    /// Expression of a generated column; empty for an identity column.
    QString generatedSql;
    /// Hidden columns of virtual tables.
    bool hidden = false;
    /// Position in the primary key, from 1; 0 if it is no part of it.
    int primaryKeyPosition = 0;
    QString comment;
    /// Labels if the type is an enum or a domain over one (PostgreSQL).
    QStringList enumLabels;
};

enum class ForeignKeyAction { NoAction, Restrict, Cascade, SetNull, SetDefault };

struct CatalogForeignKey
{
    QString name; ///< may be empty on SQLite
    QStringList columns;
    QString referencedSchema;
    /// SQLite: spelt as the referenced table spells it, or as in the DDL if there is no such table.
    QString referencedTable;
    /// Same order as `columns`; the referenced table's primary key where the DDL leaves it out. Empty if
    /// it is left out and the referenced table is missing or has no key of as many columns.
    QStringList referencedColumns;
    ForeignKeyAction onDelete = ForeignKeyAction::NoAction;
    ForeignKeyAction onUpdate = ForeignKeyAction::NoAction;
};

struct CatalogCheck
{
    QString name; ///< may be empty on SQLite
    QString expression;
};

struct CatalogIndex
{
    QString name;
    bool unique = false;
    bool primary = false;
    /// Made by a UNIQUE or PRIMARY KEY constraint.
    bool fromConstraint = false;
    /// False while PostgreSQL builds it, or after that failed: it guarantees nothing then.
    bool valid = true;
    /// Whether `columns` holds SQL texts beside names.
    bool hasExpressions = false;
    /// Column names in order; an expression stands as its SQL text or "" where the engine does not tell.
    QStringList columns;
    /// INCLUDE columns (PostgreSQL).
    QStringList includedColumns;
    QString method;    ///< "btree", "hnsw", …
    QString predicate; ///< WHERE of a partial index
    QString sql;       ///< CREATE INDEX text; empty if a constraint made it
};

struct CatalogTrigger
{
    QString name;
    QString sql;
};

enum class TableKind { Table, View, MaterializedView, VirtualTable, ForeignTable, Partitioned, Shadow };

/// One table or view with everything declared on it.
struct CatalogTable
{
    Engine engine = Engine::Sqlite;
    QString schema; ///< PostgreSQL schema; "main" on SQLite
    QString name;
    TableKind kind = TableKind::Table;
    std::vector<CatalogColumn> columns;
    /// In key order; empty if there is none.
    QStringList primaryKey;
    std::vector<CatalogForeignKey> foreignKeys;
    std::vector<CatalogCheck> checks;
    std::vector<CatalogIndex> indexes;
    std::vector<CatalogTrigger> triggers;
    QString comment;
    /// CREATE text (SQLite); the query of a view (PostgreSQL), empty while another session locks a table that it reads.
    QString sql;
    bool withoutRowid = false;
    bool strict = false;
    bool autoincrement = false;
    /// SQLite: the module of a virtual table ("fts5").
    QString module;
    /// PostgreSQL: the partitioned or inherited table that it is a part of; empty if it is none.
    QString parentSchema;
    QString parentTable;
    /// The planner's guess; -1 if there is none.
    std::int64_t estimatedRows = -1;
    /// Table with its indexes and TOAST; -1 if unknown, as always on SQLite. On PostgreSQL as of the
    /// table's last VACUUM or ANALYZE. readTableSizes() measures.
    std::int64_t sizeBytes = -1;
    /// Why this object could not be read ("no such module: vec0"); empty if all is well. Other
    /// objects are not affected.
    QString problem;

    /// Compares names as Catalog::table() does.
    const CatalogColumn *column(const QString &columnName) const;
    bool hasColumn(const QString &columnName) const { return column(columnName) != nullptr; }
    /// Whether rows can be stepped and addressed by a rowid (SQLite tables with one).
    bool hasRowid() const { return !rowidName().isEmpty(); }
    /// The name that means the rowid here: "rowid", or "_rowid_" or "oid" if columns of the table
    /// bear the names before it. Empty if rows have none or all three names are taken.
    QString rowidName() const;
    /// The INTEGER PRIMARY KEY column, which is the rowid; empty if there is none.
    QString rowidAlias() const;
    /// Columns that identify a row: the primary key, else the UNIQUE key of NOT NULL columns with the
    /// fewest columns; empty if none. SQLite lets a primary key hold NULLs if it is not the rowid:
    /// prefer the rowid where there is one.
    QStringList identityColumns() const;
};

struct CatalogEnum
{
    QString schema;
    QString name;
    QStringList labels;
};

/// What a database contains, as a value: safe to hand between threads.
struct Catalog
{
    Engine engine = Engine::Sqlite;
    /// Without system schemas, those of the search path first; {"main"} on SQLite.
    QStringList schemas;
    /// SQLite: in the order of their creation. PostgreSQL: by schema, then by name.
    std::vector<CatalogTable> tables;
    std::vector<CatalogEnum> enums;
    QStringList extensions; ///< PostgreSQL: "vector 0.8.0"

    /// SQLite compares names without regard to ASCII case, PostgreSQL exactly. An empty `schema` finds
    /// the first table of that name in the order of `schemas`. Null if there is none.
    const CatalogTable *table(const QString &name, const QString &schema = {}) const;
    const CatalogEnum *enumType(const QString &name, const QString &schema = {}) const;

    /// Makes table() fast for the tables of now; readCatalog() has done it. Without it, or after
    /// `tables` was changed, table() stays right but may search one by one.
    void indexTables();

private:
    bool isSameName(const QString &a, const QString &b) const;
    QString key(const QString &schema, const QString &name) const;

    QHash<QString, qsizetype> m_positions; // key() → index in tables; a hint, checked at each use
};

} // namespace turnstone
