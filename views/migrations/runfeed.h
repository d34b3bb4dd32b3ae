// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/migration/migrationrun.h"

#include <QMutex>
#include <QStringList>

namespace turnstone {

/// What a run in a database's thread tells the window: written there, read by a timer here.
class RunFeed
{
public:
    void say(const QString &sentence)
    {
        const QMutexLocker lock(&m_mutex);
        m_log.append(sentence);
    }
    void show(const MigrationProgress &progress)
    {
        const QMutexLocker lock(&m_mutex);
        m_progress = progress;
    }
    QStringList takeLog()
    {
        const QMutexLocker lock(&m_mutex);
        return std::exchange(m_log, {});
    }
    MigrationProgress progress() const
    {
        const QMutexLocker lock(&m_mutex);
        return m_progress;
    }

private:
    mutable QMutex m_mutex; // guards the members below
    QStringList m_log;
    MigrationProgress m_progress;
};

} // namespace turnstone
