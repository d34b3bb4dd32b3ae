// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/keylistmaker.h"

#include "models/database/sqliteconnection.h"
#include "models/items/rowfiltersql.h"
#include "models/items/valuesorter.h"

#include <QElapsedTimer>

#include <sqlite3.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int rowsInPart = 65'536;
constexpr int flushMs = 50;

/// How the column's texts are compared, if that can be done here.
std::optional<TextOrder> textOrderOf(Connection &connection, const QString &table, const QString &column)
{
    const Result<Value> encoding = connection.queryValue(u"PRAGMA encoding"_s);
    if (!encoding || encoding->bytes() != "UTF-8")
        return {};
    auto *sqlite = dynamic_cast<SqliteConnection *>(&connection);
    const char *collation = nullptr;
    if (sqlite == nullptr
        || sqlite3_table_column_metadata(sqlite->handle(), "main", table.toUtf8().constData(), column.toUtf8().constData(), nullptr,
                                         &collation, nullptr, nullptr, nullptr)
            != SQLITE_OK)
        return {};
    const QByteArray name = QByteArray(collation).toUpper();
    if (name.isEmpty() || name == "BINARY")
        return TextOrder::Binary;
    if (name == "NOCASE")
        return TextOrder::NoCase;
    if (name == "RTRIM")
        return TextOrder::TrimmedRight;
    return {};
}

/// The rows that a scan may meet: the span of rowids, if it is not much more than there can be.
qint64 spanOf(Connection &connection, const QString &rowid, const QString &from)
{
    qint64 ends[2] = {0, -1};
    for (int i = 0; i < 2; ++i) { // each by itself is one look at the tree
        const Result<Value> end = connection.queryValue(u"SELECT %1(%2) FROM %3"_s.arg(i == 0 ? u"min"_s : u"max"_s, rowid, from));
        if (!end || end->type() != ValueType::Integer)
            return -1;
        ends[i] = end->integer();
    }
    const double span = static_cast<double>(ends[1]) - static_cast<double>(ends[0]) + 1;
    return span > 1e12 ? -1 : static_cast<qint64>(span);
}

} // namespace

Result<qint64> KeyListMaker::make(Connection &connection, const OrderedQuery &query, KeyListProgress &progress)
{
    progress.restart();
    const Result<bool> sorted = makeBySorting(connection, query, progress);
    if (!sorted)
        return failure(sorted);
    if (!*sorted) {
        progress.restart();
        if (const Result<> made = makeByEngine(connection, query, progress); !made)
            return failure(made);
    }
    return progress.rows.load();
}

Result<bool> KeyListMaker::makeBySorting(Connection &connection, const OrderedQuery &query, KeyListProgress &progress)
{
    const CatalogTable &table = query.table();
    const std::vector<SortTerm> &terms = query.selection().order;
    if (table.engine != Engine::Sqlite || !table.hasRowid() || query.query().keyColumns().size() != 1 || terms.size() != 1
        || query.order().size() != 2)
        return false;
    const CatalogColumn &column = *table.column(terms.front().column);
    const std::optional<TextOrder> textOrder = textOrderOf(connection, table.name, column.name);
    if (!textOrder)
        return false;

    BoundSql sql(table.engine);
    const QString where = RowFilterSql::where(table, query.selection().filters, sql);
    sql.text = u"SELECT %1, %2 FROM %3"_s.arg(query.query().keyList(), Connection::quoted(column.name), query.query().from());
    if (!where.isEmpty())
        sql.text += u" WHERE "_s + where;
    else
        progress.total = spanOf(connection, query.query().keyList(), query.query().from());
    auto reader = connection.query(sql.text, sql.parameters);
    if (!reader)
        return failure(reader);
    ValueSorter sorter(*textOrder);
    RowBlock block;
    for (bool more = true; more;) {
        const Result<bool> got = (*reader)->read(block);
        if (!got)
            return failure(got);
        more = *got;
        for (int row = 0; row < block.rowCount(); ++row) {
            if (!sorter.add(block.at(row, 0).integer(), block.at(row, 1)))
                return false;
        }
        progress.rows += block.rowCount();
    }
    reader->reset(); // no read transaction while sorting
    const bool isDescending = terms.front().isDescending;
    if (!sorter.finish(isDescending, [&connection] { return connection.stopRequested(); }, [&progress](KeyList::Part part) { progress.add(std::move(part)); }))
        return failure(ErrorCode::Cancelled, QString());
    return true;
}

Result<> KeyListMaker::makeByEngine(Connection &connection, const OrderedQuery &query, KeyListProgress &progress)
{
    const BoundSql sql = query.keys(0);
    auto reader = connection.query(sql.text, sql.parameters);
    if (!reader)
        return tl::unexpected(RowFilterSql::explain(connection, query.table(), query.selection().filters, reader.error()));
    const int columns = static_cast<int>(query.query().keyColumns().size());
    RowBlock block;
    RowBlock gathered;
    gathered.clear(columns);
    QElapsedTimer sinceFlush;
    sinceFlush.start();
    for (bool more = true; more;) {
        // The first rows at once, however rare they are.
        const Result<bool> got = (*reader)->read(block, {progress.rows < RowSource::rowsPerPage ? 16 : 1024, std::numeric_limits<qsizetype>::max()});
        if (!got) {
            reader->reset();
            return tl::unexpected(RowFilterSql::explain(connection, query.table(), query.selection().filters, got.error()));
        }
        more = *got;
        for (int row = 0; row < block.rowCount(); ++row) {
            for (int column = 0; column < columns; ++column)
                gathered.add(block.at(row, column));
            gathered.endRow();
        }
        progress.rows += block.rowCount();
        if (!more || gathered.rowCount() >= rowsInPart || (gathered.rowCount() > 0 && sinceFlush.elapsed() > flushMs)) {
            progress.add(KeyList::Part(gathered, columns));
            gathered.clear(columns);
            sinceFlush.restart();
        }
    }
    return {};
}

} // namespace turnstone
