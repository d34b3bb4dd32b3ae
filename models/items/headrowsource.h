// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/sessionpool.h"
#include "models/items/rowselection.h"
#include "models/items/rowsource.h"
#include "models/items/tablequery.h"

#include <memory>
#include <stop_token>

namespace turnstone {

/// The first rows of a view or of a table whose rows have no identity, read once and held in memory:
/// at most `maxRows` of those selected. limitation() says so. `pool` must outlive the source.
class HeadRowSource final : public RowSource
{
    Q_OBJECT

public:
    static constexpr int maxRows = 10'000;

    HeadRowSource(SessionPool &pool, const CatalogTable &table, const RowSelection &selection = {}, QObject *parent = nullptr);
    ~HeadRowSource() override;

    const std::vector<RowColumn> &columns() const override { return m_query.columns(); }
    bool hasKeys() const override { return false; }
    QString limitation() const override;
    qint64 rowCount() const override { return m_rows; }
    bool isComplete() const override { return m_complete; }
    void start() override;
    QString plan() const override;
    /// Reads all of it again; the old rows serve until then.
    void refresh() override;
    QFuture<Result<RowPage>> readPage(qint64 page) override;

private:
    using Pages = std::vector<RowPage>;

    void read();
    static Result<std::shared_ptr<Pages>> readAll(Connection &connection, const CatalogTable &table, const RowSelection &selection);

    SessionPool &m_pool;
    const CatalogTable m_table;
    const RowSelection m_selection;
    const TableQuery m_query;
    const bool m_isView;
    std::stop_source m_stop;
    Pages m_pages;
    qint64 m_rows = 0;
    bool m_complete = false;
};

} // namespace turnstone
