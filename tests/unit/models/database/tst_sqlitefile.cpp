// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/database/connection.h"
#include "models/database/sqlitefile.h"
#include "tests/support/testfiles.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <unistd.h>

using namespace turnstone;
using namespace Qt::StringLiterals;

/// Every kind of file that is no good database gets its own sentence, and none is changed or made.
class tst_SqliteFile : public QObject
{
    Q_OBJECT

private slots:
    void eachBadFileHasItsOwnSentence_data();
    void eachBadFileHasItsOwnSentence();
    void openingNeverMakesAFile();
    void aFileWithoutPermissionSaysSo();
    void readingAWalFileLeavesNothingBeside();
    void openingASecondConnectionKeepsTheLocksOfTheFirst();
    void theHolderOfALockIsNamed();

private:
    void write(const QString &name, const QByteArray &content)
    {
        QFile file(m_folder.filePath(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(content);
    }
    QTemporaryDir m_folder;
};

void tst_SqliteFile::eachBadFileHasItsOwnSentence_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<ErrorCode>("code");
    QTest::addColumn<QString>("words");
    QDir(m_folder.path()).mkdir(u"folder"_s);
    write(u"empty.db"_s, {});
    write(u"text.db"_s, "Dear diary, this is no database.\n");
    QByteArray noise;
    for (int i = 0; i < 256; ++i)
        noise += QCryptographicHash::hash(QByteArray::number(i), QCryptographicHash::Sha256);
    write(u"encrypted.db"_s, noise);
    const QString good = m_folder.filePath(u"good.db"_s);
    QCOMPARE(executeSql(good, u"CREATE TABLE t(a); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 5000)"
                              " INSERT INTO t SELECT 'some text ' || i FROM n"_s), QString());
    QFile whole(good);
    QVERIFY(whole.open(QIODevice::ReadOnly));
    const QByteArray bytes = whole.readAll();
    write(u"truncated.db"_s, bytes.left(bytes.size() / 2));
    write(u"header.db"_s, bytes.left(50));
    QByteArray damaged = bytes;
    damaged.replace(100, 900, QByteArray(900, '\x7f')); // the schema's page
    write(u"damaged.db"_s, damaged);
    QFile::link(m_folder.filePath(u"nowhere"_s), m_folder.filePath(u"link.db"_s));

    QTest::newRow("missing") << u"missing.db"_s << ErrorCode::NotFound << u"There is no file"_s;
    QTest::newRow("dangling link") << u"link.db"_s << ErrorCode::NotFound << u"is a link to a file that is not there"_s;
    QTest::newRow("folder") << u"folder"_s << ErrorCode::NotADatabase << u"is a folder"_s;
    QTest::newRow("empty") << u"empty.db"_s << ErrorCode::NotADatabase << u"is empty (0 bytes)"_s;
    QTest::newRow("text") << u"text.db"_s << ErrorCode::NotADatabase << u"is not a SQLite database"_s;
    QTest::newRow("encrypted") << u"encrypted.db"_s << ErrorCode::NotADatabase << u"looks encrypted"_s;
    QTest::newRow("truncated") << u"truncated.db"_s << ErrorCode::Corrupt << u"is cut off: it has"_s;
    QTest::newRow("within the header") << u"header.db"_s << ErrorCode::Corrupt << u"within its header"_s;
    QTest::newRow("damaged") << u"damaged.db"_s << ErrorCode::Corrupt << u"is damaged"_s;
}

void tst_SqliteFile::eachBadFileHasItsOwnSentence()
{
    QFETCH(QString, name);
    QFETCH(ErrorCode, code);
    QFETCH(QString, words);
    const auto opened = Connection::open(DatabaseUrl::forFile(m_folder.filePath(name)));
    QVERIFY(!opened);
    QVERIFY2(opened.error().message.contains(words), qPrintable(opened.error().message));
    QVERIFY2(opened.error().message.contains(name), qPrintable(opened.error().message));
    QCOMPARE(opened.error().code, code);
}

void tst_SqliteFile::openingNeverMakesAFile()
{
    const QString path = m_folder.filePath(u"never.db"_s);
    ConnectionOptions writing;
    writing.readOnly = false;
    QVERIFY(!Connection::open(DatabaseUrl::forFile(path), writing));
    QVERIFY(!QFile::exists(path));
    writing.createFile = true;
    QVERIFY(Connection::open(DatabaseUrl::forFile(path), writing));
}

void tst_SqliteFile::aFileWithoutPermissionSaysSo()
{
    if (::geteuid() == 0)
        QSKIP("SKIPPED: root may read every file; run the tests as another user to see this one");
    const QString path = m_folder.filePath(u"secret.db"_s);
    QCOMPARE(executeSql(path, u"CREATE TABLE t(a)"_s), QString());
    QFile::setPermissions(path, {});
    const auto opened = Connection::open(DatabaseUrl::forFile(path));
    QVERIFY(!opened);
    QCOMPARE(opened.error().code, ErrorCode::Permission);
}

void tst_SqliteFile::readingAWalFileLeavesNothingBeside()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(u"wal.db"_s);
    QCOMPARE(executeSql(path, u"PRAGMA journal_mode=WAL; CREATE TABLE t(a); INSERT INTO t VALUES(42)"_s), QString());
    QCOMPARE(QDir(folder.path()).entryList(QDir::Files), QStringList{u"wal.db"_s});
    {
        auto first = Connection::open(DatabaseUrl::forFile(path));
        auto second = Connection::open(DatabaseUrl::forFile(path));
        QVERIFY(first && second);
        QCOMPARE((*first)->queryValue(u"SELECT a FROM t"_s).value(), Value::integer(42));
        QCOMPARE((*second)->queryValue(u"SELECT a FROM t"_s).value(), Value::integer(42));
    }
    QCOMPARE(QDir(folder.path()).entryList(QDir::Files), QStringList{u"wal.db"_s});
}

