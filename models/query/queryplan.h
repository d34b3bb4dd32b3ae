// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"
#include "models/database/databaseurl.h"

#include <QStringList>

#include <vector>

namespace turnstone {

/// A step of an engine's plan.
struct PlanNode
{
    QString title;  ///< "SEARCH games USING INDEX …", "Hash Join"
    QString detail; ///< conditions, indexes
    double cost = -1;        ///< PostgreSQL: the planner's, with its children
    double expectedRows = -1;
    double rows = -1;        ///< really, if it was run
    double ms = -1;          ///< with its children, all loops
    bool isScan = false;     ///< reads a whole table
    std::vector<PlanNode> children;
};

/// From the rows of EXPLAIN QUERY PLAN, or of EXPLAIN (FORMAT JSON). The root has the totals as its title.
/// Errors: Syntax for an answer of another form.
[[nodiscard]] Result<PlanNode> planFromRows(Engine engine, const std::vector<QStringList> &rows);

} // namespace turnstone
