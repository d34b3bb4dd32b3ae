// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

class QWidget;

namespace turnstone {

/// A link that stands in a database opens in the user's browser, and only after asking. Nothing happens for other schemes than
/// http, https and mailto.
void askToOpenLink(const QString &link, QWidget *parent);

} // namespace turnstone
