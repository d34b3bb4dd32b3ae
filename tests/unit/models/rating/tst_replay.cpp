// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/rating/replay.h"
#include "models/rating/trueskill.h"

#include <QtTest>

#include <cmath>
#include <random>

using namespace turnstone::rating;

using Entry = ContestLog::Entry;

class tst_Replay : public QObject
{
    Q_OBJECT

private slots:
    void anEmptyLogGivesNothing();
    void contestsAreRatedInOrder();
    void winsDrawsAndLossesAreCounted();
    void sideWeightsCount();
    void aCompetitorOnBothSidesLearnsFromBoth();
    void historiesAreThinnedEvenlyAndEndWithTheLast_data();
    void historiesAreThinnedEvenlyAndEndWithTheLast();
    void aStoppedReplayGivesNothing();
    void hiddenSkillsAreFoundAndIntervalsCoverThem();
    void sharesHaveWilsonsIntervals();
};

namespace {

/// One against one; the first wins.
void addDuel(ContestLog &log, std::uint32_t winner, std::uint32_t loser)
{
    const Entry entries[] = {{winner, 0, 0, 0}, {loser, 1, 1, 1}};
    log.add(static_cast<std::uint32_t>(log.size()), static_cast<std::int64_t>(log.size()) * 1000, entries);
}

} // namespace

void tst_Replay::anEmptyLogGivesNothing()
{
    const auto result = replay({}, TrueSkill());
    QVERIFY(result);
    QVERIFY(result->standings.empty());
    QVERIFY(talliesBySide({}).empty());
}

void tst_Replay::contestsAreRatedInOrder()
{
    ContestLog log;
    addDuel(log, 0, 1);
    addDuel(log, 1, 2);
    const TrueSkill system;
    const auto result = replay(log, system);
    QVERIFY(result);
    std::vector<Player> players(3, Player{system.initial(), 1});
    Team first[] = {{std::span(players).subspan(0, 1), 0}, {std::span(players).subspan(1, 1), 1}};
    system.update(first);
    Team second[] = {{std::span(players).subspan(1, 1), 0}, {std::span(players).subspan(2, 1), 1}};
    system.update(second);
    for (std::size_t i = 0; i < 3; ++i) {
        QCOMPARE(result->standings[i].rating.mu, players[i].rating.mu);
        QCOMPARE(result->standings[i].rating.sigma, players[i].rating.sigma);
    }
    QCOMPARE(result->standings[0].lastTime, 0);
    QCOMPARE(result->standings[2].lastTime, 1000);
    QCOMPARE(result->standings[1].history.size(), 2u);
    QCOMPARE(result->standings[1].history[1].contest, 1u);
}

void tst_Replay::winsDrawsAndLossesAreCounted()
{
    ContestLog log;
    addDuel(log, 0, 1);
    addDuel(log, 1, 0);
    addDuel(log, 0, 1);
    const Entry draw[] = {{0, 0, 0, 3}, {1, 1, 1, 3}, {2, 1, 2, 4}};
    log.add(7, ContestLog::noTime, draw);
    const auto result = replay(log, TrueSkill());
    QCOMPARE(result->standings[0].total, (Tally{4, 2, 1}));
    QCOMPARE(result->standings[1].total, (Tally{4, 1, 1}));
    QCOMPARE(result->standings[2].total, (Tally{1, 0, 0}));
    QCOMPARE(result->standings[2].lastTime, ContestLog::noTime);
    const std::vector<Tally> sides = talliesBySide(log);
    QCOMPARE(sides.size(), 6u);
    QCOMPARE(sides[0], (Tally{3, 2, 1})); // competitor 0 on side 0
    QCOMPARE(sides[1], (Tally{1, 0, 0}));
    const std::vector<Tally> pairs = talliesByPair(log, {1, 0});
    QCOMPARE(pairs[0 * 2 + 1], (Tally{4, 1, 1})); // 1 against 0
    QCOMPARE(pairs[1 * 2 + 0], (Tally{4, 2, 1}));
    QCOMPARE(pairs[0], Tally{});
}

void tst_Replay::sideWeightsCount()
{
    ContestLog log;
    const Entry entries[] = {{0, 0, 0, 0}, {1, 1, 1, 1}, {2, 1, 1, 1}};
    log.add(0, 0, entries);
    const auto plain = replay(log, TrueSkill());
    const auto even = replay(log, TrueSkill(), {.sideWeights = {2.0}});
    QVERIFY(plain->standings[1].rating.mu < even->standings[1].rating.mu);
    const TrueSkill system;
    std::vector<Player> players{{system.initial(), 2}, {system.initial(), 1}, {system.initial(), 1}};
    Team teams[] = {{std::span(players).first(1), 0}, {std::span(players).last(2), 1}};
    system.update(teams);
    QCOMPARE(even->standings[0].rating.mu, players[0].rating.mu);
}

void tst_Replay::aCompetitorOnBothSidesLearnsFromBoth()
{
    ContestLog log;
    const Entry same[] = {{0, 0, 0, 0}, {0, 1, 1, 1}};
    log.add(0, 0, same);
    const auto itself = replay(log, TrueSkill());
    // Beating oneself says nothing about the mean.
    QVERIFY(std::abs(itself->standings[0].rating.mu - 25) < 1e-9);
    QCOMPARE(itself->standings[0].total, (Tally{2, 1, 0}));
    QCOMPARE(itself->standings[0].history.size(), 1u);

    ContestLog twice;
    const Entry both[] = {{0, 0, 0, 0}, {0, 0, 0, 0}, {1, 1, 1, 1}, {2, 1, 1, 1}};
    twice.add(0, 0, both);
    ContestLog once;
    const Entry single[] = {{0, 0, 0, 0}, {3, 0, 0, 0}, {1, 1, 1, 1}, {2, 1, 1, 1}};
    once.add(0, 0, single);
    const double gainTwice = replay(twice, TrueSkill())->standings[0].rating.mu - 25;
    const double gainOnce = replay(once, TrueSkill())->standings[0].rating.mu - 25;
    QVERIFY(gainTwice > gainOnce);
    QVERIFY(gainTwice < 2.01 * gainOnce);
}

