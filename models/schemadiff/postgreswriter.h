// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/schemadiff/schemadiff.h"

namespace turnstone {

/// Writes the statements that make one PostgreSQL schema like another, without naming a schema: it is run where the search
/// path leads. Order: types, then what is in the way goes, tables, columns, constraints, indexes, foreign keys, views, triggers.
class PostgresWriter
{
public:
    PostgresWriter(const SchemaView &from, const SchemaView &to, const SchemaCompareOptions &options) : m_from(from), m_to(to), m_options(options) {}

    QString write(QStringList &remarks);

private:
    using Kind = SchemaChange::Kind;

    void line(const QString &sql) { m_sql += sql + QLatin1String(";\n"); }
    void drop(const SchemaChange &change);
    void rename(const SchemaChange &change);
    void makeTable(const CatalogTable &table);
    void makeForeignKeys(const CatalogTable &table);
    void changeColumn(const SchemaChange &change, QStringList &remarks);
    void add(const SchemaChange &change, QStringList &remarks);
    void addLate(const SchemaChange &change);
    QString typeOf(const CatalogColumn &column) const;
    QString definition(const CatalogColumn &column) const;
    QString local(const QString &sql) const;
    const CatalogForeignKey *foreignKey(const CatalogTable &table, const QString &name) const;
    static QString foreignKeySql(const CatalogForeignKey &key);

    const SchemaView &m_from;
    const SchemaView &m_to;
    const SchemaCompareOptions &m_options;
    QString m_sql;
};

} // namespace turnstone
