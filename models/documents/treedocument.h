// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/documents/documentrequest.h"
#include "models/profiles/resolvedprofile.h"
#include "models/transfer/exportjob.h"

namespace turnstone {

/// Writes records as documents for reading, in Markdown. Where the profile has a transcript for the table, that: who spoke,
/// what, when, chapter by chapter; else headings for the record and what is below it, short values in a list, long ones as
/// paragraphs. Blocks; runs in the connection's thread.
[[nodiscard]] Result<ExportReport> exportDocuments(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, const DocumentRequest &request,
                                                   const ByteSink &sink, const ExportProgressSink &progress = {});

/// The keys of the records that a request means, page by page; false from `take` stops.
[[nodiscard]] Result<> forEachRecord(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, const DocumentRequest &request,
                                     const std::function<Result<>(const RowKey &key)> &take);

} // namespace turnstone
