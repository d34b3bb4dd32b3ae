// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/vectors/twinscan.h"

#include "models/database/sqliteconnection.h"
#include "models/database/sqliterowreader.h"

#include <limits>
#include <utility>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

/// Hands on rows until a batch is full.
class WorkVisitor final : public RowVisitor
{
public:
    WorkVisitor(VectorWork &work, const std::stop_token &stop) : m_work(work), m_stop(stop) {}
    bool visit(const ValueRef *values) override
    {
        m_work.add(values);
        return !m_work.batch().isFull() && !m_stop.stop_requested();
    }

private:
    VectorWork &m_work;
    const std::stop_token &m_stop;
};

/// Of the rowids from ?1 to ?2.
Result<std::unique_ptr<SqliteRepeatedQuery>> rangeQuery(SqliteConnection &connection, const VectorColumn &column)
{
    return SqliteRepeatedQuery::prepare(connection,
                                        u"SELECT %1, %2 FROM %3 NOT INDEXED WHERE %1 BETWEEN ?1 AND ?2 AND %2 IS NOT NULL ORDER BY %1"_s.arg(
                                            column.key.front(), Connection::quoted(column.column), Connection::quoted(column.table)),
                                        {});
}

} // namespace

bool TwinScan::isFor(const Connection &connection, const VectorColumn &column)
{
    return connection.engine() == Engine::Sqlite && column.isKeyRowid && column.storage != VectorColumn::Storage::Vec0;
}

void TwinScan::read(SqliteConnection &connection)
{
    Result<> done = start(connection);
    if (done && m_pieces)
        done = readPieces(connection);
    if (done && !m_stop.stop_requested())
        return;
    m_merge.giveUp();
    if (m_pieces)
        m_pieces->stop();
    const std::lock_guard lock(m_mutex);
    if (!done && !m_error)
        m_error = done.error();
}

/// By whoever comes first: what there is to be read in the state that both see.
Result<> TwinScan::start(SqliteConnection &connection)
{
    const std::lock_guard lock(m_mutex);
    if (std::exchange(m_isStarted, true))
        return {};
    const auto range = rowidRange(connection, m_column);
    if (!range)
        return failure(range);
    if (*range) {
        m_firstRowid = static_cast<std::uint64_t>((*range)->first);
        m_pieces.emplace(**range);
    }
    return {};
}

Result<> TwinScan::readPieces(SqliteConnection &connection)
{
    const auto query = rangeQuery(connection, m_column);
    if (!query)
        return failure(query);
    VectorWork work(m_column, m_plan, m_merge.bar());
    WorkVisitor visitor(work, m_stop);
    VectorBatch spare;
    while (const auto piece = m_pieces->take()) {
        if (const Result<> begun = (*query)->start({rowidAt(piece->first), rowidAt(piece->last)}); !begun)
            return begun;
        std::size_t bytes = 0;
        for (bool isOver = false; !isOver;) {
            const Result<bool> more = (*query)->visit(visitor);
            if (!more)
                return failure(more);
            if (m_stop.stop_requested())
                return {};
            bytes += work.batch().bytesRead;
            isOver = !*more || bytes >= 2 * RowidPieces::aimedBytes;
            const std::uint64_t readTo = *more ? static_cast<std::uint64_t>(work.batch().lastNumber) - m_firstRowid : piece->last;
            if (isOver)
                m_pieces->wasRead(*piece, readTo, bytes);
            spare = m_merge.submit(piece->first, work.take(std::move(spare)), isOver ? std::optional(readTo + 1) : std::nullopt);
        }
    }
    return {};
}

Result<> TwinScan::readBehind(SqliteConnection &connection, std::int64_t rowid, std::size_t most)
{
    const auto query = rangeQuery(connection, m_column);
    if (!query)
        return failure(query);
    if (const Result<> begun = (*query)->start({rowid + 1, std::numeric_limits<std::int64_t>::max()}); !begun)
        return begun;
    VectorWork work(m_column, m_plan, m_merge.bar());
    WorkVisitor visitor(work, m_stop);
    VectorBatch batch;
    Result<bool> more = true;
    for (std::size_t rows = 0; more && *more && rows < most && !m_stop.stop_requested(); rows += batch.rowsRead) {
        more = (*query)->visit(visitor);
        batch = work.take(std::move(batch));
        m_merge.merge(batch);
    }
    return more ? Result<>() : Result<>(failure(more));
}

} // namespace turnstone
