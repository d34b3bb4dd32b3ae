// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/rating/normal.h"
#include "models/rating/trueskill.h"
#include "tests/support/testpaths.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtTest>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

using namespace turnstone::rating;
using namespace Qt::StringLiterals;

/// A contest that owns its players.
struct Contest
{
    std::vector<std::vector<Player>> sides;
    std::vector<int> ranks;

    std::vector<Team> teams()
    {
        std::vector<Team> teams;
        for (std::size_t i = 0; i < sides.size(); ++i)
            teams.push_back({sides[i], ranks[i]});
        return teams;
    }
    void play(const RatingSystem &system)
    {
        std::vector<Team> both = teams();
        system.update(both);
    }
};

class tst_TrueSkill : public QObject
{
    Q_OBJECT

private slots:
    void referenceGames_data();
    void referenceGames();
    void drawMargins();
    void orderOfTeamsAndPlayersIsIrrelevant();
    void sigmaNeverGrowsWithoutTau();
    void aDrawMovesRatingsTogether();
    void oneAgainstOneEqualsTheClosedForm();
    void manyTeamsWithOnePairAgreeWithTheExactStep();
    void aMillionRandomGamesStayFinite();
    void aPlayerOfWeightZeroKeepsMu();
    void fewerThanTwoTeamsSayNothing();
    void winProbabilitiesOfBothSidesAddUpToOne();
    void aNewcomersConservativeRatingIsZero();
    void invalidParametersAreRecognised();

private:
    std::mt19937 m_random{20250701};

    Contest randomContest(int maxTeams, int maxPlayers);
};

namespace {

QJsonObject reference()
{
    QFile file(turnstone::sourcePath(QStringLiteral("tests/data/rating/trueskill_vectors.json")));
    if (!file.open(QIODevice::ReadOnly))
        qFatal("the reference games are missing");
    return QJsonDocument::fromJson(file.readAll()).object();
}

TrueSkillParameters parametersFrom(const QJsonObject &object)
{
    TrueSkillParameters parameters;
    parameters.mu = object.value(u"mu"_s).toDouble(parameters.mu);
    parameters.sigma = object.value(u"sigma"_s).toDouble(parameters.sigma);
    parameters.beta = object.value(u"beta"_s).toDouble(parameters.beta);
    parameters.tau = object.value(u"tau"_s).toDouble(parameters.tau);
    parameters.drawProbability = object.value(u"draw_probability"_s).toDouble(parameters.drawProbability);
    return parameters;
}

Contest contestFrom(const QJsonObject &vector)
{
    Contest contest;
    const QJsonArray teams = vector.value(u"teams"_s).toArray();
    const QJsonArray weights = vector.value(u"weights"_s).toArray();
    for (qsizetype i = 0; i < teams.size(); ++i) {
        std::vector<Player> &side = contest.sides.emplace_back();
        const QJsonArray players = teams[i].toArray();
        for (qsizetype j = 0; j < players.size(); ++j) {
            const double weight = weights.isEmpty() ? 1.0 : weights[i].toArray()[j].toDouble();
            side.push_back({{players[j].toArray()[0].toDouble(), players[j].toArray()[1].toDouble()}, weight});
        }
        contest.ranks.push_back(vector.value(u"ranks"_s).toArray()[i].toInt());
    }
    return contest;
}

bool isNear(double a, double b, double tolerance)
{
    return std::abs(a - b) <= tolerance;
}

} // namespace

Contest tst_TrueSkill::randomContest(int maxTeams, int maxPlayers)
{
    Contest contest;
    std::uniform_int_distribution<int> teams(2, maxTeams);
    std::uniform_int_distribution<int> players(1, maxPlayers);
    std::uniform_real_distribution<double> mu(0, 50);
    std::uniform_real_distribution<double> sigma(0.5, 9);
    const int count = teams(m_random);
    for (int i = 0; i < count; ++i) {
        std::vector<Player> &side = contest.sides.emplace_back();
        for (int j = players(m_random); j > 0; --j)
            side.push_back({{mu(m_random), sigma(m_random)}, 1});
        contest.ranks.push_back(teams(m_random));
    }
    return contest;
}

