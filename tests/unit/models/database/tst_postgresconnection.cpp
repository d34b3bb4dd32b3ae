// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/database/connection.h"
#include "tests/support/testdatabase.h"

#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_PostgresConnection : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void everyTypeComesAsTheServersOwnText_data();
    void everyTypeComesAsTheServersOwnText();
    void vectorsComeWhole();
    void boundValuesArriveUnchanged_data();
    void boundValuesArriveUnchanged();
    void aNulInATextIsRefusedBeforeItIsCut();
    void namedParametersAreNumbered();
    void jsonOperatorsWithQuestionMarksWork();
    void errorPositionsPointIntoTheTextAsWritten();
    void aSecondStatementIsRefused();
    void aReadOnlyConnectionRefusesToWrite();
    void aReaderLeftEarlyFreesTheConnection();
    void aFailedStatementLeavesTheConnectionUsable();
    void scriptsRunWholeOrNotAtAll();
    void preparedStatementsRunOften();
    void copyIsRefusedAndTheConnectionLives();
    void healthTellsWhatTheReferenceTestTells();
    void wrongPasswordsNeverShowUp();
    void unreachableServersSaySo();
    void missingDatabasesSaySo();

private:
    std::unique_ptr<Connection> open(bool readOnly = true)
    {
        ConnectionOptions options;
        options.readOnly = readOnly;
        auto opened = Connection::open(DatabaseUrl::parse(m_database.url()).value(), options);
        if (!opened) {
            qWarning() << opened.error().message << opened.error().detail;
            return {};
        }
        return std::move(*opened);
    }

    TestDatabase m_database;
};

void tst_PostgresConnection::initTestCase()
{
    REQUIRE_DATABASE(m_database);
    QCOMPARE(m_database.execute(u"CREATE TYPE mood AS ENUM ('fine', 'so so'); CREATE DOMAIN score AS numeric(5,2) CHECK (VALUE >= 0);"
                                "CREATE TYPE pair AS (a integer, b text); CREATE TABLE t(id integer PRIMARY KEY, a text)"_s),
             QString());
}

void tst_PostgresConnection::everyTypeComesAsTheServersOwnText_data()
{
    QTest::addColumn<QString>("expression");
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("type");
    const auto row = [](const char *name, const QString &expression, const QByteArray &text, const QString &type) {
        QTest::newRow(name) << expression << text << type;
    };
    const QByteArray digits = QByteArray("1234567890").repeated(10);
    row("int8", u"9223372036854775807::int8"_s, "9223372036854775807", u"bigint"_s);
    row("int8 min", u"(-9223372036854775808)::int8"_s, "-9223372036854775808", u"bigint"_s);
    row("numeric with 100 digits", QString::fromLatin1(digits) + u".50::numeric"_s, digits + ".50", u"numeric"_s);
    row("numeric scale", u"1.50::numeric(12,3)"_s, "1.500", u"numeric(12,3)"_s);
    row("numeric NaN", u"'NaN'::numeric"_s, "NaN", u"numeric"_s);
    row("float8", u"0.1::float8"_s, "0.1", u"double precision"_s);
    row("float8 minus zero", u"'-0'::float8"_s, "-0", u"double precision"_s);
    row("float8 infinity", u"'-Infinity'::float8"_s, "-Infinity", u"double precision"_s);
    row("float4", u"0.1::float4"_s, "0.1", u"real"_s);
    row("boolean", u"true"_s, "t", u"boolean"_s);
    row("text", u"'Grüße 狼 🐺'::text"_s, "Grüße 狼 🐺", u"text"_s);
    row("empty text", u"''::text"_s, "", u"text"_s);
    row("varchar", u"'abc'::varchar(20)"_s, "abc", u"character varying(20)"_s);
    row("char", u"'abc'::char(5)"_s, "abc  ", u"character(5)"_s);
    row("timestamp", u"'2025-10-21 09:14:03.123456'::timestamp"_s, "2025-10-21 09:14:03.123456", u"timestamp without time zone"_s);
    row("timestamp(3)", u"'2025-10-21 09:14:03.123456'::timestamp(3)"_s, "2025-10-21 09:14:03.123", u"timestamp(3) without time zone"_s);
    row("timestamptz infinity", u"'infinity'::timestamptz"_s, "infinity", u"timestamp with time zone"_s);
    row("timetz", u"'09:14:03.123456+05:30'::timetz"_s, "09:14:03.123456+05:30", u"time with time zone"_s);
    row("interval", u"'1 year 2 months 3 days 04:05:06.7'::interval"_s, "1 year 2 mons 3 days 04:05:06.7", u"interval"_s);
    row("date BC", u"'0044-03-15 BC'::date"_s, "0044-03-15 BC", u"date"_s);
    row("array with NULL", u"ARRAY[1,NULL,3]::int[]"_s, "{1,NULL,3}", u"integer[]"_s);
    row("text array", u"ARRAY['a,b','NULL','']::text[]"_s, R"({"a,b","NULL",""})", u"text[]"_s);
    row("json keeps its text", u"'{\"a\": 1.00, \"a\": 12345678901234567890}'::json"_s, R"({"a": 1.00, "a": 12345678901234567890})", u"json"_s);
    row("jsonb", u"'{\"b\": 12345678901234567890.10}'::jsonb"_s, R"({"b": 12345678901234567890.10})", u"jsonb"_s);
    row("enum", u"'so so'::mood"_s, "so so", u"mood"_s);
    row("domain", u"1.5::score"_s, "1.50", u"numeric(5,2)"_s); // the server reports the base type of a domain
    row("composite", u"ROW(1,'x y')::pair"_s, "(1,\"x y\")", u"pair"_s);
    row("uuid", u"'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid"_s, "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", u"uuid"_s);
    row("bytea", u"'\\x00ff10'::bytea"_s, "\\x00ff10", u"bytea"_s);
    row("inet", u"'::1/64'::inet"_s, "::1/64", u"inet"_s);
    row("range", u"'[1,5)'::int4range"_s, "[1,5)", u"int4range"_s);
    row("10 MB", u"repeat('x', 10000000)"_s, QByteArray(10'000'000, 'x'), u"text"_s);
}

