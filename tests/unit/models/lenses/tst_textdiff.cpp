// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/lenses/textdiff.h"

#include <QElapsedTimer>
#include <QRandomGenerator>
#include <QTest>

#include <algorithm>

using namespace turnstone;
using namespace Qt::StringLiterals;

namespace {

/// Runs cover both texts without gaps, and what is said to be the same is.
bool isSound(const TextDiff &diff, const QString &first, const QString &second)
{
    qsizetype a = 0;
    qsizetype b = 0;
    for (const DiffRun &run : diff.runs) {
        if (run.firstStart != a || run.secondStart != b)
            return false;
        a += run.firstLength;
        b += run.secondLength;
        if (run.kind == DiffRun::Kind::Same && first.mid(run.firstStart, run.firstLength) != second.mid(run.secondStart, run.secondLength))
            return false;
        if ((run.kind == DiffRun::Kind::Removed && run.secondLength != 0) || (run.kind == DiffRun::Kind::Added && run.firstLength != 0))
            return false;
    }
    return a == first.size() && b == second.size();
}

QString shown(const TextDiff &diff, const QString &first, const QString &second)
{
    QString out;
    for (const DiffRun &run : diff.runs) {
        if (run.kind == DiffRun::Kind::Same)
            out += first.mid(run.firstStart, run.firstLength);
        else if (run.kind == DiffRun::Kind::Removed)
            out += u"[-"_s + first.mid(run.firstStart, run.firstLength) + u"-]"_s;
        else
            out += u"[+"_s + second.mid(run.secondStart, run.secondLength) + u"+]"_s;
    }
    return out;
}

QString randomText(QRandomGenerator &random, int words)
{
    static const QStringList vocabulary{u"the"_s, u"tram"_s, u"runs"_s, u"at"_s, u"night"_s, u"nobody"_s, u"é"_s, u"😀"_s, u"x"_s};
    QString text;
    for (int i = 0; i < words; ++i)
        text += vocabulary[random.bounded(vocabulary.size())] + (random.bounded(9) == 0 ? u".\n"_s : u" "_s);
    return text;
}

} // namespace

class tst_TextDiff : public QObject
{
    Q_OBJECT

private slots:
    void wordsAreTheUnit_data();
    void wordsAreTheUnit();
    void anyTwoTextsAreCoveredAndSound();
    void theScriptIsTheShortest();
    void manyRepeatedWordsStaySound();
    void fewChangesInAMegabyteAreFoundByTheWord();
    void fiveMegabytesEndSoon();
    void aStopEndsIt();
};

void tst_TextDiff::wordsAreTheUnit_data()
{
    QTest::addColumn<QString>("first");
    QTest::addColumn<QString>("second");
    QTest::addColumn<QString>("expected");
    QTest::newRow("equal") << u"one two"_s << u"one two"_s << u"one two"_s;
    QTest::newRow("empty") << QString() << QString() << QString();
    QTest::newRow("added") << QString() << u"one"_s << u"[+one+]"_s;
    QTest::newRow("removed") << u"one"_s << QString() << u"[-one-]"_s;
    QTest::newRow("word") << u"the night tram runs"_s << u"the day tram runs"_s << u"the [-night-][+day+] tram runs"_s;
    QTest::newRow("prefix of a word") << u"tram"_s << u"trams"_s << u"[-tram-][+trams+]"_s;
    QTest::newRow("punctuation") << u"yes."_s << u"yes!"_s << u"yes[-.-][+!+]"_s;
    QTest::newRow("moved") << u"a b c d"_s << u"b c d a"_s << u"[-a -]b c d[+ a+]"_s;
}

void tst_TextDiff::wordsAreTheUnit()
{
    QFETCH(QString, first);
    QFETCH(QString, second);
    const TextDiff diff = diffTexts(first, second);
    QVERIFY(isSound(diff, first, second));
    QTEST(shown(diff, first, second), "expected");
    QCOMPARE(diff.likeness == 1, first == second);
}

void tst_TextDiff::anyTwoTextsAreCoveredAndSound()
{
    QRandomGenerator random(7);
    for (int i = 0; i < 2'000; ++i) {
        const QString first = randomText(random, random.bounded(60));
        QString second = random.bounded(4) == 0 ? randomText(random, random.bounded(60)) : first;
        for (int edits = random.bounded(6); edits > 0 && !second.isEmpty(); --edits)
            second.replace(random.bounded(second.size()), random.bounded(5), random.bounded(2) == 0 ? QString() : u" new "_s);
        const TextDiff diff = diffTexts(first, second);
        QVERIFY2(isSound(diff, first, second), qPrintable(first + u"\n---\n"_s + second));
    }
}

