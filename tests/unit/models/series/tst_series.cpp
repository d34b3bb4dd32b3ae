// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/series/seriessummary.h"
#include "tests/support/testdatabase.h"
#include "tests/unit/models/browsing/openedsystem.h"

#include <QJsonDocument>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>

using namespace turnstone;
using namespace Qt::StringLiterals;

namespace {

constexpr auto schema = "CREATE TABLE walks(id INTEGER PRIMARY KEY, began TEXT);"
                        "CREATE TABLE steps(id INTEGER PRIMARY KEY, walk_id INTEGER, at TEXT, ended TEXT, nth INTEGER, shoe TEXT, depth DOUBLE PRECISION, note TEXT);"
                        "INSERT INTO walks VALUES (1, 'x'), (2, 'y');"
                        "INSERT INTO steps VALUES (1, 1, '2025-05-01 10:00:00', '2025-05-01 10:00:02.5', 1, 'left', 10, 'a'), (2, 1, '2025-05-01 10:00:01', NULL, 2, 'right', 20, 'b'),"
                        "(3, 2, '2025-05-02 10:00:00', '2025-05-02 10:00:01', 1, 'left', 30, 'c'), (4, 2, NULL, NULL, 2, NULL, NULL, 'd'), (5, 2, '2025-05-02 11:00:00', NULL, 1, 'left', 50, 'e');";

constexpr auto partsJson = R"({"points": {"table": "steps", "link": {"walk_id": "id"}, "time": "at", "ordinal": "nth", "by": "shoe", "record": "id",
    "values": [{"field": "depth", "title": "Depth", "min": 0, "max": 100, "good": "high"}, {"field": "at", "until": "ended", "title": "Took"}]}})";

} // namespace

class tst_Series : public QObject
{
    Q_OBJECT

private slots:
    void pointsAreRead_data();
    void pointsAreRead();
    void oneRecordsPointsOnly();
    void meansAndQuartiles();
    void stretchesAreRound();
    void manyRowsAreThinnedEvenly();
    void everySystemHasSomethingToDraw_data();
    void everySystemHasSomethingToDraw();
    void brokenLensesAreNamed();

private:
    static SeriesLens lens(const DatabaseContext &context)
    {
        const Result<SeriesLens> parsed = SeriesLens::from({u"series"_s, u"depth"_s, u"Depth"_s, u"walks"_s, QJsonDocument::fromJson(partsJson).object()}, *context.profile);
        if (!parsed)
            qFatal("%s", qPrintable(parsed.error().message));
        return *parsed;
    }
    static SeriesData read(const DatabaseUrl &url, const RowKey &record = {})
    {
        const OpenedSystem opened(url);
        const auto connection = Connection::open(url);
        Result<SeriesData> data = readSeries(**connection, *opened.context.catalog, *opened.context.profile, lens(opened.context), record, PriceList::builtIn());
        if (!data)
            qFatal("%s %s", qPrintable(data.error().message), qPrintable(data.error().detail));
        return std::move(*data);
    }
    DatabaseUrl file(const QString &sql = QString::fromLatin1(schema))
    {
        const QString path = m_folder.filePath(u"%1.db"_s.arg(++m_files));
        const QString problem = executeSql(path, sql);
        if (!problem.isEmpty())
            qFatal("%s", qPrintable(problem));
        return DatabaseUrl::forFile(path);
    }

    QTemporaryDir m_folder;
    int m_files = 0;
};

void tst_Series::pointsAreRead_data()
{
    QTest::addColumn<bool>("onServer");
    QTest::newRow("SQLite") << false;
    QTest::newRow("PostgreSQL") << true;
}

void tst_Series::pointsAreRead()
{
    QFETCH(bool, onServer);
    TestDatabase database;
    DatabaseUrl url = file();
    if (onServer) {
        REQUIRE_DATABASE(database);
        QCOMPARE(database.execute(QString::fromLatin1(schema)), QString());
        url = *DatabaseUrl::parse(database.url());
    }
    const SeriesData data = read(url);
    QCOMPARE(data.rows, 5);
    QCOMPARE(data.size(), std::size_t(4)); // the one without any figure is left out
    QCOMPARE(data.names, (QStringList{u"left"_s, u"right"_s}));
    QCOMPARE(data.figures[0], (std::vector<double>{10, 20, 30, 50}));
    QCOMPARE(data.figures[1][0], 2500.0); // milliseconds
    QVERIFY(std::isnan(data.figures[1][1]));
    QCOMPARE(data.times[1] - data.times[0], 1e6);
    QCOMPARE(data.keys[2].toDisplayText(), u"3"_s);
    QCOMPARE(data.stride, 1);
}

void tst_Series::oneRecordsPointsOnly()
{
    const SeriesData data = read(file(), {Value::integer(2)});
    QCOMPARE(data.figures[0], (std::vector<double>{30, 50}));
}

