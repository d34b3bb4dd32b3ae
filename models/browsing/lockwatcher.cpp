// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/browsing/lockwatcher.h"

#include "models/core/async.h"

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int lookEveryMs = 500;

/// Sessions of this program and user in this database that wait, and the first that blocks one of them.
constexpr auto blockersSql =
    "SELECT holder.pid, coalesce(nullif(holder.application_name, ''), holder.backend_type), coalesce(holder.usename, ''),"
    " coalesce(extract(epoch FROM now() - holder.xact_start)::bigint, 0)"
    " FROM pg_stat_activity AS mine CROSS JOIN LATERAL unnest(pg_blocking_pids(mine.pid)) AS blocking(pid)"
    " JOIN pg_stat_activity AS holder ON holder.pid = blocking.pid"
    " WHERE mine.datname = current_database() AND mine.usename = current_user AND mine.application_name = current_setting('application_name')"
    " AND mine.wait_event_type = 'Lock' ORDER BY holder.xact_start LIMIT 1";

/// Empty if nothing waits.
Result<QString> readHolder(Connection &connection)
{
    if (connection.engine() == Engine::Sqlite) {
        const Result<Value> readable = connection.queryValue(u"PRAGMA schema_version"_s); // needs the lock that any reading needs
        if (!readable && readable.error().code == ErrorCode::Busy)
            return readable.error().message;
        return readable ? Result<QString>(QString()) : failure(readable);
    }
    QString sentence;
    const Result<> read = connection.forEachRow(QString::fromLatin1(blockersSql), {}, [&](const RowBlock &block, int row) {
        const auto text = [&](int column) { return Value(block.at(row, column)).toDisplayText(); };
        sentence = LockWatcher::tr("A lock is held by %1 (process %2 of the server, user %3), in a transaction for %4 s.").arg(text(1), text(0), text(2), text(3));
        return false;
    });
    return read ? Result<QString>(sentence) : failure(read);
}

DatabaseUrl withoutPatience(DatabaseUrl url)
{
    if (url.engine() == Engine::Sqlite)
        url.setParameter(u"timeout"_s, {}); // it would overrule the options
    return url;
}

ConnectionOptions impatient(ConnectionOptions options)
{
    options.readOnly = true;
    options.createFile = false;
    options.lockTimeout = std::chrono::milliseconds(0);
    return options;
}

} // namespace

LockWatcher::LockWatcher(const SessionPool &pool, ConnectionOptions options, QObject *parent)
    : QObject(parent), m_pool(pool), m_options(impatient(options))
{
    connect(&m_timer, &QTimer::timeout, this, &LockWatcher::look);
    m_timer.setInterval(lookEveryMs);
}

void LockWatcher::look()
{
    if (m_pool.busyCount() == 0) {
        m_busy.invalidate();
        accept({});
        return;
    }
    if (!m_busy.isValid())
        m_busy.start();
    if (m_isAsking || m_busy.elapsed() < patienceMs)
        return;
    m_isAsking = true;
    if (m_session == nullptr)
        m_session = std::make_unique<Session>(withoutPatience(m_pool.url()), m_options);
    onResult(m_session->run(readHolder, {}, Session::OnLoss::Repeat), this, [this](const Result<QString> &sentence) {
        m_isAsking = false;
        if (sentence)
            accept(m_pool.busyCount() == 0 ? QString() : *sentence);
        else if (sentence.error().code == ErrorCode::Busy) // even opening waits
            accept(sentence.error().message);
    });
}

void LockWatcher::accept(const QString &sentence)
{
    if (sentence == m_sentence)
        return;
    const bool wasWaiting = isWaiting();
    m_sentence = sentence;
    if (isWaiting())
        emit waiting(sentence);
    else if (wasWaiting)
        emit released();
}

} // namespace turnstone
