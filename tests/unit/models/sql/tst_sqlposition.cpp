// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/sql/sqlposition.h"

#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_SqlPosition : public QObject
{
    Q_OBJECT

private slots:
    void bytesAndCodePointsBecomeOffsets();
    void linesAndColumnsCountFromOne();
};

void tst_SqlPosition::bytesAndCodePointsBecomeOffsets()
{
    const QString text = QString::fromUtf8("aä名😀") + QChar(0xD800) + u'z';
    qsizetype codePoint = 0;
    qsizetype byte = 0;
    for (qsizetype offset = 0; offset < text.size(); ++codePoint) {
        const qsizetype units = QStringView(text).sliced(offset).startsWith(u"😀") ? 2 : 1;
        QCOMPARE(offsetOfCodePoint(text, codePoint), offset);
        const qsizetype bytes = text.mid(offset, units).toUtf8().size();
        for (qsizetype inside = 0; inside < bytes; ++inside)
            QCOMPARE(offsetOfUtf8Byte(text, byte + inside), offset);
        byte += bytes;
        offset += units;
    }
    QCOMPARE(byte, text.toUtf8().size());
    QCOMPARE(offsetOfCodePoint(text, codePoint), text.size());
    QCOMPARE(offsetOfCodePoint(text, 1000), text.size());
    QCOMPARE(offsetOfUtf8Byte(text, byte), text.size());
    QCOMPARE(offsetOfUtf8Byte(text, 1000), text.size());
    QCOMPARE(offsetOfUtf8Byte({}, 0), 0);
}

void tst_SqlPosition::linesAndColumnsCountFromOne()
{
    const auto at = [](qsizetype offset) {
        const LineAndColumn place = lineAndColumn(u"ab\n\ncd", offset);
        return std::pair(place.line, place.column);
    };
    QCOMPARE(at(0), std::pair(1, 1));
    QCOMPARE(at(2), std::pair(1, 3));
    QCOMPARE(at(3), std::pair(2, 1));
    QCOMPARE(at(4), std::pair(3, 1));
    QCOMPARE(at(6), std::pair(3, 3));
    QCOMPARE(at(100), std::pair(3, 3));
    QCOMPARE(at(-1), std::pair(1, 1));
}

QTEST_GUILESS_MAIN(tst_SqlPosition)
#include "tst_sqlposition.moc"
