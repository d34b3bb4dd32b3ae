// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/sessionpool.h"
#include "models/items/keylist.h"
#include "models/items/orderedquery.h"
#include "models/items/rowsource.h"

#include <QElapsedTimer>
#include <QTimer>

#include <memory>
#include <stop_token>

namespace turnstone {

class KeyListProgress;

/// Rows that no index has in the order asked for, or that pass filters: all their keys are read in one pass
/// (KeyListMaker) and kept, 8 bytes a row for keys of one integer; a page is then 256 rows by their keys.
///
/// Where the engine orders them, the first rows come at once by a statement of their own; they can be read while the pass goes on;
/// progressed() tells how far it is. refresh() reads on from the last row where new ones come last, else
/// makes a new list while the old one serves on. `pool` must outlive the source.
class KeyListRowSource final : public RowSource
{
    Q_OBJECT

public:
    KeyListRowSource(SessionPool &pool, OrderedQuery query, QString plan, QObject *parent = nullptr);
    ~KeyListRowSource() override;

    const std::vector<RowColumn> &columns() const override { return m_query->query().columns(); }
    bool hasKeys() const override { return true; }
    qint64 rowCount() const override { return shown().size(); }
    bool isComplete() const override { return m_isComplete; }
    void start() override;
    QFuture<Result<RowPage>> readPage(qint64 page) override;
    QString plan() const override { return m_plan; }
    QFuture<Result<qint64>> positionOf(const RowKey &key) override;
    void refresh() override;

private:
    /// The longer of the two is a beginning of the order that contains the other.
    const KeyList &shown() const { return m_isComplete || m_list.size() >= m_first.size() ? m_list : m_first; }
    void readFirst();
    void makeList();
    void takeParts();
    void finishList(const Result<qint64> &made);
    void readOn();

    SessionPool &m_pool;
    const std::shared_ptr<const OrderedQuery> m_query; // shared with the jobs
    const QString m_plan;
    std::stop_source m_stop;
    KeyList m_first;  // the first rows, until m_list has more
    KeyList m_list;
    KeyList m_making; // while refreshing; else parts go to m_list as they come
    std::shared_ptr<KeyListProgress> m_progress; // null: nothing is being made
    int m_attempt = 0;
    QTimer m_look;
    QTimer m_nextRefresh;
    QElapsedTimer m_makeTime;
    bool m_isComplete = false;
    bool m_isFirstWanted = false; // by a statement of their own, if the engine turns out to order them
    bool m_isReadingOn = false;
    bool m_refreshWanted = false;
};

} // namespace turnstone
