// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/core/timestamp.h"

#include <QtTest>

using namespace turnstone;

class tst_Timestamp : public QObject
{
    Q_OBJECT

private slots:
    void timesAreRead_data();
    void timesAreRead();
    void anythingElseIsNothing_data();
    void anythingElseIsNothing();
};

void tst_Timestamp::timesAreRead_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<qint64>("expected");
    const auto row = [](const char *text, qint64 expected) { QTest::newRow(text) << QByteArray(text) << expected; };
    row("1970-01-01", 0);
    row("1970-01-01 00:00", 0);
    row("1970-01-01 00:00:01", 1'000'000);
    row("1970-01-01T00:00:00.000001Z", 1);
    row("1969-12-31 23:59:59.999999", -1);
    row("2025-10-21 09:14:00.123456", 1'761'038'040'123'456);
    row("2025-10-21 09:14:00.12", 1'761'038'040'120'000);
    row("2025-10-21 09:14:00.1234567", 1'761'038'040'123'456);
    row("2025-10-21 11:14:00.123456+02", 1'761'038'040'123'456);
    row("2025-10-21T03:44:00.123456-05:30", 1'761'038'040'123'456);
    row("2025-10-21T03:44:00.123456-0530", 1'761'038'040'123'456);
    row("2000-02-29", 951'782'400'000'000);
    row("12000-01-01", 316'516'204'800'000'000);
}

void tst_Timestamp::timesAreRead()
{
    QFETCH(QByteArray, text);
    QFETCH(qint64, expected);
    const auto time = microsecondsUtc(text);
    QVERIFY(time);
    QCOMPARE(*time, expected);
}

void tst_Timestamp::anythingElseIsNothing_data()
{
    QTest::addColumn<QByteArray>("text");
    for (const char *text : {"", "x", "2025", "2025-13-01", "2025-02-29", "2025-01-00", "0000-01-01", "2025-01-01 ", "2025-01-01 9:00", "2025-01-01 25:00",
                             "2025-01-01 10:60", "2025-01-01 10:00:61", "2025-01-01 10:00:00.", "2025-01-01 10:00:00 BC", "2025-01-01 10:00:00+2",
                             "infinity", "-infinity", "12:00:00"})
        QTest::newRow(text) << QByteArray(text);
    QTest::newRow("NUL") << QByteArray("2025-01-01\0", 11);
}

void tst_Timestamp::anythingElseIsNothing()
{
    QFETCH(QByteArray, text);
    QVERIFY(!microsecondsUtc(text));
}

QTEST_APPLESS_MAIN(tst_Timestamp)
#include "tst_timestamp.moc"
