// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/charts/axisticks.h"
#include "views/charts/decimation.h"

#include <QDateTime>
#include <QSet>
#include <QTest>

#include <cmath>
#include <random>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_ChartData : public QObject
{
    Q_OBJECT

private slots:
    void ticksAreRoundAndFew_data();
    void ticksAreRoundAndFew();
    void ticksTellThemselvesApart();
    void ticksOfNothing();
    void timesFollowTheCalendar();
    void valuesReadWell();
    void aLineKeepsItsExtremes();
    void fewPointsStay();
    void aCloudKeepsItsOutline();
    void rangesHoldEverything();
};

namespace {

double day(int year, int month, int dayOfMonth)
{
    return static_cast<double>(QDateTime(QDate(year, month, dayOfMonth), QTime(0, 0), Qt::UTC).toMSecsSinceEpoch()) * 1000;
}

} // namespace

void tst_ChartData::ticksAreRoundAndFew_data()
{
    QTest::addColumn<double>("low");
    QTest::addColumn<double>("high");
    QTest::newRow("tens") << 0.0 << 43.0;
    QTest::newRow("negative") << -17.3 << 9.1;
    QTest::newRow("small") << 0.00012 << 0.00019;
    QTest::newRow("large") << 1e12 << 3e12;
    QTest::newRow("narrow far away") << 1e9 << 1e9 + 3;
}

void tst_ChartData::ticksAreRoundAndFew()
{
    QFETCH(double, low);
    QFETCH(double, high);
    for (int most = 2; most < 15; ++most) {
        const std::vector<AxisTick> ticks = axisTicks(AxisKind::Number, low, high, most);
        QVERIFY(!ticks.empty());
        QVERIFY(static_cast<int>(ticks.size()) <= most + 1);
        for (std::size_t i = 0; i < ticks.size(); ++i) {
            QVERIFY(ticks[i].value >= low - (high - low) * 1e-6 && ticks[i].value <= high + (high - low) * 1e-6);
            if (i > 1)
                QVERIFY(std::abs((ticks[i].value - ticks[i - 1].value) - (ticks[1].value - ticks[0].value)) < (high - low) * 1e-6);
        }
    }
}

