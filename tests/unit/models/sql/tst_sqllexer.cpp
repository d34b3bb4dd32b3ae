// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/sql/sqllexer.h"

#include "tests/fuzz/mutations.h"
#include "tests/fuzz/sqlinvariants.h"

#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

namespace {

/// One letter a token: what a table of expectations can be read by.
QString kinds(const QString &sql, SqlDialect dialect)
{
    static const QMap<SqlTokenKind, QChar> letters{
        {SqlTokenKind::Space, u' '},     {SqlTokenKind::Comment, u'c'},   {SqlTokenKind::Word, u'w'},      {SqlTokenKind::QuotedIdentifier, u'q'},
        {SqlTokenKind::String, u's'},    {SqlTokenKind::Blob, u'b'},      {SqlTokenKind::Number, u'n'},    {SqlTokenKind::Parameter, u'p'},
        {SqlTokenKind::Operator, u'o'},  {SqlTokenKind::Semicolon, u';'}, {SqlTokenKind::CopyData, u'd'},  {SqlTokenKind::MetaCommand, u'm'},
        {SqlTokenKind::Invalid, u'!'}};
    QString out;
    for (const SqlToken &token : SqlLexer::tokens(sql, dialect)) {
        if (token.kind != SqlTokenKind::Space)
            out += letters[token.kind];
        if (!token.closed)
            out += u'~';
    }
    return out;
}

} // namespace

class tst_SqlLexer : public QObject
{
    Q_OBJECT

private slots:
    void sqliteTokens_data();
    void sqliteTokens();
    void postgresTokens_data();
    void postgresTokens();
    void operatorsOfPostgresAreCutAsTheServerCutsThem_data();
    void operatorsOfPostgresAreCutAsTheServerCutsThem();
    void everyTextHasTokensThatCoverIt_data();
    void everyTextHasTokensThatCoverIt();
    void aLongTextTakesLinearTime();
};

void tst_SqlLexer::sqliteTokens_data()
{
    QTest::addColumn<QString>("sql");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char *sql, const char *expected) { QTest::newRow(sql) << QString::fromUtf8(sql) << QString::fromLatin1(expected); };
    row("", "");
    row("SELECT 'it''s'", "ws");
    row("'open", "!~");
    row("'a''", "!~");
    row("\"a\"\"b\" `c``d` [e\"f]", "qqq");
    row("[open", "!~");
    row("[a]]", "q!");
    row("\"open", "!~");
    row("x'00fF' X'' x'0' x'0g' x'0", "bb!!!~");
    row("x''''", "bs");
    row("x '00'", "ws");
    row("xy'00'", "ws");
    row("1 1. .5 1e5 1E-5 1.5e+5 0xFf 12abc 1e 0x 1_000", "nnnnnnn!!!n");
    row("a.b 1.b", "wow!");
    row("-- c\n1", "cn");
    row("/* a */ 1 /* b", "cnc~");
    row("/* a /* b */ 1", "cn");
    row("/*", "oo");
    row("/**/ 1", "cn");
    row("/*/ 1 */", "c");
    row("- -- x", "oc");
    row("? ?1 ?1a :a @a $a #a", "pppwpppp");
    row("$a::b(c)", "p");
    row("$a(b c", "!w");
    row(":a:b", "pp");
    row("::a", "!p");
    row(": a", "!w");
    row(":", "!");
    row(":1", "p");
    row("a->'$.b'->>1", "woson");
    row("a||b<>c!=d==e<=f>=g<<1>>2", "wowowowowowowonon");
    row("!", "!");
    row("^ {", "!!");
    row("a$b", "w");
    row("größe 名前 😀", "www");
    row("\xEF\xBB\xBFSELECT", "w");
    row(";;", ";;");
    row("COPY t FROM stdin;\na\n\\.\n", "wwww;w!o");
}

void tst_SqlLexer::sqliteTokens()
{
    QFETCH(QString, sql);
    QTEST(kinds(sql, SqlDialect::Sqlite), "expected");
}

