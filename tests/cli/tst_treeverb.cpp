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

class tst_TreeVerb : public QObject
{
    Q_OBJECT

private slots:
    void everySystemIsWalkedToItsDeepestLevel_data();
    void everySystemIsWalkedToItsDeepestLevel();
    void gamesLeadToPlayersTurnsAndCalls();
    void aPathThatLeadsNowhereSaysSo();
    void anUnknownDatabaseIsWalkedByItsForeignKeys();

private:
    /// Depth of rows below an item and whether every item has what the contract names.
    static int depthOf(const QJsonObject &item, bool *complete)
    {
        for (const auto *key : {"label", "table", "key", "count", "children"})
            *complete = *complete && item.contains(QLatin1StringView(key));
        int deepest = 0;
        const QJsonArray children = item["children"_L1].toArray();
        for (const QJsonValue &child : children)
            deepest = std::max(deepest, depthOf(child.toObject(), complete));
        return deepest + (item["key"_L1].isNull() ? 0 : 1);
    }
};

void tst_TreeVerb::everySystemIsWalkedToItsDeepestLevel_data()
{
    QTest::addColumn<QString>("system");
    QTest::addColumn<QByteArray>("server");
    QTest::addColumn<int>("levels"); // of rows
    for (const QByteArray &server : {QByteArray(), QByteArray("TURNSTONE_TEST_PGVECTOR_URL")}) {
        const auto add = [&](const char *system, int levels) {
            QTest::addRow("%s %s", system, server.isEmpty() ? "SQLite" : "PostgreSQL") << QString::fromLatin1(system) << server << levels;
        };
        add("consensus-engine", 3);  // discussions, rounds, responses
        add("mindgames-arena", 4);   // games, players, turns, calls
        add("quorum", 3);            // conversations, messages, citations
        add("llm-orchestration", 3); // workflows, payloads, blocks
        add("project-2501", 3);      // personas, conversations, messages
    }
}

void tst_TreeVerb::everySystemIsWalkedToItsDeepestLevel()
{
    QFETCH(QString, system);
    QFETCH(QByteArray, server);
    QFETCH(int, levels);
    QTemporaryDir folder;
    TestDatabase database("TURNSTONE_TEST_PGVECTOR_URL");
    QString where = folder.filePath(u"demo.db"_s);
    if (!server.isEmpty()) {
        REQUIRE_DATABASE(database);
        where = database.url();
    }
    const CliRun made({u"demo"_s, where, u"--system"_s, system});
    QVERIFY2(made.code == 0, made.err.constData());
    const CliRun tree({u"tree"_s, where, u"--depth"_s, u"9"_s, u"--limit"_s, u"3"_s, u"--json"_s});
    QVERIFY2(tree.code == 0, tree.err.constData());
    bool complete = true;
    const int depth = depthOf(tree.json().object(), &complete);
    QVERIFY(complete);
    QVERIFY2(depth >= levels, qPrintable(QString::number(depth)));
    const CliRun text({u"tree"_s, where});
    QCOMPARE(text.code, 0);
    QVERIFY(text.out.count('\n') > 5);
}

void tst_TreeVerb::gamesLeadToPlayersTurnsAndCalls()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(u"arena.db"_s);
    QCOMPARE(CliRun({u"demo"_s, path, u"--system"_s, u"mindgames-arena"_s}).code, 0);
    const QJsonObject players = CliRun({u"tree"_s, path, u"--path"_s, u"games/1/players"_s, u"--depth"_s, u"1"_s, u"--json"_s}).json().object();
    QCOMPARE(players["table"_L1].toString(), u"game_players"_s);
    QCOMPARE(players["count"_L1].toInteger(), 6);
    QCOMPARE(players["children"_L1].toArray().size(), 6);
    const QString turns = sqlValue(path, u"SELECT count(*) FROM game_turns WHERE game_id = 1 AND player_index = 0"_s);
    const QJsonObject first = players["children"_L1][0].toObject();
    QCOMPARE(first["key"_L1].toInteger(), sqlValue(path, u"SELECT id FROM game_players WHERE game_id = 1 AND player_index = 0"_s).toLongLong());
    QCOMPARE(QString::number(first["count"_L1].toInteger()), turns);
}

void tst_TreeVerb::aPathThatLeadsNowhereSaysSo()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(u"arena.db"_s);
    QCOMPARE(CliRun({u"demo"_s, path, u"--system"_s, u"mindgames-arena"_s}).code, 0);
    for (const QString &bad : {u"nonsense"_s, u"games/999999"_s, u"games/1/nonsense"_s}) {
        const CliRun run({u"tree"_s, path, u"--path"_s, bad});
        QCOMPARE(run.code, 1);
        QVERIFY2(run.err.startsWith("turnstone-cli: tree: ") && run.err.count('\n') == 1, run.err.constData());
    }
}

void tst_TreeVerb::anUnknownDatabaseIsWalkedByItsForeignKeys()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(u"shop.db"_s);
    QCOMPARE(executeSql(path, u"CREATE TABLE customers(id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE orders(id INTEGER PRIMARY KEY,"
                              " customer_id INTEGER REFERENCES customers(id)); INSERT INTO customers VALUES(1, 'Ada'); INSERT INTO orders VALUES(7, 1)"_s),
             QString());
    const CliRun tree({u"tree"_s, path, u"--depth"_s, u"4"_s});
    QVERIFY2(tree.code == 0, tree.err.constData());
    QVERIFY2(tree.out.contains("Ada") && tree.out.contains('7'), tree.out.constData());
}

QTEST_GUILESS_MAIN(tst_TreeVerb)
#include "tst_treeverb.moc"
