// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/series/seriesreader.h"

namespace turnstone {

/// One line of a chart of a series.
struct SeriesLine
{
    struct Point
    {
        double x = 0;
        double y = 0;
        // Quartiles of what is summed up in the point; not a number for a point by itself.
        double low = 0;
        double high = 0;
        std::uint32_t count = 1;
        /// Index into the data: the point itself, or the first of its stretch.
        std::uint32_t first = 0;
    };
    QString name;
    std::vector<Point> points; ///< in order of x
};

enum class SeriesAxis { Time, Ordinal };
enum class SeriesGrain { Points, Stretches };

/// Widths of stretches of time that people count in, at least `least` microseconds.
double roundStretch(double least);

/// The lines of one figure, one for each name, the most frequent first; names beyond `mostLines` are left out (`omitted` says how
/// many). Stretches are equal ordinals, or about `stretches` of a round length of time. A point is their mean.
[[nodiscard]] std::vector<SeriesLine> summarise(const SeriesData &data, std::size_t figure, SeriesAxis axis, SeriesGrain grain, std::size_t mostLines,
                                                std::size_t stretches, std::size_t *omitted = nullptr);

} // namespace turnstone
