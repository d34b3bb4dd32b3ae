// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/connection.h"
#include "models/migration/migrationfile.h"
#include "models/sql/sqlscript.h"

#include <vector>

namespace turnstone {

enum class MigrationDirection { Up, Down };

struct MigrationStatement
{
    SqlStatement sql;
    int line = 0; ///< in the file, from 1
    /// False for what the engine refuses within a transaction (VACUUM, CREATE INDEX CONCURRENTLY): it runs apart.
    bool inTransaction = true;
};

/// One way of a migration, ready to run: statements split by the engine's grammar, the file's own BEGIN and COMMIT taken
/// away, because every migration runs in one transaction together with its record.
struct MigrationPart
{
    std::vector<MigrationStatement> statements;
    /// SQLite: the file switches foreign keys off itself, or drops a table, as rebuilding one does.
    bool wantsForeignKeysOff = false;
    /// Something in it runs apart; then the migration is not all or nothing.
    bool runsApart = false;
    /// What somebody should know who runs it, a sentence each.
    QStringList warnings;
};

/// Errors: InvalidInput or Syntax, naming file and line (a string that is never closed, a transaction that is never
/// committed, a statement that cannot stand in one, psql's commands), Unsupported (no way down).
[[nodiscard]] Result<MigrationPart> prepareMigration(const MigrationFile &file, MigrationDirection direction, Engine engine);

/// Runs one, COPY with its data included. Errors as the database's, with file, line and statement in front.
[[nodiscard]] Result<> runStatement(Connection &connection, const MigrationFile &file, const MigrationStatement &statement);

/// The beginning of a statement in one line, for messages.
QString excerptOf(const QString &sql);

} // namespace turnstone
