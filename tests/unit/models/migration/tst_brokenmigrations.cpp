// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/testdatabase.h"
#include "tests/unit/models/migration/migrationplace.h"

using namespace turnstone;
using namespace Qt::StringLiterals;

namespace {

using Files = QList<std::pair<QString, QByteArray>>;
enum class Way { Up, Down, UpThenUp };

} // namespace
Q_DECLARE_METATYPE(Files)
Q_DECLARE_METATYPE(Way)

/// Folders of migrations as people write them, each with its mistake: what is said must name it, and nothing may stay of it.
class tst_BrokenMigrations : public QObject
{
    Q_OBJECT

private slots:
    void theMistakeIsNamedAndNothingStays_data();
    void theMistakeIsNamedAndNothingStays();
    void thesePeculiaritiesAreNoMistake_data();
    void thesePeculiaritiesAreNoMistake();
    void fiftyMegabytesAreNoProblem();
};

void tst_BrokenMigrations::theMistakeIsNamedAndNothingStays_data()
{
    QTest::addColumn<Files>("files");
    QTest::addColumn<Way>("way");
    QTest::addColumn<QStringList>("words");
    QTest::addColumn<bool>("onServer");
    const QByteArray good = "-- Good\n-- migrate:up\nCREATE TABLE good(a INTEGER);\n-- migrate:down\nDROP TABLE good;\n";
    const auto bad = [](const QByteArray &up, const QByteArray &down = "SELECT 1;") { return "-- Bad\n-- migrate:up\n" + up + "\n-- migrate:down\n" + down + "\n"; };
    const auto row = [&](const char *name, const Files &files, Way way, const QStringList &words, bool onServer = false) { QTest::newRow(name) << files << way << words << onServer; };
    const auto second = [&](const QByteArray &up) { return Files{{u"0001_good.sql"_s, good}, {u"0002_bad.sql"_s, bad(up)}}; };

    row("syntax error in the third statement", second("CREATE TABLE b(a);\nINSERT INTO b VALUES (1);\nINSRT INTO b VALUES (2);"), Way::Up, {u"0002_bad.sql, line 5"_s, u"INSRT"_s});
    row("syntax error in the third statement, server", second("CREATE TABLE b(a int);\nINSERT INTO b VALUES (1);\nINSRT INTO b VALUES (2);"), Way::Up, {u"0002_bad.sql, line 5"_s, u"INSRT"_s}, true);
    row("error on a later line of a statement", second("CREATE TABLE b(\n  a INTEGER,\n  b INTEGER NOT NUL,\n  c\n);"), Way::Up, {u"0002_bad.sql, line 5"_s, u"CREATE TABLE b"_s});
    row("error on a later line, server", second("CREATE TABLE b(\n  a integer,\n  b intger NOT NULL\n);"), Way::Up, {u"0002_bad.sql, line 5"_s, u"intger"_s}, true);
    row("a table that is not there", second("ALTER TABLE missing ADD COLUMN x;"), Way::Up, {u"0002_bad.sql, line 3"_s, u"missing"_s});
    row("a column that is not there", second("UPDATE good SET nothing = 1;"), Way::Up, {u"0002_bad.sql, line 3"_s, u"nothing"_s});
    row("a table that is there already", second("CREATE TABLE good(a);"), Way::Up, {u"0002_bad.sql, line 3"_s, u"already exists"_s});
    row("wrong order: uses what comes later", {{u"0001_uses.sql"_s, bad("INSERT INTO good VALUES (1);")}, {u"0002_good.sql"_s, good}}, Way::Up, {u"0001_uses.sql, line 3"_s, u"good"_s});
    row("a constraint that data break", second("INSERT INTO good VALUES (1), (1);\nCREATE UNIQUE INDEX u ON good(a);"), Way::Up, {u"0002_bad.sql, line 4"_s, u"UNIQUE"_s});
    row("NOT NULL without a default", second("INSERT INTO good VALUES (1);\nALTER TABLE good ADD COLUMN b INTEGER NOT NULL;"), Way::Up, {u"0002_bad.sql, line 4"_s, u"NOT NULL"_s});
    row("edited after release", {{u"0001_good.sql"_s, good}, {u"checksums"_s, QByteArray(64, 'a') + "  0001_good.sql\n"}}, Way::Up, {u"0001_good.sql"_s, u"changed after its release"_s});
    row("edited after it was run", {{u"0001_good.sql"_s, good}, {u"0001_good.sql"_s, good + "-- edited\n"}}, Way::UpThenUp, {u"0001_good.sql"_s, u"changed after it was run"_s});
    row("missing down", {{u"0001_a.sql"_s, "-- A\n-- migrate:up\nCREATE TABLE b(a);\n"}}, Way::Down, {u"0001_a.sql"_s, u"no way down"_s});
    row("empty down", {{u"0001_a.sql"_s, bad("CREATE TABLE b(a);", "")}}, Way::Down, {u"0001_a.sql"_s, u"no way down"_s, u"migrate:down"_s});
    row("no rollback note", {{u"001_a.sql"_s, "BEGIN;\nCREATE TABLE b(a);\nCOMMIT;\n"}}, Way::Down, {u"001_a.sql"_s, u"no way down"_s, u"Rollback"_s});
    row("duplicate number", {{u"0001_a.sql"_s, good}, {u"0001_b.sql"_s, good}}, Way::Up, {u"0001_a.sql"_s, u"0001_b.sql"_s, u"same number"_s});
    row("a number left out", {{u"0001_a.sql"_s, good}, {u"0003_b.sql"_s, good}}, Way::Up, {u"0001_a.sql"_s, u"0003_b.sql"_s, u"missing"_s});
    row("no number", {{u"initial.sql"_s, good}}, Way::Up, {u"initial.sql"_s, u"named by a number"_s});
    row("added before what has run", {{u"0002_b.sql"_s, good}, {u"0001_a.sql"_s, bad("CREATE TABLE a(a);")}}, Way::UpThenUp, {u"0001_a.sql"_s, u"0002_b.sql"_s, u"has not been run"_s});
    row("VACUUM within BEGIN and COMMIT", {{u"001_a.sql"_s, "BEGIN;\nCREATE TABLE b(a);\nVACUUM;\nCOMMIT;\n"}}, Way::Up, {u"001_a.sql, line 3"_s, u"VACUUM"_s, u"cannot run inside a transaction"_s});
    row("CONCURRENTLY within a transaction", {{u"001_a.sql"_s, "BEGIN;\nCREATE TABLE b(a int);\nCREATE INDEX CONCURRENTLY i ON b(a);\nCOMMIT;\n"}}, Way::Up,
        {u"001_a.sql, line 3"_s, u"CONCURRENTLY"_s, u"cannot run inside a transaction"_s}, true);
    row("BEGIN without COMMIT", {{u"001_a.sql"_s, "CREATE TABLE z(a);\nBEGIN;\nCREATE TABLE b(a);\n"}}, Way::Up, {u"001_a.sql, line 2"_s, u"never committed"_s});
    row("COMMIT without BEGIN", second("CREATE TABLE b(a);\nCOMMIT;\nCREATE TABLE c(a);"), Way::Up, {u"0002_bad.sql, line 4"_s, u"COMMIT"_s, u"without a BEGIN"_s});
    row("ROLLBACK in a migration", second("CREATE TABLE b(a);\nROLLBACK;"), Way::Up, {u"0002_bad.sql, line 4"_s, u"ROLLBACK"_s, u"no place"_s});
    row("BEGIN twice", {{u"001_a.sql"_s, "BEGIN;\nCREATE TABLE b(a);\nBEGIN;\nCOMMIT;\n"}}, Way::Up, {u"001_a.sql, line 3"_s, u"open already since line 1"_s});
    row("a text that is never closed", second("CREATE TABLE b(a);\nINSERT INTO b VALUES ('it''s;\nSELECT 1;"), Way::Up, {u"0002_bad.sql, line 4"_s, u"never closed"_s});
    row("a comment that is never closed", second("CREATE TABLE b(a);\n/* the rest is lost\nCREATE TABLE c(a);"), Way::Up, {u"0002_bad.sql, line 4"_s, u"comment"_s, u"never closed"_s});
    row("a trigger without END", second("CREATE TRIGGER t AFTER INSERT ON good BEGIN UPDATE good SET a = 1;"), Way::Up, {u"0002_bad.sql, line 3"_s, u"END"_s});
    row("a dollar quote that is never closed", second("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$\n SELECT 1;\n"), Way::Up, {u"0002_bad.sql, line 3"_s, u"never closed"_s}, true);
    row("COPY without an end", second("CREATE TABLE b(a int);\nCOPY b FROM stdin;\n1\n2\n"), Way::Up, {u"0002_bad.sql, line 4"_s, u"COPY"_s}, true);
    row("COPY with a value that does not fit", second("CREATE TABLE b(a int);\nCOPY b FROM stdin;\n1\nx\n\\.\n"), Way::Up, {u"0002_bad.sql, line 4"_s, u"integer"_s}, true);
    row("a command of psql", second("CREATE TABLE b(a int);\n\\connect other\n"), Way::Up, {u"0002_bad.sql, line 4"_s, u"psql"_s}, true);
    row("SQL before the marker", {{u"0001_a.sql"_s, "CREATE TABLE early(a);\n" + good}}, Way::Up, {u"0001_a.sql, line 1"_s, u"SQL before"_s});
    row("down before up", {{u"0001_a.sql"_s, "-- migrate:down\nDROP TABLE b;\n-- migrate:up\nCREATE TABLE b(a);\n"}}, Way::Up, {u"0001_a.sql, line 1"_s, u"wrong place"_s});
    row("Latin-1", {{u"0001_a.sql"_s, "-- migrate:up\nCREATE TABLE b(a); -- caf\xe9\n-- migrate:down\nDROP TABLE b;\n"}}, Way::Up, {u"0001_a.sql"_s, u"not UTF-8"_s});
    row("an empty file", {{u"0001_a.sql"_s, ""}}, Way::Up, {u"0001_a.sql"_s, u"no SQL"_s});
    row("rows that point to nothing", {{u"0001_a.sql"_s, bad("CREATE TABLE p(id INTEGER PRIMARY KEY);\nCREATE TABLE c(p REFERENCES p(id));\nINSERT INTO p VALUES (1);\nINSERT INTO c VALUES (1);")},
                                      {u"0002_b.sql"_s, bad("CREATE TABLE p2(id INTEGER PRIMARY KEY);\nDROP TABLE p;\nALTER TABLE p2 RENAME TO p;")}},
        Way::Up, {u"0002_b"_s, u"1 rows that point to nothing"_s, u"c → p"_s});
    row("a count that does not hold", {{u"0001_good.sql"_s, good}, {u"0002_b.sql"_s, "-- B\n-- count rows: SELECT 3 => SELECT count(*) FROM good\n-- migrate:up\nINSERT INTO good VALUES (1);\n-- migrate:down\nDELETE FROM good;\n"}},
        Way::Up, {u"0002_b"_s, u"rows would be 1 instead of 3"_s});
    row("a down that fails", {{u"0001_a.sql"_s, bad("CREATE TABLE b(a);", "DROP TABLE c;")}}, Way::Down, {u"0001_a.sql, line 5"_s, u"no such table: c"_s});
}

