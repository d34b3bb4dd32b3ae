// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/migration/migrationlock.h"
#include "tests/support/testdatabase.h"
#include "tests/support/testfiles.h"
#include "tests/unit/models/migration/migrationplace.h"

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_MigrationRun : public QObject
{
    Q_OBJECT

private slots:
    void aBackupOfTheStateBeforeIsMade();
    void aBackupOfAServerIsMade();
    void theTrialLeavesNothingOfTheFirstStepsEither();
    void withoutATrialTheStepsBeforeStay();
    void twoMigratorsAreKeptApart_data();
    void twoMigratorsAreKeptApart();
    void aSecondLookFindsWhatSomebodyElseRan();
    void aNewerDatabaseIsNeverTouched();
    void aStopLeavesTheStateBefore();
    void whatPointedToNothingBeforeIsNoReasonToFail();
    void whatDoesNotFitIntoATransactionRunsApart_data();
    void whatDoesNotFitIntoATransactionRunsApart();
    void copyBringsItsData();
    void anEnumIsUsedInTheNextStep();
    void alembicsRecordIsWrittenAsAlembicDoes();
    void aLevelIsStamped();
    void revisionsAreFoundByManyNames();
    void goingDownEndsWhereItIsTold();
    void anotherSchemaIsMigratedWhereItLies();
    void theSqlIsPrintedAsItRuns();

private:
    static QByteArray file(const QByteArray &up, const QByteArray &down) { return "-- Step\n-- migrate:up\n" + up + "\n-- migrate:down\n" + down + "\n"; }
};

void tst_MigrationRun::aBackupOfTheStateBeforeIsMade()
{
    MigrationPlace place;
    place.add(u"0001_a.sql"_s, file("CREATE TABLE a(x);", "DROP TABLE a;"));
    const auto first = place.up();
    QVERIFY2(first, said(first));
    QCOMPARE(first->backupFile, QString()); // there was nothing
    QVERIFY(place.connection().execute(u"INSERT INTO a VALUES ('kept')"_s));
    place.add(u"0002_b.sql"_s, file("DELETE FROM a;", "SELECT 1;"));
    const auto second = place.up();
    QVERIFY2(second, said(second));
    QCOMPARE(QFileInfo(second->backupFile).fileName(), u"x.backup-2026-03-01T091500Z-before-0002_b.db"_s);
    QCOMPARE(sqlValue(second->backupFile, u"SELECT x FROM a"_s), u"kept"_s);
    QCOMPARE(sqlValue(second->backupFile, u"SELECT count(*) FROM schema_migrations"_s), u"1"_s);
    QCOMPARE(sqlValue(second->backupFile, u"PRAGMA integrity_check"_s), u"ok"_s);
    QCOMPARE(place.value(u"SELECT count(*) FROM a"_s), u"0"_s);
}

void tst_MigrationRun::aBackupOfAServerIsMade()
{
    TestDatabase server;
    REQUIRE_DATABASE(server);
    MigrationPlace place(server.url());
    QVERIFY(place.connection().executeScript(u"CREATE TABLE a(x text); INSERT INTO a VALUES ('kept')"_s));
    place.add(u"0001_b.sql"_s, file("DELETE FROM a;", "SELECT 1;"));
    MigrationRunOptions options;
    options.backupFolder = place.temporary().filePath(u"backups"_s);
    const auto done = place.up({}, {}, options);
    QVERIFY2(done, said(done));
    QVERIFY(done->backupFile.endsWith(u".backup-2026-03-01T091500Z-before-0001_b.dump"));
    QFile dump(done->backupFile);
    QVERIFY(dump.open(QIODevice::ReadOnly));
    QCOMPARE(dump.read(5), QByteArray("PGDMP"));
    QCOMPARE(dump.permissions() & (QFile::ReadOther | QFile::ReadGroup), QFile::Permissions());
    QVERIFY(!QFile::exists(done->backupFile + u".part"_s));
}

void tst_MigrationRun::theTrialLeavesNothingOfTheFirstStepsEither()
{
    MigrationPlace place;
    place.add(u"0001_a.sql"_s, file("CREATE TABLE a(x);", "DROP TABLE a;"));
    place.add(u"0002_b.sql"_s, file("INSERT INTO missing VALUES (1);", "SELECT 1;"));
    const auto done = place.up();
    QVERIFY(!done);
    QVERIFY2(done.error().message.contains(u"0002_b.sql, line 3") && done.error().message.contains(u"nothing was changed"), qPrintable(done.error().message));
    QCOMPARE(place.value(u"SELECT count(*) FROM sqlite_schema"_s), u"0"_s);
    // The copy that was made is of no use and goes again.
    QVERIFY(place.connection().execute(u"CREATE TABLE z(a)"_s));
    QVERIFY(!place.up());
    QCOMPARE(QDir(place.temporary().path()).entryList({u"*backup*"_s}), QStringList());
}

