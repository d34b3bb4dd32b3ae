// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/database/rowblock.h"
#include "models/edit/rowidentity.h"
#include "models/edit/stagedrow.h"

namespace turnstone {

/// The columns that a whole row is read by, as a list for SELECT or RETURNING: first those that name it, then all others, whose
/// names are added to `names`. `alias` comes before each if it is not empty.
QString imageColumns(const CatalogTable &table, const RowIdentity &identity, QStringList &names, const QString &alias = {});
/// A row read by imageColumns().
RowImage imageFrom(const CatalogTable &table, const RowIdentity &identity, const QStringList &names, const RowBlock &block, int row);

} // namespace turnstone
