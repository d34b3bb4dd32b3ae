// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/vectors/vectorscan.h"

#include "models/similarity/bytehash.h"
#include "models/similarity/codekernels.h"
#include "models/vectors/vectorkey.h"

#include <QCoreApplication>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <thread>

namespace turnstone {

namespace {

using namespace Qt::StringLiterals;
using namespace similarity;

// Blocks of 1 MB under way. Writing a copy has pauses, which more of them bridge; a search alone keeps up, and memory that is touched for
// the first time costs more than it saves.
constexpr std::size_t blocksOfSearch = 4;
constexpr std::size_t blocksOfCopy = 16;

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

/// What is done with every row. One thread at a time.
class RowWork
{
public:
    RowWork(const VectorColumn &column, const VectorScan::Plan &plan)
        : m_plan(plan), m_isKeyRowid(column.isKeyRowid), m_keySize(static_cast<int>(column.key.size())), m_blobs(column.form), m_texts(VectorForm::Text),
          m_codes(strideOf(plan.dimension)),
          m_top(plan.request ? plan.request->count : 0, plan.request ? plan.request->leastCloseness : 0)
    {
        if (plan.request) {
            for (const RowKey &key : plan.request->excluded)
                m_excluded.insert(encodedKey(key));
            m_nextPublished = std::chrono::steady_clock::now() + plan.request->preliminaryEvery;
        }
    }

    void process(const RowBlock &block)
    {
        for (int row = 0; row < block.rowCount(); ++row)
            process(block, row, {});
        publish();
    }

    /// What is nearest so far, for those who want to see something.
    void publish()
    {
        if (!m_plan.request || !m_plan.request->preliminary || !m_isTopNew || std::chrono::steady_clock::now() < m_nextPublished)
            return;
        std::vector<VectorStore::Nearest> nearest;
        for (const TopK::Entry &entry : m_top.sorted())
            nearest.push_back({m_keys[entry.id], entry.closeness});
        m_plan.request->preliminary(std::move(nearest), outcome.vectors);
        m_isTopNew = false;
        m_nextPublished = std::chrono::steady_clock::now() + m_plan.request->preliminaryEvery;
    }

    /// `version`: what tells of a change instead of the bytes.
    void process(const RowBlock &block, int row, std::string_view version)
    {
        const ValueRef cell = block.at(row, m_keySize);
        const std::string_view bytes(cell.bytes().data(), static_cast<std::size_t>(cell.bytes().size()));
        if (cell.isNull()) {
            ++outcome.counts.nulls;
            return;
        }
        VectorDecoder &decoder = cell.type() == ValueType::Text ? m_texts : m_blobs;
        if (cell.type() == ValueType::Blob && m_blobs.form() == VectorForm::Float32Blob && bytes.size() != 4 * m_plan.dimension)
            adapt(bytes.size());
        const std::int64_t number = m_isKeyRowid ? block.at(row, 0).integer() : 0;
        const std::string key = m_isKeyRowid && m_excluded.empty() ? std::string() : keyText(block, row);
        std::uint64_t hash = 0;
        m_isNew = false;
        if (m_plan.update) {
            hash = version.empty() ? byteHash(bytes.data(), bytes.size(), static_cast<std::uint64_t>(cell.type()))
                                   : byteHash(version.data(), version.size());
            if (m_plan.update->isKnown(number, key, hash)) {
                ++outcome.vectors;
                if (!m_plan.request)
                    return;
            } else {
                m_isNew = true;
            }
        }
        switch (decoder.decode(bytes)) {
        case DecodeStatus::Ok: break;
        case DecodeStatus::NotFinite: ++outcome.counts.notFinite; return;
        case DecodeStatus::Malformed:
        case DecodeStatus::TooLong: ++outcome.counts.malformed; return;
        }
        if (decoder.dimension() != m_plan.dimension) {
            ++outcome.counts.otherDimension;
            outcome.counts.anotherDimension = decoder.dimension();
            return;
        }
        use(decoder, number, key, hash, block, row);
    }

