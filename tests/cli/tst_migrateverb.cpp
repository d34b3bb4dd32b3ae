// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/cli/clirunner.h"
#include "tests/support/testdatabase.h"
#include "tests/support/testfiles.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_MigrateVerb : public QObject
{
    Q_OBJECT

private slots:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }
    void statusHasTheKeysOfTheContract();
    void upAndDownAndTheRecord();
    void driftIsListed();
    void aConversionIsOfferedAndRun();
    void anOldArenaBecomesANewFile();
    void newMakesTheNextFile();
    void diffAsksAboutRenames();
    void diffLeadsToTheOtherDatabase();
    void sqlPrintsAndChangesNothing();
    void anAlembicDirectoryIsShownOnly();
    void aServerIsMigrated();
    void wrongUseIsTold_data();
    void wrongUseIsTold();

private:
    QString path(const QString &name) const { return m_folder->filePath(name); }
    void write(const QString &name, const QByteArray &content) const
    {
        QDir().mkpath(QFileInfo(path(name)).path());
        QFile file(path(name));
        if (!file.open(QIODevice::WriteOnly))
            qFatal("%s", qPrintable(file.errorString()));
        file.write(content);
    }
    std::unique_ptr<QTemporaryDir> m_folder;
};

void tst_MigrateVerb::statusHasTheKeysOfTheContract()
{
    QCOMPARE(CliRun({u"new"_s, path(u"c.db"_s), u"--system"_s, u"consensus-engine"_s}).code, 0);
    const CliRun run({u"migrate"_s, path(u"c.db"_s), u"status"_s, u"--json"_s});
    QCOMPARE(run.code, 0);
    const QJsonObject status = run.json().object();
    QCOMPARE(status[u"tracking"_s].toString(), u"alembic_version"_s);
    QCOMPARE(status[u"current"_s].toString(), u"001_initial"_s);
    QCOMPARE(status[u"head"_s].toString(), u"001_initial"_s);
    QCOMPARE(status[u"applied"_s].toArray(), QJsonArray{u"001_initial"_s});
    QCOMPARE(status[u"pending"_s].toArray(), QJsonArray());
    QVERIFY(status[u"drift"_s].isArray() && status[u"drift"_s].toArray().isEmpty());
    const CliRun text({u"migrate"_s, path(u"c.db"_s), u"status"_s});
    QVERIFY2(text.out.contains("current     001_initial") && text.out.contains("drift       none"), text.out);
    // A database of nobody.
    QCOMPARE(executeSql(path(u"n.db"_s), u"CREATE TABLE t(a)"_s), QString());
    const QJsonObject none = CliRun({u"migrate"_s, path(u"n.db"_s), u"status"_s, u"--json"_s}).json().object();
    QVERIFY(none[u"head"_s].isNull() && none[u"drift"_s].isArray());
}

void tst_MigrateVerb::upAndDownAndTheRecord()
{
    write(u"m/0001_a.sql"_s, "-- A\n-- migrate:up\nCREATE TABLE a(x);\n-- migrate:down\nDROP TABLE a;\n");
    write(u"m/0002_b.sql"_s, "-- B\n-- migrate:up\nCREATE TABLE b(x);\n-- migrate:down\nDROP TABLE b;\n");
    const CliRun up({u"migrate"_s, path(u"x.db"_s), u"up"_s, u"--dir"_s, path(u"m"_s), u"--json"_s});
    QVERIFY2(up.code == 0, up.err);
    QCOMPARE(up.json()[u"done"_s].toArray(), (QJsonArray{u"0001_a up"_s, u"0002_b up"_s}));
    QCOMPARE(up.json()[u"current"_s].toString(), u"0002"_s);
    QCOMPARE(sqlValue(path(u"x.db"_s), u"SELECT group_concat(version) FROM schema_migrations"_s), u"0001,0002"_s);
    const CliRun idle({u"migrate"_s, path(u"x.db"_s), u"up"_s, u"--dir"_s, path(u"m"_s)});
    QVERIFY(idle.code == 0 && idle.err.contains("nothing to do: the database is at 0002"));
    const CliRun down({u"migrate"_s, path(u"x.db"_s), u"down"_s, u"--to"_s, u"0001"_s, u"--dir"_s, path(u"m"_s), u"--backup"_s, path(u"save.db"_s)});
    QVERIFY2(down.code == 0, down.err);
    QVERIFY(down.err.contains("Backup: ") && down.err.contains("now at 0001"));
    QCOMPARE(sqlValue(path(u"save.db"_s), u"SELECT count(*) FROM schema_migrations"_s), u"2"_s);
    const CliRun stamp({u"migrate"_s, path(u"x.db"_s), u"stamp"_s, u"--to"_s, u"head"_s, u"--dir"_s, path(u"m"_s)});
    QVERIFY2(stamp.code == 0, stamp.err);
    QCOMPARE(sqlValue(path(u"x.db"_s), u"SELECT count(*) FROM schema_migrations"_s), u"2"_s);
    QCOMPARE(sqlValue(path(u"x.db"_s), u"SELECT count(*) FROM sqlite_schema WHERE name = 'b'"_s), u"0"_s);
}

