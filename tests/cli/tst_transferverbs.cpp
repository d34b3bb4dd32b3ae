// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/cli/clirunner.h"
#include "tests/support/testdatabase.h"
#include "tests/support/testfiles.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <sys/resource.h>

using namespace turnstone;
using namespace Qt::StringLiterals;

/// The verbs export, import, backup and restore, also where they are killed or the disk is full.
class tst_TransferVerbs : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void exportNeedsToKnowWhat_data();
    void exportNeedsToKnowWhat();
    void tablesAndQueriesGoToStandardOutput();
    void hierarchiesNest();
    void conversationsReadAsDocuments();
    void conversationsBecomeChats();
    void importTellsWhatIsWrong();
    void aTreesMistakeHasAPlace();
    void backupsAreMadeListedAndRestored();
    void aServerIsDumpedAndRestored();
    void killedWorkLeavesNothingHalfDone();
    void aFullDiskLeavesNothingHalfDone();

private:
    QString file(const QString &name) const { return m_folder->filePath(name); }
    static QByteArray contents(const QString &path)
    {
        QFile opened(path);
        return opened.open(QIODevice::ReadOnly) ? opened.readAll() : QByteArray();
    }
    bool wrote(const QString &name, const QByteArray &bytes) const
    {
        QFile made(file(name));
        return made.open(QIODevice::WriteOnly) && made.write(bytes) == bytes.size();
    }
    QString arena() const
    {
        const QString path = file(u"arena.db"_s);
        return QFile::exists(path) || CliRun({u"demo"_s, path, u"--system"_s, u"mindgames-arena"_s}).code == 0 ? path : QString();
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void tst_TransferVerbs::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
}

void tst_TransferVerbs::exportNeedsToKnowWhat_data()
{
    QTest::addColumn<QStringList>("words");
    QTest::newRow("nothing") << QStringList{};
    QTest::newRow("two sources") << QStringList{u"--table"_s, u"t"_s, u"--query"_s, u"SELECT 1"_s};
    QTest::newRow("where without a table") << QStringList{u"--query"_s, u"SELECT 1"_s, u"--where"_s, u"1"_s};
    QTest::newRow("a workbook to standard output") << QStringList{u"--table"_s, u"t"_s, u"--format"_s, u"xlsx"_s};
    QTest::newRow("a tree as CSV") << QStringList{u"--tree"_s, u"games"_s};
    QTest::newRow("no such zone") << QStringList{u"--table"_s, u"t"_s, u"--times"_s, u"Nowhere/Land"_s};
    QTest::newRow("a separator of two characters") << QStringList{u"--table"_s, u"t"_s, u"--separator"_s, u";;"_s};
}

void tst_TransferVerbs::exportNeedsToKnowWhat()
{
    QFETCH(QStringList, words);
    QCOMPARE(executeSql(file(u"t.db"_s), u"CREATE TABLE t(a)"_s), QString());
    const CliRun run(QStringList{u"export"_s, file(u"t.db"_s)} + words);
    QCOMPARE(run.code, 2);
    QCOMPARE(run.out, QByteArray());
}

void tst_TransferVerbs::tablesAndQueriesGoToStandardOutput()
{
    const QString path = file(u"t.db"_s);
    QCOMPARE(executeSql(path, u"CREATE TABLE t(id INTEGER PRIMARY KEY, x TEXT); INSERT INTO t VALUES(1, 'a'), (2, NULL), (3, 'c')"_s), QString());
    QCOMPARE(CliRun({u"export"_s, path, u"--table"_s, u"t"_s}).out, QByteArray("id,x\n1,a\n2,\n3,c\n"));
    QCOMPARE(CliRun({u"export"_s, path, u"--table"_s, u"t"_s, u"--where"_s, u"id > 1"_s, u"--columns"_s, u"x, id"_s, u"--null"_s, u"-"_s}).out, QByteArray("x,id\n-,2\nc,3\n"));
    QCOMPARE(CliRun({u"export"_s, path, u"--query"_s, u"SELECT x FROM t WHERE id = :n"_s, u"--param"_s, u"n=3"_s, u"--format"_s, u"jsonl"_s}).out, QByteArray("{\"x\":\"c\"}\n"));
    QCOMPARE(CliRun({u"export"_s, path, u"--table"_s, u"t"_s, u"--format"_s, u"sql"_s}).out.split('\n').first(), QByteArray("INSERT INTO \"t\" (\"id\", \"x\") VALUES (1, 'a');"));
    const CliRun missing({u"export"_s, path, u"--table"_s, u"nothing"_s});
    QCOMPARE(missing.code, 1);
    QCOMPARE(missing.err, QByteArray("turnstone-cli: export: there is no table nothing\n"));
    const CliRun wrong({u"export"_s, path, u"--query"_s, u"SELEC 1"_s});
    QCOMPARE(wrong.code, 1);
    const CliRun kept({u"export"_s, path, u"--table"_s, u"t"_s, u"-o"_s, file(u"t.csv"_s)});
    QCOMPARE(kept.code, 0);
    QCOMPARE(kept.out, QByteArray());
    QCOMPARE(contents(file(u"t.csv"_s)), QByteArray("id,x\n1,a\n2,\n3,c\n"));
}

