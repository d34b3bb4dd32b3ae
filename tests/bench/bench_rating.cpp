// SPDX-License-Identifier: GPL-3.0-or-later
// Updates of six players in two teams a second, beside a bare closed form of the same update. With an
// argument, a figure measured elsewhere (the PyPI package, see bench_rating.sh) is set beside both.
#include "models/rating/trueskill.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <numbers>
#include <vector>

namespace {

using namespace turnstone::rating;

constexpr std::size_t agents = 1000;
constexpr int games = 1'000'000;

struct Draw
{
    std::uint64_t state = 88172645463325252ULL;
    std::size_t next()
    {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        return state % agents;
    }
};

/// The floor: only what the arithmetic needs, for exactly this shape of game.
double closedForm(std::vector<Rating> &ratings)
{
    constexpr double beta2 = 25.0 / 6 * 25.0 / 6;
    constexpr double tau2 = 25.0 / 300 * 25.0 / 300;
    constexpr double margin = 0.12566134685507402 * 25.0 / 6;
    Draw draw;
    std::array<std::size_t, 6> who{};
    for (int game = 0; game < games; ++game) {
        double lead = 0;
        double variance = 0;
        for (std::size_t i = 0; i < 6; ++i) {
            who[i] = draw.next();
            const Rating &rating = ratings[who[i]];
            lead += i < 2 ? rating.mu : -rating.mu;
            variance += rating.sigma * rating.sigma + tau2 + beta2;
        }
        const bool firstWins = who[0] % 3 == 0;
        const double sign = firstWins ? 1 : -1;
        const double c = std::sqrt(variance);
        const double t = (sign * lead - margin * std::sqrt(6.0)) / c;
        const double v = std::exp(-0.5 * t * t) * 0.3989422804014327 / (0.5 * std::erfc(-t / std::numbers::sqrt2));
        const double w = v * (v + t);
        for (std::size_t i = 0; i < 6; ++i) {
            Rating &rating = ratings[who[i]];
            const double prior = rating.sigma * rating.sigma + tau2;
            rating.mu += (i < 2 ? sign : -sign) * prior / c * v;
            rating.sigma = std::sqrt(prior * (1 - prior / variance * w));
        }
    }
    return ratings[0].mu;
}

double throughTheInterface(std::vector<Rating> &ratings)
{
    const TrueSkill trueSkill;
    const RatingSystem &any = trueSkill;
    Draw draw;
    std::array<std::size_t, 6> who{};
    std::array<Player, 6> players;
    for (int game = 0; game < games; ++game) {
        for (std::size_t i = 0; i < 6; ++i) {
            who[i] = draw.next();
            players[i].rating = ratings[who[i]];
        }
        const bool firstWins = who[0] % 3 == 0;
        std::array<Team, 2> teams{{{std::span(players).first(2), firstWins ? 0 : 1}, {std::span(players).last(4), firstWins ? 1 : 0}}};
        any.update(teams);
        for (std::size_t i = 0; i < 6; ++i)
            ratings[who[i]] = players[i].rating;
    }
    return ratings[0].mu;
}

template<typename Run>
double gamesPerSecond(Run run)
{
    double best = 1e9;
    for (int round = 0; round < 5; ++round) {
        std::vector<Rating> ratings(agents, {25, 25.0 / 3});
        const auto begin = std::chrono::steady_clock::now();
        volatile double sink = run(ratings);
        static_cast<void>(sink);
        best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    }
    return games / best;
}

} // namespace

int main(int argc, char **argv)
{
    const double floor = gamesPerSecond(closedForm);
    const double ours = gamesPerSecond(throughTheInterface);
    std::printf("closed form (floor)  %12.0f games/s\n", floor);
    std::printf("TrueSkill::update    %12.0f games/s   %.2f x the floor's time\n", ours, floor / ours);
    if (argc > 1) {
        const double package = std::atof(argv[1]);
        std::printf("PyPI trueskill       %12.0f games/s   ours is %.0f x as fast\n", package, ours / package);
    }
    return 0;
}
