// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/transfer/rowwriter.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_RowWriter : public QObject
{
    Q_OBJECT

private slots:
    void eachFormatWritesTheSameRow_data();
    void eachFormatWritesTheSameRow();
    void noRowsIsStillADocument_data();
    void noRowsIsStillADocument();
    void postgresNumbersStayTokens();
    void duplicateColumnNamesStayApart();
    void embeddedJsonKeepsItsTokensOnOneLine();
    void textThatIsNoUtf8IsReported();
    void manyRowsAreHandedOnInPieces();
    void aFailingSinkEndsTheWriting();

private:
    static QByteArray written(const QString &format, const std::vector<ResultColumn> &columns, const RowBlock &block,
                              Engine engine = Engine::Sqlite, QStringList *undecodable = nullptr)
    {
        QByteArray out;
        auto writer = makeRowWriter(format, [&](QByteArrayView bytes) -> Result<> {
            out.append(bytes);
            return {};
        });
        if (!writer->begin(columns, engine) || !writer->write(block) || !writer->end())
            return "failed";
        if (undecodable)
            *undecodable = writer->undecodable();
        return out;
    }
    static ResultColumn column(const QString &name, const QString &type = {}, unsigned oid = 0)
    {
        ResultColumn c;
        c.name = name;
        c.typeName = type;
        c.typeOid = oid;
        return c;
    }
    static void text(RowBlock &block, const QByteArray &bytes) { block.addBytes(ValueType::Text, bytes.constData(), bytes.size()); }
};

void tst_RowWriter::eachFormatWritesTheSameRow_data()
{
    QTest::addColumn<QString>("format");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("csv") << u"csv"_s << QByteArray("n,i,r,empty,t,b\n,9223372036854775807,0.1,\"\",\"a,\"\"b\"\"\nc|\",x'00ff'\n");
    QTest::newRow("json") << u"json"_s
                          << QByteArray("[\n {\"n\":null,\"i\":9223372036854775807,\"r\":0.1,\"empty\":\"\",\"t\":\"a,\\\"b\\\"\\nc|\",\"b\":\"AP8=\"}\n]\n");
    QTest::newRow("jsonl") << u"jsonl"_s
                           << QByteArray("{\"n\":null,\"i\":9223372036854775807,\"r\":0.1,\"empty\":\"\",\"t\":\"a,\\\"b\\\"\\nc|\",\"b\":\"AP8=\"}\n");
    QTest::newRow("markdown") << u"markdown"_s
                              << QByteArray("| n | i | r | empty | t | b |\n| --- | --- | --- | --- | --- | --- |\n"
                                            "| *NULL* | 9223372036854775807 | 0.1 |  | a,\"b\"<br>c\\| | x'00ff' |\n");
}

void tst_RowWriter::eachFormatWritesTheSameRow()
{
    QFETCH(QString, format);
    QFETCH(QByteArray, expected);
    RowBlock block;
    block.clear(6);
    block.addNull();
    block.addInteger(9223372036854775807);
    block.addReal(0.1);
    text(block, "");
    text(block, "a,\"b\"\nc|");
    block.addBytes(ValueType::Blob, "\x00\xFF", 2);
    block.endRow();
    QCOMPARE(written(format, {column(u"n"_s), column(u"i"_s), column(u"r"_s), column(u"empty"_s), column(u"t"_s), column(u"b"_s)}, block), expected);
}

void tst_RowWriter::noRowsIsStillADocument_data()
{
    QTest::addColumn<QString>("format");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("csv") << u"csv"_s << QByteArray("a\n");
    QTest::newRow("json") << u"json"_s << QByteArray("[]\n");
    QTest::newRow("jsonl") << u"jsonl"_s << QByteArray();
}

void tst_RowWriter::noRowsIsStillADocument()
{
    QFETCH(QString, format);
    QFETCH(QByteArray, expected);
    RowBlock block;
    block.clear(1);
    QCOMPARE(written(format, {column(u"a"_s)}, block), expected);
}

