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

class tst_ShowVerb : public QObject
{
    Q_OBJECT

private slots:
    void aGameShowsWhatBelongsToIt_data();
    void aGameShowsWhatBelongsToIt();
    void mistakesAreNamed();
    void valuesKeepTheirDigits();
};

void tst_ShowVerb::aGameShowsWhatBelongsToIt_data()
{
    QTest::addColumn<bool>("onServer");
    QTest::newRow("SQLite") << false;
    QTest::newRow("PostgreSQL") << true;
}

void tst_ShowVerb::aGameShowsWhatBelongsToIt()
{
    QFETCH(bool, onServer);
    QTemporaryDir folder;
    TestDatabase database;
    QString where = folder.filePath(u"arena.db"_s);
    if (onServer) {
        REQUIRE_DATABASE(database);
        where = database.url();
    }
    const CliRun made({u"demo"_s, where, u"--system"_s, u"mindgames-arena"_s});
    QVERIFY2(made.code == 0, made.err.constData());
    const CliRun run({u"show"_s, where, u"game_players"_s, u"2"_s, u"--json"_s});
    QVERIFY2(run.code == 0, run.err.constData());
    const QJsonObject record = run.json().object();
    QCOMPARE(record["table"_L1].toString(), u"game_players"_s);
    QCOMPARE(record["key"_L1], QJsonValue(2));
    QCOMPARE(record["values"_L1]["player_index"_L1], QJsonValue(1));
    QStringList tables;
    const QJsonArray references = record["references"_L1].toArray();
    for (const QJsonValue &reference : references) {
        tables.append(reference["table"_L1].toString());
        QVERIFY(reference["exists"_L1].toBool());
        QVERIFY(!reference["label"_L1].toString().isEmpty());
    }
    QVERIFY(tables.contains(u"games"_s) && tables.contains(u"agents"_s));

    const QJsonObject game = CliRun({u"show"_s, where, u"games"_s, u"1"_s, u"--json"_s}).json().object();
    qint64 players = 0;
    const QJsonArray referrers = game["referenced_by"_L1].toArray();
    for (const QJsonValue &referrer : referrers) {
        if (referrer["table"_L1].toString() == "game_players"_L1)
            players = referrer["count"_L1].toInteger();
    }
    QCOMPARE(players, 6);
    QVERIFY(game["values"_L1]["game_info"_L1].isObject()); // JSON stays JSON
    QVERIFY(CliRun({u"show"_s, where, u"games"_s, u"1"_s}).out.contains("game_players"));
}

void tst_ShowVerb::mistakesAreNamed()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(u"t.db"_s);
    QCOMPARE(executeSql(path, u"CREATE TABLE t(id INTEGER PRIMARY KEY); CREATE TABLE two(a TEXT, b TEXT, PRIMARY KEY(a, b)) WITHOUT ROWID;"
                              " INSERT INTO two VALUES('x', 'y')"_s), QString());
    QCOMPARE(CliRun({u"show"_s, path}).code, 2);
    const CliRun noTable({u"show"_s, path, u"nothing"_s, u"1"_s});
    QCOMPARE(noTable.code, 1);
    QVERIFY(noTable.err.contains("nothing"));
    const CliRun noRow({u"show"_s, path, u"t"_s, u"1"_s});
    QCOMPARE(noRow.code, 1);
    const CliRun wrongKey({u"show"_s, path, u"two"_s, u"x"_s});
    QCOMPARE(wrongKey.code, 2);
    QVERIFY(wrongKey.err.contains("2 parts"));
    const QJsonObject found = CliRun({u"show"_s, path, u"two"_s, u"x,y"_s, u"--json"_s}).json().object();
    QCOMPARE(found["key"_L1].toArray(), (QJsonArray{u"x"_s, u"y"_s}));
}

void tst_ShowVerb::valuesKeepTheirDigits()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(u"t.db"_s);
    QCOMPARE(executeSql(path, u"CREATE TABLE t(id INTEGER PRIMARY KEY, j JSON); INSERT INTO t VALUES(9223372036854775807, '{\"n\": 12345678901234567890.10}')"_s),
             QString());
    const CliRun run({u"show"_s, path, u"t"_s, u"9223372036854775807"_s, u"--json"_s});
    QVERIFY2(run.out.contains("\"key\": 9223372036854775807") && run.out.contains("12345678901234567890.10"), run.out.constData());
}

QTEST_GUILESS_MAIN(tst_ShowVerb)
#include "tst_showverb.moc"