void tst_TransferVerbs::hierarchiesNest()
{
    const QString path = arena();
    const CliRun all({u"export"_s, path, u"--tree"_s, u"games"_s, u"--format"_s, u"json"_s});
    QVERIFY2(all.code == 0, all.err.constData());
    const QJsonArray games = all.json().array();
    QCOMPARE(QByteArray::number(games.size()), sqlValue(path, u"SELECT count(*) FROM games"_s).toUtf8());
    qsizetype players = 0;
    qsizetype turns = 0;
    qsizetype calls = 0;
    for (const QJsonValue &game : games) {
        players += game[u"players"].toArray().size();
        turns += game[u"turns"].toArray().size();
        for (const QJsonValue &turn : game[u"turns"].toArray())
            calls += turn[u"calls"].toArray().size();
        QVERIFY(!game[u"players"][0].toObject().contains(u"turns"_s)); // they stand below the game once
    }
    QCOMPARE(QString::number(players), sqlValue(path, u"SELECT count(*) FROM game_players"_s));
    QCOMPARE(QString::number(turns), sqlValue(path, u"SELECT count(*) FROM game_turns"_s));
    QCOMPARE(QString::number(calls), sqlValue(path, u"SELECT count(*) FROM llm_calls"_s));
    const CliRun one({u"export"_s, path, u"--tree"_s, u"games"_s, u"--id"_s, u"2"_s, u"--format"_s, u"json"_s});
    QVERIFY2(one.code == 0, one.err.constData());
    QCOMPARE(one.json()[u"id"_s].toInt(), 2);
    QCOMPARE(CliRun({u"export"_s, path, u"--tree"_s, u"games"_s, u"--id"_s, u"999999"_s, u"--format"_s, u"json"_s}).code, 1);
    QCOMPARE(CliRun({u"export"_s, path, u"--tree"_s, u"nothing"_s, u"--format"_s, u"json"_s}).code, 1);
    const QString orchestration = file(u"orchestration.db"_s);
    QCOMPARE(CliRun({u"demo"_s, orchestration, u"--system"_s, u"llm-orchestration"_s}).code, 0);
    const CliRun nested({u"export"_s, orchestration, u"--tree"_s, u"payloads"_s, u"--format"_s, u"jsonl"_s});
    QVERIFY2(nested.code == 0, nested.err.constData());
    const QJsonObject payload = QJsonDocument::fromJson(nested.out.split('\n').first()).object();
    const QJsonObject junction = payload[u"blocks"].toArray().first().toObject();
    QCOMPARE(junction[u"block_id"], junction[u"blocks"].toObject()[u"id"]);
}

void tst_TransferVerbs::conversationsReadAsDocuments()
{
    const CliRun game({u"export"_s, arena(), u"--tree"_s, u"games"_s, u"--id"_s, u"1"_s, u"--format"_s, u"markdown"_s});
    QVERIFY2(game.code == 0, game.err.constData());
    QVERIFY(game.out.startsWith("# "));
    QVERIFY(game.out.contains(sqlValue(arena(), u"SELECT substr(action, 1, 20) FROM game_turns WHERE game_id = 1 ORDER BY turn_number LIMIT 1"_s).toUtf8()));
    const CliRun agents({u"export"_s, arena(), u"--tree"_s, u"agents"_s, u"--format"_s, u"markdown"_s});
    QVERIFY2(agents.code == 0, agents.err.constData());
    QVERIFY(agents.out.contains("\n## "));
}

