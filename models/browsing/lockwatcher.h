// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/sessionpool.h"

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <memory>

namespace turnstone {

/// Notices that what a pool reads waits for somebody else's lock, and finds out for whose, as far as the system lets us know:
/// on SQLite the process that has the file locked, on PostgreSQL the sessions that block ours (pg_blocking_pids). It looks only
/// once something has been running for a while, by a connection of its own that waits for nothing. GUI thread only.
class LockWatcher final : public QObject
{
    Q_OBJECT

public:
    static constexpr int patienceMs = 1'000;

    /// `pool` must outlive it.
    LockWatcher(const SessionPool &pool, ConnectionOptions options, QObject *parent = nullptr);

    void start() { m_timer.start(); }
    bool isWaiting() const { return !m_sentence.isEmpty(); }

signals:
    /// A sentence that names who holds the lock, if that is known. Comes again when there is something new to say.
    void waiting(const QString &sentence);
    /// What waited goes on, or was given up.
    void released();

private:
    void look();
    void accept(const QString &sentence);

    const SessionPool &m_pool;
    const ConnectionOptions m_options;
    std::unique_ptr<Session> m_session; // made when it is needed for the first time
    QTimer m_timer;
    QElapsedTimer m_busy;
    QString m_sentence;
    bool m_isAsking = false;
};

} // namespace turnstone
