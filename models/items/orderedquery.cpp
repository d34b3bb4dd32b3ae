// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/orderedquery.h"

#include "models/items/anchormap.h"
#include "models/items/rowfiltersql.h"

#include <QCoreApplication>
#include <QHash>

#include <algorithm>
#include <limits>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

bool isTrue(const ValueRef &value)
{
    return value.type() == ValueType::Integer ? value.integer() != 0 : value.bytes() == "t";
}

/// The rows given, but for negative ones.
void takeInOrder(const RowBlock &from, const std::vector<int> &rows, RowBlock &to)
{
    to.clear(from.columnCount());
    for (const int row : rows) {
        for (int column = 0; row >= 0 && column < from.columnCount(); ++column)
            to.add(from.at(row, column));
        if (row >= 0)
            to.endRow();
    }
}

/// The same bytes for the same key, and others for another.
QByteArray fingerprint(const RowKey &key)
{
    QByteArray bytes;
    for (const Value &value : key) {
        // PostgreSQL delivers integers as text; a key may have been kept as a number.
        const QByteArray text = value.type() == ValueType::Integer ? QByteArray::number(static_cast<qlonglong>(value.integer())) : value.bytes();
        bytes += value.type() == ValueType::Blob ? 'b' : value.type() == ValueType::Real ? 'r' : 't';
        bytes += QByteArray::number(text.size()) + ':' + text;
        if (value.type() == ValueType::Real)
            bytes += QByteArray::number(value.real(), 'g', 17);
    }
    return bytes;
}

} // namespace

OrderedQuery::OrderedQuery(const CatalogTable &table, const RowSelection &selection, bool keyDescending)
    : m_table(table), m_selection(selection), m_query(table), m_order(table, m_query, selection.order, keyDescending),
      m_bigCells(std::make_shared<BigCells>(m_query))
{
}

RowKey OrderedQuery::rowOf(const RowBlock &block, int row, int columns)
{
    RowKey key;
    key.reserve(static_cast<std::size_t>(columns));
    for (int i = 0; i < columns; ++i)
        key.emplace_back(block.at(row, i));
    return key;
}

bool OrderedQuery::isSameKey(const RowKey &a, const RowKey &b)
{
    return a == b || fingerprint(a) == fingerprint(b);
}

QString OrderedQuery::where(const QString &condition, BoundSql &sql) const
{
    const QString filters = RowFilterSql::where(m_table, m_selection.filters, sql);
    if (filters.isEmpty() && condition.isEmpty())
        return {};
    return u" WHERE "_s + condition + (filters.isEmpty() || condition.isEmpty() ? QString() : u" AND "_s) + filters;
}

BoundSql OrderedQuery::tuples(const RowOrder::Range &range, const RowKey &tuple, int limit) const
{
    BoundSql sql(m_table.engine);
    const QString condition = m_order.condition(range, tuple, sql);
    sql.text = u"SELECT "_s + m_order.columnList() + u" FROM "_s + m_query.from() + where(condition, sql) + u" ORDER BY "_s
        + m_order.orderBy(range) + (limit > 0 ? u" LIMIT "_s + QString::number(limit) : QString());
    return sql;
}

BoundSql OrderedQuery::keys(int limit) const
{
    BoundSql sql(m_table.engine);
    sql.text = u"SELECT "_s + m_query.keyList() + u" FROM "_s + m_query.from() + where({}, sql) + u" ORDER BY "_s + m_order.orderBy()
        + (limit > 0 ? u" LIMIT "_s + QString::number(limit) : QString());
    return sql;
}

Result<> OrderedQuery::readTuples(Connection &connection, const RowKey &tuple, bool inclusive, int limit,
                                  const std::function<void(const RowBlock &)> &take) const
{
    int left = limit;
    RowBlock block;
    for (const RowOrder::Range &range : tuple.empty() ? m_order.all() : m_order.from(tuple, inclusive)) {
        const BoundSql sql = tuples(range, tuple, left);
        auto reader = connection.query(sql.text, sql.parameters);
        if (!reader)
            return tl::unexpected(explained(connection, reader.error()));
        for (bool more = true; more;) {
            const Result<bool> got = (*reader)->read(block);
            if (!got)
                return tl::unexpected(explained(connection, got.error()));
            more = *got;
            left -= block.rowCount();
            take(block);
        }
        if (limit > 0 && left <= 0)
            break;
    }
    return {};
}

