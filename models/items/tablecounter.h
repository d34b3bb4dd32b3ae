// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/core/result.h"
#include "models/database/sessionpool.h"

#include <QObject>

#include <deque>
#include <stop_token>

namespace turnstone {

/// Counts the rows of every table of a database in the background, one statement at a time: first all
/// tables up to a bound, which is quick, then the big ones exactly. A table that cannot be counted is
/// passed over. Views are counted up to the bound only. GUI thread; `pool` must outlive it.
class TableCounter final : public QObject
{
    Q_OBJECT

public:
    static constexpr qint64 bound = 20'000;

    enum class Pass {
        First,
        Again, ///< big tables at once exactly: a bound would say less than is known already
        Small  ///< up to the bound only, and nothing is told of what reaches it
    };

    TableCounter(SessionPool &pool, const Catalog &catalog, Pass pass = Pass::First, QObject *parent = nullptr);
    ~TableCounter() override;

    void start();
    void stop() { m_stop.request_stop(); }
    bool isStopped() const { return m_stop.stop_requested(); }

signals:
    /// `exact` is false if there are at least `rows`.
    void counted(int tableIndex, qint64 rows, bool exact);
    void finished();

private:
    struct Task
    {
        int tableIndex = 0;
        QString boundedSql;
        QString exactSql; ///< empty: the bound is enough
        bool exact = false;
    };

    void next();

    SessionPool &m_pool;
    std::stop_source m_stop;
    std::deque<Task> m_tasks;
    const Pass m_pass;
};

} // namespace turnstone
