// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/streams.h"
#include "models/core/result.h"

#include <CLI/CLI.hpp>

#include <stop_token>

namespace turnstone::cli {

/// What a verb works with while it runs.
struct VerbContext
{
    Streams &streams;
    std::stop_token stop;
};

/// One word of the command line: `turnstone-cli <verb> …`. Declares its options once, then runs.
class Verb
{
public:
    virtual ~Verb() = default;

    virtual const char *name() const = 0;
    virtual const char *summary() const = 0;
    /// Adds options and positionals that write into this object's members.
    virtual void declare(CLI::App &command) = 0;
    /// InvalidInput ends the program with 2, Cancelled with 130, any other error with 1.
    [[nodiscard]] virtual Result<> run(VerbContext &context) = 0;
    /// The exit code of a run that did not fail: 1 where the contract says so ("something was found").
    virtual int exitCode() const { return 0; }
};

} // namespace turnstone::cli
