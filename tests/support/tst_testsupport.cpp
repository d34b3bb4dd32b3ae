// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/testdatabase.h"
#include "tests/support/testfiles.h"

#include <QTemporaryDir>
#include <QTest>

#include <optional>

using namespace turnstone;
using namespace Qt::StringLiterals;

class TestSupportTest : public QObject
{
    Q_OBJECT

private slots:
    void aDatabaseLivesAsLongAsItsObject_data();
    void aDatabaseLivesAsLongAsItsObject();
    void onlyThePathOfTheUrlChanges_data();
    void onlyThePathOfTheUrlChanges();
    void aMissingVariableIsAReasonToSkip();
    void aServerThatDoesNotAnswerIsAnError();
    void pgvectorIsThere();
    void sqlRunsAgainstANewFile();
};

void TestSupportTest::aDatabaseLivesAsLongAsItsObject_data()
{
    QTest::addColumn<QByteArray>("variable");
    QTest::newRow("PostgreSQL 15") << "TURNSTONE_TEST_PG_URL"_ba;
    QTest::newRow("pgvector") << "TURNSTONE_TEST_PGVECTOR_URL"_ba;
}

void TestSupportTest::aDatabaseLivesAsLongAsItsObject()
{
    QFETCH(QByteArray, variable);
    TestDatabase watcher(variable.constData());
    REQUIRE_DATABASE(watcher);
    std::optional<TestDatabase> database(std::in_place, variable.constData());
    QVERIFY(database->name() != watcher.name());
    QCOMPARE(database->value(u"SELECT current_database()"_s), database->name());
    QCOMPARE(database->execute(u"CREATE TABLE a (b int); INSERT INTO a VALUES (7)"_s), QString());
    QCOMPARE(database->value(u"SELECT b FROM a"_s), u"7"_s);
    QVERIFY(database->execute(u"SELECT nothing"_s).contains("nothing"_L1));

    const QString exists = u"SELECT count(*) FROM pg_database WHERE datname = '%1'"_s.arg(database->name());
    QCOMPARE(watcher.value(exists), u"1"_s);
    database.reset();
    QCOMPARE(watcher.value(exists), u"0"_s);
}

void TestSupportTest::onlyThePathOfTheUrlChanges_data()
{
    QTest::addColumn<QByteArray>("server");
    QTest::addColumn<QString>("url");
    QTest::newRow("path") << "postgresql://u:p%40%2F@127.0.0.1:1/postgres"_ba << u"postgresql://u:p%40%2F@127.0.0.1:1/x"_s;
    QTest::newRow("no path") << "postgresql://127.0.0.1:1"_ba << u"postgresql://127.0.0.1:1/x"_s;
    QTest::newRow("parameters") << "postgresql://127.0.0.1:1/a?application_name=a/b"_ba
                                << u"postgresql://127.0.0.1:1/x?application_name=a/b"_s;
    QTest::newRow("parameters, no path") << "postgresql://127.0.0.1:1?application_name=a/b"_ba
                                         << u"postgresql://127.0.0.1:1/x?application_name=a/b"_s;
    QTest::newRow("two hosts") << "postgresql://127.0.0.1:1,127.0.0.1:2/a"_ba << u"postgresql://127.0.0.1:1,127.0.0.1:2/x"_s;
}

void TestSupportTest::onlyThePathOfTheUrlChanges()
{
    QFETCH(QByteArray, server);
    QFETCH(QString, url);
    qputenv("TURNSTONE_TEST_SOME_URL", server);
    QCOMPARE(TestDatabase("TURNSTONE_TEST_SOME_URL").urlOf(u"x"_s), url);
    qunsetenv("TURNSTONE_TEST_SOME_URL");
}

void TestSupportTest::aMissingVariableIsAReasonToSkip()
{
    const TestDatabase database("TURNSTONE_TEST_NO_SUCH_URL");
    QVERIFY(!database.isConfigured());
    QVERIFY(database.error().isEmpty());
    QVERIFY(database.skipReason().startsWith("SKIPPED: TURNSTONE_TEST_NO_SUCH_URL "_L1));
}

void TestSupportTest::aServerThatDoesNotAnswerIsAnError()
{
    qputenv("TURNSTONE_TEST_DEAD_URL", "postgresql://127.0.0.1:1/postgres");
    const TestDatabase database("TURNSTONE_TEST_DEAD_URL");
    qunsetenv("TURNSTONE_TEST_DEAD_URL");
    QVERIFY(database.isConfigured());
    QVERIFY(database.error().contains("TURNSTONE_TEST_DEAD_URL"_L1));
}

void TestSupportTest::pgvectorIsThere()
{
    TestDatabase database(TestDatabase::vectorForOneSession());
    REQUIRE_DATABASE(database);
    QCOMPARE(database.execute(u"CREATE EXTENSION vector"_s), QString());
    QCOMPARE(database.value(u"SELECT '[1,2]'::halfvec <-> '[1,5]'::halfvec"_s), u"3"_s);
    QCOMPARE(database.execute(u"CREATE TABLE e (v vector(3)); CREATE INDEX ON e USING hnsw (v vector_cosine_ops)"_s), QString());
}

void TestSupportTest::sqlRunsAgainstANewFile()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(u"ü?.db"_s);
    QCOMPARE(executeSql(path, u"CREATE TABLE a (b); INSERT INTO a VALUES ('ü'), (NULL);"_s), QString());
    QCOMPARE(sqlValue(path, u"SELECT b FROM a"_s), u"ü"_s);
    QVERIFY(sqlValue(path, u"SELECT b FROM a WHERE b IS NULL"_s).isNull());
    QVERIFY(executeSql(path, u"SELECT * FROM nowhere"_s).contains("nowhere"_L1));
    QVERIFY(!executeSql(folder.filePath(u"no/such/folder.db"_s), u"SELECT 1"_s).isEmpty());
}

QTEST_GUILESS_MAIN(TestSupportTest)
#include "tst_testsupport.moc"
