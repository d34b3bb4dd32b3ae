// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/leaderboard/contestreader.h"
#include "models/leaderboard/storedratings.h"
#include "models/rating/replay.h"
#include "models/rating/trueskill.h"

#include <string>

namespace turnstone {

/// One competitor with everything that is known of it.
struct LeaderboardRow
{
    std::uint32_t number = 0; ///< in Contests::competitors
    Value competitor;
    QString label;
    QStringList groups; ///< as Leaderboard::groupTitles
    std::optional<bool> active;
    rating::Tally total;
    /// By side; empty if there are too many sides to tell.
    std::vector<rating::Tally> sides;
    /// Nothing if it took part in no contest that counts.
    std::optional<rating::Rating> replayed;
    /// Nothing if the application holds none.
    std::optional<rating::Rating> stored;

    /// The chosen one of both.
    std::optional<rating::Rating> chosen;
    double conservative = 0;
    /// From 1; equal conservative ratings share it. 0 without a rating.
    int rank = 0;
    /// Of a group: how many belong to it; 0 for one competitor.
    std::uint32_t members = 0;
};

enum class RatingSource { Stored, Replayed };

struct LeaderboardOptions
{
    rating::TrueSkillParameters parameters;
    /// Stored falls back to Replayed where the lens knows no stored ratings.
    RatingSource source = RatingSource::Stored;
    /// Of each competitor. Charts paint them all whenever they change, so more than a line on a screen can show only costs time.
    std::size_t historyPoints = 240;
    /// Of rating::ratingSystemKinds().
    std::string system = "trueskill";
};

/// Rated competitors, the best conservative rating first; those without a rating last, by label.
struct Leaderboard
{
    LeaderboardLens lens;
    RatingSource source = RatingSource::Replayed;
    std::vector<LeaderboardRow> rows;
    QStringList groupTitles;
    Contests contests;
    rating::Replay replay;
    /// What the application held when it was read.
    std::vector<StoredRatings::Row> stored;
    // How `replay` was made.
    rating::TrueSkillParameters parameters;
    std::string system;
    std::size_t historyPoints = 0;

    /// Largest distance of a stored mu from the replayed one; 0 without stored ratings.
    double largestDrift() const;
};

/// Called with a fraction from 0 to 1.
using LeaderboardProgress = std::function<void(double)>;

/// Reads, replays and joins. Blocks; the connection's stop token ends it with Cancelled.
[[nodiscard]] Result<Leaderboard> readLeaderboard(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile,
                                                  const LeaderboardLens &lens, const LeaderboardOptions &options, const std::stop_token &stop,
                                                  const LeaderboardProgress &progress = {});

/// Sorts the rows by the chosen ratings and numbers them. A row without contests keeps its stored rating.
void rankLeaderboard(Leaderboard &board, RatingSource source, const rating::RatingSystem &system);
/// The same for rows by themselves.
void rankRows(std::vector<LeaderboardRow> &rows, RatingSource source, const rating::RatingSystem &system);
/// Fills in LeaderboardRow::sides, unless there are too many sides to tell.
void countSides(std::vector<LeaderboardRow> &rows, const rating::ContestLog &log);

} // namespace turnstone