void tst_SqlLexer::postgresTokens_data()
{
    QTest::addColumn<QString>("sql");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char *sql, const char *expected) { QTest::newRow(sql) << QString::fromUtf8(sql) << QString::fromLatin1(expected); };
    row("", "");
    row("'it''s' 'a\\' 'b'", "sss");
    row("'open", "s~");
    row("E'it\\'s' e'\\\\' 1", "ssn");
    row("E'a\\", "s~");
    row("E'a'\n'b\\'c' 1", "sn");
    row("E'a' -- x\n'b\\'c' 1", "sn");
    row("E'a' 'b\\' 1", "ssn");
    row("'a'\n'b\\' 1", "ssn");
    row("fe'a\\' 1", "wsn");
    row("U&'\\0061' U&\"d\\0061t\" u & 'a'", "sqwos");
    row("N'a' B'01' X'1F' n 'a'", "sbbws");
    row("\"a\"\"b\" \"open", "qq~");
    row("$$a;b$$ $t$ $$ $x$ $t$ 1", "ssn");
    row("$a$ $A$ $a$", "s");
    row("$t$ open", "s~");
    row("$1 $22", "pp");
    row("$", "!");
    row("$a b", "!ww");
    row("a$b$c", "w");
    row("a$$b$$", "w");
    row("$ä$x$ä$", "s");
    row("-- c\n1", "cn");
    row("/* a /* b */ c */ 1", "cn");
    row("/* a /* b */ c", "c~");
    row("/*", "c~");
    row("x::text", "wow");
    row(":a::text", "pow");
    row(":a :b1 :_c :ä :1", "ppppon");
    row("f(a := :b, c => 1)", "wowopowono");
    row(":'a' :\"a\"", "osoq");
    row("a[1:n]", "wonowo");
    row("a[b:c]", "wowowo");
    row("a[:x]", "wopo");
    row("a[f(1):n]", "wowonoowo");
    row("'a':x", "sp");
    row("a ? 'b' ?| c ?& d @> e <=> f <-> g", "wosowowowowow");
    row("1.5 .5 1. 1e5 1..10 0x1F 1_000", "nnnnnonnn");
    row("a.b.*", "wowoo");
    row("\\connect x y\nSELECT", "mw");
    row("SELECT 1 \\gexec\nSELECT", "wnmw");
    row("größe 名前 😀", "www");
    row("\xEF\xBB\xBFSELECT", "w");
    row("{", "!");
    row("`a`", "owo");
    row("SELECT 1;", "wn;");
    // COPY and its data
    row("COPY t (a) FROM stdin;\n1;'x\n\\.\nSELECT 1;", "wwowoww;dwn;");
    row("copy t from STDIN with (format csv);\r\n1\r\n\\.\r\nSELECT", "wwwwwowwo;dw");
    row("COPY t FROM stdin; -- now\n1\n\\.\nSELECT", "wwww;cdw");
    row("COPY t FROM stdin;\n1\n", "wwww;d~");
    row("COPY t FROM stdin;\n\\.\n", "wwww;d");
    row("COPY t FROM stdin;\n\\.", "wwww;d");
    row("COPY t FROM stdin;", "wwww;");
    row("COPY t FROM stdin; SELECT 1;\nSELECT", "wwww;wn;w");
    row("COPY t FROM stdin", "wwww");
    row("COPY t FROM 'stdin';\nSELECT", "wwws;w");
    row("COPY t TO stdout;\nSELECT", "wwww;w");
    row("COPY (SELECT a FROM stdin) TO stdout;\nSELECT", "wowwwwoww;w");
    row("SELECT 1; COPY t FROM stdin;\n\\.\n", "wn;wwww;d");
    row("SELECT copy FROM stdin;\nSELECT", "wwww;w");
}

void tst_SqlLexer::postgresTokens()
{
    QFETCH(QString, sql);
    QTEST(kinds(sql, SqlDialect::PostgreSql), "expected");
}

void tst_SqlLexer::operatorsOfPostgresAreCutAsTheServerCutsThem_data()
{
    QTest::addColumn<QString>("sql");
    QTest::addColumn<QStringList>("expected");
    QTest::newRow("minus after a plain operator") << u"*-1"_s << QStringList{u"*"_s, u"-"_s, u"1"_s};
    QTest::newRow("minus after a special one") << u"@-1"_s << QStringList{u"@-"_s, u"1"_s};
    QTest::newRow("comment inside") << u"+--x"_s << QStringList{u"+"_s, u"--x"_s};
    QTest::newRow("block comment inside") << u"+/*x*/1"_s << QStringList{u"+"_s, u"/*x*/"_s, u"1"_s};
    QTest::newRow("several") << u"=-+1"_s << QStringList{u"="_s, u"-"_s, u"+"_s, u"1"_s};
    QTest::newRow("json") << u"#>>'{a}'"_s << QStringList{u"#>>"_s, u"'{a}'"_s};
    QTest::newRow("parentheses") << u"(()"_s << QStringList{u"("_s, u"("_s, u")"_s};
}