void tst_TrueSkill::referenceGames_data()
{
    QTest::addColumn<QJsonObject>("vector");
    const QJsonArray vectors = reference().value(u"vectors"_s).toArray();
    QCOMPARE(vectors.size(), 31);
    for (const QJsonValue &vector : vectors)
        QTest::addRow("%s", qPrintable(vector[u"name"_s].toString())) << vector.toObject();
}

void tst_TrueSkill::referenceGames()
{
    QFETCH(QJsonObject, vector);
    const TrueSkill system(parametersFrom(vector.value(u"params"_s).toObject()));
    Contest contest = contestFrom(vector);
    QVERIFY2(isNear(system.quality(contest.teams()), vector.value(u"expected_quality"_s).toDouble(), 1e-6),
             qPrintable(QString::number(system.quality(contest.teams()))));
    // The reference leaves weights out of the probability.
    if (vector.contains(u"expected_win_probability_team0"_s) && vector.value(u"weights"_s).isNull()) {
        QVERIFY(isNear(system.winProbability(contest.sides[0], contest.sides[1]),
                       vector.value(u"expected_win_probability_team0"_s).toDouble(), 1e-6));
    }
    contest.play(system);
    const QJsonArray expected = vector.value(u"expected"_s).toArray();
    for (std::size_t i = 0; i < contest.sides.size(); ++i) {
        for (std::size_t j = 0; j < contest.sides[i].size(); ++j) {
            const QJsonArray player = expected[static_cast<qsizetype>(i)].toArray()[static_cast<qsizetype>(j)].toArray();
            const Rating rating = contest.sides[i][j].rating;
            const QString got = u"team %1 player %2: %3 ± %4"_s.arg(i).arg(j).arg(rating.mu, 0, 'f', 6).arg(rating.sigma, 0, 'f', 6);
            QVERIFY2(isNear(rating.mu, player[0].toDouble(), 1e-4) && isNear(rating.sigma, player[1].toDouble(), 1e-4), qPrintable(got));
        }
    }
}

void tst_TrueSkill::drawMargins()
{
    for (const QJsonValue &margin : reference().value(u"draw_margins"_s).toArray()) {
        const TrueSkill system(parametersFrom(margin.toObject()));
        QVERIFY(isNear(system.drawMargin(margin[u"players"_s].toInt()), margin[u"margin"_s].toDouble(), 1e-6));
    }
}

void tst_TrueSkill::orderOfTeamsAndPlayersIsIrrelevant()
{
    const TrueSkill system;
    for (int i = 0; i < 300; ++i) {
        Contest contest = randomContest(5, 4);
        // Equal ranks make a chain whose order of neighbours is a choice: only distinct ranks are symmetric.
        for (std::size_t k = 0; k < contest.ranks.size(); ++k)
            contest.ranks[k] = static_cast<int>(k);
        Contest turned = contest;
        std::ranges::reverse(turned.sides);
        std::ranges::reverse(turned.ranks);
        for (std::vector<Player> &side : turned.sides)
            std::ranges::reverse(side);
        contest.play(system);
        turned.play(system);
        for (std::size_t side = 0; side < contest.sides.size(); ++side) {
            for (std::size_t player = 0; player < contest.sides[side].size(); ++player) {
                const Rating a = contest.sides[side][player].rating;
                const Rating b = turned.sides[contest.sides.size() - 1 - side][contest.sides[side].size() - 1 - player].rating;
                QVERIFY(isNear(a.mu, b.mu, 1e-6) && isNear(a.sigma, b.sigma, 1e-6));
            }
        }
    }
}

