// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/sql/sqlscript.h"

#include "models/sql/sqllexer.h"
#include "tests/support/testpaths.h"

#include <QDirIterator>
#include <QFile>
#include <QTest>

#include <sqlite3.h>

#include <memory>

using namespace turnstone;
using namespace Qt::StringLiterals;

namespace {

QStringList texts(const QString &script, SqlDialect dialect)
{
    QStringList all;
    for (const SqlStatement &statement : SqlScript::split(script, dialect))
        all.append(statement.text);
    return all;
}

/// Without what SQLite leaves before and after a statement.
QString trimmedOfIdleTokens(QStringView text)
{
    qsizetype begin = -1;
    qsizetype end = 0;
    for (const SqlToken &token : SqlLexer::tokens(text, SqlDialect::Sqlite)) {
        if (!token.isSignificant() || (begin < 0 && token.kind == SqlTokenKind::Semicolon))
            continue;
        if (begin < 0)
            begin = token.start;
        end = token.end();
    }
    return begin < 0 ? QString() : text.sliced(begin, end - begin).toString();
}

/// The statements as SQLite's own parser cuts them: by the tail that prepare gives. Each is run, so
/// that the next one finds its tables. `failed` is set when SQLite refuses a statement, for behind
/// an error the tail says nothing.
QStringList statementsBySqlite(const QString &script, bool &failed)
{
    sqlite3 *db = nullptr;
    sqlite3_open(":memory:", &db);
    const std::unique_ptr<sqlite3, decltype(&sqlite3_close)> closer(db, &sqlite3_close);
    QStringList statements;
    const QByteArray bytes = script.toUtf8();
    failed = false;
    for (const char *at = bytes.constData(); *at;) {
        sqlite3_stmt *statement = nullptr;
        const char *tail = nullptr;
        if (sqlite3_prepare_v2(db, at, -1, &statement, &tail) != SQLITE_OK) {
            failed = true;
            return statements;
        }
        if (statement) {
            statements.append(trimmedOfIdleTokens(QString::fromUtf8(at, tail - at)));
            sqlite3_step(statement);
        }
        sqlite3_finalize(statement);
        at = tail;
    }
    return statements;
}

} // namespace

class tst_SqlScript : public QObject
{
    Q_OBJECT

private slots:
    void sqliteIsCutWhereSqliteCutsIt_data();
    void sqliteIsCutWhereSqliteCutsIt();
    void schemaFilesAreCutWhereSqliteCutsThem();
    void completenessIsWhatSqliteSays_data();
    void completenessIsWhatSqliteSays();
    void postgresIsCutAsByPsql_data();
    void postgresIsCutAsByPsql();
    void copyDataBelongToTheirStatement();
    void metaCommandsStandAlone();
    void offsetsAndLinesPointIntoTheScript();
    void hintsStayWithTheirStatement();
    void aCutOffStatementIsNotComplete_data();
    void aCutOffStatementIsNotComplete();
};

