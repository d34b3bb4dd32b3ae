// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/sessionpool.h"
#include "models/items/rowplan.h"
#include "models/items/rowsource.h"
#include "models/items/tablequery.h"

#include <memory>
#include <stop_token>

namespace turnstone {

/// Filtered or sorted rows of a table whose rows have keys: asks the engine how it can carry that out
/// (RowPlan) and leaves the rest to a KeysetRowSource or a KeyListRowSource. `pool` must outlive the source.
class PlannedRowSource final : public RowSource
{
    Q_OBJECT

public:
    PlannedRowSource(SessionPool &pool, const CatalogTable &table, const RowSelection &selection, QObject *parent = nullptr);
    ~PlannedRowSource() override;

    const std::vector<RowColumn> &columns() const override { return m_query.columns(); }
    bool hasKeys() const override { return true; }
    qint64 rowCount() const override { return m_inner ? m_inner->rowCount() : 0; }
    bool isComplete() const override { return m_inner && m_inner->isComplete(); }
    void start() override;
    QFuture<Result<RowPage>> readPage(qint64 page) override { return m_inner->readPage(page); }
    QString plan() const override { return m_inner ? m_inner->plan() : QString(); }
    QFuture<Result<qint64>> positionOf(const RowKey &key) override;
    void refresh() override;

private:
    void acceptPlan(const RowPlan &plan);

    SessionPool &m_pool;
    const CatalogTable m_table;
    const RowSelection m_selection;
    const TableQuery m_query;
    std::stop_source m_stop;
    std::unique_ptr<RowSource> m_inner; // once the plan is known
};

} // namespace turnstone
