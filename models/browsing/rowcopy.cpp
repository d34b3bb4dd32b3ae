// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/browsing/rowcopy.h"

#include "models/items/rowsource.h"
#include "models/items/tablequery.h"
#include "models/transfer/rowwriter.h"

#include <QCoreApplication>

#include <algorithm>
#include <limits>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

std::unique_ptr<RowWriter> writerOf(const QString &format, const CatalogTable &table, ByteSink sink)
{
    if (format == u"sql") {
        FormatOptions options;
        options.format = format;
        options.schema = table.engine == Engine::Sqlite && table.schema == u"main" ? QString() : table.schema;
        options.table = table.name;
        return makeRowWriter(options, std::move(sink));
    }
    return makeRowWriter(format, std::move(sink));
}

Result<QByteArray> writeRows(Connection &connection, const CatalogTable &table, const std::vector<RowKey> &keys, const QStringList &names, const QString &format)
{
    QByteArray text;
    const std::unique_ptr<RowWriter> writer = writerOf(format, table, [&text](QByteArrayView bytes) -> Result<> {
        text.append(bytes);
        return {};
    });
    if (writer == nullptr)
        return failure(ErrorCode::NotFound, QCoreApplication::translate("RowCopy", "There is no format %1.").arg(format));
    const TableQuery query(table);
    std::vector<int> places;
    std::vector<ResultColumn> columns;
    for (const QString &name : names) {
        const auto it = std::ranges::find(query.columns(), name, &RowColumn::name);
        if (it == query.columns().end())
            return failure(ErrorCode::NotFound, QCoreApplication::translate("RowCopy", "%1 has no column %2.").arg(table.name, name));
        places.push_back(static_cast<int>(it - query.columns().begin()));
        ResultColumn &column = columns.emplace_back();
        column.name = it->name;
        column.typeName = it->typeName;
    }
    if (Result<> begun = writer->begin(columns, table.engine); !begun)
        return failure(begun);
    const QString sql = query.row(std::numeric_limits<int>::max());
    RowBlock block;
    for (const RowKey &key : keys) {
        auto reader = connection.query(sql, key);
        if (!reader)
            return failure(reader);
        RowPage page;
        page.keyColumns = static_cast<int>(key.size());
        if (const Result<bool> got = (*reader)->read(page.rows, {1, std::numeric_limits<qsizetype>::max()}); !got)
            return failure(got);
        if (page.rows.isEmpty())
            continue;
        block.clear(static_cast<int>(places.size()));
        for (const int place : places)
            block.add(page.value(0, place));
        block.endRow();
        if (Result<> written = writer->write(block); !written)
            return failure(written);
    }
    if (Result<> ended = writer->end(); !ended)
        return failure(ended);
    return text;
}

} // namespace

QFuture<Result<QByteArray>> copyRows(SessionPool &pool, const CatalogTable &table, std::vector<RowKey> keys, const QStringList &columns, const QString &format,
                                     std::stop_token stop)
{
    const auto job = [table, keys = std::move(keys), columns, format](Connection &connection) -> Result<QByteArray> {
        if (keys.size() > static_cast<std::size_t>(maxCopiedRows))
            return failure(ErrorCode::InvalidInput, QCoreApplication::translate("RowCopy", "%1 rows are more than the clipboard takes; choose up to %2.").arg(keys.size()).arg(maxCopiedRows));
        return writeRows(connection, table, keys, columns, format);
    };
    return pool.read(job, std::move(stop));
}

} // namespace turnstone
