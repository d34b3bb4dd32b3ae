// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/rating/balance.h"

#include <algorithm>

namespace turnstone::rating {

std::vector<BalanceStretch> balanceOverTime(const ContestLog &log, std::size_t stretches, std::uint16_t mostTeams)
{
    std::vector<BalanceStretch> result;
    const std::size_t count = log.size();
    stretches = std::min(stretches, count);
    for (std::size_t i = 0; i < stretches; ++i) {
        BalanceStretch &stretch = result.emplace_back();
        stretch.first = count * i / stretches;
        stretch.last = count * (i + 1) / stretches;
        for (std::size_t index = stretch.first; index < stretch.last; ++index) {
            const std::span<const ContestLog::Entry> entries = log.contest(index);
            for (std::size_t at = 0; at < entries.size(); ++at) {
                const ContestLog::Entry &entry = entries[at];
                if (entry.team >= mostTeams || (at > 0 && entries[at - 1].team == entry.team))
                    continue;
                if (entry.team >= stretch.teams.size())
                    stretch.teams.resize(entry.team + 1U);
                Tally &tally = stretch.teams[entry.team];
                const Outcome outcome = outcomeOf(entries, entry);
                ++tally.contests;
                tally.wins += outcome == Outcome::Won ? 1 : 0;
                tally.draws += outcome == Outcome::Drew ? 1 : 0;
            }
        }
    }
    return result;
}

} // namespace turnstone::rating
