// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/transfer/outputbuffer.h"

#include <QByteArrayView>

namespace turnstone {

/// The shortest text that reads back as the same double, always with a point or an exponent; NaN, Infinity, -Infinity.
void appendReal(OutputBuffer &out, double value);
/// The double that a whole text says, decimal or one of the three words; false if it says none.
[[nodiscard]] bool realFromText(QByteArrayView text, double &value);
/// The int64 that a whole text says in its only form: no sign but a minus, no leading zeros.
[[nodiscard]] bool integerFromText(QByteArrayView text, std::int64_t &value);
/// Whether SQLite would make a number of it where a column wants one.
[[nodiscard]] bool looksLikeNumber(QByteArrayView text);

} // namespace turnstone
