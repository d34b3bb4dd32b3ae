// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/items/rowselection.h"

#include <QVariantMap>

#include <optional>

namespace turnstone {

/// A filter as a session remembers it, of types that JSON has: nothing is shortened, values keep their types.
QVariantMap filterState(const RowFilter &filter);

/// Nothing if it is none, or of a column that the table no longer has.
std::optional<RowFilter> filterFromState(const QVariantMap &state, const CatalogTable &table);

} // namespace turnstone
