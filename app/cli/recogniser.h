// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/core/result.h"
#include "models/database/connection.h"
#include "models/profiles/recognition.h"

namespace turnstone::cli {

/// The profiles that come with Turnstone and those of the user's configuration folder; mistakes in the
/// latter are given to `warn`, a line each.
ProfileRegistry loadRegistry(const std::function<void(const QString &)> &warn);
/// Where the user's own profiles lie.
QString userProfileFolder();

/// What a database contains and what that means.
struct KnownDatabase
{
    Catalog catalog;
    std::vector<Recognition> recognitions; ///< best first
    /// The best recognised one, else derived from foreign keys.
    ResolvedProfile profile;
};

[[nodiscard]] Result<KnownDatabase> readAndRecognise(Connection &connection, const ProfileRegistry &registry);

} // namespace turnstone::cli
