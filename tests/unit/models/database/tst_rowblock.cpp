// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/database/rowblock.h"

#include <QTest>

using namespace turnstone;

class tst_RowBlock : public QObject
{
    Q_OBJECT

private slots:
    void valuesComeBackAsTheyWentIn();
    void growingKeepsEarlierRows();
    void limitsMakeItFull();
    void clearingKeepsSmallMemoryAndReturnsHuge();
};

void tst_RowBlock::valuesComeBackAsTheyWentIn()
{
    RowBlock block;
    block.clear(5);
    block.addNull();
    block.addInteger(-7);
    block.addReal(0.1);
    block.addBytes(ValueType::Text, "a\0b", 3);
    block.addBytes(ValueType::Blob, nullptr, 0);
    block.endRow();
    QCOMPARE(block.rowCount(), 1);
    QVERIFY(block.at(0, 0).isNull());
    QCOMPARE(block.at(0, 1).integer(), -7);
    QCOMPARE(block.at(0, 2).real(), 0.1);
    QCOMPARE(block.at(0, 3).bytes(), QByteArrayView("a\0b", 3));
    QCOMPARE(block.at(0, 4).type(), ValueType::Blob);
    QVERIFY(block.at(0, 4).bytes().isEmpty());
}

void tst_RowBlock::growingKeepsEarlierRows()
{
    RowBlock block;
    block.clear(1);
    for (int i = 0; i < 3000; ++i) {
        const QByteArray text = QByteArray::number(i).repeated(20);
        block.addBytes(ValueType::Text, text.constData(), text.size());
        block.endRow();
    }
    for (const int row : {0, 1, 1234, 2999})
        QCOMPARE(block.at(row, 0).bytes(), QByteArrayView(QByteArray::number(row).repeated(20)));
}

void tst_RowBlock::limitsMakeItFull()
{
    RowBlock block;
    block.clear(1);
    const RowBlock::Limits limits{2, 10};
    block.addBytes(ValueType::Text, "12345", 5);
    block.endRow();
    QVERIFY(!block.isFull(limits));
    block.addNull();
    block.endRow();
    QVERIFY(block.isFull(limits));
    block.clear(1);
    block.addBytes(ValueType::Text, "1234567890", 10);
    block.endRow();
    QVERIFY(block.isFull(limits));
}

void tst_RowBlock::clearingKeepsSmallMemoryAndReturnsHuge()
{
    RowBlock block;
    block.clear(1);
    const QByteArray small(1000, 'x');
    block.addBytes(ValueType::Text, small.constData(), small.size());
    block.endRow();
    const qsizetype kept = block.allocatedBytes();
    block.clear(1);
    QCOMPARE(block.allocatedBytes(), kept);
    const QByteArray huge(20'000'000, 'x');
    block.addBytes(ValueType::Text, huge.constData(), huge.size());
    block.endRow();
    QVERIFY(block.allocatedBytes() >= huge.size());
    block.clear(1);
    QVERIFY(block.allocatedBytes() < 100'000);
}

QTEST_APPLESS_MAIN(tst_RowBlock)
#include "tst_rowblock.moc"
