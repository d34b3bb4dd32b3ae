// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/similarity/metric.h"

#include <cstddef>
#include <span>
#include <vector>

namespace turnstone::similarity {

/// A query in float64, and how close vectors are to it: exactly, or quickly with what the quick answer may be off by. Immutable,
/// any thread.
class ExactQuery
{
public:
    ExactQuery(Metric metric, std::vector<double> query);

    Metric metric() const { return m_metric; }
    std::size_t dimension() const { return m_query.size(); }
    std::span<const double> values() const { return m_query; }
    double norm() const { return m_norm; }
    /// All finite, and with a direction if the metric is the cosine.
    bool isUsable() const;

    /// In float64. NaN if the vector has no direction and the metric is the cosine, or if a component is not finite.
    double closeness(std::span<const double> x) const;
    double closeness(std::span<const float> x) const;
    /// At least the exact closeness: a float32 sum plus its error bound. Infinite if it cannot be told quickly.
    double upperBound(std::span<const float> x, double norm) const;

private:
    double fromProduct(double product, double norm) const;

    Metric m_metric;
    std::vector<double> m_query;
    std::vector<float> m_rounded;
    double m_norm = 0;
    double m_roundingLoss = 0; // ‖query − rounded‖
};

} // namespace turnstone::similarity