void tst_MigrateVerb::driftIsListed()
{
    QCOMPARE(CliRun({u"new"_s, path(u"c.db"_s), u"--system"_s, u"consensus-engine"_s}).code, 0);
    QCOMPARE(executeSql(path(u"c.db"_s), u"ALTER TABLE rounds ADD COLUMN mood TEXT; CREATE INDEX quick ON rounds(discussion_id)"_s), QString());
    const QJsonArray drift = CliRun({u"migrate"_s, path(u"c.db"_s), u"status"_s, u"--json"_s}).json()[u"drift"_s].toArray();
    QCOMPARE(drift.size(), 2);
    QCOMPARE(drift[0][u"table"_s].toString(), u"rounds"_s);
    QCOMPARE(drift[0][u"object"_s].toString(), u"mood"_s);
    QVERIFY(drift[1][u"text"_s].toString().contains(u"index quick on rounds is extra"));
    // What repairs it is written on demand and runs as it stands.
    const CliRun repair({u"migrate"_s, path(u"c.db"_s), u"diff"_s, u"-o"_s, path(u"fix/0001_repair.sql"_s)});
    QCOMPARE(repair.code, 1); // no such folder
    QDir().mkpath(path(u"fix"_s));
    const CliRun again({u"migrate"_s, path(u"c.db"_s), u"diff"_s, u"-o"_s, path(u"fix/0001_repair.sql"_s)});
    QVERIFY2(again.code == 0, again.err);
    QVERIFY2(CliRun({u"migrate"_s, path(u"c.db"_s), u"up"_s, u"--dir"_s, path(u"fix"_s)}).code == 0, again.err);
    QCOMPARE(CliRun({u"migrate"_s, path(u"c.db"_s), u"status"_s, u"--json"_s}).json()[u"drift"_s].toArray(), QJsonArray());
}

void tst_MigrateVerb::aConversionIsOfferedAndRun()
{
    QCOMPARE(CliRun({u"demo"_s, path(u"c.db"_s), u"--system"_s, u"consensus-engine"_s, u"--variant"_s, u"shipped"_s}).code, 0);
    const QJsonArray offered = CliRun({u"migrate"_s, path(u"c.db"_s), u"status"_s, u"--json"_s}).json()[u"conversions"_s].toArray();
    QCOMPARE(offered[0][u"to"_s].toString(), u"documented"_s);
    const CliRun up({u"migrate"_s, path(u"c.db"_s), u"up"_s, u"--to"_s, u"documented"_s, u"--json"_s});
    QVERIFY2(up.code == 0, up.err);
    QVERIFY(!up.json()[u"counts"_s].toArray().isEmpty());
    QVERIFY(up.err.contains("rounds: "));
    QCOMPARE(CliRun({u"info"_s, path(u"c.db"_s), u"--json"_s}).json()[u"system"_s][u"variant"_s].toString(), u"documented"_s);
    QCOMPARE(executeSql(path(u"c.db"_s), u"UPDATE discussions SET consensus_score = 0.5 WHERE id = 1"_s), QString());
    const CliRun refused({u"migrate"_s, path(u"c.db"_s), u"down"_s, u"--to"_s, u"shipped"_s});
    QVERIFY2(refused.code == 1 && refused.err.contains("values without a place would be 0 instead of 1"), refused.err);
}

