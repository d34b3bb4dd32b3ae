// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/cli/clirunner.h"
#include "tests/support/testdatabase.h"
#include "tests/support/testfiles.h"

#include <QDir>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

/// Databases as the applications make them (tests/data/schemas), not as our migrations do.
class tst_InfoVerb : public QObject
{
    Q_OBJECT

private slots:
    void everyFixtureIsToldByItsColumns_data();
    void everyFixtureIsToldByItsColumns();
    void twoSystemsInOneFileAreBothOffered();
    void anUnknownDatabaseHasNoSystem();
    void tablesAndColumnsAreListed();
};

void tst_InfoVerb::everyFixtureIsToldByItsColumns_data()
{
    QTest::addColumn<QString>("file");
    const QDir root(testDataPath(u"schemas"_s));
    for (const QString &system : root.entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        for (const QString &file : QDir(root.filePath(system)).entryList({u"*.sqlite.sql"_s, u"*.postgresql.sql"_s}, QDir::Files)) {
            if (!file.contains(".rows."_L1))
                QTest::newRow(qPrintable(system + u'/' + file)) << system + u'/' + file;
        }
    }
}

void tst_InfoVerb::everyFixtureIsToldByItsColumns()
{
    QFETCH(QString, file);
    const QString sql = QString::fromUtf8(testData(u"schemas/"_s + file));
    const bool onServer = file.endsWith(".postgresql.sql"_L1);
    TestDatabase database(sql.contains("EXTENSION IF NOT EXISTS vector"_L1) ? "TURNSTONE_TEST_PGVECTOR_URL" : "TURNSTONE_TEST_PG_URL");
    QTemporaryDir folder;
    QString where = folder.filePath(u"named like no system.db"_s);
    if (onServer) {
        REQUIRE_DATABASE(database);
        QCOMPARE(database.execute(sql), QString());
        where = database.url();
    } else {
        QCOMPARE(executeSql(where, sql), QString());
    }
    const CliRun info({u"info"_s, where, u"--json"_s});
    QVERIFY2(info.code == 0, info.err.constData());
    const QJsonObject found = info.json()["system"_L1].toObject();
    QCOMPARE(found["id"_L1].toString(), file.section(u'/', 0, 0));
    QCOMPARE(found["variant"_L1].toString(), file.section(u'/', 1).section(u'.', 0, 0));
    QVERIFY2(found["missing"_L1].toArray().isEmpty(), info.out.constData());
}

void tst_InfoVerb::twoSystemsInOneFileAreBothOffered()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(u"both.db"_s);
    QCOMPARE(executeSql(path, QString::fromUtf8(testData(u"schemas/mindgames-arena/current.sqlite.sql"_s))), QString());
    QCOMPARE(executeSql(path, QString::fromUtf8(testData(u"schemas/consensus-engine/shipped.sqlite.sql"_s))), QString());
    const CliRun info({u"info"_s, path, u"--json"_s});
    QStringList found;
    const QJsonArray systems = info.json()["systems"_L1].toArray();
    for (const QJsonValue &system : systems)
        found.append(system["id"_L1].toString());
    found.sort();
    QCOMPARE(found, (QStringList{u"consensus-engine"_s, u"mindgames-arena"_s}));
}

void tst_InfoVerb::anUnknownDatabaseHasNoSystem()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(u"mindgames.db"_s); // a name proves nothing
    QCOMPARE(executeSql(path, u"CREATE TABLE games(id INTEGER PRIMARY KEY, title TEXT); CREATE TABLE agents(id INTEGER PRIMARY KEY)"_s), QString());
    const CliRun info({u"info"_s, path, u"--json"_s});
    QCOMPARE(info.code, 0);
    QVERIFY(info.json()["system"_L1].isNull());
    QVERIFY(CliRun({u"info"_s, path}).out.contains("none that a profile knows"));
}

void tst_InfoVerb::tablesAndColumnsAreListed()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(u"t.db"_s);
    QCOMPARE(executeSql(path, u"CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT NOT NULL); INSERT INTO t VALUES(1, 'a'), (2, 'b')"_s), QString());
    const QJsonObject info = CliRun({u"info"_s, path, u"--json"_s}).json().object();
    QCOMPARE(info["engine"_L1].toString(), u"sqlite"_s);
    QVERIFY(info["version"_L1].toString().startsWith("SQLite 3"_L1));
    QCOMPARE(info["path"_L1].toString(), path);
    QCOMPARE(info["size_bytes"_L1].toInteger(), QFileInfo(path).size());
    QCOMPARE(info["migration"_L1]["tracking"_L1], QJsonValue(QJsonValue::Null));
    QCOMPARE(info["migration"_L1]["pending"_L1], QJsonValue(QJsonValue::Null)); // unknown is not "none"
    const QJsonObject table = info["tables"_L1][0].toObject();
    QCOMPARE(table["name"_L1].toString(), u"t"_s);
    QCOMPARE(table["rows"_L1].toInteger(), 2);
    QCOMPARE(table["columns"_L1][0]["primary_key"_L1].toBool(), true);
    QCOMPARE(table["columns"_L1][1]["nullable"_L1].toBool(), false);
    QCOMPARE(table["columns"_L1][1]["type"_L1].toString(), u"TEXT"_s);
}

QTEST_GUILESS_MAIN(tst_InfoVerb)
#include "tst_infoverb.moc"