void tst_TrueSkill::sigmaNeverGrowsWithoutTau()
{
    TrueSkillParameters parameters;
    parameters.tau = 0;
    const TrueSkill system(parameters);
    for (int i = 0; i < 2000; ++i) {
        Contest contest = randomContest(4, 4);
        const Contest before = contest;
        contest.play(system);
        for (std::size_t side = 0; side < contest.sides.size(); ++side)
            for (std::size_t player = 0; player < contest.sides[side].size(); ++player)
                QVERIFY(contest.sides[side][player].rating.sigma <= before.sides[side][player].rating.sigma * (1 + 1e-12));
    }
}

void tst_TrueSkill::aDrawMovesRatingsTogether()
{
    const TrueSkill system;
    for (const double higher : {25.5, 30.0, 40.0, 60.0}) {
        Contest contest{{{{{25, 5}, 1}}, {{{higher, 5}, 1}}}, {0, 0}};
        contest.play(system);
        QVERIFY(contest.sides[0][0].rating.mu > 25);
        QVERIFY(contest.sides[1][0].rating.mu < higher);
        QVERIFY(contest.sides[0][0].rating.mu <= contest.sides[1][0].rating.mu);
    }
}

void tst_TrueSkill::oneAgainstOneEqualsTheClosedForm()
{
    const TrueSkill system;
    const TrueSkillParameters &p = system.parameters();
    for (int i = 0; i < 1000; ++i) {
        Contest contest = randomContest(2, 1);
        contest.ranks = {0, 1};
        const Rating winner = contest.sides[0][0].rating;
        const Rating loser = contest.sides[1][0].rating;
        contest.play(system);
        const double winnerVariance = winner.sigma * winner.sigma + p.tau * p.tau;
        const double loserVariance = loser.sigma * loser.sigma + p.tau * p.tau;
        const double c = std::sqrt(winnerVariance + loserVariance + 2 * p.beta * p.beta);
        const double t = (winner.mu - loser.mu - system.drawMargin(2)) / c;
        const double v = normalDensity(t) / normalBelow(t);
        const double w = v * (v + t);
        QVERIFY(isNear(contest.sides[0][0].rating.mu, winner.mu + winnerVariance / c * v, 1e-9));
        QVERIFY(isNear(contest.sides[1][0].rating.mu, loser.mu - loserVariance / c * v, 1e-9));
        QVERIFY(isNear(contest.sides[0][0].rating.sigma, std::sqrt(winnerVariance * (1 - winnerVariance / (c * c) * w)), 1e-9));
        QVERIFY(isNear(contest.sides[1][0].rating.sigma, std::sqrt(loserVariance * (1 - loserVariance / (c * c) * w)), 1e-9));
    }
}

void tst_TrueSkill::manyTeamsWithOnePairAgreeWithTheExactStep()
{
    // A third team that surely lost against both tells next to nothing about them.
    const TrueSkill system;
    for (int i = 0; i < 200; ++i) {
        Contest two = randomContest(2, 3);
        two.sides.resize(2);
        two.ranks = {0, 1};
        Contest three = two;
        three.sides.push_back({{{-2000, 1}, 1}});
        three.ranks.push_back(2);
        two.play(system);
        three.play(system);
        for (std::size_t side = 0; side < 2; ++side) {
            for (std::size_t player = 0; player < two.sides[side].size(); ++player) {
                QVERIFY(isNear(two.sides[side][player].rating.mu, three.sides[side][player].rating.mu, 1e-9));
                QVERIFY(isNear(two.sides[side][player].rating.sigma, three.sides[side][player].rating.sigma, 1e-9));
            }
        }
    }
}

