// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace turnstone::rating {

/// Every contest ever held, compactly: 12 bytes a participation and 16 a contest, in the order in which
/// they are to be replayed. Competitors and sides are numbers from 0; who they are is known elsewhere.
struct ContestLog
{
    static constexpr std::int64_t noTime = std::numeric_limits<std::int64_t>::min();

    struct Entry
    {
        std::uint32_t competitor = 0;
        std::uint16_t side = 0; ///< the role played
        std::uint16_t team = 0; ///< entries of a team stand together
        std::uint16_t rank = 0; ///< of the team; lower is better, equal is a draw
    };

    std::vector<std::int64_t> times;          ///< microseconds since 1970 UTC, or noTime
    std::vector<std::uint32_t> ids;           ///< which contest of the source
    std::vector<std::uint32_t> firstEntries;  ///< one more than contests
    std::vector<Entry> entries;
    std::uint32_t competitorCount = 0;
    std::uint16_t sideCount = 0;

    ContestLog() : firstEntries{0} {}

    std::size_t size() const { return times.size(); }
    std::span<const Entry> contest(std::size_t index) const
    {
        return std::span(entries).subspan(firstEntries[index], firstEntries[index + 1] - firstEntries[index]);
    }
    void reserve(std::size_t contests, std::size_t participations);
    /// `participants` are sorted by team.
    void add(std::uint32_t id, std::int64_t time, std::span<const Entry> participants);

    /// The contests from index `first` to before `last`. With `others`, competitor n becomes others[n]: who played for
    /// whom, say. A contest in which only one of them is left on all sides says nothing about anybody and is left out.
    ContestLog selected(std::size_t first, std::size_t last, std::span<const std::uint32_t> others = {}) const;
    /// Index of the first contest at `time` or later; contests stand in order of time.
    std::size_t firstAt(std::int64_t time) const;
};

/// How a participant fared.
enum class Outcome : std::uint8_t { Lost, Drew, Won };
/// What a contest's outcomes follow from.
struct BestRank
{
    std::uint16_t rank = 0;
    bool isShared = false; ///< by several teams

    explicit BestRank(std::span<const ContestLog::Entry> contest);
    Outcome of(const ContestLog::Entry &entry) const { return entry.rank != rank ? Outcome::Lost : isShared ? Outcome::Drew : Outcome::Won; }
};
/// The best rank alone wins, the best rank shared draws.
Outcome outcomeOf(std::span<const ContestLog::Entry> contest, const ContestLog::Entry &entry);

} // namespace turnstone::rating
