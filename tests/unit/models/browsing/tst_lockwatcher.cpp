// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/browsing/lockwatcher.h"
#include "models/core/async.h"
#include "tests/support/testdatabase.h"
#include "tests/support/testfiles.h"

#include <QCoreApplication>
#include <QProcess>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_LockWatcher : public QObject
{
    Q_OBJECT

private slots:
    void theProcessThatLocksAFileIsNamed();
    void theSessionThatBlocksOursIsNamed();
    void longWorkIsNoLock();
};

void tst_LockWatcher::theProcessThatLocksAFileIsNamed()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(u"locked.db"_s);
    QCOMPARE(executeSql(path, u"CREATE TABLE t(a); INSERT INTO t VALUES (1);"_s), QString());
    // Another process that keeps the file to itself until its input ends.
    QProcess other;
    other.start(u"sqlite3"_s, {path});
    if (!other.waitForStarted())
        QSKIP("sqlite3 is not installed");
    other.write("BEGIN EXCLUSIVE;\n.shell echo locked\n"); // its own output waits in a buffer
    QByteArray said;
    QTRY_VERIFY((said += other.readAllStandardOutput()).contains("locked"));

    SessionPool pool(*DatabaseUrl::parse(path));
    LockWatcher watcher(pool, {});
    QSignalSpy waiting(&watcher, &LockWatcher::waiting);
    QSignalSpy released(&watcher, &LockWatcher::released);
    watcher.start();
    bool isRead = false;
    onResult(pool.read([](Connection &connection) { return connection.queryValue(u"SELECT a FROM t"_s); }), this, [&](const Result<Value> &value) { isRead = value.has_value(); });
    QTRY_COMPARE(waiting.size(), 1);
    const QString sentence = waiting.first().first().toString();
    QVERIFY2(sentence.contains(QString::number(other.processId())) && sentence.contains(u"sqlite3"_s), qPrintable(sentence));
    QVERIFY(watcher.isWaiting() && !isRead);
    other.write("COMMIT;\n");
    QTRY_COMPARE(released.size(), 1);
    QTRY_VERIFY(isRead); // it was waited for, not refused
    QVERIFY(!watcher.isWaiting());
    other.closeWriteChannel();
    QVERIFY(other.waitForFinished());
}

void tst_LockWatcher::theSessionThatBlocksOursIsNamed()
{
    const TestDatabase database;
    REQUIRE_DATABASE(database);
    QCOMPARE(database.execute(u"CREATE TABLE t(a int); INSERT INTO t VALUES (1);"_s), QString());
    Result<DatabaseUrl> other = DatabaseUrl::parse(database.url());
    QVERIFY(other);
    other->setParameter(u"application_name"_s, u"the arena"_s);
    ConnectionOptions writing;
    writing.readOnly = false;
    const auto holder = Connection::open(*other, writing);
    QVERIFY(holder);
    QVERIFY((*holder)->begin());
    QVERIFY((*holder)->execute(u"LOCK TABLE t IN ACCESS EXCLUSIVE MODE"_s));
    const Result<Value> pid = (*holder)->queryValue(u"SELECT pg_backend_pid()"_s);
    QVERIFY(pid);

    SessionPool pool(*DatabaseUrl::parse(database.url()));
    LockWatcher watcher(pool, {});
    QSignalSpy waiting(&watcher, &LockWatcher::waiting);
    QSignalSpy released(&watcher, &LockWatcher::released);
    watcher.start();
    bool isRead = false;
    onResult(pool.read([](Connection &connection) { return connection.queryValue(u"SELECT a FROM t"_s); }), this, [&](const Result<Value> &value) { isRead = value.has_value(); });
    QTRY_VERIFY(!waiting.isEmpty());
    const QString sentence = waiting.first().first().toString();
    QVERIFY2(sentence.contains(u"the arena"_s) && sentence.contains(pid->toDisplayText()), qPrintable(sentence));
    QVERIFY(!isRead);
    (*holder)->rollback();
    QTRY_VERIFY(isRead);
    QTRY_COMPARE(released.size(), 1);
}

void tst_LockWatcher::longWorkIsNoLock()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(u"slow.db"_s);
    QCOMPARE(executeSql(path, u"CREATE TABLE t(a); INSERT INTO t VALUES (1);"_s), QString());
    SessionPool pool(*DatabaseUrl::parse(path));
    LockWatcher watcher(pool, {});
    QSignalSpy waiting(&watcher, &LockWatcher::waiting);
    watcher.start();
    std::stop_source stop;
    bool isOver = false;
    onResult(pool.read([](Connection &connection) { return connection.queryValue(u"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"_s); }, stop.get_token()), this,
             [&](const Result<Value> &) { isOver = true; });
    QElapsedTimer since;
    since.start();
    QTRY_VERIFY(since.elapsed() > 3 * LockWatcher::patienceMs); // it has looked by then
    QCOMPARE(waiting.size(), 0);
    stop.request_stop();
    QTRY_VERIFY(isOver);
}

QTEST_GUILESS_MAIN(tst_LockWatcher)
#include "tst_lockwatcher.moc"
