// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/charts/decimation.h"

#include <algorithm>
#include <cmath>

namespace turnstone {

std::vector<std::uint32_t> decimatedLine(const std::vector<ChartPoint> &points, double low, double high, int columns)
{
    const auto begin = std::ranges::lower_bound(points, low, {}, &ChartPoint::x);
    const auto end = std::upper_bound(begin, points.end(), high, [](double x, const ChartPoint &point) { return x < point.x; });
    const auto first = static_cast<std::uint32_t>(begin == points.begin() ? 0 : begin - points.begin() - 1);
    const auto last = static_cast<std::uint32_t>(end == points.end() ? points.size() : static_cast<std::size_t>(end - points.begin()) + 1);
    std::vector<std::uint32_t> kept;
    // A column needs up to six of its points.
    if (last - first <= static_cast<std::uint32_t>(std::max(columns, 1)) * 6 || !(high > low)) {
        for (std::uint32_t i = first; i < last; ++i)
            kept.push_back(i);
        return kept;
    }
    const auto columnOf = [&](std::uint32_t i) { return std::floor((points[i].x - low) / (high - low) * columns); };
    const auto lowest = [&](std::uint32_t i) { return std::isnan(points[i].low) ? points[i].y : std::min(points[i].y, points[i].low); };
    const auto highest = [&](std::uint32_t i) { return std::isnan(points[i].high) ? points[i].y : std::max(points[i].y, points[i].high); };
    for (std::uint32_t i = first; i < last;) {
        const double column = columnOf(i);
        std::uint32_t next = i;
        std::uint32_t least = i;
        std::uint32_t greatest = i;
        std::uint32_t bottom = i;
        std::uint32_t top = i;
        for (; next < last && columnOf(next) == column; ++next) {
            least = points[next].y < points[least].y ? next : least;
            greatest = points[next].y > points[greatest].y ? next : greatest;
            bottom = lowest(next) < lowest(bottom) ? next : bottom;
            top = highest(next) > highest(top) ? next : top;
        }
        std::uint32_t chosen[] = {i, least, greatest, bottom, top, next - 1};
        std::ranges::sort(chosen);
        for (const std::uint32_t one : chosen) {
            if (kept.empty() || kept.back() != one)
                kept.push_back(one);
        }
        i = next;
    }
    return kept;
}

std::vector<std::uint32_t> decimatedDots(const std::vector<ChartPoint> &points, double xLow, double xHigh, double yLow, double yHigh, int columns, int rows)
{
    std::vector<std::uint32_t> kept;
    if (!(xHigh > xLow) || !(yHigh > yLow) || columns < 1 || rows < 1)
        return kept;
    std::vector<std::uint32_t> cells(static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows), UINT32_MAX);
    for (std::uint32_t i = 0; i < points.size(); ++i) {
        const double x = (points[i].x - xLow) / (xHigh - xLow);
        const double y = (points[i].y - yLow) / (yHigh - yLow);
        if (!(x >= 0 && x <= 1 && y >= 0 && y <= 1))
            continue;
        const auto column = std::min(static_cast<std::size_t>(x * columns), static_cast<std::size_t>(columns) - 1);
        const auto row = std::min(static_cast<std::size_t>(y * rows), static_cast<std::size_t>(rows) - 1);
        cells[row * static_cast<std::size_t>(columns) + column] = i;
    }
    for (const std::uint32_t cell : cells) {
        if (cell != UINT32_MAX)
            kept.push_back(cell);
    }
    std::ranges::sort(kept);
    return kept;
}

} // namespace turnstone
