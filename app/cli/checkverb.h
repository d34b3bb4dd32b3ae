// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/databaseargument.h"
#include "app/cli/verb.h"
#include "models/checks/databasechecks.h"

namespace turnstone::cli {

/// `check DB`: what is wrong with a database, with counts, samples and what would repair it. Exit code 1 when
/// something is found; notes do not count.
class CheckVerb final : public Verb
{
public:
    const char *name() const override { return "check"; }
    const char *summary() const override { return "Look for what is wrong with a database"; }
    void declare(CLI::App &command) override;
    Result<> run(VerbContext &context) override;
    int exitCode() const override { return m_hasFindings ? 1 : 0; }

private:
    QByteArray asJson(const CheckReport &report, const Catalog &catalog) const;
    QByteArray asText(const CheckReport &report) const;

    DatabaseArgument m_database;
    bool m_isQuick = false;
    bool m_json = false;
    bool m_hasFindings = false;
};

} // namespace turnstone::cli
