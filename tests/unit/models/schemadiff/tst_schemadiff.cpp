// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/catalog/catalogreader.h"
#include "models/schemadiff/normalsql.h"
#include "models/schemadiff/schemamigration.h"
#include "models/sql/sqlscript.h"
#include "tests/support/testdatabase.h"

#include <QTemporaryDir>
#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

/// Two schemas as SQL; what is written to lead from one to the other must do so, both ways, on the real engine.
class tst_SchemaDiff : public QObject
{
    Q_OBJECT

private slots:
    void theMigrationLeadsThereAndBack_data();
    void theMigrationLeadsThereAndBack();
    void rowsComeAlong();
    void renamesAreAskedAboutAndNotAssumed();
    void spellingIsNoDifference_data();
    void spellingIsNoDifference();
    void sentencesTellWhatDiffers();

private:
    struct Database
    {
        std::unique_ptr<TestDatabase> server;
        std::unique_ptr<QTemporaryDir> folder;
        std::unique_ptr<Connection> connection;

        Catalog catalog() const { return readCatalog(*connection).value(); }
        QString run(const QString &sql) const
        {
            const Result<> done = connection->executeScript(sql);
            return done ? QString() : done.error().message + u" / "_s + done.error().detail;
        }
    };
    static Database make(bool onServer)
    {
        Database database;
        ConnectionOptions options;
        options.readOnly = false;
        options.createFile = true;
        if (onServer)
            database.server = std::make_unique<TestDatabase>();
        else
            database.folder = std::make_unique<QTemporaryDir>();
        if (onServer && !database.server->isConfigured())
            return database;
        auto opened = Connection::open(*DatabaseUrl::parse(onServer ? database.server->url() : database.folder->filePath(u"x.db"_s)), options);
        if (!opened)
            qFatal("%s", qPrintable(opened.error().message));
        database.connection = std::move(*opened);
        return database;
    }
    static QString schema(bool onServer) { return onServer ? u"public"_s : u"main"_s; }
    static QStringList sentences(const SchemaDiff &diff)
    {
        QStringList list;
        for (const SchemaChange &change : diff.changes) {
            if (!change.isHarmless())
                list.append(change.sentence());
        }
        return list;
    }
};

