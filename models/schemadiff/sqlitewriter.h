// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/schemadiff/schemadiff.h"

#include <QMap>

namespace turnstone {

/// Writes the statements that make one SQLite schema like another: what ALTER TABLE can do, and for the rest SQLite's own
/// procedure: a new table, the rows copied, the old one dropped, the new one renamed, indexes and triggers made again. Whoever runs it
/// switches foreign keys off and checks them before the commit.
class SqliteWriter
{
public:
    SqliteWriter(const SchemaView &from, const SchemaView &to, const SchemaCompareOptions &options) : m_from(from), m_to(to), m_options(options) {}

    QString write(QStringList &remarks);

private:
    enum class Way { Alter, Rebuild };

    Way wayOf(const QString &table) const;
    void alter(const QString &table);
    void rebuild(const QString &table, QStringList &remarks);
    void makeTable(const CatalogTable &table);
    QString oldNameOf(const QString &table) const;
    QString sourceOf(const CatalogTable &old, const CatalogTable &table, const CatalogColumn &column, QStringList &remarks) const;

    const SchemaView &m_from;
    const SchemaView &m_to;
    const SchemaCompareOptions &m_options;
    QMap<QString, std::vector<SchemaChange>> m_byTable;
    QString m_sql;
};

} // namespace turnstone