void tst_RowWriter::postgresNumbersStayTokens()
{
    RowBlock block;
    block.clear(5);
    text(block, "123456789012345678901234567890.10");
    text(block, "NaN");
    text(block, "t");
    text(block, "{\"a\": 1.00}");
    text(block, "007");
    block.endRow();
    const std::vector<ResultColumn> columns{column(u"n"_s, u"numeric"_s, 1700), column(u"nan"_s, u"numeric"_s, 1700),
                                            column(u"yes"_s, u"boolean"_s, 16), column(u"j"_s, u"json"_s, 114), column(u"t"_s, u"text"_s, 25)};
    QCOMPARE(written(u"jsonl"_s, columns, block, Engine::PostgreSql),
             QByteArray("{\"n\":123456789012345678901234567890.10,\"nan\":\"NaN\",\"yes\":true,\"j\":{\"a\": 1.00},\"t\":\"007\"}\n"));
}

void tst_RowWriter::duplicateColumnNamesStayApart()
{
    RowBlock block;
    block.clear(3);
    block.addInteger(1);
    block.addInteger(2);
    block.addInteger(3);
    block.endRow();
    QCOMPARE(written(u"jsonl"_s, {column(u"a"_s), column(u"a"_s), column(u"a"_s)}, block), QByteArray("{\"a\":1,\"a_2\":2,\"a_3\":3}\n"));
}

void tst_RowWriter::embeddedJsonKeepsItsTokensOnOneLine()
{
    RowBlock block;
    block.clear(1);
    text(block, "{\n  \"big\": 12345678901234567890.10,\n  \"e\": \"\\u00e9\"\n}");
    block.endRow();
    text(block, "{broken");
    block.endRow();
    QCOMPARE(written(u"jsonl"_s, {column(u"j"_s, u"JSON"_s)}, block),
             QByteArray("{\"j\":{   \"big\": 12345678901234567890.10,   \"e\": \"\\u00e9\" }}\n{\"j\":\"{broken\"}\n"));
}

void tst_RowWriter::textThatIsNoUtf8IsReported()
{
    RowBlock block;
    block.clear(1);
    text(block, "fine");
    block.endRow();
    text(block, "a\xFF");
    block.endRow();
    QStringList undecodable;
    QCOMPARE(written(u"jsonl"_s, {column(u"t"_s)}, block, Engine::Sqlite, &undecodable), QByteArray("{\"t\":\"fine\"}\n{\"t\":\"Yf8=\"}\n"));
    QCOMPARE(undecodable, QStringList{u"row 2, column t"_s});
    QCOMPARE(written(u"csv"_s, {column(u"t"_s)}, block), QByteArray("t\nfine\na\xFF\n"));
}

void tst_RowWriter::manyRowsAreHandedOnInPieces()
{
    RowBlock block;
    block.clear(1);
    const QByteArray kilobyte(1000, 'x');
    for (int i = 0; i < 1000; ++i) {
        text(block, kilobyte);
        block.endRow();
    }
    int pieces = 0;
    qsizetype largest = 0;
    auto writer = makeRowWriter(u"csv"_s, [&](QByteArrayView bytes) -> Result<> {
        ++pieces;
        largest = std::max(largest, bytes.size());
        return {};
    });
    QVERIFY(writer->begin({column(u"t"_s)}, Engine::Sqlite));
    for (int i = 0; i < 5; ++i)
        QVERIFY(writer->write(block));
    QVERIFY(writer->end());
    QCOMPARE(writer->rowCount(), 5000);
    QVERIFY(pieces > 10);
    QVERIFY(largest < 1'000'000);
}

void tst_RowWriter::aFailingSinkEndsTheWriting()
{
    RowBlock block;
    block.clear(1);
    text(block, QByteArray(600'000, 'x'));
    block.endRow();
    auto writer = makeRowWriter(u"csv"_s, [](QByteArrayView) -> Result<> { return failure(ErrorCode::Io, u"full"_s); });
    QVERIFY(writer->begin({column(u"t"_s)}, Engine::Sqlite));
    const auto result = writer->write(block);
    QVERIFY(!result);
    QCOMPARE(result.error().code, ErrorCode::Io);
}

QTEST_APPLESS_MAIN(tst_RowWriter)
#include "tst_rowwriter.moc"
