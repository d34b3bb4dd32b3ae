// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <cstdint>

namespace turnstone::similarity {

/// How far two vectors are from each other: pgvector's `<=>`, `<->`, `<#>` and `<+>`.
enum class Metric : std::uint8_t { Cosine, L2, InnerProduct, L1 };

/// Internally vectors are compared by a *closeness*, of which more is nearer: the cosine, the inner product, minus the
/// square of the L2 distance, minus the L1 distance.
///
/// The distance as pgvector gives it: 1 − cosine, L2, minus the inner product, L1.
inline double distanceOf(Metric metric, double closeness)
{
    switch (metric) {
    case Metric::Cosine: return 1.0 - closeness;
    case Metric::L2: return std::sqrt(std::fmax(0.0, -closeness));
    case Metric::InnerProduct: return -closeness;
    case Metric::L1: return -closeness;
    }
    return 0;
}

inline double closenessOf(Metric metric, double distance)
{
    switch (metric) {
    case Metric::Cosine: return 1.0 - distance;
    case Metric::L2: return -distance * distance;
    case Metric::InnerProduct: return -distance;
    case Metric::L1: return -distance;
    }
    return 0;
}

/// The score that people read: 1 − distance/2 for the cosine (1 is the same direction, 0.5 unrelated, 0 opposite), the
/// inner product itself, 1/(1 + distance) for the other two.
inline double scoreOf(Metric metric, double distance)
{
    switch (metric) {
    case Metric::Cosine: return 1.0 - distance / 2;
    case Metric::InnerProduct: return -distance;
    case Metric::L2:
    case Metric::L1: return 1.0 / (1.0 + distance);
    }
    return 0;
}

/// The largest distance whose score is at least `score`.
inline double distanceOfScore(Metric metric, double score)
{
    switch (metric) {
    case Metric::Cosine: return 2 * (1.0 - score);
    case Metric::InnerProduct: return -score;
    case Metric::L2:
    case Metric::L1: return score > 0 ? 1.0 / score - 1.0 : HUGE_VAL;
    }
    return 0;
}

} // namespace turnstone::similarity
