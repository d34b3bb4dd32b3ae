// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/transfer/jsonformat.h"

#include "models/transfer/bytescan.h"
#include "models/transfer/jsonscanner.h"

#include <QTest>

#include <memory>

using namespace turnstone;
using namespace Qt::StringLiterals;

/// Long texts are gone through 64 and 16 bytes at a time, so everything is tried at each place of texts about as long.
class tst_JsonFormat : public QObject
{
    Q_OBJECT

private slots:
    void eachSpecialByteIsFoundAtEachPlace();
    void aHighByteIsSeenAtEachPlace();
    void whatIsBeforeASpecialByteIsCopied();
    void eachByteIsEscapedAtEachPlace();
    void twoEscapesAreWrittenWhereverTheyStand();
    void badUtf8IsReportedAtEachPlace_data();
    void badUtf8IsReportedAtEachPlace();
    void goodUtf8StaysAtEachPlace();
    void embeddedDocumentsAreCheckedAtEachPlace();
    void embeddedJsonKeepsEveryToken_data();
    void embeddedJsonKeepsEveryToken();
    void integersAreWrittenWhole();

private:
    static constexpr qsizetype longest = 150; // two pieces of 64, one of 16, and a rest

    /// The text of one row in JSON Lines; `type` is the column's.
    static QByteArray line(const ValueRef &value, const QString &type, std::vector<RowFormat::Undecodable> *undecodable = nullptr, bool jsonAsText = false)
    {
        ResultColumn column;
        column.name = u"c"_s;
        column.typeName = type;
        FormatOptions options;
        options.format = u"jsonl"_s;
        options.jsonAsText = jsonAsText;
        const auto format = RowFormat::make(options, {column}, Engine::Sqlite);
        OutputBuffer out;
        format->append(out, &value);
        if (undecodable)
            *undecodable = format->takeUndecodable();
        return out.view().toByteArray();
    }
    static QByteArray line(const QByteArray &text, const QString &type = u"TEXT"_s, std::vector<RowFormat::Undecodable> *undecodable = nullptr)
    {
        // Of exactly its size, so that a byte too many that is looked at is found by sanitizers.
        const std::unique_ptr<char[]> own(new char[static_cast<std::size_t>(text.size())]);
        std::copy(text.begin(), text.end(), own.get());
        return line(ValueRef::bytes(ValueType::Text, own.get(), text.size()), type, undecodable);
    }
    static QByteArray escaped(char c)
    {
        switch (c) {
        case '"': return "\\\"";
        case '\\': return "\\\\";
        case '\b': return "\\b";
        case '\f': return "\\f";
        case '\n': return "\\n";
        case '\r': return "\\r";
        case '\t': return "\\t";
        default: break;
        }
        return static_cast<unsigned char>(c) < 0x20 ? "\\u00" + QByteArray::number(c, 16).rightJustified(2, '0') : QByteArray(1, c);
    }
    static QByteArray object(const QByteArray &value) { return "{\"c\":" + value + "}\n"; }
};

void tst_JsonFormat::eachSpecialByteIsFoundAtEachPlace()
{
    for (qsizetype size = 0; size <= longest; ++size) {
        const QByteArray plain(size, 'x');
        bool high = false;
        QCOMPARE(bytescan::find(plain.begin(), plain.end(), high, bytescan::JsonMatch()), plain.end());
        for (qsizetype place = 0; place < size; ++place) {
            QByteArray text = plain;
            text[size - 1] = ','; // a later one, which is not the first
            text[place] = '"';
            const char *const expected = text.constData() + place;
            QCOMPARE(bytescan::find(text.constBegin(), text.constEnd(), high, bytescan::JsonMatch()), expected);
            QCOMPARE(bytescan::find(text.constBegin(), text.constEnd(), high, bytescan::ByteMatch('"')), expected);
            QCOMPARE(bytescan::find(text.constBegin(), text.constEnd(), high, bytescan::CsvMatch(',')), expected);
        }
        QVERIFY(!high);
    }
}