void tst_MigrateVerb::anOldArenaBecomesANewFile()
{
    const QString old = path(u"old.db"_s);
    const QString fresh = path(u"new.db"_s);
    QCOMPARE(CliRun({u"new"_s, old, u"--system"_s, u"mindgames-arena"_s, u"--variant"_s, u"legacy"_s}).code, 0);
    QCOMPARE(executeSql(old, u"INSERT INTO agent_types VALUES ('k1', 'react', 0); INSERT INTO llm_models VALUES ('m1', 'gpt-4o', NULL, 0);"
                             "INSERT INTO strategy_prompts VALUES ('p1', 'bold', 'Accuse early.', 1, '2025-01-01 10:00:00', 0), ('p2', 'shy', 'Say little.', 1, '2025-01-02 10:00:00', 0);"
                             "INSERT INTO agents VALUES ('a1', 'k1', 'm1', 'p1', 'h1', '2025-01-03 10:00:00'), ('a2', 'k1', 'm1', 'p2', 'h2', '2025-01-03 10:00:01');"
                             "INSERT INTO games VALUES ('g1', 'SecretMafia-v0', '2025-02-01 10:00:00', '2025-02-01 10:05:00', 300, 'Mafia', NULL, NULL);"
                             "INSERT INTO game_participants VALUES ('x1', 'g1', 'a1', 0, 'Mafia', 1), ('x2', 'g1', 'a2', 1, 'Villager', -1);"
                             "INSERT INTO game_actions VALUES ('t1', 'g1', 'a1', 0, 'day', 'It is day.', 'raw', 'I accuse 1.', '2025-02-01 10:01:00', 900);"_s),
             QString());
    const QString before = sqlValue(old, u"SELECT group_concat(name) FROM sqlite_schema"_s);
    const CliRun run({u"migrate"_s, old, u"convert"_s, u"-o"_s, fresh, u"--json"_s});
    QVERIFY2(run.code == 0, run.err);
    QCOMPARE(run.json()[u"from"_s].toString(), u"legacy"_s);
    QCOMPARE(run.json()[u"to"_s].toString(), u"current"_s);
    QCOMPARE(run.json()[u"counts"_s][u"turns"_s].toInt(), 1);
    QCOMPARE(CliRun({u"info"_s, fresh, u"--json"_s}).json()[u"system"_s][u"variant"_s].toString(), u"current"_s);
    QCOMPARE(sqlValue(fresh, u"SELECT p.content || '|' || gp.role || '|' || t.action FROM game_turns t JOIN game_players gp ON gp.game_id = t.game_id AND gp.player_index = t.player_index"
                             " JOIN agents a ON a.id = gp.agent_id JOIN prompts p ON p.id = a.prompt_id"_s), u"Accuse early.|Mafia|I accuse 1."_s);
    // The old one is as it was, and nothing else lies about.
    QCOMPARE(sqlValue(old, u"SELECT group_concat(name) FROM sqlite_schema"_s), before);
    QCOMPARE(QDir(m_folder->path()).entryList({u"*converting*"_s}, QDir::Files), QStringList());
    // A file that is there is not touched; what leads nowhere is said.
    const CliRun again({u"migrate"_s, old, u"convert"_s, u"-o"_s, fresh});
    QVERIFY2(again.code == 2 && again.err.contains("There is a file"), again.err);
    const CliRun nowhere({u"migrate"_s, fresh, u"convert"_s, u"--to"_s, u"legacy"_s, u"-o"_s, path(u"x.db"_s)});
    QVERIFY2(nowhere.code == 1 && nowhere.err.contains("Nothing leads"), nowhere.err);
    QVERIFY(!QFile::exists(path(u"x.db"_s)));
}

void tst_MigrateVerb::newMakesTheNextFile()
{
    const CliRun first({u"migrate"_s, path(u"x.db"_s), u"new"_s, u"add ratings"_s, u"--dir"_s, path(u"m"_s)});
    QVERIFY2(first.code == 0, first.err);
    QCOMPARE(first.out, path(u"m/0001_add_ratings.sql\n"_s).toUtf8());
    QCOMPARE(CliRun({u"migrate"_s, path(u"x.db"_s), u"new"_s, u"second"_s, u"--dir"_s, path(u"m"_s)}).out, path(u"m/0002_second.sql\n"_s).toUtf8());
    write(u"p/008_old.sql"_s, "BEGIN;\nCREATE TABLE a(x);\nCOMMIT;\n-- Rollback:\n-- DROP TABLE a;\n");
    QCOMPARE(CliRun({u"migrate"_s, path(u"x.db"_s), u"new"_s, u"next"_s, u"--dir"_s, path(u"p"_s)}).out, path(u"p/009_next.sql\n"_s).toUtf8());
    QFile made(path(u"p/009_next.sql"_s));
    QVERIFY(made.open(QIODevice::ReadOnly));
    QVERIFY(made.readAll().contains("-- Rollback:"));
}

