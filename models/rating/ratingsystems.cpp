// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/rating/ratingsystems.h"

#include "models/rating/plackettluce.h"

#include <array>

namespace turnstone::rating {

namespace {

constexpr std::array kinds{RatingSystemKind{"trueskill", "TrueSkill"}, RatingSystemKind{"plackett-luce", "OpenSkill (Plackett–Luce)"}};

} // namespace

std::span<const RatingSystemKind> ratingSystemKinds()
{
    return kinds;
}

std::unique_ptr<RatingSystem> makeRatingSystem(std::string_view id, const TrueSkillParameters &parameters)
{
    if (id == kinds[0].id)
        return std::make_unique<TrueSkill>(parameters);
    if (id == kinds[1].id)
        return std::make_unique<PlackettLuce>(PlackettLuceParameters{parameters.mu, parameters.sigma, parameters.beta, parameters.tau});
    return nullptr;
}

} // namespace turnstone::rating
