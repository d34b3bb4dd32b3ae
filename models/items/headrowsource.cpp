// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/headrowsource.h"

#include "models/core/async.h"
#include "models/items/rowfiltersql.h"
#include "models/items/roworder.h"

#include <QCoreApplication>
#include <QLocale>
#include <QPromise>

#include <limits>

namespace turnstone {

using namespace Qt::StringLiterals;

HeadRowSource::HeadRowSource(SessionPool &pool, const CatalogTable &table, const RowSelection &selection, QObject *parent)
    : RowSource(parent), m_pool(pool), m_table(table), m_selection(selection), m_query(table),
      m_isView(table.kind == TableKind::View || table.kind == TableKind::MaterializedView)
{
}

HeadRowSource::~HeadRowSource()
{
    m_stop.request_stop();
}

QString HeadRowSource::limitation() const
{
    if (m_rows < maxRows)
        return {};
    const QString rows = QLocale().toString(maxRows);
    return m_isView ? QCoreApplication::translate("HeadRowSource", "The first %1 rows of this view. A query of your own can choose others.").arg(rows)
                    : QCoreApplication::translate("HeadRowSource",
                                                  "The first %1 rows. This table has no key, so the rows behind them cannot be reached one by one.")
                          .arg(rows);
}

QString HeadRowSource::plan() const
{
    return m_selection.isEmpty() ? QString() : QCoreApplication::translate("HeadRowSource", "Without a key: the engine reads as much as it needs.");
}

void HeadRowSource::start()
{
    m_pages.clear();
    m_rows = 0;
    m_complete = false;
    read();
}

void HeadRowSource::refresh()
{
    if (m_complete)
        read();
}

void HeadRowSource::read()
{
    m_stop.request_stop();
    m_stop = {};
    const auto job = [table = m_table, selection = m_selection](Connection &connection) { return readAll(connection, table, selection); };
    onResult(m_pool.read(job, m_stop.get_token()), this,
             [this, stop = m_stop.get_token()](const Result<std::shared_ptr<Pages>> &pages) {
                 if (stop.stop_requested())
                     return;
                 if (!pages) {
                     emit failed(pages.error());
                     return;
                 }
                 m_pages = std::move(**pages);
                 m_rows = 0;
                 for (const RowPage &page : m_pages)
                     m_rows += page.rowCount();
                 if (std::exchange(m_complete, true))
                     emit rowsChanged();
                 emit extentChanged();
             });
}

Result<std::shared_ptr<HeadRowSource::Pages>> HeadRowSource::readAll(Connection &connection, const CatalogTable &table,
                                                                     const RowSelection &selection)
{
    if (const Result<> checked = RowFilterSql::check(table, selection.filters); !checked)
        return failure(checked);
    if (const Result<> checked = RowOrder::check(table, selection.order); !checked)
        return failure(checked);
    const TableQuery query(table);
    BoundSql sql(table.engine);
    sql.text = u"SELECT "_s + query.cells(prefixBytes) + u" FROM "_s + query.from();
    if (const QString where = RowFilterSql::where(table, selection.filters, sql); !where.isEmpty())
        sql.text += u" WHERE "_s + where;
    if (!selection.order.empty())
        sql.text += u" ORDER BY "_s + RowOrder(table, query, selection.order, false).orderBy();
    sql.text += u" LIMIT "_s + QString::number(maxRows);
    auto reader = connection.query(sql.text, sql.parameters);
    if (!reader)
        return tl::unexpected(RowFilterSql::explain(connection, table, selection.filters, reader.error()));
    auto pages = std::make_shared<Pages>();
    for (bool more = true; more;) {
        RowPage page;
        const Result<bool> got = (*reader)->read(page.rows, {rowsPerPage, std::numeric_limits<qsizetype>::max()});
        if (!got) {
            reader->reset();
            return tl::unexpected(RowFilterSql::explain(connection, table, selection.filters, got.error()));
        }
        more = *got;
        if (!page.rows.isEmpty())
            pages->push_back(std::move(page));
    }
    return pages;
}

QFuture<Result<RowPage>> HeadRowSource::readPage(qint64 page)
{
    const RowBlock &from = m_pages[static_cast<std::size_t>(page)].rows;
    RowPage copy;
    copy.rows.clear(from.columnCount());
    for (int row = 0; row < from.rowCount(); ++row) {
        for (int column = 0; column < from.columnCount(); ++column)
            copy.rows.add(from.at(row, column));
        copy.rows.endRow();
    }
    QPromise<Result<RowPage>> promise;
    promise.start();
    promise.addResult(Result<RowPage>(std::move(copy)));
    promise.finish();
    return promise.future();
}

} // namespace turnstone
