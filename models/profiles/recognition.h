// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/profiles/profile.h"
#include "models/profiles/profileregistry.h"

namespace turnstone {

/// A system found in a database (in one of its schemas).
struct Recognition
{
    std::shared_ptr<const Profile> profile;
    QString variant;
    QString schema;
    /// 0 … 1; below 0.5 if it is incomplete.
    double confidence = 0;
    /// Too little is there to be sure: offered, not chosen by itself.
    bool incomplete = false;
    QStringList matched; ///< tables
    QStringList missing; ///< tables, and "table.column" of tables that are there
    QStringList extra;   ///< tables of the schema that the variant does not have
    QStringList extraColumns;

    /// The profile in the names of this database, without what it lacks.
    ResolvedProfile resolve(const Catalog &catalog) const;
};

/// Every system found, best first; each schema by itself. Pure; microseconds to a few milliseconds.
[[nodiscard]] std::vector<Recognition> recognise(const Catalog &catalog, const ProfileRegistry &registry);

} // namespace turnstone
