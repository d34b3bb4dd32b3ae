// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/postgresconnection.h"
#include "models/database/rowreader.h"

#include <functional>

namespace turnstone {

/// Reads one statement in libpq's single-row mode, the fastest path that never holds a result
/// whole, and hands on the server's own text of every value.
class PostgresRowReader final : public RowReader
{
public:
    using Send = std::function<Result<>(const QString &, const Parameters &)>;

    /// Sends the statement and waits for its first row, which tells the columns.
    [[nodiscard]] static Result<std::unique_ptr<RowReader>> start(PostgresConnection &connection, const QString &sql,
                                                                  const Send &send, const Parameters &parameters);
    ~PostgresRowReader() override;
    Q_DISABLE_COPY_MOVE(PostgresRowReader)

    const std::vector<ResultColumn> &columns() const override { return m_columns; }
    [[nodiscard]] Result<bool> read(RowBlock &block, const RowBlock::Limits &limits = {}) override;
    [[nodiscard]] Result<bool> visit(RowVisitor &visitor) override;
    /// After the end: what the statement changed.
    std::int64_t rowsAffected() const { return m_rowsAffected; }

private:
    PostgresRowReader(PostgresConnection &connection, QString sql) : m_connection(connection), m_sql(std::move(sql)) {}
    /// Takes the next result; false after the last one.
    Result<bool> advance();

    PostgresConnection &m_connection;
    const QString m_sql;
    std::vector<ResultColumn> m_columns;
    PostgresConnection::ResultPointer m_pending; // a row not yet copied
    std::int64_t m_rowsAffected = 0;
    bool m_finished = false;
    bool m_isCut = false; // rows were dropped after a stop request
};

} // namespace turnstone
