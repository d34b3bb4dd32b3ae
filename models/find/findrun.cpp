// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/find/findrun.h"

#include "models/find/findtask.h"

#include <QMap>
#include <QPromise>
#include <QThread>

#include <algorithm>
#include <chrono>
#include <mutex>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

using Clock = std::chrono::steady_clock;
constexpr auto longestWait = std::chrono::milliseconds(30);
constexpr std::size_t mostWaiting = 64;
constexpr std::int64_t ordersOfTask = 1LL << 32;
constexpr int mostReaders = 4;

/// What the readers of one search share.
struct Shared
{
    // Set once, before the readers start.
    std::shared_ptr<const Catalog> catalog;
    std::shared_ptr<const ResolvedProfile> profile;
    FindQuery query;
    TextMatcher matcher;
    FindObserver observer;
    std::vector<FindTask> tasks;

    std::mutex mutex; // guards the rest, and calls of the observer
    std::size_t next = 0;
    int done = 0;
    int running = 0;
    QMap<QString, int> hitsInTable;
    FindSummary summary;
    std::optional<Error> failed;
    QPromise<Result<FindSummary>> promise;
};
using SharedPointer = std::shared_ptr<Shared>;

/// Collects the hits of one reader and hands them on in lots.
class Lot
{
public:
    Lot(Shared &shared, std::size_t task) : m_shared(shared), m_order(static_cast<std::int64_t>(task) * ordersOfTask) {}

    /// Whether more is wanted of this table.
    bool add(FindHit hit)
    {
        hit.order = m_order++;
        m_hits.push_back(std::move(hit));
        ++m_count;
        if (m_hits.size() >= mostWaiting || Clock::now() - m_since >= longestWait || !m_isWarm)
            flush();
        return !m_isFull && m_count < m_shared.query.mostInTable && m_count < m_shared.query.most;
    }

    void flush()
    {
        m_isWarm = true; // the first hit goes at once
        m_since = Clock::now();
        if (m_hits.empty())
            return;
        const std::lock_guard lock(m_shared.mutex);
        int &inTable = m_shared.hitsInTable[m_hits.front().schema + u'.' + m_hits.front().table];
        inTable += static_cast<int>(m_hits.size());
        m_shared.summary.hits += static_cast<int>(m_hits.size());
        m_isFull = inTable >= m_shared.query.mostInTable || m_shared.summary.hits >= m_shared.query.most;
        if (m_shared.observer.found)
            m_shared.observer.found(std::move(m_hits));
        m_hits.clear();
    }
    bool isFull() const { return m_isFull; }

private:
    Shared &m_shared;
    std::int64_t m_order;
    std::vector<FindHit> m_hits;
    Clock::time_point m_since = Clock::now();
    int m_count = 0;
    bool m_isFull = false;
    bool m_isWarm = false;
};

/// The next piece of work, by number; nothing if there is none or enough was found.
std::optional<std::size_t> takeTask(Shared &shared)
{
    const std::lock_guard lock(shared.mutex);
    while (shared.next < shared.tasks.size() && !shared.failed) {
        if (shared.summary.hits >= shared.query.most) {
            shared.summary.isCut = true;
            return std::nullopt;
        }
        const std::size_t number = shared.next++;
        const FindTask &task = shared.tasks[number];
        const QString schema = shared.catalog->engine == Engine::PostgreSql ? task.table->schema : QString();
        if (shared.hitsInTable.value(schema + u'.' + task.table->name) < shared.query.mostInTable)
            return number;
        shared.summary.isCut = true;
        ++shared.done;
    }
    return std::nullopt;
}