Result<> OrderedQuery::walkOnServer(Connection &connection, const BoundSql &tuples, int every, int offset, Steps &steps) const
{
    // The subquery's order is the one in which its rows are numbered.
    const QString sql = u"SELECT * FROM (SELECT *, row_number() OVER () AS turnstone_row, count(*) OVER () AS turnstone_rows FROM (%1) AS tuples) AS numbered"
                        " WHERE (turnstone_row - 1 + %2) % %3 = 0 OR turnstone_row = turnstone_rows"_s.arg(tuples.text)
                            .arg((steps.rows + offset) % every)
                            .arg(every);
    qint64 rows = 0;
    const Result<> read = connection.forEachRow(sql, tuples.parameters, [&](const RowBlock &block, int row) {
        const qint64 number = integerOf(block.at(row, m_order.size())).value_or(0);
        rows = integerOf(block.at(row, m_order.size() + 1)).value_or(0);
        RowKey tuple = rowOf(block, row, m_order.size());
        if ((steps.rows + offset + number - 1) % every == 0)
            steps.marks.push_back(tuple);
        if (number == rows)
            steps.last = std::move(tuple);
        return true;
    });
    steps.rows += rows;
    return read;
}

Result<> OrderedQuery::walkTuples(Connection &connection, const RowKey &after, int limit, int every, int offset, Steps &steps) const
{
    return readTuples(connection, after, false, limit, [&](const RowBlock &block) {
        const qint64 begin = steps.rows + offset;
        for (qint64 row = (every - begin % every) % every; row < block.rowCount(); row += every)
            steps.marks.push_back(rowOf(block, static_cast<int>(row), m_order.size()));
        if (!block.isEmpty())
            steps.last = rowOf(block, block.rowCount() - 1, m_order.size());
        steps.rows += block.rowCount();
    });
}

Result<> OrderedQuery::walkRowids(Connection &connection, const RowKey &after, int limit, int every, int offset, Steps &steps) const
{
    // From mark to mark SQLite skips rows without making any of them a result.
    const QString next = u"(SELECT %1 FROM %2 WHERE %1 > turnstone_key ORDER BY %1 LIMIT 1 OFFSET %3)"_s.arg(m_query.keyList(), m_query.from());
    const int first = (every - offset % every) % every;
    const QString sql = u"WITH RECURSIVE marks(turnstone_key, turnstone_row) AS (SELECT %1, 1 FROM (SELECT ?1 AS turnstone_key) UNION ALL"
                        " SELECT %2, turnstone_row + 1 FROM marks WHERE turnstone_key IS NOT NULL AND turnstone_row < %3) SELECT turnstone_key FROM marks"_s
                            .arg(next.arg(first), next.arg(every - 1))
                            .arg(limit / every);
    const Result<> read = connection.forEachRow(sql, {after.front()}, [&](const RowBlock &block, int row) {
        if (block.at(row, 0).isNull())
            return false;
        steps.rows += steps.marks.empty() ? first + 1 : every;
        steps.marks.push_back(rowOf(block, row, 1));
        return true;
    });
    if (!steps.marks.empty())
        steps.last = steps.marks.back();
    return read;
}

Result<OrderedQuery::Steps> OrderedQuery::walk(Connection &connection, const RowKey &after, int limit, int every, int offset) const
{
    Steps steps;
    Result<> read;
    if (m_table.engine == Engine::PostgreSql) {
        for (const RowOrder::Range &range : after.empty() ? m_order.all() : m_order.from(after, false)) {
            const BoundSql sql = tuples(range, after, limit - static_cast<int>(steps.rows));
            read = walkOnServer(connection, sql, every, offset, steps);
            if (!read || steps.rows >= limit)
                break;
        }
    } else if (m_query.isKeyRowid() && m_order.isNatural() && m_selection.filters.empty() && !after.empty()) {
        read = walkRowids(connection, after, limit, every, offset, steps);
        if (read && steps.marks.size() == static_cast<std::size_t>(limit / every))
            return steps;
        // What is left is less than the way to another mark.
        if (read)
            read = walkTuples(connection, steps.marks.empty() ? after : steps.last, limit - static_cast<int>(steps.rows), every, offset, steps);
    } else {
        read = walkTuples(connection, after, limit, every, offset, steps);
    }
    if (!read)
        return tl::unexpected(explained(connection, read.error()));
    steps.isEnd = steps.rows < limit;
    return steps;
}

Result<bool> OrderedQuery::appendRows(Connection &connection, const BoundSql &sql, const TableQuery::Values &values, RowBlock &to,
                                      const PageRows::Belongs &belongs) const
{
    auto reader = connection.query(sql.text, sql.parameters);
    if (!reader)
        return tl::unexpected(explained(connection, reader.error()));
    PageRows rows(m_query, values, *m_bigCells, to);
    const Result<bool> isRead = rows.read(**reader, belongs);
    if (!isRead) {
        reader->reset();
        return tl::unexpected(explained(connection, isRead.error()));
    }
    return isRead;
}

