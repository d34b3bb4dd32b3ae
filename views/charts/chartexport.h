// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"
#include "views/charts/chartspec.h"

#include <QByteArray>
#include <QImage>

#include <functional>

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

/// Takes what is shown now and returns what writes it into `path`, by the ending of the name: .png, .svg, .csv or .json. Drawing needs the
/// GUI thread; call what is returned on any other. Errors there: InvalidInput for another ending, Io.
[[nodiscard]] std::function<Result<>()> chartSaver(ChartCanvas &canvas, const QString &path);

} // namespace turnstone