void tst_MigrationRun::withoutATrialTheStepsBeforeStay()
{
    MigrationPlace place;
    place.add(u"0001_a.sql"_s, file("CREATE TABLE a(x);", "DROP TABLE a;"));
    place.add(u"0002_b.sql"_s, file("CREATE TABLE b(x); INSERT INTO missing VALUES (1);", "SELECT 1;"));
    MigrationRunOptions options;
    options.trial = false;
    const auto done = place.up({}, {}, options);
    QVERIFY(!done);
    QVERIFY2(done.error().message.contains(u"The steps before it stay: 0001_a up"), qPrintable(done.error().message));
    QCOMPARE(place.value(u"SELECT group_concat(name) FROM sqlite_schema WHERE name IN ('a', 'b')"_s), u"a"_s);
    QCOMPARE(place.value(u"SELECT group_concat(version) FROM schema_migrations"_s), u"0001"_s);
}

void tst_MigrationRun::twoMigratorsAreKeptApart_data()
{
    QTest::addColumn<bool>("onServer");
    QTest::newRow("SQLite") << false;
    QTest::newRow("PostgreSQL") << true;
}

void tst_MigrationRun::twoMigratorsAreKeptApart()
{
    QFETCH(bool, onServer);
    std::unique_ptr<TestDatabase> server;
    if (onServer) {
        server = std::make_unique<TestDatabase>();
        REQUIRE_DATABASE(*server);
    }
    MigrationPlace place(server ? server->url() : QString());
    place.add(u"0001_a.sql"_s, file("CREATE TABLE a(x int);", "DROP TABLE a;"));
    QVERIFY(place.connection().execute(u"CREATE TABLE z(a int)"_s)); // or there is no file yet
    ConnectionOptions writing;
    writing.readOnly = false;
    auto other = Connection::open(place.connection().url(), writing);
    QVERIFY(other);
    {
        const auto held = MigrationLock::take(**other);
        QVERIFY2(held, held ? "" : qPrintable(held.error().message));
        const auto refused = place.up();
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::Busy);
        QVERIFY2(refused.error().message.contains(u"Another migration"), qPrintable(refused.error().message));
        QVERIFY(!refused.error().message.contains(u'?')); // it says who
    }
    const auto done = place.up();
    QVERIFY2(done, said(done));
    QVERIFY(!QFile::exists(place.file() + u".migrating"_s));
}

void tst_MigrationRun::aSecondLookFindsWhatSomebodyElseRan()
{
    MigrationPlace place;
    place.add(u"0001_a.sql"_s, file("CREATE TABLE a(x);", "DROP TABLE a;"));
    const auto overview = place.look();
    const auto plan = planUp(overview->history, overview->state, Engine::Sqlite);
    QVERIFY(place.up());
    const auto late = place.run(*overview, plan);
    QVERIFY(!late);
    QCOMPARE(late.error().code, ErrorCode::Conflict);
    QVERIFY2(late.error().message.contains(u"meanwhile"), qPrintable(late.error().message));
}

void tst_MigrationRun::aNewerDatabaseIsNeverTouched()
{
    MigrationPlace place;
    place.add(u"0001_a.sql"_s, file("CREATE TABLE a(x);", "DROP TABLE a;"));
    QVERIFY(place.up());
    QVERIFY(place.connection().execute(u"INSERT INTO schema_migrations(version) VALUES ('0099_future')"_s));
    place.add(u"0002_b.sql"_s, file("CREATE TABLE b(x);", "DROP TABLE b;"));
    for (const auto &outcome : {place.up(), place.down()}) {
        QVERIFY(!outcome);
        QCOMPARE(outcome.error().code, ErrorCode::Conflict);
        QVERIFY2(outcome.error().message.contains(u"0099_future") && outcome.error().message.contains(u"newer"), qPrintable(outcome.error().message));
    }
    const auto overview = place.look();
    QVERIFY(!stampMigrations(place.connection(), overview->history, overview->state, u"0001"_s));
    QCOMPARE(place.value(u"SELECT count(*) FROM schema_migrations"_s), u"2"_s);
}