void tst_Series::meansAndQuartiles()
{
    const SeriesData data = read(file());
    const std::vector<SeriesLine> lines = summarise(data, 0, SeriesAxis::Ordinal, SeriesGrain::Stretches, 8, 10);
    QCOMPARE(lines.size(), std::size_t(2));
    QCOMPARE(lines[0].name, u"left"_s); // has the most
    QCOMPARE(lines[0].points.size(), std::size_t(1));
    QCOMPARE(lines[0].points[0].x, 1.0);
    QCOMPARE(lines[0].points[0].y, 30.0);
    QCOMPARE(lines[0].points[0].low, 20.0);
    QCOMPARE(lines[0].points[0].high, 40.0);
    QCOMPARE(lines[0].points[0].count, 3U);
    std::size_t omitted = 0;
    QCOMPARE(summarise(data, 0, SeriesAxis::Ordinal, SeriesGrain::Points, 1, 10, &omitted).size(), std::size_t(1));
    QCOMPARE(omitted, std::size_t(1));
    // Over time in days: left has a day with one and a day with two.
    const std::vector<SeriesLine> days = summarise(data, 0, SeriesAxis::Time, SeriesGrain::Stretches, 8, 2);
    QCOMPARE(days[0].points.size(), std::size_t(2));
    QCOMPARE(days[0].points[1].y, 40.0);
}

void tst_Series::stretchesAreRound()
{
    QCOMPARE(roundStretch(1), 1e6);
    QCOMPARE(roundStretch(61e6), 300e6);
    QCOMPARE(roundStretch(86'000e6), 86'400e6);
    QVERIFY(std::fmod(roundStretch(100 * 86'400e6), 28 * 86'400e6) == 0);
}

void tst_Series::manyRowsAreThinnedEvenly()
{
    const SeriesData data = read(file(QString::fromLatin1(schema)
                                      + u"WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 1200009) INSERT INTO steps SELECT i, 1, "
                                        "datetime(1700000000 + i, 'unixepoch'), NULL, 1, 'left', i % 100, '' FROM n;"_s));
    QCOMPARE(data.rows, 1'200'005);
    QCOMPARE(data.stride, 4);
    QVERIFY(data.size() <= SeriesData::mostPoints);
    QVERIFY(data.size() > SeriesData::mostPoints / 2);
    QCOMPARE(data.times[20'001] - data.times[20'000], 4e6);
    QCOMPARE(data.keys.size(), data.size());
    QCOMPARE(data.figures[1].size(), data.size());
}

void tst_Series::everySystemHasSomethingToDraw_data()
{
    QTest::addColumn<int>("fewest");
    QTest::newRow("consensus-engine") << 2;
    QTest::newRow("mindgames-arena") << 2;
    QTest::newRow("quorum") << 2;
    QTest::newRow("llm-orchestration") << 3;
    QTest::newRow("project-2501") << 3;
}

void tst_Series::everySystemHasSomethingToDraw()
{
    QFETCH(int, fewest);
    const QString system = QString::fromLatin1(QTest::currentDataTag());
    const QString path = m_folder.filePath(system + u".db"_s);
    QCOMPARE(makeDemoFile(path, system), QString());
    const OpenedSystem opened(DatabaseUrl::forFile(path));
    const auto connection = Connection::open(DatabaseUrl::forFile(path));
    const std::vector<SeriesLens> all = seriesOf(*opened.context.profile);
    QVERIFY2(static_cast<int>(all.size()) >= fewest, qPrintable(QString::number(all.size())));
    QStringList ids;
    for (const SeriesLens &each : all) {
        const Result<SeriesData> data = readSeries(**connection, *opened.context.catalog, *opened.context.profile, each, {}, PriceList::builtIn());
        QVERIFY2(data.has_value(), data ? "" : qPrintable(each.id + data.error().message + data.error().detail));
        QVERIFY2(data->size() > 0, qPrintable(each.id));
        for (std::size_t figure = 0; figure < each.figures.size(); ++figure) {
            const bool isTimed = std::ranges::any_of(data->times, [](double time) { return std::isfinite(time); });
            const auto lines = summarise(*data, figure, isTimed ? SeriesAxis::Time : SeriesAxis::Ordinal, SeriesGrain::Stretches, 8, 40);
            QVERIFY2(!lines.empty() && !lines.front().points.empty(), qPrintable(each.id + u' ' + each.figures[figure].title));
        }
        ids.append(each.id);
    }
    QCOMPARE(QSet<QString>(ids.begin(), ids.end()).size(), ids.size());
}

void tst_Series::brokenLensesAreNamed()
{
    const OpenedSystem opened(file());
    const Result<SeriesLens> wrongKind = SeriesLens::from({u"matrix"_s, u"m"_s, u"M"_s, u"walks"_s, {}}, *opened.context.profile);
    QVERIFY(!wrongKind);
    const Result<SeriesLens> empty = SeriesLens::from({u"series"_s, u"m"_s, u"M"_s, u"walks"_s, {}}, *opened.context.profile);
    QVERIFY(!empty);
    QCOMPARE(empty.error().code, ErrorCode::InvalidInput);
    const auto connection = Connection::open(opened.context.pool->url());
    SeriesLens gone = lens(opened.context);
    gone.table = u"nowhere"_s;
    const Result<SeriesData> data = readSeries(**connection, *opened.context.catalog, *opened.context.profile, gone, {}, {});
    QVERIFY(!data);
    QCOMPARE(data.error().code, ErrorCode::NotFound);
}

QTEST_GUILESS_MAIN(tst_Series)
#include "tst_series.moc"
