// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/similarity/topk.h"
#include "models/similarity/vectordecoder.h"
#include "models/vectors/vectorscan.h"

#include <atomic>

namespace turnstone {

/// What became of some rows, in the order in which they were read.
struct VectorBatch
{
    std::size_t vectors = 0;
    similarity::CopyCounts counts;
    /// Of these rows, best first: all that can belong to the result.
    std::vector<VectorStore::Nearest> nearest;
    /// For the copy: rows that it does not have, their keys if these are texts, and stride bytes of codes for each, one plane behind the other.
    std::vector<similarity::CodedRow> rows;
    std::vector<std::string> keys;
    std::vector<std::uint8_t> codes;
    /// Of the last row, where rows are known by a number.
    std::int64_t lastNumber = 0;
    std::size_t rowsRead = 0;
    std::size_t bytesRead = 0;

    /// Keeps the memory.
    void clear();
    bool isFull() const;
};

/// What is done with every row of a scan: it is decoded, compared with the old copy, quantised and searched. Belongs to one thread;
/// several of them may work on different rows of one plan.
class VectorWork
{
public:
    /// `bar`: what is below this closeness cannot belong to the result any more; only rises.
    VectorWork(const VectorColumn &column, const VectorScan::Plan &plan, const std::atomic<double> &bar);

    /// `values`: those of the key, then the vector. `version`: what tells of a change instead of the bytes.
    void add(const ValueRef *values, std::string_view version = {});
    /// What has been added since the last time. `spare` is a batch whose memory may be used again.
    VectorBatch take(VectorBatch spare);
    const VectorBatch &batch() const { return m_batch; }

private:
    void adapt(std::size_t size);
    std::string keyText(const ValueRef *values) const;
    void use(similarity::VectorDecoder &decoder, std::int64_t number, const std::string &key, std::uint64_t hash, bool isNew, const ValueRef *values);
    void search(similarity::VectorDecoder &decoder, std::span<const float> vector, double norm, std::int64_t number, const std::string &key, const ValueRef *values);

    const VectorScan::Plan &m_plan;
    const std::atomic<double> &m_bar;
    const bool m_isKeyRowid;
    const std::size_t m_keySize;
    const std::size_t m_stride;
    similarity::VectorDecoder m_blobs;
    similarity::VectorDecoder m_texts;
    similarity::CopyUpdate::Cursor m_cursor;
    std::unordered_set<std::string> m_excluded;
    VectorBatch m_batch;
    similarity::TopK m_top; // of the batch; its ids are places in m_keys
    std::vector<RowKey> m_keys;
};

} // namespace turnstone
