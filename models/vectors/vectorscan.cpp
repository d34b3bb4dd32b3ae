// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/vectors/vectorscan.h"

#include "models/database/sqliteconnection.h"
#include "models/database/sqliterowreader.h"
#include "models/database/twinreaders.h"
#include "models/similarity/bytehash.h"
#include "models/vectors/vectorkey.h"
#include "models/vectors/vectormerge.h"

#include <QCoreApplication>

#include <algorithm>
#include <map>
#include <thread>

namespace turnstone {

namespace {

using namespace Qt::StringLiterals;
using namespace similarity;

// Blocks of 1 MB under way. Writing a copy has pauses, which more of them bridge; a search alone keeps up, and memory that is touched for
// the first time costs more than it saves.
constexpr std::size_t blocksOfSearch = 4;
constexpr std::size_t blocksOfCopy = 16;
constexpr std::uint64_t fewestForTwins = 2000; // rowids; a second connection costs more than it saves
constexpr std::size_t bytesOfPiece = 4 << 20;

/// Blocks from the reading thread to the working one, and empty ones back.
class BlockQueue
{
public:
    explicit BlockQueue(std::size_t most) : m_most(most) {}

    /// Waits while the worker is behind; no block: the worker has given up.
    std::optional<RowBlock> exchange(RowBlock &&full)
    {
        std::unique_lock lock(m_mutex);
        m_full.push_back(std::move(full));
        m_changed.notify_all();
        m_changed.wait(lock, [this] { return m_full.size() < m_most || m_isOver; });
        if (m_isOver)
            return std::nullopt;
        if (m_empty.empty())
            return RowBlock();
        RowBlock block = std::move(m_empty.back());
        m_empty.pop_back();
        return block;
    }
    std::optional<RowBlock> take()
    {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [this] { return !m_full.empty() || m_isOver; });
        if (m_full.empty())
            return std::nullopt;
        RowBlock block = std::move(m_full.front());
        m_full.pop_front();
        m_changed.notify_all();
        return block;
    }
    void giveBack(RowBlock &&block)
    {
        const std::lock_guard lock(m_mutex);
        m_empty.push_back(std::move(block));
    }
    /// Nothing comes any more, or nothing is taken any more.
    void end()
    {
        const std::lock_guard lock(m_mutex);
        m_isOver = true;
        m_changed.notify_all();
    }

private:
    const std::size_t m_most;
    std::mutex m_mutex; // guards everything below
    std::condition_variable m_changed;
    std::deque<RowBlock> m_full;
    std::vector<RowBlock> m_empty;
    bool m_isOver = false;
};

bool hasRowids(const Connection &connection, const VectorColumn &column)
{
    return connection.engine() == Engine::Sqlite && column.isKeyRowid && column.storage != VectorColumn::Storage::Vec0;
}

struct RowidRange
{
    std::int64_t first = 0;
    std::int64_t last = -1;

    std::uint64_t span() const { return static_cast<std::uint64_t>(last) - static_cast<std::uint64_t>(first); }
    double fractionAt(std::int64_t rowid) const
    {
        const double all = static_cast<double>(last) - static_cast<double>(first);
        return all > 0 ? (static_cast<double>(rowid) - static_cast<double>(first)) / all : -1;
    }
};

/// Nothing if there are no rows.
std::optional<RowidRange> rowidRange(Connection &connection, const VectorColumn &column)
{
    const QString from = Connection::quoted(column.table);
    const auto first = connection.queryValue(u"SELECT min(%1) FROM %2"_s.arg(column.key.front(), from));
    const auto last = connection.queryValue(u"SELECT max(%1) FROM %2"_s.arg(column.key.front(), from));
    if (!first || !last || first->type() != ValueType::Integer || last->type() != ValueType::Integer)
        return std::nullopt;
    return RowidRange{first->integer(), last->integer()};
}

Error stopped()
{
    return {ErrorCode::Cancelled, QCoreApplication::translate("VectorScan", "Stopped."), {}, -1};
}

/// The rowids of a table in pieces of some megabytes of vectors, as far as can be told from how densely the rows lay before. Counted from
/// the first rowid. A piece that turns out to be crowded is cut off and its rest given back, so that both readers have work.
class RowidPieces
{
public:
    struct Piece
    {
        std::uint64_t first = 0;
        std::uint64_t last = 0;
    };

    explicit RowidPieces(const RowidRange &range) : m_free{{0, range.span()}} {}

