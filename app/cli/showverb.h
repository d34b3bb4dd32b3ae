// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/databaseargument.h"
#include "app/cli/recogniser.h"
#include "app/cli/verb.h"
#include "models/profiles/relatedrecords.h"

namespace turnstone::cli {

/// `show DB TABLE KEY`: one record with what it points to and what points to it.
class ShowVerb final : public Verb
{
public:
    const char *name() const override { return "show"; }
    const char *summary() const override { return "Print one record with everything that belongs to it"; }
    void declare(CLI::App &command) override;
    Result<> run(VerbContext &context) override;

private:
    struct Record
    {
        std::vector<ResultColumn> columns;
        RowBlock row;
    };
    [[nodiscard]] Result<Record> read(Connection &connection, const KnownDatabase &known, const CatalogTable &table,
                                      const QStringList &keyColumns, const RowKey &key) const;
    QByteArray asJson(const KnownDatabase &known, const CatalogTable &table, const QStringList &keyColumns, const RowKey &key,
                      const Record &record, const RelatedRecords &related) const;
    QByteArray asText(const CatalogTable &table, const Record &record, const RelatedRecords &related) const;

    DatabaseArgument m_database;
    std::string m_table;
    std::string m_key;
    bool m_json = false;
};

} // namespace turnstone::cli
