// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/database/sessionpool.h"
#include "tests/support/testdatabase.h"
#include "tests/support/testfiles.h"
#include "tests/unit/models/database/taken.h"

#include <QElapsedTimer>
#include <QSemaphore>
#include <QTemporaryDir>
#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_SessionPool : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void readsRunSideBySideUpToTheLimit();
    void overflowConnectionsAreClosedWhenIdle();
    void aReadThatFindsNoConnectionInTimeSaysSo();
    void aReadOnlyPoolRefusesToWrite();
    void writesAreSeenByReads();
    void closingEndsWhatWaits();
    void aServerThatGoesAwayIsNotNoticedByReads();
    void oldAndDeadConnectionsAreReplaced();

private:
    DatabaseUrl file() const { return DatabaseUrl::forFile(m_path); }

    QTemporaryDir m_folder;
    QString m_path = m_folder.filePath(u"pool.db"_s);
    TestDatabase m_database;
};

void tst_SessionPool::initTestCase()
{
    QCOMPARE(executeSql(m_path, u"CREATE TABLE t(a INTEGER)"_s), QString());
}

void tst_SessionPool::readsRunSideBySideUpToTheLimit()
{
    PoolOptions options;
    options.size = 2;
    options.overflow = 1;
    SessionPool pool(file(), {}, options);
    QSemaphore inside;
    QSemaphore leave;
    QList<QFuture<Result<int>>> futures;
    for (int i = 0; i < 5; ++i) {
        futures.append(pool.read([&](Connection &) -> Result<int> {
            inside.release();
            leave.acquire();
            return 1;
        }));
    }
    QVERIFY(inside.tryAcquire(3, 30'000));
    QVERIFY(!inside.tryAcquire(1, 50)); // the fourth waits
    QCOMPARE(pool.sessionCount(), 3);
    QCOMPARE(pool.busyCount(), 3);
    leave.release(5);
    for (auto &future : futures)
        QCOMPARE(taken(future).value(), 1);
    QTRY_COMPARE(pool.busyCount(), 0);
}

void tst_SessionPool::overflowConnectionsAreClosedWhenIdle()
{
    REQUIRE_DATABASE(m_database);
    PoolOptions options;
    options.size = 1;
    options.overflow = 3;
    SessionPool pool(DatabaseUrl::parse(m_database.url()).value(), {}, options);
    const auto connections = [this] {
        return m_database.value(u"SELECT count(*) FROM pg_stat_activity WHERE application_name = 'turnstone' AND datname = '%1'"_s.arg(m_database.name()));
    };
    QSemaphore inside;
    QSemaphore leave;
    QList<QFuture<Result<int>>> futures;
    for (int i = 0; i < 4; ++i) {
        futures.append(pool.read([&](Connection &) -> Result<int> {
            inside.release();
            leave.acquire();
            return 1;
        }));
    }
    QVERIFY(inside.tryAcquire(4, 30'000));
    QCOMPARE(connections(), u"4"_s);
    leave.release(4);
    QTRY_COMPARE(connections(), u"1"_s);
}

void tst_SessionPool::aReadThatFindsNoConnectionInTimeSaysSo()
{
    PoolOptions options;
    options.size = 1;
    options.overflow = 0;
    options.acquireTimeout = std::chrono::milliseconds(100);
    SessionPool pool(file(), {}, options);
    QSemaphore leave;
    auto first = pool.read([&](Connection &) -> Result<int> {
        leave.acquire();
        return 1;
    });
    const auto second = taken(pool.read([](Connection &) -> Result<int> { return 2; }));
    QVERIFY(!second);
    QCOMPARE(second.error().code, ErrorCode::Busy);
    leave.release();
    QCOMPARE(taken(first).value(), 1);
}

void tst_SessionPool::aReadOnlyPoolRefusesToWrite()
{
    SessionPool pool(file());
    const auto refused = taken(pool.write([](Connection &connection) { return connection.execute(u"INSERT INTO t VALUES(1)"_s); }));
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::ReadOnly);
}

void tst_SessionPool::writesAreSeenByReads()
{
    ConnectionOptions writing;
    writing.readOnly = false;
    SessionPool pool(file(), writing);
    QVERIFY(taken(pool.write([](Connection &connection) { return connection.execute(u"INSERT INTO t VALUES(42)"_s); })));
    QCOMPARE(taken(pool.read([](Connection &connection) { return connection.queryValue(u"SELECT a FROM t"_s); })).value(), Value::integer(42));
    // The readers are read-only even in a pool that writes.
    const auto refused = taken(pool.read([](Connection &connection) { return connection.execute(u"DELETE FROM t"_s); }));
    QCOMPARE(refused.error().code, ErrorCode::ReadOnly);
}

void tst_SessionPool::closingEndsWhatWaits()
{
    PoolOptions options;
    options.size = 1;
    options.overflow = 0;
    SessionPool pool(file(), {}, options);
    QSemaphore inside;
    QSemaphore leave;
    auto first = pool.read([&](Connection &) -> Result<int> {
        inside.release();
        leave.acquire();
        return 1;
    });
    auto second = pool.read([](Connection &) -> Result<int> { return 2; });
    QVERIFY(inside.tryAcquire(1, 30'000));
    pool.close();
    QCOMPARE(taken(second).error().code, ErrorCode::Cancelled);
    leave.release();
    QCOMPARE(taken(first).value(), 1);
    QCOMPARE(taken(pool.read([](Connection &) -> Result<int> { return 3; })).error().code, ErrorCode::Cancelled);
}

void tst_SessionPool::aServerThatGoesAwayIsNotNoticedByReads()
{
    REQUIRE_DATABASE(m_database);
    SessionPool pool(DatabaseUrl::parse(m_database.url()).value());
    for (int round = 0; round < 3; ++round) {
        const auto pid = taken(pool.read([](Connection &connection) { return connection.queryValue(u"SELECT pg_backend_pid()"_s); }));
        QVERIFY2(pid, qPrintable(pid ? QString() : pid.error().message));
        QCOMPARE(m_database.value(u"SELECT pg_terminate_backend(%1)"_s.arg(pid->toDisplayText())), u"t"_s);
    }
}

void tst_SessionPool::oldAndDeadConnectionsAreReplaced()
{
    REQUIRE_DATABASE(m_database);
    const auto pidOf = [](SessionPool &pool) {
        return taken(pool.read([](Connection &connection) { return connection.queryValue(u"SELECT pg_backend_pid()"_s); }))->toDisplayText();
    };
    PoolOptions shortLived;
    shortLived.recycle = std::chrono::seconds(1);
    SessionPool recycling(DatabaseUrl::parse(m_database.url()).value(), {}, shortLived);
    const QString first = pidOf(recycling);
    QTRY_VERIFY_WITH_TIMEOUT(pidOf(recycling) != first, 20'000);

    PoolOptions pinging;
    pinging.pingAfterIdle = std::chrono::seconds(0);
    SessionPool pool(DatabaseUrl::parse(m_database.url()).value(), {}, pinging);
    const QString alive = pidOf(pool);
    QCOMPARE(pidOf(pool), alive); // a ping that succeeds keeps it
    QCOMPARE(m_database.value(u"SELECT pg_terminate_backend(%1)"_s.arg(alive)), u"t"_s);
    QVERIFY(pidOf(pool) != alive);
}

QTEST_GUILESS_MAIN(tst_SessionPool)
#include "tst_sessionpool.moc"
