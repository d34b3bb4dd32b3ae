// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/migration/migrationfolder.h"
#include "tests/support/testdatabase.h"
#include "tests/support/testfiles.h"
#include "tests/support/testpaths.h"

#include <QDir>
#include <QDirIterator>
#include <QTemporaryDir>
#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_MigrationFolder : public QObject
{
    Q_OBJECT

private slots:
    void everyBundledHistoryInstalls_data();
    void everyBundledHistoryInstalls();
    void aFailureLeavesNothingAndNamesItsLine();
    void numbersMustBeWithoutGapsAndUnique();
    void aMissingFolderIsNamed();
};

void tst_MigrationFolder::everyBundledHistoryInstalls_data()
{
    QTest::addColumn<QString>("path");
    const QDir root(sourcePath(QStringLiteral("migrations")));
    QDirIterator files(root.path(), {u"*.sql"_s}, QDir::Files, QDirIterator::Subdirectories);
    QStringList folders;
    while (files.hasNext()) {
        const QString folder = root.relativeFilePath(QFileInfo(files.next()).path());
        if (!folders.contains(folder) && !folder.contains(u"/conversions/")) // those begin where another history ends
            folders.append(folder);
    }
    folders.sort();
    QVERIFY(folders.size() >= 10); // five systems on two engines
    for (const QString &folder : std::as_const(folders))
        QTest::newRow(qPrintable(folder)) << folder;
}

void tst_MigrationFolder::everyBundledHistoryInstalls()
{
    QFETCH(QString, path);
    const auto folder = MigrationFolder::bundled(path);
    QVERIFY2(folder, qPrintable(folder ? QString() : folder.error().message));
    ConnectionOptions writing;
    writing.readOnly = false;
    writing.createFile = true;
    QTemporaryDir temporary;
    QString url = temporary.filePath(u"new.db"_s);
    const bool onServer = path.contains("/postgresql"_L1);
    QString needed;
    for (const MigrationFile &file : folder->files())
        needed += file.up;
    const bool wantsVector = needed.contains("EXTENSION IF NOT EXISTS vector"_L1);
    TestDatabase database(wantsVector ? TestDatabase::vectorForOneSession() : "TURNSTONE_TEST_PG_URL");
    if (onServer) {
        REQUIRE_DATABASE(database);
        url = database.url();
    }
    auto connection = Connection::open(DatabaseUrl::parse(url).value(), writing);
    QVERIFY2(connection, qPrintable(connection ? QString() : connection.error().message));
    const Result<> installed = folder->install(**connection);
    QVERIFY2(installed, qPrintable(installed ? QString() : installed.error().message));
    const auto tables = (*connection)->queryValue(onServer ? u"SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"_s
                                                           : u"SELECT count(*) FROM sqlite_schema WHERE type = 'table'"_s);
    QVERIFY(tables->toDisplayText().toInt() >= 3);
}

void tst_MigrationFolder::aFailureLeavesNothingAndNamesItsLine()
{
    QTemporaryDir temporary;
    QFile first(temporary.filePath(u"0001_a.sql"_s));
    QVERIFY(first.open(QIODevice::WriteOnly));
    first.write("-- A\n-- migrate:up\nCREATE TABLE a(x);\n-- migrate:down\nDROP TABLE a;\n");
    first.close();
    QFile second(temporary.filePath(u"0002_b.sql"_s));
    QVERIFY(second.open(QIODevice::WriteOnly));
    second.write("-- B\n-- migrate:up\nCREATE TABLE b(x);\n\nINSERT INTO nowhere VALUES(1);\n-- migrate:down\nDROP TABLE b;\n");
    second.close();
    const auto folder = MigrationFolder::load(temporary.path());
    QVERIFY2(folder, qPrintable(folder ? QString() : folder.error().message));
    ConnectionOptions writing;
    writing.readOnly = false;
    writing.createFile = true;
    auto connection = Connection::open(DatabaseUrl::forFile(temporary.filePath(u"x.db"_s)), writing);
    const auto installed = folder->install(**connection);
    QVERIFY(!installed);
    QVERIFY2(installed.error().message.startsWith(u"0002_b.sql, line 5: "_s), qPrintable(installed.error().message));
    QCOMPARE((*connection)->queryValue(u"SELECT count(*) FROM sqlite_schema"_s).value(), Value::integer(0));
}

void tst_MigrationFolder::numbersMustBeWithoutGapsAndUnique()
{
    const QByteArray content = "-- T\n-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 1;\n";
    QTemporaryDir temporary;
    const auto add = [&](const QString &name) {
        QFile file(temporary.filePath(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(content);
    };
    add(u"0001_a.sql"_s);
    add(u"0003_c.sql"_s);
    QVERIFY(MigrationFolder::load(temporary.path()).error().message.contains(u"missing"));
    add(u"0002_b.sql"_s);
    QVERIFY(MigrationFolder::load(temporary.path()));
    add(u"0002_other.sql"_s);
    QVERIFY(MigrationFolder::load(temporary.path()).error().message.contains(u"same number"));
}

void tst_MigrationFolder::aMissingFolderIsNamed()
{
    const auto folder = MigrationFolder::bundled(u"no-such-system/sqlite"_s);
    QVERIFY(!folder);
    QCOMPARE(folder.error().code, ErrorCode::NotFound);
    QVERIFY(folder.error().message.contains(u"no-such-system"));
}

QTEST_GUILESS_MAIN(tst_MigrationFolder)
#include "tst_migrationfolder.moc"
