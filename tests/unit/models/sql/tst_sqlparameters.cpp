// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/sql/sqlparameters.h"

#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_SqlParameters : public QObject
{
    Q_OBJECT

private slots:
    void namesAreFound_data();
    void namesAreFound();
    void namesBecomeNumbers_data();
    void namesBecomeNumbers();
    void offsetsMapBack();
};

void tst_SqlParameters::namesAreFound_data()
{
    QTest::addColumn<SqlDialect>("dialect");
    QTest::addColumn<QString>("sql");
    QTest::addColumn<QStringList>("names");
    const auto sqlite = [](const char *sql, QStringList names) { QTest::newRow(sql) << SqlDialect::Sqlite << QString::fromUtf8(sql) << names; };
    const auto postgres = [](const char *sql, QStringList names) {
        QTest::addRow("postgresql: %s", sql) << SqlDialect::PostgreSql << QString::fromUtf8(sql) << names;
    };
    sqlite("SELECT :b, @a, $c, :b, ?, ?1", {u"b"_s, u"a"_s, u"c"_s});
    sqlite("SELECT ':a', \":b\", [:c], `:d` -- :e\n/* :f */", {});
    sqlite("SELECT $1", {u"1"_s});
    postgres("SELECT :b, :a::int, :b", {u"b"_s, u"a"_s});
    postgres("SELECT 1::int, $1, ':a', E'\\':a', \":b\", $$ :c $$, U&':d' /* :e /* */ :f */ -- :g", {});
    postgres("SELECT a[1:n], a[:x], f(b := :y)", {u"x"_s, u"y"_s});
    postgres("SELECT j ? 'a', j @> :j", {u"j"_s});
    postgres("COPY t FROM stdin;\n:a\n\\.\nSELECT :b", {u"b"_s});
    postgres("SELECT :größe", {u"größe"_s});
}

void tst_SqlParameters::namesAreFound()
{
    QFETCH(SqlDialect, dialect);
    QFETCH(QString, sql);
    QTEST(namedParameters(sql, dialect), "names");
}

void tst_SqlParameters::namesBecomeNumbers_data()
{
    QTest::addColumn<QString>("sql");
    QTest::addColumn<QString>("expected");
    QTest::addColumn<QStringList>("names");
    QTest::addColumn<int>("first");
    QTest::newRow("none") << u"SELECT 1::int"_s << u"SELECT 1::int"_s << QStringList{} << 1;
    QTest::newRow("same name, same number") << u"SELECT :a, :b, :a"_s << u"SELECT $1, $2, $1"_s << QStringList{u"a"_s, u"b"_s} << 1;
    QTest::newRow("after existing ones") << u"SELECT $2, :a"_s << u"SELECT $2, $3"_s << QStringList{u"a"_s} << 3;
    QTest::newRow("with a cast") << u"SELECT :a::text"_s << u"SELECT $1::text"_s << QStringList{u"a"_s} << 1;
    QTest::newRow("touching a word") << u"SELECT:a"_s << u"SELECT $1"_s << QStringList{u"a"_s} << 1;
    QTest::newRow("touching each other") << u"SELECT :a:b"_s << u"SELECT $1 $2"_s << QStringList{u"a"_s, u"b"_s} << 1;
    QTest::newRow("case counts") << u"SELECT :a, :A"_s << u"SELECT $1, $2"_s << QStringList{u"a"_s, u"A"_s} << 1;
    QTest::newRow("absurd number") << u"SELECT $99999999999999, :a"_s << u"SELECT $99999999999999, $1"_s << QStringList{u"a"_s} << 1;
}

void tst_SqlParameters::namesBecomeNumbers()
{
    QFETCH(QString, sql);
    const NumberedSql numbered = toNumberedParameters(sql);
    QTEST(numbered.sql, "expected");
    QTEST(numbered.names, "names");
    QTEST(numbered.firstNumber, "first");
}

void tst_SqlParameters::offsetsMapBack()
{
    const QString sql = u"SELECT :first, :second x, :first FROM nowhere"_s;
    const NumberedSql numbered = toNumberedParameters(sql);
    QCOMPARE(numbered.sql, u"SELECT $1, $2 x, $1 FROM nowhere"_s);
    for (const QString &word : {u"SELECT"_s, u"FROM"_s, u"nowhere"_s, u" x"_s})
        QCOMPARE(numbered.originalOffset(numbered.sql.indexOf(word)), sql.indexOf(word));
    QCOMPARE(numbered.originalOffset(numbered.sql.indexOf(u"$2"_s)), sql.indexOf(u":second"_s));
    QCOMPARE(numbered.originalOffset(numbered.sql.indexOf(u"$2"_s) + 1), sql.indexOf(u":second"_s));
    QCOMPARE(numbered.originalOffset(numbered.sql.size()), sql.size());
}

QTEST_GUILESS_MAIN(tst_SqlParameters)
#include "tst_sqlparameters.moc"
