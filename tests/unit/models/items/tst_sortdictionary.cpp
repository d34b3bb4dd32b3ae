// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/sortdictionary.h"

#include <QTest>

namespace turnstone {

namespace {

ValueRef text(const QByteArray &of)
{
    return ValueRef::bytes(ValueType::Text, of.constData(), of.size());
}

std::uint32_t settledCode(const SortDictionary &dictionary, std::uint32_t code)
{
    constexpr std::uint32_t mask = (std::uint32_t(1) << SortDictionary::numberBits) - 1;
    return (code & ~mask) | dictionary.settled(code & mask);
}

} // namespace

class tst_SortDictionary : public QObject
{
    Q_OBJECT

private slots:
    void settledCodesAreInOrder_data()
    {
        QTest::addColumn<bool>("isReversed");
        QTest::newRow("ascending") << false;
        QTest::newRow("descending") << true;
    }

    void settledCodesAreInOrder()
    {
        QFETCH(bool, isReversed);
        const QByteArray words[] = {"bb", "dd", "ff"};
        const auto known = std::make_shared<const KnownValues>(
            std::vector<ValueRef>{text(words[2]), text(words[0]), text(words[1]), text(words[0])}, TextOrder::NoCase, isReversed);
        SortDictionary first(known, SortDictionary::mostValues);
        SortDictionary second(known, SortDictionary::mostValues);
        const QByteArray met[] = {"ce", "BB", "cA", "a", "zz", "dd", "ee"};
        const QByteArray metToo[] = {"ca", "cf", "bb", "A", "y"};
        std::vector<std::tuple<QByteArray, SortDictionary *, std::uint32_t>> codes;
        for (const QByteArray &word : met)
            codes.emplace_back(word.toLower(), &first, first.codeOf(text(word)).value());
        for (const QByteArray &word : metToo)
            codes.emplace_back(word.toLower(), &second, second.codeOf(text(word)).value());
        codes.emplace_back(QByteArray(), &second, second.codeOf(ValueRef()).value()); // NULL is the least as the empty text here
        for (auto &[word, dictionary, code] : codes)                                  // met again
            QCOMPARE(dictionary->codeOf(word.isEmpty() ? ValueRef() : text(word)).has_value(), true);
        SortDictionary::settle({&first, &second});
        for (const auto &[word, dictionary, code] : codes) {
            for (const auto &[other, otherDictionary, otherCode] : codes) {
                const std::uint32_t a = settledCode(*dictionary, code);
                const std::uint32_t b = settledCode(*otherDictionary, otherCode);
                QCOMPARE(a == b, word == other);
                QCOMPARE(a < b, isReversed ? other < word : word < other);
            }
        }
    }

    void knownValuesNeedNoSettling()
    {
        const QByteArray word("known");
        SortDictionary dictionary(
            std::make_shared<const KnownValues>(std::vector<ValueRef>{text(word), ValueRef::integer(7)}, TextOrder::Binary, false), 10);
        const std::uint32_t code = dictionary.codeOf(text(word)).value();
        QCOMPARE(dictionary.codeOf(ValueRef::real(7.0)), dictionary.codeOf(ValueRef::integer(7)));
        QVERIFY(dictionary.isSettled());
        QVERIFY(dictionary.codeOf(ValueRef::real(7.5)).has_value());
        QVERIFY(!dictionary.isSettled());
        SortDictionary::settle({&dictionary});
        QCOMPARE(settledCode(dictionary, code), code);
    }

    void itGrowsToItsLimit()
    {
        const auto known = std::make_shared<const KnownValues>(std::vector<ValueRef>{}, TextOrder::Binary, false);
        SortDictionary dictionary(known, SortDictionary::mostValues);
        std::vector<std::uint32_t> codes;
        for (std::size_t i = 0; i < SortDictionary::mostValues; ++i)
            codes.push_back(dictionary.codeOf(ValueRef::integer(static_cast<std::int64_t>(i * 7919 % SortDictionary::mostValues))).value());
        QVERIFY(!dictionary.codeOf(ValueRef::integer(-1)));
        for (std::size_t i = 0; i < SortDictionary::mostValues; ++i)
            QCOMPARE(dictionary.codeOf(ValueRef::integer(static_cast<std::int64_t>(i * 7919 % SortDictionary::mostValues))).value(),
                     codes[i]);
        SortDictionary::settle({&dictionary});
        for (std::size_t i = 0; i < codes.size(); ++i)
            QCOMPARE(std::size_t(settledCode(dictionary, codes[i])), i * 7919 % SortDictionary::mostValues + 1);
    }

    void longValuesAreBoundedByTheirBytes()
    {
        SortDictionary dictionary(std::make_shared<const KnownValues>(std::vector<ValueRef>{}, TextOrder::Binary, false),
                                  SortDictionary::mostValues);
        int count = 0;
        for (; count < 100; ++count) {
            const QByteArray megabyte(1 << 20, static_cast<char>('A' + count));
            if (!dictionary.codeOf(text(megabyte)))
                break;
        }
        QCOMPARE(count, SortDictionary::mostBytes >> 20);
    }
};

} // namespace turnstone

QTEST_GUILESS_MAIN(turnstone::tst_SortDictionary)
#include "tst_sortdictionary.moc"
