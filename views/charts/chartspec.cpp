// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/charts/chartspec.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>
#include <cmath>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

struct ChartText
{
    Q_DECLARE_TR_FUNCTIONS(Chart)
};

void widen(ChartRange &range, double value)
{
    if (!std::isfinite(value))
        return;
    range.low = std::min(range.low, value);
    range.high = std::max(range.high, value);
}

ChartRange nothing()
{
    return {std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
}

ChartRange settled(ChartRange range, const ChartAxis &axis, double margin)
{
    if (!(range.high >= range.low))
        range = {0, 1};
    if (range.high == range.low) {
        const double room = axis.kind == AxisKind::Time ? 3.6e9 : std::max(std::abs(range.low) * 0.1, 0.5);
        range = {range.low - room, range.high + room};
    }
    const double more = range.length() * margin;
    return {axis.low.value_or(range.low - more), axis.high.value_or(range.high + more)};
}

} // namespace

std::size_t ChartSpec::pointCount() const
{
    std::size_t count = 0;
    for (const ChartLine &line : lines)
        count += line.points.size();
    return count;
}

QString ChartSpec::description() const
{
    if (pointCount() == 0)
        return emptySentence;
    const ChartRange across = wholeX(*this);
    QStringList names;
    for (const ChartLine &line : lines) {
        if (!line.name.isEmpty())
            names.append(line.name);
    }
    const QString what = ChartText::tr("%1 points, %2 from %3 to %4.").arg(QLocale().toString(static_cast<qint64>(pointCount())), x.title, axisText(x.kind, across.low), axisText(x.kind, across.high));
    return names.isEmpty() ? what : what + u' ' + names.mid(0, 12).join(u", "_s) + u'.';
}

ChartRange wholeX(const ChartSpec &spec)
{
    ChartRange range = nothing();
    bool hasBars = false;
    for (const ChartLine &line : spec.lines) {
        const double half = line.shape == ChartLine::Shape::Bars ? line.barWidth / 2 : 0;
        hasBars |= half > 0;
        for (const ChartPoint &point : line.points) {
            widen(range, point.x - half);
            widen(range, point.x + half);
        }
    }
    return settled(range, spec.x, hasBars ? 0 : 0.02);
}

ChartRange wholeY(const ChartSpec &spec, const ChartRange &x)
{
    ChartRange range = nothing();
    for (const ChartLine &line : spec.lines) {
        for (const ChartPoint &point : line.points) {
            if (point.x < x.low || point.x > x.high)
                continue;
            widen(range, point.y);
            widen(range, point.low);
            widen(range, point.high);
        }
        if (line.shape == ChartLine::Shape::Bars)
            widen(range, 0);
    }
    ChartRange result = settled(range, spec.y, 0.06);
    // What begins near nought begins at it.
    if (!spec.y.low && range.low >= 0 && range.low < 0.3 * range.high)
        result.low = 0;
    return result;
}

QStringList pointWords(const ChartSpec &spec, std::size_t line, std::size_t at)
{
    const ChartPoint &point = spec.lines[line].points[at];
    QStringList words;
    if (!spec.lines[line].name.isEmpty())
        words.append(spec.lines[line].name);
    words.append(u"%1: %2"_s.arg(spec.x.title, axisText(spec.x.kind, point.x)));
    QString value = u"%1: %2"_s.arg(spec.y.title, axisText(spec.y.kind, point.y));
    if (std::isfinite(point.low) && std::isfinite(point.high))
        value += u" (%1 – %2%3)"_s.arg(axisText(spec.y.kind, point.low), axisText(spec.y.kind, point.high), spec.bandName.isEmpty() ? QString() : u", "_s + spec.bandName);
    words.append(value);
    if (!point.note.isEmpty())
        words.append(point.note);
    return words;
}

} // namespace turnstone
