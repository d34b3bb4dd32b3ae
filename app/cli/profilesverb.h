// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/verb.h"

namespace turnstone::cli {

/// `profiles`: the profiles at hand. `profiles check FILE`: every mistake of one, a line each.
class ProfilesVerb final : public Verb
{
public:
    const char *name() const override { return "profiles"; }
    const char *summary() const override { return "List the profiles, or check one: profiles check FILE"; }
    void declare(CLI::App &command) override;
    Result<> run(VerbContext &context) override;
    int exitCode() const override { return m_exitCode; }

private:
    Result<> check(VerbContext &context);

    std::string m_what;
    std::string m_file;
    bool m_json = false;
    int m_exitCode = 0;
};

} // namespace turnstone::cli
