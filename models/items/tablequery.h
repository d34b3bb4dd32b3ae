// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/items/rowsource.h"

#include <QString>
#include <QStringList>

#include <vector>

namespace turnstone {

/// The statements that read rows of one table, in the words of its engine. A value type.
class TableQuery
{
public:
    explicit TableQuery(const CatalogTable &table);

    const std::vector<RowColumn> &columns() const { return m_columns; }
    /// The rowid or the columns that identify a row; empty if nothing does.
    const QStringList &keyColumns() const { return m_key; }

    /// Keys in order, after the key bound to the first placeholders if `afterKey`.
    QString keys(bool afterKey, int limit) const;
    /// Rows as RowPage holds them, from the bound key on, and before the key bound next if `bounded`.
    QString page(bool bounded, int limit) const;
    /// The first rows in the engine's own order; no key columns.
    QString head(int limit) const;
    /// One row by its key, as RowPage holds it, with up to `prefixBytes` of each value.
    QString row(int prefixBytes) const;
    /// One column of one row by its key, whole.
    QString value(int column) const;
    /// Number of rows, counted no further than `bound` if it is above 0.
    QString count(qint64 bound) const;

    Engine engine() const { return m_engine; }
    /// The table, quoted.
    const QString &from() const { return m_from; }
    /// The INTEGER PRIMARY KEY column of a SQLite table; empty if there is none.
    const QString &rowidAlias() const { return m_rowidAlias; }
    /// The key's columns, quoted, with commas.
    QString keyList() const;
    /// Every column's value up to `prefixBytes` and its length, as RowPage holds them behind the key.
    QString cells(int prefixBytes) const;
    /// A list for SELECT, for a reader that cuts values itself (PageRows): of columns that `areWhole` it has the whole value,
    /// of others a value and its length. Expressions that cut take SQLite longer than the rows themselves.
    struct Values
    {
        QString list;
        std::vector<bool> areWhole;
    };
    /// On SQLite texts and blobs of columns with `leftOut` are left out: NULL, with the length -1 for a text
    /// and -2 for a blob.
    Values values(int prefixBytes, const std::vector<bool> &leftOut) const;
    /// Whether the key is SQLite's rowid.
    bool isKeyRowid() const { return m_isKeyRowid; }
    /// Not quoted, without schema.
    const QString &tableName() const { return m_name; }

private:
    QString cell(int column, int prefixBytes) const;
    /// (key) <comparison> (placeholders from number `first`)
    QString compareKey(const QString &comparison, int first) const;

    Engine m_engine = Engine::Sqlite;
    QString m_name;
    QString m_from;
    QStringList m_key;
    QString m_rowidAlias;
    bool m_isKeyRowid = false;
    std::vector<RowColumn> m_columns;
};

} // namespace turnstone
