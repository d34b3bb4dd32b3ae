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

class tst_QueryVerb : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void everyFormatPrintsTheRows_data();
    void everyFormatPrintsTheRows();
    void exactNumbersSurviveJson();
    void parametersBindByName();
    void writingNeedsPermission();
    void whatForeignKeysChangeIsToldBeforeWriting();
    void mistakesHaveTheRightExitCode_data();
    void mistakesHaveTheRightExitCode();
    void aStopEndsWith130();
    void postgresWorksTheSame();

private:
    QTemporaryDir m_folder;
    QString m_path = m_folder.filePath(u"q.db"_s);
};

void tst_QueryVerb::initTestCase()
{
    QCOMPARE(executeSql(m_path, u"CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT, score REAL);"
                                "INSERT INTO t VALUES(1, 'Zed', 25.5), (2, NULL, 0.1), (9223372036854775807, '', -0.0)"_s), QString());
}

void tst_QueryVerb::everyFormatPrintsTheRows_data()
{
    QTest::addColumn<QString>("format");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("csv") << u"csv"_s << QByteArray("id,name,score\n1,Zed,25.5\n2,,0.1\n");
    QTest::newRow("jsonl") << u"jsonl"_s << QByteArray("{\"id\":1,\"name\":\"Zed\",\"score\":25.5}\n{\"id\":2,\"name\":null,\"score\":0.1}\n");
    QTest::newRow("json") << u"json"_s
                          << QByteArray("[\n {\"id\":1,\"name\":\"Zed\",\"score\":25.5},\n {\"id\":2,\"name\":null,\"score\":0.1}\n]\n");
    QTest::newRow("markdown") << u"markdown"_s << QByteArray("| id | name | score |\n| --- | --- | --- |\n| 1 | Zed | 25.5 |\n| 2 | *NULL* | 0.1 |\n");
    QTest::newRow("table") << u"table"_s << QByteArray("id  name  score\n──  ────  ─────\n 1  Zed    25.5\n 2  NULL    0.1\n(2 rows)\n");
}

void tst_QueryVerb::everyFormatPrintsTheRows()
{
    QFETCH(QString, format);
    QFETCH(QByteArray, expected);
    const CliRun run({u"query"_s, m_path, u"SELECT * FROM t WHERE id < 3"_s, u"--format"_s, format});
    QCOMPARE(run.err, QByteArray());
    QCOMPARE(run.out, expected);
    QCOMPARE(run.code, 0);
}

void tst_QueryVerb::exactNumbersSurviveJson()
{
    const CliRun run({u"query"_s, m_path, u"SELECT id, score FROM t WHERE id > 3"_s, u"--format"_s, u"jsonl"_s});
    QCOMPARE(run.out, QByteArray("{\"id\":9223372036854775807,\"score\":0.0}\n")); // SQLite itself stores -0.0 as 0
}

void tst_QueryVerb::parametersBindByName()
{
    const CliRun run({u"query"_s, m_path, u"SELECT name FROM t WHERE id = :n AND name LIKE :l"_s, u"--param"_s, u"n=1"_s, u"--param"_s,
                      u"l=Z%"_s, u"--format"_s, u"csv"_s});
    QCOMPARE(run.out, QByteArray("name\nZed\n"));
    const CliRun missing({u"query"_s, m_path, u"SELECT :n"_s});
    QCOMPARE(missing.code, 1);
    QVERIFY(missing.err.contains(":n"));
}

void tst_QueryVerb::writingNeedsPermission()
{
    const CliRun refused({u"query"_s, m_path, u"DELETE FROM t WHERE id = 2"_s});
    QCOMPARE(refused.code, 1);
    QVERIFY(refused.err.contains("--write"));
    QCOMPARE(sqlValue(m_path, u"SELECT count(*) FROM t"_s), u"3"_s);
    const CliRun done({u"query"_s, m_path, u"UPDATE t SET name = 'Two' WHERE id = 2"_s, u"--write"_s});
    QCOMPARE(done.code, 0);
    QCOMPARE(sqlValue(m_path, u"SELECT name FROM t WHERE id = 2"_s), u"Two"_s);
    QCOMPARE(executeSql(m_path, u"UPDATE t SET name = NULL WHERE id = 2"_s), QString());
}

