// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/sessionpool.h"
#include "models/items/anchormap.h"
#include "models/items/orderedquery.h"
#include "models/items/rowsource.h"

#include <QElapsedTimer>
#include <QPromise>
#include <QTimer>

#include <memory>
#include <stop_token>

namespace turnstone {

/// The rows of a table in an order that its key or an index has. A walk over the index, in short statements
/// one after the other, notes every 256th row's place; page k is then the rows from place k to place k + 1,
/// at the same cost at any position.
///
/// refresh() walks on from the last row where new rows come last (a key of one integer, ascending), else
/// over the whole index once more while the old places serve on. `pool` must outlive the source.
class KeysetRowSource final : public RowSource
{
    Q_OBJECT

public:
    /// `table` must have a rowid or identity columns.
    KeysetRowSource(SessionPool &pool, const CatalogTable &table, QObject *parent = nullptr);
    /// In an order that an index carries; `plan` says so.
    KeysetRowSource(SessionPool &pool, OrderedQuery query, QString plan, QObject *parent = nullptr);
    ~KeysetRowSource() override;

    const std::vector<RowColumn> &columns() const override { return m_query->query().columns(); }
    bool hasKeys() const override { return true; }
    qint64 rowCount() const override { return m_now.rows; }
    bool isComplete() const override { return m_now.complete; }
    void start() override;
    QFuture<Result<RowPage>> readPage(qint64 page) override;
    QString plan() const override { return m_plan; }
    QFuture<Result<qint64>> positionOf(const RowKey &key) override;
    void refresh() override;

private:
    /// How far a walk has come.
    struct Extent
    {
        AnchorMap anchors;
        RowKey last;
        qint64 rows = 0;
        bool complete = false;
    };
    struct Search
    {
        RowKey key;
        QPromise<Result<qint64>> promise;
        qint64 low = 0;  // this anchor is not behind the row
        qint64 high = 0; // this one is, or there is none
    };
    using SearchPointer = std::shared_ptr<Search>;

    void walkOn();
    void acceptWalk(const Result<OrderedQuery::Steps> &walked);
    bool growsAtTheEnd() const;
    void finishAgain();
    void search(const SearchPointer &search);
    void narrow(const SearchPointer &search);
    void locate(const SearchPointer &search);
    static void finish(const SearchPointer &search, const Result<qint64> &position);

    SessionPool &m_pool;
    const std::shared_ptr<const OrderedQuery> m_query; // shared with the jobs
    const QString m_plan;
    std::stop_source m_stop;
    Extent m_now;
    std::unique_ptr<Extent> m_again; // a second walk, to take the first one's place
    std::vector<SearchPointer> m_waiting;
    QElapsedTimer m_walkTime;
    QTimer m_nextWalk;
    int m_step = 0;
    bool m_isWalking = false;
    bool m_refreshWanted = false;
};

} // namespace turnstone
