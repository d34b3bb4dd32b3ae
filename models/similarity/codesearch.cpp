// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/similarity/codesearch.h"

#include "models/similarity/kernels.h"

#include <array>
#include <cmath>

namespace turnstone::similarity {

namespace {

constexpr std::size_t blockRows = 512;
/// Between two looks at the stop token: a fraction of a millisecond.
constexpr std::size_t rowsBetweenStops = 32 * blockRows;

} // namespace

CodeSearch::CodeSearch(const ExactQuery &query, std::size_t k, double least)
    : m_query(query), m_codes(strideOf(query.dimension())), m_lower(k, least), m_exact(k, least)
{
    // As fine as 16 bits and the 32-bit sums of scan() allow.
    double largest = 0;
    double sum = 0;
    for (const double value : query.values()) {
        largest = std::fmax(largest, std::abs(value));
        sum += std::abs(value);
    }
    if (!(largest > 0) || !std::isfinite(sum)) {
        m_lostNorm = query.norm();
        return;
    }
    const double roundings = static_cast<double>(query.dimension()) / 2;
    m_unit = std::fmax(largest / 32767.0, sum / (2147483647.0 / 127.0 - roundings));
    double squares = 0;
    double lost = 0;
    for (std::size_t i = 0; i < query.dimension(); ++i) {
        const double code = std::nearbyint(query.values()[i] / m_unit);
        m_codes[i] = static_cast<std::int16_t>(std::fmax(-32767.0, std::fmin(32767.0, code)));
        const double coded = m_unit * static_cast<double>(m_codes[i]);
        squares += coded * coded;
        lost += (query.values()[i] - coded) * (query.values()[i] - coded);
    }
    m_codedNorm = std::sqrt(squares) * (1 + 1e-9);
    m_lostNorm = std::sqrt(lost) * (1 + 1e-9) + 1e-13 * query.norm();
}

CodeSearch::Bounds CodeSearch::boundsOf(const CodedRow &row, std::int32_t dot) const
{
    const double product = m_unit * static_cast<double>(row.scale) * static_cast<double>(dot);
    const double error = m_codedNorm * static_cast<double>(row.error) + m_lostNorm * row.norm + 1e-12 * (std::abs(product) + m_query.norm() * row.norm);
    switch (m_query.metric()) {
    case Metric::Cosine: {
        const double factor = 1.0 / (m_query.norm() * row.norm);
        return {(product - error) * factor, (product + error) * factor};
    }
    case Metric::InnerProduct: return {product - error, product + error};
    case Metric::L2:
    case Metric::L1: break;
    }
    const double squares = m_query.norm() * m_query.norm() + row.norm * row.norm;
    return {2 * (product - error) - squares * (1 + 1e-12), std::fmin(0.0, 2 * (product + error) - squares * (1 - 1e-12))};
}

void CodeSearch::consider(const CodesView &view, std::size_t first, std::size_t count, const std::int32_t *dots, const std::function<bool(std::size_t)> &allowed)
{
    const bool needsDirection = m_query.metric() == Metric::Cosine;
    double bar = m_lower.bar();
    for (std::size_t i = 0; i < count; ++i) {
        const CodedRow &row = view.rows[first + i];
        const Bounds bounds = boundsOf(row, dots[i]);
        if (!(bounds.upper >= bar) || (needsDirection && !(row.norm > 0)) || !view.isLive(first + i))
            continue;
        if (allowed && !allowed(first + i))
            continue;
        m_candidates.push_back({bounds.upper, bounds.lower, m_base + first + i});
        m_lower.add(bounds.lower, m_base + first + i);
        bar = m_lower.bar();
    }
    if (m_candidates.size() > m_pruneAt)
        prune();
}

/// The bar has risen since most of them came.
void CodeSearch::prune()
{
    std::erase_if(m_candidates, [bar = m_lower.bar()](const Candidate &candidate) { return candidate.upper < bar; });
    m_pruneAt = std::max<std::size_t>(4096, 2 * m_candidates.size());
}

bool CodeSearch::scan(const CodesView &view, const std::function<bool(std::size_t)> &allowed, std::stop_token stop)
{
    std::array<std::int32_t, blockRows> dots;
    if (view.dimension == m_query.dimension()) {
        for (std::size_t first = 0; first < view.count; first += blockRows) {
            if (first % rowsBetweenStops == 0 && stop.stop_requested())
                return false;
            const std::size_t count = std::min(blockRows, view.count - first);
            kernels::scan(view.codes + first * view.stride, view.stride, count, m_codes.data(), dots.data());
            consider(view, first, count, dots.data(), allowed);
        }
    }
    m_base += view.count;
    return true;
}

std::vector<std::uint64_t> CodeSearch::wanted(std::size_t most)
{
    if (!m_sorted) {
        prune();
        std::sort(m_candidates.begin(), m_candidates.end(), [](const Candidate &a, const Candidate &b) {
            // By the middle of the bounds: what is likely to be nearest raises the bar soonest.
            const double first = a.upper + a.lower;
            const double second = b.upper + b.lower;
            return first != second ? first > second : a.row < b.row;
        });
        m_sorted = true;
    }
    std::vector<std::uint64_t> rows;
    const double bar = m_exact.bar();
    while (m_next < m_candidates.size() && rows.size() < most) {
        const Candidate &candidate = m_candidates[m_next++];
        if (candidate.upper >= bar)
            rows.push_back(candidate.row);
    }
    return rows;
}

void CodeSearch::add(std::uint64_t row, double closeness)
{
    m_exact.add(closeness, row);
}

} // namespace turnstone::similarity