void tst_TextDiff::theScriptIsTheShortest()
{
    // Against the table of common subsequences, on texts too short for anchors; each character is a word here.
    QRandomGenerator random(11);
    for (int i = 0; i < 1'000; ++i) {
        QString first;
        QString second;
        for (int n = random.bounded(20); n > 0; --n)
            first += u"+-*/"_s[random.bounded(4)];
        for (int n = random.bounded(20); n > 0; --n)
            second += u"+-*/"_s[random.bounded(4)];
        std::vector<std::vector<int>> table(static_cast<std::size_t>(first.size()) + 1, std::vector<int>(static_cast<std::size_t>(second.size()) + 1));
        for (std::size_t a = 1; a < table.size(); ++a) {
            for (std::size_t b = 1; b < table[a].size(); ++b) {
                table[a][b] = first[static_cast<qsizetype>(a) - 1] == second[static_cast<qsizetype>(b) - 1] ? table[a - 1][b - 1] + 1 : std::max(table[a - 1][b], table[a][b - 1]);
            }
        }
        qsizetype same = 0;
        const TextDiff diff = diffTexts(first, second);
        QVERIFY(isSound(diff, first, second));
        for (const DiffRun &run : diff.runs)
            same += run.kind == DiffRun::Kind::Same ? run.firstLength : 0;
        QVERIFY2(same == table.back().back(), qPrintable(u"%1 | %2: %3 of %4"_s.arg(first, second).arg(same).arg(table.back().back())));
    }
}

void tst_TextDiff::manyRepeatedWordsStaySound()
{
    const QString first = u"a a a b "_s.repeated(3'000);
    const QString second = u"a b b a "_s.repeated(2'500);
    const TextDiff diff = diffTexts(first, second, {}, 2'000'000);
    QVERIFY(isSound(diff, first, second));
    QVERIFY(diff.likeness > 0);
}

void tst_TextDiff::fewChangesInAMegabyteAreFoundByTheWord()
{
    // Twenty words only, so that none is alone in its text; the lines are.
    QString first;
    QString second;
    quint32 state = 7;
    int changes = 0;
    for (int line = 0; first.size() < 1'000'000; ++line) {
        QStringList words;
        for (int i = 0; i < 30; ++i) {
            state = state * 1'664'525 + 1'013'904'223;
            words.append(u"word%1"_s.arg((state >> 24) % 20));
        }
        first += words.join(u' ') + u'\n';
        if (line % 5 == 0) {
            words[line % 30] = u"otherwise"_s;
            ++changes;
        }
        second += words.join(u' ') + u'\n';
    }
    const TextDiff diff = diffTexts(first, second);
    QVERIFY(!diff.isCoarse);
    QVERIFY2(diff.likeness > 0.98, qPrintable(QString::number(diff.likeness)));
    const auto added = std::ranges::count(diff.runs, DiffRun::Kind::Added, &DiffRun::kind);
    QCOMPARE(added, changes);
    for (const DiffRun &run : diff.runs) {
        if (run.kind == DiffRun::Kind::Added)
            QCOMPARE(second.mid(run.secondStart, run.secondLength), u"otherwise"_s);
    }
}

void tst_TextDiff::fiveMegabytesEndSoon()
{
    QRandomGenerator random(3);
    QString first;
    while (first.size() < 5'000'000)
        first += randomText(random, 200) + QString::number(random.generate()) + u'\n';
    QString second = first;
    for (int i = 0; i < 500; ++i)
        second.replace(random.bounded(second.size() - 20), 12, u" changed "_s);
    const TextDiff near = diffTexts(first, second);
    QVERIFY(isSound(near, first, second));
    QVERIFY(near.likeness > 0.99);
    // Nothing in common but the words' own alphabet: bounded, and said to be coarse.
    QString other;
    while (other.size() < 5'000'000)
        other += randomText(random, 200) + QString::number(random.generate()) + u'\n';
    const TextDiff far = diffTexts(first, other);
    QVERIFY(isSound(far, first, other));
    QVERIFY(far.isCoarse);
}

void tst_TextDiff::aStopEndsIt()
{
    std::stop_source stop;
    stop.request_stop();
    const QString first = u"a b c "_s.repeated(50);
    const QString second = u"c b a x "_s.repeated(50);
    const TextDiff diff = diffTexts(first, second, stop.get_token());
    QVERIFY(isSound(diff, first, second));
    QVERIFY(diff.isCoarse);
}

QTEST_GUILESS_MAIN(tst_TextDiff)
#include "tst_textdiff.moc"
