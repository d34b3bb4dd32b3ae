// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace turnstone {

/// JSON indented by two spaces; every number, string and key byte for byte as it was. Null if `json` is no
/// JSON object or array. Linear; for a worker thread.
QByteArray laidOutJson(const QByteArray &json);

} // namespace turnstone
