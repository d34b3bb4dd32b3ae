// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QIcon>

namespace turnstone {

struct Tokens;

/// The icon ":/icons/<name>.svg" with its strokes in `color`, sharp at every scale. Null if there is none.
QIcon themedIcon(const QString &name, const QColor &color);

/// The same in a colour of the theme of the moment: it follows when the theme changes. `themedIcon(u"back"_s, &Tokens::text)`.
QIcon themedIcon(const QString &name, QColor Tokens::*color);

/// Name of the icon for values of a declared column type.
QString iconNameOfType(const QString &typeName);

} // namespace turnstone
