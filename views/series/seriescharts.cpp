// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/series/seriescharts.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>
#include <cmath>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

struct SeriesText
{
    Q_DECLARE_TR_FUNCTIONS(SeriesCharts)
};

constexpr std::size_t mostLines = 8;
constexpr std::size_t stretches = 60;
/// More points than this are easier to read as means.
constexpr std::size_t manyPoints = 1500;

AxisKind kindOf(const SeriesLens::Figure &figure)
{
    if (figure.kind == SeriesLens::Kind::Cost)
        return AxisKind::Dollars;
    return figure.meaning == u"duration-ms" ? AxisKind::Duration : AxisKind::Number;
}

bool isSameScale(const SeriesLens::Figure &a, const SeriesLens::Figure &b)
{
    return a.kind == b.kind && a.minimum == b.minimum && a.maximum == b.maximum && a.maximum.has_value() && a.good == b.good;
}

/// Thirds of a score that means good or bad.
std::vector<ChartZone> zonesOf(const SeriesLens::Figure &figure)
{
    if (figure.good == 0 || !figure.minimum || !figure.maximum || *figure.maximum - *figure.minimum != 100)
        return {};
    const double low = *figure.minimum;
    const bool isHighGood = figure.good > 0;
    return {{low, low + 40, isHighGood ? u"bad"_s : u"good"_s, isHighGood ? SeriesText::tr("poor") : SeriesText::tr("good")},
            {low + 40, low + 70, u"warn"_s, SeriesText::tr("middling")},
            {low + 70, low + 100, isHighGood ? u"good"_s : u"bad"_s, isHighGood ? SeriesText::tr("good") : SeriesText::tr("poor")}};
}

ChartLine lineOf(const SeriesLine &line, const QString &name, SeriesGrain grain, bool isOverRounds)
{
    ChartLine result;
    result.name = name;
    const bool isCloud = grain == SeriesGrain::Points && (isOverRounds || line.points.size() > manyPoints);
    result.shape = isCloud ? ChartLine::Shape::Dots : ChartLine::Shape::Line;
    result.hasMarks = !isCloud;
    for (const SeriesLine::Point &point : line.points) {
        const QString note = point.count > 1 ? SeriesText::tr("mean of %1").arg(QLocale().toString(point.count)) : QString();
        const bool hasBand = point.count > 1;
        result.points.push_back({point.x, point.y, hasBand ? point.low : grain == SeriesGrain::Stretches ? point.y : ChartPoint::none,
                                 hasBand ? point.high : grain == SeriesGrain::Stretches ? point.y : ChartPoint::none, static_cast<std::int64_t>(point.first), note});
    }
    return result;
}

} // namespace

SeriesChoice sensibleChoice(const SeriesLens &lens, const SeriesData &data)
{
    SeriesChoice choice;
    const bool hasRounds = lens.ordinal.has_value() && std::ranges::any_of(data.ordinals, [](double value) { return std::isfinite(value); });
    const bool hasTimes = std::ranges::any_of(data.times, [](double value) { return std::isfinite(value); });
    const bool isShortRun = hasRounds && std::ranges::all_of(data.ordinals, [](double value) { return !std::isfinite(value) || value <= 30; });
    choice.axis = !hasTimes || isShortRun ? SeriesAxis::Ordinal : SeriesAxis::Time;
    choice.grain = choice.axis == SeriesAxis::Ordinal || data.size() > 200 ? SeriesGrain::Stretches : SeriesGrain::Points;
    return choice;
}

std::vector<ChartSpec> seriesCharts(const SeriesLens &lens, const SeriesData &data, const SeriesChoice &choice)
{
    std::vector<ChartSpec> charts;
    const bool isOverTime = choice.axis == SeriesAxis::Time;
    const bool hasNames = data.names.size() > 1;
    const SeriesLens::Figure *before = nullptr;
    for (std::size_t i = 0; i < lens.figures.size(); ++i) {
        if (std::ranges::find(choice.hidden, i) != choice.hidden.end())
            continue;
        const SeriesLens::Figure &figure = lens.figures[i];
        std::size_t omitted = 0;
        const std::vector<SeriesLine> lines = summarise(data, i, choice.axis, choice.grain, mostLines, stretches, &omitted);
        const bool joins = before != nullptr && !hasNames && isSameScale(*before, figure);
        if (!joins) {
            ChartSpec &chart = charts.emplace_back();
            chart.title = figure.title;
            if (omitted > 0)
                chart.title += SeriesText::tr(", the %1 with most points").arg(mostLines);
            const QString rounds = lens.ordinal ? QString(lens.ordinal->column).replace(u'_', u' ') : QString();
            chart.x = isOverTime ? ChartAxis{SeriesText::tr("Time (UTC)"), AxisKind::Time} : ChartAxis{rounds.left(1).toUpper() + rounds.mid(1), AxisKind::Count};
            chart.y = {figure.title, kindOf(figure), figure.minimum, figure.maximum};
            chart.zones = zonesOf(figure);
            chart.bandName = SeriesText::tr("quartiles");
            chart.emptySentence = figure.kind == SeriesLens::Kind::Cost ? SeriesText::tr("No price is known for these models, or their tokens are not counted. \"Edit prices\" takes prices of your own.")
                                                                        : SeriesText::tr("Nothing has this figure yet.");
        }
        ChartSpec &chart = charts.back();
        if (joins) {
            chart.title += u", "_s + figure.title.toLower();
            chart.y.title = SeriesText::tr("Score");
            if (chart.lines.size() == 1)
                chart.lines.front().name = before->title;
        }
        for (const SeriesLine &line : lines) {
            const QString name = joins ? figure.title : hasNames && line.name.isEmpty() ? SeriesText::tr("(none)") : line.name;
            chart.lines.push_back(lineOf(line, name, choice.grain, !isOverTime));
        }
        before = &figure;
    }
    for (ChartSpec &chart : charts) {
        for (ChartLine &line : chart.lines) {
            if (line.name.isEmpty() && chart.lines.size() > 1)
                line.name = chart.y.title;
        }
    }
    return charts;
}

} // namespace turnstone
