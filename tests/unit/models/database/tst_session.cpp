// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/core/async.h"
#include "models/database/session.h"
#include "tests/support/silentserver.h"
#include "tests/support/testdatabase.h"
#include "tests/support/testfiles.h"
#include "tests/unit/models/database/taken.h"

#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

#include <atomic>
#include <memory>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_Session : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void jobsRunInOrderInAThreadOfTheirOwn();
    void aRunningQueryStopsWhenAsked_data();
    void aRunningQueryStopsWhenAsked();
    void aJobStoppedBeforeItBeginsNeverRuns();
    void destroyingASessionStopsItsQuery_data();
    void destroyingASessionStopsItsQuery();
    void aTransactionLeftOpenIsRolledBack_data();
    void aTransactionLeftOpenIsRolledBack();
    void aFailedWriteChangesNothing_data();
    void aFailedWriteChangesNothing();
    void aLostConnectionIsReplacedForReads();
    void aLostWriteSaysThatNothingWasSaved();
    void aWaitForALockCanBeStopped();
    void openingIsRetriedAndStopsWhenAsked();
    void aServerThatNeverAnswersDoesNotHoldUpTheEnd();

private:
    void engines()
    {
        QTest::addColumn<QString>("url");
        QTest::newRow("SQLite") << m_path;
        if (m_database.isConfigured())
            QTest::newRow("PostgreSQL") << m_database.url();
        else
            qWarning("%s", qPrintable(m_database.skipReason()));
    }
    static DatabaseUrl urlOf(const QString &text) { return DatabaseUrl::parse(text).value(); }
    static ConnectionOptions writing()
    {
        ConnectionOptions options;
        options.readOnly = false;
        return options;
    }

    QTemporaryDir m_folder;
    QString m_path = m_folder.filePath(u"session.db"_s);
    TestDatabase m_database;
    const QString m_endless = u"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000000000) SELECT max(i) FROM n"_s;
};

void tst_Session::initTestCase()
{
    QCOMPARE(executeSql(m_path, u"CREATE TABLE t(a INTEGER)"_s), QString());
    if (m_database.isConfigured())
        QCOMPARE(m_database.execute(u"CREATE TABLE t(a integer)"_s), QString());
}

void tst_Session::jobsRunInOrderInAThreadOfTheirOwn()
{
    Session session(urlOf(m_path));
    QThread *where = nullptr;
    QList<int> order;
    QList<QFuture<Result<int>>> futures;
    for (int i = 0; i < 20; ++i) {
        futures.append(session.run([&, i](Connection &) -> Result<int> {
            where = QThread::currentThread();
            order.append(i);
            return i;
        }));
    }
    QCOMPARE(taken(futures.last()).value(), 19);
    QVERIFY(where && where != QThread::currentThread());
    QVERIFY(std::is_sorted(order.begin(), order.end()));
    QCOMPARE(order.size(), 20);
}

void tst_Session::aRunningQueryStopsWhenAsked_data()
{
    engines();
}

void tst_Session::aRunningQueryStopsWhenAsked()
{
    QFETCH(QString, url);
    Session session(urlOf(url));
    QVERIFY(taken(session.run([](Connection &connection) { return connection.queryValue(u"SELECT 1"_s); })));
    std::stop_source stop;
    std::atomic<bool> begun = false;
    auto running = session.run(
        [&](Connection &connection) {
            begun = true;
            return connection.queryValue(m_endless);
        },
        stop.get_token());
    QTRY_VERIFY(begun);
    QElapsedTimer timer;
    timer.start();
    stop.request_stop(); // may hit before, at or after the statement's start: it must work in all cases
    const auto result = taken(running);
    qInfo("stopped after %lld ms", timer.elapsed());
    QVERIFY(!result);
    QCOMPARE(result.error().code, ErrorCode::Cancelled);
    // The connection is as good as new.
    QVERIFY(taken(session.run([](Connection &connection) { return connection.queryValue(u"SELECT 1"_s); })));

    // Once more, well within the statement.
    std::stop_source later;
    auto again = session.run([&](Connection &connection) { return connection.queryValue(m_endless); }, later.get_token());
    QTimer::singleShot(300, this, [&] {
        timer.restart();
        later.request_stop();
    });
    QCOMPARE(taken(again).error().code, ErrorCode::Cancelled);
    qInfo("stopped after %lld ms", timer.elapsed());
}

