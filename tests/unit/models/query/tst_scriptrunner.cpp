// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/query/queryplan.h"
#include "models/query/scriptguard.h"
#include "models/query/scriptrunner.h"
#include "models/query/sqlcompletion.h"

#include "models/catalog/catalogreader.h"
#include "models/database/statementlog.h"
#include "models/database/postgresconnection.h"
#include "models/database/postgrescopy.h"
#include "tests/support/testdatabase.h"
#include "tests/support/testfiles.h"

#include <QElapsedTimer>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QThreadPool>

using namespace turnstone;
using namespace Qt::StringLiterals;

namespace {

double megabytes(const char *what)
{
    QFile status(u"/proc/self/status"_s);
    if (!status.open(QIODevice::ReadOnly))
        return 0;
    for (const QByteArray &line : status.readAll().split('\n')) {
        if (line.startsWith(what))
            return line.mid(static_cast<qsizetype>(qstrlen(what))).trimmed().split(' ').first().toDouble() / 1024;
    }
    return 0;
}

QList<SqlStatement> statements(const QString &script, SqlDialect dialect = SqlDialect::Sqlite)
{
    return SqlScript::split(script, dialect);
}

} // namespace

class tst_ScriptRunner : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void aScriptRunsStatementByStatement();
    void aMistakeStopsAndTellsItsPlace();
    void valuesComeBackWhole();
    void tenMillionRowsStayOutOfMemory();
    void aRunningStatementStops();
    void aBigResultStopsAtOnce_data();
    void aBigResultStopsAtOnce();
    void aReadingConnectionRefusesToWrite();
    void anOpenTransactionIsRolledBack();
    void demandsAreSeen();
    void plansBecomeTrees();
    void completionKnowsAliases();
    void aServerTellsNoticesAndPlaces();
    void browsingAServerLeavesNoTransaction();
    void theLogHearsWhatRuns();
    void everyWayToRunAStatementIsLogged();

private:
    QTemporaryDir m_folder;
    DatabaseUrl m_url;
};

void tst_ScriptRunner::initTestCase()
{
    const QString path = m_folder.filePath(u"games.db"_s);
    QVERIFY(executeSql(path, u"CREATE TABLE games(id INTEGER PRIMARY KEY, status TEXT); CREATE TABLE turns(id INTEGER PRIMARY KEY, game_id INTEGER REFERENCES games(id), \"odd name\" TEXT);"
                             "INSERT INTO games VALUES (1, 'won'), (2, 'lost'); CREATE INDEX by_game ON turns(game_id)"_s)
                .isEmpty());
    m_url = DatabaseUrl::forFile(path);
}

void tst_ScriptRunner::aScriptRunsStatementByStatement()
{
    ScriptRunner runner(m_url, m_folder.path());
    QSignalSpy results(&runner, &ScriptRunner::resultStarted);
    QSignalSpy ended(&runner, &ScriptRunner::statementEnded);
    QSignalSpy finished(&runner, &ScriptRunner::finished);
    Parameters parameters;
    parameters.named[u"s"_s] = Value::text(u"won"_s);
    runner.run(statements(u"SELECT id FROM games WHERE status = :s; PRAGMA user_version; SELECT 1 WHERE 0"_s), parameters);
    QTRY_COMPARE(finished.count(), 1);
    QCOMPARE(ended.count(), 3);
    QCOMPARE(results.count(), 3);
    const auto first = results.at(0).at(1).value<std::shared_ptr<QueryRows>>();
    QCOMPARE(first->rowCount(), 1);
    QVERIFY(first->isComplete());
    QCOMPARE(first->value(0, 0).value(), Value::integer(1));
    QCOMPARE(results.at(2).at(1).value<std::shared_ptr<QueryRows>>()->rowCount(), 0);
    QVERIFY(!runner.isInTransaction());
}

void tst_ScriptRunner::aMistakeStopsAndTellsItsPlace()
{
    ScriptRunner runner(m_url, m_folder.path());
    QSignalSpy failed(&runner, &ScriptRunner::failed);
    QSignalSpy finished(&runner, &ScriptRunner::finished);
    const QString script = u"SELECT 'ü' AS x;\n  SELECT nonsense FROM games;\nSELECT 3"_s;
    runner.run(statements(script), {});
    QTRY_COMPARE(finished.count(), 1);
    QCOMPARE(failed.count(), 1);
    QCOMPARE(failed.at(0).at(0).toInt(), 1);
    QCOMPARE(failed.at(0).at(2).value<qsizetype>(), script.indexOf(u"nonsense"));
}