void tst_BrokenMigrations::theMistakeIsNamedAndNothingStays()
{
    QFETCH(Files, files);
    QFETCH(Way, way);
    QFETCH(QStringList, words);
    QFETCH(bool, onServer);
    std::unique_ptr<TestDatabase> server;
    if (onServer) {
        server = std::make_unique<TestDatabase>();
        REQUIRE_DATABASE(*server);
    }
    MigrationPlace place(server ? server->url() : QString());
    if (way == Way::UpThenUp) {
        place.add(files.first().first, files.first().second);
        const auto first = place.up();
        QVERIFY2(first, said(first));
        files.removeFirst();
    }
    for (const auto &[name, content] : files)
        place.add(name, content);
    if (way == Way::Down) {
        const auto first = place.up();
        QVERIFY2(first, said(first));
    }
    const QString tables = u"SELECT count(*) FROM "_s + (onServer ? u"pg_tables WHERE schemaname = 'public'"_s : u"sqlite_schema"_s);
    const QString before = place.value(tables);
    const auto outcome = way == Way::Down ? place.down() : place.up();
    QVERIFY(!outcome);
    for (const QString &word : words)
        QVERIFY2(outcome.error().message.contains(word), qPrintable(outcome.error().message + u"  (expected: "_s + word + u')'));
    QCOMPARE(place.value(tables), before);
    QVERIFY(!place.connection().isInTransaction());
    if (!onServer)
        QCOMPARE(place.value(u"PRAGMA foreign_keys"_s), u"1"_s);
}