void tst_SchemaDiff::theMigrationLeadsThereAndBack_data()
{
    QTest::addColumn<bool>("onServer");
    QTest::addColumn<QString>("from");
    QTest::addColumn<QString>("to");
    QTest::addColumn<QStringList>("renames");
    const auto both = [](const char *name, const QString &from, const QString &to, const QStringList &renames = {}) {
        QTest::addRow("SQLite: %s", name) << false << from << to << renames;
        QTest::addRow("PostgreSQL: %s", name) << true << from << to << renames;
    };
    const QString two = u"CREATE TABLE p(id integer PRIMARY KEY, name text NOT NULL); CREATE TABLE c(id integer PRIMARY KEY, p integer REFERENCES p(id) ON DELETE CASCADE, n integer DEFAULT 3 CHECK (n > 0));"_s;
    both("from nothing", u"CREATE TABLE keep(a integer);"_s, u"CREATE TABLE keep(a integer);"_s + two);
    both("a column more", u"CREATE TABLE t(a integer);"_s, u"CREATE TABLE t(a integer, b text DEFAULT 'x', c integer NOT NULL DEFAULT 7);"_s);
    both("a column between", u"CREATE TABLE t(a integer, z integer);"_s, u"CREATE TABLE t(a integer, b text, z integer);"_s);
    both("another type and default", u"CREATE TABLE t(a integer DEFAULT 1, b varchar(20) NOT NULL);"_s, u"CREATE TABLE t(a bigint DEFAULT 2, b text);"_s);
    both("a foreign key more", u"CREATE TABLE p(id integer PRIMARY KEY); CREATE TABLE c(p integer);"_s, u"CREATE TABLE p(id integer PRIMARY KEY); CREATE TABLE c(p integer REFERENCES p(id) ON DELETE SET NULL);"_s);
    both("a check, a unique key", u"CREATE TABLE t(a integer, b integer);"_s, u"CREATE TABLE t(a integer, b integer, CONSTRAINT positive CHECK (a > 0), CONSTRAINT u_ab UNIQUE (a, b));"_s);
    both("a primary key", u"CREATE TABLE t(a integer NOT NULL, b integer);"_s, u"CREATE TABLE t(a integer NOT NULL, b integer, CONSTRAINT t_pkey PRIMARY KEY (a));"_s);
    both("indexes", u"CREATE TABLE t(a integer, b integer); CREATE INDEX i1 ON t(a); CREATE INDEX i2 ON t(a);"_s,
         u"CREATE TABLE t(a integer, b integer); CREATE INDEX i2 ON t(b) WHERE a > 0; CREATE UNIQUE INDEX i3 ON t(a, b);"_s);
    both("a renamed table", u"CREATE TABLE old_one(id integer PRIMARY KEY, a text, b text, c text);"_s, u"CREATE TABLE new_one(id integer PRIMARY KEY, a text, b text, c text);"_s, {u"old_one=new_one"_s});
    both("a renamed column", u"CREATE TABLE t(id integer PRIMARY KEY, winner text);"_s, u"CREATE TABLE t(id integer PRIMARY KEY, winning_team text);"_s, {u"t.winner=t.winning_team"_s});
    both("a view", u"CREATE TABLE t(a integer, b integer); CREATE VIEW v AS SELECT a FROM t;"_s, u"CREATE TABLE t(a bigint, b integer); CREATE VIEW w AS SELECT b FROM t;"_s);
    both("names that need quotes", u"CREATE TABLE \"Odd name\"(\"a b\" integer);"_s, u"CREATE TABLE \"Odd name\"(\"a b\" integer, \"group\" text); CREATE INDEX \"I x\" ON \"Odd name\"(\"group\");"_s);
    QTest::newRow("SQLite: triggers and a rebuilt parent") << false << two + u"CREATE TRIGGER t AFTER INSERT ON p BEGIN UPDATE p SET name = 'a;b'; END;"_s
        << u"CREATE TABLE p(id integer PRIMARY KEY, name varchar(9) NOT NULL UNIQUE); CREATE TABLE c(id integer PRIMARY KEY, p integer REFERENCES p(id) ON DELETE CASCADE, n integer DEFAULT 3 CHECK (n > 0));"
           "CREATE TRIGGER t AFTER UPDATE ON p BEGIN DELETE FROM c WHERE p = old.id; END;"_s << QStringList();
    QTest::newRow("SQLite: strict, without rowid, generated") << false << u"CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT);"_s
        << u"CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT, g TEXT GENERATED ALWAYS AS (b || a) VIRTUAL) STRICT, WITHOUT ROWID;"_s << QStringList();
    QTest::newRow("PostgreSQL: serial, identity, enum, comment") << true << u"CREATE TABLE keep(a int);"_s
        << u"CREATE TABLE keep(a int); CREATE TYPE mood AS ENUM ('good', 'bad'); CREATE TABLE t(id serial PRIMARY KEY, i int GENERATED BY DEFAULT AS IDENTITY, m mood DEFAULT 'good', d numeric(12,3));"
           "COMMENT ON TABLE t IS 'it''s'; COMMENT ON COLUMN t.m IS 'how it is';"_s << QStringList();
}

