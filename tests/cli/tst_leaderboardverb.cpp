// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/cli/clirunner.h"
#include "tests/support/testdatabase.h"
#include "tests/support/testfiles.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_LeaderboardVerb : public QObject
{
    Q_OBJECT

private slots:
    void storedAndReplayedRatingsAgree_data();
    void storedAndReplayedRatingsAgree();
    void writtenRatingsAreStored();
    void everySystemWithContestsHasABoard_data();
    void everySystemWithContestsHasABoard();
    void anotherSystemIsReplayed();
    void mistakesAreNamed();
};

void tst_LeaderboardVerb::storedAndReplayedRatingsAgree_data()
{
    QTest::addColumn<bool>("onServer");
    QTest::newRow("SQLite") << false;
    QTest::newRow("PostgreSQL") << true;
}

void tst_LeaderboardVerb::storedAndReplayedRatingsAgree()
{
    QFETCH(bool, onServer);
    QTemporaryDir folder;
    TestDatabase database;
    QString where = folder.filePath(u"arena.db"_s);
    if (onServer) {
        REQUIRE_DATABASE(database);
        where = database.url();
    }
    const CliRun made({u"demo"_s, where, u"--system"_s, u"mindgames-arena"_s, u"--scale"_s, u"4"_s});
    QVERIFY2(made.code == 0, made.err.constData());
    const CliRun stored({u"leaderboard"_s, where, u"--json"_s});
    QVERIFY2(stored.code == 0, stored.err.constData());
    const CliRun replayed({u"leaderboard"_s, where, u"--recompute"_s, u"--json"_s});
    QVERIFY2(replayed.code == 0, replayed.err.constData());
    QVERIFY(replayed.err.contains("replayed"));
    const QJsonArray a = stored.json().array();
    const QJsonArray b = replayed.json().array();
    QVERIFY(a.size() > 10);
    QCOMPARE(a.size(), b.size());
    double last = 1e9;
    for (qsizetype i = 0; i < a.size(); ++i) {
        const QJsonObject row = a[i].toObject();
        for (const QString &key : {u"rank"_s, u"agent_id"_s, u"alias"_s, u"mu"_s, u"sigma"_s, u"conservative"_s, u"games"_s, u"wins"_s})
            QVERIFY2(row.contains(key), qPrintable(key));
        QVERIFY(row[u"agent_id"_s].isDouble());
        QVERIFY(!row[u"alias"_s].toString().isEmpty());
        if (row[u"games"_s].toInt() == 0)
            continue;
        QVERIFY(row[u"conservative"_s].toDouble() <= last);
        last = row[u"conservative"_s].toDouble();
        QVERIFY(std::abs(last - (row[u"mu"_s].toDouble() - 3 * row[u"sigma"_s].toDouble())) < 1e-9);
        // The demo's own ratings are computed apart from ours, and rounded.
        const QJsonObject same = b[i].toObject();
        QVERIFY(std::abs(same[u"stored_mu"_s].toDouble() - same[u"mu"_s].toDouble()) < 1e-3);
        QVERIFY(row[u"wins"_s].toInt() <= row[u"games"_s].toInt());
    }
    const CliRun limited({u"leaderboard"_s, where, u"--limit"_s, u"3"_s, u"--json"_s});
    QCOMPARE(limited.json().array().size(), 3);
    const CliRun experienced({u"leaderboard"_s, where, u"--min-games"_s, u"20"_s, u"--json"_s});
    QVERIFY(experienced.json().array().size() < a.size());
}

