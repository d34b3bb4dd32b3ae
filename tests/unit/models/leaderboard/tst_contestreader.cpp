// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/catalog/catalogreader.h"
#include "models/leaderboard/leaderboard.h"
#include "models/profiles/derivedprofile.h"
#include "tests/support/testdatabase.h"
#include "tests/support/testfiles.h"

#include <QJsonDocument>
#include <QTemporaryDir>
#include <QTest>

#include <map>
#include <tuple>

using namespace turnstone;
using namespace Qt::StringLiterals;

namespace {

constexpr auto schema = "CREATE TABLE matches(id INTEGER PRIMARY KEY, at TEXT, winner TEXT, state TEXT);"
                        "CREATE TABLE people(id INTEGER PRIMARY KEY, name TEXT, club TEXT);"
                        "CREATE TABLE seats(id INTEGER PRIMARY KEY, match_id INTEGER, person INTEGER, part TEXT, points DOUBLE PRECISION);"
                        "CREATE TABLE scores(person INTEGER PRIMARY KEY, m DOUBLE PRECISION, s DOUBLE PRECISION, at TEXT);";

constexpr auto lensJson = R"({
    "contest": {"time": "at", "winner": "winner", "where": {"state": "done"}},
    "players": {"table": "seats", "link": {"match_id": "id"}, "competitor": "person", "side": "part", "reward": "points"},
    "sides": {"Wolves": ["wolf"], "Sheep": ["sheep", "dog"]}, "weights": {"wolf": 2},
    "stored": {"table": "scores", "competitor": "person", "mu": "m", "sigma": "s", "updated": "at"},
    "competitors": {"table": "people", "label": "{name|id}", "groups": {"club": "club"}}})";

/// A game of one wolf against a sheep and a dog.
QString game(int id, const QString &at, const QString &winner, int wolf, int sheep, int dog, const QString &state = u"done"_s,
             const QString &points = u"NULL, NULL, NULL"_s)
{
    const QStringList rewards = points.split(u", "_s);
    const auto quoted = [](const QString &text) { return text.isNull() ? u"NULL"_s : u"'"_s + text + u"'"_s; };
    return u"INSERT INTO matches VALUES (%1, %2, %3, '%4');"
           "INSERT INTO seats(id, match_id, person, part, points) VALUES (%1 * 10, %1, %5, 'wolf', %8), (%1 * 10 + 1, %1, %6, 'sheep', %9), (%1 * 10 + 2, %1, %7, 'dog', %10);"_s
        .arg(id).arg(quoted(at), quoted(winner), state).arg(wolf).arg(sheep).arg(dog).arg(rewards[0], rewards[1], rewards[2]);
}

} // namespace

class tst_ContestReader : public QObject
{
    Q_OBJECT

private slots:
    void contestsAreReadInOrderOfTime_data();
    void contestsAreReadInOrderOfTime();
    void whatCannotCountIsLeftOutWithAReason_data() { servers(); }
    void whatCannotCountIsLeftOutWithAReason();
    void scatteredPlayersGiveTheSame();
    void rewardsDecideWhereNoWinnerIsNamed_data() { servers(); }
    void rewardsDecideWhereNoWinnerIsNamed();
    void everybodyPlaysAloneWithoutSides_data() { servers(); }
    void everybodyPlaysAloneWithoutSides();
    void contestsOfAQuery_data() { servers(); }
    void contestsOfAQuery();
    void namesGroupsAndStoredRatingsAreJoined_data() { servers(); }
    void namesGroupsAndStoredRatingsAreJoined();
    void ratingsAreWrittenInOneCheckedTransaction_data();
    void ratingsAreWrittenInOneCheckedTransaction();
    void aStopEndsIt();
    void brokenLensesAreNamed();

private:
    struct Opened
    {
        std::unique_ptr<Connection> connection;
        Catalog catalog;
        ResolvedProfile profile;
    };
    Opened open(const QString &place, bool readOnly = true)
    {
        ConnectionOptions options;
        options.readOnly = readOnly;
        auto connection = Connection::open(*DatabaseUrl::parse(place), options);
        if (!connection)
            qFatal("%s", qPrintable(connection.error().message));
        Opened opened{std::move(*connection), {}, {}};
        Result<Catalog> catalog = readCatalog(*opened.connection);
        if (!catalog)
            qFatal("%s", qPrintable(catalog.error().message));
        opened.catalog = std::move(*catalog);
        opened.profile = deriveProfile(opened.catalog);
        return opened;
    }
    static LeaderboardLens lens(const QByteArray &json = lensJson)
    {
        const Lens raw{u"leaderboard"_s, u"board"_s, u"Board"_s, u"matches"_s, QJsonDocument::fromJson(json).object()};
        const Result<LeaderboardLens> parsed = LeaderboardLens::from(raw);
        if (!parsed)
            qFatal("%s", qPrintable(parsed.error().message));
        return *parsed;
    }
    QString make(const QString &sql)
    {
        const QString path = m_folder.filePath(u"%1.db"_s.arg(++m_files));
        const QString problem = executeSql(path, QString::fromLatin1(schema) + sql);
        if (!problem.isEmpty())
            qFatal("%s", qPrintable(problem));
        return path;
    }
    QString placeOf(bool onServer, const TestDatabase &database, const QString &rows)
    {
        if (!onServer)
            return make(rows);
        const QString problem = database.execute(QString::fromLatin1(schema) + rows);
        if (!problem.isEmpty())
            qFatal("%s", qPrintable(problem));
        return database.url();
    }
    static void servers()
    {
        QTest::addColumn<bool>("onServer");
        QTest::newRow("SQLite") << false;
        QTest::newRow("PostgreSQL") << true;
    }