void tst_BrokenMigrations::thesePeculiaritiesAreNoMistake_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("content");
    const QByteArray good = "-- Good\n-- migrate:up\nCREATE TABLE b(a TEXT);\nINSERT INTO b VALUES ('x;y -- z');\n-- migrate:down\nDROP TABLE b;\n";
    QTest::newRow("byte order mark") << u"0001_a.sql"_s << "\xEF\xBB\xBF" + good;
    QTest::newRow("CRLF") << u"0001_a.sql"_s << QByteArray(good).replace("\n", "\r\n");
    QTest::newRow("no newline at the end") << u"0001_a.sql"_s << good.chopped(1);
    QTest::newRow("no semicolon at the end") << u"0001_a.sql"_s << good.chopped(2);
    QTest::newRow("plain, BEGIN and COMMIT, rollback note") << u"009_add_feature.sql"_s
                                                             << QByteArray("-- Migration 009: add b\n\nBEGIN;\nCREATE TABLE b(a TEXT);\nCOMMIT;\n\n-- Rollback:\n-- DROP TABLE b;\n");
    QTest::newRow("plain, rollback on one line") << u"009_add_feature.sql"_s << QByteArray("CREATE TABLE b(a TEXT);\n-- Rollback: DROP TABLE b;");
    QTest::newRow("plain, two transactions") << u"009_add_feature.sql"_s << QByteArray("BEGIN;\nCREATE TABLE b(a TEXT);\nCOMMIT;\nBEGIN;\nCREATE INDEX i ON b(a);\nCOMMIT;\n-- Rollback:\n-- DROP TABLE b;\n");
    QTest::newRow("dbmate, a time for a number") << u"20260301091500_add_b.sql"_s << good;
    QTest::newRow("dbmate, transaction:false") << u"0001_a.sql"_s << QByteArray("-- migrate:up transaction:false\nCREATE TABLE b(a TEXT);\nVACUUM;\n-- migrate:down\nDROP TABLE b;\n");
    QTest::newRow("a trigger") << u"0001_a.sql"_s
                               << QByteArray("-- migrate:up\nCREATE TABLE b(a TEXT);\nCREATE TRIGGER t AFTER INSERT ON b BEGIN UPDATE b SET a = 'q;' WHERE a = 'p'; DELETE FROM b WHERE 0; END;\n-- migrate:down\nDROP TABLE b;\n");
    QTest::newRow("switches foreign keys itself") << u"0001_a.sql"_s
                                                  << QByteArray("-- migrate:up\nPRAGMA foreign_keys=OFF;\nCREATE TABLE b(a TEXT);\nPRAGMA foreign_keys=ON;\n-- migrate:down\nDROP TABLE b;\n");
}