void tst_SchemaDiff::theMigrationLeadsThereAndBack()
{
    QFETCH(bool, onServer);
    QFETCH(QString, from);
    QFETCH(QString, to);
    QFETCH(QStringList, renames);
    const Database before = make(onServer);
    const Database after = make(onServer);
    if (onServer)
        REQUIRE_DATABASE(*before.server);
    QCOMPARE(before.run(from), QString());
    QCOMPARE(after.run(to), QString());
    SchemaCompareOptions options;
    for (const QString &word : renames)
        options.renames.emplace_back(word.section(u'=', 0, 0), word.section(u'=', 1));
    const Catalog start = before.catalog();
    const Catalog goal = after.catalog();
    QVERIFY(!compareSchemas({start, schema(onServer)}, {goal, schema(onServer)}).isSame());
    const auto migration = writeSchemaMigration({start, schema(onServer)}, {goal, schema(onServer)}, options);
    QVERIFY2(migration, migration ? "" : qPrintable(migration.error().message));
    QVERIFY(before.connection->execute(onServer ? u"SELECT 1"_s : u"PRAGMA foreign_keys=OFF"_s));
    QVERIFY2(before.run(migration->up).isEmpty(), qPrintable(before.run(migration->up) + u'\n' + migration->up));
    QCOMPARE(sentences(compareSchemas({before.catalog(), schema(onServer)}, {goal, schema(onServer)})), QStringList());
    const QString back = before.run(migration->down);
    QVERIFY2(back.isEmpty(), qPrintable(back + u'\n' + migration->down));
    QCOMPARE(sentences(compareSchemas({before.catalog(), schema(onServer)}, {start, schema(onServer)})), QStringList());
}

void tst_SchemaDiff::rowsComeAlong()
{
    const Database before = make(false);
    const Database after = make(false);
    QCOMPARE(before.run(u"CREATE TABLE p(id INTEGER PRIMARY KEY, old TEXT, n); CREATE TABLE c(p REFERENCES p(id) ON DELETE CASCADE); INSERT INTO p VALUES (1, 'x', NULL), (2, 'y', 5); INSERT INTO c VALUES (1), (2)"_s), QString());
    QCOMPARE(after.run(u"CREATE TABLE p(id INTEGER PRIMARY KEY, n INTEGER NOT NULL DEFAULT 9, fresh TEXT CHECK (fresh <> ''), extra TEXT DEFAULT 'e'); CREATE TABLE c(p REFERENCES p(id) ON DELETE CASCADE)"_s), QString());
    SchemaCompareOptions options;
    options.renames = {{u"p.old"_s, u"p.fresh"_s}};
    const Catalog start = before.catalog();
    const Catalog goal = after.catalog();
    const auto migration = writeSchemaMigration({start, u"main"_s}, {goal, u"main"_s}, options);
    QVERIFY(migration);
    QVERIFY(before.connection->execute(u"PRAGMA foreign_keys=OFF"_s));
    QCOMPARE(before.run(migration->up), QString());
    QCOMPARE(before.connection->queryValue(u"SELECT group_concat(id || n || fresh || extra) FROM p"_s)->toDisplayText(), u"19xe,25ye"_s);
    QCOMPARE(before.connection->queryValue(u"SELECT count(*) FROM c"_s)->toDisplayText(), u"2"_s);
    QCOMPARE(before.run(migration->down), QString());
    QCOMPARE(before.connection->queryValue(u"SELECT group_concat(old) FROM p"_s)->toDisplayText(), u"x,y"_s);
}

void tst_SchemaDiff::renamesAreAskedAboutAndNotAssumed()
{
    const Database before = make(false);
    const Database after = make(false);
    QCOMPARE(before.run(u"CREATE TABLE t(id INTEGER, winner TEXT); CREATE TABLE games(a INT, b INT, c INT); CREATE TABLE other(x BLOB);"_s), QString());
    QCOMPARE(after.run(u"CREATE TABLE t(id INTEGER, winning_team TEXT); CREATE TABLE matches(a INT, b INT, c INT); CREATE TABLE thing(y BLOB);"_s), QString());
    const Catalog start = before.catalog();
    const Catalog goal = after.catalog();
    const SchemaDiff diff = compareSchemas({start, u"main"_s}, {goal, u"main"_s});
    QStringList words;
    for (const RenameQuestion &question : diff.questions)
        words.append(question.word());
    words.sort();
    QCOMPARE(words, (QStringList{u"games=matches"_s, u"t.winner=t.winning_team"_s}));
    for (const SchemaChange &change : diff.changes)
        QVERIFY(change.kind != SchemaChange::Kind::RenameTable && change.kind != SchemaChange::Kind::RenameColumn);
    SchemaCompareOptions options;
    options.renames = {{u"games"_s, u"nowhere"_s}};
    const auto refused = writeSchemaMigration({start, u"main"_s}, {goal, u"main"_s}, options);
    QVERIFY(!refused && refused.error().message.contains(u"games=nowhere"));
    const auto assumedNot = writeSchemaMigration({start, u"main"_s}, {goal, u"main"_s});
    QVERIFY(assumedNot && assumedNot->remarks.join(u' ').contains(u"t.winner goes with what is stored"));
    QVERIFY(assumedNot->toFile(u"T"_s).startsWith(u"-- T\n-- "));
}

