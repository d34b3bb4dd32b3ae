// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/cli/clirunner.h"
#include "tests/support/testdatabase.h"
#include "tests/support/testfiles.h"

#include <QTemporaryDir>
#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_SetVerb : public QObject
{
    Q_OBJECT

private slots:
    void oneValueIsChangedAndNothingElse_data();
    void oneValueIsChangedAndNothingElse();
    void rulesOfTheSystemHold();
    void playersAndRatingsAreUpdated();
    void aDryRunChangesNothing();
    void mistakesAreNamed();
};

void tst_SetVerb::oneValueIsChangedAndNothingElse_data()
{
    QTest::addColumn<bool>("onServer");
    QTest::newRow("SQLite") << false;
    QTest::newRow("PostgreSQL") << true;
}

void tst_SetVerb::oneValueIsChangedAndNothingElse()
{
    QFETCH(bool, onServer);
    QTemporaryDir folder;
    TestDatabase server;
    QString where = folder.filePath(u"t.db"_s);
    const QString schema = u"CREATE TABLE t(id integer PRIMARY KEY, a text, n numeric(20,5)); INSERT INTO t VALUES (1, 'x', 1.50), (2, 'y', 2.50)"_s;
    if (onServer) {
        REQUIRE_DATABASE(server);
        where = server.url();
        QCOMPARE(server.execute(schema), QString());
    } else {
        QCOMPARE(executeSql(where, schema), QString());
    }
    const auto value = [&](const QString &sql) { return onServer ? server.value(sql) : sqlValue(where, sql); };
    const CliRun set({u"set"_s, where, u"t"_s, u"1"_s, u"a=it's = new"_s, u"n=12345678901.25"_s});
    QVERIFY2(set.code == 0, set.err.constData());
    QVERIFY(set.out.isEmpty());
    QCOMPARE(value(u"SELECT a FROM t WHERE id = 1"_s), u"it's = new"_s);
    QVERIFY(value(u"SELECT n FROM t WHERE id = 1"_s).startsWith(u"12345678901.25"_s));
    QCOMPARE(value(u"SELECT a FROM t WHERE id = 2"_s), u"y"_s);
    QCOMPARE(CliRun({u"set"_s, where, u"t"_s, u"1"_s, u"a="_s}).code, 0);
    QCOMPARE(value(u"SELECT a || '.' FROM t WHERE id = 1"_s), u"."_s); // empty, not NULL
    QCOMPARE(CliRun({u"set"_s, where, u"t"_s, u"1"_s, u"--null"_s, u"a"_s}).code, 0);
    QCOMPARE(value(u"SELECT count(*) FROM t WHERE a IS NULL"_s), u"1"_s);
    const CliRun same({u"set"_s, where, u"t"_s, u"2"_s, u"a=y"_s});
    QCOMPARE(same.code, 0);
    QVERIFY(same.err.contains("nothing to change"));
}

void tst_SetVerb::rulesOfTheSystemHold()
{
    QTemporaryDir folder;
    const QString arena = folder.filePath(u"arena.db"_s);
    QCOMPARE(CliRun({u"demo"_s, arena, u"--system"_s, u"mindgames-arena"_s}).code, 0);
    const CliRun late({u"set"_s, arena, u"games"_s, u"3"_s, u"finished_at=2020-01-01 00:00:00"_s});
    QCOMPARE(late.code, 1);
    QVERIFY2(late.err.contains("finish-after-start"), late.err.constData());
    const CliRun status({u"set"_s, arena, u"games"_s, u"3"_s, u"status=won"_s});
    QCOMPARE(status.code, 1);
    QVERIFY2(status.err.contains("in_progress"), status.err.constData());
    // What past games were played with is never changed in place.
    const QString before = sqlValue(arena, u"SELECT content FROM prompts WHERE id = 1"_s);
    QCOMPARE(CliRun({u"set"_s, arena, u"prompts"_s, u"1"_s, u"content=new"_s}).code, 1);
    QCOMPARE(CliRun({u"set"_s, arena, u"prompts"_s, u"1"_s, u"content=new"_s, u"--fork"_s}).code, 0);
    QCOMPARE(sqlValue(arena, u"SELECT content FROM prompts WHERE id = 1"_s), before);
    QCOMPARE(sqlValue(arena, u"SELECT forked_from FROM prompts WHERE content = 'new'"_s), u"1"_s);
    const CliRun nobody({u"set"_s, arena, u"agents"_s, u"1"_s, u"model_id=999"_s});
    QCOMPARE(nobody.code, 1);
    QVERIFY2(nobody.err.contains("model_id"), nobody.err.constData());
    const QString quorum = folder.filePath(u"quorum.db"_s);
    QCOMPARE(CliRun({u"demo"_s, quorum, u"--system"_s, u"quorum"_s}).code, 0);
    const QString open = sqlValue(quorum, u"SELECT id FROM contradictions WHERE NOT resolved LIMIT 1"_s);
    QCOMPARE(CliRun({u"set"_s, quorum, u"contradictions"_s, open, u"resolved=true"_s}).code, 0);
    QVERIFY(!sqlValue(quorum, u"SELECT resolved_at FROM contradictions WHERE id = '%1'"_s.arg(open)).isEmpty());
}

