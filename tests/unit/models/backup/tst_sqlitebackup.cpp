// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/backup/postgresdump.h"
#include "models/backup/sqlitebackup.h"
#include "models/backup/sqliterestore.h"
#include "models/database/connection.h"
#include "models/database/statementlog.h"
#include "tests/support/testdatabase.h"
#include "tests/support/testfiles.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <chrono>
#include <sqlite3.h>
#include <sys/stat.h>
#include <thread>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_SqliteBackup : public QObject
{
    Q_OBJECT

private slots:
    void aCopyIsOfOneMomentWhileOthersWrite_data();
    void aCopyIsOfOneMomentWhileOthersWrite();
    void aStopLeavesNothing();
    void aDumpIsForItsOwnerFromItsFirstByte();
    void aFileThatIsThereIsKept();
    void aDamagedDatabaseGivesNoCopy();
    void whatAKilledAttemptLeftIsNoObstacle();
    void permissionsAreTheSources();
    void whatABackupRunsIsLogged();
    void namesSayWhatTheyAre();
    void aBackupIsPutIntoAnOpenDatabase_data();
    void aBackupIsPutIntoAnOpenDatabase();

private:
    static QString place(const QTemporaryDir &folder, const QString &name) { return folder.filePath(name); }
};

namespace {

/// Two tables whose sums are equal after every commit, some pages long.
QString filled(const QString &path, const QString &journal, int rows)
{
    return executeSql(path, u"PRAGMA journal_mode=%1; CREATE TABLE a(n INTEGER, filler TEXT); CREATE TABLE b(n INTEGER, filler TEXT);"
                            "WITH RECURSIVE c(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM c WHERE i<%2) INSERT INTO a SELECT i, hex(randomblob(200)) FROM c;"
                            "INSERT INTO b SELECT n, filler FROM a;"_s.arg(journal).arg(rows));
}

/// Writes through a connection of its own until told to stop.
class Writer
{
public:
    explicit Writer(const QString &path) : m_thread([this, path] { run(path); }) {}
    ~Writer()
    {
        m_done = true;
        m_thread.join();
    }
    int commits() const { return m_commits; }

private:
    void run(const QString &path)
    {
        sqlite3 *handle = nullptr;
        sqlite3_open(path.toUtf8().constData(), &handle);
        sqlite3_busy_timeout(handle, 20'000);
        while (!m_done) {
            if (sqlite3_exec(handle, "BEGIN IMMEDIATE; INSERT INTO a VALUES (7, 'x'); UPDATE b SET n = n + 7 WHERE rowid = 1; COMMIT", nullptr, nullptr, nullptr) == SQLITE_OK)
                ++m_commits;
            else
                sqlite3_exec(handle, "ROLLBACK", nullptr, nullptr, nullptr);
            // Even the busiest application computes now and then; one that never does starves every reader.
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
        }
        sqlite3_close(handle);
    }
    std::atomic<bool> m_done = false;
    std::atomic<int> m_commits = 0;
    std::thread m_thread;
};

} // namespace

void tst_SqliteBackup::aCopyIsOfOneMomentWhileOthersWrite_data()
{
    QTest::addColumn<QString>("journal");
    QTest::newRow("wal") << u"wal"_s;
    QTest::newRow("rollback journal") << u"delete"_s;
}

void tst_SqliteBackup::aCopyIsOfOneMomentWhileOthersWrite()
{
    QFETCH(QString, journal);
    QTemporaryDir folder;
    const QString file = place(folder, u"x.db"_s);
    const QString copy = place(folder, u"copy.db"_s);
    QCOMPARE(filled(file, journal, 20'000), QString());
    SqliteBackupOptions options;
    options.pagesPerStep = 50;
    std::int64_t most = 0;
    int verifications = 0;
    Writer writer(file);
    QTRY_VERIFY(writer.commits() > 0);
    int duringBackup = 0;
    const int before = writer.commits();
    options.progress = [&](const BackupProgress &progress) {
        most = std::max(most, progress.doneBytes);
        verifications += progress.isVerifying;
        QVERIFY(progress.doneBytes <= progress.totalBytes);
        if (progress.doneBytes < progress.totalBytes && writer.commits() == before + duringBackup) {
            // A writer gets its turn between steps, in both modes.
            const int now = writer.commits();
            if (duringBackup < 2)
                QTRY_VERIFY(writer.commits() > now);
        }
        duringBackup = writer.commits() - before;
    };
    const auto done = backupSqlite(DatabaseUrl::forFile(file), copy, options);
    QVERIFY2(done, done ? "" : qPrintable(done.error().message));
    QVERIFY(duringBackup > 0);
    QCOMPARE(done->bytes, QFileInfo(copy).size());
    QVERIFY(most > 1'000'000);
    QCOMPARE(verifications, 1);
    QCOMPARE(journal == "wal"_L1, done->restarts == 0);
    QVERIFY(sqlValue(copy, u"SELECT count(*) FROM a"_s).toInt() >= 20'000);
    QCOMPARE(sqlValue(copy, u"SELECT (SELECT sum(n) FROM a) - (SELECT sum(n) FROM b)"_s), u"0"_s);
    QCOMPARE(sqlValue(copy, u"PRAGMA integrity_check"_s), u"ok"_s);
    QVERIFY(!QFileInfo::exists(copy + ".part"_L1));
}

void tst_SqliteBackup::aStopLeavesNothing()
{
    QTemporaryDir folder;
    const QString file = place(folder, u"x.db"_s);
    QCOMPARE(filled(file, u"delete"_s, 20'000), QString());
    SqliteBackupOptions options;
    options.pagesPerStep = 10;
    std::stop_source stop;
    options.stop = stop.get_token();
    int steps = 0;
    options.progress = [&](const BackupProgress &) {
        if (++steps == 3)
            stop.request_stop();
    };
    const auto done = backupSqlite(DatabaseUrl::forFile(file), place(folder, u"copy.db"_s), options);
    QVERIFY(!done);
    QCOMPARE(done.error().code, ErrorCode::Cancelled);
    QCOMPARE(steps, 3);
    QCOMPARE(QDir(folder.path()).entryList(QDir::Files), QStringList{u"x.db"_s});
}

void tst_SqliteBackup::aFileThatIsThereIsKept()
{
    QTemporaryDir folder;
    const QString file = place(folder, u"x.db"_s);
    const QString other = place(folder, u"other.db"_s);
    QCOMPARE(filled(file, u"delete"_s, 10), QString());
    QCOMPARE(executeSql(other, u"CREATE TABLE precious(x)"_s), QString());
    const auto refused = backupSqlite(DatabaseUrl::forFile(file), other);
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::InvalidInput);
    QCOMPARE(sqlValue(other, u"SELECT name FROM sqlite_schema"_s), u"precious"_s);
    SqliteBackupOptions options;
    options.overwrite = true;
    QVERIFY(backupSqlite(DatabaseUrl::forFile(file), other, options));
    QCOMPARE(sqlValue(other, u"SELECT count(*) FROM a"_s), u"10"_s);
    const auto itself = backupSqlite(DatabaseUrl::forFile(file), file, options);
    QVERIFY(!itself && itself.error().message.contains(u"itself"));
    const auto nowhere = backupSqlite(DatabaseUrl::forFile(file), place(folder, u"no/such/folder.db"_s));
    QVERIFY(!nowhere);
    QCOMPARE(nowhere.error().code, ErrorCode::Io);
}

void tst_SqliteBackup::aDamagedDatabaseGivesNoCopy()
{
    QTemporaryDir folder;
    const QString file = place(folder, u"x.db"_s);
    QCOMPARE(filled(file, u"delete"_s, 2'000), QString());
    QFile raw(file);
    QVERIFY(raw.open(QIODevice::ReadWrite));
    QVERIFY(raw.seek(raw.size() / 2));
    raw.write(QByteArray(20'000, '\xAB'));
    raw.close();
    const auto done = backupSqlite(DatabaseUrl::forFile(file), place(folder, u"copy.db"_s));
    QVERIFY(!done);
    QCOMPARE(done.error().code, ErrorCode::Corrupt);
    QCOMPARE(QDir(folder.path()).entryList(QDir::Files), QStringList{u"x.db"_s});
    SqliteBackupOptions blind; // what is damaged can still be carried to safety as it is
    blind.verify = false;
    QVERIFY(backupSqlite(DatabaseUrl::forFile(file), place(folder, u"copy.db"_s), blind));
}

void tst_SqliteBackup::whatAKilledAttemptLeftIsNoObstacle()
{
    QTemporaryDir folder;
    const QString file = place(folder, u"x.db"_s);
    QCOMPARE(filled(file, u"wal"_s, 10), QString());
    QFile part(place(folder, u"copy.db.part"_s));
    QVERIFY(part.open(QIODevice::WriteOnly));
    part.write("half");
    part.close();
    QVERIFY(backupSqlite(DatabaseUrl::forFile(file), place(folder, u"copy.db"_s)));
    QVERIFY(!part.exists());
    QCOMPARE(sqlValue(place(folder, u"copy.db"_s), u"SELECT count(*) FROM b"_s), u"10"_s);
}

void tst_SqliteBackup::permissionsAreTheSources()
{
    QTemporaryDir folder;
    const QString file = place(folder, u"x.db"_s);
    QCOMPARE(filled(file, u"delete"_s, 10), QString());
    QVERIFY(QFile::setPermissions(file, QFile::ReadOwner | QFile::WriteOwner));
    QVERIFY(backupSqlite(DatabaseUrl::forFile(file), place(folder, u"copy.db"_s)));
    QCOMPARE(QFile::permissions(place(folder, u"copy.db"_s)), QFile::permissions(file));
}

void tst_SqliteBackup::whatABackupRunsIsLogged()
{
    QTemporaryDir folder;
    const QString file = place(folder, u"x.db"_s);
    QCOMPARE(filled(file, u"wal"_s, 100), QString());
    QVERIFY(!QFile::exists(file + "-wal"_L1));
    const DatabaseUrl url = DatabaseUrl::forFile(file);
    const StatementLog log(url.displayText());
    QVERIFY(backupSqlite(url, place(folder, u"copy.db"_s), {}).has_value());
    QVERIFY(!QFile::exists(file + "-wal"_L1));
    QStringList statements;
    for (const LoggedStatement &statement : log.after(0)) {
        QVERIFY2(statement.error.isEmpty(), qPrintable(statement.error));
        statements.append(statement.sql);
        QCOMPARE(statement.parameters.join(u' ').contains(u"copy.db"), statement.sql.contains(u"quick_check"));
    }
    // The last is of who removes the empty files of the write-ahead log.
    QCOMPARE(statements.mid(statements.indexOf(u"PRAGMA main.journal_mode"_s)),
             (QStringList{u"PRAGMA main.journal_mode"_s, u"BEGIN"_s, u"SELECT count(*) FROM sqlite_schema"_s, u"PRAGMA page_size"_s, u"PRAGMA page_count"_s, u"PRAGMA quick_check(1)"_s,
                          u"ROLLBACK"_s, u"SELECT count(*) FROM sqlite_schema"_s}));
}

void tst_SqliteBackup::namesSayWhatTheyAre()
{
    QTemporaryDir folder;
    const QDateTime when(QDate(2026, 3, 1), QTime(9, 15), Qt::UTC);
    const QString first = backupPathBeside(place(folder, u"arena.v2.db"_s), u"before 0003_add/x"_s, when);
    QCOMPARE(QFileInfo(first).fileName(), u"arena.v2.backup-2026-03-01T091500Z-before-0003_add-x.db"_s);
    QCOMPARE(QFileInfo(first).absolutePath(), folder.path());
    QCOMPARE(executeSql(first, u"CREATE TABLE t(a)"_s), QString());
    QVERIFY(backupPathBeside(place(folder, u"arena.v2.db"_s), u"before 0003_add/x"_s, when).endsWith(u"-x-2.db"));
    QCOMPARE(QFileInfo(backupPathBeside(place(folder, u"plain"_s), {}, when)).fileName(), u"plain.backup-2026-03-01T091500Z"_s);
}

void tst_SqliteBackup::aBackupIsPutIntoAnOpenDatabase_data()
{
    QTest::addColumn<QString>("journal");
    QTest::newRow("rollback journal") << u"DELETE"_s;
    QTest::newRow("WAL") << u"WAL"_s;
}

void tst_SqliteBackup::aBackupIsPutIntoAnOpenDatabase()
{
    QFETCH(QString, journal);
    const QTemporaryDir folder;
    const QString path = place(folder, u"x.db"_s);
    const QString backup = place(folder, u"copy.db"_s);
    QCOMPARE(filled(path, journal, 500), QString());
    QVERIFY(backupSqlite(DatabaseUrl::forFile(path), backup));
    QCOMPARE(executeSql(path, u"DELETE FROM a WHERE n > 10; CREATE TABLE later(x)"_s), QString());
    ConnectionOptions writing;
    writing.readOnly = false;
    auto target = Connection::open(DatabaseUrl::forFile(path), writing);
    auto other = Connection::open(DatabaseUrl::forFile(path));
    QVERIFY(target && other);
    QCOMPARE((*other)->queryValue(u"SELECT count(*) FROM a"_s)->integer(), 10);
    const QDateTime now(QDate(2026, 3, 1), QTime(9, 15), Qt::UTC);
    // No database: nothing changes.
    const QString none = place(folder, u"none.db"_s);
    QFile junk(none);
    QVERIFY(junk.open(QIODevice::WriteOnly) && junk.write(QByteArray(4096, 'x')) == 4096);
    junk.close();
    QVERIFY(!restoreSqliteInto(**target, none, now));
    QCOMPARE((*other)->queryValue(u"SELECT count(*) FROM a"_s)->integer(), 10);
    const auto restored = restoreSqliteInto(**target, backup, now);
    QVERIFY2(restored, restored ? "" : qPrintable(restored.error().message + restored.error().detail));
    QCOMPARE(restored->rows, 1000);
    // Whoever has it open reads the new state; what was there is a file of its own.
    QCOMPARE((*other)->queryValue(u"SELECT count(*) FROM a"_s)->integer(), 500);
    QCOMPARE((*other)->queryValue(u"SELECT count(*) FROM sqlite_schema WHERE name = 'later'"_s)->integer(), 0);
    QCOMPARE((*other)->queryValue(u"PRAGMA integrity_check"_s)->toDisplayText(), u"ok"_s);
    QCOMPARE(sqlValue(restored->kept, u"SELECT count(*) FROM a"_s), u"10"_s);
    QCOMPARE(QDir(folder.path()).entryList({u"*.restore-*"_s}, QDir::Files), QStringList());
    const auto again = restoreSqliteInto(**target, path, now);
    QCOMPARE(again.error().code, ErrorCode::InvalidInput);
}

void tst_SqliteBackup::aDumpIsForItsOwnerFromItsFirstByte()
{
    const TestDatabase database;
    REQUIRE_DATABASE(database);
    if (!PostgresTool::find(u"pg_dump"_s, 0))
        QSKIP("there is no pg_dump");
    const QString problem = database.execute(u"CREATE TABLE a(x text); INSERT INTO a SELECT repeat('x', 100) FROM generate_series(1, 1000); CREATE TABLE b AS TABLE a; CREATE TABLE c AS TABLE a"_s);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    QTemporaryDir folder;
    const QString target = folder.filePath(u"all.dump"_s);
    const QFile::Permissions owner = QFile::ReadOwner | QFile::WriteOwner | QFile::ReadUser | QFile::WriteUser;
    QStringList seen;
    const ::mode_t before = ::umask(0); // the most generous
    const auto dumped = dumpPostgres(DatabaseUrl::parse(database.url()).value(), target, false, {}, [&](const DumpProgress &) {
        for (const QFileInfo &file : QDir(folder.path()).entryInfoList({u"*.part"_s}, QDir::Files)) {
            if ((file.permissions() & ~owner) != QFile::Permissions())
                seen.append(u"others may read it"_s);
            else
                seen.append(u"ok"_s);
        }
    });
    ::umask(before);
    QVERIFY2(dumped.has_value(), dumped ? "" : qPrintable(dumped.error().message));
    QCOMPARE(seen, QStringList({u"ok"_s, u"ok"_s, u"ok"_s}));
    QCOMPARE(QFileInfo(target).permissions() & ~owner, QFile::Permissions());
    QVERIFY(dumped->bytes > 1000);
    // Where nothing can be written, the reason is said.
    const auto nowhere = dumpPostgres(DatabaseUrl::parse(database.url()).value(), folder.filePath(u"no/such/folder/x.dump"_s), false, {}, {});
    QVERIFY(!nowhere.has_value());
    QVERIFY2(nowhere.error().message.contains(u"No such file"), qPrintable(nowhere.error().message));
}

QTEST_GUILESS_MAIN(tst_SqliteBackup)
#include "tst_sqlitebackup.moc"
