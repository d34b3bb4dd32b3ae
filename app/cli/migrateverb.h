// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/databaseargument.h"
#include "app/cli/migratereport.h"
#include "app/cli/recogniser.h"
#include "app/cli/verb.h"
#include "models/migration/migrationoverview.h"

namespace turnstone::cli {

/// `migrate DB status|up|down|convert|stamp|sql|new|diff`: where a schema stands, and moving it.
class MigrateVerb final : public Verb
{
public:
    const char *name() const override { return "migrate"; }
    const char *summary() const override { return "Tell where a schema stands, and move it both ways"; }
    void declare(CLI::App &command) override;
    Result<> run(VerbContext &context) override;

private:
    /// A database that is open, and its history.
    struct Place
    {
        std::unique_ptr<Connection> connection;
        Catalog catalog;
        MigrationHistory history;
        MigrationState state;
        std::optional<AlembicFolder> alembic;
    };
    [[nodiscard]] Result<Place> open(VerbContext &context, bool writing);
    [[nodiscard]] Result<> read(Place &place);

    [[nodiscard]] Result<> status(VerbContext &context);
    [[nodiscard]] Result<> move(VerbContext &context, bool isUp);
    /// Into a new file.
    [[nodiscard]] Result<> convert(VerbContext &context);
    [[nodiscard]] Result<> stamp(VerbContext &context);
    [[nodiscard]] Result<> printSql(VerbContext &context);
    [[nodiscard]] Result<> makeFile(VerbContext &context) const;
    [[nodiscard]] Result<> diff(VerbContext &context);
    [[nodiscard]] Result<SchemaOf> diffTarget(VerbContext &context, Place &place);
    [[nodiscard]] Result<MigrationPlan> plan(const Place &place, bool isUp) const;
    [[nodiscard]] Result<SchemaCompareOptions> compareOptions(const Place &place) const;
    QString to() const { return QString::fromStdString(m_to); }

    DatabaseArgument m_database;
    std::string m_action;
    std::string m_word;
    std::string m_to;
    std::string m_folder;
    std::string m_system;
    std::string m_variant;
    std::string m_against;
    std::string m_output;
    std::string m_backupFile;
    std::vector<std::string> m_renames;
    bool m_noRenames = false;
    bool m_noBackup = false;
    bool m_noTrial = false;
    bool m_outOfOrder = false;
    bool m_json = false;
    ProfileRegistry m_registry;
};

} // namespace turnstone::cli
