// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/rating/trueskill.h"

#include "models/rating/normal.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace turnstone::rating {

namespace {

double squared(double x)
{
    return x * x;
}

/// A normal distribution by its precision and its precision times mean; a message of precision 0 says nothing.
struct Message
{
    double precision = 0;
    double weighted = 0;
};

} // namespace

struct TrueSkill::Normal
{
    double mean = 0;
    double variance = 0;

    Normal times(const Message &message) const
    {
        if (!(variance > 0)) // a team whose weights are all 0
            return *this;
        const double precision = 1 / variance + message.precision;
        return {(mean / variance + message.weighted) / precision, 1 / precision};
    }
};

bool TrueSkillParameters::isValid() const
{
    return std::isfinite(mu) && std::isfinite(sigma) && sigma > 0 && std::isfinite(beta) && beta > 0 && std::isfinite(tau) && tau >= 0
        && drawProbability >= 0 && drawProbability < 1;
}

TrueSkill::TrueSkill(const TrueSkillParameters &parameters)
    : m_parameters(parameters), m_drawQuantile(normalQuantile((parameters.drawProbability + 1) / 2))
{
}

double TrueSkill::drawMargin(int players) const
{
    return m_drawQuantile * std::sqrt(static_cast<double>(players)) * m_parameters.beta;
}

TrueSkill::Normal TrueSkill::performance(const Team &team) const
{
    const double added = squared(m_parameters.tau) + squared(m_parameters.beta);
    Normal sum;
    for (const Player &player : team.players) {
        sum.mean += player.weight * player.rating.mu;
        sum.variance += squared(player.weight) * (squared(player.rating.sigma) + added);
    }
    return sum;
}

/// Skills and performances are jointly normal, so what is learnt about the team's sum passes to a member
/// by its covariance with the sum. `meanShift` is the sum's shift divided by its former variance,
/// `varianceLoss` the loss of variance divided by the former variance twice.
void TrueSkill::learn(Team &team, double meanShift, double varianceLoss) const
{
    for (Player &player : team.players) {
        const double prior = squared(player.rating.sigma) + squared(m_parameters.tau);
        const double covariance = player.weight * prior;
        player.rating.mu += covariance * meanShift;
        player.rating.sigma = std::sqrt(std::max(prior - squared(covariance) * varianceLoss, prior * 1e-12));
    }
}

void TrueSkill::update(std::span<Team> teams) const
{
    if (teams.size() < 2)
        return;
    if (teams.size() > 2)
        return updateMany(teams);
    const bool isFirstBetter = teams[0].rank <= teams[1].rank;
    updateTwo(teams[isFirstBetter ? 0 : 1], teams[isFirstBetter ? 1 : 0]);
}

void TrueSkill::updateTwo(Team &winner, Team &loser) const
{
    const Normal ahead = performance(winner);
    const Normal behind = performance(loser);
    const double variance = ahead.variance + behind.variance;
    if (!(variance > 0)) // all weights are 0: only time has passed
        return learn(winner, 0, 0), learn(loser, 0, 0);
    const double deviation = std::sqrt(variance);
    const double lead = (ahead.mean - behind.mean) / deviation;
    const double margin = drawMargin(static_cast<int>(winner.players.size() + loser.players.size())) / deviation;
    const Truncation known = winner.rank == loser.rank ? truncatedWithin(lead, margin) : truncatedAbove(lead, margin);
    learn(winner, known.shift / deviation, known.shrink / variance);
    learn(loser, -known.shift / deviation, known.shrink / variance);
}

