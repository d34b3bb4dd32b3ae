// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/tablequery.h"

#include "models/database/connection.h"

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

/// Types of PostgreSQL whose values are short.
bool isShortType(const QString &type)
{
    static const QStringList starts = {u"smallint"_s, u"integer"_s, u"bigint"_s,   u"real"_s, u"double precision"_s, u"boolean"_s,
                                       u"date"_s,     u"time"_s,    u"interval"_s, u"uuid"_s, u"oid"_s};
    if (type.endsWith(u"[]"_s))
        return false;
    for (const QString &start : starts) {
        if (type.startsWith(start))
            return true;
    }
    return false;
}

} // namespace

TableQuery::TableQuery(const CatalogTable &table) : m_engine(table.engine), m_name(table.name)
{
    m_from = Connection::quoted(table.engine == Engine::Sqlite ? QString() : table.schema, table.name);
    if (table.kind != TableKind::View && table.kind != TableKind::VirtualTable && table.kind != TableKind::ForeignTable) {
        m_isKeyRowid = table.hasRowid();
        if (m_isKeyRowid)
            m_key = {table.rowidName()};
        else
            m_key = table.identityColumns();
        m_rowidAlias = table.rowidAlias();
    }
    const QStringList identity = table.identityColumns();
    for (const CatalogColumn &column : table.columns) {
        if (column.hidden)
            continue;
        RowColumn row;
        row.name = column.name;
        row.typeName = column.type;
        row.isKey = identity.contains(column.name);
        for (const CatalogForeignKey &key : table.foreignKeys) {
            if (key.columns.contains(column.name))
                row.references = key.referencedTable;
        }
        m_columns.push_back(row);
    }
}

QString TableQuery::keyList() const
{
    QStringList names;
    for (const QString &name : m_key)
        names.append(Connection::quoted(name));
    return names.join(u", "_s);
}

QString TableQuery::compareKey(const QString &comparison, int first) const
{
    QStringList places;
    for (int i = 0; i < m_key.size(); ++i)
        places.append((m_engine == Engine::Sqlite ? u"?%1"_s : u"$%1"_s).arg(first + i));
    return u"(%1) %2 (%3)"_s.arg(keyList(), comparison, places.join(u", "_s));
}

QString TableQuery::cell(int column, int prefixBytes) const
{
    const RowColumn &of = m_columns[static_cast<std::size_t>(column)];
    const QString name = Connection::quoted(of.name);
    if (m_engine == Engine::PostgreSql) {
        if (isShortType(of.typeName))
            return name + u", NULL"_s;
        if (of.typeName == u"bytea"_s) // two digits a byte, after \x
            return u"substring(%1 from 1 for %2)::text, 2 + 2 * octet_length(%1)"_s.arg(name).arg(prefixBytes / 2);
        return u"left(%1::text, %2), octet_length(%1::text)"_s.arg(name).arg(prefixBytes);
    }
    if (of.name == m_rowidAlias)
        return name + u", NULL"_s;
    // By way of BLOB, because substr() of a text ends at a NUL inside it; never for an empty one, of which it makes NULL.
    return u"CASE WHEN typeof(%1) = 'text' AND length(CAST(%1 AS BLOB)) > 0 THEN CAST(substr(CAST(%1 AS BLOB), 1, %2) AS TEXT) "
           "WHEN typeof(%1) = 'blob' AND length(%1) > 0 THEN substr(%1, 1, %2) ELSE %1 END, "
           "CASE WHEN typeof(%1) IN ('text', 'blob') THEN length(CAST(%1 AS BLOB)) END"_s.arg(name)
        .arg(prefixBytes);
}

QString TableQuery::cells(int prefixBytes) const
{
    QStringList list;
    for (int i = 0; i < static_cast<int>(m_columns.size()); ++i)
        list.append(cell(i, prefixBytes));
    return list.join(u", "_s);
}

TableQuery::Values TableQuery::values(int prefixBytes, const std::vector<bool> &leftOut) const
{
    Values values;
    QStringList list;
    for (std::size_t i = 0; i < m_columns.size(); ++i) {
        const QString name = Connection::quoted(m_columns[i].name);
        const bool isLeftOut = i < leftOut.size() && leftOut[i];
        if (m_engine != Engine::Sqlite)
            list.append(cell(static_cast<int>(i), prefixBytes));
        else if (isLeftOut)
            list.append(u"CASE WHEN typeof(%1) IN ('text', 'blob') THEN NULL ELSE %1 END, CASE typeof(%1) WHEN 'text' THEN -1 WHEN 'blob' THEN -2 END"_s.arg(name));
        else
            list.append(name);
        values.areWhole.push_back(m_engine == Engine::Sqlite && !isLeftOut);
    }
    values.list = list.join(u", "_s);
    return values;
}

QString TableQuery::keys(bool afterKey, int limit) const
{
    return u"SELECT %1 FROM %2 %3 ORDER BY %1 LIMIT %4"_s.arg(keyList(), m_from, afterKey ? u"WHERE "_s + compareKey(u">"_s, 1) : QString())
        .arg(limit);
}

QString TableQuery::page(bool bounded, int limit) const
{
    QString where = compareKey(u">="_s, 1);
    if (bounded)
        where += u" AND "_s + compareKey(u"<"_s, static_cast<int>(m_key.size()) + 1);
    return u"SELECT "_s + keyList() + u", "_s + cells(RowSource::prefixBytes) + u" FROM "_s + m_from + u" WHERE "_s + where + u" ORDER BY "_s
        + keyList() + u" LIMIT "_s + QString::number(limit);
}

QString TableQuery::head(int limit) const
{
    return u"SELECT "_s + cells(RowSource::prefixBytes) + u" FROM "_s + m_from + u" LIMIT "_s + QString::number(limit);
}

QString TableQuery::row(int prefixBytes) const
{
    return u"SELECT "_s + keyList() + u", "_s + cells(prefixBytes) + u" FROM "_s + m_from + u" WHERE "_s + compareKey(u"="_s, 1);
}

QString TableQuery::value(int column) const
{
    return u"SELECT "_s + Connection::quoted(m_columns[static_cast<std::size_t>(column)].name) + u" FROM "_s + m_from + u" WHERE "_s
        + compareKey(u"="_s, 1);
}

QString TableQuery::count(qint64 bound) const
{
    return bound > 0 ? u"SELECT count(*) FROM (SELECT 1 FROM "_s + m_from + u" LIMIT "_s + QString::number(bound) + u") AS bounded"_s
                     : u"SELECT count(*) FROM "_s + m_from;
}

} // namespace turnstone