void tst_SqlScript::sqliteIsCutWhereSqliteCutsIt_data()
{
    QTest::addColumn<QString>("script");
    const auto row = [](const char *name, const char *script) { QTest::newRow(name) << QString::fromUtf8(script); };
    row("empty", "");
    row("space only", "  \n-- nothing\n/* here */");
    row("one without semicolon", "SELECT 1");
    row("two", "SELECT 1; SELECT 2;");
    row("stray semicolons", ";;SELECT 1;;;SELECT 2;;");
    row("semicolons in literals", "SELECT ';', \";\" FROM (SELECT 1 AS \";\"); SELECT `;`, [;] FROM (SELECT 1 AS `;`, 2 AS [;]); SELECT 3");
    row("doubled quotes", "SELECT 'it''s; ok'; SELECT 1;");
    row("comments", "SELECT 1 -- a; b\n; /* c; d */ SELECT 2 /* ; */; -- e;\n");
    row("open comment at the end", "SELECT 1; /* never closed; SELECT 2;");
    row("trigger", "CREATE TABLE t(a); CREATE TRIGGER r AFTER INSERT ON t BEGIN UPDATE t SET a = 1; DELETE FROM t WHERE a = 2; END; SELECT 1;");
    row("trigger with case", "CREATE TABLE t(a); CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT CASE WHEN new.a THEN 1 ELSE 2 END; END; SELECT 1;");
    row("temp trigger", "CREATE TABLE t(a); CREATE TEMP TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; END; CREATE TEMPORARY TRIGGER q AFTER INSERT ON t BEGIN SELECT 2; END; SELECT 1");
    row("trigger if not exists", "CREATE TABLE t(a); CREATE TRIGGER IF NOT EXISTS r INSTEAD OF INSERT ON v BEGIN SELECT 1; END");
    row("trigger with comments", "CREATE TABLE t(a); CREATE /* x */ TRIGGER -- y\n r AFTER INSERT ON t BEGIN SELECT ';'; /* ; */ END /* z */ ; SELECT 1;");
    row("trigger without last semicolon", "CREATE TABLE t(a); CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; END");
    row("explained trigger", "CREATE TABLE t(a); EXPLAIN CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; END; SELECT 1;");
    row("explained query plan", "CREATE TABLE t(a); EXPLAIN QUERY PLAN CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; END; SELECT 1;");
    row("a table named like a trigger", "CREATE TABLE \"trigger\"(a); SELECT 1; CREATE TABLE \"end\"(\"begin\"); SELECT 2;");
    row("transaction end", "BEGIN; SELECT 1; END; SELECT 2;");
    row("column named end", "SELECT 1 AS \"end\"; SELECT 2;");
    row("byte-order mark", "\xEF\xBB\xBFSELECT 1; SELECT 2;");
    row("parameters", "SELECT :a, @b, $c::d(e;), ?1; SELECT 2");
    row("other languages", "CREATE TABLE größe(名前); SELECT 名前 FROM größe; SELECT '😀;';");
    row("blobs", "SELECT x'3b'; SELECT X'';");
    row("json arrows", "SELECT '{\"a\":1}' -> '$.a'; SELECT '{}' ->> '$.b'");
    row("view and index", "CREATE TABLE t(a, b CHECK (b IN ('x;y'))); CREATE VIEW v AS SELECT CASE a WHEN 1 THEN ';' END AS e FROM t; CREATE INDEX i ON t(a) WHERE b <> ';';");
}

void tst_SqlScript::sqliteIsCutWhereSqliteCutsIt()
{
    QFETCH(QString, script);
    bool failed = false;
    const QStringList expected = statementsBySqlite(script, failed);
    const QStringList found = texts(script, SqlDialect::Sqlite);
    if (failed) // what comes after a refused statement is not compared; what came before is
        QCOMPARE(found.mid(0, expected.size()), expected);
    else
        QCOMPARE(found, expected);
}

void tst_SqlScript::schemaFilesAreCutWhereSqliteCutsThem()
{
    const QString root = sourcePath();
    int files = 0;
    for (const QString &folder : {u"/tests/data/schemas"_s, u"/migrations"_s}) {
        QDirIterator it(root + folder, {u"*.sql"_s}, QDir::Files, QDirIterator::Subdirectories);
        while (it.hasNext()) {
            const QString path = it.next();
            if (!path.contains("sqlite"_L1))
                continue;
            QFile file(path);
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QString script = QString::fromUtf8(file.readAll());
            bool failed = false;
            const QStringList expected = statementsBySqlite(script, failed);
            const QStringList found = texts(script, SqlDialect::Sqlite);
            QVERIFY2(found.mid(0, expected.size()) == expected && (failed || found.size() == expected.size()), qPrintable(path));
            ++files;
        }
    }
    QVERIFY(files >= 5);
}

void tst_SqlScript::completenessIsWhatSqliteSays_data()
{
    QTest::addColumn<QString>("script");
    for (const char *script :
         {"SELECT 1;", "SELECT 1", "SELECT ';", "SELECT ';';", "SELECT 1; -- x", "SELECT 1; /* x", "SELECT 1; /* x */", "SELECT [;", "SELECT \";",
          "CREATE TRIGGER t BEGIN SELECT 1;", "CREATE TRIGGER t BEGIN SELECT 1; END;", "CREATE TRIGGER t BEGIN SELECT 1; END", "CREATE TEMP TRIGGER t ; END;",
          "CREATE TEMP TEMP TRIGGER t ; x;", "CREATE TABLE TRIGGER t ; x;", "EXPLAIN CREATE TRIGGER t; x;", "EXPLAIN EXPLAIN CREATE TRIGGER t; x;",
          "EXPLAIN QUERY PLAN CREATE TRIGGER t; x;", "EXPLAIN 'a' CREATE TRIGGER t; x;", "EXPLAIN TEMP CREATE TRIGGER t; x;", "CREATE CREATE TRIGGER t; x;",
          "CREATE TRIGGER t; END END;", "CREATE TRIGGER t; END; END;", "CREATE TRIGGER t;; END;", "CREATE 'TRIGGER' t; x;", "\"CREATE\" TRIGGER t; x;",
          "CREATE TRIGGER t; \"END\";", "SELECT 1; SELECT 2", "SELECT 1; SELECT 2;"})
        QTest::newRow(script) << QString::fromUtf8(script);
}