void tst_MigrationRun::aStopLeavesTheStateBefore()
{
    MigrationPlace place;
    place.add(u"0001_a.sql"_s, file("CREATE TABLE a(x);", "DROP TABLE a;"));
    place.add(u"0002_b.sql"_s, file("CREATE TABLE b(x);\nWITH RECURSIVE c(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM c) INSERT INTO b SELECT i FROM c;", "DROP TABLE b;"));
    std::stop_source stop;
    MigrationRunOptions options;
    options.trial = false;
    options.stop = stop.get_token();
    options.progress = [&](const MigrationProgress &progress) {
        if (progress.step == 1 && progress.done == 1)
            stop.request_stop();
    };
    place.connection().setStopToken(stop.get_token());
    const auto outcome = place.up({}, {}, options);
    QVERIFY(!outcome);
    QCOMPARE(outcome.error().code, ErrorCode::Cancelled);
    place.reopen();
    QCOMPARE(place.value(u"SELECT group_concat(version) FROM schema_migrations"_s), u"0001"_s);
    QCOMPARE(place.value(u"SELECT count(*) FROM sqlite_schema WHERE name = 'b'"_s), u"0"_s);
}

void tst_MigrationRun::whatPointedToNothingBeforeIsNoReasonToFail()
{
    MigrationPlace place;
    QVERIFY(place.connection().executeScript(u"PRAGMA foreign_keys=OFF; CREATE TABLE p(id INTEGER PRIMARY KEY, x); CREATE TABLE c(p REFERENCES p(id)); INSERT INTO c VALUES (7); INSERT INTO p VALUES (1, 'a'); PRAGMA foreign_keys=ON"_s));
    place.add(u"0001_rebuild.sql"_s, file("CREATE TABLE p_new(id INTEGER PRIMARY KEY, x TEXT, y);\nINSERT INTO p_new SELECT id, x, 1 FROM p;\nDROP TABLE p;\nALTER TABLE p_new RENAME TO p;\n", "SELECT 1;"));
    const auto done = place.up();
    QVERIFY2(done, said(done));
    QCOMPARE(place.value(u"SELECT x || y FROM p"_s), u"a1"_s);
    QCOMPARE(place.value(u"SELECT count(*) FROM c"_s), u"1"_s); // DROP TABLE cascaded nothing
    QVERIFY(place.value(u"SELECT sql FROM sqlite_schema WHERE name = 'c'"_s).contains(u"REFERENCES p"));
}

void tst_MigrationRun::whatDoesNotFitIntoATransactionRunsApart_data()
{
    QTest::addColumn<bool>("onServer");
    QTest::addColumn<QByteArray>("up");
    QTest::newRow("VACUUM") << false << QByteArray("CREATE TABLE a(x);\nVACUUM;\nCREATE TABLE b(x);");
    QTest::newRow("CONCURRENTLY") << true << QByteArray("CREATE TABLE a(x int);\nCREATE INDEX CONCURRENTLY i ON a(x);\nCREATE TABLE b(x int);");
}

void tst_MigrationRun::whatDoesNotFitIntoATransactionRunsApart()
{
    QFETCH(bool, onServer);
    QFETCH(QByteArray, up);
    std::unique_ptr<TestDatabase> server;
    if (onServer) {
        server = std::make_unique<TestDatabase>();
        REQUIRE_DATABASE(*server);
    }
    MigrationPlace place(server ? server->url() : QString());
    place.add(u"0001_apart.sql"_s, file(up, "DROP TABLE a; DROP TABLE b;"));
    const auto done = place.up();
    QVERIFY2(done, said(done));
    QVERIFY(done->notes.join(u' ').contains(u"outside a transaction"));
    QVERIFY(done->notes.join(u' ').contains(u"0001_apart.sql, line 4"));
    QCOMPARE(place.value(u"SELECT count(*) FROM a"_s) + place.value(u"SELECT count(*) FROM b"_s), u"00"_s);
    QCOMPARE(place.value(u"SELECT version FROM schema_migrations"_s), u"0001"_s);
}

void tst_MigrationRun::copyBringsItsData()
{
    TestDatabase server;
    REQUIRE_DATABASE(server);
    MigrationPlace place(server.url());
    place.add(u"0001_copy.sql"_s, file("CREATE TABLE a(n int, t text);\nCOPY a (n, t) FROM stdin;\n1\tone; two\n2\t\\N\n\\.\nCREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $body$ BEGIN RETURN 1; END; $body$;", "DROP TABLE a; DROP FUNCTION f();"));
    const auto done = place.up();
    QVERIFY2(done, said(done));
    QCOMPARE(place.value(u"SELECT string_agg(coalesce(t, 'NULL'), '|' ORDER BY n) FROM a"_s), u"one; two|NULL"_s);
    QCOMPARE(place.value(u"SELECT f()"_s), u"1"_s);
}