void tst_JsonFormat::aHighByteIsSeenAtEachPlace()
{
    for (qsizetype size = 1; size <= longest; ++size) {
        for (qsizetype place = 0; place < size; ++place) {
            QByteArray text(size, 'x');
            text[place] = '\x80';
            bool high = false;
            QCOMPARE(bytescan::find(text.constBegin(), text.constEnd(), high, bytescan::JsonMatch()), text.constEnd());
            QVERIFY(high);
        }
    }
}

void tst_JsonFormat::whatIsBeforeASpecialByteIsCopied()
{
    for (qsizetype size = 0; size <= longest; ++size) {
        for (qsizetype place = 0; place <= size; ++place) {
            QByteArray text(size, 'x');
            for (qsizetype i = 0; i < size; ++i)
                text[i] = static_cast<char>('a' + i % 23);
            if (place < size)
                text[place] = '"';
            const std::unique_ptr<char[]> out(new char[static_cast<std::size_t>(size)]); // its size: see line()
            bool high = false;
            const char *const found = bytescan::copy(text.constBegin(), text.constEnd(), out.get(), high, bytescan::ByteMatch('"'));
            QCOMPARE(found - text.constBegin(), place);
            QVERIFY(std::equal(text.constBegin(), found, out.get()));
            QVERIFY(!high);
        }
    }
}

void tst_JsonFormat::eachByteIsEscapedAtEachPlace()
{
    for (const qsizetype size : {1, 15, 16, 17, 31, 63, 64, 65, 80, 127, 128, 129}) {
        for (qsizetype place = 0; place < size; ++place) {
            for (int byte = 0; byte < 0x80; ++byte) {
                QByteArray text(size, 'x');
                text[place] = static_cast<char>(byte);
                const QByteArray expected = object('"' + QByteArray(place, 'x') + escaped(static_cast<char>(byte)) + QByteArray(size - place - 1, 'x') + '"');
                if (line(text) != expected)
                    QCOMPARE(line(text), expected);
            }
        }
    }
}

void tst_JsonFormat::twoEscapesAreWrittenWhereverTheyStand()
{
    for (qsizetype first = 0; first < longest; ++first) {
        for (qsizetype second = first + 1; second < longest; ++second) {
            QByteArray text(longest, 'x');
            text[first] = '\x01';
            text[second] = '\n';
            const QByteArray expected = object('"' + text.left(first) + "\\u0001" + text.mid(first + 1, second - first - 1) + "\\n" + text.mid(second + 1) + '"');
            if (line(text) != expected)
                QCOMPARE(line(text), expected);
        }
    }
}

void tst_JsonFormat::badUtf8IsReportedAtEachPlace_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("a byte that goes on with nothing") << QByteArray("\x80");
    QTest::newRow("a byte that is never") << QByteArray("\xff");
    QTest::newRow("cut off") << QByteArray("\xe2\x82");
    QTest::newRow("longer than need be") << QByteArray("\xc0\xaf");
    QTest::newRow("a lone surrogate") << QByteArray("\xed\xa0\x80");
    QTest::newRow("beyond the last character") << QByteArray("\xf4\x90\x80\x80");
}

void tst_JsonFormat::badUtf8IsReportedAtEachPlace()
{
    QFETCH(const QByteArray, bytes);
    for (qsizetype size = bytes.size(); size <= longest; ++size) {
        for (qsizetype place = 0; place + bytes.size() <= size; ++place) {
            const QByteArray text = QByteArray(place, 'x') + bytes + QByteArray(size - place - bytes.size(), 'x');
            for (const QString &type : {u"TEXT"_s, u"JSON"_s}) {
                std::vector<RowFormat::Undecodable> undecodable;
                const QByteArray written = line(text, type, &undecodable);
                if (written != object('"' + text.toBase64() + '"') || undecodable.size() != 1)
                    QFAIL(qPrintable(u"%1 of %2 as %3"_s.arg(place).arg(size).arg(type)));
                QCOMPARE(undecodable.front().row, 0);
                QCOMPARE(undecodable.front().column, 0);
            }
        }
    }
}