    /// The first one that nobody has; waits for what others may give back. Nothing: all is read.
    std::optional<Piece> take()
    {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [this] { return m_isOver || !m_free.empty() || m_taken == 0; });
        if (m_isOver || m_free.empty())
            return std::nullopt;
        const auto front = m_free.begin();
        Piece piece{front->first, front->second};
        m_free.erase(front);
        if (piece.last - piece.first >= m_width) {
            m_free.emplace(piece.first + m_width, piece.last);
            piece.last = piece.first + m_width - 1;
        }
        ++m_taken;
        return piece;
    }
    /// `readTo` is before the end of the piece if it was cut off.
    void wasRead(const Piece &piece, std::uint64_t readTo, std::size_t bytes)
    {
        const std::lock_guard lock(m_mutex);
        if (readTo < piece.last)
            m_free.emplace(readTo + 1, piece.last);
        const double span = static_cast<double>(readTo - piece.first) + 1;
        const double width = bytes == 0 ? span * 8 : span * std::min(8.0, static_cast<double>(bytesOfPiece) / static_cast<double>(bytes));
        m_width = static_cast<std::uint64_t>(std::clamp(width, 16.0, 4e18));
        --m_taken;
        m_changed.notify_all();
    }
    void stop()
    {
        const std::lock_guard lock(m_mutex);
        m_isOver = true;
        m_changed.notify_all();
    }

private:
    std::mutex m_mutex; // guards everything below
    std::condition_variable m_changed;
    std::map<std::uint64_t, std::uint64_t> m_free;
    std::uint64_t m_width = 256;
    int m_taken = 0;
    bool m_isOver = false;
};

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

/// Two readers share the rows of a table, and each does everything with a row while it lies in its processor's cache.
class TwinScan
{
public:
    TwinScan(const VectorColumn &column, const VectorScan::Plan &plan, const std::stop_token &stop, RowidRange range, VectorMerge &merge)
        : m_column(column), m_plan(plan), m_stop(stop), m_firstRowid(static_cast<std::uint64_t>(range.first)), m_pieces(range), m_merge(merge)
    {
    }

    /// By each reader.
    void read(SqliteConnection &connection)
    {
        if (const Result<> done = readPieces(connection); !done || m_stop.stop_requested()) {
            m_pieces.stop();
            m_merge.giveUp();
            const std::lock_guard lock(m_mutex);
            if (!done && !m_error)
                m_error = done.error();
        }
    }
    Result<> result() const { return m_error ? Result<>(tl::unexpected(*m_error)) : Result<>(); }

private:
    std::int64_t rowidAt(std::uint64_t place) const { return static_cast<std::int64_t>(m_firstRowid + place); }

    Result<> readPieces(SqliteConnection &connection)
    {
        const auto query = rangeQuery(connection, m_column);
        if (!query)
            return failure(query);
        VectorWork work(m_column, m_plan, m_merge.bar());
        WorkVisitor visitor(work, m_stop);
        VectorBatch spare;
        while (const auto piece = m_pieces.take()) {
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
                isOver = !*more || bytes >= 2 * bytesOfPiece;
                const std::uint64_t readTo = *more ? static_cast<std::uint64_t>(work.batch().lastNumber) - m_firstRowid : piece->last;
                if (isOver)
                    m_pieces.wasRead(*piece, readTo, bytes);
                spare = m_merge.submit(piece->first, work.take(std::move(spare)), isOver ? std::optional(readTo + 1) : std::nullopt);
            }
        }
        return {};
    }

    const VectorColumn &m_column;
    const VectorScan::Plan &m_plan;
    const std::stop_token &m_stop;
    const std::uint64_t m_firstRowid;
    RowidPieces m_pieces;
    VectorMerge &m_merge;
    std::mutex m_mutex; // guards m_error
    std::optional<Error> m_error;
};

/// The connection's thread reads, a second one works.
Result<> runAlone(Connection &connection, const VectorColumn &column, const VectorScan::Plan &plan, const std::stop_token &stop, VectorMerge &merge)
{
    BlockQueue queue(plan.update ? blocksOfCopy : blocksOfSearch);
    std::jthread worker([&] {
        VectorWork work(column, plan, merge.bar());
        VectorBatch batch;
        std::vector<ValueRef> values(static_cast<std::size_t>(column.key.size()) + 1);
        while (std::optional<RowBlock> block = queue.take()) {
            for (int row = 0; row < block->rowCount(); ++row) {
                for (std::size_t i = 0; i < values.size(); ++i)
                    values[i] = block->at(row, static_cast<int>(i));
                work.add(values.data());
                if (!work.batch().isFull() && row + 1 < block->rowCount())
                    continue;
                batch = work.take(std::move(batch));
                merge.merge(batch);
            }
            queue.giveBack(std::move(*block));
        }
    });
    VectorReader reader(connection, column);
    const Result<> read = reader.scan([&](RowBlock &&block) { return stop.stop_requested() ? std::nullopt : queue.exchange(std::move(block)); });
    queue.end(); // what is in the queue is still worked off
    worker.join();
    return read;
}

} // namespace