void tst_SqlScript::completenessIsWhatSqliteSays()
{
    QFETCH(QString, script);
    QCOMPARE(SqlScript::isComplete(script, SqlDialect::Sqlite), sqlite3_complete(script.toUtf8().constData()) != 0);
}

void tst_SqlScript::postgresIsCutAsByPsql_data()
{
    QTest::addColumn<QString>("script");
    QTest::addColumn<QStringList>("expected");
    const auto row = [](const char *name, const char *script, QStringList expected) { QTest::newRow(name) << QString::fromUtf8(script) << expected; };
    row("empty", "", {});
    row("comment only", "-- a\n/* b /* c */ ; */", {});
    row("two", "SELECT 1; SELECT 2", {u"SELECT 1;"_s, u"SELECT 2"_s});
    row("stray semicolons", ";; SELECT 1;;", {u"SELECT 1;"_s});
    row("strings", "SELECT ';', E'\\';', U&';', $$;$$, $a$;$$;$a$; SELECT 2;", {u"SELECT ';', E'\\';', U&';', $$;$$, $a$;$$;$a$;"_s, u"SELECT 2;"_s});
    row("a backslash is nothing special", "SELECT '\\'; SELECT 2;", {u"SELECT '\\';"_s, u"SELECT 2;"_s});
    row("quoted names", "SELECT \";\"; SELECT 2;", {u"SELECT \";\";"_s, u"SELECT 2;"_s});
    row("nested comments", "SELECT /* ; /* ; */ ; */ 1; SELECT 2;", {u"SELECT /* ; /* ; */ ; */ 1;"_s, u"SELECT 2;"_s});
    row("rule", "CREATE RULE r AS ON INSERT TO t DO ALSO (INSERT INTO a VALUES (1); DELETE FROM b;); SELECT 2;",
        {u"CREATE RULE r AS ON INSERT TO t DO ALSO (INSERT INTO a VALUES (1); DELETE FROM b;);"_s, u"SELECT 2;"_s});
    row("too many closing parentheses", "SELECT 1); SELECT 2;", {u"SELECT 1);"_s, u"SELECT 2;"_s});
    row("function in quotes", "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END; $$; SELECT 2;",
        {u"CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END; $$;"_s, u"SELECT 2;"_s});
    row("function with a body", "CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 1 END; END; SELECT 2;",
        {u"CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 1 END; END;"_s, u"SELECT 2;"_s});
    row("procedure with a body", "CREATE PROCEDURE p() BEGIN /* x */ ATOMIC INSERT INTO t VALUES (1); END; SELECT 2;",
        {u"CREATE PROCEDURE p() BEGIN /* x */ ATOMIC INSERT INTO t VALUES (1); END;"_s, u"SELECT 2;"_s});
    row("a body's case in parentheses", "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT (CASE WHEN true THEN 1 END); END; SELECT 2;",
        {u"CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT (CASE WHEN true THEN 1 END); END;"_s, u"SELECT 2;"_s});
    row("transaction", "BEGIN; SELECT 1; END; COMMIT;", {u"BEGIN;"_s, u"SELECT 1;"_s, u"END;"_s, u"COMMIT;"_s});
    row("begin elsewhere", "SELECT begin atomic; SELECT 2;", {u"SELECT begin atomic;"_s, u"SELECT 2;"_s});
    row("named parameters and casts", "SELECT :a::text; SELECT 2;", {u"SELECT :a::text;"_s, u"SELECT 2;"_s});
    row("do block", "DO $do$ BEGIN PERFORM 1; END $do$; SELECT 2;", {u"DO $do$ BEGIN PERFORM 1; END $do$;"_s, u"SELECT 2;"_s});
    row("tags with letters of all languages", "SELECT $ä$;$ä$; SELECT 2;", {u"SELECT $ä$;$ä$;"_s, u"SELECT 2;"_s});
    row("a name with dollars", "SELECT a$b$ FROM t; SELECT 2;", {u"SELECT a$b$ FROM t;"_s, u"SELECT 2;"_s});
}