void tst_TransferVerbs::conversationsBecomeChats()
{
    const CliRun calls({u"export"_s, arena(), u"--table"_s, u"llm_calls"_s, u"--format"_s, u"chat"_s, u"--where"_s, u"id < 10"_s});
    QVERIFY2(calls.code == 0, calls.err.constData());
    QList<QByteArray> lines = calls.out.trimmed().split('\n');
    QVERIFY(lines.size() > 3);
    for (const QByteArray &line : std::as_const(lines)) {
        const QJsonArray messages = QJsonDocument::fromJson(line)[u"messages"].toArray();
        QVERIFY2(messages.size() >= 2, line.constData());
        QCOMPARE(messages.last()[u"role"].toString(), u"assistant"_s);
        for (const QJsonValue &message : messages)
            QVERIFY(message[u"role"].isString() && message.toObject().contains(u"content"_s));
    }
    const CliRun games({u"export"_s, arena(), u"--tree"_s, u"games"_s, u"--format"_s, u"chat"_s});
    QVERIFY2(games.code == 0, games.err.constData());
    for (const QByteArray &line : games.out.trimmed().split('\n'))
        QVERIFY(!QJsonDocument::fromJson(line)[u"messages"].toArray().isEmpty());
    QCOMPARE(CliRun({u"export"_s, arena(), u"--table"_s, u"kinds"_s, u"--format"_s, u"chat"_s}).code, 1);
}

void tst_TransferVerbs::importTellsWhatIsWrong()
{
    const QString path = file(u"t.db"_s);
    QCOMPARE(executeSql(path, u"CREATE TABLE t(id INTEGER PRIMARY KEY, x TEXT)"_s), QString());
    QVERIFY(wrote(u"bad.csv"_s, "id,x\n1,a\n2,\"b\n"));
    const CliRun bad({u"import"_s, path, u"--table"_s, u"t"_s, file(u"bad.csv"_s)});
    QCOMPARE(bad.code, 1);
    QCOMPARE(bad.err, QByteArray("turnstone-cli: import: \"bad.csv\", line 3, column 3: the quote that begins here has no end\n"));
    QCOMPARE(sqlValue(path, u"SELECT count(*) FROM t"_s), u"0"_s);
    QVERIFY(wrote(u"good.csv"_s, "id,y\n1,a\n2,b\n"));
    QCOMPARE(CliRun({u"import"_s, path, u"--table"_s, u"t"_s, file(u"good.csv"_s)}).code, 1); // no column y
    QCOMPARE(CliRun({u"import"_s, path, u"--table"_s, u"t"_s, file(u"good.csv"_s), u"--map"_s, u"y=x"_s, u"--dry-run"_s}).code, 0);
    QCOMPARE(sqlValue(path, u"SELECT count(*) FROM t"_s), u"0"_s);
    const CliRun good({u"import"_s, path, u"--table"_s, u"t"_s, file(u"good.csv"_s), u"--map"_s, u"y=x"_s, u"--json"_s});
    QCOMPARE(good.code, 0);
    QCOMPARE(good.json()[u"written"_s].toInt(), 2);
    const CliRun twice({u"import"_s, path, u"--table"_s, u"t"_s, file(u"good.csv"_s), u"--map"_s, u"y=x"_s});
    QCOMPARE(twice.code, 1);
    QVERIFY(twice.err.contains("line 2"));
    QCOMPARE(CliRun({u"import"_s, path, u"--table"_s, u"fresh"_s, u"--create"_s, file(u"good.csv"_s)}).code, 0);
    QCOMPARE(sqlValue(path, u"SELECT group_concat(y) FROM fresh"_s), u"a,b"_s);
    QCOMPARE(CliRun({u"import"_s, path, file(u"good.csv"_s)}).code, 2);
}

void tst_TransferVerbs::aTreesMistakeHasAPlace()
{
    const QString path = arena();
    QVERIFY(wrote(u"tree.json"_s, "[{\"id\": 77777, \"nothing\": []}]"));
    const CliRun unknown({u"import"_s, path, u"--tree"_s, u"games"_s, file(u"tree.json"_s)});
    QCOMPARE(unknown.code, 1);
    QVERIFY2(unknown.err.contains("line 1, column 16: games has neither a column nor rows below it called nothing"), unknown.err.constData());
    QVERIFY(wrote(u"cut.json"_s, "[{\"id\": 1, \"players\": [\n{\"id\""));
    const CliRun cut({u"import"_s, path, u"--tree"_s, u"games"_s, file(u"cut.json"_s)});
    QCOMPARE(cut.code, 1);
    QVERIFY2(cut.err.contains("line 2, column 6"), cut.err.constData());
    const CliRun first({u"export"_s, path, u"--tree"_s, u"games"_s, u"--id"_s, u"1"_s, u"--format"_s, u"jsonl"_s});
    QVERIFY(wrote(u"changed.jsonl"_s, QByteArray(first.out).replace("\"total_turns\":", "\"total_turns\":1")));
    const QString before = sqlValue(path, u"SELECT total_turns FROM games WHERE id = 1"_s);
    const CliRun other({u"import"_s, path, u"--tree"_s, u"games"_s, file(u"changed.jsonl"_s)});
    QCOMPARE(other.code, 1);
    QVERIFY2(other.err.contains("another row of this key"), other.err.constData());
    QCOMPARE(CliRun({u"import"_s, path, u"--tree"_s, u"games"_s, u"--on-conflict"_s, u"update"_s, file(u"changed.jsonl"_s)}).code, 0);
    QCOMPARE(sqlValue(path, u"SELECT total_turns FROM games WHERE id = 1"_s), u'1' + before);
}