void tst_SqlLexer::operatorsOfPostgresAreCutAsTheServerCutsThem()
{
    QFETCH(QString, sql);
    QStringList pieces;
    for (const SqlToken &token : SqlLexer::tokens(sql, SqlDialect::PostgreSql))
        pieces.append(sql.mid(token.start, token.length));
    QTEST(pieces, "expected");
}

void tst_SqlLexer::everyTextHasTokensThatCoverIt_data()
{
    QTest::addColumn<SqlDialect>("dialect");
    QTest::newRow("sqlite") << SqlDialect::Sqlite;
    QTest::newRow("postgresql") << SqlDialect::PostgreSql;
}

void tst_SqlLexer::everyTextHasTokensThatCoverIt()
{
    QFETCH(SqlDialect, dialect);
    Mutations mutations({u"SELECT 'a', \"b\", x'00', 1.5e3 FROM t WHERE a = :a AND b = $1 -- c\n;"_s,
                         u"CREATE TRIGGER t AFTER INSERT ON x BEGIN SELECT CASE WHEN 1 THEN 2 END; END; SELECT 1;"_s,
                         u"CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; END; SELECT $t$ x $t$;"_s,
                         u"COPY t (a, b) FROM stdin;\n1\t2\n\\.\nSELECT E'a\\'b', U&\"x\", a[1:n]::text;\n\\connect x\n"_s,
                         u"WITH a AS (DELETE FROM t RETURNING *) SELECT * INTO x FROM a; /* a /* b */ */ EXPLAIN (ANALYZE) VALUES (1);"_s,
                         u"SELECT [a], `b`, ?1, @a, $a::b(c), a->>'x' FROM 名前;"_s},
                        {u"'"_s, u"\""_s, u"$"_s, u"$$"_s, u"$t$"_s, u":"_s, u"::"_s, u":a"_s, u"?"_s, u"@"_s, u"#"_s, u"["_s, u"]"_s, u"("_s, u")"_s, u"`"_s, u";"_s,
                         u"--"_s, u"/*"_s, u"*/"_s, u"/*+"_s, u"\n"_s, u"\r"_s, u"\\"_s, u"\\."_s, u"\n\\.\n"_s, u"E'"_s, u"U&'"_s, u"x'"_s, u"BEGIN ATOMIC "_s,
                         u"END"_s, u" CREATE TRIGGER "_s, u"EXPLAIN "_s, u"COPY t FROM stdin;"_s, QString(QChar(0xFEFF)), QString(QChar(0xD800)), QString(QChar(0)),
                         u"0x"_s, u"1_"_s, u"e+"_s});
    for (int i = 0; i < 5000; ++i) {
        const QString text = mutations.next();
        const QString broken = brokenSqlInvariant(text, dialect);
        QVERIFY2(broken.isEmpty(), qPrintable(broken + u" in: "_s + text));
    }
}

void tst_SqlLexer::aLongTextTakesLinearTime()
{
    // Anything quadratic in these would take minutes; the test's time limit would end it.
    for (const QString &piece : {u"E'a' "_s, u"$a "_s, u"( "_s, u"/*+ a */ "_s, u"$$ $a$ "_s, u"CREATE TRIGGER ; "_s, u"a.b:c "_s, u"\n"_s, u";"_s, u"COPY t FROM stdin;\n"_s,
                                 u"EXPLAIN ANALYZE "_s, u"COPY (WITH "_s}) {
        const QString text = piece.repeated(1'000'000 / piece.size());
        for (SqlDialect dialect : {SqlDialect::Sqlite, SqlDialect::PostgreSql}) {
            (void)SqlScript::split(text, dialect);
            (void)statementKind(text, dialect);
            (void)mayReturnRows(text, dialect);
            (void)isTransactional(text, dialect);
            (void)toNumberedParameters(text);
        }
    }
}

QTEST_GUILESS_MAIN(tst_SqlLexer)
#include "tst_sqllexer.moc"
