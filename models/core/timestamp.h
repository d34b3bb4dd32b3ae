// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>

#include <cstdint>
#include <optional>

namespace turnstone {

/// Microseconds since 1970-01-01 UTC of a time as the engines and applications write it:
/// `2025-10-21 09:14:00.123456`, with `T`, with `Z` or an offset (`+02`, `-05:30`), or a date alone.
/// Without a zone it is taken for UTC. Digits beyond the sixth are cut. Nothing for anything else,
/// `infinity` and years before 1 included.
[[nodiscard]] std::optional<std::int64_t> microsecondsUtc(QByteArrayView text);

} // namespace turnstone
