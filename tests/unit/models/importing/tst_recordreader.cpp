// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/importing/recordreader.h"
#include "tests/fuzz/importinvariants.h"
#include "tests/fuzz/mutations.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

/// Files as bad as they come: each is read right, or refused with the line and the column of its mistake.
class tst_RecordReader : public QObject
{
    Q_OBJECT

private slots:
    void adversarialCsv_data();
    void adversarialCsv();
    void adversarialJson_data();
    void adversarialJson();
    void aHugeFieldIsReadWhole();
    void tenThousandColumnsAreRead();
    void rowsAreCutAnywhereByTheBuffer();
    void linesAreCountedThroughQuotedBreaks();
    void keysThatComeLaterAreRefusedOrCollected();
    void mutatedFilesNeverBreakTheReaders();

private:
    QString written(const QByteArray &bytes, const QString &name)
    {
        const QString path = m_folder.filePath(name);
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
            return {};
        return path;
    }
    /// Rows as "a|b;c|d", NULL as ~; or the error from "line" on.
    static QString read(const QString &path, const ReadOptions &options)
    {
        auto reader = RecordReader::open(path, options);
        if (!reader)
            return reader.error().message.section(u"line "_s, 1);
        QStringList rows;
        RecordBlock block;
        for (bool more = true; more;) {
            const Result<bool> got = (*reader)->read(block);
            for (int row = 0; row < block.rows.rowCount(); ++row) {
                QStringList cells;
                for (int i = 0; i < block.rows.columnCount(); ++i)
                    cells.append(block.rows.at(row, i).isNull() ? u"~"_s : Value(block.rows.at(row, i)).toDisplayText());
                rows.append(cells.join(u'|'));
            }
            if (!got)
                return got.error().message.section(u"line "_s, 1);
            more = *got;
        }
        return rows.join(u';');
    }

    QTemporaryDir m_folder;
};

