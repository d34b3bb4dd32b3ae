// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/connection.h"
#include "models/migration/migrationfile.h"

#include <vector>

namespace turnstone {

/// The migrations of one folder in their order. Subfolders are histories of their own.
class MigrationFolder
{
public:
    /// Reads all `*.sql` files directly in `folder`, a path on the disk or ":/migrations/…". Blocks on
    /// the disk. Errors: NotFound (no such folder or no migration in it), InvalidInput (a file that is
    /// no migration, a number twice or left out), Io.
    [[nodiscard]] static Result<MigrationFolder> load(const QString &folder);
    /// The history that comes with Turnstone: `path` as a profile names it ("quorum/sqlite",
    /// "consensus-engine/sqlite/shipped").
    [[nodiscard]] static Result<MigrationFolder> bundled(const QString &path);

    const std::vector<MigrationFile> &files() const { return m_files; }

    /// Runs every migration upwards in one transaction on a database that has none of it. Errors as the
    /// database's, with file and line in front. Nothing stays after a failure.
    [[nodiscard]] Result<> install(Connection &connection) const;

private:
    std::vector<MigrationFile> m_files;
};

} // namespace turnstone
