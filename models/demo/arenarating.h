// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <numbers>
#include <span>

namespace turnstone {

/// A TrueSkill rating and its update by one contest of two teams with weighted members and no
/// draw (Herbrich, Minka, Graepel 2006; two teams need one pass). Only for the ratings that the
/// demo databases store.
struct ArenaRating
{
    static constexpr double beta = 25.0 / 6.0;
    static constexpr double tau = 25.0 / 300.0;
    /// Φ⁻¹(0.55), for a draw probability of 0.10.
    static constexpr double drawQuantile = 0.12566134685507402;

    double mu = 25.0;
    double sigma = 25.0 / 3.0;

    struct Member
    {
        ArenaRating *rating;
        double weight;
    };

    static void update(std::span<const Member> winners, std::span<const Member> losers)
    {
        double variance = 0;
        double lead = 0;
        for (const Member &member : winners)
            lead += add(member, variance);
        for (const Member &member : losers)
            lead -= add(member, variance);
        const double deviation = std::sqrt(variance);
        const double players = static_cast<double>(winners.size() + losers.size());
        const double x = (lead - drawQuantile * std::sqrt(players) * beta) / deviation;
        const double below = 0.5 * std::erfc(-x / std::numbers::sqrt2);
        const double density = std::exp(-0.5 * x * x) * std::numbers::inv_sqrtpi / std::numbers::sqrt2;
        const double v = below > 1e-300 ? density / below : -x;
        const double w = v * (v + x);
        for (const Member &member : winners)
            move(member, v / deviation, w / variance);
        for (const Member &member : losers)
            move(member, -v / deviation, w / variance);
    }

private:
    static double add(const Member &member, double &variance)
    {
        const double prior = member.rating->sigma * member.rating->sigma + tau * tau;
        variance += member.weight * member.weight * (prior + beta * beta);
        return member.weight * member.rating->mu;
    }
    static void move(const Member &member, double shift, double shrink)
    {
        const double prior = member.rating->sigma * member.rating->sigma + tau * tau;
        member.rating->mu += member.weight * prior * shift;
        member.rating->sigma = std::sqrt(prior * (1 - member.weight * member.weight * prior * shrink));
    }
};

} // namespace turnstone
