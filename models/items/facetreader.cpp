// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/facetreader.h"

#include "models/items/facetcounter.h"
#include "models/items/rowfiltersql.h"
#include "models/items/tablequery.h"

#include <QCoreApplication>
#include <QDeadlineTimer>
#include <QRegularExpression>

#include <condition_variable>
#include <mutex>
#include <thread>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

/// Interrupts a connection when the time is over, even while the engine looks for a row.
class TimeLimit
{
public:
    TimeLimit(Connection &connection, std::chrono::milliseconds time)
        : m_thread([this, &connection, time](const std::stop_token &stop) {
              std::unique_lock lock(m_mutex);
              std::condition_variable_any over;
              if (!over.wait_for(lock, stop, time, [] { return false; }) && !stop.stop_requested())
                  connection.interrupt();
          })
    {
    }

private:
    std::mutex m_mutex;
    std::jthread m_thread; // stopped and joined first
};

/// What is to be counted, in SQL.
struct Question
{
    CatalogTable table;
    CatalogColumn column;
    std::vector<RowFilter> filters;
    FacetLimits limits;

    QString from(BoundSql &sql) const
    {
        const QString where = RowFilterSql::where(table, filters, sql);
        return u" FROM "_s + TableQuery(table).from() + (where.isEmpty() ? QString() : u" WHERE "_s + where);
    }
    QString name() const { return Connection::quoted(column.name); }
    Error explain(Connection &connection, const Error &error) const { return RowFilterSql::explain(connection, table, filters, error); }
};

/// Row by row, as far as the time allows.
Result<Facets> countRows(Connection &connection, const Question &question, std::chrono::milliseconds time)
{
    BoundSql sql(question.table.engine);
    // Of a long text or blob nothing but its length matters.
    const QString value = question.table.engine == Engine::Sqlite
        ? question.name()
        : u"left(%1::text, %2)"_s.arg(question.name()).arg(FacetCounter::longestValue + 1);
    sql.text = u"SELECT "_s + value + question.from(sql);
    FacetCounter counter(question.limits);
    const TimeLimit limit(connection, time);
    const QDeadlineTimer deadline(time);
    auto reader = connection.query(sql.text, sql.parameters);
    if (!reader) {
        if (reader.error().code == ErrorCode::Cancelled && !connection.stopRequested())
            return counter.facets(false);
        return tl::unexpected(question.explain(connection, reader.error()));
    }
    RowBlock block;
    for (;;) {
        const Result<bool> more = (*reader)->read(block);
        // What came before the interruption is good.
        for (int row = 0; row < block.rowCount(); ++row)
            counter.add(block.at(row, 0));
        if (!more && (more.error().code != ErrorCode::Cancelled || connection.stopRequested()))
            return tl::unexpected(question.explain(connection, more.error()));
        if (!more || (*more && deadline.hasExpired()))
            return counter.facets(false);
        if (!*more)
            return counter.facets(true);
    }
}

qint64 numberOf(const ValueRef &value)
{
    return value.type() == ValueType::Integer ? value.integer() : value.bytes().toByteArray().toLongLong();
}

bool hasRange(const QString &type)
{
    static const QRegularExpression ranged(u"^(smallint|integer|bigint|numeric|real|double precision|money|date|time|interval)"_s);
    return ranged.match(type).hasMatch() && !type.endsWith(u"[]"_s);
}

/// PostgreSQL groups on the server, in parallel, without sending every row.
Result<Facets> countByServer(Connection &connection, const Question &question)
{
    const bool isComparable = RowFilterSql::isComparable(question.column.type);
    BoundSql sql(question.table.engine);
    // The text form cut off: enough to tell that it is long.
    const QString text = u"left(%1::text, %2)"_s.arg(question.name()).arg(FacetCounter::longestValue + 1);
    sql.text = u"SELECT v, n, count(*) OVER (), sum(n) OVER () FROM (SELECT %1 AS v, count(*) AS n"_s.arg(text) + question.from(sql)
        + u" GROUP BY 1) AS grouped ORDER BY n DESC, v LIMIT "_s + QString::number(question.limits.values);
    FacetCounter counter(question.limits);
    qint64 distinct = 0;
    qint64 rows = 0;
    const Result<> counted = connection.forEachRow(sql.text, sql.parameters, [&](const RowBlock &block, int row) {
        counter.add(block.at(row, 0), numberOf(block.at(row, 1)));
        distinct = numberOf(block.at(row, 2));
        rows = numberOf(block.at(row, 3));
        return true;
    });
    if (!counted)
        return failure(counted);
    Facets facets = counter.facets(true);
    facets.rows = rows;
    facets.distinct = distinct;
    facets.isDistinctExact = facets.longRows == 0;
    if (isComparable && hasRange(question.column.type)) {
        BoundSql range(question.table.engine);
        range.text = u"SELECT min(%1), max(%1)"_s.arg(question.name()) + question.from(range);
        const Result<> read = connection.forEachRow(range.text, range.parameters, [&](const RowBlock &block, int row) {
            if (!block.at(row, 0).isNull()) {
                facets.least = Value(block.at(row, 0));
                facets.greatest = Value(block.at(row, 1));
            }
            return false;
        });
        if (!read)
            return failure(read);
    }
    return facets;
}

Result<Facets> countOnPostgres(Connection &connection, const Question &question)
{
    if (const Result<> begun = connection.begin(); !begun)
        return failure(begun);
    const QString limit = u"SET LOCAL statement_timeout = %1"_s.arg(std::max<qint64>(question.limits.time.count(), 1));
    Result<Facets> facets = failure(ErrorCode::Cancelled, QString());
    if (const Result<ExecuteOutcome> set = connection.execute(limit); set)
        facets = countByServer(connection, question);
    connection.rollback();
    if (facets)
        return facets;
    if (facets.error().code == ErrorCode::Cancelled && !connection.stopRequested())
        return countRows(connection, question, question.limits.time / 2);
    return tl::unexpected(question.explain(connection, facets.error()));
}

} // namespace

QFuture<Result<Facets>> readFacets(SessionPool &pool, const CatalogTable &table, const QString &column, const std::vector<RowFilter> &filters,
                                   const FacetLimits &limits, std::stop_token stop)
{
    const auto job = [table, column, filters, limits](Connection &connection) -> Result<Facets> {
        const CatalogColumn *found = table.column(column);
        if (found == nullptr) {
            return failure(ErrorCode::NotFound,
                           QCoreApplication::translate("FacetReader", "\"%1\" has no column \"%2\".").arg(table.name, column));
        }
        if (const Result<> checked = RowFilterSql::check(table, filters); !checked)
            return failure(checked);
        const Question question{table, *found, filters, limits};
        return table.engine == Engine::Sqlite ? countRows(connection, question, limits.time) : countOnPostgres(connection, question);
    };
    return pool.read(job, std::move(stop));
}

} // namespace turnstone