void tst_ScriptRunner::valuesComeBackWhole()
{
    ScriptRunner runner(m_url, m_folder.path());
    QSignalSpy results(&runner, &ScriptRunner::resultStarted);
    QSignalSpy finished(&runner, &ScriptRunner::finished);
    runner.run(statements(u"WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 999)"
                          " SELECT i, i / 2.0, CASE i % 3 WHEN 0 THEN NULL WHEN 1 THEN '' ELSE printf('%.*c', 5000 + i, 'x') END, zeroblob(i % 7), 9223372036854775807 - i FROM n"_s),
               {});
    QTRY_COMPARE(finished.count(), 1);
    const auto rows = results.at(0).at(1).value<std::shared_ptr<QueryRows>>();
    QCOMPARE(rows->rowCount(), 1000);
    for (const qint64 row : {0, 1, 2, 255, 256, 511, 998, 999}) {
        QCOMPARE(rows->value(row, 0).value(), Value::integer(row));
        QCOMPARE(rows->value(row, 1).value(), Value::real(static_cast<double>(row) / 2));
        QCOMPARE(rows->value(row, 2).value(), row % 3 == 0 ? Value::null() : Value::text(row % 3 == 1 ? QByteArray() : QByteArray(5000 + row, 'x')));
        QCOMPARE(rows->value(row, 3).value(), Value::blob(QByteArray(row % 7, '\0')));
        QCOMPARE(rows->value(row, 4).value(), Value::integer(9223372036854775807LL - row));
    }
    const Result<RowPage> page = rows->page(3); // the last, 232 rows
    QCOMPARE(page->rowCount(), 1000 - 768);
    QCOMPARE(page->value(0, 0).integer(), 768);
    QCOMPARE(page->value(2, 2).bytes().size(), RowSource::prefixBytes);
    QCOMPARE(page->fullBytes(2, 2), 5770);
    const Result<RowBlock> block = rows->rows(250, 20);
    QCOMPARE(block->rowCount(), 20);
    QCOMPARE(block->at(19, 0).integer(), 269);
}

