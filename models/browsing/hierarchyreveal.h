// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/browsing/hierarchymodel.h"

namespace turnstone {

/// A path that HierarchyModel is on its way to: reveal().
struct HierarchyModel::Reveal
{
    int databaseId = 0;
    TreePath path;
    std::function<void(Result<QModelIndex>)> done;
    /// For each step with a key, where its row stands; not known yet while empty.
    std::optional<Result<std::vector<std::int64_t>>> positions;
};

} // namespace turnstone
