// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"

#include <QString>
#include <QStringList>

#include <utility>
#include <vector>

namespace turnstone {

/// What only the text of a CREATE TABLE says: SQLite has no pragma for it.
struct SqliteTableDdl
{
    struct ForeignKey
    {
        QString name; ///< empty without CONSTRAINT
        QStringList columns;
    };

    std::vector<CatalogCheck> checks;    ///< of columns and of the table, in order
    std::vector<ForeignKey> foreignKeys; ///< in order
    /// Column and expression of generated columns.
    std::vector<std::pair<QString, QString>> generated;
    bool autoincrement = false;
    /// The module of CREATE VIRTUAL TABLE.
    QString module;

    /// Never fails: SQLite has accepted the text before; from any other text comes what it resembles.
    static SqliteTableDdl parse(const QString &sql);
};

/// What only the text of a CREATE INDEX says.
struct SqliteIndexDdl
{
    bool unique = false;
    /// The terms in order, without ASC and DESC.
    QStringList terms;
    QString predicate; ///< WHERE of a partial index

    static SqliteIndexDdl parse(const QString &sql);
};

} // namespace turnstone
