// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/core/jsonwriter.h"

#include <QJsonDocument>
#include <QTest>

#include <cmath>
#include <limits>

using namespace turnstone;

class tst_JsonWriter : public QObject
{
    Q_OBJECT

private slots:
    void commasAndKeysArePlaced();
    void indentedOutputBreaksLines();
    void numberTokensKeepEveryDigit();
    void realsReadBackEqual_data();
    void realsReadBackEqual();
    void stringsEscapeWhatJsonForbids();
    void bytesThatAreNoTextBecomeReplacementCharacters();
    void numberTokensAreToldFromOtherText_data();
    void numberTokensAreToldFromOtherText();
};

void tst_JsonWriter::commasAndKeysArePlaced()
{
    QByteArray out;
    JsonWriter json(out);
    json.beginObject();
    json.key(u"a");
    json.integer(1);
    json.key(u"b");
    json.beginArray();
    json.null();
    json.boolean(true);
    json.beginObject();
    json.endObject();
    json.endArray();
    json.endObject();
    QCOMPARE(out, QByteArray(R"({"a":1,"b":[null,true,{}]})"));
}

void tst_JsonWriter::indentedOutputBreaksLines()
{
    QByteArray out;
    JsonWriter json(out, 2);
    json.beginObject();
    json.key(u"a");
    json.beginArray();
    json.integer(1);
    json.integer(2);
    json.endArray();
    json.key(u"empty");
    json.beginArray();
    json.endArray();
    json.endObject();
    QCOMPARE(out, QByteArray("{\n  \"a\": [\n    1,\n    2\n  ],\n  \"empty\": []\n}"));
}

void tst_JsonWriter::numberTokensKeepEveryDigit()
{
    QByteArray out;
    JsonWriter json(out);
    json.beginArray();
    json.raw("123456789012345678901234567890.00");
    json.integer(std::numeric_limits<std::int64_t>::min());
    json.endArray();
    QCOMPARE(out, QByteArray("[123456789012345678901234567890.00,-9223372036854775808]"));
}

void tst_JsonWriter::realsReadBackEqual_data()
{
    QTest::addColumn<double>("value");
    QTest::addColumn<QByteArray>("token");
    QTest::newRow("tenth") << 0.1 << QByteArray("0.1");
    QTest::newRow("whole") << 25.0 << QByteArray("25.0");
    QTest::newRow("minus zero") << -0.0 << QByteArray("-0.0");
    QTest::newRow("smallest") << 5e-324 << QByteArray("5e-324");
    QTest::newRow("largest") << std::numeric_limits<double>::max() << QByteArray("1.7976931348623157e+308");
    QTest::newRow("third") << 25.0 / 3.0 << QByteArray("8.333333333333334");
}

void tst_JsonWriter::realsReadBackEqual()
{
    QFETCH(double, value);
    QFETCH(QByteArray, token);
    QCOMPARE(JsonWriter::realToken(value), token);
    const double back = std::strtod(token.constData(), nullptr);
    QCOMPARE(std::signbit(back), std::signbit(value));
    QVERIFY(back == value);
}

void tst_JsonWriter::stringsEscapeWhatJsonForbids()
{
    QByteArray out;
    JsonWriter::appendQuoted(out, QByteArrayView("a\"\\\n\t\x01\0z\x7F é", 12));
    QCOMPARE(out, QByteArray("\"a\\\"\\\\\\n\\t\\u0001\\u0000z\\u007f é\""));
    const auto parsed = QJsonDocument::fromJson("[" + out + "]");
    QCOMPARE(parsed[0].toString().toUtf8(), QByteArray("a\"\\\n\t\x01\0z\x7F é", 12));
}

void tst_JsonWriter::bytesThatAreNoTextBecomeReplacementCharacters()
{
    QByteArray out;
    JsonWriter::appendQuoted(out, "x\xFF\xC0\x80\xED\xA0\x80y");
    QCOMPARE(QString::fromUtf8(out).count(QChar(0xFFFD)), 6);
    QVERIFY(out.startsWith("\"x") && out.endsWith("y\""));
}

void tst_JsonWriter::numberTokensAreToldFromOtherText_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("number");
    for (const char *yes : {"0", "-0", "12", "1.50", "1e9", "-1.5E-10", "123456789012345678901234567890"})
        QTest::newRow(yes) << QByteArray(yes) << true;
    for (const char *no : {"", "-", "01", "1.", ".5", "1e", "+1", "NaN", "Infinity", "1 ", "0x1"})
        QTest::newRow(*no ? no : "empty") << QByteArray(no) << false;
}

void tst_JsonWriter::numberTokensAreToldFromOtherText()
{
    QFETCH(QByteArray, text);
    QFETCH(bool, number);
    QCOMPARE(JsonWriter::isNumberToken(text), number);
}

QTEST_APPLESS_MAIN(tst_JsonWriter)
#include "tst_jsonwriter.moc"
