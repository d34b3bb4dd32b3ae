// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"

#include <QByteArray>
#include <QString>

#include <vector>

namespace turnstone {

/// A vector that somebody typed, pasted or saved: `[0.1, 0.2]`, `{…}`, numbers with spaces, commas or line breaks, or the JSON answer of an
/// embedding endpoint; else raw little-endian float32, also with numpy's header. Errors: InvalidInput.
[[nodiscard]] Result<std::vector<double>> vectorFromBytes(const QByteArray &bytes);
/// The same from a file, `-` for standard input. Errors: Io, InvalidInput.
[[nodiscard]] Result<std::vector<double>> readVectorFile(const QString &path);

} // namespace turnstone
