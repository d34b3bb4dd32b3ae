// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/session.h"

#include <QTimer>

#include <deque>
#include <mutex>
#include <vector>

namespace turnstone {

/// The sessions of one open database: several for reading and one for writing. A read goes to a
/// session that is idle, else to a new one up to PoolOptions::size + overflow, else it waits its
/// turn; a read whose connection turns out to be dead is repeated on a new one unnoticed.
/// Connections beyond `size` are closed as soon as they are idle.
///
/// Thread-safety: read(), write() and close() from any thread; construct and destroy in one thread.
class SessionPool
{
public:
    /// `options.readOnly` forbids write() for good; the reading sessions are always read-only.
    explicit SessionPool(DatabaseUrl url, ConnectionOptions options = {}, PoolOptions pool = {});
    /// Interrupts what runs, lets nothing new start, waits.
    ~SessionPool();
    Q_DISABLE_COPY_MOVE(SessionPool)

    const DatabaseUrl &url() const { return m_url; }
    bool isReadOnly() const { return m_options.readOnly; }

    /// Runs `job(Connection &) -> Result<T>` on some reading session; it may run twice if the
    /// connection is lost, so it must not change anything outside its result.
    template<typename Job>
    auto read(Job job, std::stop_token stop = {}) -> QFuture<std::invoke_result_t<Job, Connection &>>
    {
        using R = std::invoke_result_t<Job, Connection &>;
        auto promise = std::make_shared<QPromise<R>>();
        promise->start();
        QFuture<R> future = promise->future();
        Request request;
        request.start = [this, promise, job = std::move(job), stop = std::move(stop)](Entry &entry) mutable {
            entry.session->start(std::move(promise), std::move(job), std::move(stop), Session::OnLoss::Repeat,
                                 [this, &entry] { release(entry); });
        };
        request.fail = [promise](const Error &error) {
            promise->addResult(R(tl::unexpected(error)));
            promise->finish();
        };
        submit(std::move(request));
        return future;
    }

    /// Runs `job` in one transaction on the writing session. Errors: ReadOnly if the pool is.
    template<typename Job>
    auto write(Job job, std::stop_token stop = {}) -> QFuture<std::invoke_result_t<Job, Connection &>>
    {
        return runOnWriter([job = std::move(job)](Connection &connection) mutable { return Session::inTransaction(connection, job); },
                           std::move(stop));
    }

    /// Runs `job` on the writing session without a transaction around it (VACUUM, CREATE INDEX CONCURRENTLY).
    template<typename Job>
    auto runOnWriter(Job job, std::stop_token stop = {}) -> QFuture<std::invoke_result_t<Job, Connection &>>
    {
        using R = std::invoke_result_t<Job, Connection &>;
        if (Session *session = writer())
            return session->run(std::move(job), std::move(stop));
        QPromise<R> refused;
        refused.start();
        refused.addResult(R(tl::unexpected(readOnlyError())));
        refused.finish();
        return refused.future();
    }

    /// No job starts any more; those that wait end cancelled. Does not block.
    void close();

    /// Reading sessions that exist; those that run something now. For the status bar and for tests.
    int sessionCount() const;
    int busyCount() const;

private:
    struct Entry
    {
        std::unique_ptr<Session> session;
        bool busy = false;
        bool surplus = false; // beyond PoolOptions::size
    };
    struct Request
    {
        quint64 id = 0;
        std::function<void(Entry &)> start;
        std::function<void(const Error &)> fail;
    };

    void submit(Request request);
    void release(Entry &entry);
    void expire(quint64 id);
    Session *writer();
    static Error readOnlyError();

    const DatabaseUrl m_url;
    const ConnectionOptions m_options;
    const PoolOptions m_pool;
    QThread m_timerThread; // runs the deadlines of waiting requests; started by the first one
    QObject *m_timerContext;

    mutable std::mutex m_mutex; // guards everything below
    std::vector<std::unique_ptr<Entry>> m_readers;
    std::deque<Request> m_waiting;
    std::unique_ptr<Session> m_writer;
    quint64 m_nextRequest = 1;
    bool m_closed = false;
};

} // namespace turnstone
