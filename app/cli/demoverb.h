// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/databaseargument.h"
#include "app/cli/verb.h"

#include <cstdint>

namespace turnstone::cli {

/// `demo DB --system ID`: a new database filled with a believable sample.
class DemoVerb final : public Verb
{
public:
    const char *name() const override { return "demo"; }
    const char *summary() const override { return "Make a database with a believable sample"; }
    void declare(CLI::App &command) override;
    Result<> run(VerbContext &context) override;

private:
    DatabaseArgument m_database;
    std::string m_system;
    std::string m_variant;
    std::uint64_t m_seed = 1;
    int m_scale = 1;
};

} // namespace turnstone::cli