Result<int> work(Connection &connection, const SharedPointer &shared)
{
    FindTaskRunner runner(connection, *shared->catalog, *shared->profile, shared->matcher);
    while (const std::optional<std::size_t> number = takeTask(*shared)) {
        const FindTask &task = shared->tasks[*number];
        Lot lot(*shared, *number);
        const Result<std::int64_t> rows = runner.run(task, [&lot](FindHit hit) { return lot.add(std::move(hit)); });
        lot.flush();
        const std::lock_guard lock(shared->mutex);
        ++shared->done;
        if (rows) {
            shared->summary.rowsRead += *rows;
            shared->summary.isCut = shared->summary.isCut || lot.isFull();
        } else if (rows.error().code == ErrorCode::Cancelled || rows.error().code == ErrorCode::ConnectionLost) {
            return failure(rows);
        } else {
            const QString problem = u"%1: %2"_s.arg(task.table->name, rows.error().message);
            if (!shared->summary.problems.contains(problem))
                shared->summary.problems.append(problem);
        }
        if (shared->observer.progressed)
            shared->observer.progressed(shared->done, static_cast<int>(shared->tasks.size()));
    }
    return 0;
}

/// Called as each reader ends; the last one ends the search.
void finish(const SharedPointer &shared, const std::optional<Error> &error)
{
    const std::lock_guard lock(shared->mutex);
    if (error && !shared->failed)
        shared->failed = error;
    if (--shared->running > 0)
        return;
    if (shared->failed)
        shared->promise.addResult(Result<FindSummary>(tl::unexpected(*shared->failed)));
    else
        shared->promise.addResult(Result<FindSummary>(shared->summary));
    shared->promise.finish();
}

Result<int> readTasks(Connection &connection, const SharedPointer &shared)
{
    const Result<int> done = work(connection, shared);
    finish(shared, done ? std::nullopt : std::optional(done.error()));
    return done;
}

/// Ends the search also where a reader never came to run: its job is destroyed then.
class Reader
{
public:
    explicit Reader(SharedPointer shared) : m_shared(std::move(shared)) {}
    ~Reader()
    {
        if (!m_hasRun)
            finish(m_shared, Error{ErrorCode::Cancelled, {}, {}, -1});
    }
    Q_DISABLE_COPY_MOVE(Reader)
    Result<int> run(Connection &connection)
    {
        if (m_hasRun) // a lost connection was told already
            return 0;
        m_hasRun = true;
        return readTasks(connection, m_shared);
    }

private:
    SharedPointer m_shared;
    bool m_hasRun = false;
};

} // namespace

QFuture<Result<FindSummary>> startFind(SessionPool &pool, std::shared_ptr<const Catalog> catalog, std::shared_ptr<const ResolvedProfile> profile, const FindQuery &query,
                                       FindObserver observer, std::stop_token stop, int readers)
{
    auto shared = std::make_shared<Shared>();
    shared->promise.start();
    QFuture<Result<FindSummary>> future = shared->promise.future();
    Result<TextMatcher> matcher = TextMatcher::make(query.words);
    if (!matcher) {
        shared->promise.addResult(Result<FindSummary>(failure(matcher)));
        shared->promise.finish();
        return future;
    }
    shared->matcher = std::move(*matcher);
    shared->catalog = std::move(catalog);
    shared->profile = std::move(profile);
    shared->query = query;
    shared->observer = std::move(observer);
    if (readers <= 0)
        readers = std::clamp(QThread::idealThreadCount(), 1, mostReaders);
    shared->running = 1;
    // The first reader plans; the others join it when there is a plan.
    const auto first = std::make_shared<Reader>(shared);
    pool.read(
        [shared, first, &pool, stop, readers](Connection &connection) -> Result<int> {
            if (shared->tasks.empty()) {
                Result<std::vector<FindTask>> tasks = planFind(connection, *shared->catalog, *shared->profile, shared->query);
                if (!tasks) {
                    const std::lock_guard lock(shared->mutex);
                    shared->failed = tasks.error();
                } else {
                    shared->tasks = std::move(*tasks);
                    for (const FindTask &task : shared->tasks) {
                        if (task.index)
                            shared->summary.indexes.append(task.index->name);
                    }
                    const int more = std::min(readers, static_cast<int>(shared->tasks.size())) - 1;
                    {
                        const std::lock_guard lock(shared->mutex);
                        shared->running += std::max(more, 0);
                    }
                    for (int i = 0; i < more; ++i) {
                        const auto another = std::make_shared<Reader>(shared);
                        pool.read([another](Connection &own) { return another->run(own); }, stop);
                    }
                }
            }
            return first->run(connection);
        },
        stop);
    return future;
}

} // namespace turnstone
