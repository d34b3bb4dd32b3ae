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

class tst_ActionVerb : public QObject
{
    Q_OBJECT

private slots:
    void everyActionOfEverySystemCanBeRehearsed_data();
    void everyActionOfEverySystemCanBeRehearsed();
    void actionsDoWhatTheySay();
    void aWorkflowIsCopiedWithItsOrder();
    void orphansAndOnlyOrphansAreRemoved();
    void mistakesAreNamed();
};

void tst_ActionVerb::everyActionOfEverySystemCanBeRehearsed_data()
{
    QTest::addColumn<QString>("system");
    QTest::addColumn<bool>("onServer");
    for (const QString &system : {u"consensus-engine"_s, u"mindgames-arena"_s, u"quorum"_s, u"llm-orchestration"_s, u"project-2501"_s})
        QTest::newRow(qPrintable(system + u", SQLite"_s)) << system << false;
    for (const QString &system : {u"mindgames-arena"_s, u"consensus-engine"_s}) // the others need pgvector there
        QTest::newRow(qPrintable(system + u", PostgreSQL"_s)) << system << true;
}

void tst_ActionVerb::everyActionOfEverySystemCanBeRehearsed()
{
    QFETCH(QString, system);
    QFETCH(bool, onServer);
    QTemporaryDir folder;
    TestDatabase server;
    QString where = folder.filePath(u"t.db"_s);
    if (onServer) {
        REQUIRE_DATABASE(server);
        where = server.url();
    }
    const CliRun made({u"demo"_s, where, u"--system"_s, system});
    QVERIFY2(made.code == 0, made.err.constData());
    const QJsonArray actions = CliRun({u"action"_s, where, u"--json"_s}).json().array();
    QVERIFY(actions.size() >= 4);
    for (const QJsonValue &entry : actions) {
        const QJsonObject action = entry.toObject();
        QStringList words{u"action"_s, where, action["id"_L1].toString(), u"--dry-run"_s, u"--json"_s};
        if (action["rows"_L1].toString() == u"selection") {
            const QString table = u"\"%1\""_s.arg(action["table"_L1].toString());
            const QString column = action["table"_L1].toString() == u"agent_trueskill" ? u"agent_id"_s : u"id"_s;
            const QString sql = u"SELECT %1 FROM %2 LIMIT 1"_s.arg(column, table);
            const QString key = onServer ? server.value(sql) : sqlValue(where, sql);
            words << u"--row"_s << key;
        }
        for (const QJsonValue &parameter : action["parameters"_L1].toArray()) {
            if (!parameter["default"_L1].isUndefined())
                continue;
            const QString wanted = parameter["name"_L1].toString() + u's'; // of kinds, models, prompts, personas
            const QString sql = u"SELECT min(id) FROM \"%1\""_s.arg(wanted);
            words << u"--param"_s << parameter["name"_L1].toString() + u'=' + (onServer ? server.value(sql) : sqlValue(where, sql));
        }
        const CliRun run(words);
        QVERIFY2(run.code == 0, (action["id"_L1].toString().toUtf8() + ": " + run.err).constData());
        QVERIFY(!run.json().object()["done"_L1].toBool());
    }
}