void tst_MigrationRun::anEnumIsUsedInTheNextStep()
{
    TestDatabase server;
    REQUIRE_DATABASE(server);
    MigrationPlace place(server.url());
    place.add(u"0001_type.sql"_s, file("CREATE TYPE mood AS ENUM ('good');\nCREATE TABLE a(m mood);", "DROP TABLE a; DROP TYPE mood;"));
    QVERIFY(place.up());
    place.add(u"0002_value.sql"_s, file("ALTER TYPE mood ADD VALUE 'bad';", "SELECT 1;"));
    place.add(u"0003_use.sql"_s, file("INSERT INTO a VALUES ('bad');", "DELETE FROM a;"));
    const auto done = place.up(); // in one transaction PostgreSQL refuses the new word, in two it does not
    QVERIFY2(done, said(done));
    QVERIFY(done->notes.join(u' ').contains(u"0003_use up could not be tried"));
    QCOMPARE(place.value(u"SELECT m FROM a"_s), u"bad"_s);
}

void tst_MigrationRun::alembicsRecordIsWrittenAsAlembicDoes()
{
    MigrationPlace place;
    MigrationRequest request;
    request.system = u"consensus-engine"_s;
    const auto up = place.up({}, request);
    QVERIFY2(up, said(up));
    QCOMPARE(place.value(u"SELECT group_concat(version_num) FROM alembic_version"_s), u"001_initial"_s);
    const auto overview = place.look(request);
    QVERIFY(stampMigrations(place.connection(), overview->history, overview->state, u"base"_s));
    QCOMPARE(place.value(u"SELECT count(*) FROM alembic_version"_s), u"0"_s);
    const auto again = place.look(request);
    QVERIFY(stampMigrations(place.connection(), again->history, again->state, u"head"_s));
    QCOMPARE(place.value(u"SELECT group_concat(version_num) FROM alembic_version"_s), u"001_initial"_s);
}

void tst_MigrationRun::aLevelIsStamped()
{
    MigrationPlace place;
    QVERIFY(MigrationFolder::bundled(u"project-2501/sqlite"_s)->install(place.connection()));
    const auto inferred = place.look();
    QVERIFY(inferred->state.isInferred);
    QCOMPARE(inferred->state.current, u"0008_add_first_message_id"_s);
    QVERIFY(stampMigrations(place.connection(), inferred->history, inferred->state, u"0007"_s));
    const auto stamped = place.look();
    QVERIFY(!stamped->state.isInferred);
    QCOMPARE(stamped->state.current, u"007_add_conversation_memory.sql"_s);
    QCOMPARE(stamped->state.pending->size(), 1);
    // A system that records nothing says so.
    MigrationPlace arena;
    QVERIFY(MigrationFolder::bundled(u"mindgames-arena/sqlite"_s)->install(arena.connection()));
    const auto overview = arena.look();
    const auto refused = stampMigrations(arena.connection(), overview->history, overview->state, u"head"_s);
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::Unsupported);
}

void tst_MigrationRun::revisionsAreFoundByManyNames()
{
    const auto folder = MigrationFolder::bundled(u"project-2501/sqlite"_s);
    for (const QString &word : {u"7"_s, u"007"_s, u"0007"_s, u"0007_add_conversation_memory"_s, u"007_add_conversation_memory.sql"_s, u"add_conversation_memory"_s})
        QCOMPARE(folder->find(word), std::ptrdiff_t(7));
    for (const QString &word : {u"9"_s, u""_s, u"0007_other"_s})
        QCOMPARE(folder->find(word), std::ptrdiff_t(-1));
    MigrationPlace place;
    place.add(u"0001_a.sql"_s, file("CREATE TABLE a(x);", "DROP TABLE a;"));
    const auto outcome = place.up(u"0005"_s);
    QVERIFY(!outcome);
    QCOMPARE(outcome.error().code, ErrorCode::InvalidInput);
    QVERIFY(outcome.error().message.contains(u"0001_a"));
}

