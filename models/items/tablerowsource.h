// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/database/sessionpool.h"
#include "models/items/rowselection.h"
#include "models/items/rowsource.h"

#include <memory>

namespace turnstone {

/// The source that serves the selected rows of `table` best. A selection that names a column which is not
/// there, or a value that does not fit its column, makes a source that reports so by failed(). `pool` must
/// outlive the source.
std::unique_ptr<RowSource> makeRowSource(SessionPool &pool, const CatalogTable &table, const RowSelection &selection = {});

} // namespace turnstone
