// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace turnstone::rating {

/// Density of the standard normal distribution.
double normalDensity(double x);
/// Probability of a value below x; relative accuracy holds far out in the lower tail.
double normalBelow(double x);
/// The x below which a share of `probability` lies; ±infinity for 1 and 0. Acklam's rational
/// approximation refined by one step of Halley's method: close to the last digit.
double normalQuantile(double probability);
/// normalBelow(-x) / normalDensity(x), Mills' ratio; finite and accurate for any x above -38.
double millsRatio(double x);

/// What learning that a normal value lies in a range does to its mean and variance, in units of its
/// deviation: mean + shift, variance · (1 - shrink). 0 ≤ shrink < 1.
struct Truncation
{
    double shift = 0;
    double shrink = 0;
};
/// For a value of mean `mean` and deviation 1 that is known to be above `margin`.
Truncation truncatedAbove(double mean, double margin);
/// The same when it is known to lie between -margin and margin; margin ≥ 0.
Truncation truncatedWithin(double mean, double margin);

} // namespace turnstone::rating