void tst_Session::aJobStoppedBeforeItBeginsNeverRuns()
{
    Session session(urlOf(m_path));
    std::stop_source stop;
    stop.request_stop();
    bool ran = false;
    const auto result = taken(session.run(
        [&](Connection &) -> Result<int> {
            ran = true;
            return 1;
        },
        stop.get_token()));
    QCOMPARE(result.error().code, ErrorCode::Cancelled);
    QVERIFY(!ran);
}

void tst_Session::destroyingASessionStopsItsQuery_data()
{
    engines();
}

void tst_Session::destroyingASessionStopsItsQuery()
{
    QFETCH(QString, url);
    auto session = std::make_unique<Session>(urlOf(url));
    std::atomic<bool> begun = false;
    auto running = session->run([&](Connection &connection) {
        begun = true;
        return connection.queryValue(m_endless);
    });
    auto queued = session->run([](Connection &connection) { return connection.queryValue(u"SELECT 1"_s); });
    QTRY_VERIFY(begun);
    session.reset(); // returns only when the engine has stopped
    QVERIFY(running.isFinished());
    QVERIFY(queued.isFinished());
    QVERIFY(queued.isCanceled());
}

void tst_Session::aTransactionLeftOpenIsRolledBack_data()
{
    engines();
}

void tst_Session::aTransactionLeftOpenIsRolledBack()
{
    QFETCH(QString, url);
    Session session(urlOf(url), writing());
    QVERIFY(taken(session.run([](Connection &connection) -> Result<> {
        if (const auto begun = connection.begin(); !begun)
            return begun;
        const auto inserted = connection.execute(u"INSERT INTO t VALUES(1)"_s);
        return inserted ? Result<>() : Result<>(failure(inserted));
    })));
    const auto state = taken(session.run([](Connection &connection) -> Result<QString> {
        const auto count = connection.queryValue(u"SELECT count(*) FROM t"_s);
        return (connection.isInTransaction() ? u"open "_s : u"closed "_s) + count->toDisplayText();
    }));
    QCOMPARE(state.value(), u"closed 0"_s);
}

void tst_Session::aFailedWriteChangesNothing_data()
{
    engines();
}

void tst_Session::aFailedWriteChangesNothing()
{
    QFETCH(QString, url);
    Session session(urlOf(url), writing());
    const auto failed = taken(session.write([](Connection &connection) -> Result<ExecuteOutcome> {
        (void)connection.execute(u"INSERT INTO t VALUES(1)"_s);
        return connection.execute(u"INSERT INTO nowhere VALUES(1)"_s);
    }));
    QVERIFY(!failed);
    const auto count = taken(session.run([](Connection &connection) { return connection.queryValue(u"SELECT count(*) FROM t"_s); }));
    QCOMPARE(count->toDisplayText(), u"0"_s);
    QVERIFY(taken(session.write([](Connection &connection) { return connection.execute(u"INSERT INTO t VALUES(1)"_s); })));
    QCOMPARE(taken(session.write([](Connection &connection) { return connection.execute(u"DELETE FROM t"_s); }))->rowsAffected, 1);
}

void tst_Session::aLostConnectionIsReplacedForReads()
{
    REQUIRE_DATABASE(m_database);
    Session session(urlOf(m_database.url()));
    const auto pid = taken(session.run([](Connection &connection) { return connection.queryValue(u"SELECT pg_backend_pid()"_s); }));
    QVERIFY(pid);
    QCOMPARE(m_database.value(u"SELECT pg_terminate_backend(%1)"_s.arg(pid->toDisplayText())), u"t"_s);
    int runs = 0;
    const auto count = taken(session.run(
        [&](Connection &connection) {
            ++runs;
            return connection.queryValue(u"SELECT count(*) FROM t"_s);
        },
        {}, Session::OnLoss::Repeat));
    QVERIFY2(count, qPrintable(count ? QString() : count.error().message));
    QCOMPARE(runs, 2);
}