void tst_ScriptRunner::tenMillionRowsStayOutOfMemory()
{
    QThreadPool workers;
    ScriptRunner runner(m_url, m_folder.path());
    QSignalSpy results(&runner, &ScriptRunner::resultStarted);
    QSignalSpy finished(&runner, &ScriptRunner::finished);
    const double before = megabytes("VmRSS:");
    runner.run(statements(u"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000000) SELECT i, 'row ' || i FROM n"_s), {});
    QTRY_VERIFY_WITH_TIMEOUT(results.count() == 1, 30'000);
    const auto rows = results.at(0).at(1).value<std::shared_ptr<QueryRows>>();
    // The first rows are there long before the last.
    QTRY_VERIFY_WITH_TIMEOUT(rows->rowCount() > 0, 30'000);
    QVERIFY(!rows->isComplete());
    QueryRowSource source(rows, workers);
    source.start();
    QTRY_VERIFY_WITH_TIMEOUT(source.rowCount() > 0, 30'000);
    QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, 240'000);
    QCOMPARE(rows->rowCount(), 10'000'000);
    QTRY_COMPARE(source.rowCount(), 10'000'000);
    QVERIFY(source.isComplete());
    QFuture<Result<RowPage>> page = source.readPage(30'000);
    QTRY_VERIFY(page.isFinished());
    QCOMPARE(page.takeResult()->value(5, 0).integer(), 30'000 * 256 + 6);
    const double grown = megabytes("VmRSS:") - before;
    QVERIFY2(grown < 60, qPrintable(u"%1 MB"_s.arg(grown)));
}

void tst_ScriptRunner::aRunningStatementStops()
{
    ScriptRunner runner(m_url, m_folder.path());
    QSignalSpy results(&runner, &ScriptRunner::resultStarted);
    QSignalSpy failed(&runner, &ScriptRunner::failed);
    QSignalSpy finished(&runner, &ScriptRunner::finished);
    runner.run(statements(u"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n; SELECT 2"_s), {});
    QTRY_COMPARE(results.count(), 1);
    const auto rows = results.at(0).at(1).value<std::shared_ptr<QueryRows>>();
    QTRY_VERIFY(rows->rowCount() > 1000);
    runner.cancel();
    QTRY_COMPARE(finished.count(), 1);
    QCOMPARE(failed.at(0).at(1).value<Error>().code, ErrorCode::Cancelled);
    QCOMPARE(results.count(), 1); // the second statement never ran
    QVERIFY(rows->isComplete());  // what came is kept
    // And an editor that is closed stops what runs.
    auto another = std::make_unique<ScriptRunner>(m_url, m_folder.path());
    another->run(statements(u"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"_s), {});
    another.reset();
}

void tst_ScriptRunner::aBigResultStopsAtOnce_data()
{
    QTest::addColumn<bool>("onServer");
    QTest::addColumn<QString>("sql");
    QTest::newRow("SQLite") << false << u"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000000) SELECT i, 'row ' || i FROM n"_s;
    QTest::newRow("PostgreSQL") << true << u"SELECT i, 'row ' || i FROM (SELECT generate_series(1, 10000000) AS i OFFSET 0) AS n"_s; // row by row
}

/// Prints how soon the first rows of ten million are there, how soon the engine is stopped, and what memory that took.
void tst_ScriptRunner::aBigResultStopsAtOnce()
{
    QFETCH(bool, onServer);
    QFETCH(QString, sql);
    std::unique_ptr<TestDatabase> database;
    DatabaseUrl url = m_url;
    if (onServer) {
        database = std::make_unique<TestDatabase>();
        REQUIRE_DATABASE(*database);
        url = DatabaseUrl::parse(database->url()).value();
    }
    ScriptRunner runner(url, m_folder.path());
    QSignalSpy results(&runner, &ScriptRunner::resultStarted);
    QSignalSpy finished(&runner, &ScriptRunner::finished);
    // The connection is there already.
    runner.run(statements(u"SELECT 1"_s), {});
    QTRY_COMPARE(finished.count(), 1);
    const double before = megabytes("VmRSS:");
    QElapsedTimer timer;
    timer.start();
    runner.run(statements(sql, onServer ? SqlDialect::PostgreSql : SqlDialect::Sqlite), {});
    QTRY_COMPARE_WITH_TIMEOUT(results.count(), 2, 30'000);
    const auto rows = results.at(1).at(1).value<std::shared_ptr<QueryRows>>();
    QVERIFY(QTest::qWaitFor([&] { return rows->rowCount() > 0; }, 30'000));
    const double firstMs = static_cast<double>(timer.nsecsElapsed()) / 1e6;
    QTRY_VERIFY_WITH_TIMEOUT(rows->rowCount() > 1'000'000, 60'000);
    QVERIFY(!rows->isComplete());
    // Stopped in the middle: no row comes any more, the engine is at rest.
    timer.restart();
    runner.cancel();
    while (finished.count() < 2 && timer.elapsed() < 20'000)
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 20);
    const double cancelMs = static_cast<double>(timer.nsecsElapsed()) / 1e6;
    QCOMPARE(finished.count(), 2);
    const qint64 kept = rows->rowCount();
    QVERIFY(kept > 1'000'000 && kept < 10'000'000);
    const double grown = megabytes("VmRSS:") - before;
    qInfo("%s: first rows after %.1f ms, cancelled after %.1f ms with %lld rows there, memory grown by %.1f MB", onServer ? "PostgreSQL" : "SQLite", firstMs, cancelMs,
          static_cast<long long>(kept), grown);
    QVERIFY2(grown < 60, qPrintable(u"%1 MB"_s.arg(grown)));
    if (onServer)
        QTRY_COMPARE(database->value(u"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND (state = 'active' OR state LIKE 'idle in%')"_s), u"0"_s);
    // The connection is good for the next statement.
    runner.run(statements(u"SELECT 2"_s), {});
    QTRY_COMPARE(finished.count(), 3);
    QTRY_COMPARE(results.count(), 3);
}

void tst_ScriptRunner::aReadingConnectionRefusesToWrite()
{
    ScriptRunner runner(m_url, m_folder.path());
    QSignalSpy failed(&runner, &ScriptRunner::failed);
    QSignalSpy ended(&runner, &ScriptRunner::statementEnded);
    QSignalSpy finished(&runner, &ScriptRunner::finished);
    runner.run(statements(u"INSERT INTO games VALUES (77, 'x')"_s), {});
    QTRY_COMPARE(finished.count(), 1);
    QCOMPARE(failed.at(0).at(1).value<Error>().code, ErrorCode::ReadOnly);
    runner.setMayWrite(true);
    runner.run(statements(u"INSERT INTO games VALUES (77, 'x'); DELETE FROM games WHERE id = 77"_s), {});
    QTRY_COMPARE(finished.count(), 2);
    QCOMPARE(failed.count(), 1);
    QCOMPARE(ended.last().at(1).value<StatementOutcome>().rowsAffected, 1);
}

void tst_ScriptRunner::anOpenTransactionIsRolledBack()
{
    ScriptRunner runner(m_url, m_folder.path());
    runner.setMayWrite(true);
    runner.setTransactionLimit(2);
    QSignalSpy finished(&runner, &ScriptRunner::finished);
    QSignalSpy aged(&runner, &ScriptRunner::transactionAged);
    QSignalSpy rolledBack(&runner, &ScriptRunner::transactionRolledBack);
    runner.run(statements(u"BEGIN IMMEDIATE; INSERT INTO games VALUES (88, 'open')"_s), {});
    QTRY_COMPARE(finished.count(), 1);
    QVERIFY(runner.isInTransaction());
    QVERIFY(sqlValue(m_url.filePath(), u"SELECT count(*) FROM games WHERE id = 88"_s) == u"0");
    QTRY_VERIFY(aged.count() >= 1); // the warning comes first
    QTRY_COMPARE_WITH_TIMEOUT(rolledBack.count(), 1, 20'000);
    QVERIFY(!runner.isInTransaction());
    // Others can write again.
    QTRY_VERIFY(executeSql(m_url.filePath(), u"UPDATE games SET status = status"_s).isEmpty());
    QCOMPARE(sqlValue(m_url.filePath(), u"SELECT count(*) FROM games WHERE id = 88"_s), u"0"_s);
}

void tst_ScriptRunner::demandsAreSeen()
{
    const auto of = [](const QString &script, SqlDialect dialect) { return demandsOf(SqlScript::split(script, dialect), dialect); };
    const ScriptDemands mixed = of(u"SELECT :a; DELETE FROM games WHERE id = :b; -- DROP\nCREATE TABLE x(a)"_s, SqlDialect::Sqlite);
    QCOMPARE(mixed.writes, (QStringList{u"DELETE FROM games WHERE id = :b;"_s, u"CREATE TABLE x(a)"_s}));
    QCOMPARE(mixed.parameters, (QStringList{u"a"_s, u"b"_s}));
    QCOMPARE(of(u"VACUUM"_s, SqlDialect::Sqlite).writes.size(), 1);
    QVERIFY(of(u"BEGIN; SELECT 1; COMMIT; SET search_path = x; SHOW all"_s, SqlDialect::PostgreSql).writes.isEmpty());
    for (const QString &sql : {u"SET default_transaction_read_only = off"_s, u"BEGIN READ WRITE"_s, u"SELECT set_config('default_transaction_read_only', 'off', false)"_s})
        QCOMPARE(of(sql, SqlDialect::PostgreSql).lifts.size(), 1);
    QCOMPARE(of(u"PRAGMA query_only = 0"_s, SqlDialect::Sqlite).lifts.size(), 1);
    QCOMPARE(parameterValue(u"12"_s, Engine::Sqlite), Value::integer(12));
    QCOMPARE(parameterValue(u"'12'"_s, Engine::Sqlite), Value::text(u"12"_s));
    QCOMPARE(parameterValue(u"null"_s, Engine::Sqlite), Value::null());
    QCOMPARE(parameterValue(u"1.5"_s, Engine::Sqlite), Value::real(1.5));
    QCOMPARE(parameterValue(u"007"_s, Engine::Sqlite), Value::text(u"007"_s));
    QCOMPARE(parameterValue(u"12"_s, Engine::PostgreSql), Value::text(u"12"_s));
}

void tst_ScriptRunner::plansBecomeTrees()
{
    ScriptRunner runner(m_url, m_folder.path());
    auto rows = runner.explain(u"SELECT * FROM games JOIN turns ON turns.game_id = games.id WHERE games.id IN (SELECT max(id) FROM games)"_s, {}, false);
    QTRY_VERIFY(rows.isFinished());
    const Result<PlanNode> plan = planFromRows(Engine::Sqlite, rows.result().value());
    QVERIFY(plan.has_value());
    QVERIFY(plan->children.size() >= 2);
    QVERIFY(std::ranges::any_of(plan->children, [](const PlanNode &node) { return node.title.contains(u"by_game"); }));
    QVERIFY(std::ranges::any_of(plan->children, [](const PlanNode &node) { return !node.children.empty(); }));
    const Result<PlanNode> server = planFromRows(Engine::PostgreSql, {{uR"json([{"Plan": {"Node Type": "Seq Scan", "Relation Name": "t", "Total Cost": 12.5, "Plan Rows": 3, "Actual Rows": 2,
        "Actual Loops": 4, "Actual Total Time": 0.5, "Filter": "(a > 1)", "Plans": [{"Node Type": "Result"}]}, "Planning Time": 0.1, "Execution Time": 2.5}])json"_s}});
    QVERIFY(server.has_value());
    const PlanNode &scan = server->children.front();
    QCOMPARE(scan.title, u"Seq Scan on t"_s);
    QVERIFY(scan.isScan);
    QCOMPARE(scan.rows, 8.0);
    QCOMPARE(scan.ms, 2.0);
    QCOMPARE(scan.children.size(), std::size_t(1));
    QVERIFY(!planFromRows(Engine::PostgreSql, {{u"[]"_s}}));
}

void tst_ScriptRunner::completionKnowsAliases()
{
    auto connection = Connection::open(m_url);
    const Catalog catalog = readCatalog(**connection).value();
    const auto words = [&](QString text) {
        const qsizetype cursor = text.indexOf(u'|');
        return completeSql(text.remove(u'|'), cursor, SqlDialect::Sqlite, catalog);
    };
    QCOMPARE(words(u"SELECT t.| FROM turns AS t"_s).words, (QStringList{u"id"_s, u"game_id"_s, u"\"odd name\""_s}));
    QCOMPARE(words(u"SELECT g.st| FROM turns t JOIN games g ON g.id = t.game_id"_s).words, QStringList{u"status"_s});
    QCOMPARE(words(u"SELECT * FROM ga|"_s).words, QStringList{u"games"_s});
    QCOMPARE(words(u"SELECT * FROM ga|"_s).from, 14);
    QVERIFY(words(u"SEL|"_s).words.contains(u"SELECT"_s));
    QVERIFY(words(u"SELECT 'ga|'"_s).words.isEmpty());
    QVERIFY(words(u"SELECT 1; SELECT sta| FROM games"_s).words.contains(u"status"_s));
    QVERIFY(!words(u"SELECT sta| FROM turns; SELECT 1 FROM games"_s).words.contains(u"status"_s));
}

void tst_ScriptRunner::aServerTellsNoticesAndPlaces()
{
    const TestDatabase database;
    REQUIRE_DATABASE(database);
    ScriptRunner runner(DatabaseUrl::parse(database.url()).value(), m_folder.path());
    QSignalSpy notices(&runner, &ScriptRunner::noticed);
    QSignalSpy failed(&runner, &ScriptRunner::failed);
    QSignalSpy results(&runner, &ScriptRunner::resultStarted);
    QSignalSpy finished(&runner, &ScriptRunner::finished);
    runner.setMayWrite(true);
    const QString script = u"DO $$ BEGIN RAISE NOTICE 'a word'; END $$; SELECT :n::int + 1 AS n; SELECT wrong FROM pg_class"_s;
    Parameters parameters;
    parameters.named[u"n"_s] = Value::text(u"41"_s);
    runner.run(statements(script, SqlDialect::PostgreSql), parameters);
    QTRY_COMPARE(finished.count(), 1);
    QCOMPARE(notices.count(), 1);
    QCOMPARE(notices.at(0).at(0).toString(), u"NOTICE: a word"_s);
    QCOMPARE(results.at(0).at(1).value<std::shared_ptr<QueryRows>>()->value(0, 0).value(), Value::text(u"42"_s));
    QCOMPARE(failed.at(0).at(2).value<qsizetype>(), script.indexOf(u"wrong"));
    // A long statement on a server stops, too.
    runner.run(statements(u"SELECT pg_sleep(60)"_s, SqlDialect::PostgreSql), {});
    QTRY_VERIFY(database.value(u"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'SELECT pg_sleep%' AND state = 'active'"_s) == u"1");
    runner.cancel();
    QTRY_COMPARE(finished.count(), 2);
    QCOMPARE(failed.at(1).at(1).value<Error>().code, ErrorCode::Cancelled);
    auto plan = runner.explain(u"SELECT count(*) FROM pg_class"_s, {}, true);
    QTRY_VERIFY(plan.isFinished());
    QVERIFY(planFromRows(Engine::PostgreSql, plan.result().value())->title.contains(u"run in"));
}

void tst_ScriptRunner::browsingAServerLeavesNoTransaction()
{
    const TestDatabase database;
    REQUIRE_DATABASE(database);
    QVERIFY(database.execute(u"CREATE TABLE t(a int); INSERT INTO t SELECT generate_series(1, 5000)"_s).isEmpty());
    ScriptRunner runner(DatabaseUrl::parse(database.url()).value(), m_folder.path());
    QSignalSpy finished(&runner, &ScriptRunner::finished);
    QSignalSpy failed(&runner, &ScriptRunner::failed);
    runner.run(statements(u"SELECT * FROM t; SELECT a / 0 FROM t; SELECT 1"_s, SqlDialect::PostgreSql), {});
    QTRY_COMPARE(finished.count(), 1);
    QCOMPARE(failed.count(), 1);
    const QString open = u"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'"_s;
    QCOMPARE(database.value(open), u"0"_s);
    // One that the user opened is seen, aged, and gone when the editor is closed.
    runner.run(statements(u"BEGIN; SELECT 1"_s, SqlDialect::PostgreSql), {});
    QTRY_COMPARE(finished.count(), 2);
    QVERIFY(runner.isInTransaction());
    QCOMPARE(database.value(open), u"1"_s);
    runner.rollback();
    QTRY_COMPARE(database.value(open), u"0"_s);
}

void tst_ScriptRunner::theLogHearsWhatRuns()
{
    auto connection = Connection::open(m_url);
    QVERIFY((*connection)->queryValue(u"SELECT 'unheard'"_s).has_value());
    StatementLog log(m_url.displayText());
    const StatementLog other(u"/another.db"_s);
    Parameters parameters;
    parameters.named[u"n"_s] = Value::integer(1);
    parameters.named[u"api_key"_s] = Value::text(u"sk-123"_s);
    QVERIFY((*connection)->queryValue(u"SELECT status, :api_key FROM games WHERE id >= :n"_s, parameters).has_value());
    QVERIFY(!(*connection)->queryValue(u"SELECT nonsense"_s).has_value());
    QVERIFY(!(*connection)->execute(u"DELETE FROM games"_s).has_value());
    const std::vector<LoggedStatement> heard = log.after(0);
    QCOMPARE(heard.size(), std::size_t(3));
    QCOMPARE(heard[0].sql, u"SELECT status, :api_key FROM games WHERE id >= :n"_s);
    QCOMPARE(heard[0].parameters, (QStringList{u":api_key = •••"_s, u":n = 1"_s}));
    QCOMPARE(heard[0].rows, 2);
    QVERIFY(heard[0].error.isEmpty() && heard[0].duration.count() > 0);
    QVERIFY(heard[1].error.contains(u"nonsense"));
    QVERIFY(!heard[2].error.isEmpty());
    QVERIFY(other.after(0).empty());
    QCOMPARE(log.after(heard[1].number).size(), std::size_t(1));
    QCOMPARE(StatementLog::withoutSecrets(u"ALTER ROLE x PASSWORD 'geheim'"_s), u"ALTER ROLE x PASSWORD '•••'"_s);
    // The buffer is bounded.
    for (int i = 0; i < 6000; ++i)
        log.add({0, {}, {}, u"SELECT %1"_s.arg(i), {}, 0, {}});
    QCOMPARE(log.after(0).size(), StatementLog::mostEntries);
    QCOMPARE(log.after(0).back().sql, u"SELECT 5999"_s);
    for (int i = 0; i < 1000; ++i)
        log.add({0, {}, {}, QString(15'000, u'x'), {}, 0, {}});
    QVERIFY(log.after(0).size() < 400);
}

void tst_ScriptRunner::everyWayToRunAStatementIsLogged()
{
    ConnectionOptions options;
    options.readOnly = false;
    const auto texts = [](const StatementLog &log) {
        QStringList list;
        for (const LoggedStatement &each : log.after(0))
            list.append(u"%1 [%2] %3"_s.arg(each.sql, each.parameters.join(u", "_s)).arg(each.rows));
        return list;
    };
    const auto insertMany = [](Connection &connection, const QString &sql, int rows) {
        const auto prepared = connection.prepare(sql);
        QVERIFY2(prepared.has_value(), prepared ? "" : qPrintable(prepared.error().message));
        for (int i = 1; i <= rows; ++i) {
            const Value value = Value::integer(i);
            const ValueRef ref = value.ref();
            QVERIFY((*prepared)->execute(&ref, 1).has_value());
        }
    };
    {
        QTemporaryDir folder;
        const DatabaseUrl url = DatabaseUrl::forFile(folder.filePath(u"log.db"_s));
        QVERIFY(executeSql(folder.filePath(u"log.db"_s), u"CREATE TABLE t(x INTEGER PRIMARY KEY)"_s).isEmpty());
        const StatementLog log(url.displayText());
        const auto connection = Connection::open(url, options);
        QVERIFY(connection.has_value());
        QVERIFY2(texts(log).contains(u"SELECT count(*) FROM sqlite_schema [] 0"_s), qPrintable(texts(log).join(u'\n')));
        QVERIFY((*connection)->begin().has_value());
        insertMany(**connection, u"INSERT INTO t VALUES (?1)"_s, 103);
        (*connection)->rollback();
        QVERIFY((*connection)->executeScript(u"SELECT 1; SELECT 2"_s).has_value());
        const QStringList heard = texts(log);
        QVERIFY(heard.contains(u"BEGIN IMMEDIATE [] 0"_s) && heard.contains(u"ROLLBACK [] 0"_s));
        QVERIFY(heard.contains(u"INSERT INTO t VALUES (?1) [1 = 1] 1"_s));
        QVERIFY(heard.contains(u"INSERT INTO t VALUES (?1) [1 = 100] 1"_s));
        QVERIFY2(heard.contains(u"INSERT INTO t VALUES (?1) [executed 3 times more] 3"_s), qPrintable(heard.join(u'\n')));
        QCOMPARE(heard.filter(u"INSERT"_s).size(), 101);
        QVERIFY(heard.filter(u"SELECT 2"_s).size() == 1);
    }
    const TestDatabase database;
    REQUIRE_DATABASE(database);
    QVERIFY(database.execute(u"CREATE TABLE t(x int PRIMARY KEY)"_s).isEmpty());
    const DatabaseUrl url = DatabaseUrl::parse(database.url()).value();
    const StatementLog log(url.displayText());
    const auto connection = Connection::open(url, options);
    QVERIFY(connection.has_value());
    insertMany(**connection, u"INSERT INTO t VALUES ($1)"_s, 2);
    auto &server = static_cast<PostgresConnection &>(**connection);
    {
        PostgresCopy copy(server);
        QVERIFY(copy.start(u"COPY t FROM stdin"_s).has_value());
        QVERIFY(copy.put("11\n12\n13\n").has_value());
        QCOMPARE(copy.finish().value_or(-1), 3);
    }
    {
        PostgresCopy copy(server);
        QVERIFY(copy.start(u"COPY t FROM stdin WITH (FORMAT csv)"_s).has_value());
        QVERIFY(copy.put("21\nnonsense\n").has_value());
        QVERIFY(!copy.finish().has_value());
    }
    {
        PostgresCopy copy(server);
        QVERIFY(!copy.start(u"COPY nowhere FROM stdin"_s).has_value());
    }
    const std::vector<LoggedStatement> all = log.after(0);
    const auto of = [&](const QString &sql) {
        const auto found = std::ranges::find(all, sql, &LoggedStatement::sql);
        return found == all.end() ? LoggedStatement() : *found;
    };
    QCOMPARE(of(u"INSERT INTO t VALUES ($1)"_s).parameters, QStringList{u"1 = 1"_s});
    QCOMPARE(of(u"COPY t FROM stdin"_s).rows, 3);
    QVERIFY(of(u"COPY t FROM stdin"_s).error.isEmpty() && of(u"COPY t FROM stdin"_s).duration.count() > 0);
    QVERIFY(of(u"COPY t FROM stdin WITH (FORMAT csv)"_s).error.contains(u"nonsense"));
    QVERIFY(of(u"COPY nowhere FROM stdin"_s).error.contains(u"nowhere"));
}

QTEST_GUILESS_MAIN(tst_ScriptRunner)
#include "tst_scriptrunner.moc"
