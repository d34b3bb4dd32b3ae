// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"
#include "models/database/statementwatch.h"

#include <QByteArrayView>
#include <QString>

#include <cstdint>

namespace turnstone {

class PostgresConnection;

/// One COPY … FROM STDIN. Lives in its connection's thread; destroyed before finish(), it ends the COPY without a row.
/// A stop request ends it with Cancelled.
class PostgresCopy
{
public:
    explicit PostgresCopy(PostgresConnection &connection) : m_connection(connection) {}
    ~PostgresCopy();
    Q_DISABLE_COPY_MOVE(PostgresCopy)

    [[nodiscard]] Result<> start(const QString &sql);
    /// Data as the COPY statement says; lines may be cut anywhere. Blocks while the server is busy.
    [[nodiscard]] Result<> put(QByteArrayView bytes);
    /// The rows copied. What was wrong with one of them is told here or by put(): Error::detail has the server's
    /// context ("COPY t, line 3, column n: "x"").
    [[nodiscard]] Result<std::int64_t> finish();

private:
    Result<> begin();
    Result<> send(QByteArrayView bytes);
    Result<std::int64_t> end();
    Result<std::int64_t> outcome();
    void abandon(const char *why);

    PostgresConnection &m_connection;
    QString m_sql;
    bool m_open = false;
    std::optional<StatementWatch> m_watch; // until it is noted
};

} // namespace turnstone
