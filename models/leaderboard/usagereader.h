// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/leaderboard/leaderboard.h"
#include "models/profiles/pricelist.h"

namespace turnstone {

/// What competitors have used up, by LeaderboardRow::number. Sums, so that groups add up.
struct CompetitorUsage
{
    std::int64_t contests = 0; ///< in which it used anything
    double tokens = 0;
    std::int64_t withTokens = 0; ///< records that tell tokens
    double latencyMs = 0;
    std::int64_t withLatency = 0; ///< records that tell a latency
    double dollars = 0;
    std::int64_t priced = 0; ///< calls whose price and tokens are known
    /// Calls whose model has no known price or whose tokens are not counted; a cost is known only if there are none.
    std::int64_t unpriced = 0;

    std::optional<double> tokensPerContest() const;
    std::optional<double> meanLatencyMs() const;
    std::optional<double> dollarsPerContest() const;
    /// Of the calls whose cost is known.
    std::optional<double> leastDollarsPerContest() const;
    CompetitorUsage &operator+=(const CompetitorUsage &other);
};

struct LeaderboardUsage
{
    std::vector<CompetitorUsage> of;
    /// Whether anything is known of costs.
    bool hasCosts = false;
};

/// Whether the lens says where usage stands.
bool hasUsage(const LeaderboardLens &lens);
/// Reads what the lens says of usage; empty if it says nothing. All contests count, whatever became of them. Blocks; the
/// engine sums up, one scan a source.
[[nodiscard]] Result<LeaderboardUsage> readUsage(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, const Leaderboard &board,
                                                const PriceList &prices);

} // namespace turnstone
