// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/documents/documentrequest.h"
#include "models/profiles/resolvedprofile.h"
#include "models/transfer/exportjob.h"

namespace turnstone {

/// Writes conversations as tools for fine-tuning read them: one object {"messages": [{"role": …, "content": …}, …]} a line.
///
/// A table whose rows are calls of a model gives what was sent and the answer. A table with a transcript gives its entries:
/// with roles as stored where these are the usual ones, else as an assistant of the speaker's name; an opening becomes the
/// first message of the user. Records without messages are left out. Blocks; runs in the connection's thread. Errors:
/// Unsupported if the profile knows no conversations of the table.
[[nodiscard]] Result<ExportReport> exportChats(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, const DocumentRequest &request,
                                               const ByteSink &sink, const ExportProgressSink &progress = {});

} // namespace turnstone
