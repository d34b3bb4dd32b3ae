// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/databaseargument.h"
#include "app/cli/verb.h"

namespace turnstone::cli {

/// `query DB SQL`: one statement, its rows streamed in the format asked for. Reads only, enforced by the
/// engine, unless --write is given.
class QueryVerb final : public Verb
{
public:
    const char *name() const override { return "query"; }
    const char *summary() const override { return "Run one SQL statement and print its rows"; }
    void declare(CLI::App &command) override;
    Result<> run(VerbContext &context) override;

private:
    Result<Parameters> parameters() const;
    void tellConsequences(Connection &connection, const Streams &streams) const;

    DatabaseArgument m_database;
    std::string m_sql;
    std::vector<std::string> m_parameters;
    std::string m_format = "table";
    bool m_write = false;
};

} // namespace turnstone::cli
