// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/core/result.h"
#include "models/database/connection.h"
#include "models/importing/importjob.h"
#include "models/profiles/resolvedprofile.h"

#include <QString>

#include <map>
#include <stop_token>

namespace turnstone {

struct TreeImportRequest
{
    QString file;
    QString root; ///< id of a tree, else a table
    /// Abort: a row that is there already must say the same as the file. The others as for rows.
    ImportConflict conflict = ImportConflict::Abort;
    bool isDryRun = false;
};

struct TreeImportReport
{
    qint64 rows = 0;    ///< objects of the file
    qint64 written = 0; ///< inserted or changed
    std::map<QString, qint64> tables; ///< rows written
};

/// Reads nested JSON as exportTree() writes it into the tables of a hierarchy, in one transaction. A row that occurs more
/// than once in the file, as one that several others share does, is written once. Errors name line and column; nothing
/// stays then. Blocks; runs in the connection's thread, outside of a transaction; `connection` must be writable.
[[nodiscard]] Result<TreeImportReport> importTree(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, const TreeImportRequest &request,
                                                  std::stop_token stop = {}, const ImportProgressSink &progress = {});

} // namespace turnstone
