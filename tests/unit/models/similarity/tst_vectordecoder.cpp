// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/similarity/vectordecoder.h"

#include <QByteArray>
#include <QtTest>

#include <random>

using namespace turnstone::similarity;

class tst_VectorDecoder : public QObject
{
    Q_OBJECT

private slots:
    void everyFormReadsTheSameNumbers_data();
    void everyFormReadsTheSameNumbers();
    void wrongBytesAreMalformed_data();
    void wrongBytesAreMalformed();
    void notANumberIsTold();
    void blobsNeedNoAlignment();
    void anyBytesAreSafe();
    void shapes();
};

namespace {

std::string_view viewOf(const QByteArray &bytes)
{
    return {bytes.constData(), static_cast<std::size_t>(bytes.size())};
}

QByteArray hex(const char *text)
{
    return QByteArray::fromHex(text);
}

} // namespace


void tst_VectorDecoder::everyFormReadsTheSameNumbers_data()
{
    QTest::addColumn<VectorForm>("form");
    QTest::addColumn<QByteArray>("bytes");
    // 1, −2, 0, 0.5
    QTest::newRow("float32") << VectorForm::Float32Blob << hex("0000803f000000c0000000000000003f");
    QTest::newRow("float16") << VectorForm::Float16Blob << hex("003c00c000000038");
    QTest::newRow("float64") << VectorForm::Float64Blob << hex("000000000000f03f00000000000000c00000000000000000000000000000e03f");
    QTest::newRow("json") << VectorForm::Text << QByteArray(" [1, -2.0,\n0e5, 5e-1] ");
    QTest::newRow("pgvector's text") << VectorForm::Text << QByteArray("[1,-2,0,0.5]");
    QTest::newRow("array") << VectorForm::Text << QByteArray("{1,-2,0,0.5}");
    QTest::newRow("sparse text") << VectorForm::Text << QByteArray("{1:1,2:-2,4:0.5}/4");
    QTest::newRow("vector") << VectorForm::PgVector << hex("000400003f800000c0000000000000003f000000");
    QTest::newRow("halfvec") << VectorForm::PgHalfVector << hex("000400003c00c00000003800");
    QTest::newRow("sparsevec") << VectorForm::PgSparseVector << hex("000000040000000300000000" "000000000000000100000003" "3f800000c00000003f000000");
    QTest::newRow("float4[]") << VectorForm::PgFloat4Array
                              << hex("00000001000000000000" "02bc0000000400000001" "000000043f800000" "00000004c0000000" "0000000400000000" "000000043f000000");
    QTest::newRow("float8[]") << VectorForm::PgFloat8Array
                              << hex("00000001000000000000" "02bd0000000400000001" "000000083ff0000000000000" "00000008c000000000000000" "000000080000000000000000"
                                     "000000083fe0000000000000");
}

void tst_VectorDecoder::everyFormReadsTheSameNumbers()
{
    QFETCH(VectorForm, form);
    QFETCH(QByteArray, bytes);
    VectorDecoder decoder(form);
    for (int again = 0; again < 2; ++again) {
        QCOMPARE(decoder.decode(viewOf(bytes)), DecodeStatus::Ok);
        QCOMPARE(decoder.dimension(), std::size_t(4));
        const std::vector<double> doubles(decoder.doubles().begin(), decoder.doubles().end());
        QCOMPARE(doubles, (std::vector<double>{1, -2, 0, 0.5}));
        const std::vector<float> floats(decoder.floats().begin(), decoder.floats().end());
        QCOMPARE(floats, (std::vector<float>{1, -2, 0, 0.5}));
    }
}