    QTemporaryDir m_folder;
    int m_files = 0;
};

void tst_ContestReader::contestsAreReadInOrderOfTime_data()
{
    servers();
}

void tst_ContestReader::contestsAreReadInOrderOfTime()
{
    QFETCH(bool, onServer);
    const QString rows = game(1, u"2025-05-02 10:00:00"_s, u"Sheep"_s, 7, 8, 9) + game(2, u"2025-05-01 10:00:00"_s, u"Wolves"_s, 8, 7, 9)
        + game(3, QString(), u"Wolves"_s, 9, 7, 8) + game(4, u"2025-05-01 09:00:00"_s, u"Sheep"_s, 7, 8, 9, u"running"_s);
    TestDatabase database;
    QString place;
    if (onServer) {
        REQUIRE_DATABASE(database);
        QCOMPARE(database.execute(QString::fromLatin1(schema) + rows), QString());
        place = database.url();
    } else {
        place = make(rows);
    }
    const Opened opened = open(place);
    const Result<Contests> contests = readContests(*opened.connection, opened.catalog, opened.profile, lens());
    QVERIFY2(contests, contests ? "" : qPrintable(contests.error().message));
    QCOMPARE(contests->log.size(), 3u);
    QStringList order;
    for (const std::uint32_t id : contests->log.ids)
        order.append(contests->ids.value(id).toDisplayText());
    QCOMPARE(order, (QStringList{u"3"_s, u"2"_s, u"1"_s})); // the one without a time first
    QCOMPARE(contests->log.times[0], rating::ContestLog::noTime);
    QCOMPARE(contests->log.times[2] - contests->log.times[1], 86'400'000'000);
    QVERIFY(contests->leftOut.empty());
    const auto last = contests->log.contest(2);
    QCOMPARE(last.size(), 3u);
    for (const rating::ContestLog::Entry &entry : last) {
        const bool isWolf = contests->sides[entry.side] == u"wolf";
        QCOMPARE(int(entry.rank), isWolf ? 1 : 0);
        QCOMPARE(contests->sideWeights[entry.side], isWolf ? 2.0 : 1.0);
        QCOMPARE(contests->competitors.value(entry.competitor).toDisplayText() == u"7", isWolf);
    }
    QCOMPARE(last[1].team, last[2].team == last[0].team ? last[0].team : last[1].team);
}

void tst_ContestReader::whatCannotCountIsLeftOutWithAReason()
{
    QFETCH(bool, onServer);
    TestDatabase database;
    if (onServer)
        REQUIRE_DATABASE(database);
    const QString rows = game(1, u"2025-05-01"_s, u"Wolves"_s, 1, 2, 3) + game(2, u"2025-05-01"_s, QString(), 1, 2, 3)
        + game(3, u"2025-05-01"_s, u"Wolves"_s, 1, 2, 3) + u"UPDATE seats SET part = NULL WHERE id = 30;"_s + game(4, u"2025-05-01"_s, u"Wolves"_s, 1, 2, 3)
        + u"UPDATE seats SET part = 'judge' WHERE id = 41;"_s + game(5, u"2025-05-01"_s, u"Wolves"_s, 1, 2, 3) + u"UPDATE seats SET person = NULL WHERE id = 52;"_s
        + game(6, u"2025-05-01"_s, u"Sheep"_s, 1, 2, 3) + u"DELETE FROM seats WHERE id = 60;"_s + u"INSERT INTO matches VALUES (7, NULL, 'Sheep', 'done');"_s
        + u"INSERT INTO seats(id, match_id, person, part) VALUES (999, 12345, 1, 'wolf');"_s;
    const Opened opened = open(placeOf(onServer, database, rows));
    const Result<Contests> contests = readContests(*opened.connection, opened.catalog, opened.profile, lens());
    QVERIFY(contests);
    QCOMPARE(contests->log.size(), 1u);
    int leftOut = 0;
    for (const auto &[why, count] : contests->leftOut) {
        QVERIFY(!why.isEmpty());
        QCOMPARE(count, 1);
        leftOut += count;
    }
    QCOMPARE(leftOut, 6);
}

void tst_ContestReader::scatteredPlayersGiveTheSame()
{
    QString rows;
    for (int i = 1; i <= 40; ++i)
        rows += game(i, u"2025-05-%1"_s.arg(1 + i * 7 % 28, 2, 10, QChar(u'0')), i % 3 == 0 ? u"Wolves"_s : i % 5 == 0 ? u"Nobody"_s : u"Sheep"_s, 1 + i % 4, 5 + i % 3, 8, u"done"_s, u"1, 0, %1"_s.arg(i % 2));
    rows += u"DELETE FROM seats WHERE match_id = 9 AND part <> 'wolf';"_s;
    const Opened together = open(make(rows));
    // All first players, then all second ones: no contest's players lie together.
    const Opened scattered = open(make(rows + u"UPDATE seats SET id = 100000 + id % 10 * 1000 + id / 10;"_s));
    const Result<Contests> one = readContests(*together.connection, together.catalog, together.profile, lens());
    const Result<Contests> other = readContests(*scattered.connection, scattered.catalog, scattered.profile, lens());
    QVERIFY(one && other);
    QCOMPARE(one->log.size(), 39u);
    QCOMPARE(other->log.ids, one->log.ids);
    QCOMPARE(other->log.times, one->log.times);
    QCOMPARE(other->leftOut, one->leftOut);
    for (std::size_t i = 0; i < one->log.size(); ++i) {
        std::map<QString, std::tuple<QString, int>> players[2];
        for (const auto &[contests, into] : {std::pair(&*one, &players[0]), std::pair(&*other, &players[1])}) {
            for (const rating::ContestLog::Entry &entry : contests->log.contest(i))
                (*into)[contests->competitors.value(entry.competitor).toDisplayText()] = {contests->sides[entry.side], int(entry.rank)};
        }
        QVERIFY(players[0] == players[1]);
    }
}

void tst_ContestReader::rewardsDecideWhereNoWinnerIsNamed()
{
    QFETCH(bool, onServer);
    TestDatabase database;
    if (onServer)
        REQUIRE_DATABASE(database);
    const QString rows = game(1, u"2025-05-01"_s, QString(), 1, 2, 3, u"done"_s, u"1, -1, -1"_s) + game(2, u"2025-05-02"_s, QString(), 1, 2, 3, u"done"_s, u"0.5, 1, 0"_s)
        + game(3, u"2025-05-03"_s, u"Nobody"_s, 1, 2, 3, u"done"_s, u"-1, 1, 1"_s);
    const Opened opened = open(placeOf(onServer, database, rows));
    const Result<Contests> contests = readContests(*opened.connection, opened.catalog, opened.profile, lens());
    QVERIFY(contests);
    QCOMPARE(contests->log.size(), 3u);
    const auto rankOfWolf = [&](std::size_t contest) {
        for (const rating::ContestLog::Entry &entry : contests->log.contest(contest)) {
            if (contests->sides[entry.side] == u"wolf")
                return int(entry.rank);
        }
        return -1;
    };
    QCOMPARE(rankOfWolf(0), 0);
    QCOMPARE(rankOfWolf(1), 0); // a draw: both teams have 0.5 on average
    QCOMPARE(outcomeOf(contests->log.contest(1), contests->log.contest(1)[0]), rating::Outcome::Drew);
    QCOMPARE(rankOfWolf(2), 1);
}

void tst_ContestReader::everybodyPlaysAloneWithoutSides()
{
    QFETCH(bool, onServer);
    TestDatabase database;
    if (onServer)
        REQUIRE_DATABASE(database);
    const QByteArray alone = R"({"contest": {"time": "at"}, "players": {"table": "seats", "link": {"match_id": "id"}, "competitor": "person", "reward": "points"}})";
    const Opened opened = open(placeOf(onServer, database, game(1, u"2025-05-01"_s, QString(), 1, 2, 3, u"done"_s, u"5, 9, 5"_s)));
    const Result<Contests> contests = readContests(*opened.connection, opened.catalog, opened.profile, lens(alone));
    QVERIFY(contests);
    QCOMPARE(contests->log.size(), 1u);
    std::map<QString, int> ranks;
    for (const rating::ContestLog::Entry &entry : contests->log.contest(0))
        ranks[contests->competitors.value(entry.competitor).toDisplayText()] = entry.rank;
    QCOMPARE(ranks, (std::map<QString, int>{{u"1"_s, 1}, {u"2"_s, 0}, {u"3"_s, 1}}));
}

void tst_ContestReader::contestsOfAQuery()
{
    QFETCH(bool, onServer);
    TestDatabase database;
    if (onServer)
        REQUIRE_DATABASE(database);
    const QByteArray query = R"({"sql": "SELECT match_id AS contest, m.at AS at, person AS competitor, part AS side, CASE WHEN points > 0 THEN 1 ELSE 2 END AS rank FROM seats JOIN matches m ON m.id = match_id ORDER BY points"})";
    const QString rows = game(1, u"2025-05-02"_s, QString(), 1, 2, 3, u"x"_s, u"1, 0, 0"_s) + game(2, u"2025-05-01"_s, QString(), 1, 2, 3, u"x"_s, u"0, 0, 1"_s)
        + u"INSERT INTO matches VALUES (3, '2025-05-03', NULL, 'x'); INSERT INTO seats(id, match_id, person, part, points) VALUES (30, 3, 1, 'wolf', 1);"_s;
    const Opened opened = open(placeOf(onServer, database, rows));
    const Result<Contests> contests = readContests(*opened.connection, opened.catalog, opened.profile, lens(query));
    QVERIFY2(contests, contests ? "" : qPrintable(contests.error().message));
    QCOMPARE(contests->log.size(), 2u);
    QCOMPARE(contests->ids.value(contests->log.ids[0]).toDisplayText(), u"2"_s);
    QCOMPARE(contests->log.contest(1).size(), 3u);
    QCOMPARE(contests->leftOut.size(), 1u);
}

void tst_ContestReader::namesGroupsAndStoredRatingsAreJoined()
{
    QFETCH(bool, onServer);
    TestDatabase database;
    if (onServer)
        REQUIRE_DATABASE(database);
    const QString rows = game(1, u"2025-05-01"_s, u"Wolves"_s, 1, 2, 3)
        + u"INSERT INTO people VALUES (1, 'Ann', 'red'), (2, '', NULL), (3, 'Cid', 'blue'), (4, 'Dee', 'red');"
          "INSERT INTO scores VALUES (2, 30.25, 4, ''), (3, %1, 4, ''), (4, 24, -1, ''), (99, 20, 2, '');"_s.arg(onServer ? u"'NaN'"_s : u"'x'"_s); // no figures
    const Opened opened = open(placeOf(onServer, database, rows));
    LeaderboardOptions options;
    Result<Leaderboard> board = readLeaderboard(*opened.connection, opened.catalog, opened.profile, lens(), options, {});
    QVERIFY2(board, board ? "" : qPrintable(board.error().message));
    QCOMPARE(board->groupTitles, QStringList{u"club"_s});
    QCOMPARE(board->rows.size(), 5u);
    QStringList labels;
    for (const LeaderboardRow &row : board->rows)
        labels.append(row.label);
    QCOMPARE(labels, (QStringList{u"2"_s, u"99"_s, u"Ann"_s, u"Cid"_s, u"Dee"_s}));
    QCOMPARE(board->rows[0].rank, 1);
    QVERIFY(std::abs(board->rows[0].conservative - 18.25) < 1e-9);
    QCOMPARE(board->rows[1].rank, 2);
    QCOMPARE(board->rows[2].rank, 0); // no usable stored rating
    QVERIFY(!board->rows[3].stored);
    rankLeaderboard(*board, RatingSource::Replayed, rating::TrueSkill());
    QCOMPARE(board->rows[0].label, u"99"_s); // who never played keeps the stored one
    QCOMPARE(board->rows[1].label, u"Ann"_s);
    QCOMPARE(board->rows[1].total, (rating::Tally{1, 1, 0}));
    QCOMPARE(board->rows[1].groups, QStringList{u"red"_s});
    QVERIFY(board->largestDrift() > 1);
}

void tst_ContestReader::ratingsAreWrittenInOneCheckedTransaction_data()
{
    servers();
}

void tst_ContestReader::ratingsAreWrittenInOneCheckedTransaction()
{
    QFETCH(bool, onServer);
    const QString rows = game(1, u"2025-05-01"_s, u"Wolves"_s, 1, 2, 3) + u"INSERT INTO scores VALUES (1, 25, 8, 'old'), (2, NULL, NULL, NULL);"_s;
    TestDatabase database;
    QString place;
    if (onServer) {
        REQUIRE_DATABASE(database);
        QCOMPARE(database.execute(QString::fromLatin1(schema) + rows), QString());
        place = database.url();
    } else {
        place = make(rows);
    }
    const auto stored = [&](const QString &sql) { return onServer ? database.value(sql) : sqlValue(place, sql); };
    const auto change = [&](const QString &sql) { return onServer ? database.execute(sql) : executeSql(place, sql); };
    const Opened opened = open(place, false);
    const LeaderboardLens of = lens();
    const StoredRatings ratings(opened.catalog, opened.profile, *of.stored);
    const Result<std::vector<StoredRatings::Row>> before = ratings.read(*opened.connection);
    QVERIFY(before);
    QCOMPARE(before->size(), 2u);
    const auto key = [onServer](int id) { return onServer ? Value::text(QByteArray::number(id)) : Value::integer(id); };
    const double mu = 31.4159265358979312;
    const std::vector<StoredRatings::Change> changes{{key(3), {20, 3}}, {key(1), {mu, 7.5}}, {key(2), {22, 6}}};

    // Somebody else writes in between: nothing may be written, not even the rows before it.
    QCOMPARE(change(u"UPDATE scores SET m = 26 WHERE person = 1"_s), QString());
    const Result<int> refused = ratings.write(*opened.connection, *before, changes, QDateTime::currentDateTimeUtc());
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::Conflict);
    QVERIFY(!opened.connection->isInTransaction());
    QCOMPARE(stored(u"SELECT count(*) FROM scores"_s), u"2"_s);
    QCOMPARE(stored(u"SELECT at FROM scores WHERE person = 1"_s), u"old"_s);

    const Result<std::vector<StoredRatings::Row>> again = ratings.read(*opened.connection);
    QVERIFY(again);
    const QDateTime now(QDate(2026, 1, 2), QTime(3, 4, 5, 678), Qt::UTC);
    const Result<int> written = ratings.write(*opened.connection, *again, changes, now);
    QVERIFY2(written, written ? "" : qPrintable(written.error().message + written.error().detail));
    QCOMPARE(*written, 3);
    QCOMPARE(stored(u"SELECT count(*) FROM scores"_s), u"3"_s);
    QCOMPARE(stored(u"SELECT m FROM scores WHERE person = 1"_s).toDouble(), mu);
    QCOMPARE(stored(u"SELECT at FROM scores WHERE person = 2"_s), u"2026-01-02 03:04:05.678000"_s);
}

