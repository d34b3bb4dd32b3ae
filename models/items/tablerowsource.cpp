// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/tablerowsource.h"

#include "models/items/headrowsource.h"
#include "models/items/keysetrowsource.h"
#include "models/items/plannedrowsource.h"
#include "models/items/tablequery.h"

namespace turnstone {

std::unique_ptr<RowSource> makeRowSource(SessionPool &pool, const CatalogTable &table, const RowSelection &selection)
{
    if (TableQuery(table).keyColumns().isEmpty())
        return std::make_unique<HeadRowSource>(pool, table, selection);
    if (selection.isEmpty())
        return std::make_unique<KeysetRowSource>(pool, table);
    return std::make_unique<PlannedRowSource>(pool, table, selection);
}

} // namespace turnstone