void tst_ChartData::ticksTellThemselvesApart()
{
    for (const AxisKind kind : {AxisKind::Number, AxisKind::Share, AxisKind::Duration, AxisKind::Dollars}) {
        for (const double length : {0.003, 0.7, 12.0, 900.0, 50'000.0, 8e6}) {
            QSet<QString> labels;
            const auto ticks = axisTicks(kind, 0, length, 6);
            for (const AxisTick &tick : ticks)
                labels.insert(tick.label);
            QVERIFY2(labels.size() == static_cast<qsizetype>(ticks.size()), qPrintable(u"%1 %2"_s.arg(static_cast<int>(kind)).arg(length)));
        }
    }
}

void tst_ChartData::ticksOfNothing()
{
    QVERIFY(axisTicks(AxisKind::Number, 1, 1, 5).empty());
    QVERIFY(axisTicks(AxisKind::Number, std::nan(""), 1, 5).empty());
    QVERIFY(axisTicks(AxisKind::Time, 0, INFINITY, 5).empty());
    QVERIFY(axisTicks(AxisKind::Number, 0, 1, 0).empty());
}

void tst_ChartData::timesFollowTheCalendar()
{
    const auto months = axisTicks(AxisKind::Time, day(2025, 1, 15), day(2025, 9, 2), 8);
    QCOMPARE(months.front().value, day(2025, 2, 1));
    QCOMPARE(months.back().value, day(2025, 9, 1));
    const auto days = axisTicks(AxisKind::Time, day(2025, 3, 1), day(2025, 3, 6), 6);
    QCOMPARE(days.front().value, day(2025, 3, 1));
    QCOMPARE(days[1].value - days[0].value, 86'400e6);
    const auto hours = axisTicks(AxisKind::Time, day(2025, 3, 1), day(2025, 3, 2), 5);
    QVERIFY(hours.front().label.contains(u"00:00"_s) && hours.front().label.size() > 5); // says the day
    QVERIFY(!axisTicks(AxisKind::Time, day(1990, 1, 1), day(2025, 1, 1), 5).empty());
}

void tst_ChartData::valuesReadWell()
{
    QLocale::setDefault(QLocale::c());
    QCOMPARE(axisText(AxisKind::Share, 0.4321), u"43.2 %"_s);
    QCOMPARE(axisText(AxisKind::Number, 1204), QLocale().toString(1204));
    QCOMPARE(axisText(AxisKind::Time, day(2025, 10, 21)), u"2025-10-21 00:00:00"_s);
    QCOMPARE(axisText(AxisKind::Number, std::nan("")), u"–"_s);
}

void tst_ChartData::aLineKeepsItsExtremes()
{
    std::mt19937 random(3);
    std::normal_distribution<double> noise;
    std::vector<ChartPoint> points;
    for (int i = 0; i < 200'000; ++i)
        points.push_back({static_cast<double>(i), noise(random), -5, i == 77'777 ? 50.0 : 5.0});
    points[123'456].y = 40;
    points[54'321].y = -40;
    const std::vector<std::uint32_t> kept = decimatedLine(points, 0, 199'999, 800);
    QVERIFY(kept.size() <= 800 * 6 + 8);
    QVERIFY(std::ranges::is_sorted(kept));
    for (const std::uint32_t needed : {0U, 54'321U, 77'777U, 123'456U, 199'999U})
        QVERIFY2(std::ranges::binary_search(kept, needed), qPrintable(QString::number(needed)));
    // A look closer shows more of it, and what lies just outside, so that lines leave the picture.
    const std::vector<std::uint32_t> close = decimatedLine(points, 1000.5, 1010.5, 800);
    QCOMPARE(close.front(), 1000U);
    QCOMPARE(close.back(), 1011U);
    QCOMPARE(close.size(), std::size_t(12));
}

void tst_ChartData::fewPointsStay()
{
    const std::vector<ChartPoint> points{{1, 1}, {2, 2}, {3, 3}};
    QCOMPARE(decimatedLine(points, 0, 10, 100), (std::vector<std::uint32_t>{0, 1, 2}));
    QCOMPARE(decimatedLine({}, 0, 10, 100).size(), std::size_t(0));
}

void tst_ChartData::aCloudKeepsItsOutline()
{
    std::mt19937 random(5);
    std::normal_distribution<double> noise;
    std::vector<ChartPoint> points;
    for (int i = 0; i < 100'000; ++i)
        points.push_back({noise(random), noise(random)});
    const std::vector<std::uint32_t> kept = decimatedDots(points, -6, 6, -6, 6, 100, 50);
    QVERIFY(kept.size() <= 5000);
    const auto furthest = std::ranges::max_element(points, {}, &ChartPoint::x) - points.begin();
    const bool isThere = std::ranges::any_of(kept, [&](std::uint32_t at) { return std::abs(points[at].x - points[static_cast<std::size_t>(furthest)].x) < 12.0 / 100; });
    QVERIFY(isThere);
    QVERIFY(decimatedDots(points, 1, 1, 0, 1, 10, 10).empty());
}

void tst_ChartData::rangesHoldEverything()
{
    ChartSpec spec;
    ChartRange nothing = wholeX(spec);
    QVERIFY(nothing.high > nothing.low);
    spec.lines.push_back({u"one"_s, ChartLine::Shape::Line, {{5, 5, 4, 6}}});
    const ChartRange one = wholeX(spec);
    QVERIFY(one.low < 5 && one.high > 5);
    const ChartRange y = wholeY(spec, one);
    QVERIFY(y.low <= 4 && y.high >= 6);
    spec.y.low = 0;
    spec.y.high = 100;
    QCOMPARE(wholeY(spec, one).high, 100.0);
    QCOMPARE(pointWords(spec, 0, 0).first(), u"one"_s);
}

QTEST_GUILESS_MAIN(tst_ChartData)
#include "tst_chartdata.moc"
