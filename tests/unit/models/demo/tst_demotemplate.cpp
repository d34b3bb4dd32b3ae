// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/demo/demotemplate.h"

#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

namespace {

/// A record of the fields name, number, ratio, missing, when and items(label).
DemoTemplate::Place find(const QByteArray &name, int list)
{
    if (list == 5 && name == "label")
        return {0, true};
    static const QList<QByteArray> fields{"name", "number", "ratio", "missing", "when", "items"};
    return {static_cast<int>(fields.indexOf(name)), false};
}

} // namespace

class TestDemoTemplate : public QObject
{
    Q_OBJECT

private slots:
    void writesWhatTheApplicationWouldWrite_data();
    void writesWhatTheApplicationWouldWrite();
    void wrongPlacesAreRefused_data();
    void wrongPlacesAreRefused();
};

void TestDemoTemplate::writesWhatTheApplicationWouldWrite_data()
{
    QTest::addColumn<QByteArray>("pattern");
    QTest::addColumn<bool>("python");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("python escapes") << QByteArray("{'a': ${name}}") << true << QByteArray(R"({"a": "caf\u00e9 \ud83d\ude42 \"x\"\n"})");
    QTest::newRow("javascript keeps") << QByteArray("{'a':${name}}") << false << QByteArray("{\"a\":\"caf\xc3\xa9 \xf0\x9f\x99\x82 \\\"x\\\"\\n\"}");
    QTest::newRow("whole reals in python") << QByteArray("${ratio}") << true << QByteArray("2.0");
    QTest::newRow("whole reals in javascript") << QByteArray("${ratio}") << false << QByteArray("2");
    QTest::newRow("null") << QByteArray("[${missing}, ${number}]") << true << QByteArray("[null, 42]");
    QTest::newRow("number as key") << QByteArray("{${number|quoted}: 1}") << true << QByteArray("{\"42\": 1}");
    QTest::newRow("lists in python") << QByteArray("[${*items}{'n': ${number}, 'l': ${label}}${/}]") << true
                                     << QByteArray(R"([{"n": 42, "l": "one"}, {"n": 42, "l": "two"}])");
    QTest::newRow("lists in javascript") << QByteArray("[${*items}${label}${/}]") << false << QByteArray(R"(["one","two"])");
    QTest::newRow("json within json") << QByteArray("{'m':${^}[${*items}${label}${/}]${/}}") << false << QByteArray(R"({"m":"[\"one\",\"two\"]"})");
    QTest::newRow("only if there") << QByteArray("{${?missing}'m': ${missing}${/}${?number}'n': ${number}${/}}") << true << QByteArray(R"({"n": 42})");
    QTest::newRow("iso time") << QByteArray("${when|iso}") << false << QByteArray("\"2025-10-21T09:14:00.123Z\"");
    QTest::newRow("epoch") << QByteArray("${when|epoch}") << true << QByteArray("1761038040");
}

void TestDemoTemplate::writesWhatTheApplicationWouldWrite()
{
    QFETCH(QByteArray, pattern);
    QFETCH(bool, python);
    QFETCH(QByteArray, expected);
    DemoList items(1);
    items.add({DemoCell::text("one")});
    items.add({DemoCell::text("two")});
    const DemoCell record[] = {DemoCell::text("caf\xc3\xa9 \xf0\x9f\x99\x82 \"x\"\n"), DemoCell::integer(42), DemoCell::real(2.0),
                               DemoCell(), DemoCell::time(1'761'038'040'123'456), DemoCell::list(items)};
    const auto parsed = DemoTemplate::parse(pattern, DemoTemplate::Syntax::Json, python ? JsonStyle::Python : JsonStyle::JavaScript, 1, find);
    QVERIFY2(parsed, qPrintable(parsed ? QString() : parsed.error().message));
    QByteArray out;
    parsed->append(out, record);
    QCOMPARE(out, expected);
}

void TestDemoTemplate::wrongPlacesAreRefused_data()
{
    QTest::addColumn<QByteArray>("pattern");
    QTest::newRow("unknown field") << QByteArray("${nobody}");
    QTest::newRow("unknown format") << QByteArray("${name|fancy}");
    QTest::newRow("inner field outside of its list") << QByteArray("${label}");
    QTest::newRow("open group") << QByteArray("${*items}x");
    QTest::newRow("closed too often") << QByteArray("x${/}");
    QTest::newRow("no end") << QByteArray("x${name");
}

void TestDemoTemplate::wrongPlacesAreRefused()
{
    QFETCH(QByteArray, pattern);
    const auto parsed = DemoTemplate::parse(pattern, DemoTemplate::Syntax::Json, JsonStyle::Python, 1, find);
    QVERIFY(!parsed);
    QCOMPARE(parsed.error().code, ErrorCode::Syntax);
}

QTEST_GUILESS_MAIN(TestDemoTemplate)
#include "tst_demotemplate.moc"