void tst_TrueSkill::aMillionRandomGamesStayFinite()
{
    const TrueSkill system;
    std::vector<Rating> agents(500, system.initial());
    std::uniform_int_distribution<std::size_t> pick(0, agents.size() - 1);
    std::uniform_int_distribution<int> die(0, 9);
    std::array<std::size_t, 6> chosen{};
    std::array<Player, 6> players;
    for (int game = 0; game < 1'000'000; ++game) {
        for (std::size_t i = 0; i < 6; ++i) {
            chosen[i] = pick(m_random);
            players[i] = {agents[chosen[i]], 1};
        }
        const int kind = die(m_random);
        const std::span<Player> all(players);
        if (kind == 0) {
            std::array<Team, 3> teams{{{all.first(2), die(m_random) % 3}, {all.subspan(2, 2), die(m_random) % 3}, {all.last(2), die(m_random) % 3}}};
            system.update(teams);
        } else {
            // Agents of an odd number always beat the others, to drive the ratings apart.
            std::array<Team, 2> teams{{{all.first(2), chosen[0] % 2 == 0 ? 1 : 0}, {all.last(4), kind == 1 ? 0 : static_cast<int>(chosen[0] % 2)}}};
            system.update(teams);
        }
        for (std::size_t i = 0; i < 6; ++i) {
            QVERIFY(std::isfinite(players[i].rating.mu) && std::isfinite(players[i].rating.sigma) && players[i].rating.sigma > 0);
            agents[chosen[i]] = players[i].rating;
        }
    }
}

void tst_TrueSkill::aPlayerOfWeightZeroKeepsMu()
{
    const TrueSkill system;
    for (const int teams : {2, 3}) {
        Contest contest{{{{{20, 3}, 0}, {{25, 8}, 1}}, {{{25, 8}, 1}}}, {0, 1}};
        if (teams == 3) {
            contest.sides.push_back({{{30, 4}, 0}});
            contest.ranks.push_back(2);
        }
        contest.play(system);
        QCOMPARE(contest.sides[0][0].rating.mu, 20.0);
        QVERIFY(contest.sides[0][1].rating.mu > 25);
        QVERIFY(teams == 2 || contest.sides[2][0].rating.mu == 30.0);
        for (const std::vector<Player> &side : contest.sides)
            QVERIFY(std::isfinite(side[0].rating.sigma));
    }
}

void tst_TrueSkill::fewerThanTwoTeamsSayNothing()
{
    const TrueSkill system;
    Contest alone{{{{{20, 3}, 1}}}, {0}};
    alone.play(system);
    QCOMPARE(alone.sides[0][0].rating.mu, 20.0);
    QCOMPARE(alone.sides[0][0].rating.sigma, 3.0);
    system.update({});
}

void tst_TrueSkill::winProbabilitiesOfBothSidesAddUpToOne()
{
    const TrueSkill system;
    for (int i = 0; i < 100; ++i) {
        const Contest contest = randomContest(2, 4);
        const double sum = system.winProbability(contest.sides[0], contest.sides[1]) + system.winProbability(contest.sides[1], contest.sides[0]);
        QVERIFY(isNear(sum, 1, 1e-12));
    }
    // Two even players against four.
    const std::vector<Player> two(2, {{25, 1e-6}, 1});
    const std::vector<Player> four(4, {{25, 1e-6}, 1});
    QVERIFY(system.winProbability(two, four) < 1e-5);
}

void tst_TrueSkill::aNewcomersConservativeRatingIsZero()
{
    const TrueSkill system;
    QCOMPARE(system.conservative(system.initial()), 0.0);
    QVERIFY(isNear(system.conservative({30, 2}), 24, 1e-12));
}

void tst_TrueSkill::invalidParametersAreRecognised()
{
    QVERIFY(TrueSkillParameters{}.isValid());
    QVERIFY(!(TrueSkillParameters{.sigma = 0}.isValid()));
    QVERIFY(!(TrueSkillParameters{.beta = -1}.isValid()));
    QVERIFY(!(TrueSkillParameters{.tau = std::nan("")}.isValid()));
    QVERIFY(!(TrueSkillParameters{.drawProbability = 1}.isValid()));
    QVERIFY(!(TrueSkillParameters{.mu = INFINITY}.isValid()));
}

QTEST_APPLESS_MAIN(tst_TrueSkill)
#include "tst_trueskill.moc"
