// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/charts/axisticks.h"

#include <QString>
#include <QStringList>

#include <limits>
#include <optional>
#include <vector>

namespace turnstone {

struct ChartPoint
{
    static constexpr double none = std::numeric_limits<double>::quiet_NaN();

    double x = 0;
    double y = 0;
    // Of the band; not numbers without one.
    double low = none;
    double high = none;
    /// What the caller knows it by; comes back with ChartWidget::pointActivated().
    std::int64_t id = -1;
    /// More words for the tool tip.
    QString note = {};
};

struct ChartLine
{
    enum class Shape {
        Line,
        Steps, ///< the value holds until the next point
        Dots,
        Bars   ///< from 0, `barWidth` wide in units of x
    };
    QString name;
    Shape shape = Shape::Line;
    std::vector<ChartPoint> points; ///< in order of x, except dots
    double barWidth = 1;
    /// A number of seriesColor(); -1: the line's place.
    int color = -1;
    /// Dots on the line where there are few.
    bool hasMarks = false;
    /// What the caller knows it by; comes back with ChartWidget::hovered().
    std::int64_t id = -1;
};

/// A part of the y axis that means something, such as 0 to 40 of a score.
struct ChartZone
{
    double low = 0;
    double high = 0;
    /// "good", "warn", "bad".
    QString tone;
    QString label;
};

/// A line across the chart.
struct ChartGuide
{
    double value = 0;
    QString label;
    bool isVertical = false;
    /// x = y, for what should agree.
    bool isDiagonal = false;
};

struct ChartAxis
{
    QString title;
    AxisKind kind = AxisKind::Number;
    /// Left open: what the points need and a little more.
    std::optional<double> low = {};
    std::optional<double> high = {};
};

/// A chart as data.
struct ChartSpec
{
    QString title;
    ChartAxis x;
    ChartAxis y;
    std::vector<ChartLine> lines;
    std::vector<ChartZone> zones;
    std::vector<ChartGuide> guides;
    /// Shown instead if there is no point.
    QString emptySentence;
    /// What the band is: "± 2 sigma".
    QString bandName;

    std::size_t pointCount() const;
    /// One sentence for who cannot see it.
    QString description() const;
};

struct ChartRange
{
    double low = 0;
    double high = 1;

    double length() const { return high - low; }
};
/// What the axes span if everything is to be seen.
ChartRange wholeX(const ChartSpec &spec);
/// Of the points whose x is within `x`.
ChartRange wholeY(const ChartSpec &spec, const ChartRange &x);

/// What the tool tip of a point says, in lines.
QStringList pointWords(const ChartSpec &spec, std::size_t line, std::size_t point);

} // namespace turnstone
