// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/find/textmatcher.h"

#include <QRandomGenerator>
#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_TextMatcher : public QObject
{
    Q_OBJECT

private slots:
    void aSearcherFindsWhatALoopFinds();
    void wordsAreFound_data();
    void wordsAreFound();
    void patternsAreFound();
    void mistakesAreErrors();
    void anExcerptShowsTheMatch();
    void piecesAreInEveryMatch();
};

void tst_TextMatcher::aSearcherFindsWhatALoopFinds()
{
    QRandomGenerator random(7);
    for (int round = 0; round < 4000; ++round) {
        QByteArray text(random.bounded(200), 'a');
        for (char &c : text)
            c = "abcABC\xc3\xa9 "[random.bounded(9)];
        QByteArray needle(1 + random.bounded(6), 'a');
        for (char &c : needle)
            c = "abcABC\xc3\xa9"[random.bounded(8)];
        const bool ignoresCase = round % 2 == 0;
        const auto lower = [](QByteArray bytes) {
            for (char &c : bytes)
                c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
            return bytes;
        };
        const qsizetype from = random.bounded(20);
        const qsizetype expected = from > text.size() ? -1 : ignoresCase ? lower(text).indexOf(lower(needle), from) : text.indexOf(needle, from);
        // The same bytes at every alignment of the wide loads.
        const QByteArray shifted = QByteArray(round % 32, 'x') + text;
        QCOMPARE(ByteSearcher(needle, ignoresCase).find(QByteArrayView(shifted).sliced(round % 32), from), expected);
    }
}

void tst_TextMatcher::wordsAreFound_data()
{
    QTest::addColumn<QString>("words");
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<int>("start"); // -1: not there
    QTest::addColumn<int>("length");
    const auto row = [](const char *name, const QString &words, const QByteArray &value, int start, int length) { QTest::newRow(name) << words << value << start << length; };
    row("plain", u"night"_s, "The Night falls", 4, 5);
    row("not there", u"day"_s, "The night falls", -1, 0);
    row("longer than the value", u"nightfall"_s, "night", -1, 0);
    row("at the end", u"falls"_s, "The night falls", 10, 5);
    row("é as it is", u"café"_s, "un CAF\xc3\x89 noir", 3, 5);
    row("é as JSON escape", u"CAFÉ"_s, R"({"a": "un caf\u00e9 noir"})", 10, 9);
    row("é as JSON escape in capitals", u"café"_s, R"(["CAF\u00C9"])", 2, 9);
    row("only é", u"é"_s, R"(["\u00e9"])", 2, 6);
    row("escape between", u"naïveté"_s, R"({"w":"na\u00efvet\u00e9"})", 6, 17);
    row("beyond the basic plane", u"🐦 bird"_s, R"(["\ud83d\udc26 bird"])", 2, 17);
    row("Japanese", u"日本"_s, R"(["\u65e5\u672c"])", 2, 12);
    row("Greek folds", u"ΣΊΣΥΦΟΣ"_s, QString(u"σίσυφος"_s).toUtf8(), 0, 14);
    row("quotation mark alone", u"say \"hi"_s, R"({"t": "I say \"hi"})", 9, 8);
    row("slash escaped", u"a/b"_s, R"(["a\/b"])", 2, 4);
    row("line break", u"\"one\ntwo\""_s, R"(["one\ntwo"])", 2, 8);
    row("all words", u"falls night"_s, "The night falls", 4, 5);
    row("all words, one is missing", u"night rises"_s, "The night falls", -1, 0);
    row("all words in a row are shown as one", u"night falls"_s, "falls! The night falls", 11, 11);
    row("words in quotes belong together", u"\"the night\""_s, "the dark, night", -1, 0);
    row("n of an escaped line break is no n", u"nothing"_s, R"({"t": "first\nothing"})", -1, 0);
    row("but in a text that is no JSON it is", u"new"_s, R"(C:\new)", 3, 3);
    row("and behind an escaped backslash", u"new"_s, R"({"p": "C:\\new"})", 11, 3);
    row("the second place counts where the first is an escape", u"nothing"_s, R"(["\nothing nothing"])", 11, 7);
}

