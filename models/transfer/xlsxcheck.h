// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <cstdint>

namespace turnstone {

/// Whether a workbook holds that many rows in its sheets, whole: goes through the archive, unpacks every sheet, compares
/// checksums and counts. The library that writes workbooks does not notice when the disk fills up under its temporary
/// files. Blocks on the disk.
[[nodiscard]] bool isWholeWorkbook(const QString &path, std::int64_t rows);

} // namespace turnstone
