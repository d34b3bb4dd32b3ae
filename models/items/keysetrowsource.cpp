// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/keysetrowsource.h"

#include "models/core/async.h"

#include <QCoreApplication>

namespace turnstone {

namespace {

// The first statement of a walk is short so that the first screen comes at once.
constexpr int firstStep = 4 * RowSource::rowsPerPage;
constexpr int fullStep = 256 * RowSource::rowsPerPage;
// A walk over everything may take so much of the time, no more.
constexpr int pauseFactor = 5;
constexpr int pivotsAtOnce = 32;

} // namespace

KeysetRowSource::KeysetRowSource(SessionPool &pool, const CatalogTable &table, QObject *parent)
    : KeysetRowSource(pool, OrderedQuery(table, {}, false), QString(), parent)
{
}

KeysetRowSource::KeysetRowSource(SessionPool &pool, OrderedQuery query, QString plan, QObject *parent)
    : RowSource(parent), m_pool(pool), m_query(std::make_shared<const OrderedQuery>(std::move(query))), m_plan(std::move(plan))
{
    m_nextWalk.setSingleShot(true);
    connect(&m_nextWalk, &QTimer::timeout, this, &KeysetRowSource::refresh);
}

KeysetRowSource::~KeysetRowSource()
{
    m_stop.request_stop();
    for (const SearchPointer &waiting : m_waiting)
        finish(waiting, failure(ErrorCode::Cancelled, QCoreApplication::translate("KeysetRowSource", "The work was stopped.")));
}

void KeysetRowSource::start()
{
    m_stop.request_stop();
    m_stop = {};
    m_now = {};
    m_again.reset();
    m_refreshWanted = false;
    m_step = firstStep;
    m_walkTime.start();
    walkOn();
}

void KeysetRowSource::walkOn()
{
    m_isWalking = true;
    const Extent &extent = m_again ? *m_again : m_now;
    const auto job = [query = m_query, after = extent.last, limit = m_step,
                      offset = static_cast<int>(extent.rows % rowsPerPage)](Connection &connection) {
        return query->walk(connection, after, limit, rowsPerPage, offset);
    };
    onResult(m_pool.read(job, m_stop.get_token()), this, [this, stop = m_stop.get_token()](const Result<OrderedQuery::Steps> &walked) {
        if (!stop.stop_requested()) // of an earlier start()
            acceptWalk(walked);
    });
}

void KeysetRowSource::acceptWalk(const Result<OrderedQuery::Steps> &walked)
{
    m_isWalking = false;
    if (!walked) {
        m_again.reset();
        emit failed(walked.error());
        return;
    }
    Extent &extent = m_again ? *m_again : m_now;
    for (const RowKey &key : walked->marks)
        extent.anchors.append(key);
    extent.rows += walked->rows;
    const bool wasComplete = std::exchange(extent.complete, walked->isEnd);
    m_step = fullStep;
    if (walked->rows > 0)
        extent.last = walked->last;
    if (!extent.complete) {
        walkOn();
    } else {
        m_nextWalk.setInterval(static_cast<int>(std::min<qint64>(m_walkTime.elapsed() * pauseFactor, 60'000)));
        if (m_again)
            finishAgain();
    }
    if (!m_again && (walked->rows > 0 || !wasComplete))
        emit extentChanged();
    if (!m_now.complete)
        return;
    for (const SearchPointer &waiting : std::exchange(m_waiting, {}))
        search(waiting);
    if (std::exchange(m_refreshWanted, false))
        refresh();
}

bool KeysetRowSource::growsAtTheEnd() const
{
    return m_query->order().isNatural() && m_query->query().keyColumns().size() == 1
        && (m_now.last.empty() || m_now.anchors.isOfIntegers());
}

void KeysetRowSource::refresh()
{
    if (m_isWalking || m_nextWalk.isActive()) {
        m_refreshWanted = m_isWalking;
        return;
    }
    if (growsAtTheEnd()) {
        walkOn();
        return;
    }
    m_again = std::make_unique<Extent>();
    m_walkTime.start();
    walkOn();
}

void KeysetRowSource::finishAgain()
{
    m_now = std::move(*m_again);
    m_again.reset();
    m_nextWalk.start();
    emit rowsChanged();
    emit extentChanged();
}

QFuture<Result<RowPage>> KeysetRowSource::readPage(qint64 page)
{
    const RowKey end = page + 1 < m_now.anchors.size() ? m_now.anchors.at(page + 1) : RowKey();
    const auto job = [query = m_query, first = m_now.anchors.at(page), end](Connection &connection) {
        return query->readRange(connection, first, end);
    };
    return m_pool.read(job, m_stop.get_token());
}

QFuture<Result<qint64>> KeysetRowSource::positionOf(const RowKey &key)
{
    const auto asked = std::make_shared<Search>();
    asked->key = key;
    asked->promise.start();
    search(asked);
    return asked->promise.future();
}

void KeysetRowSource::search(const SearchPointer &search)
{
    if (m_now.anchors.size() == 0 && !m_now.complete) {
        m_waiting.push_back(search);
        return;
    }
    search->low = 0;
    search->high = m_now.anchors.size();
    narrow(search);
}

void KeysetRowSource::narrow(const SearchPointer &search)
{
    const qint64 between = search->high - search->low - 1;
    if (between <= 0) {
        locate(search);
        return;
    }
    std::vector<RowKey> pivots;
    std::vector<qint64> indexes;
    const qint64 count = std::min<qint64>(between, pivotsAtOnce);
    for (qint64 i = 1; i <= count; ++i) {
        indexes.push_back(search->low + i * between / count);
        pivots.push_back(m_now.anchors.at(indexes.back()));
    }
    const auto job = [query = m_query, key = search->key, pivots](Connection &connection) {
        return query->countNotBehind(connection, key, pivots);
    };
    onResult(m_pool.read(job, m_stop.get_token()), this, [this, search, indexes](const Result<int> &notBehind) {
        if (!notBehind) {
            finish(search, failure(notBehind));
            return;
        }
        const auto found = static_cast<std::size_t>(*notBehind);
        if (found > 0)
            search->low = indexes[found - 1];
        if (found < indexes.size())
            search->high = indexes[found];
        // The places may have become others meanwhile.
        search->high = std::min<qint64>(search->high, m_now.anchors.size());
        search->low = std::min(search->low, search->high - 1);
        narrow(search);
    });
}

void KeysetRowSource::locate(const SearchPointer &search)
{
    const RowKey from = m_now.anchors.size() > 0 ? m_now.anchors.at(search->low) : RowKey();
    const auto job = [query = m_query, key = search->key, from](Connection &connection) -> Result<int> {
        int at = -1;
        int rows = 0;
        const Result<> read = query->readTuples(connection, from, true, rowsPerPage, [&](const RowBlock &block) {
            for (int row = 0; row < block.rowCount() && at < 0; ++row) {
                if (OrderedQuery::isSameKey(query->order().key(OrderedQuery::rowOf(block, row, query->order().size())), key))
                    at = rows + row;
            }
            rows += block.rowCount();
        });
        if (!read)
            return failure(read);
        if (at >= 0)
            return at;
        const Result<RowKey> exists = query->readTuple(connection, key);
        if (!exists)
            return failure(exists);
        return -1;
    };
    onResult(m_pool.read(job, m_stop.get_token()), this, [this, search](const Result<int> &at) {
        if (!at)
            finish(search, failure(at));
        else if (*at >= 0)
            finish(search, search->low * rowsPerPage + *at);
        else if (!m_now.complete)
            m_waiting.push_back(search); // the walk is not there yet
        else
            finish(search, failure(ErrorCode::NotFound, QCoreApplication::translate("KeysetRowSource", "This row came after the table was "
                                                                                                       "read. Reload the table to see it.")));
    });
}

void KeysetRowSource::finish(const SearchPointer &search, const Result<qint64> &position)
{
    search->promise.addResult(position);
    search->promise.finish();
}

} // namespace turnstone
