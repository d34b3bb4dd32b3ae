// SPDX-License-Identifier: GPL-3.0-or-later
// A leaderboard from a million games of six in a SQLite file, reading included, beside merely stepping over
// the same two tables. Usage: bench_replay [games]
#include "models/catalog/catalogreader.h"
#include "models/leaderboard/leaderboard.h"
#include "models/profiles/derivedprofile.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QJsonDocument>
#include <QTemporaryDir>

#include <cstdio>

using namespace turnstone;
using namespace Qt::StringLiterals;

namespace {

constexpr auto lensJson = R"({"contest": {"time": "at", "winner": "winner", "where": {"status": "completed"}},
    "players": {"table": "seats", "link": {"game_id": "id"}, "competitor": "agent_id", "side": "role", "reward": "reward"},
    "sides": {"Wolves": ["wolf"], "Sheep": ["sheep", "healer", "seer"]}, "weights": {"wolf": 2}})";

void fail(const Error &error)
{
    qFatal("%s %s", qPrintable(error.message), qPrintable(error.detail));
}

void make(const QString &path, int games)
{
    ConnectionOptions options;
    options.readOnly = false;
    options.createFile = true;
    auto connection = Connection::open(DatabaseUrl::forFile(path), options);
    if (!connection)
        fail(connection.error());
    const QString sql =
        u"PRAGMA journal_mode = off; PRAGMA synchronous = off; BEGIN;"
        "CREATE TABLE games(id INTEGER PRIMARY KEY, at TEXT, winner TEXT, status TEXT);"
        "CREATE TABLE seats(id INTEGER PRIMARY KEY, game_id INTEGER, agent_id INTEGER, seat INTEGER, role TEXT, reward REAL);"
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %1) INSERT INTO games"
        " SELECT i, datetime(1700000000 + (i * 7919 % 1000003) * 60, 'unixepoch'), CASE WHEN i % 3 = 0 THEN 'Wolves' ELSE 'Sheep' END,"
        " CASE WHEN i % 50 = 0 THEN 'failed' ELSE 'completed' END FROM n;"
        "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 6 * %1 - 1) INSERT INTO seats"
        " SELECT i + 1, i / 6 + 1, 1 + (i * 48271 % 2147483647) % 1000, i % 6, CASE i % 6 WHEN 0 THEN 'wolf' WHEN 1 THEN 'wolf' WHEN 2 THEN 'healer' WHEN 3 THEN 'seer'"
        " ELSE 'sheep' END, 1.0 FROM n; COMMIT;"_s.arg(games);
    if (const Result<> done = (*connection)->executeScript(sql); !done)
        fail(done.error());
}

double milliseconds(const std::function<void()> &run)
{
    QElapsedTimer timer;
    timer.start();
    run();
    return static_cast<double>(timer.nsecsElapsed()) / 1e6;
}

void scan(Connection &connection, const QString &sql)
{
    qint64 sum = 0;
    const auto done = connection.query(sql);
    if (!done)
        fail(done.error());
    RowBlock block;
    bool hasMore = true;
    while (hasMore) {
        const Result<bool> more = (*done)->read(block);
        if (!more)
            fail(more.error());
        hasMore = *more;
        for (int row = 0; row < block.rowCount(); ++row)
            sum += static_cast<qint64>(block.at(row, 0).type());
    }
    static_cast<void>(sum);
}

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    const int games = argc > 1 ? QByteArray(argv[1]).toInt() : 1'000'000;
    const QTemporaryDir folder;
    const QString path = folder.filePath(u"games.db"_s);
    std::printf("%d games, making the file took %.0f ms\n", games, milliseconds([&] { make(path, games); }));
    auto connection = Connection::open(DatabaseUrl::forFile(path));
    if (!connection)
        fail(connection.error());
    const Result<Catalog> catalog = readCatalog(**connection);
    if (!catalog)
        fail(catalog.error());
    const ResolvedProfile profile = deriveProfile(*catalog);
    const Result<LeaderboardLens> lens =
        LeaderboardLens::from({u"leaderboard"_s, u"b"_s, u"B"_s, u"games"_s, QJsonDocument::fromJson(lensJson).object()});
    if (!lens)
        fail(lens.error());
    double scanning = 1e9;
    double board = 1e9;
    std::size_t contests = 0;
    for (int round = 0; round < 3; ++round) {
        scanning = std::min(scanning, milliseconds([&] {
                                scan(**connection, u"SELECT id, at, winner FROM games WHERE status = 'completed'"_s);
                                scan(**connection, u"SELECT game_id, agent_id, role, reward FROM seats"_s);
                            }));
        board = std::min(board, milliseconds([&] {
                             const Result<Leaderboard> read = readLeaderboard(**connection, *catalog, profile, *lens, {}, {});
                             if (!read)
                                 fail(read.error());
                             contests = read->contests.log.size();
                         }));
    }
    std::printf("scanning games and seats      %8.0f ms\n", scanning);
    std::printf("leaderboard of %zu contests %8.0f ms   %.2f x the scan\n", contests, board, board / scanning);
    return 0;
}
