// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/keylistrowsource.h"

#include "models/core/async.h"
#include "models/items/keylistmaker.h"
#include "models/items/rowsorter.h"

#include <QCoreApplication>

#include <algorithm>
#include <limits>
#include <utility>

namespace turnstone {

namespace {

constexpr int lookMs = 50;
constexpr int firstRows = 4 * RowSource::rowsPerPage;
// Making the list anew may take so much of the time, no more.
constexpr int pauseFactor = 5;

/// Where all that is to be done is to look into a list.
tl::unexpected<Error> notAmongThese()
{
    return failure(ErrorCode::NotFound, QCoreApplication::translate("KeyListRowSource", "This row is not among those shown: it was deleted, "
                                                                                        "does not pass the filters or came later."));
}

} // namespace

KeyListRowSource::KeyListRowSource(SessionPool &pool, OrderedQuery query, QString plan, QObject *parent)
    : RowSource(parent), m_pool(pool), m_query(std::make_shared<const OrderedQuery>(std::move(query))), m_plan(std::move(plan))
{
    m_look.setInterval(lookMs);
    connect(&m_look, &QTimer::timeout, this, &KeyListRowSource::takeParts);
    m_nextRefresh.setSingleShot(true);
    connect(&m_nextRefresh, &QTimer::timeout, this, [this] {
        if (std::exchange(m_refreshWanted, false))
            refresh();
    });
}

KeyListRowSource::~KeyListRowSource()
{
    m_stop.request_stop();
}

void KeyListRowSource::start()
{
    m_stop.request_stop();
    m_stop = {};
    m_look.stop();
    m_first.clear();
    m_list.clear();
    m_making.clear();
    m_isComplete = false;
    m_isReadingOn = false;
    m_refreshWanted = false;
    // What is sorted here has its first rows as soon as any.
    m_isFirstWanted = RowSorter::isFor(*m_query);
    if (!m_isFirstWanted)
        readFirst();
    makeList();
}

void KeyListRowSource::readFirst()
{
    const auto job = [query = m_query](Connection &connection) -> Result<KeyList::Part> {
        const BoundSql sql = query->keys(firstRows);
        auto reader = connection.query(sql.text, sql.parameters);
        if (!reader)
            return failure(reader);
        RowBlock block;
        const Result<bool> got = (*reader)->read(block, {firstRows + 1, std::numeric_limits<qsizetype>::max()});
        if (!got)
            return failure(got);
        return KeyList::Part(block, static_cast<int>(query->query().keyColumns().size()));
    };
    onResult(m_pool.read(job, m_stop.get_token()), this, [this, stop = m_stop.get_token()](const Result<KeyList::Part> &first) {
        // An error is the other statement's as well, which says it better.
        if (stop.stop_requested() || !first || m_isComplete || m_list.size() >= first->size())
            return;
        m_first.append(*first);
        emit extentChanged();
    });
}

void KeyListRowSource::makeList()
{
    m_progress = std::make_shared<KeyListProgress>();
    m_attempt = 0;
    m_makeTime.start();
    m_look.start();
    const auto job = [query = m_query, progress = m_progress](Connection &connection) { return KeyListMaker::make(connection, *query, *progress); };
    onResult(m_pool.read(job, m_stop.get_token()), this, [this, progress = m_progress](const Result<qint64> &made) {
        if (progress == m_progress) // of no earlier start()
            finishList(made);
    });
}

void KeyListRowSource::takeParts()
{
    if (m_progress->isByEngine && std::exchange(m_isFirstWanted, false))
        readFirst();
    int attempt = 0;
    KeyList &to = m_isComplete ? m_making : m_list;
    const qint64 before = rowCount();
    std::vector<KeyList::Part> parts = m_progress->take(attempt);
    if (attempt != std::exchange(m_attempt, attempt))
        to.clear();
    for (KeyList::Part &part : parts)
        to.append(std::move(part));
    const qint64 total = m_progress->total;
    const qint64 rows = m_progress->rows;
    emit progressed(rows, total < 0 ? -1 : std::max(rows, total));
    if (rowCount() != before)
        emit extentChanged();
}

void KeyListRowSource::finishList(const Result<qint64> &made)
{
    m_look.stop();
    if (!made) {
        m_progress.reset();
        m_making.clear();
        if (made.error().code != ErrorCode::Cancelled)
            emit failed(made.error());
        return;
    }
    const bool wasComplete = m_isComplete;
    takeParts();
    const qint64 rows = m_progress->rows;
    emit progressed(rows, rows);
    m_progress.reset();
    bool isOther = wasComplete;
    if (wasComplete) {
        m_list = std::exchange(m_making, {});
    } else {
        // Rows may have changed between the two statements.
        for (qint64 i = 0; i < m_first.size() && !isOther; ++i)
            isOther = i >= m_list.size() || m_first.at(i) != m_list.at(i);
    }
    m_isComplete = true;
    m_first.clear();
    m_nextRefresh.start(static_cast<int>(std::min<qint64>(m_makeTime.elapsed() * pauseFactor, 60'000)));
    if (isOther)
        emit rowsChanged();
    emit extentChanged();
}

void KeyListRowSource::refresh()
{
    if (!m_isComplete || m_progress || m_isReadingOn || m_nextRefresh.isActive()) {
        m_refreshWanted = m_isComplete;
        if (m_refreshWanted && !m_nextRefresh.isActive())
            m_nextRefresh.start(lookMs);
        return;
    }
    const bool isLastNewest = m_query->order().isNatural() && m_query->query().keyColumns().size() == 1 && m_list.isOfIntegers();
    if (isLastNewest)
        readOn();
    else
        makeList();
}

void KeyListRowSource::readOn()
{
    m_isReadingOn = true;
    const RowKey last = m_list.size() > 0 ? m_list.at(m_list.size() - 1) : RowKey();
    const auto job = [query = m_query, last](Connection &connection) -> Result<KeyList::Part> {
        RowBlock all;
        const int columns = query->order().size();
        all.clear(columns);
        const Result<> read = query->readTuples(connection, last, false, 0, [&](const RowBlock &block) {
            for (int row = 0; row < block.rowCount(); ++row) {
                for (int column = 0; column < columns; ++column)
                    all.add(block.at(row, column));
                all.endRow();
            }
        });
        if (!read)
            return failure(read);
        return KeyList::Part(all, columns);
    };
    onResult(m_pool.read(job, m_stop.get_token()), this, [this, stop = m_stop.get_token()](const Result<KeyList::Part> &more) {
        if (stop.stop_requested())
            return;
        m_isReadingOn = false;
        if (!more) {
            emit failed(more.error());
        } else if (more->size() > 0) {
            m_list.append(*more);
            emit extentChanged();
        }
    });
}

QFuture<Result<RowPage>> KeyListRowSource::readPage(qint64 page)
{
    std::vector<RowKey> keys;
    const KeyList &list = shown();
    const qint64 end = std::min<qint64>(list.size(), (page + 1) * rowsPerPage);
    for (qint64 position = page * rowsPerPage; position < end; ++position)
        keys.push_back(list.at(position));
    const auto job = [query = m_query, keys](Connection &connection) { return query->readKeys(connection, keys); };
    return m_pool.read(job, m_stop.get_token());
}

QFuture<Result<qint64>> KeyListRowSource::positionOf(const RowKey &key)
{
    const auto job = [list = shown(), key](Connection &) -> Result<qint64> {
        const qint64 position = list.find(key);
        if (position < 0)
            return notAmongThese();
        return position;
    };
    return m_pool.read(job, m_stop.get_token());
}

} // namespace turnstone