void tst_PostgresConnection::everyTypeComesAsTheServersOwnText()
{
    QFETCH(QString, expression);
    QFETCH(QByteArray, text);
    QFETCH(QString, type);
    auto connection = open();
    QVERIFY(connection);
    auto reader = connection->query(u"SELECT "_s + expression + u", NULL"_s);
    QVERIFY2(reader, qPrintable(reader ? QString() : reader.error().message));
    RowBlock block;
    QVERIFY((*reader)->read(block));
    QCOMPARE(block.rowCount(), 1);
    QCOMPARE(block.at(0, 0).type(), ValueType::Text);
    QVERIFY(block.at(0, 0).bytes() == text);
    QVERIFY(block.at(0, 1).isNull());
    QCOMPARE((*reader)->columns().at(0).typeName, type);
}

void tst_PostgresConnection::vectorsComeWhole()
{
    TestDatabase database(TestDatabase::vectorForOneSession());
    REQUIRE_DATABASE(database);
    QCOMPARE(database.execute(u"CREATE EXTENSION vector; CREATE TABLE v(e vector(3), h halfvec(3)); INSERT INTO v VALUES('[0.1,-2,3e-7]', '[1,2,3]')"_s),
             QString());
    auto connection = Connection::open(DatabaseUrl::parse(database.url()).value());
    QVERIFY(connection);
    auto reader = (*connection)->query(u"SELECT e, h FROM v"_s);
    QVERIFY(reader);
    RowBlock block;
    QVERIFY((*reader)->read(block));
    QCOMPARE(block.at(0, 0).bytes(), QByteArrayView("[0.1,-2,3e-07]"));
    QCOMPARE((*reader)->columns().at(0).typeName, u"vector(3)"_s);
    QCOMPARE((*reader)->columns().at(1).typeName, u"halfvec(3)"_s);
}

void tst_PostgresConnection::boundValuesArriveUnchanged_data()
{
    QTest::addColumn<QString>("type");
    QTest::addColumn<Value>("value");
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("integer") << u"bigint"_s << Value::integer(-9223372036854775807 - 1) << QByteArray("-9223372036854775808");
    QTest::newRow("text as numeric") << u"numeric"_s << Value::text(u"12345678901234567890.10") << QByteArray("12345678901234567890.10");
    QTest::newRow("real") << u"float8"_s << Value::real(0.1) << QByteArray("0.1");
    QTest::newRow("minus zero") << u"float8"_s << Value::real(-0.0) << QByteArray("-0");
    QTest::newRow("infinity") << u"float8"_s << Value::real(std::numeric_limits<double>::infinity()) << QByteArray("Infinity");
    QTest::newRow("text") << u"text"_s << Value::text(u"it's a \\ \"test\" é") << QByteArray("it's a \\ \"test\" é");
    QTest::newRow("uuid") << u"uuid"_s << Value::text(u"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11") << QByteArray("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11");
    QTest::newRow("blob") << u"bytea"_s << Value::blob(QByteArray("\x00\xFF\x10", 3)) << QByteArray("\\x00ff10");
    QTest::newRow("json") << u"json"_s << Value::text(u"{\"a\": 1.00}") << QByteArray("{\"a\": 1.00}");
}