void tst_TextMatcher::wordsAreFound()
{
    QFETCH(QString, words);
    QFETCH(QByteArray, value);
    QFETCH(int, start);
    QFETCH(int, length);
    const Result<TextMatcher> matcher = TextMatcher::make({words, false, false});
    QVERIFY(matcher.has_value());
    const std::optional<TextMatch> match = matcher->find(value);
    QCOMPARE(match.has_value(), start >= 0);
    if (!match)
        return;
    QCOMPARE(match->start, start);
    QCOMPARE(match->length, length);
    // What is found without regard to case is found with it in the spelling of the value.
    if (!words.contains(u' ') && !value.contains("\\u")) {
        const Result<TextMatcher> exact = TextMatcher::make({QString::fromUtf8(value.mid(match->start, match->length)), false, true});
        if (exact && !value.contains('\\'))
            QVERIFY(exact->find(value).has_value());
        if (words != words.toUpper() && value.contains(words.toUtf8()))
            QVERIFY(!TextMatcher::make({words.toUpper(), false, true})->find(value).has_value());
    }
}

void tst_TextMatcher::patternsAreFound()
{
    const TextMatcher pattern = TextMatcher::make({u"pl[aä]yer \\d+"_s, true, false}).value();
    const std::optional<TextMatch> plain = pattern.find("vote for Player 12 now");
    QVERIFY(plain);
    QCOMPARE(plain->start, 9);
    QCOMPARE(plain->length, 9);
    const std::optional<TextMatch> escaped = pattern.find(R"({"t": "vote for pl\u00e4yer 3"})");
    QVERIFY(escaped);
    QCOMPARE(escaped->start, 16);
    QCOMPARE(escaped->length, 13);
    QVERIFY(!pattern.find("vote for nobody"));
    QVERIFY(!TextMatcher::make({u"player"_s, true, true})->find("PLAYER"));
}

void tst_TextMatcher::mistakesAreErrors()
{
    QCOMPARE(TextMatcher::make({u"  "_s, false, false}).error().code, ErrorCode::InvalidInput);
    const Result<TextMatcher> bad = TextMatcher::make({u"a(b"_s, true, false});
    QVERIFY(!bad);
    QCOMPARE(bad.error().code, ErrorCode::Syntax);
    QCOMPARE(bad.error().position, 3);
}

void tst_TextMatcher::anExcerptShowsTheMatch()
{
    const QByteArray value = R"({"t": ")" + QByteArray(500, 'x') + R"( caf\u00e9\nau lait )" + QByteArray(500, 'y') + R"("})";
    const TextMatcher matcher = TextMatcher::make({u"café"_s, false, false}).value();
    const Excerpt excerpt = excerptOf(value, *matcher.find(value));
    QCOMPARE(excerpt.text.mid(excerpt.start, excerpt.length), u"café"_s);
    QVERIFY(excerpt.text.startsWith(u'…'));
    QVERIFY(excerpt.text.endsWith(u'…'));
    QVERIFY(excerpt.text.contains(u"café au lait"));
    QVERIFY(excerpt.text.size() < 300);
    // Not in the middle of a character, at either end.
    const QByteArray umlauts = QString(300, u'ä').toUtf8() + "word" + QString(300, u'ü').toUtf8();
    const TextMatcher word = TextMatcher::make({u"word"_s, false, false}).value();
    QVERIFY(!excerptOf(umlauts, *word.find(umlauts)).text.contains(QChar::ReplacementCharacter));
}

void tst_TextMatcher::piecesAreInEveryMatch()
{
    const auto pieces = [](const QString &words) { return TextMatcher::make({words, false, false})->pieces(); };
    QCOMPARE(pieces(u"night falls"_s), (std::vector<QStringList>{{u"night"_s}, {u"falls"_s}}));
    QCOMPARE(pieces(u"naïveté"_s), (std::vector<QStringList>{{u"vet"_s}}));
    const std::vector<QStringList> accents = pieces(u"é"_s);
    QVERIFY(accents.front().contains(u"é"_s) && accents.front().contains(u"É"_s) && accents.front().contains(u"\\u00e9"_s));
}

QTEST_GUILESS_MAIN(tst_TextMatcher)
#include "tst_textmatcher.moc"