void tst_Session::aLostWriteSaysThatNothingWasSaved()
{
    REQUIRE_DATABASE(m_database);
    Session session(urlOf(m_database.url()), writing());
    const auto result = taken(session.write([this](Connection &connection) -> Result<Value> {
        (void)connection.execute(u"INSERT INTO t VALUES(7)"_s);
        const auto pid = connection.queryValue(u"SELECT pg_backend_pid()"_s);
        m_database.value(u"SELECT pg_terminate_backend(%1)"_s.arg(pid->toDisplayText()));
        return connection.queryValue(u"SELECT 1"_s);
    }));
    QVERIFY(!result);
    QCOMPARE(result.error().code, ErrorCode::ConnectionLost);
    QVERIFY(result.error().message.contains(u"nothing was saved"));
    QCOMPARE(m_database.value(u"SELECT count(*) FROM t WHERE a = 7"_s), u"0"_s);

    const auto atCommit = taken(session.write([this](Connection &connection) -> Result<Value> {
        const auto pid = connection.queryValue(u"SELECT pg_backend_pid()"_s);
        m_database.value(u"SELECT pg_terminate_backend(%1)"_s.arg(pid->toDisplayText()));
        return pid;
    }));
    QVERIFY(!atCommit);
    QCOMPARE(atCommit.error().code, ErrorCode::OutcomeUnknown);
}

void tst_Session::aWaitForALockCanBeStopped()
{
    Session holder(urlOf(m_path), writing());
    Session waiter(urlOf(m_path), writing());
    std::stop_source release;
    std::atomic<bool> held = false;
    auto holding = holder.write(
        [&](Connection &connection) {
            held = true;
            return connection.queryValue(m_endless);
        },
        release.get_token());
    QTRY_VERIFY(held);
    std::stop_source stop;
    auto waiting = waiter.write([](Connection &connection) { return connection.execute(u"INSERT INTO t VALUES(1)"_s); }, stop.get_token());
    QTimer::singleShot(100, this, [&] { stop.request_stop(); });
    const auto result = taken(waiting);
    QVERIFY(!result);
    QCOMPARE(result.error().code, ErrorCode::Cancelled);
    release.request_stop();
    QCOMPARE(taken(holding).error().code, ErrorCode::Cancelled);
}

void tst_Session::openingIsRetriedAndStopsWhenAsked()
{
    PoolOptions patient;
    patient.connectRetries = 1000;
    patient.retryPause = std::chrono::hours(1);
    Session session(urlOf(u"postgresql://nobody@127.0.0.1:1/nothing"_s), {}, patient);
    std::stop_source stop;
    auto opening = session.run([](Connection &connection) { return connection.health(); }, stop.get_token());
    QTimer::singleShot(200, this, [&] { stop.request_stop(); });
    QCOMPARE(taken(opening).error().code, ErrorCode::Cancelled);
}

void tst_Session::aServerThatNeverAnswersDoesNotHoldUpTheEnd()
{
    const SilentServer server;
    QVERIFY(server.port() > 0);
    auto session = std::make_unique<Session>(urlOf(u"postgresql://nobody@127.0.0.1:%1/nothing?connect_timeout=600"_s.arg(server.port())));
    std::atomic<bool> hasRun = false;
    auto waiting = session->run([&hasRun](Connection &) -> Result<int> {
        hasRun = true;
        return 1;
    });
    QTRY_VERIFY(server.isCalled());
    session.reset(); // would wait for ten minutes
    QVERIFY(!waiting.isFinished());
    server.hangUp();
    QCOMPARE(taken(waiting).error().code, ErrorCode::Cancelled);
    QVERIFY(!hasRun);
}

QTEST_GUILESS_MAIN(tst_Session)
#include "tst_session.moc"
