// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/headrowsource.h"

#include "models/core/async.h"

#include <QCoreApplication>
#include <QLocale>
#include <QPromise>

#include <limits>

namespace turnstone {

HeadRowSource::HeadRowSource(SessionPool &pool, const CatalogTable &table, QObject *parent)
    : RowSource(parent), m_pool(pool), m_query(table), m_isView(table.kind == TableKind::View || table.kind == TableKind::MaterializedView)
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

void HeadRowSource::start()
{
    m_stop.request_stop();
    m_stop = {};
    m_pages.clear();
    m_rows = 0;
    m_complete = false;
    const auto job = [sql = m_query.head(maxRows)](Connection &connection) -> Result<std::shared_ptr<Pages>> {
        auto reader = connection.query(sql);
        if (!reader)
            return failure(reader);
        auto pages = std::make_shared<Pages>();
        for (bool more = true; more;) {
            RowPage page;
            const Result<bool> got = (*reader)->read(page.rows, {rowsPerPage, std::numeric_limits<qsizetype>::max()});
            if (!got)
                return failure(got);
            more = *got;
            if (!page.rows.isEmpty())
                pages->push_back(std::move(page));
        }
        return pages;
    };
    onResult(m_pool.read(job, m_stop.get_token()), this,
             [this, stop = m_stop.get_token()](const Result<std::shared_ptr<Pages>> &pages) {
                 if (stop.stop_requested())
                     return;
                 if (!pages) {
                     emit failed(pages.error());
                     return;
                 }
                 m_pages = std::move(**pages);
                 for (const RowPage &page : m_pages)
                     m_rows += page.rowCount();
                 m_complete = true;
                 emit extentChanged();
             });
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
