// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/rating/balance.h"
#include "models/rating/distribution.h"

#include <QTest>

#include <cmath>
#include <limits>
#include <numeric>

using namespace turnstone::rating;

class tst_Distribution : public QObject
{
    Q_OBJECT

private slots:
    void binsAreRoundAndHoldEverything();
    void histogramsOfNothingAndOfOneValue();
    void quartilesAreInterpolated();
    void densitiesAddUpToOne();
    void ranksCorrelate();
    void coverageCounts();
    void teamsAreCountedInStretches();
    void partsOfALog();
};

void tst_Distribution::binsAreRoundAndHoldEverything()
{
    std::vector<double> values;
    for (int i = -50; i < 150; ++i)
        values.push_back(i / 10.0);
    values.push_back(std::numeric_limits<double>::quiet_NaN());
    const Histogram result = histogram(values, 20);
    QCOMPARE(result.width, 1.0);
    QCOMPARE(result.low, -5.0);
    QCOMPARE(result.counts.size(), std::size_t(20));
    QCOMPARE(std::accumulate(result.counts.begin(), result.counts.end(), 0U), 200U);
    QCOMPARE(*std::ranges::max_element(result.counts), 10U);
}

void tst_Distribution::histogramsOfNothingAndOfOneValue()
{
    QVERIFY(histogram({}, 10).counts.empty());
    const Histogram one = histogram({3.5, 3.5}, 10);
    QCOMPARE(one.counts.size(), std::size_t(1));
    QCOMPARE(one.counts.front(), 2U);
    QVERIFY(one.low <= 3.5 && one.low + one.width > 3.5);
}

void tst_Distribution::quartilesAreInterpolated()
{
    const FiveNumbers numbers = fiveNumbers({4, 1, 3, 2});
    QCOMPARE(numbers.least, 1.0);
    QCOMPARE(numbers.lowerQuartile, 1.75);
    QCOMPARE(numbers.median, 2.5);
    QCOMPARE(numbers.upperQuartile, 3.25);
    QCOMPARE(numbers.greatest, 4.0);
    QCOMPARE(fiveNumbers({}).count, std::size_t(0));
    QCOMPARE(fiveNumbers({7}).median, 7.0);
}

void tst_Distribution::densitiesAddUpToOne()
{
    constexpr std::size_t points = 2001;
    const std::vector<double> density = skillDensity({{20, 2}, {30, 4}, {25, 1}}, -20, 70, points);
    QVERIFY(std::abs(std::accumulate(density.begin(), density.end(), 0.0) * 90 / (points - 1) - 1) < 1e-5);
    QVERIFY(skillDensity({}, 0, 1, 5) == std::vector<double>(5, 0.0));
    // Out of sight: nothing is written outside.
    QVERIFY(skillDensity({{1000, 1}}, 0, 1, 5) == std::vector<double>(5, 0.0));
}

void tst_Distribution::ranksCorrelate()
{
    QCOMPARE(rankCorrelation({1, 2, 3}, {10, 200, 3000}), 1.0);
    QCOMPARE(rankCorrelation({1, 2, 3}, {3, 2, 1}), -1.0);
    QCOMPARE(rankCorrelation({1, 1, 1}, {3, 2, 1}), 0.0);
    QCOMPARE(rankCorrelation({1}, {1}), 0.0);
    // 1 - 6 Σd² / (n (n² - 1)) without ties: d = 0, 1, 1, 0, 0
    QVERIFY(std::abs(rankCorrelation({1, 2, 3, 4, 5}, {1, 3, 2, 4, 5}) - 0.9) < 1e-12);
}

void tst_Distribution::coverageCounts()
{
    QCOMPARE(coverage({{0, 1}, {0, 1}, {0, 1}, {0, 1}}, {0, 1, -3, 1.5}, 2), 0.75);
    QCOMPARE(coverage({}, {}, 2), 0.0);
}

void tst_Distribution::teamsAreCountedInStretches()
{
    ContestLog log;
    for (std::uint32_t i = 0; i < 10; ++i) {
        // The first five go to team 0, then team 1 wins three, then two draws.
        const std::uint16_t first = i < 5 ? 0 : i < 8 ? 1 : 0;
        const std::uint16_t second = i < 5 ? 1 : 0;
        const ContestLog::Entry entries[] = {{0, 0, 0, first}, {1, 0, 0, first}, {2, 1, 1, second}};
        log.add(i, i, entries);
    }
    const std::vector<BalanceStretch> halves = balanceOverTime(log, 2);
    QCOMPARE(halves.size(), std::size_t(2));
    QCOMPARE(halves[0].teams[0], (Tally{5, 5, 0}));
    QCOMPARE(halves[0].teams[1], (Tally{5, 0, 0}));
    QCOMPARE(halves[1].teams[0], (Tally{5, 0, 2}));
    QCOMPARE(halves[1].teams[1], (Tally{5, 3, 2}));
    QCOMPARE(halves[1].first, std::size_t(5));
    QCOMPARE(halves[1].last, std::size_t(10));
    QCOMPARE(balanceOverTime(log, 100).size(), std::size_t(10));
    QVERIFY(balanceOverTime({}, 5).empty());
}

void tst_Distribution::partsOfALog()
{
    ContestLog log;
    for (std::uint32_t i = 0; i < 6; ++i) {
        const ContestLog::Entry entries[] = {{i % 3, 0, 0, 0}, {(i + 1) % 3, 1, 1, 1}};
        log.add(100 + i, 10 * static_cast<std::int64_t>(i), entries);
    }
    QCOMPARE(log.firstAt(0), std::size_t(0));
    QCOMPARE(log.firstAt(11), std::size_t(2));
    QCOMPARE(log.firstAt(99), std::size_t(6));
    const ContestLog part = log.selected(1, 3);
    QCOMPARE(part.size(), std::size_t(2));
    QCOMPARE(part.ids.front(), 101U);
    QCOMPARE(part.competitorCount, 3U);
    // 0 and 1 play for one club, 2 for another: contests within the club are none.
    const std::uint32_t clubs[] = {0, 0, 1};
    const ContestLog ofClubs = log.selected(0, 99, clubs);
    QCOMPARE(ofClubs.size(), std::size_t(4));
    QCOMPARE(ofClubs.competitorCount, 2U);
    QCOMPARE(ofClubs.ids.front(), 101U);
}

QTEST_APPLESS_MAIN(tst_Distribution)
#include "tst_distribution.moc"
