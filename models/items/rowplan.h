// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"
#include "models/database/connection.h"
#include "models/items/orderedquery.h"

namespace turnstone {

/// How a selection of rows is best read, as the engine's own planner sees it.
struct RowPlan
{
    /// An index or the key has the order, so pages can be read by ranges of it.
    bool isKeyset = false;
    /// The direction of the key behind the sort columns in which that is so.
    bool keyDescending = false;
    /// For the user; see RowSource::plan().
    QString sentence;

    /// Asks the engine; for a connection's thread.
    static Result<RowPlan> of(Connection &connection, const CatalogTable &table, const RowSelection &selection);
};

} // namespace turnstone
