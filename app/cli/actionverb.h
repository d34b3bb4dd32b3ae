// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/databaseargument.h"
#include "app/cli/recogniser.h"
#include "app/cli/verb.h"
#include "models/edit/profileactionrun.h"

namespace turnstone::cli {

/// `action DB NAME`: a named change of the database's profile. Without a name, the list of them.
class ActionVerb final : public Verb
{
public:
    const char *name() const override { return "action"; }
    const char *summary() const override { return "Run one of the actions that the database's profile offers"; }
    void declare(CLI::App &command) override;
    Result<> run(VerbContext &context) override;

private:
    [[nodiscard]] Result<ActionRequest> request(const KnownDatabase &known, const ProfileAction &action) const;
    QByteArray list(const ResolvedProfile &profile) const;
    QByteArray asJson(const KnownDatabase &known, const ProfileAction &action, const ActionReport &report) const;

    DatabaseArgument m_database;
    std::string m_name;
    std::vector<std::string> m_rows;
    std::vector<std::string> m_parameters;
    bool m_dryRun = false;
    bool m_json = false;
};

} // namespace turnstone::cli
