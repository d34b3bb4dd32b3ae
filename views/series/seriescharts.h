// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/series/seriessummary.h"
#include "views/charts/chartspec.h"

#include <memory>

namespace turnstone {

/// How a series is to be drawn.
struct SeriesChoice
{
    SeriesAxis axis = SeriesAxis::Time;
    SeriesGrain grain = SeriesGrain::Points;
    /// Figures that are not drawn.
    std::vector<std::size_t> hidden;

    friend bool operator==(const SeriesChoice &, const SeriesChoice &) = default;
};

/// What fits the data: rounds if there are some, stretches if points would be too many.
SeriesChoice sensibleChoice(const SeriesLens &lens, const SeriesData &data);

/// The charts of a series. Points are known by the index of their row in the data. Where points have no names of their own,
/// figures of one scale share a chart. Takes as long as sorting; not for the GUI thread.
std::vector<ChartSpec> seriesCharts(const SeriesLens &lens, const SeriesData &data, const SeriesChoice &choice);

} // namespace turnstone
