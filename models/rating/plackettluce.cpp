// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/rating/plackettluce.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace turnstone::rating {

namespace {

struct Side
{
    double mean = 0;
    double variance = 0;
    double strength = 0; // exp(mean / c), relative to the strongest
};

Side sideOf(std::span<const Player> players, double tau)
{
    Side side;
    for (const Player &player : players) {
        side.mean += player.weight * player.rating.mu;
        side.variance += player.weight * player.weight * (player.rating.sigma * player.rating.sigma + tau * tau);
    }
    return side;
}

/// Fills in the strengths; returns c, the deviation of all teams together.
double weigh(std::vector<Side> &sides, double beta)
{
    double variance = 0;
    double highest = sides.front().mean;
    for (const Side &side : sides) {
        variance += side.variance + beta * beta;
        highest = std::max(highest, side.mean);
    }
    const double c = std::sqrt(variance);
    for (Side &side : sides)
        side.strength = std::exp((side.mean - highest) / c);
    return c;
}

} // namespace

void PlackettLuce::update(std::span<Team> teams) const
{
    if (teams.size() < 2)
        return;
    std::vector<Side> sides;
    sides.reserve(teams.size());
    for (const Team &team : teams)
        sides.push_back(sideOf(team.players, m_parameters.tau));
    const double c = weigh(sides, m_parameters.beta);
    const std::size_t count = teams.size();
    // At the draw of place q everybody takes part who did not do better.
    std::vector<double> field(count, 0.0);
    std::vector<double> sharing(count, 0.0);
    for (std::size_t q = 0; q < count; ++q) {
        for (std::size_t i = 0; i < count; ++i) {
            field[q] += teams[i].rank >= teams[q].rank ? sides[i].strength : 0;
            sharing[q] += teams[i].rank == teams[q].rank ? 1 : 0;
        }
    }
    for (std::size_t i = 0; i < count; ++i) {
        double shift = 0;
        double shrink = 0;
        for (std::size_t q = 0; q < count; ++q) {
            if (teams[q].rank > teams[i].rank)
                continue;
            const double chance = field[q] > 0 ? sides[i].strength / field[q] : 0;
            shift += ((i == q ? 1 : 0) - chance) / sharing[q];
            shrink += chance * (1 - chance) / sharing[q];
        }
        const double damping = std::sqrt(sides[i].variance) / c;
        for (Player &player : teams[i].players) {
            const double variance = player.rating.sigma * player.rating.sigma + m_parameters.tau * m_parameters.tau;
            const double moved = player.weight * variance;
            player.rating.mu += moved * shift / c;
            const double loss = damping * shrink * player.weight * moved / (c * c);
            player.rating.sigma = std::sqrt(variance * std::max(1 - loss, m_parameters.smallestShrink));
        }
    }
}

double PlackettLuce::winProbability(std::span<const Player> first, std::span<const Player> second) const
{
    const Side one = sideOf(first, 0);
    const Side other = sideOf(second, 0);
    const double c = std::sqrt(one.variance + other.variance + 2 * m_parameters.beta * m_parameters.beta);
    return 1 / (1 + std::exp((other.mean - one.mean) / c));
}

double PlackettLuce::quality(std::span<const Team> teams) const
{
    if (teams.size() < 2)
        return 1;
    std::vector<Side> sides;
    for (const Team &team : teams)
        sides.push_back(sideOf(team.players, 0));
    weigh(sides, m_parameters.beta);
    double sum = 0;
    for (const Side &side : sides)
        sum += side.strength;
    double entropy = 0;
    for (const Side &side : sides) {
        const double chance = side.strength / sum;
        entropy -= chance > 0 ? chance * std::log(chance) : 0;
    }
    return entropy / std::log(static_cast<double>(teams.size()));
}

} // namespace turnstone::rating