void tst_RecordReader::adversarialCsv_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("expected");
    QTest::newRow("plain") << QByteArray("a,b\n1,2\n") << u"1|2"_s;
    QTest::newRow("no line end at the end") << QByteArray("a,b\n1,2") << u"1|2"_s;
    QTest::newRow("CR LF") << QByteArray("a,b\r\n1,2\r\n") << u"1|2"_s;
    QTest::newRow("CR alone ends lines") << QByteArray("a,b\r1,2\r3,4\r") << u"1|2;3|4"_s;
    QTest::newRow("a lone CR in a field") << QByteArray("a,b\n1,x\ry\n") << u"2, column 4: a carriage return stands alone; put the field in quotes."_s;
    QTest::newRow("a CR in quotes") << QByteArray("a,b\n1,\"x\ry\"\n") << u"1|x\ry"_s;
    QTest::newRow("mixed line ends") << QByteArray("a,b\r\n1,2\n3,4\r\n") << u"1|2;3|4"_s;
    QTest::newRow("byte order mark") << QByteArray("\xEF\xBB\xBF" "a,b\n1,2\n") << u"1|2"_s;
    QTest::newRow("byte order mark before a quote") << QByteArray("\xEF\xBB\xBF\"a\",b\n1,2\n") << u"1|2"_s;
    QTest::newRow("UTF-16") << QByteArray("\xFF\xFE" "a\0,\0", 6) << u"1, column 1: the file is UTF-16; save it as UTF-8."_s;
    QTest::newRow("empty file") << QByteArray() << u"1, column 1: the file is empty."_s;
    QTest::newRow("only a mark") << QByteArray("\xEF\xBB\xBF") << u"1, column 1: the file is empty."_s;
    QTest::newRow("only a header") << QByteArray("a,b\n") << QString();
    QTest::newRow("a doubled quote") << QByteArray("a\n\"x\"\"y\"\n") << u"x\"y"_s;
    QTest::newRow("quotes alone") << QByteArray("a\n\"\"\"\"\n") << u"\""_s;
    QTest::newRow("empty in quotes is no NULL") << QByteArray("a,b\n\"\",\n") << u"|~"_s;
    QTest::newRow("a quote inside a plain field") << QByteArray("a,b\n5\" pipe,2\n") << u"5\" pipe|2"_s;
    QTest::newRow("text after a closing quote") << QByteArray("a,b\n\"x\"y,2\n") << u"2, column 4: text follows a closing quote."_s;
    QTest::newRow("space after a closing quote") << QByteArray("a,b\n\"x\" ,2\n") << u"2, column 4: text follows a closing quote."_s;
    QTest::newRow("an open quote") << QByteArray("a,b\n1,\"x\n2,3\n") << u"2, column 3: the quote that begins here has no end."_s;
    QTest::newRow("an open quote at the end") << QByteArray("a,b\n1,\"") << u"2, column 3: the quote that begins here has no end."_s;
    QTest::newRow("too few fields") << QByteArray("a,b,c\n1,2,3\n1,2\n") << u"3, column 4: the row has 2 fields, the first line has 3."_s;
    QTest::newRow("too many fields") << QByteArray("a,b\n1,2,3\n") << u"2, column 5: the row has 3 fields, the first line has 2."_s;
    QTest::newRow("a name twice") << QByteArray("a,b,a\n1,2,3\n") << u"1, column 5: the name a occurs twice."_s;
    QTest::newRow("a column without a name") << QByteArray("a,,b\n1,2,3\n") << u"1, column 3: a column has no name."_s;
    QTest::newRow("a blank line between rows") << QByteArray("a,b\n1,2\n\n3,4\n") << u"1|2;3|4"_s;
    QTest::newRow("a blank line of one column is NULL") << QByteArray("a\nx\n\ny\n") << u"x;~;y"_s;
    QTest::newRow("a separator at the end") << QByteArray("a,b\n1,\n") << u"1|~"_s;
    QTest::newRow("a separator at the end of the file") << QByteArray("a,b\n1,") << u"1|~"_s;
    QTest::newRow("semicolons are guessed") << QByteArray("a;b\n1;2,5\n") << u"1|2,5"_s;
    QTest::newRow("tabs are guessed") << QByteArray("a\tb\n1\t2\n") << u"1|2"_s;
    QTest::newRow("a separator in a quoted name") << QByteArray("\"a,b\",c\n1,2\n") << u"1|2"_s;
    QTest::newRow("no UTF-8") << QByteArray("a,b\n1,x\xFFy\n") << u"2, column 3: the field is not UTF-8."_s;
    QTest::newRow("cut in a character") << QByteArray("a\n\xC3") << u"2, column 1: the field is not UTF-8."_s;
    QTest::newRow("characters count as one column") << QByteArray("a,b\n\xC3\xA4\xC3\xA4,\"x\"y\n") << u"2, column 7: text follows a closing quote."_s;
    QTest::newRow("NUL bytes") << QByteArray("a,b\n1,x\0y\n", 10) << u"1|x"_s + QChar(u'\0') + u"y"_s;
    QTest::newRow("leading zeros stay") << QByteArray("a\n007\n") << u"007"_s;
    QTest::newRow("big numbers stay") << QByteArray("a\n123456789012345678901234567890.10\n") << u"123456789012345678901234567890.10"_s;
    QTest::newRow("spaces stay") << QByteArray("a,b\n x , y \n") << u" x | y "_s;
    QTest::newRow("break in quotes") << QByteArray("a,b\n\"x\n\ny\",2\n3,4\n") << u"x\n\ny|2;3|4"_s;
}

void tst_RecordReader::adversarialCsv()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, expected);
    QCOMPARE(read(written(bytes, u"a.csv"_s), {}), expected);
}

