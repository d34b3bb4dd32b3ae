// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/rating/plackettluce.h"
#include "models/rating/ratingsystems.h"
#include "tests/support/testpaths.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <cmath>
#include <random>

using namespace turnstone::rating;
using namespace Qt::StringLiterals;

class tst_PlackettLuce : public QObject
{
    Q_OBJECT

private slots:
    void publishedGames_data();
    void publishedGames();
    void orderOfTeamsIsIrrelevant();
    void everySystemKeepsItsPromises_data();
    void everySystemKeepsItsPromises();
    void anUnknownSystemIsNull();
};

namespace {

struct Contest
{
    std::vector<std::vector<Player>> sides;
    std::vector<int> ranks;

    void play(const RatingSystem &system)
    {
        std::vector<Team> teams;
        for (std::size_t i = 0; i < sides.size(); ++i)
            teams.push_back({sides[i], ranks[i]});
        system.update(teams);
    }
};

} // namespace

void tst_PlackettLuce::publishedGames_data()
{
    QTest::addColumn<QJsonObject>("vector");
    QFile file(turnstone::sourcePath(u"tests/data/rating/trueskill_vectors.json"_s));
    QVERIFY(file.open(QIODevice::ReadOnly));
    int games = 0;
    for (const QJsonValue &vector : QJsonDocument::fromJson(file.readAll()).object().value(u"openskill_5_0_1"_s)[u"vectors"_s].toArray()) {
        if (vector[u"model"_s].toString() != u"plackettLuce")
            continue;
        QTest::addRow("%s", qPrintable(vector[u"name"_s].toString())) << vector.toObject();
        ++games;
    }
    QCOMPARE(games, 4);
}

void tst_PlackettLuce::publishedGames()
{
    QFETCH(QJsonObject, vector);
    const PlackettLuce system;
    Contest contest;
    const QJsonArray sizes = vector[u"sizes"_s].toArray();
    for (qsizetype i = 0; i < sizes.size(); ++i) {
        contest.sides.emplace_back(static_cast<std::size_t>(sizes[i].toInt()), Player{system.initial(), 1});
        contest.ranks.push_back(vector[u"rank"_s].isArray() ? vector[u"rank"_s][i].toInt() : static_cast<int>(i));
    }
    contest.play(system);
    for (std::size_t i = 0; i < contest.sides.size(); ++i) {
        for (std::size_t j = 0; j < contest.sides[i].size(); ++j) {
            const QJsonValue expected = vector[u"expected"_s][static_cast<qsizetype>(i)][static_cast<qsizetype>(j)];
            const Rating rating = contest.sides[i][j].rating;
            QVERIFY2(std::abs(rating.mu - expected[0].toDouble()) < 1e-5 && std::abs(rating.sigma - expected[1].toDouble()) < 1e-5,
                     qPrintable(u"%1 %2"_s.arg(rating.mu, 0, 'f', 6).arg(rating.sigma, 0, 'f', 6)));
        }
    }
}

void tst_PlackettLuce::orderOfTeamsIsIrrelevant()
{
    const PlackettLuce system;
    Contest one{{{{{30, 3}, 1}, {{20, 6}, 1}}, {{{27, 4}, 1}}, {{{22, 8}, 0.5}}}, {1, 0, 1}};
    Contest other{{one.sides[2], one.sides[0], one.sides[1]}, {1, 1, 0}};
    one.play(system);
    other.play(system);
    for (std::size_t i = 0; i < 3; ++i) {
        for (std::size_t j = 0; j < one.sides[i].size(); ++j) {
            QVERIFY(std::abs(one.sides[i][j].rating.mu - other.sides[(i + 1) % 3][j].rating.mu) < 1e-12);
            QVERIFY(std::abs(one.sides[i][j].rating.sigma - other.sides[(i + 1) % 3][j].rating.sigma) < 1e-12);
        }
    }
}

void tst_PlackettLuce::everySystemKeepsItsPromises_data()
{
    QTest::addColumn<QByteArray>("id");
    for (const RatingSystemKind &kind : ratingSystemKinds())
        QTest::addRow("%s", kind.id.data()) << QByteArray(kind.id.data(), static_cast<qsizetype>(kind.id.size()));
    QVERIFY(ratingSystemKinds().size() >= 2);
}

void tst_PlackettLuce::everySystemKeepsItsPromises()
{
    QFETCH(QByteArray, id);
    TrueSkillParameters parameters;
    parameters.tau = 0;
    const std::unique_ptr<RatingSystem> system = makeRatingSystem(id.toStdString(), parameters);
    QVERIFY(system != nullptr);
    QVERIFY(std::abs(system->conservative(system->initial())) < 1e-12);
    std::mt19937 random(11);
    std::uniform_real_distribution<double> mu(-100, 150);
    std::uniform_real_distribution<double> sigma(0.01, 20);
    std::uniform_int_distribution<int> players(1, 5);
    std::uniform_int_distribution<int> teams(2, 5);
    for (int game = 0; game < 20'000; ++game) {
        Contest contest;
        for (int i = teams(random); i > 0; --i) {
            std::vector<Player> &side = contest.sides.emplace_back();
            for (int j = players(random); j > 0; --j)
                side.push_back({{mu(random), sigma(random)}, j == 3 ? 0.0 : 1.0});
            contest.ranks.push_back(teams(random));
        }
        const double quality = [&] {
            std::vector<Team> list;
            for (std::size_t i = 0; i < contest.sides.size(); ++i)
                list.push_back({contest.sides[i], contest.ranks[i]});
            return system->quality(list);
        }();
        QVERIFY(quality >= 0 && quality <= 1 + 1e-12);
        const double first = system->winProbability(contest.sides[0], contest.sides[1]);
        QVERIFY(first >= 0 && first <= 1);
        QVERIFY(std::abs(first + system->winProbability(contest.sides[1], contest.sides[0]) - 1) < 1e-9);
        const Contest before = contest;
        contest.play(*system);
        for (std::size_t i = 0; i < contest.sides.size(); ++i) {
            for (std::size_t j = 0; j < contest.sides[i].size(); ++j) {
                const Player &was = before.sides[i][j];
                const Rating &is = contest.sides[i][j].rating;
                QVERIFY(std::isfinite(is.mu) && std::isfinite(is.sigma) && is.sigma > 0);
                QVERIFY(is.sigma <= was.rating.sigma * (1 + 1e-12)); // without drift nothing is forgotten
                QVERIFY(was.weight > 0 || is.mu == was.rating.mu);
            }
        }
    }
    // Who wins rises, who loses falls.
    Contest duel{{{{{25, 8}, 1}}, {{{25, 8}, 1}}}, {0, 1}};
    duel.play(*system);
    QVERIFY(duel.sides[0][0].rating.mu > 25 && duel.sides[1][0].rating.mu < 25);
    // A draw brings them nearer to each other.
    Contest draw{{{{{30, 8}, 1}}, {{{20, 8}, 1}}}, {0, 0}};
    draw.play(*system);
    QVERIFY(draw.sides[0][0].rating.mu < 30 && draw.sides[1][0].rating.mu > 20);
}

void tst_PlackettLuce::anUnknownSystemIsNull()
{
    QVERIFY(makeRatingSystem("elo") == nullptr);
}

QTEST_APPLESS_MAIN(tst_PlackettLuce)
#include "tst_plackettluce.moc"
