// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/catalog/sqliteddl.h"

#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_SqliteDdl : public QObject
{
    Q_OBJECT

private slots:
    void checksAreFound_data();
    void checksAreFound();
    void aDefaultOrStringIsNoCheck();
    void foreignKeysKeepTheirNamesAndColumns();
    void generatedColumnsKeepTheirExpressions();
    void autoincrementIsAWordOfItsOwn();
    void virtualTablesNameTheirModule_data();
    void virtualTablesNameTheirModule();
    void indexTermsAndPredicatesAreSplit_data();
    void indexTermsAndPredicatesAreSplit();
    void anyTextIsSurvived();
};

void tst_SqliteDdl::checksAreFound_data()
{
    QTest::addColumn<QString>("sql");
    QTest::addColumn<QStringList>("checks");
    QTest::newRow("of a column") << u"CREATE TABLE t(a INT CHECK(a > 0))"_s << QStringList{u"|a > 0"_s};
    QTest::newRow("named") << u"CREATE TABLE t(a INT CONSTRAINT positive CHECK (a > 0), b)"_s << QStringList{u"positive|a > 0"_s};
    QTest::newRow("of the table") << u"create table t(a, b, constraint \"a \"\"b\" check (a<b))"_s << QStringList{u"a \"b|a<b"_s};
    QTest::newRow("quoted otherwise") << u"create table t(a, constraint [x y] check (a), constraint `p``q` check (b), constraint 'it''s' check(c))"_s
                                      << QStringList{u"x y|a"_s, u"p`q|b"_s, u"it's|c"_s};
    QTest::newRow("nested") << u"CREATE TABLE t(a CHECK ((a IN (1, (2))) AND length(a) > (0)))"_s
                            << QStringList{u"|(a IN (1, (2))) AND length(a) > (0)"_s};
    QTest::newRow("strings with parentheses") << u"CREATE TABLE t(a CHECK (a <> ')' AND a <> \"(\" AND a <> ''''))"_s
                                              << QStringList{u"|a <> ')' AND a <> \"(\" AND a <> ''''"_s};
    QTest::newRow("comments") << u"CREATE TABLE t(a, -- CHECK (x), (\n /* CHECK (y) ( */ CHECK (a /* ) */ > 1) )"_s
                              << QStringList{u"|a /* ) */ > 1"_s};
    QTest::newRow("without commas") << u"CREATE TABLE t(a, CONSTRAINT c1 CHECK (a>0) CONSTRAINT c2 CHECK (a<9) CHECK (a<>5))"_s
                                    << QStringList{u"c1|a>0"_s, u"c2|a<9"_s, u"|a<>5"_s};
    QTest::newRow("the name is of NOT NULL") << u"CREATE TABLE t(a CONSTRAINT nn NOT NULL CHECK (a>0))"_s << QStringList{u"|a>0"_s};
    QTest::newRow("after a key") << u"CREATE TABLE t(a DECIMAL(10,2), PRIMARY KEY (a, b), CONSTRAINT k CHECK(a))"_s << QStringList{u"k|a"_s};
    QTest::newRow("a column named so") << u"CREATE TABLE t(\"check\" TEXT, [CONSTRAINT] INT, 'unique' INT)"_s << QStringList();
    QTest::newRow("odd table name") << u"CREATE TABLE \"a(b\" (x CHECK (x))"_s << QStringList{u"|x"_s};
}

void tst_SqliteDdl::checksAreFound()
{
    QFETCH(QString, sql);
    QFETCH(QStringList, checks);
    QStringList found;
    for (const CatalogCheck &check : SqliteTableDdl::parse(sql).checks)
        found.append(check.name + u'|' + check.expression);
    QCOMPARE(found, checks);
}

void tst_SqliteDdl::aDefaultOrStringIsNoCheck()
{
    const SqliteTableDdl ddl = SqliteTableDdl::parse(u"CREATE TABLE t(a DEFAULT (upper('check(1)')), b DEFAULT 'CHECK (x)', c DEFAULT -5)"_s);
    QVERIFY(ddl.checks.empty());
}

void tst_SqliteDdl::foreignKeysKeepTheirNamesAndColumns()
{
    const SqliteTableDdl ddl = SqliteTableDdl::parse(
        u"CREATE TABLE t(a INT CONSTRAINT \"to A\" REFERENCES A ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED, b REFERENCES \"B\"(x),"
        " c, d, CONSTRAINT pair FOREIGN KEY (c, \"d\") REFERENCES C(y, z) ON UPDATE CASCADE, FOREIGN KEY (c) REFERENCES D)"_s);
    QCOMPARE(ddl.foreignKeys.size(), 4u);
    QCOMPARE(ddl.foreignKeys[0].name, u"to A"_s);
    QCOMPARE(ddl.foreignKeys[0].columns, QStringList{u"a"_s});
    QCOMPARE(ddl.foreignKeys[1].name, QString());
    QCOMPARE(ddl.foreignKeys[1].columns, QStringList{u"b"_s});
    QCOMPARE(ddl.foreignKeys[2].name, u"pair"_s);
    QCOMPARE(ddl.foreignKeys[2].columns, (QStringList{u"c"_s, u"d"_s}));
    QCOMPARE(ddl.foreignKeys[3].name, QString());
}