void tst_RecordReader::adversarialJson_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("expected");
    QTest::newRow("an array") << QByteArray("[{\"a\":1,\"b\":\"x\"},{\"a\":null,\"b\":\"\"}]") << u"1|x;~|"_s;
    QTest::newRow("lines") << QByteArray("{\"a\":1}\n{\"a\":2}\n") << u"1;2"_s;
    QTest::newRow("lines without an end") << QByteArray("{\"a\":1}\n{\"a\":2}") << u"1;2"_s;
    QTest::newRow("an empty array") << QByteArray("[]") << QString();
    QTest::newRow("nothing") << QByteArray("  \n ") << QString();
    QTest::newRow("byte order mark") << QByteArray("\xEF\xBB\xBF[{\"a\":1}]") << u"1"_s;
    QTest::newRow("keys in any order") << QByteArray("{\"a\":1,\"b\":2}\n{\"b\":3,\"a\":4}\n") << u"1|2;4|3"_s;
    QTest::newRow("a key that is lacking") << QByteArray("{\"a\":1,\"b\":2}\n{\"b\":3}\n") << u"1|2;~|3"_s;
    QTest::newRow("a key twice") << QByteArray("[{\"a\":1},\n {\"a\":1,\"a\":2}]") << u"2, column 9: the key a occurs twice."_s;
    QTest::newRow("exact numbers") << QByteArray("[{\"a\":12345678901234567890.1000,\"b\":1e400}]") << u"12345678901234567890.1000|1e400"_s;
    QTest::newRow("leading zeros") << QByteArray("[{\"a\":007}]") << u"1, column 8: this is not a number of JSON."_s;
    QTest::newRow("NaN") << QByteArray("[{\"a\":NaN}]") << u"1, column 7: this is not what JSON has here."_s;
    QTest::newRow("nested values keep their text") << QByteArray("[{\"a\":{\"x\": 1.00, \"x\": 2}}]") << u"{\"x\": 1.00, \"x\": 2}"_s;
    QTest::newRow("escapes") << QByteArray("[{\"a\":\"\\u00e4\\n\\\"\\\\\\/\\ud83d\\ude00\"}]") << u"ä\n\"\\/😀"_s;
    QTest::newRow("half a pair") << QByteArray("[{\"a\":\"x\\ud800y\"}]") << u"1, column 9: half of a surrogate pair stands alone; it is no character."_s;
    QTest::newRow("the other half") << QByteArray("[{\"a\":\"\\udc00\"}]") << u"1, column 8: half of a surrogate pair stands alone; it is no character."_s;
    QTest::newRow("half a pair at the end") << QByteArray("[{\"a\":\"\\ud800") << u"1, column 14: the text ends in the middle of a value."_s;
    QTest::newRow("a bad escape") << QByteArray("[{\"a\":\"\\x\"}]") << u"1, column 9: there is no such escape in JSON."_s;
    QTest::newRow("a raw break in a string") << QByteArray("[{\"a\":\"x\ny\"}]") << u"1, column 9: a control character stands in a string; JSON writes it as an escape."_s;
    QTest::newRow("no UTF-8") << QByteArray("[{\"a\":\"\xFF\"}]") << u"1, column 7: the text is not UTF-8."_s;
    QTest::newRow("a row that is a number") << QByteArray("[1,2]") << u"1, column 2: a row is an object in braces."_s;
    QTest::newRow("a row that is an array") << QByteArray("{\"a\":1}\n[1]\n") << u"2, column 1: a row is an object in braces."_s;
    QTest::newRow("no comma") << QByteArray("[{\"a\":1} {\"a\":2}]") << u"1, column 10: a comma or ] belongs here."_s;
    QTest::newRow("a comma too many") << QByteArray("[{\"a\":1},]") << u"1, column 10: a row is an object in braces."_s;
    QTest::newRow("an open array") << QByteArray("[{\"a\":1}") << u"1, column 9: the array has no end."_s;
    QTest::newRow("an open row") << QByteArray("[{\"a\":1") << u"1, column 8: the row has no end."_s;
    QTest::newRow("an open string") << QByteArray("{\"a\":1}\n{\"a\":\"xyz") << u"2, column 10: the text ends in the middle of a value."_s;
    QTest::newRow("after the array") << QByteArray("[{\"a\":1}] x") << u"1, column 11: something follows the end of the array."_s;
    QTest::newRow("true and false") << QByteArray("[{\"a\":true,\"b\":false}]") << u"true|false"_s;
    QTest::newRow("1,000 deep") << "[{\"a\":" + QByteArray(990, '[') + QByteArray(990, ']') + "}]" << QString::fromLatin1(QByteArray(990, '[') + QByteArray(990, ']'));
    QTest::newRow("too deep") << "[{\"a\":" + QByteArray(100'000, '[') + QByteArray(100'000, ']') + "}]" << u"1, column 1007: values are nested more than 1,000 deep."_s;
    QTest::newRow("an empty row") << QByteArray("[{\"a\":1},{}]") << u"1;~"_s;
    QTest::newRow("NUL in a string") << QByteArray("[{\"a\":\"x\\u0000y\"}]") << u"x"_s + QChar(u'\0') + u"y"_s;
}

void tst_RecordReader::adversarialJson()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, expected);
    QCOMPARE(read(written(bytes, u"a.json"_s), {}), expected);
}

void tst_RecordReader::aHugeFieldIsReadWhole()
{
    const QByteArray field(50 * 1024 * 1024, 'x');
    for (const auto &[name, bytes] : {std::pair(u"big.csv"_s, "a,b\n1,\"" + field + "\"\"\"\n2,y\n"), std::pair(u"big.json"_s, "[{\"a\":1,\"b\":\"" + field + "\\\"\"},{\"a\":2,\"b\":\"y\"}]")}) {
        auto reader = RecordReader::open(written(bytes, name), {});
        QVERIFY(reader);
        RecordBlock block;
        QVERIFY((*reader)->read(block));
        QCOMPARE(block.rows.at(0, 1).bytes().size(), field.size() + 1);
        QCOMPARE(block.rows.at(0, 1).bytes().back(), '"');
    }
}