    void finish()
    {
        for (const TopK::Entry &entry : m_top.sorted())
            outcome.nearest.push_back({m_keys[entry.id], entry.closeness});
    }

    VectorScan::Outcome outcome;

private:
    /// Blobs of float16 or float64, as the number of bytes tells.
    void adapt(std::size_t size)
    {
        if (m_plan.dimension > 0 && size == 2 * m_plan.dimension)
            m_blobs = VectorDecoder(VectorForm::Float16Blob);
        else if (m_plan.dimension > 0 && size == 8 * m_plan.dimension)
            m_blobs = VectorDecoder(VectorForm::Float64Blob);
    }

    std::string keyText(const RowBlock &block, int row) const
    {
        RowKey key;
        for (int i = 0; i < m_keySize; ++i)
            key.emplace_back(block.at(row, i));
        return encodedKey(key);
    }

    void use(VectorDecoder &decoder, std::int64_t number, const std::string &key, std::uint64_t hash, const RowBlock &block, int row)
    {
        const std::span<const float> values = decoder.floats();
        QuantisedRow quantised;
        if (m_plan.update) {
            quantised = kernels::quantise(values.data(), values.size(), decoder.magnitude(), m_codes.size(), m_codes.data(), m_codes.data() + m_codes.size() / 2);
            if (m_isNew) {
                ++outcome.vectors;
                const CodedRow coded{number, hash, quantised.norm, quantised.scale, quantised.error, quantised.coarseError};
                if (!outcome.copyError) {
                    if (const Result<> added = m_plan.update->add(coded, key, {m_codes.data(), m_codes.data() + m_codes.size() / 2}); !added)
                        outcome.copyError = added.error();
                }
            }
        } else {
            quantised.norm = std::sqrt(decoder.magnitude().squares);
            ++outcome.vectors;
        }
        if (!(quantised.norm > 0))
            ++outcome.counts.zero;
        if (m_plan.request)
            search(decoder, values, quantised.norm, number, key, block, row);
    }

    void search(VectorDecoder &decoder, std::span<const float> values, double norm, std::int64_t number, const std::string &key, const RowBlock &block, int row)
    {
        const VectorStore::Request &request = *m_plan.request;
        // What was rounded to float32 on the way may be off by that.
        double upper = request.query->upperBound(values, norm);
        if (decoder.isWide())
            upper = request.query->metric() == Metric::Cosine ? upper + 1e-6 : upper + 1e-6 * (norm + 1) * (norm + request.query->norm() + 1);
        if (!(upper >= m_top.bar()))
            return;
        if (request.allowed && !(m_isKeyRowid ? request.allowed->numbers.contains(number) : request.allowed->texts.contains(key)))
            return;
        if (!m_excluded.empty() && m_excluded.contains(key))
            return;
        const double closeness = decoder.isWide() ? request.query->closeness(decoder.doubles()) : request.query->closeness(values);
        const double bar = m_top.bar();
        if (!(closeness >= bar))
            return;
        RowKey whole;
        for (int i = 0; i < m_keySize; ++i)
            whole.emplace_back(block.at(row, i));
        m_top.add(closeness, m_keys.size());
        m_isTopNew = true;
        m_keys.push_back(std::move(whole));
    }

