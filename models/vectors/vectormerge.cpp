// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/vectors/vectormerge.h"

namespace turnstone {

using namespace similarity;

namespace {

constexpr std::size_t mostWaitingBytes = 8 << 20;

std::size_t bytesOf(const VectorBatch &batch)
{
    return batch.codes.size() + batch.rows.size() * sizeof(CodedRow);
}

} // namespace

VectorMerge::VectorMerge(const VectorScan::Plan &plan)
    : m_plan(plan), m_bar(plan.request ? plan.request->leastCloseness : 0), m_top(plan.request ? plan.request->count : 0, plan.request ? plan.request->leastCloseness : 0)
{
    if (plan.request)
        m_nextPublished = std::chrono::steady_clock::now() + plan.request->preliminaryEvery;
}

VectorBatch VectorMerge::submit(std::uint64_t piece, VectorBatch &&batch, std::optional<std::uint64_t> next)
{
    std::unique_lock lock(m_mutex);
    m_waitingBytes += bytesOf(batch);
    Piece &own = m_pieces[piece];
    own.batches.push_back(std::move(batch));
    own.next = next;
    // Its turn never waits for others but for whoever merges, and that one for nobody.
    m_changed.wait(lock, [&] { return m_hasGivenUp || m_waitingBytes <= mostWaitingBytes || (piece == m_front && !m_isMerging); });
    while (!m_isMerging && !m_hasGivenUp) {
        const auto front = m_pieces.find(m_front);
        if (front == m_pieces.end())
            break;
        if (front->second.batches.empty()) {
            if (!front->second.next)
                break;
            m_front = *front->second.next;
            m_pieces.erase(front);
            m_changed.notify_all();
            continue;
        }
        VectorBatch ready = std::move(front->second.batches.front());
        front->second.batches.pop_front();
        m_isMerging = true;
        lock.unlock();
        merge(ready);
        lock.lock();
        m_isMerging = false;
        m_waitingBytes -= bytesOf(ready);
        m_spare.push_back(std::move(ready));
        m_changed.notify_all();
    }
    if (m_spare.empty())
        return {};
    VectorBatch spare = std::move(m_spare.back());
    m_spare.pop_back();
    return spare;
}

void VectorMerge::giveUp()
{
    const std::lock_guard lock(m_mutex);
    m_hasGivenUp = true;
    m_changed.notify_all();
}

void VectorMerge::merge(const VectorBatch &batch)
{
    m_outcome.vectors += batch.vectors;
    CopyCounts &counts = m_outcome.counts;
    counts.nulls += batch.counts.nulls;
    counts.malformed += batch.counts.malformed;
    counts.otherDimension += batch.counts.otherDimension;
    counts.notFinite += batch.counts.notFinite;
    counts.zero += batch.counts.zero;
    if (batch.counts.anotherDimension > 0)
        counts.anotherDimension = batch.counts.anotherDimension;
    for (const VectorStore::Nearest &nearest : batch.nearest) {
        const TopK::Entry entry{nearest.closeness, m_keys.size()};
        if (!m_top.add(entry.closeness, entry.id))
            continue;
        m_keys.push_back(nearest.key);
        m_isTopNew = true;
    }
    m_bar.store(m_top.bar(), std::memory_order_relaxed);
    if (!m_outcome.copyError)
        addToCopy(batch);
    m_rowsRead += batch.rowsRead;
    publish();
    if (progress)
        progress(batch.lastNumber, m_rowsRead);
}

void VectorMerge::addToCopy(const VectorBatch &batch)
{
    const std::size_t stride = strideOf(m_plan.dimension);
    for (std::size_t i = 0; i < batch.rows.size(); ++i) {
        const std::uint8_t *high = batch.codes.data() + i * stride;
        const std::string_view key = batch.keys.empty() ? std::string_view() : batch.keys[i];
        if (const Result<> added = m_plan.update->add(batch.rows[i], key, {high, high + stride / 2}); !added) {
            m_outcome.copyError = added.error();
            return;
        }
    }
}

std::vector<VectorStore::Nearest> VectorMerge::nearest() const
{
    std::vector<VectorStore::Nearest> nearest;
    for (const TopK::Entry &entry : m_top.sorted())
        nearest.push_back({m_keys[entry.id], entry.closeness});
    return nearest;
}

/// For those who want to see something.
void VectorMerge::publish()
{
    if (!m_plan.request || !m_plan.request->preliminary || !m_isTopNew || std::chrono::steady_clock::now() < m_nextPublished)
        return;
    m_plan.request->preliminary(nearest(), m_outcome.vectors);
    m_isTopNew = false;
    m_nextPublished = std::chrono::steady_clock::now() + m_plan.request->preliminaryEvery;
}

VectorScan::Outcome VectorMerge::finish()
{
    m_outcome.nearest = nearest();
    return std::move(m_outcome);
}

} // namespace turnstone
