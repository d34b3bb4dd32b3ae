// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/databaseargument.h"
#include "app/cli/recogniser.h"
#include "app/cli/verb.h"
#include "models/edit/editbuffer.h"
#include "models/edit/editplan.h"

namespace turnstone::cli {

/// `set DB TABLE KEY COL=VALUE…`: one checked edit of one row.
class SetVerb final : public Verb
{
public:
    const char *name() const override { return "set"; }
    const char *summary() const override { return "Change values of one row, checked and in one transaction"; }
    void declare(CLI::App &command) override;
    Result<> run(VerbContext &context) override;

private:
    using Values = std::vector<std::pair<QString, Value>>;
    [[nodiscard]] Result<Values> wanted(const CatalogTable &table, const TableProfile *profile, const RowImage &image) const;
    /// What is to be saved; empty if the row is as wanted already.
    [[nodiscard]] Result<std::vector<StagedRow>> stage(EditBuffer &buffer, const CatalogTable &table, const TableProfile *profile, const RowImage &image, const RowKey &key,
                                                       const Streams &streams) const;
    [[nodiscard]] Result<> save(Connection &connection, const KnownDatabase &known, const std::vector<StagedRow> &rows, const Streams &streams) const;

    DatabaseArgument m_database;
    std::string m_table;
    std::string m_key;
    std::vector<std::string> m_values;
    std::vector<std::string> m_nulls;
    bool m_dryRun = false;
    bool m_fork = false;
};

} // namespace turnstone::cli
