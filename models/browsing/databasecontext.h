// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/database/sessionpool.h"
#include "models/items/rowselection.h"
#include "models/profiles/resolvedprofile.h"

#include <memory>

namespace turnstone {

class EditSession;

/// What a panel needs of an open database. Catalog and profile are never null: a database that no profile
/// recognises has one derived from its foreign keys. Cheap to copy; the pool outlives every panel.
struct DatabaseContext
{
    int id = 0; ///< within the window
    SessionPool *pool = nullptr;
    std::shared_ptr<const Catalog> catalog;
    std::shared_ptr<const ResolvedProfile> profile;
    /// Where edits go; null where nothing is edited. Outlives every panel, too.
    EditSession *edits = nullptr;
};

/// Rows of a table as a place to go to.
struct TablePlace
{
    QString schema;
    QString table;
    RowSelection selection;

    friend bool operator==(const TablePlace &, const TablePlace &) = default;
};

} // namespace turnstone