void tst_LeaderboardVerb::writtenRatingsAreStored()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(u"arena.db"_s);
    QVERIFY(CliRun({u"demo"_s, path, u"--system"_s, u"mindgames-arena"_s}).code == 0);
    QCOMPARE(executeSql(path, u"UPDATE agent_trueskill SET mu = 1; DELETE FROM agent_trueskill WHERE agent_id = 2"_s), QString());
    const CliRun before({u"leaderboard"_s, path, u"--recompute"_s, u"--json"_s});
    QCOMPARE(before.code, 0);
    QCOMPARE(sqlValue(path, u"SELECT max(mu) FROM agent_trueskill"_s).toDouble(), 1.0); // only looked
    const CliRun written({u"leaderboard"_s, path, u"--write"_s, u"--json"_s});
    QVERIFY2(written.code == 0, written.err.constData());
    QVERIFY(written.err.contains("wrote"));
    const QJsonArray replayed = before.json().array();
    const QJsonArray stored = CliRun({u"leaderboard"_s, path, u"--json"_s}).json().array();
    for (qsizetype i = 0; i < stored.size(); ++i) {
        if (replayed[i][u"games"_s].toInt() > 0) {
            QCOMPARE(stored[i][u"agent_id"_s], replayed[i][u"agent_id"_s]);
            QCOMPARE(stored[i][u"mu"_s].toDouble(), replayed[i][u"mu"_s].toDouble());
        }
    }
}

void tst_LeaderboardVerb::everySystemWithContestsHasABoard_data()
{
    QTest::addColumn<QString>("system");
    for (const char *system : {"consensus-engine", "quorum", "llm-orchestration"})
        QTest::newRow(system) << QString::fromLatin1(system);
}

void tst_LeaderboardVerb::everySystemWithContestsHasABoard()
{
    QFETCH(QString, system);
    QTemporaryDir folder;
    const QString path = folder.filePath(u"demo.db"_s);
    QVERIFY(CliRun({u"demo"_s, path, u"--system"_s, system}).code == 0);
    const CliRun run({u"leaderboard"_s, path, u"--json"_s});
    QVERIFY2(run.code == 0, run.err.constData());
    QVERIFY(run.err.contains("stores no ratings"));
    QVERIFY(!run.json().array().isEmpty());
    QVERIFY(run.json().array()[0][u"games"_s].toInt() > 0);
    const CliRun refused({u"leaderboard"_s, path, u"--write"_s});
    QCOMPARE(refused.code, 1);
    QVERIFY(refused.err.contains("keeps no ratings"));
}

void tst_LeaderboardVerb::anotherSystemIsReplayed()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(u"arena.db"_s);
    QVERIFY(CliRun({u"demo"_s, path, u"--system"_s, u"mindgames-arena"_s}).code == 0);
    const QJsonArray usual = CliRun({u"leaderboard"_s, path, u"--recompute"_s, u"--json"_s}).json().array();
    const CliRun run({u"leaderboard"_s, path, u"--rating-system"_s, u"plackett-luce"_s, u"--json"_s});
    QVERIFY2(run.code == 0, run.err.constData());
    const QJsonArray other = run.json().array();
    QCOMPARE(other.size(), usual.size());
    // The same games in another model: other figures, as many games.
    QVERIFY(other[0].toObject()[u"mu"_s] != usual[0].toObject()[u"mu"_s]);
    QVERIFY(other[0].toObject().contains(u"stored_mu"_s));
    const CliRun unknown({u"leaderboard"_s, path, u"--rating-system"_s, u"elo"_s});
    QCOMPARE(unknown.code, 2);
    QVERIFY(unknown.err.contains("plackett-luce"));
}

void tst_LeaderboardVerb::mistakesAreNamed()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(u"persona.db"_s);
    QVERIFY(CliRun({u"demo"_s, path, u"--system"_s, u"project-2501"_s}).code == 0);
    const CliRun nobody({u"leaderboard"_s, path});
    QCOMPARE(nobody.code, 1);
    QVERIFY(nobody.err.contains("nobody to rate"));
    const CliRun wrong({u"leaderboard"_s, path, u"--sigma"_s, u"-1"_s});
    QCOMPARE(wrong.code, 2);
    QVERIFY(wrong.err.contains("--sigma"));
    QVERIFY(wrong.out.isEmpty());
}

QTEST_GUILESS_MAIN(tst_LeaderboardVerb)
#include "tst_leaderboardverb.moc"
