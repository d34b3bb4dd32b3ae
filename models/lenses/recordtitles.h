// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/lenses/lenssource.h"

namespace turnstone {

/// How the profile words the rows of a table, in the order of the keys; empty where it says nothing or a row is gone. Blocks.
[[nodiscard]] Result<QStringList> readRecordTitles(const LensScope &scope, const QString &table, const std::vector<RowKey> &keys);

} // namespace turnstone