Result<RowPage> OrderedQuery::readPage(Connection &connection, const std::function<Result<bool>(RowPage &, const TableQuery::Values &)> &read) const
{
    for (;;) { // at most twice for each column: once to learn that it is big, once that it cannot be reached
        const std::vector<bool> leftOut = m_bigCells->columns();
        const bool anyLeftOut = std::ranges::find(leftOut, true) != leftOut.end();
        RowPage page;
        page.keyColumns = static_cast<int>(m_query.keyColumns().size());
        if (anyLeftOut) {
            if (const Result<> begun = connection.begin(); !begun)
                return failure(begun);
        }
        const Result<bool> isRead = read(page, m_query.values(RowSource::prefixBytes, leftOut));
        const Result<bool> again = isRead && *isRead && anyLeftOut ? m_bigCells->fill(connection, page) : Result<bool>(false);
        if (anyLeftOut)
            connection.rollback();
        if (!isRead)
            return failure(isRead);
        if (!again)
            return failure(again);
        if (*isRead && !*again)
            return page;
    }
}

Result<RowPage> OrderedQuery::readRange(Connection &connection, const RowKey &first, const RowKey &end) const
{
    return readPage(connection, [&](RowPage &page, const TableQuery::Values &values) { return tryRange(connection, first, end, values, page); });
}

Result<bool> OrderedQuery::tryRange(Connection &connection, const RowKey &first, const RowKey &end, const TableQuery::Values &values, RowPage &page) const
{
    bool isAtEnd = false;
    for (const RowOrder::Range &range : first.empty() ? m_order.all() : m_order.from(first, true)) {
        BoundSql sql(m_table.engine);
        const QString condition = m_order.condition(range, first, sql);
        // Rows were deleted, and the rest of the page is the next one's: told by a column, not a condition, because
        // an engine would search the whole index for a row that still fulfils it.
        const QString before = end.empty() ? u"1 = 1"_s : m_order.isBefore(end, sql);
        sql.text = u"SELECT "_s + m_query.keyList() + u", "_s + values.list + u", "_s + before + u" FROM "_s + m_query.from() + where(condition, sql)
            + u" ORDER BY "_s + m_order.orderBy(range) + u" LIMIT "_s + QString::number(RowSource::rowsPerPage - page.rowCount());
        const Result<bool> isRead = appendRows(connection, sql, values, page.rows, [&isAtEnd](const ValueRef &isBefore) {
            isAtEnd = !isTrue(isBefore);
            return !isAtEnd;
        });
        if (!isRead || !*isRead)
            return isRead;
        if (isAtEnd || page.rowCount() >= RowSource::rowsPerPage)
            break;
    }
    return true;
}

Result<RowPage> OrderedQuery::readKeys(Connection &connection, const std::vector<RowKey> &keys) const
{
    const bool areRowids = m_query.isKeyRowid() && std::ranges::all_of(keys, [](const RowKey &key) { return key.front().type() == ValueType::Integer; });
    return readPage(connection, [&](RowPage &page, const TableQuery::Values &values) {
        return areRowids ? tryRowids(connection, keys, values, page) : tryKeys(connection, keys, values, page);
    });
}

Result<bool> OrderedQuery::tryKeys(Connection &connection, const std::vector<RowKey> &keys, const TableQuery::Values &values, RowPage &page) const
{
    BoundSql sql(m_table.engine);
    QHash<QByteArray, int> positions;
    QStringList places;
    for (const RowKey &key : keys) {
        positions.insert(fingerprint(key), static_cast<int>(positions.size()));
        QStringList place;
        for (const Value &value : key)
            place.append(sql.place(value));
        places.append(page.keyColumns == 1 ? place.first() : u'(' + place.join(u", "_s) + u')');
    }
    // PostgreSQL finds the types of a list of rows by the columns, of VALUES only by casts.
    const bool asValues = page.keyColumns > 1 && m_table.engine == Engine::Sqlite;
    sql.text = u"SELECT "_s + m_query.keyList() + u", "_s + values.list + u" FROM "_s + m_query.from() + u" WHERE ("_s + m_query.keyList()
        + (asValues ? u") IN (VALUES "_s : u") IN ("_s) + places.join(u", "_s) + u')';
    RowBlock block; // in the order of the table
    const Result<bool> isRead = appendRows(connection, sql, values, block);
    if (!isRead || !*isRead)
        return isRead;
    std::vector<int> rowOfKey(keys.size(), -1);
    for (int row = 0; row < block.rowCount(); ++row) {
        const auto at = positions.constFind(fingerprint(rowOf(block, row, page.keyColumns)));
        if (at != positions.cend())
            rowOfKey[static_cast<std::size_t>(*at)] = row;
    }
    takeInOrder(block, rowOfKey, page.rows);
    return true;
}

