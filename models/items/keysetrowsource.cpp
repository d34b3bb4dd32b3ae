// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/keysetrowsource.h"

#include "models/core/async.h"

#include <limits>

namespace turnstone {

namespace {

// The first statement of a walk is short so that the first screen comes at once.
constexpr int firstStep = 4 * RowSource::rowsPerPage;
constexpr int fullStep = 256 * RowSource::rowsPerPage;

} // namespace

KeysetRowSource::KeysetRowSource(SessionPool &pool, const CatalogTable &table, QObject *parent) : RowSource(parent), m_pool(pool), m_query(table) {}

KeysetRowSource::~KeysetRowSource()
{
    m_stop.request_stop();
}

void KeysetRowSource::start()
{
    m_stop.request_stop();
    m_stop = {};
    m_anchors.clear();
    m_last.clear();
    m_rows = 0;
    m_complete = false;
    m_step = firstStep;
    walkOn();
}

void KeysetRowSource::walkOn()
{
    const auto job = [sql = m_query.keys(!m_last.empty(), m_step), after = m_last, limit = m_step](Connection &connection) {
        return walk(connection, sql, after, limit);
    };
    onResult(m_pool.read(job, m_stop.get_token()), this, [this, stop = m_stop.get_token()](const Result<Walked> &walked) {
        if (!stop.stop_requested()) // of an earlier start()
            acceptWalk(walked);
    });
}

Result<KeysetRowSource::Walked> KeysetRowSource::walk(Connection &connection, const QString &sql, const RowKey &after, int limit)
{
    auto reader = connection.query(sql, after);
    if (!reader)
        return failure(reader);
    Walked walked;
    RowBlock block;
    const auto keyAt = [&block](int row) {
        RowKey key;
        for (int i = 0; i < block.columnCount(); ++i)
            key.emplace_back(block.at(row, i));
        return key;
    };
    for (bool more = true; more && walked.rows < limit;) {
        const Result<bool> got = (*reader)->read(block);
        if (!got)
            return failure(got);
        more = *got;
        for (int row = 0; row < block.rowCount(); ++row, ++walked.rows) {
            if (walked.rows % rowsPerPage == 0)
                walked.anchors.push_back(keyAt(row));
        }
        if (!block.isEmpty())
            walked.last = keyAt(block.rowCount() - 1);
    }
    return walked;
}

void KeysetRowSource::acceptWalk(const Result<Walked> &walked)
{
    if (!walked) {
        emit failed(walked.error());
        return;
    }
    for (const RowKey &key : walked->anchors)
        m_anchors.append(key);
    m_rows += walked->rows;
    m_complete = walked->rows < m_step;
    m_step = fullStep;
    if (!m_complete) {
        m_last = walked->last;
        walkOn();
    }
    emit extentChanged();
}

QFuture<Result<RowPage>> KeysetRowSource::readPage(qint64 page)
{
    const bool bounded = page + 1 < m_anchors.size();
    RowKey bounds = m_anchors.at(page);
    if (bounded) {
        const RowKey next = m_anchors.at(page + 1);
        bounds.insert(bounds.end(), next.begin(), next.end());
    }
    const auto job = [sql = m_query.page(bounded, rowsPerPage), bounds,
                      keyColumns = static_cast<int>(m_query.keyColumns().size())](Connection &connection) -> Result<RowPage> {
        auto reader = connection.query(sql, bounds);
        if (!reader)
            return failure(reader);
        RowPage rows;
        rows.keyColumns = keyColumns;
        // The statement ends by itself; the block need not.
        const Result<bool> got = (*reader)->read(rows.rows, {rowsPerPage, std::numeric_limits<qsizetype>::max()});
        if (!got)
            return failure(got);
        return rows;
    };
    return m_pool.read(job, m_stop.get_token());
}

} // namespace turnstone
