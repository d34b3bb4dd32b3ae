// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/database/sessionpool.h"

#include <QCoreApplication>

#include <algorithm>

namespace turnstone {

namespace {

ConnectionOptions readingOptions(ConnectionOptions options)
{
    options.readOnly = true;
    options.createFile = false;
    return options;
}

} // namespace

SessionPool::SessionPool(DatabaseUrl url, ConnectionOptions options, PoolOptions pool)
    : m_url(std::move(url)), m_options(options), m_pool(pool), m_timerContext(new QObject)
{
    m_timerThread.setObjectName(QStringLiteral("pool deadlines"));
    m_timerContext->moveToThread(&m_timerThread);
}

SessionPool::~SessionPool()
{
    close();
    if (m_timerThread.isRunning()) {
        m_timerThread.quit();
        m_timerThread.wait();
    }
    delete m_timerContext;
    // Destroyed outside the lock: a job that ends now calls release().
    std::vector<std::unique_ptr<Entry>> readers;
    std::unique_ptr<Session> writer;
    {
        const std::lock_guard lock(m_mutex);
        readers.swap(m_readers);
        writer.swap(m_writer);
    }
}

void SessionPool::close()
{
    std::deque<Request> waiting;
    {
        const std::lock_guard lock(m_mutex);
        m_closed = true;
        waiting.swap(m_waiting);
        for (const auto &entry : m_readers)
            entry->session->close();
        if (m_writer)
            m_writer->close();
    }
    for (Request &request : waiting)
        request.fail(Error{ErrorCode::Cancelled, QCoreApplication::translate("Connection", "The work was stopped."), {}, -1});
}

void SessionPool::submit(Request request)
{
    const Error closedError{ErrorCode::Cancelled, QCoreApplication::translate("Connection", "The work was stopped."), {}, -1};
    Entry *chosen = nullptr;
    quint64 waitingId = 0;
    {
        const std::lock_guard lock(m_mutex);
        if (m_closed) {
            chosen = nullptr;
        } else {
            const auto idle = std::find_if(m_readers.begin(), m_readers.end(), [](const auto &entry) { return !entry->busy; });
            if (idle != m_readers.end()) {
                chosen = idle->get();
            } else if (static_cast<int>(m_readers.size()) < m_pool.size + m_pool.overflow) {
                auto entry = std::make_unique<Entry>();
                entry->session = std::make_unique<Session>(m_url, readingOptions(m_options), m_pool);
                entry->surplus = static_cast<int>(m_readers.size()) >= m_pool.size;
                chosen = m_readers.emplace_back(std::move(entry)).get();
            } else {
                waitingId = request.id = m_nextRequest++;
                m_waiting.push_back(std::move(request));
                if (!m_timerThread.isRunning())
                    m_timerThread.start();
            }
            if (chosen)
                chosen->busy = true;
        }
    }
    if (chosen)
        return request.start(*chosen);
    if (waitingId == 0)
        return request.fail(closedError);
    QMetaObject::invokeMethod(
        m_timerContext,
        [this, waitingId] { QTimer::singleShot(m_pool.acquireTimeout, m_timerContext, [this, waitingId] { expire(waitingId); }); },
        Qt::QueuedConnection);
}

void SessionPool::release(Entry &entry)
{
    Request next;
    {
        const std::lock_guard lock(m_mutex);
        if (m_waiting.empty()) {
            entry.busy = false;
            if (entry.surplus && !m_closed)
                entry.session->closeConnection();
            return;
        }
        next = std::move(m_waiting.front());
        m_waiting.pop_front();
    }
    next.start(entry);
}

void SessionPool::expire(quint64 id)
{
    Request expired;
    {
        const std::lock_guard lock(m_mutex);
        const auto found = std::find_if(m_waiting.begin(), m_waiting.end(), [&](const Request &request) { return request.id == id; });
        if (found == m_waiting.end())
            return;
        expired = std::move(*found);
        m_waiting.erase(found);
    }
    expired.fail(Error{ErrorCode::Busy,
                       QCoreApplication::translate("SessionPool", "All %1 connections were busy for %2 s.")
                           .arg(m_pool.size + m_pool.overflow)
                           .arg(static_cast<double>(m_pool.acquireTimeout.count()) / 1000.0),
                       {}, -1});
}

Session *SessionPool::writer()
{
    const std::lock_guard lock(m_mutex);
    if (m_options.readOnly)
        return nullptr;
    if (!m_writer) {
        m_writer = std::make_unique<Session>(m_url, m_options, m_pool);
        if (m_closed)
            m_writer->close();
    }
    return m_writer.get();
}

Error SessionPool::readOnlyError()
{
    return Error{ErrorCode::ReadOnly, QCoreApplication::translate("SessionPool", "The database is open for reading only."), {}, -1};
}

int SessionPool::sessionCount() const
{
    const std::lock_guard lock(m_mutex);
    return static_cast<int>(m_readers.size());
}

int SessionPool::busyCount() const
{
    const std::lock_guard lock(m_mutex);
    return static_cast<int>(std::count_if(m_readers.begin(), m_readers.end(), [](const auto &entry) { return entry->busy; }));
}

} // namespace turnstone