void tst_SqlScript::postgresIsCutAsByPsql()
{
    QFETCH(QString, script);
    QTEST(texts(script, SqlDialect::PostgreSql), "expected");
}

void tst_SqlScript::copyDataBelongToTheirStatement()
{
    const QString script = u"SELECT 1;\nCOPY t (a, b) FROM stdin;\n1\tit's; fine\n2\t\\N\n\\.\n\nSELECT 2;\nCOPY u FROM stdin;\r\n\\.\r\nSELECT 3;"_s;
    const QList<SqlStatement> found = SqlScript::split(script, SqlDialect::PostgreSql);
    QCOMPARE(found.size(), 5);
    QCOMPARE(found[1].text, u"COPY t (a, b) FROM stdin;"_s);
    QVERIFY(found[1].hasCopyData);
    QVERIFY(found[1].complete);
    QCOMPARE(found[1].copyData, u"1\tit's; fine\n2\t\\N\n"_s);
    QVERIFY(!found[0].hasCopyData);
    QCOMPARE(found[2].text, u"SELECT 2;"_s);
    QCOMPARE(found[2].line, 7);
    QVERIFY(found[3].hasCopyData);
    QCOMPARE(found[3].copyData, QString());
    QCOMPARE(found[4].text, u"SELECT 3;"_s);

    const QList<SqlStatement> open = SqlScript::split(u"COPY t FROM stdin;\n1\n", SqlDialect::PostgreSql);
    QCOMPARE(open.size(), 1);
    QCOMPARE(open[0].copyData, u"1\n"_s);
    QVERIFY(!open[0].complete);
}

void tst_SqlScript::metaCommandsStandAlone()
{
    const QList<SqlStatement> found = SqlScript::split(u"\\restrict abc\nSET x = 1;\nSELECT 1 \\gexec\nSELECT 2;", SqlDialect::PostgreSql);
    QCOMPARE(found.size(), 5);
    QVERIFY(found[0].isMetaCommand);
    QCOMPARE(found[0].text, u"\\restrict abc"_s);
    QCOMPARE(found[1].text, u"SET x = 1;"_s);
    QVERIFY(!found[1].isMetaCommand);
    QCOMPARE(found[2].text, u"SELECT 1"_s);
    QVERIFY(found[2].complete);
    QVERIFY(found[3].isMetaCommand);
    QCOMPARE(found[4].line, 4);
}

void tst_SqlScript::offsetsAndLinesPointIntoTheScript()
{
    const QString script = u"\n-- one\nSELECT 1;\n\n  SELECT\n2; SELECT 3"_s;
    const QList<SqlStatement> found = SqlScript::split(script, SqlDialect::Sqlite);
    QCOMPARE(found.size(), 3);
    QCOMPARE(found[0].line, 3);
    QCOMPARE(found[1].line, 5);
    QCOMPARE(found[2].line, 6);
    for (const SqlStatement &statement : found)
        QCOMPARE(script.mid(statement.start, statement.text.size()), statement.text);
}

void tst_SqlScript::hintsStayWithTheirStatement()
{
    QCOMPARE(texts(u"/* c */ /*+ SeqScan(t) */ -- x\nSELECT 1; /* d */ SELECT 2;"_s, SqlDialect::PostgreSql),
             (QStringList{u"/*+ SeqScan(t) */ -- x\nSELECT 1;"_s, u"SELECT 2;"_s}));
    QCOMPARE(texts(u"/*+ nothing */ ; SELECT 1;"_s, SqlDialect::PostgreSql), QStringList{u"SELECT 1;"_s});
}

void tst_SqlScript::aCutOffStatementIsNotComplete_data()
{
    QTest::addColumn<QString>("script");
    for (const char *script : {"SELECT 1", "SELECT ';", "SELECT $$;", "SELECT \";", "SELECT 1 /* ;", "CREATE RULE r AS ON INSERT TO t DO (SELECT 1;",
                               "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1;"})
        QTest::newRow(script) << QString::fromUtf8(script);
}

void tst_SqlScript::aCutOffStatementIsNotComplete()
{
    QFETCH(QString, script);
    const QList<SqlStatement> found = SqlScript::split(u"SELECT 0; "_s + script, SqlDialect::PostgreSql);
    QCOMPARE(found.size(), 2);
    QVERIFY(found[0].complete);
    QVERIFY(!found[1].complete);
    QVERIFY(!SqlScript::isComplete(script, SqlDialect::PostgreSql));
}

QTEST_GUILESS_MAIN(tst_SqlScript)
#include "tst_sqlscript.moc"