void tst_QueryVerb::whatForeignKeysChangeIsToldBeforeWriting()
{
    const QString path = m_folder.filePath(u"orchestration.db"_s);
    QVERIFY(CliRun({u"demo"_s, path, u"--system"_s, u"llm-orchestration"_s}).code == 0);
    QCOMPARE(executeSql(path, u"INSERT INTO payload_blocks(payload_id, block_id, order_index) VALUES (999999, 999999, 1)"_s), QString());
    const CliRun written({u"query"_s, path, u"UPDATE payloads SET name = name"_s, u"--write"_s});
    QVERIFY2(written.code == 0, written.err.constData());
    QVERIFY(written.err.contains("without enforcing its foreign keys"));
    QVERIFY(written.err.contains("deletes those that point to it"));
    QVERIFY(written.err.contains("payload_blocks.block_id"));
    QVERIFY(written.err.contains("point to nothing already: 2."));
    QVERIFY(written.out.isEmpty());
    QVERIFY(!CliRun({u"query"_s, path, u"SELECT 1"_s, u"--write"_s}).err.contains("foreign"));
    QCOMPARE(CliRun({u"info"_s, path, u"--json"_s}).json()["application_enforces_foreign_keys"_L1].toBool(true), false);
    // The arena enforces them itself, and a file of nobody's has no manners.
    const QString arena = m_folder.filePath(u"arena.db"_s);
    QVERIFY(CliRun({u"demo"_s, arena, u"--system"_s, u"mindgames-arena"_s}).code == 0);
    QVERIFY(!CliRun({u"query"_s, arena, u"UPDATE games SET status = status"_s, u"--write"_s}).err.contains("foreign"));
}

void tst_QueryVerb::mistakesHaveTheRightExitCode_data()
{
    QTest::addColumn<QStringList>("words");
    QTest::addColumn<int>("code");
    QTest::newRow("no database") << QStringList{u"query"_s} << 2;
    QTest::newRow("no statement") << QStringList{u"query"_s, m_path} << 2;
    QTest::newRow("bad parameter") << QStringList{u"query"_s, m_path, u"SELECT 1"_s, u"--param"_s, u"n"_s} << 2;
    QTest::newRow("bad format") << QStringList{u"query"_s, m_path, u"SELECT 1"_s, u"--format"_s, u"xml"_s} << 2;
    QTest::newRow("bad URL") << QStringList{u"query"_s, u"postgresql://user@host:port/db"_s, u"SELECT 1"_s} << 2;
    QTest::newRow("an engine that we do not know") << QStringList{u"query"_s, u"mysql://host/db"_s, u"SELECT 1"_s} << 1;
    QTest::newRow("syntax") << QStringList{u"query"_s, m_path, u"SELEC 1"_s} << 1;
    QTest::newRow("two statements") << QStringList{u"query"_s, m_path, u"SELECT 1; SELECT 2"_s} << 1;
    QTest::newRow("missing file") << QStringList{u"query"_s, m_path + u".missing"_s, u"SELECT 1"_s} << 1;
}

void tst_QueryVerb::mistakesHaveTheRightExitCode()
{
    QFETCH(QStringList, words);
    QFETCH(int, code);
    const CliRun run(words);
    QCOMPARE(run.code, code);
    QVERIFY2(run.err.startsWith("turnstone-cli: ") && run.err.count('\n') == 1, run.err.constData());
    QCOMPARE(run.out, QByteArray());
}

void tst_QueryVerb::aStopEndsWith130()
{
    std::stop_source stop;
    stop.request_stop();
    const CliRun run({u"query"_s, m_path, u"SELECT 1"_s}, stop.get_token());
    QCOMPARE(run.code, 130);
}

void tst_QueryVerb::postgresWorksTheSame()
{
    TestDatabase database;
    REQUIRE_DATABASE(database);
    const CliRun run({u"query"_s, database.url(), u"SELECT 12345678901234567890.50::numeric AS n, true AS b, NULL AS x, '{\"a\":1.0}'::json AS j WHERE 1 = :one::int"_s,
                      u"--param"_s, u"one=1"_s, u"--format"_s, u"jsonl"_s});
    QCOMPARE(run.err, QByteArray());
    QCOMPARE(run.out, QByteArray("{\"n\":12345678901234567890.50,\"b\":true,\"x\":null,\"j\":{\"a\":1.0}}\n"));
    const CliRun refused({u"query"_s, database.url(), u"CREATE TABLE t(a int)"_s});
    QCOMPARE(refused.code, 1);
    QVERIFY(refused.err.contains("--write"));
}

QTEST_GUILESS_MAIN(tst_QueryVerb)
#include "tst_queryverb.moc"
