// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

namespace turnstone::rating {

/// What is believed about a competitor's skill: a mean and a deviation, in the units of the system.
struct Rating
{
    double mu = 0;
    double sigma = 0;
};

/// A member of a team in one contest.
struct Player
{
    Rating rating;
    /// Share of the contest played, or how much the member counts; 0 leaves mu alone.
    double weight = 1;
};

/// One side of a contest. Lower ranks are better, equal ranks are a draw.
struct Team
{
    std::span<Player> players;
    int rank = 0;
};

/// Learns ratings from contests. All numbers must be finite, sigmas positive, weights not negative and
/// every team has members. Implementations have no state of their own: any thread may use them.
class RatingSystem
{
public:
    virtual ~RatingSystem() = default;

    virtual Rating initial() const = 0;
    /// Changes the ratings of the players to what the outcome says. Fewer than two teams say nothing.
    virtual void update(std::span<Team> teams) const = 0;
    /// Chance that the first side does better than the second.
    virtual double winProbability(std::span<const Player> first, std::span<const Player> second) const = 0;
    /// A skill that the competitor has very likely at least.
    virtual double conservative(const Rating &rating) const = 0;
    /// How open a contest would be, from 0 to 1 for even teams.
    virtual double quality(std::span<const Team> teams) const = 0;
};

} // namespace turnstone::rating