void tst_SqliteFile::openingASecondConnectionKeepsTheLocksOfTheFirst()
{
    // Closing any descriptor of a file drops the locks of the whole process on it.
    QTemporaryDir folder;
    const QString path = folder.filePath(u"locks.db"_s);
    QCOMPARE(executeSql(path, u"CREATE TABLE t(a)"_s), QString());
    ConnectionOptions writing;
    writing.readOnly = false;
    auto writer = Connection::open(DatabaseUrl::forFile(path), writing);
    QVERIFY(writer && (*writer)->begin());
    QVERIFY(Connection::open(DatabaseUrl::forFile(path)));
    QProcess other;
    other.start(u"sqlite3"_s, {path, u"INSERT INTO t VALUES(1)"_s});
    if (!other.waitForStarted())
        QSKIP("SKIPPED: the sqlite3 program is not installed (package sqlite3)");
    QVERIFY(other.waitForFinished());
    QVERIFY2(other.exitCode() != 0, "another process got past our write lock");
    (*writer)->rollback();
}

void tst_SqliteFile::theHolderOfALockIsNamed()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(u"held.db"_s);
    QCOMPARE(executeSql(path, u"CREATE TABLE t(a)"_s), QString());
    QProcess other;
    other.start(u"sqlite3"_s, {path});
    if (!other.waitForStarted())
        QSKIP("SKIPPED: the sqlite3 program is not installed (package sqlite3)");
    other.write("BEGIN EXCLUSIVE;\n");
    QTRY_VERIFY(sqliteLockHolder(path).contains(u"sqlite3"));
    const auto opened = Connection::open(DatabaseUrl::forFile(path), ConnectionOptions{.lockTimeout = std::chrono::milliseconds(20)});
    QVERIFY(!opened);
    QCOMPARE(opened.error().code, ErrorCode::Busy);
    QVERIFY2(opened.error().message.contains(u"sqlite3 ("), qPrintable(opened.error().message));
    other.write(".quit\n");
    QVERIFY(other.waitForFinished());
}

QTEST_GUILESS_MAIN(tst_SqliteFile)
#include "tst_sqlitefile.moc"
