// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/rating/ratingsystem.h"
#include "models/rating/trueskill.h"

#include <memory>
#include <span>
#include <string_view>

namespace turnstone::rating {

/// A rating system that can be chosen. Another one joins by a line in ratingsystems.cpp.
struct RatingSystemKind
{
    std::string_view id;    ///< of settings and the command line
    std::string_view title; ///< a name, not translated
};

/// The first one is the default.
std::span<const RatingSystemKind> ratingSystemKinds();

/// Systems take from `parameters` what they know of. Null for an unknown id. `parameters` must be valid.
std::unique_ptr<RatingSystem> makeRatingSystem(std::string_view id, const TrueSkillParameters &parameters = {});

} // namespace turnstone::rating