void tst_PostgresConnection::boundValuesArriveUnchanged()
{
    QFETCH(QString, type);
    QFETCH(Value, value);
    QFETCH(QByteArray, text);
    const auto answer = open()->queryValue(u"SELECT ($1::%1)::text"_s.arg(type), {value});
    QVERIFY2(answer, qPrintable(answer ? QString() : answer.error().message));
    QCOMPARE(answer->bytes(), text);
    QCOMPARE(open()->queryValue(u"SELECT ($1::%1) IS NULL"_s.arg(type), {Value::null()}).value(), Value::text(u"t"));
}

void tst_PostgresConnection::aNulInATextIsRefusedBeforeItIsCut()
{
    const auto answer = open()->queryValue(u"SELECT $1::text"_s, {Value::text(QByteArray("a\0b", 3))});
    QVERIFY(!answer);
    QCOMPARE(answer.error().code, ErrorCode::InvalidInput);
}

void tst_PostgresConnection::namedParametersAreNumbered()
{
    auto connection = open();
    Parameters named;
    named.named[u"a"_s] = Value::integer(2);
    named.named[u"b"_s] = Value::text(u"x");
    const auto answer = connection->queryValue(u"SELECT (:a::int * 10 + :a::int)::text || :b || ':a' || '12:30'::time -- :c"_s, named);
    QVERIFY2(answer, qPrintable(answer ? QString() : answer.error().message));
    QCOMPARE(answer->bytes(), QByteArray("22x:a12:30:00"));
    const auto missing = connection->queryValue(u"SELECT :who::text"_s);
    QVERIFY(!missing);
    QVERIFY(missing.error().message.contains(u":who"));
}

void tst_PostgresConnection::jsonOperatorsWithQuestionMarksWork()
{
    QCOMPARE(open()->queryValue(u"SELECT '{\"a\":1}'::jsonb ? $1"_s, {Value::text(u"a")})->bytes(), QByteArray("t"));
}

void tst_PostgresConnection::errorPositionsPointIntoTheTextAsWritten()
{
    auto connection = open();
    const QString plain = u"SELECT '🐺狼', nosuch FROM t"_s;
    const auto first = connection->queryValue(plain);
    QVERIFY(!first);
    QCOMPARE(first.error().code, ErrorCode::Syntax);
    QCOMPARE(first.error().position, static_cast<int>(plain.indexOf(u"nosuch")));
    Parameters named;
    named.named[u"a_long_name"_s] = Value::integer(1);
    const QString withNames = u"SELECT :a_long_name::int, nosuch FROM t"_s;
    const auto second = connection->queryValue(withNames, named);
    QVERIFY(!second);
    QCOMPARE(second.error().position, static_cast<int>(withNames.indexOf(u"nosuch")));
}

void tst_PostgresConnection::aSecondStatementIsRefused()
{
    const auto answer = open(false)->execute(u"SELECT 1; DROP TABLE t"_s);
    QVERIFY(!answer);
    QCOMPARE(m_database.value(u"SELECT count(*) FROM t"_s), u"0"_s);
}

void tst_PostgresConnection::aReadOnlyConnectionRefusesToWrite()
{
    auto connection = open();
    const auto answer = connection->execute(u"INSERT INTO t VALUES(99, 'x')"_s);
    QVERIFY(!answer);
    QCOMPARE(answer.error().code, ErrorCode::ReadOnly);
    QVERIFY(open(false)->execute(u"INSERT INTO t VALUES(99, 'x')"_s));
    QCOMPARE(open(false)->execute(u"DELETE FROM t WHERE id = 99"_s)->rowsAffected, 1);
}

void tst_PostgresConnection::aReaderLeftEarlyFreesTheConnection()
{
    auto connection = open();
    {
        auto reader = connection->query(u"SELECT * FROM generate_series(1, 100000000)"_s);
        QVERIFY(reader);
        RowBlock block;
        QVERIFY((*reader)->read(block));
        QCOMPARE(block.at(1, 0).bytes(), QByteArrayView("2"));
        QVERIFY(!connection->query(u"SELECT 1"_s)); // one at a time, and it says so
    }
    QCOMPARE(connection->queryValue(u"SELECT 5"_s)->bytes(), QByteArray("5"));
    QVERIFY(!connection->isInTransaction());
}

