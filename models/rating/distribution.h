// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/rating/ratingsystem.h"

#include <cstdint>
#include <vector>

namespace turnstone::rating {

/// How often values fall into bins of equal width.
struct Histogram
{
    double low = 0;   ///< of the first bin
    double width = 0; ///< of a bin
    std::vector<std::uint32_t> counts;
};
/// Bins of a round width (1, 2 or 5 times a power of ten), about `bins` of them. Values that are not finite are left out.
[[nodiscard]] Histogram histogram(std::vector<double> values, int bins);

/// The five numbers of a box plot; quartiles are interpolated. All 0 without values.
struct FiveNumbers
{
    double least = 0;
    double lowerQuartile = 0;
    double median = 0;
    double upperQuartile = 0;
    double greatest = 0;
    std::size_t count = 0;
};
[[nodiscard]] FiveNumbers fiveNumbers(std::vector<double> values);

/// What is believed of all skills together: the mean of the ratings' densities, at `points` places from `low` to `high`.
[[nodiscard]] std::vector<double> skillDensity(const std::vector<Rating> &ratings, double low, double high, std::size_t points);

/// Spearman's correlation of the ranks, equal values share their mean rank; 0 for fewer than two, or if all are equal.
[[nodiscard]] double rankCorrelation(const std::vector<double> &a, const std::vector<double> &b);
/// Share of the truths that lie within so many deviations of their rating. Both lists are as long.
[[nodiscard]] double coverage(const std::vector<Rating> &ratings, const std::vector<double> &truths, double deviations);

} // namespace turnstone::rating
