// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/connection.h"
#include "models/database/statementlog.h"

#include <functional>
#include <memory>
#include <optional>

namespace turnstone {

/// Notes a statement in the logs of its connection's database, if there are any: from the call to the end of its rows.
class StatementWatch
{
public:
    using Open = std::function<Result<std::unique_ptr<RowReader>>()>;

    [[nodiscard]] static Result<std::unique_ptr<RowReader>> query(const Connection &connection, const QString &sql, const Parameters &parameters, const Open &open);

    /// For what does not go through query(): add() at the end.
    StatementWatch(const Connection &connection, const QString &sql, const Parameters &parameters = {});
    void add(std::int64_t rows, const Error *error = nullptr);
    /// Adds what is known only later.
    void setParameters(const QStringList &texts) { m_statement.parameters = texts; }
    /// Gives `done` on.
    template<typename T>
    Result<T> end(Result<T> done, std::int64_t rows = 0)
    {
        add(rows, done ? nullptr : &done.error());
        return done;
    }

private:
    QString m_database; // empty: nothing is noted
    LoggedStatement m_statement;
    std::chrono::steady_clock::time_point m_began;
};

/// The same for a statement that is prepared once and executed often: the first executions one by one with their values, the
/// others together when this object goes.
class PreparedWatch
{
public:
    static constexpr std::int64_t mostSingle = 100;

    PreparedWatch(const Connection &connection, QString sql) : m_connection(connection), m_sql(std::move(sql)) {}
    ~PreparedWatch();
    Q_DISABLE_COPY_MOVE(PreparedWatch)

    void begin(const ValueRef *values, int count);
    /// Gives `outcome` on.
    Result<ExecuteOutcome> end(Result<ExecuteOutcome> outcome);

private:
    const Connection &m_connection;
    const QString m_sql;
    std::optional<StatementWatch> m_single;
    std::optional<StatementWatch> m_others;
    std::int64_t m_count = 0;
    std::int64_t m_otherCount = 0;
    std::int64_t m_otherRows = 0;
};

} // namespace turnstone