void tst_SchemaDiff::spellingIsNoDifference_data()
{
    QTest::addColumn<QString>("one");
    QTest::addColumn<QString>("other");
    QTest::newRow("case and space") << u"CREATE  INDEX i ON T (A,b)"_s << u"create index I on t(a, B)"_s;
    QTest::newRow("quotes") << u"\"a\" > 0"_s << u"a > 0"_s;
    QTest::newRow("parentheses") << u"((a > 0))"_s << u"a > 0"_s;
    QTest::newRow("comments") << u"a /* x */ > 0 -- y"_s << u"a > 0"_s;
    QTest::newRow("semicolon") << u"SELECT 1;"_s << u"SELECT 1"_s;
}

void tst_SchemaDiff::spellingIsNoDifference()
{
    QFETCH(QString, one);
    QFETCH(QString, other);
    QCOMPARE(normalSql(one, Engine::Sqlite), normalSql(other, Engine::Sqlite));
    QVERIFY(normalSql(u"'A'"_s, Engine::Sqlite) != normalSql(u"'a'"_s, Engine::Sqlite));
    QVERIFY(normalSql(u"(a) + (b)"_s, Engine::Sqlite) != normalSql(u"a + b"_s, Engine::Sqlite));
    QVERIFY(normalSql(u"\"A\""_s, Engine::PostgreSql) != normalSql(u"a"_s, Engine::PostgreSql));
    QCOMPARE(withoutSchema(u"CREATE INDEX i ON app.t (x) -- my_app.t"_s, u"app"_s), u"CREATE INDEX i ON t (x) -- my_app.t"_s);
}

void tst_SchemaDiff::sentencesTellWhatDiffers()
{
    const Database before = make(false);
    const Database after = make(false);
    QCOMPARE(before.run(u"CREATE TABLE t(a INTEGER, b VARCHAR(20)); CREATE TABLE extra(x);"_s), QString());
    QCOMPARE(after.run(u"CREATE TABLE t(b TEXT NOT NULL, a INTEGER); CREATE INDEX i ON t(a); CREATE TABLE lacking(y);"_s), QString());
    const SchemaDiff diff = compareSchemas({before.catalog(), u"main"_s}, {after.catalog(), u"main"_s});
    const QStringList said = sentences(diff);
    for (const QString &words : {u"table extra is extra (x)"_s, u"table lacking is missing (y)"_s, u"column t.b is VARCHAR(20), expected TEXT NOT NULL"_s, u"index i on t is missing"_s})
        QVERIFY2(said.contains(words), qPrintable(said.join(u'\n')));
    QCOMPARE(said.size(), 4); // the order of columns is harmless
    QCOMPARE(diff.changes.size(), std::size_t(5));
    SchemaCompareOptions options;
    options.ignoredTables = QStringList{u"extra"_s, u"LACKING"_s};
    QCOMPARE(sentences(compareSchemas({before.catalog(), u"main"_s}, {after.catalog(), u"main"_s}, options)).size(), 2);
}

QTEST_GUILESS_MAIN(tst_SchemaDiff)
#include "tst_schemadiff.moc"