void tst_ActionVerb::actionsDoWhatTheySay()
{
    QTemporaryDir folder;
    const QString arena = folder.filePath(u"arena.db"_s);
    QCOMPARE(CliRun({u"demo"_s, arena, u"--system"_s, u"mindgames-arena"_s}).code, 0);
    const CliRun pick({u"action"_s, arena, u"pick-random-agents"_s, u"--param"_s, u"count=3"_s});
    QCOMPARE(pick.code, 0);
    QCOMPARE(pick.out.trimmed().split('\n').size(), 3);
    QCOMPARE(executeSql(arena, u"UPDATE games SET status = 'in_progress', finished_at = NULL, started_at = '2020-01-01 00:00:00' WHERE id IN (1, 2)"_s), QString());
    const qint64 stuck = sqlValue(arena, u"SELECT count(*) FROM games WHERE status = 'in_progress' AND started_at < datetime('now', '-2 hours')"_s).toLongLong();
    const CliRun rehearsal({u"action"_s, arena, u"mark-stuck-failed"_s, u"--dry-run"_s, u"--json"_s});
    QCOMPARE(rehearsal.json().object()["count"_L1].toInteger(), stuck);
    QCOMPARE(sqlValue(arena, u"SELECT status FROM games WHERE id = 1"_s), u"in_progress"_s);
    QCOMPARE(CliRun({u"action"_s, arena, u"mark-stuck-failed"_s}).code, 0);
    QCOMPARE(sqlValue(arena, u"SELECT status || environment_crashed || (finished_at > started_at) FROM games WHERE id = 1"_s), u"failed11"_s);
    QCOMPARE(CliRun({u"action"_s, arena, u"activate-agents"_s, u"--row"_s, u"1"_s, u"--row"_s, u"2"_s}).code, 0);
    QCOMPARE(sqlValue(arena, u"SELECT sum(active) FROM agents WHERE id IN (1, 2)"_s), u"2"_s);

    // A game as the arena plays it: players from the active agents, then its end. Finding an agent makes it only once.
    QCOMPARE(executeSql(arena, u"UPDATE agents SET active = 1; INSERT INTO games(id, started_at, status, total_turns, environment_crashed) VALUES (9001, '2025-10-21 09:14:00', 'in_progress', 0, 0);"
                               "INSERT INTO game_turns(game_id, turn_number, player_index, observation, action, response_time_ms, timestamp) VALUES (9001, 7, 0, '{}', 'x', 1, '2025-10-21 09:15:00')"_s),
             QString());
    QCOMPARE(CliRun({u"action"_s, arena, u"add-random-players"_s, u"--row"_s, u"9001"_s, u"--param"_s, u"count=4"_s}).code, 0);
    QCOMPARE(CliRun({u"action"_s, arena, u"add-random-players"_s, u"--row"_s, u"9001"_s, u"--param"_s, u"count=2"_s}).code, 0);
    QCOMPARE(sqlValue(arena, u"SELECT count(*) || ' ' || count(DISTINCT agent_id) || ' ' || group_concat(DISTINCT player_index) FROM (SELECT * FROM game_players WHERE game_id = 9001 ORDER BY player_index)"_s), u"6 6 0,1,2,3,4,5"_s);
    const CliRun finished({u"action"_s, arena, u"finish-game"_s, u"--row"_s, u"9001"_s, u"--param"_s, u"winner=Mafia"_s});
    QVERIFY2(finished.code == 0 && finished.err.contains("1 game is finished now.") != finished.out.contains("1 game is finished now."), (finished.out + finished.err).constData());
    QCOMPARE(sqlValue(arena, u"SELECT status || winning_team || total_turns || environment_crashed || (finished_at > started_at) FROM games WHERE id = 9001"_s), u"completedMafia701"_s);
    QCOMPARE(executeSql(arena, u"INSERT INTO kinds(id, name, active, created_at) VALUES (9001, 'k', 1, '2025-10-21 09:14:00')"_s), QString());
    const QStringList find{u"action"_s, arena, u"get-or-create-agent"_s, u"--param"_s, u"kind=9001"_s, u"--param"_s, u"model=1"_s, u"--param"_s, u"prompt=1"_s};
    const QByteArray agent = CliRun(find).out.trimmed();
    QCOMPARE(CliRun(find).out.trimmed(), agent);
    QCOMPARE(sqlValue(arena, u"SELECT id || ' ' || active FROM agents WHERE kind_id = 9001"_s), QString::fromUtf8(agent) + u" 0"_s);
    QCOMPARE(CliRun({u"action"_s, arena, u"create-missing-ratings"_s}).code, 0);
    QCOMPARE(sqlValue(arena, u"SELECT (SELECT count(*) FROM agents) - (SELECT count(*) FROM agent_trueskill)"_s), u"0"_s);
    QCOMPARE(sqlValue(arena, u"SELECT mu || ' ' || sigma FROM agent_trueskill WHERE agent_id = %1"_s.arg(QString::fromUtf8(agent))), u"25.0 8.333"_s);

    // What the application sets together with a value, an action sets as well.
    const QString quorum = folder.filePath(u"quorum.db"_s);
    QCOMPARE(CliRun({u"demo"_s, quorum, u"--system"_s, u"quorum"_s}).code, 0);
    const QString loop = sqlValue(quorum, u"SELECT id FROM conversation_loops WHERE resolved_at IS NULL LIMIT 1"_s);
    QCOMPARE(CliRun({u"action"_s, quorum, u"set-intervention"_s, u"--row"_s, loop, u"--param"_s, u"status=RESOLVED"_s}).code, 0);
    QCOMPARE(sqlValue(quorum, u"SELECT intervention_status || (resolved_at >= detected_at) FROM conversation_loops WHERE id = '%1'"_s.arg(loop)), u"RESOLVED1"_s);
    const QString contradiction = sqlValue(quorum, u"SELECT id FROM contradictions WHERE NOT resolved LIMIT 1"_s);
    QCOMPARE(CliRun({u"action"_s, quorum, u"resolve-contradictions"_s, u"--row"_s, contradiction}).code, 0);
    QCOMPARE(sqlValue(quorum, u"SELECT resolved || acknowledged || (resolved_at >= detected_at) FROM contradictions WHERE id = '%1'"_s.arg(contradiction)), u"111"_s);
    QCOMPARE(CliRun({u"action"_s, quorum, u"reopen-contradictions"_s, u"--row"_s, contradiction}).code, 0);
    QCOMPARE(sqlValue(quorum, u"SELECT resolved || (resolved_at IS NULL) FROM contradictions WHERE id = '%1'"_s.arg(contradiction)), u"01"_s);
    QCOMPARE(executeSql(quorum, u"UPDATE conversations SET has_contradictions = 0, has_loops = 1 - has_loops"_s), QString());
    QCOMPARE(CliRun({u"action"_s, quorum, u"recompute-flags"_s}).code, 0);
    QCOMPARE(sqlValue(quorum, u"SELECT count(*) FROM conversations c WHERE has_contradictions <> EXISTS (SELECT 1 FROM contradictions x WHERE x.conversation_id = c.id)"
                              " OR has_loops <> EXISTS (SELECT 1 FROM conversation_loops l WHERE l.conversation_id = c.id)"_s), u"0"_s);

    const QString personas = folder.filePath(u"personas.db"_s);
    QCOMPARE(CliRun({u"demo"_s, personas, u"--system"_s, u"project-2501"_s}).code, 0);
    const QString memory = sqlValue(personas, u"SELECT id FROM conversation_memory WHERE importance IS NOT NULL LIMIT 1"_s);
    const QString was = sqlValue(personas, u"SELECT COALESCE(access_count, 0) || ' ' || importance FROM conversation_memory WHERE id = '%1'"_s.arg(memory));
    QCOMPARE(CliRun({u"action"_s, personas, u"touch-memory"_s, u"--row"_s, memory}).code, 0);
    QCOMPARE(CliRun({u"action"_s, personas, u"decay-importance"_s, u"--row"_s, memory, u"--param"_s, u"factor=0.5"_s}).code, 0);
    QCOMPARE(sqlValue(personas, u"SELECT access_count FROM conversation_memory WHERE id = '%1' AND last_accessed IS NOT NULL"_s.arg(memory)).toInt(), was.section(u' ', 0, 0).toInt() + 1);
    QCOMPARE(sqlValue(personas, u"SELECT importance FROM conversation_memory WHERE id = '%1'"_s.arg(memory)).toDouble(), was.section(u' ', 1).toDouble() / 2);
    const QString persona = sqlValue(personas, u"SELECT id FROM personas LIMIT 1"_s);
    const qint64 had = sqlValue(personas, u"SELECT count(*) FROM personas"_s).toLongLong();
    QCOMPARE(CliRun({u"action"_s, personas, u"duplicate-persona"_s, u"--row"_s, persona}).code, 0);
    QCOMPARE(sqlValue(personas, u"SELECT count(*) || ' ' || count(DISTINCT id) FROM personas"_s), u"%1 %1"_s.arg(had + 1));

    const QString engine = folder.filePath(u"engine.db"_s);
    QCOMPARE(CliRun({u"demo"_s, engine, u"--system"_s, u"consensus-engine"_s}).code, 0);
    const QString rounds = sqlValue(engine, u"SELECT count(*) FROM rounds WHERE discussion_id = 1"_s);
    QVERIFY(rounds.toInt() > 0);
    QCOMPARE(CliRun({u"action"_s, engine, u"delete-discussion"_s, u"--row"_s, u"1"_s}).code, 0);
    QCOMPARE(sqlValue(engine, u"SELECT count(*) FROM rounds WHERE discussion_id = 1"_s), u"0"_s);
    QCOMPARE(sqlValue(engine, u"SELECT count(*) FROM model_responses WHERE round_id NOT IN (SELECT id FROM rounds)"_s), u"0"_s);

    const QString orchestration = folder.filePath(u"orchestration.db"_s);
    QCOMPARE(CliRun({u"demo"_s, orchestration, u"--system"_s, u"llm-orchestration"_s}).code, 0);
    const QString blocks = sqlValue(orchestration, u"SELECT count(*) FROM payload_blocks WHERE payload_id = 1"_s);
    QCOMPARE(CliRun({u"action"_s, orchestration, u"duplicate-payload"_s, u"--row"_s, u"1"_s}).code, 0);
    QCOMPARE(sqlValue(orchestration, u"SELECT count(*) FROM payload_blocks WHERE payload_id = (SELECT max(id) FROM payloads)"_s), blocks);
    QVERIFY(sqlValue(orchestration, u"SELECT name FROM payloads ORDER BY id DESC"_s).endsWith(u" (copy)"_s));
}