void tst_MigrationRun::goingDownEndsWhereItIsTold()
{
    MigrationPlace place;
    for (int i = 1; i <= 5; ++i)
        place.add(u"000%1_t.sql"_s.arg(i), file("CREATE TABLE t" + QByteArray::number(i) + "(x);", "DROP TABLE t" + QByteArray::number(i) + ";"));
    const auto tables = [&] { return place.value(u"SELECT count(*) FROM sqlite_schema WHERE name LIKE 't_'"_s); };
    QVERIFY(place.up(u"3"_s));
    QCOMPARE(tables(), u"3"_s);
    QVERIFY(place.up());
    QVERIFY(place.down());
    QCOMPARE(tables(), u"4"_s);
    QVERIFY(place.down(u"-2"_s));
    QCOMPARE(tables(), u"2"_s);
    QVERIFY(place.down(u"0001"_s));
    QCOMPARE(tables(), u"1"_s);
    const auto notThere = place.down(u"0004"_s);
    QVERIFY(!notThere && notThere.error().message.contains(u"no way down to it"));
    QVERIFY(place.down(u"base"_s));
    QCOMPARE(tables(), u"0"_s);
    MigrationPlanOptions outOfOrder;
    outOfOrder.outOfOrder = true;
    QVERIFY(place.connection().execute(u"INSERT INTO schema_migrations(version) VALUES ('0002'), ('0001')"_s));
    QVERIFY(place.connection().executeScript(u"CREATE TABLE t1(x); CREATE TABLE t2(x); DELETE FROM schema_migrations WHERE version = '0002'; INSERT INTO schema_migrations(version) VALUES ('0003'); CREATE TABLE t3(x); DROP TABLE t2"_s));
    QVERIFY(!place.up());
    const auto done = place.up({}, {}, {}, outOfOrder);
    QVERIFY2(done, said(done));
    QCOMPARE(done->done, (QStringList{u"0002_t up"_s, u"0004_t up"_s, u"0005_t up"_s}));
}

void tst_MigrationRun::anotherSchemaIsMigratedWhereItLies()
{
    TestDatabase server;
    REQUIRE_DATABASE(server);
    MigrationPlace place(server.url());
    QVERIFY(place.connection().executeScript(u"CREATE SCHEMA app; SET search_path = app"_s));
    QVERIFY(MigrationFolder::bundled(u"mindgames-arena/postgresql/early"_s)->install(place.connection()));
    QVERIFY(place.connection().execute(u"RESET search_path"_s));
    const auto overview = place.look();
    QCOMPARE(overview->history.found, u"early"_s);
    QCOMPARE(overview->history.schema, u"app"_s);
    MigrationRunOptions options;
    options.backup = false;
    const auto done = place.run(*overview, planConversion(overview->history, overview->state, Engine::PostgreSql, u"current"_s), options);
    QVERIFY2(done, said(done));
    QCOMPARE(place.value(u"SELECT table_schema FROM information_schema.columns WHERE table_name = 'models' AND column_name = 'class'"_s), u"app"_s);
    QCOMPARE(place.value(u"SHOW search_path"_s), u"\"$user\", public"_s);
    const auto after = place.look();
    const auto drift = findDrift(place.connection(), after->catalog, after->history, after->state);
    QVERIFY2(drift, drift ? "" : qPrintable(drift.error().message));
    for (const SchemaChange &change : drift->changes)
        QFAIL(qPrintable(change.sentence()));
}

void tst_MigrationRun::theSqlIsPrintedAsItRuns()
{
    MigrationPlace place;
    place.add(u"0001_a.sql"_s, "BEGIN;\nCREATE TABLE a(x); -- with a comment\nDROP TABLE a;\nCREATE TABLE a(y)\n;COMMIT;\nVACUUM;\n-- Rollback: DROP TABLE a;\n");
    const auto overview = place.look();
    const auto plan = planUp(overview->history, overview->state, Engine::Sqlite);
    QVERIFY2(plan, plan ? "" : qPrintable(plan.error().message));
    const QString sql = plan->toSql(Engine::Sqlite, overview->history.tracking);
    QVERIFY2(sql.contains(u"BEGIN IMMEDIATE;\nCREATE TABLE a(x);\nDROP TABLE a;\nCREATE TABLE a(y)\n;\nCOMMIT;\nVACUUM;\nBEGIN IMMEDIATE;\nCREATE TABLE IF NOT EXISTS"), qPrintable(sql));
    QVERIFY(place.connection().executeScript(sql));
    const auto after = place.look(); // run by hand, it is recorded as if it had been run here
    QCOMPARE(after->state.current, u"0001"_s);
    QVERIFY(after->state.edited.isEmpty());
    QCOMPARE(place.value(u"SELECT count(*) FROM sqlite_schema WHERE name = 'a'"_s), u"1"_s);
}

QTEST_GUILESS_MAIN(tst_MigrationRun)
#include "tst_migrationrun.moc"
