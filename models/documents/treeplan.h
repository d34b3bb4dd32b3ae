// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/core/result.h"
#include "models/profiles/resolvedprofile.h"
#include "models/profiles/rowsql.h"

#include <QString>
#include <QStringList>

#include <memory>
#include <vector>

namespace turnstone {

/// A hierarchy of the profile as nested JSON has it: one object a row with its columns, and below each its children in an
/// array under the group's id. Rows reached through a junction table stand inside the object of their junction row.
///
/// A group that holds only rows which a higher group of the same table holds too is left out (the turns of a player, where
/// all turns of the game stand already), so that a row is written once where that can be known.
struct TreePlan
{
    struct Node
    {
        const CatalogTable *table = nullptr;
        QString key;      ///< of the array or object; empty at the root
        ColumnLink link;  ///< own column → column of the row above
        bool isSingle = false;   ///< an object, or null, instead of an array
        bool isJunction = false; ///< its row points to its only child
        std::vector<OrderColumn> order;
        QStringList columns; ///< that are written
        std::vector<ProfileCondition> where;
        std::vector<std::unique_ptr<Node>> children;
        /// Rows of the same table below a row, in this array; the link is child column → own key.
        QString selfKey;
        ColumnLink selfLink;

        int columnIndex(const QString &name) const { return static_cast<int>(columns.indexOf(name)); }
    };
    std::unique_ptr<Node> root;

    /// `name` is the id of a tree, else a table's. Errors: NotFound, naming the trees there are.
    [[nodiscard]] static Result<TreePlan> make(const Catalog &catalog, const ResolvedProfile &profile, const QString &name, bool isTable);
};

} // namespace turnstone
