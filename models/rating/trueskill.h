// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/rating/ratingsystem.h"

namespace turnstone::rating {

/// Units are those of skill; the defaults are the paper's.
struct TrueSkillParameters
{
    double mu = 25;                 ///< mean before the first contest
    double sigma = 25.0 / 3;        ///< deviation before the first contest; above 0
    double beta = 25.0 / 6;         ///< deviation of a performance from the skill; above 0
    double tau = 25.0 / 300;        ///< drift of a skill from contest to contest; 0 or more
    double drawProbability = 0.10;  ///< between even teams; from 0 to below 1

    bool isValid() const;
    friend bool operator==(const TrueSkillParameters &, const TrueSkillParameters &) = default;
};

/// TrueSkill (Herbrich, Minka, Graepel 2007) for any number of teams and players.
///
/// Before a contest a skill is N(mu, sigma² + tau²); a performance is N(skill, beta²); a team performs
/// as the weighted sum of its members. The winner's lead over the next team is known to exceed a draw
/// margin, a draw's to stay within it. Two teams need one exact step; for more, the leads exchange
/// messages along the ranking (expectation propagation) until nothing moves by more than 1e-9 of beta.
class TrueSkill final : public RatingSystem
{
public:
    /// `parameters` must be valid.
    explicit TrueSkill(const TrueSkillParameters &parameters = {});

    const TrueSkillParameters &parameters() const { return m_parameters; }
    /// Lead up to which a contest of so many players (of both teams) counts as even.
    double drawMargin(int players) const;

    Rating initial() const override { return {m_parameters.mu, m_parameters.sigma}; }
    void update(std::span<Team> teams) const override;
    double winProbability(std::span<const Player> first, std::span<const Player> second) const override;
    /// mu - (initial mu / initial sigma) · sigma, which is mu - 3 sigma by default: 0 for a newcomer.
    double conservative(const Rating &rating) const override;
    /// Chance of a draw relative to that of even teams whose skills are known, from 0 to 1.
    double quality(std::span<const Team> teams) const override;

private:
    struct Normal;
    Normal performance(const Team &team) const;
    void updateTwo(Team &winner, Team &loser) const;
    void updateMany(std::span<Team> teams) const;
    void learn(Team &team, double meanShift, double varianceLoss) const;

    TrueSkillParameters m_parameters;
    double m_drawQuantile;
};

} // namespace turnstone::rating
