// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/databaseargument.h"
#include "app/cli/verb.h"
#include "models/find/findrun.h"

namespace turnstone::cli {

/// `find DB TEXT`: words or a pattern in all texts and JSON documents of a database.
class FindVerb final : public Verb
{
public:
    const char *name() const override { return "find"; }
    const char *summary() const override { return "Find text anywhere in a database"; }
    void declare(CLI::App &command) override;
    Result<> run(VerbContext &context) override;

private:
    [[nodiscard]] Result<FindQuery> query(const Catalog &catalog) const;
    QByteArray asJson(const std::vector<FindHit> &hits, const Catalog &catalog) const;
    QByteArray asText(const std::vector<FindHit> &hits) const;

    DatabaseArgument m_database;
    std::string m_text;
    std::string m_table;
    int m_most = 100;
    bool m_isPattern = false;
    bool m_isCaseSensitive = false;
    bool m_scans = false;
    bool m_json = false;
};

} // namespace turnstone::cli
