// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/transfer/exportjob.h"

namespace turnstone {

/// Writes the rows of a statement as a workbook, one row after the other, in constant memory. What a worksheet cannot hold
/// is never changed unsaid: integers beyond 2^53 and numerics of more digits than a double keeps stand as texts; texts
/// longer than 32,767 characters are cut, and the report says where; rows beyond 1,048,575 go to further sheets. Appears
/// whole or not at all.
[[nodiscard]] Result<ExportReport> exportToXlsx(Connection &connection, const ExportStatement &statement, const ExportSource &source, const FormatOptions &format,
                                                const QString &path, const ExportProgressSink &progress);

} // namespace turnstone