void tst_RecordReader::tenThousandColumnsAreRead()
{
    QByteArray header;
    QByteArray row;
    for (int i = 0; i < 10'000; ++i) {
        header += (i > 0 ? ",c" : "c") + QByteArray::number(i);
        row += (i > 0 ? "," : "") + QByteArray::number(i);
    }
    auto reader = RecordReader::open(written(header + '\n' + row + '\n', u"wide.csv"_s), {});
    QVERIFY(reader);
    QCOMPARE((*reader)->names().size(), 10'000);
    RecordBlock block;
    QVERIFY((*reader)->read(block));
    QCOMPARE(block.rows.at(0, 9'999).bytes().toByteArray(), QByteArray("9999"));
}

void tst_RecordReader::rowsAreCutAnywhereByTheBuffer()
{
    // Rows of many lengths, so that the ends of the buffer fall into quotes, escapes and separators.
    QByteArray csv = "n,t\r\n";
    QByteArray json = "[";
    for (int i = 0; i < 60'000; ++i) {
        const QByteArray text(i % 61, i % 2 == 0 ? '"' : 'y');
        csv += QByteArray::number(i) + ",\"" + QByteArray(text).replace("\"", "\"\"") + "\r\n\"\r\n";
        json += (i > 0 ? "," : "") + QByteArray("\n{\"n\":") + QByteArray::number(i) + ",\"t\":\"" + QByteArray(text).replace("\"", "\\\"") + "\\ud83d\\ude00\"}";
    }
    for (const auto &[name, bytes] : {std::pair(u"cut.csv"_s, csv), std::pair(u"cut.json"_s, json + "]")}) {
        auto reader = RecordReader::open(written(bytes, name), {});
        QVERIFY(reader);
        RecordBlock block;
        int rows = 0;
        for (bool more = true; more;) {
            const Result<bool> got = (*reader)->read(block);
            QVERIFY2(got, qPrintable(got ? QString() : got.error().message));
            more = *got;
            for (int row = 0; row < block.rows.rowCount(); ++row, ++rows) {
                QCOMPARE(block.rows.at(row, 0).bytes().toByteArray(), QByteArray::number(rows));
                QVERIFY(block.rows.at(row, 1).bytes().startsWith(QByteArray(rows % 61, rows % 2 == 0 ? '"' : 'y')));
            }
        }
        QCOMPARE(rows, 60'000);
    }
}

void tst_RecordReader::linesAreCountedThroughQuotedBreaks()
{
    auto reader = RecordReader::open(written("a,b\n\"1\n2\n3\",x\n4,y\n", u"lines.csv"_s), {});
    QVERIFY(reader);
    RecordBlock block;
    QVERIFY((*reader)->read(block));
    QCOMPARE(block.lines, (std::vector<qint64>{2, 5}));
}

void tst_RecordReader::keysThatComeLaterAreRefusedOrCollected()
{
    QByteArray json;
    for (int i = 0; i < 5'000; ++i)
        json += "{\"a\":1}\n";
    const QString path = written(json + "{\"a\":1,\"late\":\"007\"}\n", u"late.jsonl"_s);
    QCOMPARE(read(path, {}), u"5001, column 8: the key late is not among those of the first 2,000 rows."_s);
    auto reader = RecordReader::open(path, {});
    QVERIFY(reader);
    (*reader)->setCollecting(true);
    RecordBlock block;
    QByteArray last;
    for (bool more = true; more;) {
        const Result<bool> got = (*reader)->read(block);
        QVERIFY(got);
        more = *got;
        if (block.rows.columnCount() == 2)
            last = block.rows.at(block.rows.rowCount() - 1, 1).bytes().toByteArray();
    }
    QCOMPARE(last, QByteArray("007"));
}

void tst_RecordReader::mutatedFilesNeverBreakTheReaders()
{
    Mutations mutations({u"a,b\n1,\"x\"\"y\"\r\n\"\n\",2\n"_s, u"[{\"a\":1,\"b\":\"x\\u00e4\"},{\"b\":[1,{}],\"a\":null}]"_s, u"{\"a\":-1.5e3}\n{\"a\":true}\n"_s},
                        {u"\""_s, u","_s, u"\n"_s, u"\r"_s, u"{"_s, u"}"_s, u"["_s, u"]"_s, u":"_s, u"\\"_s, u"\\ud800"_s, QString(QChar(0xFF)), QString(QChar(u'\0')), u"1e5"_s});
    for (int i = 0; i < 5'000; ++i)
        QCOMPARE(brokenImportInvariant(mutations.next().toLatin1(), m_folder.filePath(u"mutated"_s)), QString());
}

QTEST_APPLESS_MAIN(tst_RecordReader)
#include "tst_recordreader.moc"
