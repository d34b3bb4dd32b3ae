// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/rating/ratingsystem.h"

namespace turnstone::rating {

/// Units are those of skill.
struct PlackettLuceParameters
{
    double mu = 25;                ///< mean before the first contest
    double sigma = 25.0 / 3;       ///< deviation before the first contest; above 0
    double beta = 25.0 / 6;        ///< deviation of a team's performance; above 0
    double tau = 25.0 / 300;       ///< drift of a skill from contest to contest; 0 or more
    double smallestShrink = 1e-4;  ///< a contest leaves at least this share of a variance
};

/// The Plackett–Luce model of Weng and Lin, "A Bayesian Approximation Method for Online Ranking" (JMLR 12, 2011), known as
/// OpenSkill: a closed form for any number of teams, free for everybody to use.
///
/// A ranking is drawn from the top, each team with a chance in proportion to exp(skill / c), where c² is the sum of all
/// teams' variances. Unlike TrueSkill it has no chance of a draw of its own: teams of equal rank share what they learn.
class PlackettLuce final : public RatingSystem
{
public:
    explicit PlackettLuce(const PlackettLuceParameters &parameters = {}) : m_parameters(parameters) {}

    const PlackettLuceParameters &parameters() const { return m_parameters; }

    Rating initial() const override { return {m_parameters.mu, m_parameters.sigma}; }
    void update(std::span<Team> teams) const override;
    /// The chance that the update itself assumes.
    double winProbability(std::span<const Player> first, std::span<const Player> second) const override;
    double conservative(const Rating &rating) const override { return rating.mu - m_parameters.mu / m_parameters.sigma * rating.sigma; }
    /// Entropy of the first place, 1 if every team has the same chance of it.
    double quality(std::span<const Team> teams) const override;

private:
    PlackettLuceParameters m_parameters;
};

} // namespace turnstone::rating
