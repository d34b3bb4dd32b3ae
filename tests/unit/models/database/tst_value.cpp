// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/database/value.h"

#include <QTest>

#include <cmath>
#include <limits>

using namespace turnstone;

class tst_Value : public QObject
{
    Q_OBJECT

private slots:
    void differentStorageClassesDiffer();
    void realsCompareByTheirBits();
    void aReferenceRoundTrips();
    void displayTextTellsTheTypesApart();
};

void tst_Value::differentStorageClassesDiffer()
{
    QVERIFY(Value::integer(1) != Value::real(1.0));
    QVERIFY(Value::integer(1) != Value::text(u"1"));
    QVERIFY(Value::text(QByteArray("a")) != Value::blob("a"));
    QVERIFY(Value::text(QByteArray()) != Value::null());
    QCOMPARE(Value(), Value::null());
}

void tst_Value::realsCompareByTheirBits()
{
    QVERIFY(Value::real(0.0) != Value::real(-0.0));
    QVERIFY(Value::real(std::nan("")) == Value::real(std::nan("")));
}

void tst_Value::aReferenceRoundTrips()
{
    for (const Value &value : {Value::null(), Value::integer(std::numeric_limits<std::int64_t>::min()), Value::real(-0.0),
                               Value::text(QByteArray("a\0b", 3)), Value::text(QByteArray("")), Value::blob("\xFF\xFE")})
        QCOMPARE(Value(value.ref()), value);
}

void tst_Value::displayTextTellsTheTypesApart()
{
    QCOMPARE(Value::integer(9223372036854775807).toDisplayText(), QStringLiteral("9223372036854775807"));
    QCOMPARE(Value::real(25).toDisplayText(), QStringLiteral("25.0"));
    QCOMPARE(Value::blob("\x01\xAB").toDisplayText(), QStringLiteral("x'01ab'"));
    QCOMPARE(Value().toDisplayText(), QStringLiteral("NULL"));
}

QTEST_APPLESS_MAIN(tst_Value)
#include "tst_value.moc"
