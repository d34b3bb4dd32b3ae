// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/leaderboard/valueinterner.h"

#include <QtTest>

#include <limits>

using namespace turnstone;

class tst_ValueInterner : public QObject
{
    Q_OBJECT

private slots:
    void valuesComeBackAsTheyWere();
    void integersInAnyOrderKeepTheirNumbers();
    void textIntegersStayTexts();
    void typesAreToldApart();
};

void tst_ValueInterner::valuesComeBackAsTheyWere()
{
    const std::vector<Value> values{Value::integer(5), Value::integer(-1), Value::text(QByteArray("a\0b", 3)), Value::blob("a"), Value::real(0.5),
                                    Value::integer(std::numeric_limits<std::int64_t>::max()), Value::integer(std::numeric_limits<std::int64_t>::min()),
                                    Value::null(), Value::text(QByteArray())};
    ValueInterner interner;
    for (std::size_t i = 0; i < values.size(); ++i)
        QCOMPARE(interner.intern(values[i].ref()), static_cast<std::uint32_t>(i));
    for (std::size_t i = 0; i < values.size(); ++i) {
        QCOMPARE(interner.intern(values[i].ref()), static_cast<std::uint32_t>(i));
        QCOMPARE(interner.find(values[i].ref()), static_cast<std::uint32_t>(i));
        QVERIFY(interner.value(static_cast<std::uint32_t>(i)) == values[i]);
    }
    QCOMPARE(interner.size(), static_cast<std::uint32_t>(values.size()));
    QCOMPARE(interner.find(Value::integer(6).ref()), ValueInterner::none);
}

void tst_ValueInterner::integersInAnyOrderKeepTheirNumbers()
{
    // Far ones first, so that they are in the sparse part when the dense part grows over them.
    ValueInterner interner;
    std::vector<std::int64_t> order;
    for (std::int64_t i = 0; i < 20'000; ++i)
        order.push_back(i * 7919 % 20'011);
    for (std::size_t i = 0; i < order.size(); ++i)
        QCOMPARE(interner.intern(ValueRef::integer(order[i])), static_cast<std::uint32_t>(i));
    for (std::size_t i = 0; i < order.size(); ++i) {
        QCOMPARE(interner.find(ValueRef::integer(order[i])), static_cast<std::uint32_t>(i));
        QCOMPARE(interner.intern(ValueRef::integer(order[i])), static_cast<std::uint32_t>(i));
        QCOMPARE(interner.value(static_cast<std::uint32_t>(i)).integer(), order[i]);
    }
}

void tst_ValueInterner::textIntegersStayTexts()
{
    ValueInterner interner;
    const QList<QByteArray> texts{"12", "012", "-3", "-0", "0", "1 ", "99999999999999999999"};
    for (const QByteArray &text : texts)
        interner.intern(Value::text(text).ref());
    QCOMPARE(interner.size(), static_cast<std::uint32_t>(texts.size()));
    for (qsizetype i = 0; i < texts.size(); ++i)
        QVERIFY(interner.value(static_cast<std::uint32_t>(i)) == Value::text(texts[i]));
}

void tst_ValueInterner::typesAreToldApart()
{
    ValueInterner interner;
    const std::uint32_t integer = interner.intern(Value::integer(1).ref());
    QVERIFY(interner.intern(Value::text(QByteArray("1")).ref()) != integer);
    QVERIFY(interner.intern(Value::real(1).ref()) != integer);
    QVERIFY(interner.intern(Value::blob("1").ref()) != integer);
    QCOMPARE(interner.intern(Value::integer(1).ref()), integer);
    QVERIFY(interner.value(1) == Value::text(QByteArray("1")));
}

QTEST_APPLESS_MAIN(tst_ValueInterner)
#include "tst_valueinterner.moc"
