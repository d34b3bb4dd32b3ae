// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/items/tablecounter.h"

#include <QElapsedTimer>
#include <QTimer>

#include <memory>
#include <optional>

namespace turnstone {

/// Counts the rows of a database's tables again when they may have changed: one counting at a time, and after each a pause
/// many times as long as it took. While somebody writes all the time only small tables are counted, as a long statement
/// would let a write-ahead log grow; the big ones follow once it has been quiet for a moment. GUI thread; `pool` must outlive it.
class Recounter final : public QObject
{
    Q_OBJECT

public:
    /// Of the time, counting takes one part in so many at most.
    static constexpr int timesLonger = 30;

    Recounter(SessionPool &pool, std::shared_ptr<const Catalog> catalog, QObject *parent = nullptr);

    /// Something was written. Said while it counts, it counts once more afterwards.
    void noteChange();
    /// All of them, soon.
    void countAll();

signals:
    void counted(int tableIndex, qint64 rows, bool exact);
    void finished();

private:
    void request(TableCounter::Pass pass);
    void start();
    void end();

    SessionPool &m_pool;
    const std::shared_ptr<const Catalog> m_catalog;
    std::unique_ptr<TableCounter> m_counter;
    QElapsedTimer m_took;
    QTimer m_timer;
    QTimer m_quiet;
    std::optional<TableCounter::Pass> m_due;
    bool m_isPausing = false;
};

} // namespace turnstone
