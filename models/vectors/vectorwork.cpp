// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/vectors/vectorwork.h"

#include "models/similarity/bytehash.h"
#include "models/similarity/codekernels.h"
#include "models/vectors/vectorkey.h"

#include <cmath>

namespace turnstone {

using namespace similarity;

namespace {

// What a thread takes at a time: its codes stay in the second cache until they are written.
constexpr std::size_t mostCodeBytes = 384 << 10;
constexpr std::size_t mostBytesRead = 2 << 20;
constexpr std::size_t mostRows = 4096;

} // namespace

void VectorBatch::clear()
{
    vectors = 0;
    counts = {};
    nearest.clear();
    rows.clear();
    keys.clear();
    codes.clear();
    lastNumber = 0;
    rowsRead = 0;
    bytesRead = 0;
}

bool VectorBatch::isFull() const
{
    return codes.size() >= mostCodeBytes || bytesRead >= mostBytesRead || rowsRead >= mostRows;
}

VectorWork::VectorWork(const VectorColumn &column, const VectorScan::Plan &plan, const std::atomic<double> &bar)
    : m_plan(plan), m_bar(bar), m_isKeyRowid(column.isKeyRowid), m_keySize(static_cast<std::size_t>(column.key.size())), m_stride(strideOf(plan.dimension)),
      m_blobs(column.form), m_texts(VectorForm::Text), m_top(0)
{
    if (!plan.request)
        return;
    for (const RowKey &key : plan.request->excluded)
        m_excluded.insert(encodedKey(key));
    m_top = TopK(plan.request->count, plan.request->leastCloseness);
}

/// Blobs of float16 or float64, as the number of bytes tells.
void VectorWork::adapt(std::size_t size)
{
    if (m_plan.dimension > 0 && size == 2 * m_plan.dimension)
        m_blobs = VectorDecoder(VectorForm::Float16Blob);
    else if (m_plan.dimension > 0 && size == 8 * m_plan.dimension)
        m_blobs = VectorDecoder(VectorForm::Float64Blob);
}

std::string VectorWork::keyText(const ValueRef *values) const
{
    RowKey key;
    for (std::size_t i = 0; i < m_keySize; ++i)
        key.emplace_back(values[i]);
    return encodedKey(key);
}

void VectorWork::add(const ValueRef *values, std::string_view version)
{
    const ValueRef &cell = values[m_keySize];
    const std::string_view bytes(cell.bytes().data(), static_cast<std::size_t>(cell.bytes().size()));
    const std::int64_t number = m_isKeyRowid ? values[0].integer() : 0;
    ++m_batch.rowsRead;
    m_batch.bytesRead += bytes.size();
    m_batch.lastNumber = number;
    if (cell.isNull()) {
        ++m_batch.counts.nulls;
        return;
    }
    VectorDecoder &decoder = cell.type() == ValueType::Text ? m_texts : m_blobs;
    if (cell.type() == ValueType::Blob && m_blobs.form() == VectorForm::Float32Blob && bytes.size() != 4 * m_plan.dimension)
        adapt(bytes.size());
    const std::string key = m_isKeyRowid && m_excluded.empty() ? std::string() : keyText(values);
    std::uint64_t hash = 0;
    bool isNew = false;
    if (m_plan.update) {
        hash = version.empty() ? byteHash(bytes.data(), bytes.size(), static_cast<std::uint64_t>(cell.type())) : byteHash(version.data(), version.size());
        isNew = !m_plan.update->isKnown(number, key, hash, m_cursor);
        if (!isNew) {
            ++m_batch.vectors;
            if (!m_plan.request)
                return;
        }
    }
    switch (decoder.decode(bytes)) {
    case DecodeStatus::Ok: break;
    case DecodeStatus::NotFinite: ++m_batch.counts.notFinite; return;
    case DecodeStatus::Malformed:
    case DecodeStatus::TooLong: ++m_batch.counts.malformed; return;
    }
    if (decoder.dimension() != m_plan.dimension) {
        ++m_batch.counts.otherDimension;
        m_batch.counts.anotherDimension = decoder.dimension();
        return;
    }
    use(decoder, number, key, hash, isNew, values);
}

void VectorWork::use(VectorDecoder &decoder, std::int64_t number, const std::string &key, std::uint64_t hash, bool isNew, const ValueRef *values)
{
    const std::span<const float> vector = decoder.floats();
    double norm = 0;
    if (isNew) {
        const std::size_t at = m_batch.codes.size();
        m_batch.codes.resize(at + m_stride);
        std::uint8_t *high = m_batch.codes.data() + at;
        const QuantisedRow row = kernels::quantise(vector.data(), vector.size(), decoder.magnitude(), m_stride, high, high + m_stride / 2);
        m_batch.rows.push_back({number, hash, row.norm, row.scale, row.error, row.coarseError});
        if (!m_isKeyRowid)
            m_batch.keys.push_back(key);
        norm = row.norm;
    } else {
        norm = std::sqrt(decoder.magnitude().squares);
    }
    if (isNew || !m_plan.update)
        ++m_batch.vectors;
    if (!(norm > 0))
        ++m_batch.counts.zero;
    if (m_plan.request)
        search(decoder, vector, norm, number, key, values);
}

void VectorWork::search(VectorDecoder &decoder, std::span<const float> vector, double norm, std::int64_t number, const std::string &key, const ValueRef *values)
{
    const VectorStore::Request &request = *m_plan.request;
    // What was rounded to float32 on the way may be off by that.
    double upper = request.query->upperBound(vector, norm);
    if (decoder.isWide())
        upper = request.query->metric() == Metric::Cosine ? upper + 1e-6 : upper + 1e-6 * (norm + 1) * (norm + request.query->norm() + 1);
    const double bar = std::max(m_top.bar(), m_bar.load(std::memory_order_relaxed));
    if (!(upper >= bar))
        return;
    if (request.allowed && !(m_isKeyRowid ? request.allowed->numbers.contains(number) : request.allowed->texts.contains(key)))
        return;
    if (!m_excluded.empty() && m_excluded.contains(key))
        return;
    const double closeness = decoder.isWide() ? request.query->closeness(decoder.doubles()) : request.query->closeness(vector);
    if (!(closeness >= bar))
        return;
    m_top.add(closeness, m_keys.size());
    RowKey &whole = m_keys.emplace_back();
    for (std::size_t i = 0; i < m_keySize; ++i)
        whole.emplace_back(values[i]);
}

VectorBatch VectorWork::take(VectorBatch spare)
{
    for (const TopK::Entry &entry : m_top.sorted())
        m_batch.nearest.push_back({std::move(m_keys[entry.id]), entry.closeness});
    m_keys.clear();
    if (m_plan.request)
        m_top = TopK(m_plan.request->count, m_plan.request->leastCloseness);
    spare.clear();
    return std::exchange(m_batch, std::move(spare));
}

} // namespace turnstone