void tst_VectorDecoder::wrongBytesAreMalformed_data()
{
    QTest::addColumn<VectorForm>("form");
    QTest::addColumn<QByteArray>("bytes");
    for (const char *text : {"", "[", "[]", "{}", "[1,]", "[1 2]", "[1,2", "1,2", "[1,2]x", "[1,null]", "{1,NULL}", "[[1],[2]]", "{0:1}/3", "{4:1}/3", "{1:1}/", "{1:}/3", "{1:1/3", "[a]"})
        QTest::addRow("text %s", text) << VectorForm::Text << QByteArray(text);
    QTest::newRow("five bytes") << VectorForm::Float32Blob << QByteArray(5, '\0');
    QTest::newRow("no bytes") << VectorForm::Float32Blob << QByteArray();
    QTest::newRow("vector cut") << VectorForm::PgVector << hex("000400003f800000");
    QTest::newRow("vector of none") << VectorForm::PgVector << hex("00000000");
    QTest::newRow("sparse beyond its size") << VectorForm::PgSparseVector << hex("0000000200000001" "00000000" "00000002" "3f800000");
    QTest::newRow("array with NULL") << VectorForm::PgFloat4Array << hex("0000000100000001000002bc0000000200000001000000043f800000ffffffff");
    QTest::newRow("array of two dimensions") << VectorForm::PgFloat4Array << hex("0000000200000000000002bc0000000100000001000000010000000100000004" "3f800000");
}

void tst_VectorDecoder::wrongBytesAreMalformed()
{
    QFETCH(VectorForm, form);
    QFETCH(QByteArray, bytes);
    QCOMPARE(VectorDecoder(form).decode(viewOf(bytes)), DecodeStatus::Malformed);
}

void tst_VectorDecoder::notANumberIsTold()
{
    QCOMPARE(VectorDecoder(VectorForm::Float32Blob).decode(viewOf(hex("0000803f0000c07f"))), DecodeStatus::NotFinite);
    QCOMPARE(VectorDecoder(VectorForm::Float32Blob).decode(viewOf(hex("0000803f0000807f"))), DecodeStatus::NotFinite);
    QCOMPARE(VectorDecoder(VectorForm::Text).decode("{1,NaN}"), DecodeStatus::NotFinite);
    QCOMPARE(VectorDecoder(VectorForm::Text).decode("[1e39,1]"), DecodeStatus::NotFinite);
    QCOMPARE(VectorDecoder(VectorForm::Text).decode("[1e999,1]"), DecodeStatus::NotFinite);
    QCOMPARE(VectorDecoder(VectorForm::Text).decode("[1e-999,1]"), DecodeStatus::Ok);
    QCOMPARE(VectorDecoder(VectorForm::Text).decode("{1:1}/90000"), DecodeStatus::TooLong);
}

void tst_VectorDecoder::blobsNeedNoAlignment()
{
    const QByteArray bytes = "x" + hex("0000803f000000c0");
    VectorDecoder decoder(VectorForm::Float32Blob);
    QCOMPARE(decoder.decode(viewOf(bytes).substr(1)), DecodeStatus::Ok);
    QCOMPARE(decoder.floats()[1], -2.0F);
}

void tst_VectorDecoder::anyBytesAreSafe()
{
    std::mt19937 random(1);
    const QByteArray alphabet("[]{},:/.-+eE0123456789naNI \n");
    for (int round = 0; round < 20'000; ++round) {
        QByteArray bytes;
        const int size = static_cast<int>(random() % 60);
        for (int i = 0; i < size; ++i)
            bytes += round % 2 ? alphabet.at(static_cast<qsizetype>(random() % static_cast<unsigned>(alphabet.size()))) : static_cast<char>(random() % 5);
        for (int form = 0; form <= static_cast<int>(VectorForm::PgFloat8Array); ++form) {
            VectorDecoder decoder(static_cast<VectorForm>(form));
            if (decoder.decode(viewOf(bytes)) == DecodeStatus::Ok)
                QCOMPARE(decoder.floats().size(), decoder.dimension());
        }
    }
}

void tst_VectorDecoder::shapes()
{
    QVERIFY(looksLikeVectorText("[0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8]"));
    QVERIFY(!looksLikeVectorText("[1,2,3]"));
    QVERIFY(!looksLikeVectorText("[\"a\"]"));
    std::vector<float> values(64);
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = 0.1F * static_cast<float>(i) - 3;
    QVERIFY(looksLikeFloat32Blob({reinterpret_cast<const char *>(values.data()), 256}));
    QVERIFY(!looksLikeFloat32Blob("GIF89a: an image has other bytes, as everybody can see at once."));
    QVERIFY(!looksLikeFloat32Blob(std::string_view("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 40)));
}

QTEST_APPLESS_MAIN(tst_VectorDecoder)
#include "tst_vectordecoder.moc"
