// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/record/longtext.h"

#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_LongText : public QObject
{
    Q_OBJECT

private slots:
    void partsGiveTheWholeText_data();
    void partsGiveTheWholeText();
    void aPartEndsWithALineWhereOneIsNear();
    void longLinesAreBrokenForTheDisplayOnly();
    void wordsAreFoundAcrossPartsAndBreaks();
    void findingStopsAtItsLimit();
};

void tst_LongText::partsGiveTheWholeText_data()
{
    QTest::addColumn<QString>("text");
    QTest::newRow("empty") << u""_s;
    QTest::newRow("one letter") << u"x"_s;
    QTest::newRow("plain") << u"abcdefghij"_s.repeated(7);
    QTest::newRow("two bytes each") << u"äöü"_s.repeated(41);
    QTest::newRow("four bytes each") << u"🐦🪨"_s.repeated(33);
    QTest::newRow("lines") << u"one\ntwo\n\nthree\n"_s.repeated(20);
    QTest::newRow("a part exactly") << u"x"_s.repeated(30);
}

void tst_LongText::partsGiveTheWholeText()
{
    QFETCH(QString, text);
    for (const qsizetype partBytes : {1, 3, 7, 30, 1000}) {
        const LongText parts(text.toUtf8(), partBytes);
        QString whole;
        for (int i = 0; i < parts.parts(); ++i) {
            QVERIFY(!parts.part(i).isEmpty());
            whole += parts.part(i);
        }
        QCOMPARE(whole, text);
    }
    QVERIFY(LongText(text.toUtf8()).part(-1).isEmpty() && LongText(text.toUtf8()).part(1).isEmpty());
}

void tst_LongText::aPartEndsWithALineWhereOneIsNear()
{
    const LongText parts("123456789012345678\nabcdefghijklmnopqrstuvwxyz", 20);
    QCOMPARE(parts.part(0), u"123456789012345678\n"_s);
}

void tst_LongText::longLinesAreBrokenForTheDisplayOnly()
{
    const QString line = u"x"_s.repeated(12'000);
    const QString shown = LongText(line.toUtf8()).part(0);
    QCOMPARE(shown.count(u'\n'), 2);
    QCOMPARE(QString(shown).remove(u'\n'), line);
    // No character is cut in two.
    const QString birds = u"🐦"_s.repeated(6'000);
    for (const QString &piece : LongText((u"y"_s + birds).toUtf8()).part(0).split(u'\n'))
        QVERIFY(!piece.at(0).isLowSurrogate());
}

void tst_LongText::wordsAreFoundAcrossPartsAndBreaks()
{
    const LongText parts("the Stone turns, the stone rests; ärger Ärger", 8);
    const std::vector<LongText::Match> stones = parts.find(u"stone"_s, 100);
    QCOMPARE(stones.size(), 2u);
    QCOMPARE(parts.find(u"ÄRGER"_s, 100).size(), 2u);
    // Where it lies within one part, what is marked are the words.
    const LongText whole("the Stone turns, the stone rests");
    const LongText::Match second = whole.find(u"STONE"_s, 100).at(1);
    QCOMPARE(whole.part(0).mid(second.start, second.length), u"stone"_s);
    // Line ends that were put in shift it, and may lie in the middle of it.
    const QString line = u"x"_s.repeated(LongText::longestLine - 2) + u"needle"_s + u"x"_s.repeated(9'000) + u"needle"_s;
    const LongText broken(line.toUtf8());
    const std::vector<LongText::Match> needles = broken.find(u"needle"_s, 100);
    QCOMPARE(needles.size(), 2u);
    QCOMPARE(broken.part(0).mid(needles[0].start, needles[0].length), u"ne\nedle"_s);
    QCOMPARE(broken.part(0).mid(needles[1].start, needles[1].length), u"needle"_s);
    QVERIFY(parts.find(u""_s, 10).empty());
    QVERIFY(parts.find(u"pebble"_s, 10).empty());
}

void tst_LongText::findingStopsAtItsLimit()
{
    const LongText parts(QByteArray("ab").repeated(500), 50);
    QCOMPARE(parts.find(u"ab"_s, 10'000).size(), 500u);
    QCOMPARE(parts.find(u"ab"_s, 7).size(), 7u);
    std::stop_source stop;
    stop.request_stop();
    QVERIFY(parts.find(u"ab"_s, 7, stop.get_token()).empty());
}

QTEST_GUILESS_MAIN(tst_LongText)
#include "tst_longtext.moc"
