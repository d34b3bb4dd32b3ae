// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/database/session.h"

#include "models/core/logging.h"

#include <QCoreApplication>

#include <condition_variable>
#include <mutex>

namespace turnstone {

namespace {

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

Session::Session(DatabaseUrl url, ConnectionOptions options, PoolOptions reuse)
    : m_url(std::move(url)), m_options(options), m_reuse(reuse), m_context(new QObject)
{
    m_thread.setObjectName(QStringLiteral("session"));
    m_context->moveToThread(&m_thread);
    m_thread.start();
}

Session::~Session()
{
    close();
    m_stopAll.request_stop();
    // The connection must go in its own thread, after the jobs queued before.
    post([this] {
        m_connection.reset();
        m_thread.quit();
    });
    m_thread.wait();
    delete m_context;
}

void Session::closeConnection()
{
    post([this] { m_connection.reset(); });
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

Result<> Session::ensureOpen(const std::stop_token &stop)
{
    if (m_connection && m_url.engine() == Engine::PostgreSql) {
        const auto now = std::chrono::steady_clock::now();
        const bool tooOld = m_reuse.recycle.count() > 0 && now - m_openedAt >= m_reuse.recycle;
        const bool doubtful = m_reuse.prePing && now - m_lastUsedAt >= m_reuse.pingAfterIdle;
        if (tooOld || (doubtful && !m_connection->ping())) {
            qCInfo(databaseLog) << "replacing a connection that is" << (tooOld ? "old" : "dead");
            m_connection.reset();
        }
    }
    if (m_connection)
        return {};
    return openWithRetries(stop);
}

Result<> Session::openWithRetries(const std::stop_token &stop)
{
    std::chrono::milliseconds pause = m_reuse.retryPause;
    for (int attempt = 0;; ++attempt) {
        Result<std::unique_ptr<Connection>> opened = Connection::open(m_url, m_options);
        if (opened) {
            m_connection = std::move(*opened);
            m_openedAt = m_lastUsedAt = std::chrono::steady_clock::now();
            return {};
        }
        const bool worthAnother = m_url.engine() == Engine::PostgreSql && opened.error().code == ErrorCode::Connection;
        if (!worthAnother || attempt >= m_reuse.connectRetries || m_closing)
            return failure(opened);
        if (!pauseFor(pause, stop) || m_closing)
            return cancelled();
        pause *= 2;
    }
}

void Session::afterJob(const Error *error)
{
    m_connection->setStopToken({});
    m_lastUsedAt = std::chrono::steady_clock::now();
    if (error && (error->code == ErrorCode::ConnectionLost || error->code == ErrorCode::OutcomeUnknown)) {
        m_connection.reset();
        return;
    }
    if (m_connection->isInTransaction())
        m_connection->rollback();
}

} // namespace turnstone
