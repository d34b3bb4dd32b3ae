// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/databaseargument.h"
#include "app/cli/verb.h"

namespace turnstone::cli {

/// `new DB --system ID`: the empty schema of a system.
class NewVerb final : public Verb
{
public:
    const char *name() const override { return "new"; }
    const char *summary() const override { return "Make an empty database of a system"; }
    void declare(CLI::App &command) override;
    Result<> run(VerbContext &context) override;

private:
    DatabaseArgument m_database;
    std::string m_system;
    std::string m_variant;
};

} // namespace turnstone::cli
