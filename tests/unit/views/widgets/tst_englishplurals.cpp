// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/widgets/englishplurals.h"

#include <QCoreApplication>
#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

class TstEnglishPlurals : public QObject
{
    Q_OBJECT

private slots:
    void oneHasWordsOfItsOwn_data()
    {
        QTest::addColumn<int>("count");
        QTest::addColumn<QString>("said");
        QTest::newRow("none") << 0 << u"0 answers are missing"_s;
        QTest::newRow("one") << 1 << u"1 answer is missing"_s;
        QTest::newRow("two") << 2 << u"2 answers are missing"_s;
    }

    void oneHasWordsOfItsOwn()
    {
        QFETCH(int, count);
        EnglishPlurals plurals;
        QVERIFY(QCoreApplication::installTranslator(&plurals));
        QTEST(QCoreApplication::translate("MatrixPanel", "%n answers are missing", nullptr, count), "said");
    }

    void whatHasNoCountStaysAsItIs()
    {
        EnglishPlurals plurals;
        QVERIFY(QCoreApplication::installTranslator(&plurals));
        QCOMPARE(QCoreApplication::translate("MatrixPanel", "Side by side"), u"Side by side"_s);
        QCOMPARE(QCoreApplication::translate("MatrixPanel", "%n unknown words", nullptr, 1), u"1 unknown words"_s);
    }
};

QTEST_GUILESS_MAIN(TstEnglishPlurals)
#include "tst_englishplurals.moc"
