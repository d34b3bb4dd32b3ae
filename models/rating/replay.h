// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/rating/contestlog.h"
#include "models/rating/ratingsystem.h"

#include <functional>
#include <optional>
#include <stop_token>
#include <vector>

namespace turnstone::rating {

struct Tally
{
    std::uint32_t contests = 0;
    std::uint32_t wins = 0;
    std::uint32_t draws = 0;

    friend bool operator==(const Tally &, const Tally &) = default;
};

/// A rating after a contest.
struct HistoryPoint
{
    std::uint32_t contest = 0; ///< index in the log
    float mu = 0;
    float sigma = 0;
};

struct ReplayOptions
{
    /// How much a member counts that played this side; 1 for sides beyond the list.
    std::vector<double> sideWeights = {};
    /// Each competitor's history is thinned to at most so many points, evenly over its contests; the
    /// last is always there. 0: no histories.
    std::size_t historyPoints = 512;
};

struct Replay
{
    struct Standing
    {
        Rating rating;
        Tally total;
        std::int64_t lastTime = ContestLog::noTime;
        std::vector<HistoryPoint> history;
    };
    std::vector<Standing> standings; ///< by competitor
};

/// Called with contests done; every few thousand.
using ReplayProgress = std::function<void(std::size_t)>;

/// Plays the log from the first contest to the last. A competitor that takes part several times in one
/// contest learns from all its parts together. Nothing if it was stopped.
[[nodiscard]] std::optional<Replay> replay(const ContestLog &log, const RatingSystem &system, const ReplayOptions &options = {},
                                           const std::stop_token &stop = {}, const ReplayProgress &progress = {});

/// Contests, wins and draws of every competitor on every side: [competitor * sideCount + side]. Memory is
/// the product, so only for few sides.
[[nodiscard]] std::vector<Tally> talliesBySide(const ContestLog &log);
/// Among `competitors`, how each fared against each on another team: [row * size + column], from the
/// row's point of view.
[[nodiscard]] std::vector<Tally> talliesByPair(const ContestLog &log, const std::vector<std::uint32_t> &competitors);

/// A share with the 95 % interval of Wilson (1927), which holds for few contests and for shares near 0 and 1.
struct Share
{
    double value = 0;
    double low = 0;
    double high = 1;
};
[[nodiscard]] Share wilsonShare(double successes, double trials);

} // namespace turnstone::rating
