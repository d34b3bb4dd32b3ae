// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/rating/contestlog.h"

#include <algorithm>

namespace turnstone::rating {

void ContestLog::add(std::uint32_t id, std::int64_t time, std::span<const Entry> participants)
{
    ids.push_back(id);
    times.push_back(time);
    entries.insert(entries.end(), participants.begin(), participants.end());
    firstEntries.push_back(static_cast<std::uint32_t>(entries.size()));
    for (const Entry &entry : participants) {
        competitorCount = std::max(competitorCount, entry.competitor + 1);
        sideCount = std::max<std::uint16_t>(sideCount, static_cast<std::uint16_t>(entry.side + 1));
    }
}

Outcome outcomeOf(std::span<const ContestLog::Entry> contest, const ContestLog::Entry &entry)
{
    bool isShared = false;
    for (const ContestLog::Entry &other : contest) {
        if (other.rank < entry.rank)
            return Outcome::Lost;
        isShared |= other.team != entry.team && other.rank == entry.rank;
    }
    return isShared ? Outcome::Drew : Outcome::Won;
}

} // namespace turnstone::rating
