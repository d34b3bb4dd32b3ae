// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/browsing/databasecontext.h"
#include "models/profiles/hierarchy.h"

namespace turnstone {

/// A group of a hierarchy as rows of a table.
struct GroupPlace
{
    TablePlace place;
    /// False: filters cannot say all that the profile says of the group, so the place shows more rows.
    bool isExact = true;
};

/// The rows of a group as a selection from its table: the columns of its link hold the values of the row above, then
/// the profile's conditions and order. A group reached through a junction table is the rows whose key is one of those
/// that the junction names, if these are few; else the junction's own rows, in its order. Roots of a tree that a table forms
/// with itself by several columns are the whole table. Blocks; call it where the hierarchy's connection lives.
/// Errors: NotFound if the path leads nowhere, those of the database.
[[nodiscard]] Result<GroupPlace> placeOfGroup(Hierarchy &hierarchy, const TreePath &group);

} // namespace turnstone
