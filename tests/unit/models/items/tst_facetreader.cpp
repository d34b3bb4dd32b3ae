// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/facetreader.h"

#include "models/catalog/catalogreader.h"
#include "tests/support/testdatabase.h"
#include "tests/support/testfiles.h"

#include <QTemporaryDir>
#include <QTest>

#include <map>

using namespace Qt::StringLiterals;

namespace turnstone {

namespace {

std::map<QString, qint64> countsOf(const Facets &facets)
{
    std::map<QString, qint64> counts;
    for (const FacetValue &each : facets.values)
        counts[each.value.toDisplayText()] = each.count;
    return counts;
}

Catalog catalogOf(SessionPool &pool)
{
    QFuture<Result<Catalog>> catalog = pool.read([](Connection &connection) { return readCatalog(connection); });
    catalog.waitForFinished();
    return *catalog.result();
}

Result<Facets> facetsOf(SessionPool &pool, const CatalogTable &table, const QString &column, const std::vector<RowFilter> &filters = {}, const FacetLimits &limits = {},
                        std::stop_token stop = {})
{
    QFuture<Result<Facets>> facets = readFacets(pool, table, column, filters, limits, std::move(stop));
    facets.waitForFinished();
    return facets.result();
}

using Counts = std::map<QString, qint64>;

} // namespace

class tst_FacetReader : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        const QString path = m_folder.filePath(u"facets.db"_s);
        QCOMPARE(executeSql(path, u"CREATE TABLE t(id INTEGER PRIMARY KEY, status TEXT, v, many INTEGER);"
                                   "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000) INSERT INTO t SELECT i,"
                                   " CASE WHEN i % 10 = 0 THEN NULL WHEN i % 10 < 4 THEN 'failed' ELSE 'done' END,"
                                   " CASE i % 4 WHEN 0 THEN 1 WHEN 1 THEN 1.0 WHEN 2 THEN '1' ELSE printf('%.*c', 900, 'x') END, i FROM n;"_s),
                 QString());
        m_pool = std::make_unique<SessionPool>(DatabaseUrl::forFile(path));
        m_catalog = catalogOf(*m_pool);
    }

    void countsAreExactWithTime()
    {
        const Result<Facets> facets = facetsOf(*m_pool, table(), u"status"_s, {}, {50, 10'000, std::chrono::minutes(1)});
        QVERIFY(facets);
        QVERIFY(facets->isExact && facets->isDistinctExact);
        QCOMPARE(facets->rows, 60'000);
        QCOMPARE(facets->values.front().value, Value::text(QByteArray("done")));
        QCOMPARE(countsOf(*facets), (Counts{{u"done"_s, 36'000}, {u"failed"_s, 18'000}, {u"NULL"_s, 6000}}));
        QVERIFY(!facets->least);
    }

    void theFiltersApply()
    {
        const std::vector<RowFilter> filters{{u"id"_s, FilterOperator::LessOrEqual, {Value::integer(100)}, false}};
        const Result<Facets> facets = facetsOf(*m_pool, table(), u"status"_s, filters);
        QCOMPARE(countsOf(*facets), (Counts{{u"done"_s, 60}, {u"failed"_s, 30}, {u"NULL"_s, 10}}));
    }

    void typesAndLongValuesAreToldApart()
    {
        const Result<Facets> facets = facetsOf(*m_pool, table(), u"v"_s, {}, {50, 10'000, std::chrono::minutes(1)});
        QCOMPARE(facets->longRows, 15'000);
        QVERIFY(!facets->isDistinctExact);
        QCOMPARE(facets->values.size(), std::size_t(2));
        QCOMPARE(facets->values[0].value, Value::integer(1));
        QCOMPARE(facets->values[0].count, 30'000);
        QCOMPARE(facets->values[1].value, Value::text(QByteArray("1")));
    }

    void differentValuesAreBounded()
    {
        const Result<Facets> facets = facetsOf(*m_pool, table(), u"many"_s, {}, {5, 1000, std::chrono::minutes(1)});
        QCOMPARE(facets->values.size(), std::size_t(5));
        QCOMPARE(facets->distinct, 1000);
        QVERIFY(!facets->isDistinctExact);
        QCOMPARE(*facets->least, Value::integer(1));
        QCOMPARE(*facets->greatest, Value::integer(60'000));
    }

    void whenTheTimeIsOverCountsAreAtLeast()
    {
        // Nothing passes, and finding that out takes long: the engine itself must be stopped.
        const CatalogTable &endless = table();
        std::vector<RowFilter> filters(400, {u"status"_s, FilterOperator::NotContains, {Value::text(u"nobody has this"_s)}, false});
        const Result<Facets> facets = facetsOf(*m_pool, endless, u"status"_s, filters, {50, 100, std::chrono::milliseconds(5)});
        QVERIFY2(facets, facets ? "" : qPrintable(facets.error().message));
        QVERIFY(!facets->isExact);
        QVERIFY(facets->rows < 60'000);
        // The connection is good for the next question.
        QVERIFY(facetsOf(*m_pool, table(), u"status"_s, {}, {50, 10'000, std::chrono::minutes(1)})->isExact);
    }

    void aStopIsCancelled()
    {
        std::stop_source stop;
        stop.request_stop();
        const Result<Facets> facets = facetsOf(*m_pool, table(), u"status"_s, {}, {}, stop.get_token());
        QVERIFY(!facets);
        QCOMPARE(facets.error().code, ErrorCode::Cancelled);
        QCOMPARE(facetsOf(*m_pool, table(), u"nothing"_s).error().code, ErrorCode::NotFound);
    }

    void postgresCountsOnTheServer()
    {
        const TestDatabase database;
        REQUIRE_DATABASE(database);
        QCOMPARE(database.execute(u"CREATE TABLE t(id int PRIMARY KEY, status text, n numeric(6,2), ts timestamptz, j json);"
                                   "INSERT INTO t SELECT i, CASE WHEN i % 10 = 0 THEN NULL WHEN i % 10 < 4 THEN 'failed' ELSE 'done' END, i % 7 / 4.0,"
                                   " timestamptz '2025-10-21 09:14:03+00' + i % 5 * interval '1 day', '{}' FROM generate_series(1, 10000) i;"_s),
                 QString());
        SessionPool pool(*DatabaseUrl::parse(database.url()));
        const Catalog catalog = catalogOf(pool);
        const CatalogTable &asked = *catalog.table(u"t"_s);
        const Result<Facets> status = facetsOf(pool, asked, u"status"_s, {}, {50, 10'000, std::chrono::minutes(1)});
        QVERIFY2(status, status ? "" : qPrintable(status.error().message));
        QVERIFY(status->isExact && status->isDistinctExact);
        QCOMPARE(status->rows, 10'000);
        QCOMPARE(countsOf(*status), (Counts{{u"done"_s, 6000}, {u"failed"_s, 3000}, {u"NULL"_s, 1000}}));
        const Result<Facets> number = facetsOf(pool, asked, u"n"_s, {{u"status"_s, FilterOperator::Equals, {Value::text(u"done"_s)}, false}}, {3, 10'000, std::chrono::minutes(1)});
        QCOMPARE(number->values.size(), std::size_t(3));
        QCOMPARE(number->distinct, 7);
        QCOMPARE(number->least->bytes(), QByteArray("0.00"));
        QCOMPARE(number->greatest->bytes(), QByteArray("1.50"));
        QCOMPARE(facetsOf(pool, asked, u"ts"_s)->distinct, 5);
        QCOMPARE(facetsOf(pool, asked, u"j"_s)->values.front().count, 10'000);
        const Result<Facets> wrong = facetsOf(pool, asked, u"status"_s, {{u"id"_s, FilterOperator::Equals, {Value::text(u"x"_s)}, false}});
        QVERIFY(!wrong);
        QVERIFY(wrong.error().message.contains(u"id"_s));
    }

private:
    const CatalogTable &table() const { return *m_catalog.table(u"t"_s); }

    QTemporaryDir m_folder;
    std::unique_ptr<SessionPool> m_pool;
    Catalog m_catalog;
};

} // namespace turnstone

QTEST_MAIN(turnstone::tst_FacetReader)
#include "tst_facetreader.moc"
