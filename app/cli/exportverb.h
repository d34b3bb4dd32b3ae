// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/databaseargument.h"
#include "app/cli/formatarguments.h"
#include "app/cli/recogniser.h"
#include "app/cli/verb.h"
#include "models/transfer/exportjob.h"

namespace turnstone::cli {

/// `export DB (--table T | --query SQL | --tree ROOT [--id K])`: rows, or hierarchies with everything below, into a file that
/// appears whole or not at all, or to standard output.
class ExportVerb final : public Verb
{
public:
    const char *name() const override { return "export"; }
    const char *summary() const override { return "Write rows or whole hierarchies in another format"; }
    void declare(CLI::App &command) override;
    Result<> run(VerbContext &context) override;

private:
    Result<> checkWords() const;
    Result<ExportSource> source(const KnownDatabase &known) const;
    Result<ExportReport> write(VerbContext &context, Connection &connection, const KnownDatabase &known, const FormatOptions &format) const;
    Result<ExportReport> writeDocuments(VerbContext &context, Connection &connection, const KnownDatabase &known, const FormatOptions &format) const;

    DatabaseArgument m_database;
    FormatArguments m_format;
    std::string m_table;
    std::string m_query;
    std::vector<std::string> m_parameters;
    std::string m_tree;
    std::string m_id;
    std::string m_where;
    std::string m_columns;
    std::string m_file;
};

} // namespace turnstone::cli
