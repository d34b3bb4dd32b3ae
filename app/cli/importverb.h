// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/databaseargument.h"
#include "app/cli/verb.h"
#include "models/importing/importjob.h"

namespace turnstone::cli {

/// `import DB --table T FILE`: rows of a CSV or JSON file into a table, or a tree that `export --tree` wrote back into its
/// tables. All or nothing, unless --batch is given.
class ImportVerb final : public Verb
{
public:
    const char *name() const override { return "import"; }
    const char *summary() const override { return "Read rows or whole hierarchies from a file"; }
    void declare(CLI::App &command) override;
    Result<> run(VerbContext &context) override;

private:
    Result<ImportRequest> request(Engine engine) const;
    Result<> importTree(VerbContext &context, Connection &connection) const;
    ImportConflict conflict() const;

    DatabaseArgument m_database;
    std::string m_file;
    std::string m_table;
    std::string m_format;
    std::string m_null;
    std::string m_separator;
    std::string m_conflict = "abort";
    std::vector<std::string> m_map;
    qint64 m_batch = 0;
    qint64 m_resume = 0;
    std::string m_tree;
    bool m_create = false;
    bool m_noHeader = false;
    bool m_anyBytes = false;
    bool m_dryRun = false;
    bool m_json = false;
};

} // namespace turnstone::cli
