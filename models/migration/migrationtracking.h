// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/migration/migrationfolder.h"
#include "models/profiles/resolvedprofile.h"

namespace turnstone {

/// Where an application records which migrations its database has, and how it spells them: Alembic's single row, or a
/// row for each (dbmate's and others' schema_migrations, a table of the application's own). Reads and writes that record as the
/// application would, so that both agree. Runs in the connection's thread.
class MigrationTracking
{
public:
    enum class Style {
        None,         ///< nothing is recorded; the level follows from the schema
        SingleRow,    ///< Alembic: the newest revision only
        RowPerMigration
    };

    MigrationTracking() = default;

    /// The profile's table, else Alembic's, else the common schema_migrations, whichever is there; else the profile's, to be made
    /// when a level is stamped.
    static MigrationTracking ofProfile(const Catalog &catalog, const ResolvedProfile &profile);
    /// For a folder of the user's: a table that is there already, else schema_migrations as dbmate makes it, with two columns
    /// more (when, checksum), made by the first migration.
    static MigrationTracking ofFolder(const Catalog &catalog, const ResolvedProfile &profile);

    Style style() const { return m_style; }
    bool exists() const { return m_exists; }
    /// Whether running migrations makes the table where it is missing.
    bool isMadeByRunning() const { return m_madeByRunning; }
    QString table() const { return m_table; }
    QString schema() const { return m_schema; }

    /// In the order of their spelling; empty where there is no table.
    [[nodiscard]] Result<QStringList> recorded(Connection &connection) const;
    /// Files of which the record says another checksum.
    [[nodiscard]] Result<QStringList> edited(Connection &connection, const MigrationFolder &folder) const;

    /// As the application spells this file: like `sample` (a recorded word) if there is one.
    QString spelled(const MigrationFile &file, const QString &sample = {}) const;

    /// Notes that `file` has been run up, `sample` being another recorded word; nothing to do where the migration has done
    /// it itself. Within the migration's transaction.
    [[nodiscard]] Result<> record(Connection &connection, const MigrationFile &file, const QString &sample);
    /// Notes that `file` has been run down and `previous` (may be null) is the newest now.
    [[nodiscard]] Result<> forget(Connection &connection, const MigrationFile &file, const MigrationFile *previous, const QString &sample);
    /// Writes the record anew: these files and no others have been run. Makes the table if need be.
    [[nodiscard]] Result<> stamp(Connection &connection, const std::vector<const MigrationFile *> &applied, const QString &sample);

    /// What record() and forget() run, for printing; empty where nothing is recorded.
    QString recordSql(Engine engine, const MigrationFile &file, bool isUp, const MigrationFile *previous, const QString &sample) const;

private:
    QString makeSql(const QString &table) const;
    Result<bool> isThere(Connection &connection) const;
    Result<> make(Connection &connection);
    Result<> insert(Connection &connection, const MigrationFile &file, const QString &sample) const;
    Result<bool> holds(Connection &connection, const MigrationFile &file) const;
    QString quotedTable(const Connection &connection) const;
    void adopt(const CatalogTable &table, const QString &column, Style style);

    Style m_style = Style::None;
    bool m_exists = false;
    bool m_madeByRunning = false;
    QString m_schema;
    QString m_table;
    QString m_column;
    QString m_example; ///< of the profile: how a recorded word looks
    bool m_hasTime = false; ///< columns of a table that we made
    bool m_hasChecksum = false;
};

} // namespace turnstone
