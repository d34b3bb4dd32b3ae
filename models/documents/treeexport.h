// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/documents/documentrequest.h"
#include "models/profiles/resolvedprofile.h"
#include "models/transfer/exportjob.h"

#include <stop_token>

namespace turnstone {

/// Writes a hierarchy as nested JSON: an array of objects ("json"), one object a line ("jsonl"), or one record as one object.
/// What TreePlan says stands where. importTree() reads it back. On SQLite two connections read, in the same state of the
/// database. Blocks; runs in the connection's thread.
[[nodiscard]] Result<ExportReport> exportTree(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, const DocumentRequest &request,
                                              const ByteSink &sink, std::stop_token stop = {}, const ExportProgressSink &progress = {});

/// The parts of a key as a user writes it, for the columns of a table's key. Errors: InvalidInput.
[[nodiscard]] Result<std::vector<Value>> keyParts(const QString &text, const QStringList &columns);

} // namespace turnstone
