// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/tablerowsource.h"

#include "models/items/headrowsource.h"
#include "models/items/keysetrowsource.h"
#include "models/items/tablequery.h"

namespace turnstone {

std::unique_ptr<RowSource> makeRowSource(SessionPool &pool, const CatalogTable &table, const RowSelection &)
{
    if (TableQuery(table).keyColumns().isEmpty())
        return std::make_unique<HeadRowSource>(pool, table);
    return std::make_unique<KeysetRowSource>(pool, table);
}

} // namespace turnstone
