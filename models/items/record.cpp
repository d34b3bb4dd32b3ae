// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/record.h"

#include "models/items/tablequery.h"

#include <QCoreApplication>

#include <limits>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

tl::unexpected<Error> rowIsGone()
{
    return failure(ErrorCode::NotFound, QCoreApplication::translate("Record", "This row is no longer there. Reload the table to see what is."));
}

} // namespace

Record Record::fromPage(const QString &table, const std::vector<RowColumn> &columns, const RowPage &page, int row, bool hasKey)
{
    Record record;
    record.table = table;
    if (hasKey)
        record.key = page.key(row);
    for (int i = 0; i < static_cast<int>(columns.size()); ++i)
        record.fields.push_back({columns[static_cast<std::size_t>(i)], Value(page.value(row, i)), page.fullBytes(row, i)});
    return record;
}

QString Record::keyText() const
{
    QStringList parts;
    for (const Value &value : key)
        parts.append(value.toDisplayText());
    return parts.join(u" · "_s);
}

QFuture<Result<Record>> readRecord(SessionPool &pool, const CatalogTable &table, const RowKey &key, std::stop_token stop)
{
    const TableQuery query(table);
    const auto job = [sql = query.row(recordPrefixBytes), columns = query.columns(), schema = table.schema, name = table.name, key](Connection &connection) -> Result<Record> {
        auto reader = connection.query(sql, key);
        if (!reader)
            return failure(reader);
        RowPage page;
        page.keyColumns = static_cast<int>(key.size());
        const Result<bool> got = (*reader)->read(page.rows, {1, std::numeric_limits<qsizetype>::max()});
        if (!got)
            return failure(got);
        if (page.rows.isEmpty())
            return rowIsGone();
        Record record = Record::fromPage(name, columns, page, 0, true);
        record.schema = schema;
        return record;
    };
    return pool.read(job, std::move(stop));
}

QFuture<Result<Value>> readValue(SessionPool &pool, const CatalogTable &table, const RowKey &key, int column, std::stop_token stop)
{
    const auto job = [sql = TableQuery(table).value(column), key](Connection &connection) -> Result<Value> {
        auto reader = connection.query(sql, key);
        if (!reader)
            return failure(reader);
        RowBlock block;
        const Result<bool> got = (*reader)->read(block, {1, std::numeric_limits<qsizetype>::max()});
        if (!got)
            return failure(got);
        if (block.isEmpty())
            return rowIsGone();
        return Value(block.at(0, 0));
    };
    return pool.read(job, std::move(stop));
}

} // namespace turnstone
