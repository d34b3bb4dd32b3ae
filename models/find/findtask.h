// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/find/findplan.h"
#include "models/profiles/rowsql.h"

#include <functional>

namespace turnstone {

/// Carries out pieces of a search on one connection. Lives in the connection's thread and must not outlive it.
class FindTaskRunner
{
public:
    /// False from it ends the task.
    using Sink = std::function<bool(FindHit hit)>;

    FindTaskRunner(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, const TextMatcher &matcher);

    /// The rows read.
    [[nodiscard]] Result<std::int64_t> run(const FindTask &task, const Sink &sink);

private:
    Result<std::int64_t> runSqliteRows(const FindTask &task, const Sink &sink);
    Result<> scanSqlite(const FindTask &task, const QStringList &columns, const QStringList &keyColumns, const QString &sql, const Sink &sink);
    Result<std::int64_t> runSqliteIndex(const FindTask &task, const Sink &sink);
    Result<std::int64_t> runServer(const FindTask &task, const Sink &sink);
    QString serverCondition(const FindTask &task, SqlValues &values) const;
    FindHit hitAt(const FindTask &task, const QStringList &keyColumns, const QString &column, QByteArrayView value, const TextMatch &match) const;

    Connection &m_connection;
    const Catalog &m_catalog;
    const ResolvedProfile &m_profile;
    const TextMatcher &m_matcher;
    const RowSql m_sql;
};

} // namespace turnstone
