// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/valuesorter.h"

#include <QTest>

#include <algorithm>
#include <random>

namespace turnstone {

namespace {

std::vector<std::int64_t> sorted(ValueSorter &sorter, bool isDescending = false)
{
    std::vector<std::int64_t> rows;
    const bool done = sorter.finish(isDescending, [] { return false; }, [&rows](const KeyList::Part &part) {
        for (std::int64_t i = 0; i < part.size(); ++i)
            rows.push_back(part.at(i).front().integer());
    });
    return done ? rows : std::vector<std::int64_t>();
}

ValueRef text(const char *data, qsizetype size = -1)
{
    return ValueRef::bytes(ValueType::Text, data, size < 0 ? static_cast<qsizetype>(qstrlen(data)) : size);
}

} // namespace

class tst_ValueSorter : public QObject
{
    Q_OBJECT

private slots:
    void manyRowsAreSortedByTwoThreads_data()
    {
        QTest::addColumn<int>("different");
        QTest::newRow("all different") << 2'000'000'000;
        QTest::newRow("five values") << 5;
        QTest::newRow("one value") << 1;
    }

    void manyRowsAreSortedByTwoThreads()
    {
        QFETCH(int, different);
        constexpr int count = 1'500'000;
        std::mt19937 random(4);
        std::uniform_int_distribution<int> any(0, different - 1);
        ValueSorter sorter(TextOrder::Binary);
        std::vector<std::pair<int, std::int64_t>> right;
        for (int i = 0; i < count; ++i) {
            const std::int64_t row = (std::int64_t(i) * 7919) % count - 1000; // not in order, and negative too
            right.emplace_back(any(random) - different / 2, row);
            const int value = right.back().first;
            QVERIFY(sorter.add(row, i % 2 == 0 ? ValueRef::integer(value) : ValueRef::real(value)));
        }
        std::sort(right.begin(), right.end());
        const std::vector<std::int64_t> rows = sorted(sorter);
        QCOMPARE(rows.size(), right.size());
        QVERIFY(std::equal(rows.begin(), rows.end(), right.begin(), [](std::int64_t row, const auto &pair) { return row == pair.second; }));
    }

    void integersAndRealsAreComparedExactly()
    {
        const std::int64_t limit = std::numeric_limits<std::int64_t>::max();
        const std::vector<ValueRef> ascending{ValueRef::real(-std::numeric_limits<double>::infinity()), ValueRef::integer(-limit - 1), ValueRef::integer(-limit),
                                              ValueRef::integer(-(std::int64_t(1) << 53) - 1), ValueRef::real(-9007199254740992.0), ValueRef::real(-0.5), ValueRef::integer(0),
                                              ValueRef::real(5e-324), ValueRef::integer(9007199254740992), ValueRef::integer(9007199254740993), ValueRef::real(9007199254740994.0),
                                              ValueRef::integer(limit), ValueRef::real(9223372036854775808.0), ValueRef::real(std::numeric_limits<double>::infinity())};
        ValueSorter sorter(TextOrder::Binary);
        for (int i = static_cast<int>(ascending.size()) - 1; i >= 0; --i)
            QVERIFY(sorter.add(i, ascending[static_cast<std::size_t>(i)]));
        const std::vector<std::int64_t> rows = sorted(sorter);
        QVERIFY(std::is_sorted(rows.begin(), rows.end()));
        QCOMPARE(rows.size(), ascending.size());
    }

    void equalValuesFollowByRow()
    {
        for (const bool isDescending : {false, true}) {
            ValueSorter sorter(TextOrder::NoCase);
            QVERIFY(sorter.add(5, text("Ab")) && sorter.add(2, text("aB")) && sorter.add(9, ValueRef::real(-0.0)) && sorter.add(8, ValueRef::integer(0))
                    && sorter.add(1, ValueRef()) && sorter.add(4, ValueRef::integer(std::int64_t(1) << 60)) && sorter.add(3, ValueRef::real(1152921504606846976.0)));
            std::vector<std::int64_t> right{1, 8, 9, 3, 4, 2, 5};
            if (isDescending)
                std::reverse(right.begin(), right.end());
            QCOMPARE(sorted(sorter, isDescending), right);
        }
    }

    void whatCannotBeSortedHereIsRefused()
    {
        ValueSorter noCase(TextOrder::NoCase);
        QVERIFY(!noCase.add(1, text("a\0b", 3)));
        ValueSorter sorter(TextOrder::Binary);
        QVERIFY(sorter.add(1, text("a\0b", 3)) && sorter.add(2, text("a")) && sorter.add(3, text("a\0a", 3)));
        QCOMPARE(sorted(sorter), (std::vector<std::int64_t>{2, 3, 1}));
        const QByteArray tooLong(100'000, 'x');
        QVERIFY(!sorter.add(1, text(tooLong.constData(), tooLong.size())));
        const QByteArray chunk(60'000, 'x');
        int kept = 0;
        while (kept < 10'000 && sorter.add(kept, text(chunk.constData(), chunk.size())))
            ++kept;
        QVERIFY(kept > 1000 && kept < 3000); // the budget
    }

    void aStopEndsTheSort()
    {
        ValueSorter sorter(TextOrder::Binary);
        for (int i = 0; i < 300'000; ++i)
            QVERIFY(sorter.add(i, ValueRef::integer(std::int64_t(i) * 7919 % 300'007)));
        int parts = 0;
        QVERIFY(!sorter.finish(false, [] { return true; }, [&parts](const KeyList::Part &) { ++parts; }));
        QCOMPARE(parts, 0);
    }
};

} // namespace turnstone

QTEST_APPLESS_MAIN(turnstone::tst_ValueSorter)
#include "tst_valuesorter.moc"
