// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/similarity/codes.h"

#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

namespace turnstone::similarity {

/// Two rows whose codes cannot tell whether they are near enough.
struct DoubtfulPair
{
    std::size_t first = 0;
    std::size_t second = 0;
};

/// Near-duplicates: rows that hang together by cosines of at least `least`, found from the codes of all pairs.
///
/// A pair is near for certain, far for certain, or in doubt (within the quantisation's error of the bar). Doubtful pairs whose rows
/// hang together anyhow are forgotten; the others are decided by the caller from the real vectors, so the groups are exact.
struct PairSearch
{
    /// For each pair whether its exact cosine reaches the bar. False: the search is over. Called in run()'s thread.
    using Decide = std::function<bool(std::span<const DoubtfulPair> pairs, std::vector<bool> &isNear)>;
    /// Fraction done. Called by one thread at a time, any.
    using Progress = std::function<void(double)>;

    /// Codes of row i: `codesOf(i)`; any thread.
    std::size_t dimension = 0;
    std::span<const CodedRow> rows;
    std::function<CodePlanes(std::size_t)> codesOf;
    double least = 0;
    unsigned threads = 1;
    Decide decide;
    Progress progress;

    /// Groups of two and more, largest first, each in the order of its rows; nothing if stopped.
    std::optional<std::vector<std::vector<std::size_t>>> run(std::stop_token stop) const;
};

} // namespace turnstone::similarity
