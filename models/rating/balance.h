// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/rating/contestlog.h"
#include "models/rating/replay.h"

#include <vector>

namespace turnstone::rating {

/// How one team (`ContestLog::Entry::team`) fared in a stretch of contests that follow each other.
struct BalanceStretch
{
    std::size_t first = 0; ///< index in the log
    std::size_t last = 0;  ///< one past the end
    std::vector<Tally> teams; ///< by team
};

/// Cuts the log into at most `stretches` parts of as many contests each and counts, for each team, how it fared. Teams from
/// `mostTeams` on are not told apart and left out. Memory is stretches · teams.
[[nodiscard]] std::vector<BalanceStretch> balanceOverTime(const ContestLog &log, std::size_t stretches, std::uint16_t mostTeams = 16);

} // namespace turnstone::rating
