// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QVariantMap>

namespace turnstone {

/// The rows of a group of the tree as arguments of a panel, {"place": path as in the path bar}; few kinds have something to show for
/// these. And back: empty if there is none.
QVariantMap placeArguments(const QString &path);
QString placeOf(const QVariantMap &arguments);

} // namespace turnstone