void tst_BrokenMigrations::thesePeculiaritiesAreNoMistake()
{
    QFETCH(QString, name);
    QFETCH(QByteArray, content);
    MigrationPlace place;
    place.add(name, content);
    const auto up = place.up();
    QVERIFY2(up, said(up));
    QCOMPARE(place.value(u"SELECT count(*) FROM sqlite_schema WHERE name = 'b'"_s), u"1"_s);
    QCOMPARE(place.value(u"SELECT count(*) FROM schema_migrations"_s), u"1"_s);
    const auto down = place.down();
    QVERIFY2(down, said(down));
    QCOMPARE(place.value(u"SELECT count(*) FROM sqlite_schema WHERE name = 'b'"_s), u"0"_s);
    QCOMPARE(place.value(u"SELECT count(*) FROM schema_migrations"_s), u"0"_s);
}

void tst_BrokenMigrations::fiftyMegabytesAreNoProblem()
{
    MigrationPlace place;
    QByteArray content = "-- Big\n-- migrate:up\nCREATE TABLE big(a INTEGER, b TEXT);\n";
    constexpr int rows = 50'000;
    const QByteArray filler(1000, 'x');
    for (int i = 0; i < rows; ++i)
        content += "INSERT INTO big VALUES (" + QByteArray::number(i) + ", '" + filler + "');\n";
    content += "INSERT INTO nowhere VALUES (1);\n-- migrate:down\nDROP TABLE big;\n";
    QVERIFY(content.size() > 50'000'000);
    place.add(u"0001_big.sql"_s, content);
    MigrationRunOptions options;
    options.trial = false; // once is enough here
    const auto refused = place.up({}, {}, options);
    QVERIFY(!refused);
    QVERIFY2(refused.error().message.contains(u"0001_big.sql, line 50004: "_s), qPrintable(refused.error().message.left(300)));
    QVERIFY(refused.error().message.size() < 600); // no megabytes in a message
    QCOMPARE(place.value(u"SELECT count(*) FROM sqlite_schema"_s), u"0"_s);
    place.add(u"0001_big.sql"_s, content.replace("INSERT INTO nowhere VALUES (1);\n", ""));
    const auto done = place.up({}, {}, options);
    QVERIFY2(done, said(done));
    QCOMPARE(place.value(u"SELECT count(*) FROM big"_s), QString::number(rows));
}

QTEST_GUILESS_MAIN(tst_BrokenMigrations)
#include "tst_brokenmigrations.moc"
