// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/postgresconnection.h"
#include "models/database/postgrescopy.h"
#include "models/importing/importsink.h"
#include "models/transfer/outputbuffer.h"

namespace turnstone {

/// Rows into a PostgreSQL table by COPY; with a conflict rule through a temporary table and one INSERT from there.
/// Afterwards sequences stand behind the numbers that came in.
class PostgresImportSink final : public ImportSink
{
public:
    PostgresImportSink(PostgresConnection &connection, Target target) : ImportSink(std::move(target)), m_connection(connection) {}

    Result<> begin() override;
    Result<> write(const RecordBlock &block, int firstRow, int rows) override;
    Result<qint64> finish() override;
    qint64 failedRow() const override { return m_failedRow; }

private:
    void append(const ValueRef &value);
    Result<> send();
    Error placed(const Error &error);

    PostgresConnection &m_connection;
    std::unique_ptr<PostgresCopy> m_copy;
    OutputBuffer m_buffer;
    qint64 m_failedRow = -1;
};

/// Sets the sequences of a table's columns behind the numbers that are there.
[[nodiscard]] Result<> advanceSequences(Connection &connection, const QString &quotedTable, const QStringList &columns);

} // namespace turnstone