    const VectorScan::Plan &m_plan;
    const bool m_isKeyRowid;
    const int m_keySize;
    VectorDecoder m_blobs;
    VectorDecoder m_texts;
    std::vector<std::uint8_t> m_codes; // of one row, one plane behind the other
    TopK m_top;
    std::vector<RowKey> m_keys; // of what came into m_top
    std::unordered_set<std::string> m_excluded;
    bool m_isNew = false;
    bool m_isTopNew = false;
    std::chrono::steady_clock::time_point m_nextPublished;
};

/// Smallest and largest rowid, to tell how far a scan is.
std::optional<std::pair<double, double>> rowidRange(Connection &connection, const VectorColumn &column)
{
    if (connection.engine() != Engine::Sqlite || !column.isKeyRowid || column.storage == VectorColumn::Storage::Vec0)
        return std::nullopt;
    const QString from = Connection::quoted(column.table);
    const auto first = connection.queryValue(u"SELECT min(%1) FROM %2"_s.arg(column.key.front(), from));
    const auto last = connection.queryValue(u"SELECT max(%1) FROM %2"_s.arg(column.key.front(), from));
    if (!first || !last || first->type() != ValueType::Integer || last->type() != ValueType::Integer)
        return std::nullopt;
    return std::pair(static_cast<double>(first->integer()), static_cast<double>(last->integer()));
}

Error stopped()
{
    return {ErrorCode::Cancelled, QCoreApplication::translate("VectorScan", "Stopped."), {}, -1};
}

} // namespace

Result<VectorScan::Outcome> VectorScan::run(Connection &connection, const VectorColumn &column, const Plan &plan, const std::stop_token &stop)
{
    RowWork work(column, plan);
    BlockQueue queue(plan.update ? blocksOfCopy : blocksOfSearch);
    std::jthread worker([&] {
        while (std::optional<RowBlock> block = queue.take()) {
            work.process(*block);
            queue.giveBack(std::move(*block));
        }
    });
    const auto range = plan.progress ? rowidRange(connection, column) : std::nullopt;
    std::size_t rows = 0;
    VectorReader reader(connection, column);
    const Result<> read = reader.scan([&](RowBlock &&block) -> std::optional<RowBlock> {
        if (stop.stop_requested())
            return std::nullopt;
        rows += static_cast<std::size_t>(block.rowCount());
        if (plan.progress) {
            const bool known = range && block.rowCount() > 0 && range->second > range->first;
            const double at = known ? static_cast<double>(block.at(block.rowCount() - 1, 0).integer()) : 0;
            plan.progress(known ? (at - range->first) / (range->second - range->first) : -1, rows);
        }
        return queue.exchange(std::move(block));
    });
    queue.end(); // what is in the queue is still worked off
    worker.join();
    if (!read)
        return failure(read);
    if (stop.stop_requested())
        return tl::unexpected(stopped());
    work.finish();
    return std::move(work.outcome);
}

Result<VectorScan::Outcome> VectorScan::runByVersion(Connection &connection, const VectorColumn &column, const Plan &plan, const std::stop_token &stop)
{
    // VACUUM FULL and a restored dump write new files: a transaction's number means something only within one.
    const auto file = connection.queryValue(u"SELECT pg_relation_filenode('%1'::regclass)::text || '/' || (SELECT oid::text FROM pg_database WHERE datname = current_database())"_s
                                                .arg(Connection::quoted(column.schema, column.table).replace(u'\'', u"''"_s)));
    if (!file)
        return failure(file);
    RowWork work(column, plan);
    VectorReader reader(connection, column);
    std::vector<RowKey> missing;
    std::unordered_map<std::string, std::string> versions;
    const std::string prefix = file->bytes().toStdString() + '/';
    const Result<> listed = reader.scanVersions([&](const RowKey &key, std::string_view version) {
        std::string text = encodedKey(key);
        std::string whole = prefix + std::string(version);
        if (plan.update && plan.update->isKnown(0, text, byteHash(whole.data(), whole.size()))) {
            ++work.outcome.vectors;
            return;
        }
        missing.push_back(key);
        versions.emplace(std::move(text), std::move(whole));
    });
    if (!listed)
        return failure(listed);
    std::size_t rows = 0;
    const auto take = [&](const RowBlock &block, int row) {
        const auto version = versions.find(encodedKey(reader.keyOf(block, row)));
        if (version != versions.end())
            work.process(block, row, version->second);
        if (++rows % 500 != 0)
            return;
        work.publish();
        if (plan.progress)
            plan.progress(static_cast<double>(rows) / static_cast<double>(missing.size()), rows);
    };
    Result<> read;
    if (missing.size() * 2 > work.outcome.vectors) {
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
    work.finish();
    return std::move(work.outcome);
}

} // namespace turnstone
