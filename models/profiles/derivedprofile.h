// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/profiles/resolvedprofile.h"

namespace turnstone {

/// A profile for a database that no profile knows, from its foreign keys alone: tables labelled by
/// their most telling column, one tree per table that something points to (or that points nowhere),
/// self references as trees of one table. Cycles end at the table that stands above already.
/// `schema` limits it to one schema.
[[nodiscard]] ResolvedProfile deriveProfile(const Catalog &catalog, const QString &schema = {});

} // namespace turnstone