Result<bool> OrderedQuery::tryRowids(Connection &connection, const std::vector<RowKey> &keys, const TableQuery::Values &values, RowPage &page) const
{
    std::vector<std::pair<std::int64_t, int>> wanted; // and the place in the page
    QByteArray list = "[";
    for (const RowKey &key : keys) {
        wanted.emplace_back(key.front().integer(), static_cast<int>(wanted.size()));
        list += QByteArray::number(static_cast<qlonglong>(wanted.back().first)) + ',';
    }
    if (wanted.empty())
        list += ' ';
    list.back() = ']';
    std::ranges::sort(wanted);
    BoundSql sql(m_table.engine);
    sql.text = u"SELECT "_s + m_query.keyList() + u", "_s + values.list + u" FROM "_s + m_query.from() + u" WHERE "_s + m_query.keyList()
        + u" IN (SELECT value FROM json_each("_s + sql.place(Value::text(list)) + u"))"_s;
    RowBlock block; // in the order of the table
    const Result<bool> isRead = appendRows(connection, sql, values, block);
    if (!isRead || !*isRead)
        return isRead;
    std::vector<int> rowOfKey(keys.size(), -1);
    for (int row = 0; row < block.rowCount(); ++row) {
        const auto at = std::ranges::lower_bound(wanted, std::pair(block.at(row, 0).integer(), 0));
        rowOfKey[static_cast<std::size_t>(at->second)] = row;
    }
    takeInOrder(block, rowOfKey, page.rows);
    return true;
}

QString OrderedQuery::matchKey(const RowKey &key, BoundSql &sql) const
{
    QStringList conditions;
    for (std::size_t i = 0; i < key.size(); ++i)
        conditions.append(Connection::quoted(m_query.keyColumns().at(static_cast<qsizetype>(i))) + u" = "_s + sql.place(key[i]));
    return conditions.join(u" AND "_s);
}

namespace {

tl::unexpected<Error> notAmongThese()
{
    return failure(ErrorCode::NotFound, QCoreApplication::translate("OrderedQuery", "This row is not among those shown: it was deleted or "
                                                                                    "does not pass the filters."));
}

} // namespace

Result<RowKey> OrderedQuery::readTuple(Connection &connection, const RowKey &key) const
{
    BoundSql sql(m_table.engine);
    const QString match = matchKey(key, sql);
    sql.text = u"SELECT "_s + m_order.columnList() + u" FROM "_s + m_query.from() + where(match, sql);
    RowKey tuple;
    const Result<> read = connection.forEachRow(sql.text, sql.parameters, [&](const RowBlock &block, int row) {
        tuple = rowOf(block, row, m_order.size());
        return false;
    });
    if (!read)
        return failure(read);
    if (tuple.empty())
        return notAmongThese();
    return tuple;
}

Result<int> OrderedQuery::countNotBehind(Connection &connection, const RowKey &key, const std::vector<RowKey> &tuples) const
{
    BoundSql sql(m_table.engine);
    QStringList expressions;
    for (const RowKey &tuple : tuples)
        expressions.append(m_order.isBefore(tuple, sql));
    const QString match = matchKey(key, sql);
    sql.text = u"SELECT "_s + expressions.join(u", "_s) + u" FROM "_s + m_query.from() + where(match, sql);
    int count = -1;
    const Result<> read = connection.forEachRow(sql.text, sql.parameters, [&](const RowBlock &block, int row) {
        for (count = 0; count < block.columnCount() && !isTrue(block.at(row, count));)
            ++count;
        return false;
    });
    if (!read)
        return failure(read);
    if (count < 0)
        return notAmongThese();
    return count;
}

Result<QStringList> OrderedQuery::explain(Connection &connection, const BoundSql &sql)
{
    const bool isSqlite = sql.engine == Engine::Sqlite;
    QStringList lines;
    const Result<> read = connection.forEachRow((isSqlite ? u"EXPLAIN QUERY PLAN "_s : u"EXPLAIN "_s) + sql.text, sql.parameters,
                                                [&](const RowBlock &block, int row) {
                                                    lines.append(QString::fromUtf8(block.at(row, block.columnCount() - 1).bytes()));
                                                    return true;
                                                });
    if (!read)
        return failure(read);
    return lines;
}

Error OrderedQuery::explained(Connection &connection, const Error &error) const
{
    return RowFilterSql::explain(connection, m_table, m_selection.filters, error);
}

} // namespace turnstone