Result<VectorScan::Outcome> VectorScan::run(Connection &connection, const VectorColumn &column, const Plan &plan, const std::stop_token &stop)
{
    VectorMerge merge(plan);
    const auto range = hasRowids(connection, column) ? rowidRange(connection, column) : std::nullopt;
    if (plan.progress)
        merge.progress = [&](std::int64_t rowid, std::size_t rows) { plan.progress(range ? range->fractionAt(rowid) : -1, rows); };
    Result<> read;
    if (range && range->span() >= fewestForTwins) {
        std::optional<TwinScan> twins;
        std::once_flag made;
        const Result<int> readers = runTwins(
            connection, stop,
            [&](Connection &reading, int count) {
                if (count < 2) {
                    read = runAlone(reading, column, plan, stop, merge);
                    return;
                }
                // What has been added since the range was looked up belongs to the state that is read now.
                std::call_once(made, [&] { twins.emplace(column, plan, stop, rowidRange(reading, column).value_or(RowidRange()), merge); });
                twins->read(static_cast<SqliteConnection &>(reading));
            },
            false, true);
        if (!readers)
            return failure(readers);
        if (twins)
            read = twins->result();
    } else {
        read = runAlone(connection, column, plan, stop, merge);
    }
    if (!read)
        return failure(read);
    if (stop.stop_requested())
        return tl::unexpected(stopped());
    return merge.finish();
}

Result<VectorScan::Outcome> VectorScan::runBehind(Connection &connection, const VectorColumn &column, const Plan &plan, std::int64_t rowid, std::size_t most,
                                                  const std::stop_token &stop)
{
    VectorMerge merge(plan);
    if (!hasRowids(connection, column) || rowid == std::numeric_limits<std::int64_t>::max())
        return merge.finish();
    VectorWork work(column, plan, merge.bar());
    WorkVisitor visitor(work, stop);
    const auto query = rangeQuery(static_cast<SqliteConnection &>(connection), column);
    if (!query)
        return failure(query);
    if (const Result<> begun = (*query)->start({rowid + 1, std::numeric_limits<std::int64_t>::max()}); !begun)
        return failure(begun);
    VectorBatch batch;
    Result<bool> more = true;
    for (std::size_t rows = 0; more && *more && rows < most && !stop.stop_requested(); rows += batch.rowsRead) {
        more = (*query)->visit(visitor);
        batch = work.take(std::move(batch));
        merge.merge(batch);
    }
    if (!more)
        return failure(more);
    return merge.finish();
}

Result<VectorScan::Outcome> VectorScan::runByVersion(Connection &connection, const VectorColumn &column, const Plan &plan, const std::stop_token &stop)
{
    // VACUUM FULL and a restored dump write new files: a transaction's number means something only within one.
    const auto file = connection.queryValue(u"SELECT pg_relation_filenode('%1'::regclass)::text || '/' || (SELECT oid::text FROM pg_database WHERE datname = current_database())"_s
                                                .arg(Connection::quoted(column.schema, column.table).replace(u'\'', u"''"_s)));
    if (!file)
        return failure(file);
    VectorMerge merge(plan);
    VectorWork work(column, plan, merge.bar());
    VectorBatch batch;
    const auto mergeAll = [&] {
        batch = work.take(std::move(batch));
        merge.merge(batch);
    };
    VectorReader reader(connection, column);
    std::vector<RowKey> missing;
    std::size_t known = 0;
    similarity::CopyUpdate::Cursor cursor;
    std::unordered_map<std::string, std::string> versions;
    const std::string prefix = file->bytes().toStdString() + '/';
    const Result<> listed = reader.scanVersions([&](const RowKey &key, std::string_view version) {
        std::string text = encodedKey(key);
        std::string whole = prefix + std::string(version);
        if (plan.update && plan.update->isKnown(0, text, byteHash(whole.data(), whole.size()), cursor)) {
            ++known;
            return;
        }
        missing.push_back(key);
        versions.emplace(std::move(text), std::move(whole));
    });
    if (!listed)
        return failure(listed);
    std::size_t rows = 0;
    std::vector<ValueRef> values(static_cast<std::size_t>(column.key.size()) + 1);
    const auto take = [&](const RowBlock &block, int row) {
        const auto version = versions.find(encodedKey(reader.keyOf(block, row)));
        if (version != versions.end()) {
            for (std::size_t i = 0; i < values.size(); ++i)
                values[i] = block.at(row, static_cast<int>(i));
            work.add(values.data(), version->second);
        }
        if (++rows % 500 != 0 && !work.batch().isFull())
            return;
        mergeAll();
        if (plan.progress)
            plan.progress(static_cast<double>(rows) / static_cast<double>(missing.size()), rows);
    };
    Result<> read;
    if (missing.size() * 2 > known) {
        read = reader.scan([&](RowBlock &&block) -> std::optional<RowBlock> {
            for (int row = 0; row < block.rowCount(); ++row)
                take(block, row);
            return stop.stop_requested() ? std::nullopt : std::optional(std::move(block));
        });
    } else {
        read = reader.fetch(missing, take);
    }
    if (!read)
        return failure(read);
    if (stop.stop_requested())
        return tl::unexpected(stopped());
    mergeAll();
    Outcome outcome = merge.finish();
    outcome.vectors += known;
    return outcome;
}

} // namespace turnstone
