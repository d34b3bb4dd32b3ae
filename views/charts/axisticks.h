// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <vector>

namespace turnstone {

/// What an axis counts.
enum class AxisKind {
    Number,
    Count,    ///< whole numbers
    Share,    ///< 0 … 1, shown as per cent
    Duration, ///< milliseconds
    Time,     ///< microseconds since 1970 UTC
    Dollars
};

struct AxisTick
{
    double value = 0;
    QString label;
};

/// At most `most` round values within the range, with labels that tell them apart.
std::vector<AxisTick> axisTicks(AxisKind kind, double low, double high, int most);

/// A value in words, as exact as one wants to read it: "1,204", "43.2 %", "3 min 20 s", "2025-10-21 09:14:00".
QString axisText(AxisKind kind, double value);

} // namespace turnstone
