// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/database/connection.h"
#include "models/profiles/resolvedprofile.h"

#include <optional>

namespace turnstone {

/// What it means that we enforce the foreign keys of a SQLite file whose application does not.
struct ForeignKeyEnforcement
{
    static constexpr int mostCounted = 1000;

    /// Declared keys, as "table.column → table", by what deleting the row they point to does now.
    QStringList cascading;
    QStringList clearing;
    QStringList refusing;
    /// Rows that point to nothing already, up to mostCounted; nothing if the file is too big to look.
    std::optional<int> dangling;

    /// The consequences as lines for the user, the most important first.
    QStringList sentences() const;
};

/// Nothing where the application enforces them too, where none are declared, and on PostgreSQL. Blocks;
/// counts rows in files of up to `mostBytes` only, because that reads them whole.
[[nodiscard]] Result<std::optional<ForeignKeyEnforcement>> foreignKeyEnforcement(Connection &connection, const Catalog &catalog,
                                                                                const ResolvedProfile &profile, qint64 mostBytes = 64 * 1024 * 1024);

} // namespace turnstone