void tst_ActionVerb::aWorkflowIsCopiedWithItsOrder()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(u"orchestration.db"_s);
    QCOMPARE(CliRun({u"demo"_s, path, u"--system"_s, u"llm-orchestration"_s}).code, 0);
    // Not in the order of the rowid, and one payload twice.
    QCOMPARE(executeSql(path, u"INSERT INTO workflows(id, name, created_at, updated_at) VALUES (9001, 'Review', '2020-01-01 00:00:00', '2020-01-01 00:00:00');"
                              "INSERT INTO workflow_payloads(workflow_id, payload_id, order_index) VALUES (9001, 2, 1), (9001, 1, 0), (9001, 2, 2)"_s),
             QString());
    const QString list = u"SELECT group_concat(payload_id || '@' || order_index) FROM (SELECT * FROM workflow_payloads WHERE workflow_id = %1 ORDER BY order_index)"_s;
    const QString others = u"SELECT count(*) || ' ' || total(payload_id) || ' ' || total(order_index) FROM workflow_payloads WHERE workflow_id < 9001"_s;
    const QString before = sqlValue(path, others);
    const CliRun rehearsal({u"action"_s, path, u"duplicate-workflow"_s, u"--row"_s, u"9001"_s, u"--dry-run"_s});
    QCOMPARE(rehearsal.code, 0);
    QCOMPARE(sqlValue(path, u"SELECT max(id) FROM workflows"_s), u"9001"_s);
    const CliRun run({u"action"_s, path, u"duplicate-workflow"_s, u"--row"_s, u"9001"_s});
    QVERIFY2(run.code == 0, run.err.constData());
    const QString copy = sqlValue(path, u"SELECT id FROM workflows WHERE name = 'Review (copy)'"_s);
    QVERIFY(!copy.isEmpty() && copy != u"9001");
    QCOMPARE(sqlValue(path, list.arg(copy)), u"1@0,2@1,2@2"_s);
    QCOMPARE(sqlValue(path, list.arg(9001)), u"1@0,2@1,2@2"_s);
    QCOMPARE(sqlValue(path, others), before);
    QCOMPARE(sqlValue(path, u"SELECT name || created_at FROM workflows WHERE id = 9001"_s), u"Review2020-01-01 00:00:00"_s);
    QCOMPARE(sqlValue(path, u"SELECT (created_at > '2025') || (updated_at > '2025') FROM workflows WHERE id = "_s + copy), u"11"_s);
    QCOMPARE(sqlValue(path, u"SELECT count(*) FROM runs WHERE workflow_id = "_s + copy), u"0"_s);
}

