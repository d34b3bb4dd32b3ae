// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/cli/clirunner.h"
#include "tests/support/testfiles.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_CheckVerb : public QObject
{
    Q_OBJECT

private slots:
    void aCleanDatabasePasses();
    void findingsAreJsonAndExitOne();
    void notesDoNotFail();
    void aMissingFileIsAnError();
};

void tst_CheckVerb::aCleanDatabasePasses()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(u"quorum.db"_s);
    QCOMPARE(CliRun({u"demo"_s, path, u"--system"_s, u"quorum"_s}).code, 0);
    const CliRun text({u"check"_s, path});
    QCOMPARE(text.code, 0);
    QVERIFY(text.out.contains("nothing is wrong"));
    QVERIFY(text.err.isEmpty());
    const CliRun json({u"check"_s, path, u"--json"_s});
    QCOMPARE(json.code, 0);
    QVERIFY(json.json().object()[u"findings"_s].toArray().isEmpty());
    QVERIFY(json.json().object()[u"checked"_s].toInt() > 10);
}

void tst_CheckVerb::findingsAreJsonAndExitOne()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(u"blocks.db"_s);
    QCOMPARE(CliRun({u"demo"_s, path, u"--system"_s, u"llm-orchestration"_s}).code, 0);
    QVERIFY(executeSql(path, u"UPDATE responses SET metadata = '{' WHERE id = 2; INSERT INTO payload_blocks VALUES (1, 4711, 3)"_s).isEmpty());
    const CliRun run({u"check"_s, path, u"--json"_s});
    QCOMPARE(run.code, 1);
    QJsonObject json;
    QJsonObject orphan;
    for (const QJsonValue &entry : run.json().object()[u"findings"_s].toArray()) {
        const QJsonObject finding = entry.toObject();
        if (finding[u"check"_s] == u"json"_s)
            json = finding;
        if (finding[u"check"_s] == u"places-without-block"_s)
            orphan = finding;
    }
    QCOMPARE(json[u"table"_s].toString(), u"responses"_s);
    QCOMPARE(json[u"column"_s].toString(), u"metadata"_s);
    QCOMPARE(json[u"count"_s].toInt(), 1);
    QCOMPARE(json[u"sample"_s].toArray()[0][u"key"_s].toInt(), 2);
    QVERIFY(json[u"fix"_s].isNull());
    QCOMPARE(orphan[u"fix"_s].toString(), u"remove-orphans"_s);
    QVERIFY(orphan[u"fix_sql"_s].toString().contains(u"DELETE FROM"));
    const CliRun text({u"check"_s, path, u"--quick"_s});
    QCOMPARE(text.code, 1);
    QVERIFY(text.out.contains("places-without-block in payload_blocks.block_id"));
}

void tst_CheckVerb::notesDoNotFail()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(u"arena.db"_s);
    QCOMPARE(CliRun({u"demo"_s, path, u"--system"_s, u"mindgames-arena"_s}).code, 0);
    QVERIFY(executeSql(path, u"UPDATE games SET status = 'failed', environment_crashed = 1, finished_at = started_at WHERE status = 'in_progress'"_s).isEmpty());
    const CliRun run({u"check"_s, path, u"--json"_s});
    QCOMPARE(run.code, 0);
    QCOMPARE(run.json().object()[u"notes"_s].toArray()[0][u"check"_s].toString(), u"crashed-games"_s);
}

void tst_CheckVerb::aMissingFileIsAnError()
{
    QTemporaryDir folder;
    const CliRun run({u"check"_s, folder.filePath(u"none.db"_s), u"--json"_s});
    QCOMPARE(run.code, 1);
    QVERIFY(run.out.isEmpty());
    QVERIFY(run.err.startsWith("turnstone-cli: check: "));
}

QTEST_GUILESS_MAIN(tst_CheckVerb)
#include "tst_checkverb.moc"
