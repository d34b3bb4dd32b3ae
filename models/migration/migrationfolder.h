// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/connection.h"
#include "models/migration/migrationfile.h"

#include <vector>

namespace turnstone {

/// The migrations of one folder in their order. Subfolders are histories of their own.
///
/// A file `checksums` in it, or beside the bundled histories (lines as sha256sum writes them), lists what has been
/// released: a listed file that was changed since makes the folder unusable, because databases hold what it was.
class MigrationFolder
{
public:
    /// Reads all `*.sql` files directly in `folder`, a path on the disk or ":/migrations/…". Blocks on
    /// the disk. Errors: NotFound (no such folder or no migration in it), InvalidInput (a file that is
    /// no migration, a number twice or left out, a released file changed), Io.
    [[nodiscard]] static Result<MigrationFolder> load(const QString &folder);
    /// The history that comes with Turnstone: `path` as a profile names it ("quorum/sqlite",
    /// "consensus-engine/sqlite/shipped").
    [[nodiscard]] static Result<MigrationFolder> bundled(const QString &path);
    /// The names of the folders below a bundled one ("quorum/postgresql/conversions").
    static QStringList bundledFolders(const QString &path);
    /// A history made from parts of others.
    explicit MigrationFolder(std::vector<MigrationFile> files) : m_files(std::move(files)) {}

    const std::vector<MigrationFile> &files() const { return m_files; }
    const QString &path() const { return m_path; }
    /// Position of the file that a word means: "3", "0003", "0003_add_x", "0003_add_x.sql", "add_x"; -1 if none or several.
    std::ptrdiff_t find(const QString &word) const;

    /// Runs every migration upwards in one transaction on a database that has none of it. Errors as the
    /// database's, with file and line in front. Nothing stays after a failure.
    [[nodiscard]] Result<> install(Connection &connection) const;

private:
    MigrationFolder() = default;

    std::vector<MigrationFile> m_files;
    QString m_path;
};

} // namespace turnstone
