// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/plannedrowsource.h"

#include "models/core/async.h"
#include "models/items/keylistrowsource.h"
#include "models/items/keysetrowsource.h"
#include "models/items/rowfiltersql.h"

#include <QCoreApplication>
#include <QPromise>

namespace turnstone {

PlannedRowSource::PlannedRowSource(SessionPool &pool, const CatalogTable &table, const RowSelection &selection, QObject *parent)
    : RowSource(parent), m_pool(pool), m_table(table), m_selection(selection), m_query(table)
{
}

PlannedRowSource::~PlannedRowSource()
{
    m_stop.request_stop();
}

void PlannedRowSource::start()
{
    m_stop.request_stop();
    m_stop = {};
    m_inner.reset(); // an index may have come or gone
    const auto job = [table = m_table, selection = m_selection](Connection &connection) -> Result<RowPlan> {
        if (const Result<> checked = RowFilterSql::check(table, selection.filters); !checked)
            return failure(checked);
        if (const Result<> checked = RowOrder::check(table, selection.order); !checked)
            return failure(checked);
        return RowPlan::of(connection, table, selection);
    };
    onResult(m_pool.read(job, m_stop.get_token()), this, [this, stop = m_stop.get_token()](const Result<RowPlan> &plan) {
        if (stop.stop_requested()) // of an earlier start()
            return;
        if (plan)
            acceptPlan(*plan);
        else
            emit failed(plan.error());
    });
}

void PlannedRowSource::acceptPlan(const RowPlan &plan)
{
    OrderedQuery query(m_table, m_selection, plan.keyDescending);
    if (plan.isKeyset)
        m_inner = std::make_unique<KeysetRowSource>(m_pool, std::move(query), plan.sentence);
    else
        m_inner = std::make_unique<KeyListRowSource>(m_pool, std::move(query), plan.sentence);
    connect(m_inner.get(), &RowSource::extentChanged, this, &RowSource::extentChanged);
    connect(m_inner.get(), &RowSource::rowsChanged, this, &RowSource::rowsChanged);
    connect(m_inner.get(), &RowSource::progressed, this, &RowSource::progressed);
    connect(m_inner.get(), &RowSource::failed, this, &RowSource::failed);
    m_inner->start();
}

QFuture<Result<qint64>> PlannedRowSource::positionOf(const RowKey &key)
{
    if (m_inner)
        return m_inner->positionOf(key);
    QPromise<Result<qint64>> promise;
    promise.start();
    promise.addResult(Result<qint64>(
        failure(ErrorCode::NotFound, QCoreApplication::translate("PlannedRowSource", "The rows are not here yet. Try again in a moment."))));
    promise.finish();
    return promise.future();
}

void PlannedRowSource::refresh()
{
    if (m_inner)
        m_inner->refresh();
}

} // namespace turnstone
