// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/sessionpool.h"
#include "models/items/anchormap.h"
#include "models/items/rowsource.h"
#include "models/items/tablequery.h"

#include <stop_token>

namespace turnstone {

/// The rows of a table in the order of its rowid or key. A walk over the keys, in short statements one
/// after the other, notes every 256th key; page k is then the rows between key k and key k + 1, at the
/// same cost at any position. `pool` must outlive the source.
class KeysetRowSource final : public RowSource
{
    Q_OBJECT

public:
    /// `table` must have a rowid or identity columns.
    KeysetRowSource(SessionPool &pool, const CatalogTable &table, QObject *parent = nullptr);
    ~KeysetRowSource() override;

    const std::vector<RowColumn> &columns() const override { return m_query.columns(); }
    bool hasKeys() const override { return true; }
    qint64 rowCount() const override { return m_rows; }
    bool isComplete() const override { return m_complete; }
    void start() override;
    QFuture<Result<RowPage>> readPage(qint64 page) override;

private:
    struct Walked
    {
        std::vector<RowKey> anchors;
        RowKey last;
        int rows = 0;
    };

    void walkOn();
    void acceptWalk(const Result<Walked> &walked);
    static Result<Walked> walk(Connection &connection, const QString &sql, const RowKey &after, int limit);

    SessionPool &m_pool;
    const TableQuery m_query;
    std::stop_source m_stop;
    AnchorMap m_anchors;
    RowKey m_last;
    qint64 m_rows = 0;
    int m_step = 0;
    bool m_complete = false;
};

} // namespace turnstone
