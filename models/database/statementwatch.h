// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/connection.h"
#include "models/database/statementlog.h"

#include <functional>
#include <memory>

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

private:
    QString m_database; // empty: nothing is noted
    LoggedStatement m_statement;
    std::chrono::steady_clock::time_point m_began;
};

} // namespace turnstone
