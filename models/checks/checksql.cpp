// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/checks/checksql.h"

namespace turnstone {

using namespace Qt::StringLiterals;

QString sqlLiteral(const QString &text)
{
    return u'\'' + QString(text).replace(u'\'', u"''"_s) + u'\'';
}

CheckSql::CheckSql(std::shared_ptr<const Catalog> catalog, std::shared_ptr<const ResolvedProfile> profile, QDateTime nowUtc)
    : m_catalog(std::move(catalog)), m_profile(std::move(profile)), m_nowUtc(std::move(nowUtc))
{
}

std::vector<const CatalogTable *> CheckSql::tables() const
{
    std::vector<const CatalogTable *> tables;
    for (const CatalogTable &table : m_catalog->tables) {
        const bool isReal = table.kind == TableKind::Table || table.kind == TableKind::Partitioned;
        if (isReal && table.problem.isEmpty() && table.parentTable.isEmpty() && !table.columns.empty())
            tables.push_back(&table);
    }
    return tables;
}

const TableProfile *CheckSql::meaning(const CatalogTable &table) const
{
    if (!isSqlite() && !m_profile->schema.isEmpty() && m_profile->schema != table.schema)
        return nullptr;
    return m_profile->table(table.name);
}

QString CheckSql::from(const CatalogTable &table)
{
    const QString name = table.engine == Engine::PostgreSql ? Connection::quoted(table.schema, table.name) : Connection::quoted(table.name);
    return name + u" AS t"_s;
}

Result<std::int64_t> CheckSql::count(Connection &connection, const CatalogTable &table, const Where &where) const
{
    SqlValues values(m_catalog->engine);
    const QString condition = where(values);
    const Result<Value> count = connection.queryValue(u"SELECT count(*) FROM %1 WHERE %2"_s.arg(from(table), condition), values.values());
    if (!count)
        return failure(count);
    return count->toDisplayText().toLongLong();
}

QString CheckSql::labelText(const CatalogTable &table) const
{
    const TableProfile *known = meaning(table);
    if (!known)
        return u"''"_s;
    QStringList parts;
    const RowSql sql = rows();
    for (const LabelTemplate::Part &part : known->label.parts()) {
        if (part.alternatives.empty())
            parts.append(sqlLiteral(part.literal));
        else
            parts.append(u"COALESCE(%1, '')"_s.arg(sql.labelPart(part, table, u"t"_s)));
    }
    return parts.isEmpty() ? u"''"_s : parts.join(u" || "_s);
}

Result<> CheckSql::addSample(Connection &connection, const CatalogTable &table, const Where &where, const QString &text, Finding &finding) const
{
    const RowSql sql = rows();
    finding.keyColumns = sql.identity(table);
    QStringList columns;
    for (const QString &name : finding.keyColumns)
        columns.append(RowSql::column(u"t"_s, name));
    const QString keys = columns.join(u", "_s);
    columns.append(sql.text(text.isEmpty() ? labelText(table) : text, sampleCharacters));
    SqlValues values(m_catalog->engine);
    const QString condition = where(values);
    if (!keys.isEmpty()) {
        finding.keysSql = u"SELECT %1 FROM %2 WHERE %3"_s.arg(keys, from(table), condition);
        finding.keysValues = values.values();
    }
    const QString statement = u"SELECT %1 FROM %2 WHERE %3 LIMIT %4"_s.arg(columns.join(u", "_s), from(table), condition, QString::number(sampleRows));
    return connection.forEachRow(statement, values.values(), [&finding](const RowBlock &block, int row) {
        FindingRow found;
        const int last = block.columnCount() - 1;
        for (int i = 0; i < last; ++i)
            found.key.push_back(Value(block.at(row, i)));
        const ValueRef shown = block.at(row, last);
        found.text = shown.isNull() ? QString() : Value(shown).toDisplayText().simplified();
        finding.sample.push_back(std::move(found));
        return true;
    });
}

Result<std::vector<Finding>> CheckSql::find(Connection &connection, const CatalogTable &table, const Where &where, const QString &text, Finding base) const
{
    const Result<std::int64_t> rows = count(connection, table, where);
    if (!rows)
        return failure(rows);
    if (*rows == 0)
        return std::vector<Finding>();
    base.count = *rows;
    if (const Result<> sampled = addSample(connection, table, where, text, base); !sampled)
        return failure(sampled);
    return std::vector<Finding>{std::move(base)};
}

Finding CheckSql::at(const CatalogTable &table, const QString &column, Finding finding)
{
    finding.schema = table.engine == Engine::PostgreSql ? table.schema : QString();
    finding.table = table.name;
    finding.column = column;
    return finding;
}

} // namespace turnstone