void tst_SqliteDdl::generatedColumnsKeepTheirExpressions()
{
    const SqliteTableDdl ddl = SqliteTableDdl::parse(u"CREATE TABLE t(a, b INT GENERATED ALWAYS AS (a * (2)) STORED, \"c d\" AS (a || ')'))"_s);
    QCOMPARE(ddl.generated.size(), 2u);
    QCOMPARE(ddl.generated[0], std::make_pair(u"b"_s, u"a * (2)"_s));
    QCOMPARE(ddl.generated[1], std::make_pair(u"c d"_s, u"a || ')'"_s));
}

void tst_SqliteDdl::autoincrementIsAWordOfItsOwn()
{
    QVERIFY(SqliteTableDdl::parse(u"CREATE TABLE t(id INTEGER PRIMARY KEY autoincrement)"_s).autoincrement);
    QVERIFY(!SqliteTableDdl::parse(u"CREATE TABLE t(id INTEGER PRIMARY KEY /* AUTOINCREMENT */, \"autoincrement\" TEXT)"_s).autoincrement);
}

void tst_SqliteDdl::virtualTablesNameTheirModule_data()
{
    QTest::addColumn<QString>("sql");
    QTest::addColumn<QString>("module");
    QTest::newRow("plain") << u"CREATE VIRTUAL TABLE x USING fts5(a, b)"_s << u"fts5"_s;
    QTest::newRow("quoted") << u"create virtual table if not exists main.[using] using \"vec0\"(a float[3])"_s << u"vec0"_s;
    QTest::newRow("without arguments") << u"CREATE VIRTUAL TABLE x USING dbstat"_s << u"dbstat"_s;
    QTest::newRow("no virtual table") << u"CREATE TABLE x(using fts5)"_s << QString();
}

void tst_SqliteDdl::virtualTablesNameTheirModule()
{
    QFETCH(QString, sql);
    QFETCH(QString, module);
    QCOMPARE(SqliteTableDdl::parse(sql).module, module);
}

void tst_SqliteDdl::indexTermsAndPredicatesAreSplit_data()
{
    QTest::addColumn<QString>("sql");
    QTest::addColumn<QStringList>("terms");
    QTest::addColumn<QString>("predicate");
    QTest::newRow("columns") << u"CREATE INDEX i ON t(a, b DESC)"_s << QStringList{u"a"_s, u"b"_s} << QString();
    QTest::newRow("expressions") << u"CREATE UNIQUE INDEX \"i(\" ON \"t(\" (lower(a), coalesce(b, 'x,y') COLLATE nocase ASC NULLS LAST)"_s
                                 << QStringList{u"lower(a)"_s, u"coalesce(b, 'x,y') COLLATE nocase"_s} << QString();
    QTest::newRow("partial") << u"CREATE INDEX i ON t(a) WHERE b = 'where' AND (c) -- end"_s << QStringList{u"a"_s} << u"b = 'where' AND (c)"_s;
    QTest::newRow("a column named desc") << u"CREATE INDEX i ON t(desc, first)"_s << QStringList{u"desc"_s, u"first"_s} << QString();
}

void tst_SqliteDdl::indexTermsAndPredicatesAreSplit()
{
    QFETCH(QString, sql);
    QFETCH(QStringList, terms);
    QFETCH(QString, predicate);
    const SqliteIndexDdl ddl = SqliteIndexDdl::parse(sql);
    QCOMPARE(ddl.terms, terms);
    QCOMPARE(ddl.predicate, predicate);
}

void tst_SqliteDdl::anyTextIsSurvived()
{
    const QString sql = u"CREATE VIRTUAL TABLE \"t\" (a INT CONSTRAINT `x` CHECK ((a) > ')'), FOREIGN KEY (a, [b]) REFERENCES u(v) AS (1), lower(a) DESC NULLS FIRST) WHERE x"_s;
    for (qsizetype begin = 0; begin < sql.size(); ++begin) {
        for (qsizetype length = 0; begin + length <= sql.size(); ++length) {
            SqliteTableDdl::parse(sql.mid(begin, length));
            SqliteTableDdl::parse(u"CREATE TABLE t("_s + sql.mid(begin, length));
            SqliteIndexDdl::parse(sql.mid(begin, length));
        }
    }
}

QTEST_APPLESS_MAIN(tst_SqliteDdl)
#include "tst_sqliteddl.moc"
