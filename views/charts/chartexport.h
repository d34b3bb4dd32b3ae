// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"
#include "views/charts/chartspec.h"

#include <QByteArray>
#include <QImage>

namespace turnstone {

class ChartCanvas;

/// As it is shown, `scale` times as large.
QImage chartImage(ChartCanvas &canvas, double scale = 2);
QByteArray chartSvg(ChartCanvas &canvas);
/// Every point of the chart, not only those drawn: columns line, x, y, low, high, note. Times as ISO 8601 in UTC; numbers with all
/// their digits.
QByteArray chartCsv(const ChartSpec &spec);
/// The same as a list of objects.
QByteArray chartJson(const ChartSpec &spec);

/// By the ending of the name: .png, .svg, .csv or .json. Errors: InvalidInput for another one, Io.
[[nodiscard]] Result<> saveChart(ChartCanvas &canvas, const QString &path);

} // namespace turnstone
