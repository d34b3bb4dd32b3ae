// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/importing/importsink.h"

namespace turnstone {

/// Rows into a SQLite table by one prepared INSERT. Foreign keys are looked at when the transaction ends, so rows may come in
/// any order.
class SqliteImportSink final : public ImportSink
{
public:
    SqliteImportSink(Connection &connection, Target target) : ImportSink(std::move(target)), m_connection(connection) {}

    Result<> begin() override;
    Result<> write(const RecordBlock &block, int firstRow, int rows) override;
    Result<qint64> finish() override;

private:
    Connection &m_connection;
    std::unique_ptr<PreparedStatement> m_insert;
    std::vector<ValueRef> m_values;
    qint64 m_written = 0;
};

/// Which row of the table a foreign key leaves pointing nowhere, if the transaction in progress left one so. COMMIT itself
/// would only say that there is one somewhere. Errors: Constraint.
[[nodiscard]] Result<> checkOpenForeignKeys(Connection &connection, const CatalogTable &table);

} // namespace turnstone
