// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/items/tablecounter.h"

#include <QElapsedTimer>
#include <QTimer>

#include <memory>

namespace turnstone {

/// Counts the rows of a database's tables again when they may have changed: soon, one counting at a time, and after each
/// with a pause many times as long as it took, so that whoever writes all the time is not slowed down by it.
/// GUI thread; `pool` must outlive it.
class Recounter final : public QObject
{
    Q_OBJECT

public:
    /// Of the time, counting takes one part in so many at most.
    static constexpr int timesLonger = 30;

    Recounter(SessionPool &pool, std::shared_ptr<const Catalog> catalog, QObject *parent = nullptr);

    /// Asked for while it counts, it counts once more afterwards.
    void request();

signals:
    void counted(int tableIndex, qint64 rows, bool exact);
    void finished();

private:
    void start();
    void end();

    SessionPool &m_pool;
    const std::shared_ptr<const Catalog> m_catalog;
    std::unique_ptr<TableCounter> m_counter;
    QElapsedTimer m_took;
    QTimer m_timer;
    bool m_isDue = false;
    bool m_isPausing = false;
};

} // namespace turnstone