void tst_PostgresConnection::aFailedStatementLeavesTheConnectionUsable()
{
    auto connection = open();
    const auto failed = connection->forEachRow(u"SELECT 10 / (5 - i) FROM generate_series(1, 10) i"_s, {}, [](const RowBlock &, int) { return true; });
    QVERIFY(!failed);
    QCOMPARE(failed.error().code, ErrorCode::Constraint); // division by zero, class 22
    QCOMPARE(connection->queryValue(u"SELECT 1"_s)->bytes(), QByteArray("1"));
}

void tst_PostgresConnection::scriptsRunWholeOrNotAtAll()
{
    auto connection = open(false);
    QVERIFY(!connection->executeScript(u"CREATE TABLE half(a int); INSERT INTO nowhere VALUES (1);"_s));
    QCOMPARE(m_database.value(u"SELECT to_regclass('half') IS NULL"_s), u"t"_s);
    QVERIFY(connection->executeScript(u"CREATE TABLE whole(a int); INSERT INTO whole VALUES (1); DROP TABLE whole"_s));
}

void tst_PostgresConnection::preparedStatementsRunOften()
{
    auto connection = open(false);
    QVERIFY(connection->begin());
    {
        auto insert = connection->prepare(u"INSERT INTO t VALUES($1, $2)"_s);
        QVERIFY(insert);
        for (int i = 0; i < 100; ++i) {
            const ValueRef values[] = {ValueRef::integer(i), i % 2 ? ValueRef::bytes(ValueType::Text, "odd", 3) : ValueRef()};
            QCOMPARE((*insert)->execute(values, 2)->rowsAffected, 1);
        }
        const ValueRef again[] = {ValueRef::integer(1), ValueRef()};
        const auto refused = (*insert)->execute(again, 2);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::Constraint);
    }
    connection->rollback();
    QVERIFY(!connection->isInTransaction());
    QCOMPARE(m_database.value(u"SELECT count(*) FROM t"_s), u"0"_s);
}

void tst_PostgresConnection::copyIsRefusedAndTheConnectionLives()
{
    auto connection = open(false);
    QCOMPARE(connection->execute(u"COPY t FROM stdin"_s).error().code, ErrorCode::Unsupported);
    QCOMPARE(connection->queryValue(u"SELECT 1"_s)->bytes(), QByteArray("1"));
    QCOMPARE(connection->execute(u"COPY (SELECT * FROM generate_series(1, 100000)) TO stdout"_s).error().code, ErrorCode::Unsupported);
    QCOMPARE(connection->queryValue(u"SELECT 1"_s)->bytes(), QByteArray("1"));
}

void tst_PostgresConnection::healthTellsWhatTheReferenceTestTells()
{
    const auto health = open()->health();
    QVERIFY(health);
    QVERIFY(health->ok);
    QCOMPARE(health->database, m_database.name());
    QVERIFY(health->version.startsWith(u"PostgreSQL "));
    QCOMPARE(health->host, u"127.0.0.1"_s);
    QVERIFY(health->port > 0);
    QVERIFY(!health->extensions.filter(u"plpgsql"_s).isEmpty());
}

void tst_PostgresConnection::wrongPasswordsNeverShowUp()
{
    DatabaseUrl url = DatabaseUrl::parse(m_database.url()).value();
    url.setPassword(u"wrong-s3cret"_s);
    const auto opened = Connection::open(url);
    QVERIFY(!opened);
    QCOMPARE(opened.error().code, ErrorCode::Permission);
    QVERIFY(!opened.error().message.contains(u"s3cret") && !opened.error().detail.contains(u"s3cret"));
}

void tst_PostgresConnection::unreachableServersSaySo()
{
    const auto opened = Connection::open(DatabaseUrl::parse(u"postgresql://nobody:s3cret@127.0.0.1:1/nothing"_s).value());
    QVERIFY(!opened);
    QCOMPARE(opened.error().code, ErrorCode::Connection);
    QVERIFY2(opened.error().message.contains(u"127.0.0.1"), qPrintable(opened.error().message));
    QVERIFY(!opened.error().message.contains(u"s3cret") && !opened.error().detail.contains(u"s3cret"));
}

void tst_PostgresConnection::missingDatabasesSaySo()
{
    const auto opened = Connection::open(DatabaseUrl::parse(m_database.urlOf(u"no_such_database"_s)).value());
    QVERIFY(!opened);
    QCOMPARE(opened.error().code, ErrorCode::NotFound);
}

QTEST_GUILESS_MAIN(tst_PostgresConnection)
#include "tst_postgresconnection.moc"
