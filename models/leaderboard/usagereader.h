// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/leaderboard/leaderboard.h"

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
    /// Tokens whose model has no known price; a cost is known only if there are none.
    double unpricedTokens = 0;

    std::optional<double> tokensPerContest() const;
    std::optional<double> meanLatencyMs() const;
    std::optional<double> dollarsPerContest() const;
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
[[nodiscard]] Result<LeaderboardUsage> readUsage(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, const Leaderboard &board);

} // namespace turnstone