void tst_ContestReader::aStopEndsIt()
{
    QString rows = u"BEGIN;"_s;
    for (int i = 1; i <= 5000; ++i)
        rows += game(i, u"2025-05-01"_s, u"Wolves"_s, 1, 2, 3);
    const Opened opened = open(make(rows + u"COMMIT;"_s));
    std::stop_source stop;
    opened.connection->setStopToken(stop.get_token());
    const Result<Leaderboard> board = readLeaderboard(*opened.connection, opened.catalog, opened.profile, lens(), {}, stop.get_token(), [&](double fraction) {
        QVERIFY(fraction >= 0 && fraction <= 1);
        stop.request_stop();
    });
    QVERIFY(!board);
    QCOMPARE(board.error().code, ErrorCode::Cancelled);
}

void tst_ContestReader::brokenLensesAreNamed()
{
    const auto mistake = [](const char *json) {
        const Result<LeaderboardLens> parsed = LeaderboardLens::from({u"leaderboard"_s, u"b"_s, u"My board"_s, u"matches"_s, QJsonDocument::fromJson(json).object()});
        return parsed ? QString() : parsed.error().message;
    };
    QVERIFY(mistake("{}").contains(u"My board"));
    QVERIFY(mistake(R"({"contest": {"time": "at"}, "players": {"table": "seats", "link": {"match_id": "id"}, "competitor": "person"}})").contains(u"who won"));
    QVERIFY(mistake(R"({"contest": {"time": "at", "winner": "w"}, "players": {"table": "seats", "competitor": "person"}})").contains(u"linked"));
    QVERIFY(mistake(R"({"sql": "SELECT 1", "weights": {"wolf": -1}})").contains(u"wolf"));
    QVERIFY(mistake(R"({"sql": "SELECT 1"})").isEmpty());
    QCOMPARE(leaderboardOf(ResolvedProfile()).error().code, ErrorCode::NotFound);
}

QTEST_GUILESS_MAIN(tst_ContestReader)
#include "tst_contestreader.moc"
