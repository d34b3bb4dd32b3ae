// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/charts/axisticks.h"

#include "models/browsing/columnmeaning.h"

#include <QDateTime>
#include <QLocale>

#include <algorithm>
#include <array>
#include <cmath>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr double second = 1e6;
constexpr double day = 86'400 * second;

double roundStep(double least)
{
    const double power = std::pow(10, std::floor(std::log10(least)));
    for (const double step : {1.0, 2.0, 5.0}) {
        if (least <= step * power * (1 + 1e-9))
            return step * power;
    }
    return 10 * power;
}

int decimalsFor(double step)
{
    return std::clamp(static_cast<int>(std::ceil(-std::log10(step) - 1e-9)), 0, 9);
}

QDateTime moment(double microseconds)
{
    return QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(microseconds / 1000), Qt::UTC);
}

std::vector<AxisTick> timeTicks(double low, double high, int most)
{
    static constexpr std::array steps{second, 5 * second, 15 * second, 30 * second, 60 * second, 300 * second, 900 * second, 1800 * second, 3600 * second,
                                      3 * 3600 * second, 6 * 3600 * second, 12 * 3600 * second, day, 2 * day, 7 * day, 14 * day};
    std::vector<AxisTick> ticks;
    const double least = (high - low) / most;
    const auto it = std::ranges::find_if(steps, [least](double step) { return step >= least; });
    const QLocale locale;
    if (it != steps.end()) {
        const QString format = *it < 60 * second ? u"HH:mm:ss"_s : *it < day ? u"HH:mm"_s : u"d MMM"_s;
        QDate before;
        for (double at = std::ceil(low / *it) * *it; at <= high; at += *it) {
            const QDateTime time = moment(at);
            // The first one of a day says which day it is.
            const bool isNewDay = *it < day && time.date() != before;
            ticks.push_back({at, locale.toString(time, isNewDay ? u"d MMM "_s + format : format)});
            before = time.date();
        }
        return ticks;
    }
    // Months and years have no equal length.
    const int months = std::max(1, static_cast<int>(std::ceil(least / (30 * day))));
    const std::array<int, 5> lengths{1, 2, 3, 6, 12};
    const auto length = std::ranges::find_if(lengths, [months](int one) { return one >= months; });
    const int step = length != lengths.end() ? *length : 12 * ((months + 11) / 12);
    const QDate first = moment(low).date();
    const int begin = first.year() * 12 + first.month() - 1;
    for (int month = begin / step * step; ticks.size() <= static_cast<std::size_t>(most) + 1; month += step) {
        const QDateTime time(QDate(month / 12, month % 12 + 1, 1), QTime(0, 0), Qt::UTC);
        const double at = static_cast<double>(time.toMSecsSinceEpoch()) * 1000;
        if (at > high)
            break;
        if (at >= low)
            ticks.push_back({at, locale.toString(time, step >= 12 ? u"yyyy"_s : u"MMM yyyy"_s)});
    }
    return ticks;
}

QString shortDuration(double milliseconds, double step)
{
    const QLocale locale;
    if (step < 1000 && milliseconds < 10'000)
        return locale.toString(milliseconds, 'f', decimalsFor(step)) + u" ms"_s;
    if (milliseconds < 120'000)
        return locale.toString(milliseconds / 1000, 'f', decimalsFor(step / 1000)) + u" s"_s;
    if (milliseconds < 7'200'000)
        return locale.toString(milliseconds / 60'000, 'g', 4) + u" min"_s;
    return locale.toString(milliseconds / 3'600'000, 'g', 4) + u" h"_s;
}

} // namespace

std::vector<AxisTick> axisTicks(AxisKind kind, double low, double high, int most)
{
    if (!std::isfinite(low) || !std::isfinite(high) || !(high > low) || most < 1)
        return {};
    if (kind == AxisKind::Time)
        return timeTicks(low, high, most);
    const double step = std::max(roundStep((high - low) / most), kind == AxisKind::Count ? 1.0 : 0.0);
    const QLocale locale;
    std::vector<AxisTick> ticks;
    const double first = std::ceil(low / step - 1e-9);
    for (int i = 0; i <= most + 1; ++i) {
        const double value = (first + i) * step;
        if (value > high + step * 1e-9)
            break;
        const double shown = value == 0 ? 0 : value; // no -0
        QString label;
        switch (kind) {
        case AxisKind::Share: label = locale.toString(shown * 100, 'f', decimalsFor(step * 100)) + u" %"_s; break;
        case AxisKind::Duration: label = shown == 0 ? u"0"_s : shortDuration(shown, step); break;
        case AxisKind::Dollars: label = u"$"_s + locale.toString(shown, 'f', decimalsFor(step)); break;
        case AxisKind::Number:
        case AxisKind::Count:
        case AxisKind::Time: label = std::abs(shown) >= 1e9 ? locale.toString(shown, 'g', 3) : locale.toString(shown, 'f', decimalsFor(step)); break;
        }
        ticks.push_back({shown, label});
    }
    return ticks;
}

QString axisText(AxisKind kind, double value)
{
    if (!std::isfinite(value))
        return u"–"_s;
    const QLocale locale;
    switch (kind) {
    case AxisKind::Share: return locale.toString(value * 100, 'f', 1) + u" %"_s;
    case AxisKind::Duration: return durationText(value);
    case AxisKind::Time: return timeText(static_cast<std::int64_t>(value), ShownZone::Utc);
    case AxisKind::Dollars: return u"$"_s + locale.toString(value, 'g', 3);
    case AxisKind::Number:
    case AxisKind::Count: break;
    }
    if (value == std::floor(value) && std::abs(value) < 1e15)
        return locale.toString(static_cast<qint64>(value));
    return locale.toString(value, 'f', std::abs(value) < 1 ? 3 : 2);
}

} // namespace turnstone