void tst_JsonFormat::goodUtf8StaysAtEachPlace()
{
    for (const QByteArray &bytes : {QByteArray("\xc3\xa9"), QByteArray("\xe2\x82\xac"), QByteArray("\xf0\x9f\x99\x82"), QByteArray("\xf4\x8f\xbf\xbf")}) {
        for (qsizetype place = 0; place < longest; ++place) {
            const QByteArray text = QByteArray(place, 'x') + bytes + QByteArray(longest - place, 'x');
            std::vector<RowFormat::Undecodable> undecodable;
            QCOMPARE(line(text, u"TEXT"_s, &undecodable), object('"' + text + '"'));
            QVERIFY(undecodable.empty());
        }
    }
}

void tst_JsonFormat::embeddedDocumentsAreCheckedAtEachPlace()
{
    for (qsizetype place = 0; place < longest; ++place) {
        const QByteArray before = "{\"k\": \"" + QByteArray(place, 'x');
        const QByteArray after = QByteArray(longest - place, 'x') + "\"}";
        for (const char *good : {"\\n", "\\u00e9", "\\ud800", "\\\"", "\\\\", "\xe2\x82\xac"})
            QCOMPARE(line(before + good + after, u"JSON"_s), object(before + good + after));
        for (const char *bad : {"\n", "\\x", "\\u12g4", "\"", "\x01"}) {
            const QByteArray text = before + bad + after;
            QVERIFY2(line(text, u"JSON"_s).startsWith("{\"c\":\"{\\\"k\\\""), text.constData());
        }
        // Cut off anywhere it is no document, and is written as the string that it is.
        QVERIFY(line(before, u"JSON"_s).startsWith("{\"c\":\"{\\\"k\\\""));
    }
}

void tst_JsonFormat::embeddedJsonKeepsEveryToken_data()
{
    QTest::addColumn<QByteArray>("document");
    QTest::addColumn<QByteArray>("written");
    const auto same = [](const char *name, const QByteArray &document) { QTest::newRow(name) << document << document; };
    same("big numbers", "[123456789012345678901234567890, -0, 1E400, 0.10, 1.0e-7]");
    same("names that occur twice", R"({"a":1,"a":2})");
    same("escapes of surrogates", R"(["\ud83d\ude42","\ud83d"])");
    same("as deep as may be", QByteArray(JsonScanner::maxDepth, '[') + QByteArray(JsonScanner::maxDepth, ']'));
    QTest::newRow("too deep") << QByteArray(JsonScanner::maxDepth + 1, '[') + QByteArray(JsonScanner::maxDepth + 1, ']')
                              << '"' + QByteArray(JsonScanner::maxDepth + 1, '[') + QByteArray(JsonScanner::maxDepth + 1, ']') + '"';
    QTest::newRow("lines") << QByteArray("{\n \"a\":\r\n 1}\n") << QByteArray("{  \"a\":   1}");
    QTest::newRow("a number with a zero too many") << QByteArray("[007]") << QByteArray("\"[007]\"");
    QTest::newRow("more than one") << QByteArray("{} {}") << QByteArray("\"{} {}\"");
}

void tst_JsonFormat::embeddedJsonKeepsEveryToken()
{
    QFETCH(const QByteArray, document);
    QFETCH(const QByteArray, written);
    QCOMPARE(line(document, u"JSON"_s), object(written));
    OutputBuffer asText;
    QVERIFY(appendJsonString(asText, document));
    QCOMPARE(line(ValueRef::bytes(ValueType::Text, document.constData(), document.size()), u"JSON"_s, nullptr, true), object(asText.view().toByteArray()));
}

void tst_JsonFormat::integersAreWrittenWhole()
{
    for (const std::int64_t value : {std::int64_t(0), std::int64_t(-1), std::int64_t(9'007'199'254'740'993), std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()}) {
        for (const QString &type : {u"INTEGER"_s, u"JSON"_s, u"DATETIME"_s})
            QCOMPARE(line(ValueRef::integer(value), type), object(QByteArray::number(static_cast<qlonglong>(value))));
    }
}

QTEST_APPLESS_MAIN(tst_JsonFormat)
#include "tst_jsonformat.moc"