void tst_TransferVerbs::backupsAreMadeListedAndRestored()
{
    const QString path = file(u"t.db"_s);
    QCOMPARE(executeSql(path, u"CREATE TABLE t(id INTEGER PRIMARY KEY); INSERT INTO t VALUES(1), (2)"_s), QString());
    const QString copy = file(u"copy.db"_s);
    QCOMPARE(CliRun({u"backup"_s, path, copy}).code, 0);
    QCOMPARE(sqlValue(copy, u"SELECT count(*) FROM t"_s), u"2"_s);
    QCOMPARE(CliRun({u"backup"_s, path, copy}).code, 2); // it is there
    QCOMPARE(executeSql(path, u"INSERT INTO t VALUES(3)"_s), QString());
    const CliRun restored({u"restore"_s, path, copy, u"--json"_s});
    QVERIFY2(restored.code == 0, restored.err.constData());
    QCOMPARE(sqlValue(path, u"SELECT count(*) FROM t"_s), u"2"_s);
    QCOMPARE(sqlValue(restored.json()[u"kept"_s].toString(), u"SELECT count(*) FROM t"_s), u"3"_s);
    const CliRun list({u"backup"_s, path, u"--list"_s, u"--json"_s});
    QCOMPARE(list.json().array().size(), 1);
    QCOMPARE(list.json().array().first()[u"path"].toString(), restored.json()[u"kept"_s].toString());
    QVERIFY(wrote(u"broken.db"_s, QByteArray("SQLite format 3\0", 16) + QByteArray(5000, 'x')));
    QCOMPARE(CliRun({u"restore"_s, path, file(u"broken.db"_s)}).code, 1);
    QCOMPARE(CliRun({u"restore"_s, path, file(u"nothing.db"_s)}).code, 1);
    QCOMPARE(sqlValue(path, u"SELECT count(*) FROM t"_s), u"2"_s);
    QCOMPARE(CliRun({u"restore"_s, file(u"new.db"_s), copy}).code, 0);
    QCOMPARE(sqlValue(file(u"new.db"_s), u"SELECT count(*) FROM t"_s), u"2"_s);
}

void tst_TransferVerbs::aServerIsDumpedAndRestored()
{
    TestDatabase server;
    REQUIRE_DATABASE(server);
    QCOMPARE(server.execute(u"CREATE TABLE t(id int PRIMARY KEY); INSERT INTO t VALUES(1), (2)"_s), QString());
    const QString dump = file(u"t.dump"_s);
    const CliRun made({u"backup"_s, server.url(), dump});
    QVERIFY2(made.code == 0, made.err.constData());
    QVERIFY(contents(dump).startsWith("PGDMP"));
    QCOMPARE(server.execute(u"INSERT INTO t VALUES(3)"_s), QString());
    const CliRun restored({u"restore"_s, server.url(), dump, u"--json"_s});
    QVERIFY2(restored.code == 0, restored.err.constData());
    QCOMPARE(server.value(u"SELECT count(*) FROM t"_s), u"2"_s);
    const QString kept = restored.json()[u"kept"_s].toString();
    QCOMPARE(CliRun({u"query"_s, server.urlOf(kept), u"SELECT count(*) AS n FROM t"_s, u"--format"_s, u"jsonl"_s}).out, QByteArray("{\"n\":3}\n"));
    QVERIFY(wrote(u"bad.dump"_s, "PGDMP nonsense"));
    QCOMPARE(CliRun({u"restore"_s, server.url(), file(u"bad.dump"_s)}).code, 1);
    QVERIFY(wrote(u"bad.sql"_s, "CREATE TABLE x(a int);\nSELEC;\n"));
    QCOMPARE(CliRun({u"restore"_s, server.url(), file(u"bad.sql"_s)}).code, 1);
    QCOMPARE(server.value(u"SELECT count(*) FROM t"_s), u"2"_s);
    QCOMPARE(server.value(u"SELECT count(*) FROM pg_database WHERE datname LIKE '%\\_restore\\_2%' AND datname NOT LIKE '%before%'"_s), u"0"_s);
    QCOMPARE(server.execute(u"DROP DATABASE \"%1\""_s.arg(kept)), QString());
}