void tst_MigrateVerb::diffAsksAboutRenames()
{
    QCOMPARE(executeSql(path(u"a.db"_s), u"CREATE TABLE t(id INTEGER PRIMARY KEY, winner TEXT); INSERT INTO t VALUES (1, 'x')"_s), QString());
    QCOMPARE(executeSql(path(u"b.db"_s), u"CREATE TABLE t(id INTEGER PRIMARY KEY, winning_team TEXT)"_s), QString());
    const QStringList diff{u"migrate"_s, path(u"a.db"_s), u"diff"_s, u"--against"_s, path(u"b.db"_s)};
    const CliRun asked(diff);
    QCOMPARE(asked.code, 2);
    QVERIFY2(asked.err.contains("--rename t.winner=t.winning_team") && asked.out.isEmpty(), asked.err);
    const CliRun renamed(diff + QStringList{u"--rename"_s, u"t.winner=t.winning_team"_s});
    QVERIFY2(renamed.code == 0 && renamed.out.contains("RENAME COLUMN \"winner\" TO \"winning_team\""), renamed.err);
    const CliRun notRenamed(diff + QStringList{u"--no-renames"_s});
    QVERIFY2(notRenamed.code == 0 && !notRenamed.out.contains("RENAME COLUMN"), notRenamed.out);
}

void tst_MigrateVerb::diffLeadsToTheOtherDatabase()
{
    QCOMPARE(CliRun({u"demo"_s, path(u"early.db"_s), u"--system"_s, u"mindgames-arena"_s, u"--variant"_s, u"early"_s}).code, 0);
    QCOMPARE(CliRun({u"new"_s, path(u"head.db"_s), u"--system"_s, u"mindgames-arena"_s}).code, 0);
    QDir().mkpath(path(u"m"_s));
    const CliRun diff({u"migrate"_s, path(u"early.db"_s), u"diff"_s, u"--against"_s, path(u"head.db"_s), u"--no-renames"_s, u"-o"_s, path(u"m/0001_diff.sql"_s)});
    QVERIFY2(diff.code == 0, diff.err);
    QVERIFY(diff.err.contains("column models.class is missing"));
    QFile written(path(u"m/0001_diff.sql"_s));
    QVERIFY(written.open(QIODevice::ReadOnly));
    QByteArray text = written.readAll();
    QVERIFY2(text.contains("must have a value and has no default"), text.left(600));
    // What the remark asks for is said, then it runs.
    text.replace("\"litellm_model_name\", NULL, ", "\"litellm_model_name\", 'open', ").replace("\"alias\", NULL, ", "\"alias\", 0, ");
    write(u"n/0001_diff.sql"_s, text);
    const CliRun up({u"migrate"_s, path(u"early.db"_s), u"up"_s, u"--dir"_s, path(u"n"_s)});
    QVERIFY2(up.code == 0, up.err + text);
    QCOMPARE(CliRun({u"migrate"_s, path(u"early.db"_s), u"diff"_s, u"--against"_s, path(u"head.db"_s)}).err.trimmed(), QByteArray("no difference"));
}

void tst_MigrateVerb::sqlPrintsAndChangesNothing()
{
    QCOMPARE(CliRun({u"new"_s, path(u"p.db"_s), u"--system"_s, u"project-2501"_s}).code, 0);
    const CliRun down({u"migrate"_s, path(u"p.db"_s), u"sql"_s, u"--to"_s, u"0006"_s});
    QVERIFY2(down.code == 0, down.err);
    QVERIFY(down.out.contains("-- 0008_add_first_message_id down") && down.out.contains("-- 0007_add_conversation_memory down") && !down.out.contains("0006_"));
    QVERIFY(down.out.contains("PRAGMA foreign_keys=OFF;\nBEGIN IMMEDIATE;") && down.out.contains("COMMIT;"));
    QCOMPARE(CliRun({u"migrate"_s, path(u"p.db"_s), u"status"_s, u"--json"_s}).json()[u"current"_s].toString(), u"0008_add_first_message_id"_s);
}

