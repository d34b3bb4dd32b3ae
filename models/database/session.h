// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"
#include "models/database/connection.h"

#include <QFuture>
#include <QPromise>
#include <QThread>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <type_traits>

namespace turnstone {

/// One database connection and the thread it lives in. The connection is opened by the first job,
/// replaced when it is dead or too old, and reopened after it was lost. No member hands it out:
/// work goes in, futures come out, in order.
///
/// Thread-safety: all members from any thread; construct and destroy in one thread.
class Session
{
public:
    /// What happens to a job whose connection turns out to be dead.
    enum class OnLoss {
        Fail,  ///< the error is handed on
        Repeat ///< the job runs once more on a new connection: only for jobs that change nothing
    };

    /// How far the threads of sessions made from now on step back behind the window's (nice, 0 … 19).
    static void setNice(int nice) { s_nice = nice; }

    explicit Session(DatabaseUrl url, ConnectionOptions options = {}, PoolOptions reuse = {});
    /// close(), interrupts the job in progress and waits for it; but not for a server that does not answer: a thread
    /// that is connecting is left to itself and ends when its attempt does.
    ~Session();
    Q_DISABLE_COPY_MOVE(Session)

    const DatabaseUrl &url() const { return m_worker->url; }
    const ConnectionOptions &options() const { return m_worker->options; }

    /// Runs `job(Connection &) -> Result<T>` in the connection's thread. `stop` interrupts the
    /// engine, and a job that has not begun by then never does; both end in Cancelled. An open
    /// transaction that a job leaves behind is rolled back.
    template<typename Job>
    auto run(Job job, std::stop_token stop = {}, OnLoss onLoss = OnLoss::Fail) -> QFuture<std::invoke_result_t<Job, Connection &>>
    {
        auto promise = std::make_shared<QPromise<std::invoke_result_t<Job, Connection &>>>();
        promise->start();
        auto future = promise->future();
        start(std::move(promise), std::move(job), std::move(stop), onLoss, {});
        return future;
    }

    /// Runs `job` in one transaction: BEGIN (IMMEDIATE on SQLite), job, COMMIT; ROLLBACK if the job
    /// fails. If the connection is lost, the error tells whether anything can have been saved.
    template<typename Job>
    auto write(Job job, std::stop_token stop = {}) -> QFuture<std::invoke_result_t<Job, Connection &>>
    {
        return run([job = std::move(job)](Connection &connection) mutable { return inTransaction(connection, job); }, std::move(stop));
    }

    /// As run(), for a promise made elsewhere; `done` is called in the session's thread just before
    /// the promise finishes (SessionPool takes the session back then).
    template<typename R, typename Job>
    void start(std::shared_ptr<QPromise<R>> promise, Job job, std::stop_token stop, OnLoss onLoss, std::function<void()> done)
    {
        post([worker = m_worker, promise = std::move(promise), job = std::move(job), stop = std::move(stop), onLoss,
              done = std::move(done)]() mutable {
            const bool skip = worker->closing || promise->isCanceled();
            if (skip)
                promise->future().cancel();
            else
                promise->addResult(worker->template runHere<R>(job, stop, onLoss));
            if (done && !worker->isLeft) // else its receiver is gone
                done();
            promise->finish();
        });
    }

    /// Closes the connection once the jobs before are done; the next job opens a new one.
    void closeConnection();
    /// From now on no job starts: futures of queued and of new jobs end cancelled. Does not block.
    void close() { m_worker->closing = true; }

    /// The transaction of write(), for jobs that have a Connection already.
    template<typename Job>
    static std::invoke_result_t<Job, Connection &> inTransaction(Connection &connection, Job &job)
    {
        if (const Result<> begun = connection.begin(); !begun)
            return tl::unexpected(nothingSaved(begun.error()));
        auto result = job(connection);
        if (!result) {
            if (result.error().code != ErrorCode::ConnectionLost)
                connection.rollback();
            return tl::unexpected(nothingSaved(result.error()));
        }
        if (const Result<> committed = connection.commit(); !committed) {
            if (committed.error().code != ErrorCode::OutcomeUnknown)
                connection.rollback();
            return tl::unexpected(committed.error());
        }
        return result;
    }

private:
    /// What the thread works with. The jobs own it, so that a thread that is left to itself has it to the end.
    struct Worker
    {
        Worker(DatabaseUrl place, ConnectionOptions connectionOptions, PoolOptions poolOptions)
            : url(std::move(place)), options(connectionOptions), reuse(poolOptions)
        {
        }

        template<typename R, typename Job>
        R runHere(Job &job, const std::stop_token &stop, OnLoss onLoss)
        {
            for (bool again = onLoss == OnLoss::Repeat;; again = false) {
                if (stop.stop_requested())
                    return cancelled();
                if (const Result<> opened = ensureOpen(stop); !opened)
                    return tl::unexpected(opened.error());
                R result = [&]() -> R {
                    connection->setStopToken(stop);
                    const std::stop_callback interrupt(stop, [this] { connection->interrupt(); });
                    const std::stop_callback interruptAll(stopAll.get_token(), [this] { connection->interrupt(); });
                    return job(*connection);
                }();
                afterJob(result ? nullptr : &result.error());
                if (!again || result || result.error().code != ErrorCode::ConnectionLost)
                    return result;
            }
        }
        /// Errors: Cancelled if the session was destroyed meanwhile.
        Result<> ensureOpen(const std::stop_token &stop);
        Result<> open(const std::stop_token &stop);
        Result<> openWithRetries(const std::stop_token &stop);
        void afterJob(const Error *error);

        const DatabaseUrl url;
        const ConnectionOptions options;
        const PoolOptions reuse;
        std::stop_source stopAll; // the destructor's stop of the job in progress
        std::atomic<bool> closing = false;
        std::mutex mutex; // of isOpening; isLeft changes only while that is true
        bool isOpening = false;
        std::atomic<bool> isLeft = false;
        // The rest is made, used and destroyed in the thread only.
        std::unique_ptr<Connection> connection;
        std::chrono::steady_clock::time_point openedAt;
        std::chrono::steady_clock::time_point lastUsedAt;
    };

    static tl::unexpected<Error> cancelled();
    static Error nothingSaved(Error error);

    template<typename Work>
    void post(Work work)
    {
        QMetaObject::invokeMethod(m_context, std::move(work), Qt::QueuedConnection);
    }

    static std::atomic<int> s_nice;
    const std::shared_ptr<Worker> m_worker;
    QThread *m_thread;
    QObject *m_context; // lives in m_thread
};

} // namespace turnstone
