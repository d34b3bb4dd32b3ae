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

class tst_DemoVerb : public QObject
{
    Q_OBJECT

private slots:
    void everySystemHasASampleOnBothEngines_data();
    void everySystemHasASampleOnBothEngines();
    void aStopLeavesNoFile();
    void nothingIsOverwritten();
};

void tst_DemoVerb::everySystemHasASampleOnBothEngines_data()
{
    QTest::addColumn<QString>("system");
    QTest::addColumn<QByteArray>("server");
    for (const char *system : {"consensus-engine", "mindgames-arena", "quorum", "llm-orchestration", "project-2501"}) {
        QTest::addRow("%s SQLite", system) << QString::fromLatin1(system) << QByteArray();
        QTest::addRow("%s PostgreSQL", system) << QString::fromLatin1(system) << QByteArray("TURNSTONE_TEST_PGVECTOR_URL");
    }
}

void tst_DemoVerb::everySystemHasASampleOnBothEngines()
{
    QFETCH(QString, system);
    QFETCH(QByteArray, server);
    QTemporaryDir folder;
    TestDatabase database("TURNSTONE_TEST_PGVECTOR_URL");
    QString where = folder.filePath(u"demo.db"_s);
    if (!server.isEmpty()) {
        REQUIRE_DATABASE(database);
        where = database.url();
    }
    const CliRun made({u"demo"_s, where, u"--system"_s, system});
    QVERIFY2(made.code == 0, made.err.constData());
    const CliRun info({u"info"_s, where, u"--json"_s});
    QCOMPARE(info.json()["system"_L1]["id"_L1].toString(), system);
    qint64 rows = 0;
    const QJsonArray tables = info.json()["tables"_L1].toArray();
    for (const QJsonValue &table : tables)
        rows += table["rows"_L1].toInteger();
    QVERIFY2(rows > 80, info.out.constData());
    if (server.isEmpty())
        QCOMPARE(sqlValue(where, u"SELECT count(*) FROM pragma_foreign_key_check"_s), u"0"_s);
}

void tst_DemoVerb::aStopLeavesNoFile()
{
    QTemporaryDir folder;
    std::stop_source stop;
    stop.request_stop();
    const CliRun run({u"demo"_s, folder.filePath(u"never.db"_s), u"--system"_s, u"mindgames-arena"_s}, stop.get_token());
    QCOMPARE(run.code, 130);
    QVERIFY(QDir(folder.path()).isEmpty());
}

void tst_DemoVerb::nothingIsOverwritten()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(u"demo.db"_s);
    QCOMPARE(CliRun({u"demo"_s, path, u"--system"_s, u"mindgames-arena"_s}).code, 0);
    const QString before = sqlValue(path, u"SELECT count(*) FROM game_turns"_s);
    QCOMPARE(CliRun({u"demo"_s, path, u"--system"_s, u"mindgames-arena"_s}).code, 1);
    QCOMPARE(sqlValue(path, u"SELECT count(*) FROM game_turns"_s), before);
}

QTEST_GUILESS_MAIN(tst_DemoVerb)
#include "tst_demoverb.moc"