void tst_MigrateVerb::anAlembicDirectoryIsShownOnly()
{
    write(u"a/env.py"_s, "raise SystemExit\n");
    write(u"a/versions/1.py"_s, "\"\"\"First\"\"\"\nrevision = '001_initial'\ndown_revision = None\ndef upgrade(): pass\n");
    write(u"a/versions/2.py"_s, "\"\"\"Second\"\"\"\nrevision = 'abc'\ndown_revision = '001_initial'\ndef upgrade(): pass\n");
    QCOMPARE(CliRun({u"new"_s, path(u"c.db"_s), u"--system"_s, u"consensus-engine"_s}).code, 0);
    const CliRun status({u"migrate"_s, path(u"c.db"_s), u"status"_s, u"--dir"_s, path(u"a"_s), u"--json"_s});
    QVERIFY2(status.code == 0, status.err);
    QCOMPARE(status.json()[u"head"_s].toString(), u"abc"_s);
    QCOMPARE(status.json()[u"pending"_s].toArray(), QJsonArray{u"abc"_s});
    QCOMPARE(status.json()[u"migrations"_s][1][u"title"_s].toString(), u"Second"_s);
    const CliRun up({u"migrate"_s, path(u"c.db"_s), u"up"_s, u"--dir"_s, path(u"a"_s)});
    QVERIFY2(up.code == 1 && up.err.contains("Python"), up.err);
}

void tst_MigrateVerb::aServerIsMigrated()
{
    TestDatabase server;
    REQUIRE_DATABASE(server);
    const CliRun up({u"migrate"_s, server.url(), u"up"_s, u"--system"_s, u"mindgames-arena"_s});
    QVERIFY2(up.code == 0, up.err);
    const QJsonObject status = CliRun({u"migrate"_s, server.url(), u"status"_s, u"--json"_s}).json().object();
    QCOMPARE(status[u"current"_s].toString(), u"0001_initial"_s);
    QVERIFY(status[u"drift"_s].isArray() && status[u"drift"_s].toArray().isEmpty());
    QCOMPARE(server.execute(u"DROP INDEX idx_llm_call_model"_s), QString());
    const QJsonArray drift = CliRun({u"migrate"_s, server.url(), u"status"_s, u"--json"_s}).json()[u"drift"_s].toArray();
    QCOMPARE(drift.size(), 1);
    QVERIFY(drift[0][u"text"_s].toString().contains(u"idx_llm_call_model"));
    QCOMPARE(server.value(u"SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'turnstone%'"_s), u"0"_s); // nothing of the look stays
}

void tst_MigrateVerb::wrongUseIsTold_data()
{
    QTest::addColumn<QStringList>("words");
    QTest::addColumn<int>("code");
    QTest::addColumn<QByteArray>("said");
    QTest::newRow("no such action") << QStringList{u"sideways"_s} << 2 << QByteArray("there is no action \"sideways\"");
    QTest::newRow("no such revision") << QStringList{u"up"_s, u"--to"_s, u"0042"_s} << 2 << QByteArray("no revision \"0042\"");
    QTest::newRow("no such folder") << QStringList{u"status"_s, u"--dir"_s, u"/nowhere/at/all"_s} << 1 << QByteArray("no folder of migrations");
    QTest::newRow("no such system") << QStringList{u"status"_s, u"--system"_s, u"nobody"_s} << 2 << QByteArray("no system \"nobody\"");
    QTest::newRow("new without a folder") << QStringList{u"new"_s, u"x"_s} << 2 << QByteArray("--dir");
}

void tst_MigrateVerb::wrongUseIsTold()
{
    QFETCH(QStringList, words);
    QFETCH(int, code);
    QFETCH(QByteArray, said);
    QCOMPARE(CliRun({u"new"_s, path(u"c.db"_s), u"--system"_s, u"consensus-engine"_s}).code, 0);
    const CliRun run(QStringList{u"migrate"_s, path(u"c.db"_s)} + words);
    QCOMPARE(run.code, code);
    QVERIFY2(run.err.startsWith("turnstone-cli: migrate: ") && run.err.contains(said), run.err);
    QCOMPARE(run.err.count('\n'), 1);
}

QTEST_GUILESS_MAIN(tst_MigrateVerb)
#include "tst_migrateverb.moc"
