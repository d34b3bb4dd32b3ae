// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/similarity/codesearch.h"

#include "models/similarity/codekernels.h"

#include <array>
#include <cmath>
#include <mutex>
#include <thread>
#include <utility>

namespace turnstone::similarity {

namespace {

/// What a thread takes at a time, and reads between two looks at the stop token: a fraction of a millisecond.
constexpr std::size_t groupsAtOnce = 4;
/// Below these a thread takes longer to start than to help.
constexpr std::size_t fewestBytesForThread = 4 << 20;
constexpr std::size_t fewestRowsForThread = 2048;
constexpr std::size_t mostThreads = 8;

std::size_t threadsFor(std::size_t shares)
{
    return std::clamp<std::size_t>(shares, 1, std::min<std::size_t>(mostThreads, std::max(1U, std::thread::hardware_concurrency())));
}

} // namespace

CodeSearch::CodeSearch(const ExactQuery &query, std::size_t k, double least)
    : m_query(query), m_k(k), m_least(least), m_coarseCodes(strideOf(query.dimension())), m_fineCodes(strideOf(query.dimension())), m_bar(least), m_exact(k, least)
{
    // As fine as the codes and the 32-bit sums of the kernels allow.
    m_coarse = code(m_coarseCodes, 127, 2147483647.0 / 15);
    m_fine = code(m_fineCodes, 32767, 2147483647.0 / 127);
    double sum = 0;
    for (const std::int8_t value : m_coarseCodes)
        sum += value;
    m_coarseOffset = 120.5 * sum;
}

template<typename Code>
CodeSearch::CodedQuery CodeSearch::code(std::vector<Code> &codes, double largestCode, double largestSum) const
{
    double largest = 0;
    double sum = 0;
    for (const double value : m_query.values()) {
        largest = std::fmax(largest, std::abs(value));
        sum += std::abs(value);
    }
    CodedQuery coded;
    coded.lostNorm = m_query.norm();
    if (!(largest > 0) || !std::isfinite(sum))
        return coded;
    const double roundings = static_cast<double>(m_query.dimension()) / 2;
    coded.unit = std::fmax(largest / largestCode, sum / (largestSum - roundings));
    double squares = 0;
    double lost = 0;
    for (std::size_t i = 0; i < m_query.dimension(); ++i) {
        const double value = m_query.values()[i];
        codes[i] = static_cast<Code>(std::fmax(-largestCode, std::fmin(largestCode, std::nearbyint(value / coded.unit))));
        const double whole = coded.unit * static_cast<double>(codes[i]);
        squares += whole * whole;
        lost += (value - whole) * (value - whole);
    }
    coded.codedNorm = std::sqrt(squares) * (1 + 1e-9);
    coded.lostNorm = std::sqrt(lost) * (1 + 1e-9) + 1e-13 * m_query.norm();
    return coded;
}

CodeSearch::Bounds CodeSearch::boundsOf(const CodedQuery &query, const CodedRow &row, double dot, double error) const
{
    const double product = query.unit * static_cast<double>(row.scale) * dot;
    const double off = query.codedNorm * error + query.lostNorm * row.norm + 1e-12 * (std::abs(product) + m_query.norm() * row.norm);
    switch (m_query.metric()) {
    case Metric::Cosine: {
        const double factor = 1.0 / (m_query.norm() * row.norm);
        return {(product - off) * factor, (product + off) * factor};
    }
    case Metric::InnerProduct: return {product - off, product + off};
    case Metric::L2:
    case Metric::L1: break;
    }
    const double squares = m_query.norm() * m_query.norm() + row.norm * row.norm;
    return {2 * (product - off) - squares * (1 + 1e-12), std::fmin(0.0, 2 * (product + off) - squares * (1 - 1e-12))};
}

CodeSearch::Bounds CodeSearch::fineBounds(std::uint64_t row) const
{
    auto part = m_parts.rbegin();
    while (part->firstRow > row)
        ++part;
    const std::size_t own = row - part->firstRow;
    const CodedRow &coded = part->view.rows[own];
    const std::int32_t dot = kernels::dotCodes(part->view.planes(own), part->view.stride, m_fineCodes.data());
    return boundsOf(m_fine, coded, static_cast<double>(dot), static_cast<double>(coded.error));
}

/// By the middle of the bounds: what is likely to be nearest raises the bar soonest. What has no bounds comes first.
bool CodeSearch::isNearer(const Candidate &a, const Candidate &b)
{
    const auto middleOf = [](const Candidate &candidate) {
        const double middle = candidate.upper + candidate.lower;
        return std::isnan(middle) ? std::numeric_limits<double>::infinity() : middle;
    };
    const double first = middleOf(a);
    const double second = middleOf(b);
    return first != second ? first > second : a.row < b.row;
}

void CodeSearch::prune(std::vector<Candidate> &candidates) const
{
    std::erase_if(candidates, [bar = m_bar.load()](const Candidate &candidate) { return candidate.upper < bar; });
}

/// A row whose upper bound reaches the bar.
void CodeSearch::offer(Share &share, const Bounds &bounds, std::uint64_t row)
{
    share.candidates.push_back({bounds.upper, bounds.lower, row});
    share.lower.add(bounds.lower, row);
    const double own = share.lower.bar();
    double bar = m_bar.load(std::memory_order_relaxed);
    while (own > bar && !m_bar.compare_exchange_weak(bar, own)) {
    }
}

void CodeSearch::consider(Share &share, const CodesView &view, std::size_t first, std::size_t count, const std::int32_t *dots, const std::function<bool(std::size_t)> &allowed)
{
    const bool needsDirection = m_query.metric() == Metric::Cosine;
    double bar = m_bar.load(std::memory_order_relaxed);
    for (std::size_t i = 0; i < count; ++i) {
        const CodedRow &row = view.rows[first + i];
        const Bounds bounds = boundsOf(m_coarse, row, 16.0 * static_cast<double>(dots[i]) - m_coarseOffset, static_cast<double>(row.coarseError));
        if (!(bounds.upper >= bar) || (needsDirection && !(row.norm > 0)) || !view.isLive(first + i))
            continue;
        if (allowed && !allowed(first + i))
            continue;
        offer(share, bounds, m_rows + first + i);
        bar = m_bar.load(std::memory_order_relaxed);
    }
    if (share.candidates.size() <= share.pruneAt)
        return;
    prune(share.candidates); // the bar has risen since most of them came
    share.pruneAt = std::max<std::size_t>(4096, 2 * share.candidates.size());
}

/// `work` in several threads, this one among them; what they have found is added to the candidates.
void CodeSearch::share(std::size_t threads, const std::function<void(Share &)> &work)
{
    std::mutex mutex; // guards m_candidates
    const auto whole = [&] {
        Share share{TopK(m_k, m_least), {}};
        work(share);
        prune(share.candidates);
        const std::lock_guard lock(mutex);
        m_candidates.insert(m_candidates.end(), share.candidates.begin(), share.candidates.end());
    };
    std::vector<std::jthread> helpers;
    for (std::size_t i = 1; i < threads; ++i)
        helpers.emplace_back(whole);
    whole();
}

bool CodeSearch::scan(const CodesView &view, const std::function<bool(std::size_t)> &allowed, std::stop_token stop)
{
    if (stop.stop_requested())
        return false;
    if (view.dimension == m_query.dimension() && view.count > 0) {
        m_parts.push_back({view, m_rows});
        std::atomic<std::size_t> next = 0;
        share(threadsFor(view.count * view.stride / fewestBytesForThread), [&](Share &share) {
            std::array<std::int32_t, groupRows> dots;
            for (std::size_t from = next.fetch_add(groupsAtOnce * groupRows); from < view.count && !stop.stop_requested(); from = next.fetch_add(groupsAtOnce * groupRows)) {
                for (std::size_t first = from; first < std::min(view.count, from + groupsAtOnce * groupRows); first += groupRows) {
                    const std::size_t count = std::min(groupRows, view.count - first);
                    kernels::scanHigh(view.planes(first).high, view.stride, count, m_coarseCodes.data(), dots.data());
                    consider(share, view, first, count, dots.data(), allowed);
                }
            }
        });
    }
    m_rows += view.count;
    return !stop.stop_requested();
}

void CodeSearch::refine()
{
    prune(m_candidates);
    // A bar from those that look nearest; they are looked at again below, where each row counts once.
    std::vector<Candidate> likely(std::min(m_candidates.size(), std::max<std::size_t>(32, 2 * std::min(m_k, m_candidates.size()))));
    std::partial_sort_copy(m_candidates.begin(), m_candidates.end(), likely.begin(), likely.end(), isNearer);
    Share first{TopK(m_k, m_least), {}};
    for (const Candidate &candidate : likely)
        offer(first, fineBounds(candidate.row), candidate.row);
    prune(m_candidates);
    const std::vector<Candidate> coarse = std::exchange(m_candidates, {});
    std::atomic<std::size_t> next = 0;
    share(threadsFor(coarse.size() / fewestRowsForThread), [&](Share &share) {
        for (std::size_t from = next.fetch_add(groupRows); from < coarse.size(); from = next.fetch_add(groupRows)) {
            for (std::size_t i = from; i < std::min(coarse.size(), from + groupRows); ++i) {
                if (coarse[i].upper < m_bar.load(std::memory_order_relaxed))
                    continue;
                const Bounds bounds = fineBounds(coarse[i].row);
                if (bounds.upper >= m_bar.load(std::memory_order_relaxed))
                    offer(share, bounds, coarse[i].row);
            }
        }
    });
    prune(m_candidates);
    std::sort(m_candidates.begin(), m_candidates.end(), isNearer);
    m_isRefined = true;
}

std::vector<std::uint64_t> CodeSearch::wanted(std::size_t most)
{
    if (!m_isRefined)
        refine();
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
