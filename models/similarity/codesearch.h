// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/similarity/codes.h"
#include "models/similarity/exactquery.h"
#include "models/similarity/topk.h"

#include <functional>
#include <limits>
#include <stop_token>

namespace turnstone::similarity {

/// Finds the exact k nearest from quantised vectors and a look at a few of the real ones.
///
/// A row is x = s·c + e with ‖e‖ ≤ ε, the query is q = u·t + f with 16-bit t. Therefore ⟨q, x⟩ lies within u·‖t‖·ε + ‖f‖·‖x‖ of
/// u·s·⟨t, c⟩ (Cauchy and Schwarz), and every metric but L1 follows from ⟨q, x⟩ and the norms. scan() goes through the codes
/// once and keeps each row whose upper bound reaches the k-th best lower bound so far. Then the caller fetches the real
/// vectors that wanted() names, best first, and gives them to add(), until wanted() is empty: when the next upper bound is
/// below the k-th exact value, no other row can belong to the result.
///
/// Rows are numbered through the views in the order in which they are scanned. One thread.
class CodeSearch
{
public:
    /// `least`: nothing below this closeness. The metric must not be L1, the query must be usable.
    CodeSearch(const ExactQuery &query, std::size_t k, double least = -std::numeric_limits<double>::infinity());

    /// False if stopped. `allowed` decides which rows take part; empty: all.
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
    Bounds boundsOf(const CodedRow &row, std::int32_t dot) const;
    void consider(const CodesView &view, std::size_t first, std::size_t count, const std::int32_t *dots, const std::function<bool(std::size_t)> &allowed);
    void prune();

    const ExactQuery &m_query;
    std::vector<std::int16_t> m_codes;
    double m_unit = 0;       // u
    double m_codedNorm = 0;  // u·‖t‖
    double m_lostNorm = 0;   // ‖f‖
    std::uint64_t m_base = 0; // rows scanned in earlier views
    TopK m_lower;
    TopK m_exact;
    std::vector<Candidate> m_candidates;
    std::size_t m_pruneAt = 4096;
    std::size_t m_next = 0;
    bool m_sorted = false;
};

} // namespace turnstone::similarity
