// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/database/session.h"

#include "models/core/logging.h"

#include <QCoreApplication>

#include <condition_variable>
#include <mutex>

#include <sys/resource.h>

namespace turnstone {

namespace {

/// How long the destructor waits for a server that is being connected to.
constexpr int patienceMs = 200;

/// Sleeps unless stopped before; false if stopped.
bool pauseFor(std::chrono::milliseconds duration, const std::stop_token &stop)
{
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    wake.wait_for(lock, stop, duration, [] { return false; });
    return !stop.stop_requested();
}

} // namespace

std::atomic<int> Session::s_nice = 0;

Session::Session(DatabaseUrl url, ConnectionOptions options, PoolOptions reuse)
    : m_worker(std::make_shared<Worker>(std::move(url), options, reuse)), m_thread(new QThread), m_context(new QObject)
{
    m_thread->setObjectName(QStringLiteral("session"));
    m_context->moveToThread(m_thread);
    if (const int nice = s_nice; nice > 0)
        QObject::connect(m_thread, &QThread::started, m_context, [nice] { ::setpriority(PRIO_PROCESS, 0, nice); }); // of this thread, on Linux
    m_thread->start();
}

Session::~Session()
{
    close();
    m_worker->stopAll.request_stop();
    // The connection must go in its own thread, after the jobs queued before.
    post([worker = m_worker, thread = m_thread] {
        worker->connection.reset();
        thread->quit();
    });
    if (!m_thread->wait(patienceMs)) {
        const std::lock_guard lock(m_worker->mutex);
        if (m_worker->isOpening) {
            m_worker->isLeft = true;
            QObject::connect(m_thread, &QThread::finished, m_context, &QObject::deleteLater);
            QObject::connect(m_thread, &QThread::finished, m_thread, &QObject::deleteLater);
            return;
        }
    }
    m_thread->wait();
    delete m_context;
    delete m_thread;
}

void Session::closeConnection()
{
    post([worker = m_worker] { worker->connection.reset(); });
}

tl::unexpected<Error> Session::cancelled()
{
    return failure(ErrorCode::Cancelled, QCoreApplication::translate("Connection", "The work was stopped."));
}

Error Session::nothingSaved(Error error)
{
    if (error.code == ErrorCode::ConnectionLost) {
        error.message = QCoreApplication::translate("Session", "The connection was lost before the changes were saved; nothing was saved.");
    }
    return error;
}

Result<> Session::Worker::ensureOpen(const std::stop_token &stop)
{
    {
        const std::lock_guard lock(mutex);
        if (closing)
            return cancelled();
        isOpening = true;
    }
    Result<> opened = open(stop);
    const std::lock_guard lock(mutex);
    isOpening = false;
    return isLeft ? Result<>(cancelled()) : opened;
}

Result<> Session::Worker::open(const std::stop_token &stop)
{
    if (connection && url.engine() == Engine::PostgreSql) {
        const auto now = std::chrono::steady_clock::now();
        const bool tooOld = reuse.recycle.count() > 0 && now - openedAt >= reuse.recycle;
        const bool doubtful = reuse.prePing && now - lastUsedAt >= reuse.pingAfterIdle;
        if (tooOld || (doubtful && !connection->ping())) {
            qCInfo(databaseLog) << "replacing a connection that is" << (tooOld ? "old" : "dead");
            connection.reset();
        }
    }
    if (connection)
        return {};
    return openWithRetries(stop);
}

Result<> Session::Worker::openWithRetries(const std::stop_token &stop)
{
    std::chrono::milliseconds pause = reuse.retryPause;
    for (int attempt = 0;; ++attempt) {
        Result<std::unique_ptr<Connection>> opened = Connection::open(url, options);
        if (opened) {
            connection = std::move(*opened);
            openedAt = lastUsedAt = std::chrono::steady_clock::now();
            return {};
        }
        const bool worthAnother = url.engine() == Engine::PostgreSql && opened.error().code == ErrorCode::Connection;
        if (!worthAnother || attempt >= reuse.connectRetries || closing)
            return failure(opened);
        if (!pauseFor(pause, stop) || closing)
            return cancelled();
        pause *= 2;
    }
}

void Session::Worker::afterJob(const Error *error)
{
    connection->setStopToken({});
    lastUsedAt = std::chrono::steady_clock::now();
    if (error && (error->code == ErrorCode::ConnectionLost || error->code == ErrorCode::OutcomeUnknown)) {
        connection.reset();
        return;
    }
    if (connection->isInTransaction())
        connection->rollback();
}

} // namespace turnstone
