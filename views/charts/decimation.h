// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/charts/chartspec.h"

#include <cstdint>
#include <vector>

namespace turnstone {

/// Indices, ascending, of the points that a line of so many columns of pixels needs to look as if all were drawn: of each column the first,
/// the last and the extremes (also of the band), and one point beyond each edge of the range. `points` are in order of x.
std::vector<std::uint32_t> decimatedLine(const std::vector<ChartPoint> &points, double low, double high, int columns);

/// Of dots: of each cell of a grid over the range the last one, so that a cloud keeps its outline.
std::vector<std::uint32_t> decimatedDots(const std::vector<ChartPoint> &points, double xLow, double xHigh, double yLow, double yHigh, int columns, int rows);

} // namespace turnstone
