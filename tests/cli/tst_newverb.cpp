// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/cli/clirunner.h"
#include "tests/support/testdatabase.h"
#include "tests/support/testfiles.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

/// What `new` makes is what `info` recognises: system and variant, nothing missing, nothing extra.
class tst_NewVerb : public QObject
{
    Q_OBJECT

private slots:
    void everySystemAndVariantIsRecognised_data();
    void everySystemAndVariantIsRecognised();
    void whatIsThereIsNeverTouched();
    void aFailureLeavesNoFile();
};

void tst_NewVerb::everySystemAndVariantIsRecognised_data()
{
    QTest::addColumn<QString>("system");
    QTest::addColumn<QString>("asked");
    QTest::addColumn<QString>("variant");
    QTest::addColumn<QByteArray>("server"); // the environment variable; empty for SQLite
    const auto add = [](const char *system, const char *asked, const char *variant, const char *server) {
        QTest::addRow("%s %s %s", system, *asked ? asked : "default", server) << QString::fromLatin1(system) << QString::fromLatin1(asked)
                                                                              << QString::fromLatin1(variant) << QByteArray(server);
    };
    const char *const pg = "TURNSTONE_TEST_PG_URL";
    const char *const vector = "TURNSTONE_TEST_PGVECTOR_URL";
    for (const char *server : {"", pg}) {
        add("consensus-engine", "", "documented", server);
        add("consensus-engine", "shipped", "shipped", server);
        add("mindgames-arena", "", "current", server);
        add("mindgames-arena", "early", "early", server);
        add("llm-orchestration", "", "current", server);
    }
    add("mindgames-arena", "legacy", "legacy", "");
    add("llm-orchestration", "run-responses", "run-responses", "");
    add("quorum", "", "orm", "");
    add("quorum", "", "migrated", vector);
    add("quorum", "orm", "orm", vector);
    add("project-2501", "", "documented", "");
    add("project-2501", "", "documented", vector);
    add("project-2501", "init-db", "init-db", pg);
    add("project-2501", "create-all", "create-all", pg);
    add("project-2501", "grown", "grown", pg);
}

void tst_NewVerb::everySystemAndVariantIsRecognised()
{
    QFETCH(QString, system);
    QFETCH(QString, asked);
    QFETCH(QString, variant);
    QFETCH(QByteArray, server);
    QTemporaryDir folder;
    TestDatabase database(server.isEmpty() ? "TURNSTONE_TEST_PG_URL" : server.constData());
    QString where = folder.filePath(u"new.db"_s);
    if (!server.isEmpty()) {
        REQUIRE_DATABASE(database);
        where = database.url();
    }
    QStringList words{u"new"_s, where, u"--system"_s, system};
    if (!asked.isEmpty())
        words << u"--variant"_s << asked;
    const CliRun made(words);
    QVERIFY2(made.code == 0, made.err.constData());

    const CliRun info({u"info"_s, where, u"--json"_s});
    QVERIFY2(info.code == 0, info.err.constData());
    const QJsonObject found = info.json()["system"_L1].toObject();
    QCOMPARE(found["id"_L1].toString(), system);
    QCOMPARE(found["variant"_L1].toString(), variant);
    QVERIFY2(found["missing"_L1].toArray().isEmpty(), info.out.constData());
    QVERIFY2(found["extra"_L1].toArray().isEmpty(), info.out.constData());
    QCOMPARE(info.json()["engine"_L1].toString(), server.isEmpty() ? u"sqlite"_s : u"postgresql"_s);
}

void tst_NewVerb::whatIsThereIsNeverTouched()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(u"mine.db"_s);
    QCOMPARE(executeSql(path, u"CREATE TABLE mine(a); INSERT INTO mine VALUES(1)"_s), QString());
    const CliRun run({u"new"_s, path, u"--system"_s, u"mindgames-arena"_s});
    QCOMPARE(run.code, 1);
    QVERIFY(run.err.contains("already holds tables"));
    QCOMPARE(sqlValue(path, u"SELECT count(*) FROM sqlite_schema"_s), u"1"_s);
}

void tst_NewVerb::aFailureLeavesNoFile()
{
    QTemporaryDir folder;
    for (const QStringList &more : {QStringList{u"--system"_s, u"nonsense"_s}, {u"--system"_s, u"quorum"_s, u"--variant"_s, u"nonsense"_s},
                                    {u"--system"_s, u"quorum"_s, u"--variant"_s, u"migrated"_s}}) {
        const QString path = folder.filePath(u"never.db"_s);
        const CliRun run(QStringList{u"new"_s, path} + more);
        QVERIFY(run.code != 0);
        QVERIFY(!QFile::exists(path));
    }
}

QTEST_GUILESS_MAIN(tst_NewVerb)
#include "tst_newverb.moc"
