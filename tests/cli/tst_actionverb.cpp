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
    void mistakesAreNamed();
};

void tst_ActionVerb::everyActionOfEverySystemCanBeRehearsed_data()
{
    QTest::addColumn<QString>("system");
    QTest::addColumn<bool>("onServer");
    for (const QString &system : {u"consensus-engine"_s, u"mindgames-arena"_s, u"quorum"_s, u"llm-orchestration"_s})
        QTest::newRow(qPrintable(system + u", SQLite"_s)) << system << false;
    for (const QString &system : {u"mindgames-arena"_s}) // the others need pgvector there
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
