// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/rating/normal.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

namespace turnstone::rating {

namespace {

constexpr double inverseSqrtTwoPi = std::numbers::inv_sqrtpi / std::numbers::sqrt2;
/// From here on erfc() nears the smallest numbers and the series below is exact to the last digits.
constexpr double farOut = 30;
/// A message of infinite precision would spoil the arithmetic around it.
constexpr double largestShrink = 1 - 1e-12;

/// 1 / millsRatio(y) - y for y ≥ farOut: the asymptotic series 1/y - 2/y³ + 10/y⁵ - 74/y⁷.
double excessFarOut(double y)
{
    const double inverse = 1 / y;
    const double square = inverse * inverse;
    return inverse * (1 - square * (2 - square * (10 - square * 74)));
}

} // namespace

double normalDensity(double x)
{
    return inverseSqrtTwoPi * std::exp(-0.5 * x * x);
}

double normalBelow(double x)
{
    return 0.5 * std::erfc(-x / std::numbers::sqrt2);
}

double normalQuantile(double probability)
{
    if (!(probability > 0))
        return probability == 0 ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
    if (!(probability < 1))
        return probability == 1 ? std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
    // P. J. Acklam, "An algorithm for computing the inverse normal cumulative distribution function" (2003).
    static constexpr std::array a{-3.969683028665376e+01, 2.209460984245205e+02, -2.759285104469687e+02,
                                  1.383577518672690e+02, -3.066479806614716e+01, 2.506628277459239e+00};
    static constexpr std::array b{-5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02, 6.680131188771972e+01,
                                  -1.328068155288572e+01};
    static constexpr std::array c{-7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00,
                                  -2.549732539343734e+00, 4.374664141464968e+00, 2.938163982698783e+00};
    static constexpr std::array d{7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00, 3.754408661907416e+00};
    const double nearer = std::min(probability, 1 - probability);
    double x = 0;
    if (nearer < 0.02425) {
        const double q = std::sqrt(-2 * std::log(nearer));
        x = (((((c[0] * q + c[1]) * q + c[2]) * q + c[3]) * q + c[4]) * q + c[5]) / ((((d[0] * q + d[1]) * q + d[2]) * q + d[3]) * q + 1);
    } else {
        const double q = nearer - 0.5;
        const double r = q * q;
        x = (((((a[0] * r + a[1]) * r + a[2]) * r + a[3]) * r + a[4]) * r + a[5]) * q
            / (((((b[0] * r + b[1]) * r + b[2]) * r + b[3]) * r + b[4]) * r + 1);
    }
    const double error = (normalBelow(x) - nearer) / normalDensity(x);
    x -= error / (1 + 0.5 * x * error);
    return probability <= 0.5 ? x : -x;
}

double millsRatio(double x)
{
    return x >= farOut ? 1 / (x + excessFarOut(x)) : normalBelow(-x) / normalDensity(x);
}

Truncation truncatedAbove(double mean, double margin)
{
    const double x = mean - margin;
    if (x <= -farOut) {
        const double excess = excessFarOut(-x);
        const double shift = excess - x;
        return {shift, std::min(shift * excess, largestShrink)};
    }
    const double shift = normalDensity(x) / normalBelow(x);
    return {shift, std::clamp(shift * (shift + x), 0.0, largestShrink)};
}

Truncation truncatedWithin(double mean, double margin)
{
    const double distance = std::abs(mean);
    double shift = 0;
    double shrink = 0;
    if (margin < 1e-5) {
        // As good as a point.
        shift = -distance;
        shrink = 1 - margin * margin / 3;
    } else {
        // Densities and probabilities relative to the density at the nearer edge, so that nothing
        // vanishes however far out the range lies.
        const double nearer = margin - distance;
        const double farther = -margin - distance;
        const double ratio = std::exp(-2 * margin * distance);
        const double mass = nearer <= 0 ? millsRatio(-nearer) - ratio * millsRatio(-farther)
                                        : (normalBelow(nearer) - normalBelow(farther)) / normalDensity(nearer);
        shift = std::expm1(-2 * margin * distance) / mass;
        shrink = shift * shift + (nearer - farther * ratio) / mass;
    }
    return {mean < 0 ? -shift : shift, std::clamp(shrink, 0.0, largestShrink)};
}

} // namespace turnstone::rating
