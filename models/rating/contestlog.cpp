// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/rating/contestlog.h"

#include <algorithm>

namespace turnstone::rating {

void ContestLog::reserve(std::size_t contests, std::size_t participations)
{
    ids.reserve(contests);
    times.reserve(contests);
    firstEntries.reserve(contests + 1);
    entries.reserve(participations);
}

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

ContestLog ContestLog::selected(std::size_t first, std::size_t last, std::span<const std::uint32_t> others) const
{
    ContestLog part;
    last = std::min(last, size());
    std::vector<Entry> participants;
    for (std::size_t index = first; index < last; ++index) {
        const std::span<const Entry> entriesHere = contest(index);
        participants.assign(entriesHere.begin(), entriesHere.end());
        bool isContest = others.empty();
        for (Entry &entry : participants) {
            if (others.empty())
                break;
            entry.competitor = others[entry.competitor];
            isContest |= entry.competitor != participants.front().competitor;
        }
        if (isContest)
            part.add(ids[index], times[index], participants);
    }
    // Numbers mean the same in the part as in the whole, whoever is left.
    part.sideCount = sideCount;
    if (others.empty())
        part.competitorCount = competitorCount;
    return part;
}

std::size_t ContestLog::firstAt(std::int64_t time) const
{
    return static_cast<std::size_t>(std::ranges::lower_bound(times, time) - times.begin());
}

BestRank::BestRank(std::span<const ContestLog::Entry> contest)
{
    const ContestLog::Entry *best = nullptr;
    for (const ContestLog::Entry &entry : contest) {
        if (best == nullptr || entry.rank < best->rank) {
            best = &entry;
            rank = entry.rank;
            isShared = false;
        } else {
            isShared |= entry.rank == rank && entry.team != best->team;
        }
    }
}

Outcome outcomeOf(std::span<const ContestLog::Entry> contest, const ContestLog::Entry &entry)
{
    return BestRank(contest).of(entry);
}

} // namespace turnstone::rating
