// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/migration/migrationfile.h"

#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_MigrationFile : public QObject
{
    Q_OBJECT

private slots:
    void partsAndLinesAreFound();
    void byteOrderMarkAndWindowsLineEndsAreFine();
    void mistakesAreNamed_data();
    void mistakesAreNamed();
};

void tst_MigrationFile::partsAndLinesAreFound()
{
    const auto file = MigrationFile::parse(u"0007_add_memory.sql"_s, "-- Memory\n-- Adds a table\n-- of memories.\n\n-- migrate:up\n\nCREATE TABLE m(a);\n\n"
                                                                     "-- migrate:down\nDROP TABLE m;");
    QVERIFY2(file, qPrintable(file ? QString() : file.error().message));
    QCOMPARE(file->number, 7);
    QCOMPARE(file->name, u"add_memory"_s);
    QCOMPARE(file->title, u"Memory"_s);
    QCOMPARE(file->description, u"Adds a table of memories."_s);
    QCOMPARE(file->up.trimmed(), u"CREATE TABLE m(a);"_s);
    QCOMPARE(file->down.trimmed(), u"DROP TABLE m;"_s);
    QCOMPARE(file->upLine, 6);
    QCOMPARE(file->downLine, 10);
    QCOMPARE(file->checksum.size(), 64);
}

void tst_MigrationFile::byteOrderMarkAndWindowsLineEndsAreFine()
{
    const auto file = MigrationFile::parse(u"001_a.sql"_s, "\xEF\xBB\xBF-- T\r\n-- migrate:up\r\nSELECT 1;\r\n-- migrate:down\r\nSELECT 2;\r\n");
    QVERIFY2(file, qPrintable(file ? QString() : file.error().message));
    QCOMPARE(file->title, u"T"_s);
    QCOMPARE(file->up, u"SELECT 1;\n"_s);
}

void tst_MigrationFile::mistakesAreNamed_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("words");
    const QByteArray good = "-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 2;\n";
    QTest::newRow("no number") << u"initial.sql"_s << good << u"named by a number"_s;
    QTest::newRow("no up") << u"0001_a.sql"_s << QByteArray("-- nothing\n") << u"no line \"-- migrate:up\""_s;
    QTest::newRow("zero bytes") << u"0001_a.sql"_s << good + QByteArray("\0", 1) << u"zero bytes"_s;
    QTest::newRow("down first") << u"0001_a.sql"_s << QByteArray("-- migrate:down\n-- migrate:up\n") << u"line 1"_s;
    QTest::newRow("up twice") << u"0001_a.sql"_s << QByteArray("-- migrate:up\n-- migrate:up\n") << u"line 2"_s;
    QTest::newRow("down twice") << u"0001_a.sql"_s << good + "-- migrate:down\n" << u"line 5"_s;
    QTest::newRow("SQL before") << u"0001_a.sql"_s << "DROP TABLE x;\n" + good << u"line 1"_s;
    QTest::newRow("not UTF-8") << u"0001_a.sql"_s << good + "\xFF\xFE" << u"not UTF-8"_s;
}

void tst_MigrationFile::mistakesAreNamed()
{
    QFETCH(QString, name);
    QFETCH(QByteArray, content);
    QFETCH(QString, words);
    const auto file = MigrationFile::parse(name, content);
    QVERIFY(!file);
    QVERIFY2(file.error().message.contains(words) && file.error().message.contains(name), qPrintable(file.error().message));
}

QTEST_APPLESS_MAIN(tst_MigrationFile)
#include "tst_migrationfile.moc"