void TrueSkill::updateMany(std::span<Team> teams) const
{
    const std::size_t count = teams.size();
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), std::size_t(0));
    std::ranges::stable_sort(order, {}, [&teams](std::size_t i) { return teams[i].rank; });

    struct Sum
    {
        Normal prior;
        Message fromAbove; // of the lead over this team
        Message fromBelow; // of this team's lead
    };
    std::vector<Sum> sums(count);
    for (std::size_t i = 0; i < count; ++i)
        sums[i].prior = performance(teams[order[i]]);

    // The lead of team i over team i + 1 learns from the outcome and tells both; returns how far the
    // means that it was told with have moved.
    const auto tell = [&](std::size_t i) {
        Sum &above = sums[i];
        Sum &below = sums[i + 1];
        const Team &better = teams[order[i]];
        const Team &worse = teams[order[i + 1]];
        const Normal first = above.prior.times(above.fromAbove);
        const Normal second = below.prior.times(below.fromBelow);
        const double variance = first.variance + second.variance;
        if (!(variance > 0))
            return 0.0;
        const double deviation = std::sqrt(variance);
        const double mean = first.mean - second.mean;
        const double margin = drawMargin(static_cast<int>(better.players.size() + worse.players.size())) / deviation;
        const Truncation known = better.rank == worse.rank ? truncatedWithin(mean / deviation, margin)
                                                           : truncatedAbove(mean / deviation, margin);
        // The posterior divided by what was known before.
        const double left = 1 - known.shrink;
        const double precision = known.shrink / (left * variance);
        const double weighted = (mean + deviation * known.shift) / (left * variance) - mean / variance;
        const auto told = [precision, weighted](const Normal &other, double sign) {
            const double scale = 1 / (1 + precision * other.variance);
            return Message{precision * scale, (sign * weighted + precision * other.mean) * scale};
        };
        const Message forAbove = told(second, 1);
        const Message forBelow = told(first, -1);
        const auto moved = [](const Normal &prior, const Message &before, const Message &after) {
            return std::abs(prior.times(before).mean - prior.times(after).mean);
        };
        const double change = std::max(moved(first, above.fromBelow, forAbove), moved(second, below.fromAbove, forBelow));
        above.fromBelow = forAbove;
        below.fromAbove = forBelow;
        return change;
    };
    constexpr int maxRounds = 1000; // dozens suffice; draws of very uneven teams need most
    for (int round = 0; round < maxRounds; ++round) {
        double change = 0;
        for (std::size_t i = 0; i + 1 < count; ++i)
            change = std::max(change, tell(i));
        for (std::size_t i = count - 1; i-- > 0;)
            change = std::max(change, tell(i));
        if (change < 1e-9 * m_parameters.beta)
            break;
    }
    for (std::size_t i = 0; i < count; ++i) {
        const Normal &prior = sums[i].prior;
        if (!(prior.variance > 0)) {
            learn(teams[order[i]], 0, 0);
            continue;
        }
        const Normal posterior = prior.times(sums[i].fromAbove).times(sums[i].fromBelow);
        learn(teams[order[i]], (posterior.mean - prior.mean) / prior.variance,
              (prior.variance - posterior.variance) / squared(prior.variance));
    }
}

double TrueSkill::winProbability(std::span<const Player> first, std::span<const Player> second) const
{
    double lead = 0;
    double variance = 0;
    for (const Player &player : first) {
        lead += player.weight * player.rating.mu;
        variance += squared(player.weight) * (squared(player.rating.sigma) + squared(m_parameters.beta));
    }
    for (const Player &player : second) {
        lead -= player.weight * player.rating.mu;
        variance += squared(player.weight) * (squared(player.rating.sigma) + squared(m_parameters.beta));
    }
    return variance > 0 ? normalBelow(lead / std::sqrt(variance)) : 0.5;
}

double TrueSkill::conservative(const Rating &rating) const
{
    return rating.mu - m_parameters.mu / m_parameters.sigma * rating.sigma;
}

double TrueSkill::quality(std::span<const Team> teams) const
{
    if (teams.size() < 2)
        return 1;
    // The leads between neighbouring teams share one team each, so their covariance is tridiagonal: once
    // with performances alone (known skills), once with the uncertainty of the skills.
    struct Sum
    {
        double mean = 0;
        double known = 0;
        double all = 0;
    };
    std::vector<Sum> sums(teams.size());
    for (std::size_t i = 0; i < teams.size(); ++i) {
        for (const Player &player : teams[i].players) {
            const double weight = squared(player.weight);
            sums[i].mean += player.weight * player.rating.mu;
            sums[i].known += weight * squared(m_parameters.beta);
            sums[i].all += weight * (squared(m_parameters.beta) + squared(player.rating.sigma));
        }
    }
    // Elimination of both at a time; pivots give the determinants, the last sum mᵀ C⁻¹ m.
    double ratio = 1;
    double exponent = 0;
    double knownPivot = 0;
    double pivot = 0;
    double residue = 0;
    for (std::size_t i = 0; i + 1 < sums.size(); ++i) {
        const Sum &first = sums[i];
        const Sum &second = sums[i + 1];
        const double lead = first.mean - second.mean;
        knownPivot = first.known + second.known - (i == 0 ? 0 : squared(first.known) / knownPivot);
        const double factor = i == 0 ? 0 : -first.all / pivot;
        pivot = first.all + second.all + (i == 0 ? 0 : factor * first.all);
        residue = lead - factor * residue;
        if (!(knownPivot > 0) || !(pivot > 0))
            return 0;
        ratio *= knownPivot / pivot;
        exponent += squared(residue) / pivot;
    }
    return std::sqrt(ratio) * std::exp(-0.5 * exponent);
}

} // namespace turnstone::rating
