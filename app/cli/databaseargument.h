// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"
#include "models/database/connection.h"

#include <CLI/CLI.hpp>

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace turnstone::cli {

/// The words that say which database: `DB`, or `--env FILE` instead of it.
class DatabaseArgument
{
public:
    /// DB is the first positional; with --env it is left out. Verbs with further positionals call
    /// shiftInto() first: with --env their words begin one place earlier.
    void declare(CLI::App &command);

    [[nodiscard]] Result<DatabaseUrl> url() const;
    /// Opens it; `stop` interrupts whatever runs on the connection later.
    [[nodiscard]] Result<std::unique_ptr<Connection>> open(const ConnectionOptions &options, std::stop_token stop) const;

    /// With --env, what stands in the place of DB is the first of the verb's own words.
    void shiftInto(std::vector<std::string *> words);

private:
    std::string m_text;
    std::string m_envFile;
};

/// Interrupts a connection when the stop comes, as long as this object lives.
class StopGuard
{
public:
    StopGuard(Connection &connection, std::stop_token stop);

private:
    std::stop_callback<std::function<void()>> m_callback;
};

} // namespace turnstone::cli
