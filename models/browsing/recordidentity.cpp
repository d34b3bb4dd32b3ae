// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/browsing/recordidentity.h"

#include "models/items/tablequery.h"
#include "models/profiles/rowsql.h"

#include <QCoreApplication>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

QStringList identityColumns(const DatabaseContext &context, const CatalogTable &table)
{
    return RowSql(*context.catalog, *context.profile).identity(table);
}

bool isReadBy(const QStringList &identity, const CatalogTable &table)
{
    const TableQuery query(table);
    const QStringList rowid = {query.rowidAlias()};
    return identity == query.keyColumns() || (query.isKeyRowid() && (identity == rowid || identity == QStringList{table.rowidName()}));
}

} // namespace

RowKey identityOf(const DatabaseContext &context, const CatalogTable &table, const Record &record)
{
    if (record.added != 0)
        return {};
    const QStringList identity = identityColumns(context, table);
    if (identity.isEmpty() || isReadBy(identity, table))
        return record.key;
    RowKey key;
    for (const QString &column : identity) {
        const auto field = std::ranges::find(record.fields, column, [](const RecordField &each) { return each.column.name; });
        if (field == record.fields.end() || !field->isWhole())
            return {};
        key.push_back(field->value);
    }
    return key;
}

QFuture<Result<RowKey>> rowKeyOf(const DatabaseContext &context, const CatalogTable &table, const RowKey &identity)
{
    const QStringList columns = identityColumns(context, table);
    const auto job = [context, table, columns, identity](Connection &connection) -> Result<RowKey> {
        if (columns.size() != static_cast<qsizetype>(identity.size()) || isReadBy(columns, table))
            return identity;
        const TableQuery query(table);
        const RowSql sql(*context.catalog, *context.profile);
        SqlValues values(table.engine);
        QStringList conditions;
        for (qsizetype i = 0; i < columns.size(); ++i)
            conditions.append(sql.equalValue(table, u"t"_s, columns[i], identity[static_cast<std::size_t>(i)], values));
        auto reader = connection.query(u"SELECT %1 FROM %2 AS t WHERE %3 LIMIT 1"_s.arg(query.keyList(), query.from(), conditions.join(u" AND "_s)), values.values());
        if (!reader)
            return failure(reader);
        RowBlock block;
        if (const Result<bool> got = (*reader)->read(block); !got)
            return failure(got);
        if (block.isEmpty())
            return failure(ErrorCode::NotFound, QCoreApplication::translate("RecordIdentity", "The row is gone."));
        RowKey key;
        for (int i = 0; i < block.columnCount(); ++i)
            key.emplace_back(block.at(0, i));
        return key;
    };
    return context.pool->read(job);
}

} // namespace turnstone