void tst_TransferVerbs::killedWorkLeavesNothingHalfDone()
{
    const QString path = file(u"big.db"_s);
    QCOMPARE(executeSql(path, u"CREATE TABLE t(id INTEGER PRIMARY KEY, x TEXT); CREATE TABLE u(id INTEGER PRIMARY KEY, x TEXT);"
                              "INSERT INTO t WITH RECURSIVE g(v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM g WHERE v < 100000) SELECT v, hex(zeroblob(200)) FROM g"_s), QString());
    const QString csv = file(u"t.csv"_s);
    QCOMPARE(CliRun({u"export"_s, path, u"--table"_s, u"t"_s, u"-o"_s, csv}).code, 0);
    const QString copy = file(u"copy.db"_s);
    QCOMPARE(CliRun({u"backup"_s, path, copy}).code, 0);
    QVERIFY(wrote(u"old.csv"_s, "old"));
    int killed = 0;
    const auto kill = [&](const QStringList &words, int milliseconds) {
        QProcess process;
        process.start(QStringLiteral(TURNSTONE_CLI), words);
        if (!process.waitForStarted())
            return false;
        if (!process.waitForFinished(milliseconds)) {
            process.kill();
            ++killed;
            return process.waitForFinished();
        }
        return true;
    };
    for (const int milliseconds : {15, 30, 60, 120, 200}) {
        QVERIFY(kill({u"export"_s, path, u"--table"_s, u"t"_s, u"-o"_s, file(u"old.csv"_s)}, milliseconds));
        const QByteArray now = contents(file(u"old.csv"_s));
        QVERIFY(now == "old" || now == contents(csv));
        QVERIFY(kill({u"import"_s, path, u"--table"_s, u"u"_s, csv}, milliseconds));
        // The first who may write rolls back what was killed; who only reads cannot.
        QCOMPARE(executeSql(path, u"SELECT count(*) FROM u"_s), QString());
        const QString rows = sqlValue(path, u"SELECT count(*) FROM u"_s);
        QVERIFY2(rows == u"0" || rows == u"100000", qPrintable(rows));
        if (rows != u"0")
            QCOMPARE(executeSql(path, u"DELETE FROM u"_s), QString());
        QCOMPARE(sqlValue(path, u"PRAGMA quick_check"_s), u"ok"_s);
        QVERIFY(kill({u"restore"_s, path, copy}, milliseconds));
        QCOMPARE(sqlValue(path, u"SELECT count(*) FROM t"_s), u"100000"_s);
        QCOMPARE(sqlValue(path, u"PRAGMA quick_check"_s), u"ok"_s);
    }
    QVERIFY(killed > 0);
}

void tst_TransferVerbs::aFullDiskLeavesNothingHalfDone()
{
    const QString path = file(u"big.db"_s);
    QCOMPARE(executeSql(path, u"CREATE TABLE t(id INTEGER PRIMARY KEY, x TEXT);"
                              "INSERT INTO t WITH RECURSIVE g(v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM g WHERE v < 20000) SELECT v, hex(zeroblob(200)) FROM g"_s), QString());
    const QString copy = file(u"copy.db"_s);
    QCOMPARE(CliRun({u"backup"_s, path, copy}).code, 0);
    const QStringList files = QDir(m_folder->path()).entryList(QDir::Files);
    rlimit before{};
    ::getrlimit(RLIMIT_FSIZE, &before);
    const auto ignored = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{1'000'000, before.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
    const CliRun exported({u"export"_s, path, u"--table"_s, u"t"_s, u"-o"_s, file(u"out.csv"_s)});
    const CliRun restored({u"restore"_s, path, copy});
    const CliRun backedUp({u"backup"_s, path, file(u"second.db"_s)});
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, ignored);
    QCOMPARE(exported.code, 1);
    QCOMPARE(restored.code, 1);
    QCOMPARE(backedUp.code, 1);
    QCOMPARE(QDir(m_folder->path()).entryList(QDir::Files), files);
    QCOMPARE(sqlValue(path, u"SELECT count(*) FROM t"_s), u"20000"_s);
}

QTEST_GUILESS_MAIN(tst_TransferVerbs)
#include "tst_transferverbs.moc"