void tst_ActionVerb::orphansAndOnlyOrphansAreRemoved()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(u"orchestration.db"_s);
    QCOMPARE(CliRun({u"demo"_s, path, u"--system"_s, u"llm-orchestration"_s}).code, 0);
    QCOMPARE(CliRun({u"action"_s, path, u"remove-orphans"_s}).code, 0); // a demo has some of its own
    const QString counts = u"SELECT (SELECT count(*) FROM payload_blocks) || ' ' || (SELECT count(*) FROM workflow_payloads) || ' ' || (SELECT count(*) FROM responses) || ' ' || (SELECT count(payload_id) FROM responses)"_s;
    const QString clean = sqlValue(path, counts);
    // As the application leaves them, whose foreign keys are off. A response whose payload is gone is worth keeping.
    QCOMPARE(executeSql(path, u"PRAGMA foreign_keys = OFF;"
                              "INSERT INTO payload_blocks(payload_id, block_id, order_index) VALUES (1, 99001, 50), (99002, 1, 0);"
                              "INSERT INTO workflow_payloads(workflow_id, payload_id, order_index) VALUES (1, 99002, 50), (99003, 1, 0);"
                              "INSERT INTO responses(id, run_id, payload_id, content) VALUES (99005, (SELECT min(id) FROM runs), 99002, 'kept'), (99006, 99004, 1, 'gone')"_s),
             QString());
    const QString dirty = sqlValue(path, counts);
    QVERIFY(dirty != clean);
    QCOMPARE(CliRun({u"action"_s, path, u"remove-orphans"_s, u"--dry-run"_s}).code, 0);
    QCOMPARE(sqlValue(path, counts), dirty);
    const CliRun run({u"action"_s, path, u"remove-orphans"_s});
    QVERIFY2(run.code == 0, run.err.constData());
    QCOMPARE(sqlValue(path, u"SELECT content || (payload_id IS NULL) FROM responses WHERE id = 99005"_s), u"kept1"_s);
    QCOMPARE(sqlValue(path, u"SELECT count(*) FROM responses WHERE id = 99006"_s), u"0"_s);
    QCOMPARE(executeSql(path, u"DELETE FROM responses WHERE id = 99005"_s), QString());
    QCOMPARE(sqlValue(path, counts), clean);
    QCOMPARE(sqlValue(path, u"SELECT count(*) FROM pragma_foreign_key_check"_s), u"0"_s);
}

void tst_ActionVerb::mistakesAreNamed()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(u"q.db"_s);
    QCOMPARE(CliRun({u"demo"_s, path, u"--system"_s, u"quorum"_s}).code, 0);
    QCOMPARE(CliRun({u"action"_s, path, u"nonsense"_s}).code, 1);
    QCOMPARE(CliRun({u"action"_s, path, u"set-intervention"_s}).code, 2); // no rows
    const CliRun choice({u"action"_s, path, u"set-intervention"_s, u"--row"_s, u"x"_s, u"--param"_s, u"status=LATER"_s});
    QCOMPARE(choice.code, 2);
    QVERIFY(choice.err.contains("IN_PROGRESS"));
    QCOMPARE(CliRun({u"action"_s, path, u"set-intervention"_s, u"--row"_s, u"x"_s, u"--param"_s, u"speed=1"_s}).code, 2);
    const CliRun nobody({u"action"_s, path, u"acknowledge-contradictions"_s, u"--row"_s, u"no-such-row"_s});
    QCOMPARE(nobody.code, 1);
    QVERIFY(nobody.err.contains("no-such-row"));
}

QTEST_GUILESS_MAIN(tst_ActionVerb)
#include "tst_actionverb.moc"
