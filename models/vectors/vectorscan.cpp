// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/vectors/vectorscan.h"

#include "models/database/sqliteconnection.h"
#include "models/database/twinreaders.h"
#include "models/similarity/bytehash.h"
#include "models/vectors/twinscan.h"
#include "models/vectors/vectorkey.h"

#include <QCoreApplication>

#include <condition_variable>
#include <deque>
#include <mutex>
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

Error stopped()
{
    return {ErrorCode::Cancelled, QCoreApplication::translate("VectorScan", "Stopped."), {}, -1};
}

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
    std::optional<RowidRange> range;
    if (TwinScan::isFor(connection, column)) {
        const auto found = rowidRange(connection, column);
        if (!found)
            return failure(found);
        range = *found;
    }
    if (plan.progress)
        merge.progress = [&](std::int64_t rowid, std::size_t rows) { plan.progress(range ? range->fractionAt(rowid) : -1, rows); };
    Result<> read;
    if (range && range->span() >= fewestForTwins) {
        TwinScan twins(column, plan, stop, merge);
        const auto work = [&](Connection &reading, int readers) {
            if (readers == 1)
                read = runAlone(reading, column, plan, stop, merge);
            else
                twins.read(static_cast<SqliteConnection &>(reading));
        };
        const Result<int> readers = runTwins(connection, stop, work, false, true);
        if (!readers)
            return failure(readers);
        if (*readers > 1)
            read = twins.result();
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
    if (TwinScan::isFor(connection, column) && rowid < std::numeric_limits<std::int64_t>::max()) {
        const Result<> read = TwinScan(column, plan, stop, merge).readBehind(static_cast<SqliteConnection &>(connection), rowid, most);
        if (!read)
            return failure(read);
    }
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
