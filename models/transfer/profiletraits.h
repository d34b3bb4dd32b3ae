// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/profiles/resolvedprofile.h"
#include "models/transfer/formatoptions.h"

#include <QHash>

namespace turnstone {

/// What the profile says of a table's columns: which hold JSON, which hold times and how. For ExportSource::traits.
[[nodiscard]] QHash<QString, ColumnTraits> traitsOf(const TableProfile &table);

} // namespace turnstone
