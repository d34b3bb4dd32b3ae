// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/similarity/codes.h"
#include "models/similarity/exactquery.h"
#include "models/similarity/topk.h"

#include <atomic>
#include <functional>
#include <limits>
#include <stop_token>
#include <vector>

namespace turnstone::similarity {

/// Finds the exact k nearest from quantised vectors and a look at a few of the real ones, in three steps, each on what the one before
/// could not rule out.
///
/// The bound. A row is x = s·g + e with ‖e‖ ≤ ε, the query is q = u·t + f with whole numbers t. Therefore ⟨q, x⟩ lies within
/// u·‖t‖·ε + ‖f‖·‖x‖ of u·s·⟨t, g⟩ (Cauchy and Schwarz), and every metric but L1 follows from ⟨q, x⟩ and the norms.
/// Let a bar be the k-th largest of lower bounds of different rows: then at least k rows are as close as the bar, so that a row whose
/// upper bound is below it does not belong to the result. That holds for bars and bounds of any fineness, in any order.
///
/// 1. scan() reads the upper halves of the codes, half of the copy: g = 16·h − 120.5, t of 8 bits. It keeps the rows whose upper
///    bound reaches the bar of what it has seen, 24 bytes each.
/// 2. The first wanted() reads both halves of the rows that are left: g = the codes, t of 16 bits. It begins with those that
///    look nearest, whose bar rules out most of the others.
/// 3. The caller fetches the real vectors that wanted() names, best first, and gives them to add(), until wanted() is empty: when the
///    next upper bound is below the k-th exact value, no other row can belong to the result.
///
/// Rows are numbered through the views in the order in which they are scanned. Used by one thread; the steps start and end helpers of
/// their own when there is much to read.
class CodeSearch
{
public:
    /// `least`: nothing below this closeness. The metric must not be L1, the query must be usable.
    CodeSearch(const ExactQuery &query, std::size_t k, double least = -std::numeric_limits<double>::infinity());

    /// False if stopped. `allowed` decides which rows take part, asked by several threads at once; empty: all. What the view
    /// points to must stay until wanted() has been called.
    bool scan(const CodesView &view, const std::function<bool(std::size_t row)> &allowed = {}, std::stop_token stop = {});

    /// Up to `most` rows to fetch next. Empty: the result is final.
    std::vector<std::uint64_t> wanted(std::size_t most);
    /// The exact closeness of a row that was wanted; one that is gone is simply not added.
    void add(std::uint64_t row, double closeness);

    std::vector<TopK::Entry> result() const { return m_exact.sorted(); }
    /// Rows that were wanted so far.
    std::size_t fetched() const { return m_next; }

private:
    struct Candidate
    {
        double upper;
        double lower;
        std::uint64_t row;
    };
    struct Bounds
    {
        double lower;
        double upper;
    };
    /// The query in whole numbers.
    struct CodedQuery
    {
        double unit = 0;      // u
        double codedNorm = 0; // u·‖t‖
        double lostNorm = 0;  // ‖f‖
    };
    struct Part
    {
        CodesView view;
        std::uint64_t firstRow = 0;
    };
    /// What one thread has seen.
    struct Share
    {
        TopK lower;
        std::vector<Candidate> candidates;
        std::size_t pruneAt = 4096;
    };

    template<typename Code>
    CodedQuery code(std::vector<Code> &codes, double largestCode, double largestSum) const;
    Bounds boundsOf(const CodedQuery &query, const CodedRow &row, double dot, double error) const;
    Bounds fineBounds(std::uint64_t row) const;
    static bool isNearer(const Candidate &a, const Candidate &b);
    void consider(Share &share, const CodesView &view, std::size_t first, std::size_t count, const std::int32_t *dots, const std::function<bool(std::size_t)> &allowed);
    void offer(Share &share, const Bounds &bounds, std::uint64_t row);
    void prune(std::vector<Candidate> &candidates) const;
    void refine();
    void share(std::size_t threads, const std::function<void(Share &)> &work);

    const ExactQuery &m_query;
    const std::size_t m_k;
    const double m_least;
    std::vector<std::int8_t> m_coarseCodes;
    std::vector<std::int16_t> m_fineCodes;
    CodedQuery m_coarse;
    CodedQuery m_fine;
    double m_coarseOffset = 0; // 120.5·Σt
    std::vector<Part> m_parts;
    std::uint64_t m_rows = 0; // scanned in earlier views
    std::atomic<double> m_bar; // only rises
    TopK m_exact;
    std::vector<Candidate> m_candidates;
    std::size_t m_next = 0;
    bool m_isRefined = false;
};

} // namespace turnstone::similarity
