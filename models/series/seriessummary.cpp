// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/series/seriessummary.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

namespace turnstone {

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

double quantile(const std::vector<double> &sorted, double share)
{
    const double place = share * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

/// One point of equal stretches each.
std::vector<SeriesLine::Point> together(const std::vector<SeriesLine::Point> &points, double width)
{
    std::vector<SeriesLine::Point> result;
    std::vector<double> values;
    const auto stretchOf = [width](double x) { return width > 0 ? std::floor(x / width) : x; };
    for (std::size_t begin = 0; begin < points.size();) {
        std::size_t end = begin;
        values.clear();
        while (end < points.size() && stretchOf(points[end].x) == stretchOf(points[begin].x))
            values.push_back(points[end++].y);
        std::ranges::sort(values);
        SeriesLine::Point point = points[begin];
        point.x = width > 0 ? (stretchOf(point.x) + 0.5) * width : point.x;
        point.y = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
        point.low = quantile(values, 0.25);
        point.high = quantile(values, 0.75);
        point.count = static_cast<std::uint32_t>(values.size());
        result.push_back(point);
        begin = end;
    }
    return result;
}

} // namespace

double roundStretch(double least)
{
    constexpr double second = 1e6;
    constexpr std::array widths{second, 5 * second, 15 * second, 60 * second, 300 * second, 900 * second, 3600 * second, 3 * 3600 * second,
                                6 * 3600 * second, 12 * 3600 * second, 86400 * second, 7 * 86400 * second, 28 * 86400 * second};
    const auto it = std::ranges::find_if(widths, [least](double width) { return width >= least; });
    return it != widths.end() ? *it : std::ceil(least / widths.back()) * widths.back();
}

std::vector<SeriesLine> summarise(const SeriesData &data, std::size_t figure, SeriesAxis axis, SeriesGrain grain, std::size_t mostLines,
                                  std::size_t stretches, std::size_t *omitted)
{
    const std::vector<double> &xs = axis == SeriesAxis::Time ? data.times : data.ordinals;
    const std::vector<double> &ys = data.figures[figure];
    std::vector<SeriesLine> lines(static_cast<std::size_t>(data.names.size()));
    double least = std::numeric_limits<double>::infinity();
    double greatest = -least;
    for (std::size_t i = 0; i < data.size(); ++i) {
        if (!std::isfinite(xs[i]) || !std::isfinite(ys[i]))
            continue;
        lines[data.by[i]].points.push_back({xs[i], ys[i], missing, missing, 1, static_cast<std::uint32_t>(i)});
        least = std::min(least, xs[i]);
        greatest = std::max(greatest, xs[i]);
    }
    for (std::size_t i = 0; i < lines.size(); ++i)
        lines[i].name = data.names[static_cast<qsizetype>(i)];
    std::erase_if(lines, [](const SeriesLine &line) { return line.points.empty(); });
    std::ranges::stable_sort(lines, std::greater(), [](const SeriesLine &line) { return line.points.size(); });
    if (omitted)
        *omitted = lines.size() > mostLines ? lines.size() - mostLines : 0;
    if (lines.size() > mostLines)
        lines.resize(mostLines);
    const double width = axis == SeriesAxis::Time && greatest > least ? roundStretch((greatest - least) / static_cast<double>(std::max<std::size_t>(stretches, 1))) : 0;
    for (SeriesLine &line : lines) {
        std::ranges::stable_sort(line.points, {}, &SeriesLine::Point::x);
        if (grain == SeriesGrain::Stretches)
            line.points = together(line.points, width);
    }
    return lines;
}

} // namespace turnstone