void tst_SetVerb::playersAndRatingsAreUpdated()
{
    QTemporaryDir folder;
    const QString arena = folder.filePath(u"arena.db"_s);
    QCOMPARE(CliRun({u"demo"_s, arena, u"--system"_s, u"mindgames-arena"_s}).code, 0);
    // update_game_player(game_id, player_index, role, reward): the row is the one of a game and a place.
    const QString player = sqlValue(arena, u"SELECT id FROM game_players WHERE game_id = 3 AND player_index = 2"_s);
    QVERIFY(!player.isEmpty());
    const QString others = u"SELECT group_concat(id || ' ' || game_id || ' ' || agent_id || ' ' || player_index || ' ' || COALESCE(role, '-') || ' ' || COALESCE(reward, '-')) FROM game_players WHERE id <> "_s + player;
    const QString same = u"SELECT game_id || ' ' || agent_id || ' ' || player_index FROM game_players WHERE id = "_s + player;
    const QString before = sqlValue(arena, others);
    const QString kept = sqlValue(arena, same);
    const QString role = sqlValue(arena, u"SELECT role FROM game_players WHERE role IS NOT NULL AND role <> COALESCE((SELECT role FROM game_players WHERE id = %1), '') LIMIT 1"_s.arg(player));
    const CliRun update({u"set"_s, arena, u"game_players"_s, player, u"role="_s + role, u"reward=-1"_s});
    QVERIFY2(update.code == 0, update.err.constData());
    QCOMPARE(sqlValue(arena, u"SELECT role || ' ' || CAST(reward AS INTEGER) FROM game_players WHERE id = "_s + player), role + u" -1"_s);
    QCOMPARE(sqlValue(arena, same), kept);
    QCOMPARE(sqlValue(arena, others), before);
    // create_or_update_trueskill(agent_id, mu, sigma): one row for each agent, found by the agent.
    const QString agent = sqlValue(arena, u"SELECT agent_id FROM agent_trueskill ORDER BY agent_id DESC LIMIT 1"_s);
    const QString ratings = u"SELECT count(*) || ' ' || total(mu) FROM agent_trueskill WHERE agent_id <> "_s + agent;
    const QString rest = sqlValue(arena, ratings);
    const CliRun rated({u"set"_s, arena, u"agent_trueskill"_s, agent, u"mu=31.12345678901"_s, u"sigma=1.0625"_s});
    QVERIFY2(rated.code == 0, rated.err.constData());
    QCOMPARE(sqlValue(arena, u"SELECT (mu = 31.12345678901) || ' ' || (sigma = 1.0625) FROM agent_trueskill WHERE agent_id = "_s + agent), u"1 1"_s);
    QCOMPARE(sqlValue(arena, ratings), rest);
    // Without a rating it is made, once, and updated like any other.
    QCOMPARE(executeSql(arena, u"DELETE FROM agent_trueskill WHERE agent_id = "_s + agent), QString());
    QCOMPARE(CliRun({u"set"_s, arena, u"agent_trueskill"_s, agent, u"mu=20"_s}).code, 1);
    QCOMPARE(CliRun({u"action"_s, arena, u"create-missing-ratings"_s}).code, 0);
    QCOMPARE(CliRun({u"set"_s, arena, u"agent_trueskill"_s, agent, u"mu=20"_s}).code, 0);
    QCOMPARE(sqlValue(arena, u"SELECT count(*) || ' ' || CAST(max(mu) AS INTEGER) FROM agent_trueskill WHERE agent_id = "_s + agent), u"1 20"_s);
}

void tst_SetVerb::aDryRunChangesNothing()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(u"t.db"_s);
    QCOMPARE(executeSql(path, u"CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT); INSERT INTO t VALUES (1, 'x')"_s), QString());
    const CliRun run({u"set"_s, path, u"t"_s, u"1"_s, u"a=y"_s, u"--dry-run"_s});
    QCOMPARE(run.code, 0);
    QVERIFY2(run.out.startsWith("UPDATE \"t\" SET \"a\" = 'y' WHERE"), run.out.constData());
    QCOMPARE(sqlValue(path, u"SELECT a FROM t"_s), u"x"_s);
    QCOMPARE(executeSql(path, QString::fromUtf8(run.out)), QString()); // it is what the engine takes
    QCOMPARE(sqlValue(path, u"SELECT a FROM t"_s), u"y"_s);
}

void tst_SetVerb::mistakesAreNamed()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(u"t.db"_s);
    QCOMPARE(executeSql(path, u"CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, g INTEGER AS (id * 2)); INSERT INTO t(id) VALUES (1); CREATE VIEW v AS SELECT * FROM t"_s), QString());
    QCOMPARE(CliRun({u"set"_s, path, u"t"_s, u"1"_s}).code, 2);
    QCOMPARE(CliRun({u"set"_s, path, u"t"_s, u"1"_s, u"a"_s}).code, 2);
    const CliRun column({u"set"_s, path, u"t"_s, u"1"_s, u"b=1"_s});
    QCOMPARE(column.code, 1);
    QVERIFY(column.err.contains("no column b"));
    QVERIFY(CliRun({u"set"_s, path, u"t"_s, u"9"_s, u"a=1"_s}).err.contains("no row 9"));
    QVERIFY(CliRun({u"set"_s, path, u"t"_s, u"1"_s, u"g=1"_s}).err.contains("computes"));
    QCOMPARE(CliRun({u"set"_s, path, u"v"_s, u"1"_s, u"a=1"_s}).code, 1);
    const CliRun readOnly({u"set"_s, u"sqlite:///"_s + path + u"?mode=ro"_s, u"t"_s, u"1"_s, u"a=1"_s});
    QCOMPARE(readOnly.code, 1);
    QCOMPARE(sqlValue(path, u"SELECT count(*) FROM t WHERE a IS NULL"_s), u"1"_s);
}

QTEST_GUILESS_MAIN(tst_SetVerb)
#include "tst_setverb.moc"
