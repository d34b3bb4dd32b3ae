// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/databaseargument.h"
#include "app/cli/recogniser.h"
#include "app/cli/verb.h"
#include "models/leaderboard/leaderboard.h"

namespace turnstone::cli {

/// `leaderboard DB`: rated competitors, as stored or replayed from the contests.
class LeaderboardVerb final : public Verb
{
public:
    const char *name() const override { return "leaderboard"; }
    const char *summary() const override { return "Print the ratings of agents, stored or replayed"; }
    void declare(CLI::App &command) override;
    Result<> run(VerbContext &context) override;

private:
    [[nodiscard]] Result<> checkOptions() const;
    [[nodiscard]] Result<> writeBack(Connection &connection, const KnownDatabase &known, const Leaderboard &board, VerbContext &context) const;
    QByteArray asJson(const Leaderboard &board, const CatalogTable *competitors) const;
    QByteArray asText(const Leaderboard &board) const;
    void report(const Leaderboard &board, const Streams &streams) const;

    DatabaseArgument m_database;
    std::string m_id;
    std::string m_system = "trueskill";
    rating::TrueSkillParameters m_parameters;
    int m_limit = 0;
    int m_fewestGames = 0;
    bool m_recompute = false;
    bool m_write = false;
    bool m_json = false;
};

} // namespace turnstone::cli
