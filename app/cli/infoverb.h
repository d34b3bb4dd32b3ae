// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/databaseargument.h"
#include "app/cli/recogniser.h"
#include "app/cli/verb.h"
#include "models/migration/migrationstate.h"

#include <optional>

namespace turnstone::cli {

/// `info DB`: what a database is: engine, size, system and variant, tables with their rows.
class InfoVerb final : public Verb
{
public:
    const char *name() const override { return "info"; }
    const char *summary() const override { return "Tell what a database is and what it holds"; }
    void declare(CLI::App &command) override;
    Result<> run(VerbContext &context) override;

private:
    struct Facts
    {
        Health health;
        qint64 sizeBytes = -1;
        KnownDatabase known;
        std::vector<std::optional<qint64>> rows; ///< as known.catalog.tables; none where it cannot be counted
        MigrationState migration;
    };
    Result<Facts> gather(Connection &connection, const ProfileRegistry &registry);
    Result<MigrationState> readMigration(Connection &connection, const KnownDatabase &known);
    QByteArray asJson(const Connection &connection, const Facts &facts) const;
    QByteArray asText(const Connection &connection, const Facts &facts) const;

    DatabaseArgument m_database;
    bool m_json = false;
};

} // namespace turnstone::cli