void tst_Replay::historiesAreThinnedEvenlyAndEndWithTheLast_data()
{
    QTest::addColumn<int>("contests");
    QTest::addColumn<int>("limit");
    for (const int contests : {1, 2, 15, 16, 17, 31, 32, 33, 100, 1000})
        QTest::addRow("%d", contests) << contests << 16;
    QTest::newRow("limit of one") << 20 << 1;
    QTest::newRow("none") << 20 << 0;
}

void tst_Replay::historiesAreThinnedEvenlyAndEndWithTheLast()
{
    QFETCH(int, contests);
    QFETCH(int, limit);
    ContestLog log;
    for (int i = 0; i < contests; ++i)
        addDuel(log, 0, static_cast<std::uint32_t>(1 + i % 3));
    const auto all = replay(log, TrueSkill(), {.historyPoints = 100'000});
    const auto thin = replay(log, TrueSkill(), {.historyPoints = static_cast<std::size_t>(limit)});
    const std::vector<HistoryPoint> &history = thin->standings[0].history;
    if (limit == 0) {
        QVERIFY(history.empty());
        return;
    }
    QVERIFY(history.size() <= static_cast<std::size_t>(limit) + 1);
    QVERIFY(contests < limit || history.size() * 2 >= static_cast<std::size_t>(limit));
    QCOMPARE(history.back().contest, static_cast<std::uint32_t>(contests - 1));
    QCOMPARE(history.front().contest, 0u);
    const std::uint32_t stride = history.size() > 2 ? history[1].contest - history[0].contest : 1;
    for (std::size_t i = 0; i < history.size(); ++i) {
        if (i + 1 < history.size() && history.size() > 2)
            QCOMPARE(history[i].contest, static_cast<std::uint32_t>(i) * stride);
        QCOMPARE(history[i].mu, all->standings[0].history[history[i].contest].mu);
    }
}

void tst_Replay::aStoppedReplayGivesNothing()
{
    ContestLog log;
    for (int i = 0; i < 100'000; ++i)
        addDuel(log, 0, 1);
    std::stop_source stop;
    std::size_t reported = 0;
    const auto result = replay(log, TrueSkill(), {}, stop.get_token(), [&](std::size_t done) {
        reported = done;
        if (done > 20'000)
            stop.request_stop();
    });
    QVERIFY(!result);
    QVERIFY(reported > 20'000 && reported < 40'000);
}

void tst_Replay::hiddenSkillsAreFoundAndIntervalsCoverThem()
{
    // Games as the model has them: skills N(25, 25/3), performances around them, two teams of three.
    std::mt19937 random(7);
    const TrueSkillParameters parameters{.tau = 0, .drawProbability = 0};
    std::normal_distribution<double> skill(parameters.mu, parameters.sigma);
    std::normal_distribution<double> noise(0, parameters.beta);
    constexpr std::uint32_t count = 200;
    std::vector<double> skills(count);
    for (double &one : skills)
        one = skill(random);
    std::uniform_int_distribution<std::uint32_t> pick(0, count - 1);
    ContestLog log;
    for (int game = 0; game < 4000; ++game) {
        Entry entries[6];
        double lead = 0;
        for (std::size_t i = 0; i < 6; ++i) {
            entries[i] = {pick(random), 0, static_cast<std::uint16_t>(i / 3), 0};
            lead += (i < 3 ? 1 : -1) * (skills[entries[i].competitor] + noise(random));
        }
        for (Entry &entry : entries)
            entry.rank = (entry.team == 0) == (lead > 0) ? 0 : 1;
        log.add(static_cast<std::uint32_t>(game), game, entries);
    }
    const auto result = replay(log, TrueSkill(parameters));
    int covered = 0;
    double agreeing = 0;
    double pairs = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
        const Rating &rating = result->standings[i].rating;
        covered += std::abs(rating.mu - skills[i]) < 1.959964 * rating.sigma ? 1 : 0;
        for (std::uint32_t j = 0; j < i; ++j) {
            agreeing += (rating.mu - result->standings[j].rating.mu) * (skills[i] - skills[j]) > 0 ? 1 : 0;
            ++pairs;
        }
    }
    qInfo("intervals cover %.1f %%, %.1f %% of pairs in the right order", 100.0 * covered / count, 100 * agreeing / pairs);
    QVERIFY(covered >= 0.90 * count && covered <= 0.995 * count);
    QVERIFY(agreeing > 0.9 * pairs);
}

void tst_Replay::sharesHaveWilsonsIntervals()
{
    const Share none = wilsonShare(0, 0);
    QCOMPARE(none.low, 0.0);
    QCOMPARE(none.high, 1.0);
    const Share half = wilsonShare(50, 100);
    QVERIFY(std::abs(half.low - 0.4038) < 5e-4 && std::abs(half.high - 0.5962) < 5e-4);
    const Share all = wilsonShare(10, 10);
    QVERIFY(std::abs(all.low - 0.7225) < 5e-4);
    QCOMPARE(all.high, 1.0);
    QVERIFY(wilsonShare(0, 10).low == 0.0 && wilsonShare(0, 10).high > 0.27);
}

QTEST_APPLESS_MAIN(tst_Replay)
#include "tst_replay.moc"
