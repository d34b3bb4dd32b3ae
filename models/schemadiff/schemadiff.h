// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"

#include <QString>
#include <QStringList>

#include <utility>
#include <vector>

namespace turnstone {

/// One difference between two schemas.
struct SchemaChange
{
    enum class Kind {
        AddTable, DropTable, RenameTable,
        AddColumn, DropColumn, RenameColumn, ChangeColumn,
        PrimaryKey, AddUnique, DropUnique, AddCheck, DropCheck, AddForeignKey, DropForeignKey,
        AddIndex, DropIndex, ChangeIndex,
        AddTrigger, DropTrigger, ChangeTrigger,
        AddView, DropView, ChangeView,
        AddEnum, DropEnum, ChangeEnum,
        ColumnOrder, TableOptions
    };
    Kind kind = Kind::AddTable;
    QString table;  ///< as in the schema that it leads to, where it is there
    QString object; ///< column, index, constraint …; empty for a table itself
    QString before; ///< in the engine's words; empty for something new
    QString after;

    /// "games.winner: type text instead of varchar(20)"
    QString sentence() const;
    /// What is stored may get lost (a table, a column, a narrower type).
    bool losesData() const;
    /// Nothing that a program sees: the order of columns.
    bool isHarmless() const { return kind == Kind::ColumnOrder; }
};

/// A table or column that is gone and one that is new and looks like it: renamed, or not?
struct RenameQuestion
{
    QString table; ///< empty if it is about tables
    QString from;
    QString to;

    /// "games.winner=games.winning_team": what answers it.
    QString word() const;
};

struct SchemaCompareOptions
{
    /// Answers: (old, new) as "table" or "table.column", the table as it is called afterwards.
    std::vector<std::pair<QString, QString>> renames;
    /// Tables that belong to no schema: those in which migrations are recorded.
    QStringList ignoredTables;
};

struct SchemaDiff
{
    std::vector<SchemaChange> changes;
    /// Pairs without an answer.
    std::vector<RenameQuestion> questions;
    /// Answers that name nothing that could be renamed.
    QStringList unusedRenames;

    /// Without what is harmless.
    bool isSame() const;
};

/// A schema of a catalog: "main" on SQLite.
struct SchemaView
{
    const Catalog &catalog;
    QString schema;

    /// Its tables and views, without virtual tables' own storage.
    std::vector<const CatalogTable *> tables() const;
    const CatalogTable *table(const QString &name) const;
    std::vector<const CatalogEnum *> enums() const;
};

/// What has to change in `from` to make it like `to`. Both of one engine. Names of indexes count, names of constraints only
/// on PostgreSQL; spelling of types and expressions does not.
[[nodiscard]] SchemaDiff compareSchemas(const SchemaView &from, const SchemaView &to, const SchemaCompareOptions &options = {});

} // namespace turnstone
