// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/json/jsonindex.h"

#include <QElapsedTimer>
#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

class TestJsonIndex : public QObject
{
    Q_OBJECT

private slots:
    void numbersKeepTheirTextAndKeysMayRepeat()
    {
        const auto index = JsonIndex::build(" {\"a\" : 1.10e+0, \"a\":12345678901234567890123 ,\"\\u00e9\\n\":[ ],\"s\":\"}]\\\",\" } ");
        QVERIFY(index);
        const JsonChildren all = index->children(index->root(), 0, 100);
        QCOMPARE(all.nodes.size(), 4u);
        QCOMPARE(all.next, -1);
        QCOMPARE(index->key(all.nodes[0]), u"a"_s);
        QCOMPARE(index->text(all.nodes[0]), "1.10e+0");
        QCOMPARE(index->key(all.nodes[1]), u"a"_s);
        QCOMPARE(index->text(all.nodes[1]), "12345678901234567890123");
        QCOMPARE(index->key(all.nodes[2]), u"é\n"_s);
        QVERIFY(index->children(all.nodes[2], 0, 10).nodes.empty());
        QCOMPARE(JsonIndex::decoded(index->text(all.nodes[3])), u"}]\","_s);
    }

    void childrenComeInPages()
    {
        const auto index = JsonIndex::build("[0,[1,2] , {\"x\":3},4]");
        QVERIFY(index);
        const JsonChildren first = index->children(index->root(), 0, 3);
        QCOMPARE(first.nodes.size(), 3u);
        QCOMPARE(index->text(first.nodes[2]), "{\"x\":3}");
        const JsonChildren rest = index->children(index->root(), first.next, 3);
        QCOMPARE(rest.nodes.size(), 1u);
        QCOMPARE(index->text(rest.nodes[0]), "4");
        QCOMPARE(rest.next, -1);
    }

    void scalarsAreDocuments_data()
    {
        QTest::addColumn<QByteArray>("json");
        for (const char *json : {"1", "-0.5E-3", "true", "null", "\"\"", "[]", "{}", "[[],{}]"})
            QTest::newRow(json) << QByteArray(json);
    }
    void scalarsAreDocuments()
    {
        QFETCH(QByteArray, json);
        const auto index = JsonIndex::build(json);
        QVERIFY(index);
        QCOMPARE(index->text(index->root()), json);
    }

    void wrongBytesAreNamed_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<int>("offset");
        QTest::newRow("empty") << QByteArray() << 0;
        QTest::newRow("trailing comma") << QByteArray("[1,]") << 3;
        QTest::newRow("leading zero") << QByteArray("[01]") << 2;
        QTest::newRow("open") << QByteArray("{\"a\":[1") << 7;
        QTest::newRow("crossed") << QByteArray("[1}") << 2;
        QTest::newRow("no key") << QByteArray("{1:2}") << 1;
        QTest::newRow("two documents") << QByteArray("1 2") << 2;
        QTest::newRow("NUL") << QByteArray("[\0]", 3) << 1;
        QTest::newRow("NUL in text") << QByteArray("[\"a\0\"]", 6) << 3;
        QTest::newRow("escape of NUL") << QByteArray("[\"\\\0\"]", 6) << 3;
        QTest::newRow("unknown escape") << QByteArray("\"\\x\"") << 2;
        QTest::newRow("half an escape") << QByteArray("\"\\u12\"") << 5;
    }
    void wrongBytesAreNamed()
    {
        QFETCH(QByteArray, json);
        QFETCH(int, offset);
        const auto index = JsonIndex::build(json);
        QVERIFY(!index);
        QCOMPARE(index.error().code, ErrorCode::Syntax);
        QCOMPARE(index.error().position, offset);
    }

    void lineAndColumnAreCounted()
    {
        const auto index = JsonIndex::build("{\n \"a\": 1,\n \"b\" 2}");
        QVERIFY(!index);
        QVERIFY2(index.error().message.contains(u"line 3, column 6"_s), qPrintable(index.error().message));
    }

    void invalidUtf8IsShownAndKept()
    {
        const auto index = JsonIndex::build("[\"\xff\"]");
        QVERIFY(index);
        const JsonItem node = index->children(index->root(), 0, 1).nodes.front();
        QCOMPARE(index->text(node), "\"\xff\"");
        QCOMPARE(JsonIndex::decoded(index->text(node)), QString(QChar::ReplacementCharacter));
    }

    void deepNestingNeedsNoStack()
    {
        const auto index = JsonIndex::build(QByteArray(100'000, '[') + QByteArray(100'000, ']'));
        QVERIFY(index);
        int depth = 1;
        for (JsonChildren level = index->children(index->root(), 0, 2); !level.nodes.empty(); level = index->children(level.nodes.front(), 0, 2))
            ++depth;
        QCOMPARE(depth, 100'000);
        QVERIFY(!JsonIndex::build(QByteArray(100'000, '[')));
    }

    void aBigDocumentReportsAndCancels()
    {
        QByteArray json = "[";
        while (json.size() < 20'000'000)
            json += "{\"model\":\"m\",\"tokens\":[1,2.50,3],\"text\":\"line\\nline\"},";
        json += "null]";
        qsizetype reported = 0;
        QElapsedTimer timer;
        timer.start();
        const auto index = JsonIndex::build(json, {}, [&reported](qsizetype at) { reported = at; });
        qInfo("%lld bytes indexed in %lld ms", static_cast<long long>(json.size()), static_cast<long long>(timer.elapsed()));
        QVERIFY(index);
        QVERIFY(reported > 18'000'000);
        QCOMPARE(index->root().length, json.size());
        std::stop_source stop;
        const auto cancelled = JsonIndex::build(json, stop.get_token(), [&stop](qsizetype) { stop.request_stop(); });
        QVERIFY(!cancelled);
        QCOMPARE(cancelled.error().code, ErrorCode::Cancelled);
    }
};

QTEST_GUILESS_MAIN(TestJsonIndex)
#include "tst_jsonindex.moc"
