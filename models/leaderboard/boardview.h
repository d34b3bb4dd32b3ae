// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/leaderboard/leaderboard.h"
#include "models/rating/balance.h"

#include <limits>
#include <memory>

namespace turnstone {

/// What of a leaderboard is to be seen, and how it is rated.
struct BoardSettings
{
    RatingSource source = RatingSource::Stored;
    /// Of rating::ratingSystemKinds().
    std::string system = "trueskill";
    rating::TrueSkillParameters parameters;
    /// Index of Leaderboard::groupTitles: the groups are the competitors then. -1: everybody.
    int groupBy = -1;
    /// Contests from `from` to before `until`, microseconds since 1970 UTC.
    std::int64_t from = std::numeric_limits<std::int64_t>::min();
    std::int64_t until = std::numeric_limits<std::int64_t>::max();

    // These only hide rows.
    std::uint32_t fewestContests = 0;
    /// By group: the values shown; empty: all.
    std::vector<QStringList> shownGroups;
    std::optional<bool> active;

    bool isWholeTime() const;
    friend bool operator==(const BoardSettings &, const BoardSettings &) = default;
};

/// A leaderboard as it is shown: filtered, grouped, rated, ranked. A value to hand between threads; big parts are shared.
struct BoardView
{
    static constexpr std::size_t mostPaired = 24;
    static constexpr std::size_t balanceStretches = 40;
    /// A share of fewer contests says nothing.
    static constexpr std::size_t contestsPerStretch = 8;

    BoardSettings settings;
    /// Ratings of groups and of a stretch of time are replayed, whatever the settings ask for.
    RatingSource source = RatingSource::Replayed;
    /// What everything comes from; never null.
    std::shared_ptr<const Leaderboard> board;
    /// The contests that count here; competitors by LeaderboardRow::number.
    std::shared_ptr<const rating::ContestLog> log;
    std::shared_ptr<const rating::Replay> replay;
    std::unique_ptr<const rating::RatingSystem> system;
    /// The rows shown, ranked anew among themselves.
    std::vector<LeaderboardRow> rows;
    /// Where a competitor stands in `rows`; -1 if it is not shown.
    std::vector<int> places;
    /// Rows that only the fewest contests hide; rows hidden in all.
    std::size_t hiddenByContests = 0;
    std::size_t hidden = 0;

    /// The first rows against each other: their numbers, and how each fared, row by row (rating::talliesByPair()).
    std::vector<std::uint32_t> paired;
    std::vector<rating::Tally> pairs;
    std::vector<rating::BalanceStretch> balance;

    const LeaderboardRow *rowOf(std::uint32_t competitor) const;
    /// Names of the teams by their number in the log.
    QString teamName(std::uint16_t team) const;
};

/// Blocks for as long as a replay takes if the settings ask for other ratings than `board` has. Errors: Cancelled.
[[nodiscard]] Result<std::shared_ptr<const BoardView>> makeBoardView(std::shared_ptr<const Leaderboard> board, const BoardSettings &settings,
                                                                     const std::stop_token &stop, const LeaderboardProgress &progress = {});

/// Contests of `log`, by index, the newest first and at most `most`: those of a competitor, on one side if given, or against
/// another one on another team. `total` is how many there are.
struct ContestChoice
{
    std::vector<std::size_t> contests;
    std::size_t total = 0;
};
[[nodiscard]] ContestChoice contestsOf(const rating::ContestLog &log, std::uint32_t competitor, std::optional<std::uint16_t> side, std::size_t most);
[[nodiscard]] ContestChoice contestsBetween(const rating::ContestLog &log, std::uint32_t one, std::uint32_t other, std::size_t most);

} // namespace turnstone
