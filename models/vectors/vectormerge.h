// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/vectors/vectorwork.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>

namespace turnstone {

/// Puts batches together in the order of their rows, whoever has read them: the nearest so far, what the copy does not have, the counts.
///
/// Each batch belongs to a piece of the table, named by the place where it begins; the first begins at 0. Whoever hands in a batch whose
/// turn it is merges it and all that lie ready behind it, while the others go on reading; batches of later pieces wait, and when these
/// become too many, their readers do.
class VectorMerge
{
public:
    explicit VectorMerge(const VectorScan::Plan &plan);

    /// See VectorWork.
    const std::atomic<double> &bar() const { return m_bar; }
    /// Returns a batch whose memory may be used again. `next`: with the last batch of a piece, where the piece behind it begins. Any
    /// thread; the batches of one piece from one.
    VectorBatch submit(std::uint64_t piece, VectorBatch &&batch, std::optional<std::uint64_t> next);
    /// For a single reader, whose batches come in their turn.
    void merge(const VectorBatch &batch);
    /// Somebody has failed: nobody waits any more.
    void giveUp();
    /// Of all that was merged. Nothing may be submitted any more.
    VectorScan::Outcome finish();

    /// Called while merging, after each batch.
    std::function<void(std::int64_t lastNumber, std::size_t rows)> progress;

private:
    struct Piece
    {
        std::deque<VectorBatch> batches;
        std::optional<std::uint64_t> next;
    };
    void addToCopy(const VectorBatch &batch);
    void publish();
    std::vector<VectorStore::Nearest> nearest() const;

    const VectorScan::Plan &m_plan;
    std::atomic<double> m_bar;

    std::mutex m_mutex; // guards what follows, up to the empty line
    std::condition_variable m_changed;
    std::map<std::uint64_t, Piece> m_pieces;
    std::uint64_t m_front = 0;
    std::size_t m_waitingBytes = 0;
    std::vector<VectorBatch> m_spare;
    bool m_isMerging = false;
    bool m_hasGivenUp = false;

    // Of whoever merges.
    VectorScan::Outcome m_outcome;
    similarity::TopK m_top; // its ids are places in m_keys
    std::vector<RowKey> m_keys;
    std::size_t m_rowsRead = 0;
    bool m_isTopNew = false;
    std::chrono::steady_clock::time_point m_nextPublished;
};

} // namespace turnstone
