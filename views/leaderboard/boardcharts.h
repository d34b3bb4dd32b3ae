// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/leaderboard/boardview.h"
#include "views/charts/chartspec.h"

namespace turnstone {

/// Ratings after each contest with a band of ± 2 sigma. Lines are known by the competitor, points by the index of the contest in the log.
ChartSpec historyChart(const BoardView &view, const std::vector<std::uint32_t> &competitors);

/// How ratings are spread: conservative ratings as bars (known by the bin), and what is believed of all skills as a line.
ChartSpec distributionChart(const BoardView &view);
/// What is believed of the skills of each value of a group. Lines are known by the number of one of its members.
ChartSpec groupChart(const BoardView &view, int group);
/// The first row of the view whose conservative rating falls into a bin of distributionChart(); all of them.
std::vector<std::uint32_t> competitorsInBin(const BoardView &view, std::int64_t bin);
/// -1 for one without a rating.
std::int64_t binOf(const BoardView &view, std::uint32_t competitor);

/// Share of the contests that each team won, over time, with Wilson's intervals. Points are known by the stretch.
ChartSpec balanceChart(const BoardView &view);

/// Stored against replayed mu. Points are known by the competitor.
ChartSpec driftChart(const BoardView &view);

/// The skills of two competitors, by which the lines are known.
ChartSpec skillsChart(const LeaderboardRow &one, const LeaderboardRow &other);

} // namespace turnstone
