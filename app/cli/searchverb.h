// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/databaseargument.h"
#include "app/cli/recogniser.h"
#include "app/cli/verb.h"
#include "models/vectors/nearduplicates.h"

namespace turnstone::cli {

/// `search DB (--row KEY | --vector FILE | --text TEXT)`: the records whose vectors are nearest; `--duplicates SCORE`: groups of records that
/// say nearly the same.
class SearchVerb final : public Verb
{
public:
    const char *name() const override { return "search"; }
    const char *summary() const override { return "Find records by the meaning of their vectors"; }
    void declare(CLI::App &command) override;
    Result<> run(VerbContext &context) override;

private:
    [[nodiscard]] Result<> checkOptions() const;
    [[nodiscard]] Result<VectorColumn> choose(const std::vector<VectorColumn> &columns) const;
    [[nodiscard]] Result<SimilarityQuestion> question(const KnownDatabase &known, const VectorColumn &column, VerbContext &context) const;
    QByteArray asJson(const SimilarityAnswer &answer, const KnownDatabase &known, const VectorColumn &column) const;
    QByteArray asText(const SimilarityAnswer &answer) const;
    QByteArray duplicatesAsJson(const NearDuplicates &found, const KnownDatabase &known, const VectorColumn &column) const;
    QByteArray duplicatesAsText(const NearDuplicates &found) const;
    QString cacheFolder() const;

    DatabaseArgument m_database;
    std::vector<std::string> m_rows;
    std::string m_vectorFile;
    std::string m_text;
    std::string m_table;
    std::string m_column;
    std::string m_metric;
    std::string m_where;
    std::string m_within;
    std::string m_endpoint;
    std::string m_model;
    double m_leastScore = -1;
    double m_duplicates = -1;
    int m_count = 10;
    int m_efSearch = 0;
    bool m_exact = false;
    bool m_withoutCopy = false;
    bool m_json = false;
};

} // namespace turnstone::cli
