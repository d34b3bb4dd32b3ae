// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"
#include "models/database/connectionoptions.h"
#include "models/database/databaseurl.h"
#include "models/database/rowreader.h"

#include <QSqlDatabase>
#include <QStringList>

#include <functional>
#include <memory>
#include <stop_token>

namespace turnstone {

/// What a server or file says about itself; the keys of the reference documents' connection test.
struct Health
{
    bool ok = false;
    QString message;
    QString database;
    QString version; ///< "SQLite 3.40.1", "PostgreSQL 15.14 …"
    QString host;    ///< empty for a file
    int port = 0;
    /// PostgreSQL: installed extensions as "name version".
    QStringList extensions;
};

/// What a statement did.
struct ExecuteOutcome
{
    std::int64_t rowsAffected = 0;
    /// SQLite only; 0 elsewhere.
    std::int64_t lastInsertRowid = 0;
};

/// One open connection: opening, options and transactions through Qt SQL, rows through the native
/// handle. Made by Session in its thread and only to be used there, except interrupt().
class Connection
{
public:
    virtual ~Connection();
    Q_DISABLE_COPY_MOVE(Connection)

    /// Opens in the calling thread, which becomes the connection's. Blocks.
    [[nodiscard]] static Result<std::unique_ptr<Connection>> open(const DatabaseUrl &url,
                                                                  const ConnectionOptions &options = {});

    const DatabaseUrl &url() const { return m_url; }
    const ConnectionOptions &options() const { return m_options; }
    Engine engine() const { return m_url.engine(); }
    QSqlDatabase &database() { return m_database; }

    /// Prepares one statement, binds and starts it. Errors: Syntax (with position), InvalidInput
    /// (more than one statement, a missing parameter), Cancelled, Busy, ReadOnly, Constraint, …
    [[nodiscard]] virtual Result<std::unique_ptr<RowReader>> query(const QString &sql, const Parameters &parameters = {}) = 0;
    /// Runs one statement to its end and throws away its rows.
    [[nodiscard]] virtual Result<ExecuteOutcome> execute(const QString &sql, const Parameters &parameters = {}) = 0;
    /// Runs the statements of a script one after the other; the first failure stops. Does not
    /// open a transaction.
    [[nodiscard]] virtual Result<> executeScript(const QString &sql) = 0;
    /// A statement to run many times with different values (bulk inserts). Prepares it once.
    [[nodiscard]] virtual Result<std::unique_ptr<class PreparedStatement>> prepare(const QString &sql) = 0;

    /// SQLite: BEGIN IMMEDIATE for a writer, BEGIN for a reader. PostgreSQL: BEGIN.
    [[nodiscard]] virtual Result<> begin() = 0;
    /// OutcomeUnknown if the connection was lost meanwhile.
    [[nodiscard]] virtual Result<> commit() = 0;
    virtual void rollback() = 0;
    virtual bool isInTransaction() const = 0;

    /// Whether the connection still answers; for PostgreSQL one round trip.
    virtual bool ping() = 0;
    [[nodiscard]] virtual Result<Health> health() = 0;

    /// `"name"` with inner quotes doubled; good for both engines.
    static QString quoted(const QString &identifier);
    /// `"schema"."name"`, or `"name"` alone if schema is empty.
    static QString quoted(const QString &schema, const QString &name);

    /// First column of the first row, or NULL if there is none.
    [[nodiscard]] Result<Value> queryValue(const QString &sql, const Parameters &parameters = {});
    /// Calls `row(block, index)` for every row; false from it stops early.
    [[nodiscard]] Result<> forEachRow(const QString &sql, const Parameters &parameters,
                                      const std::function<bool(const RowBlock &, int)> &row);

    /// The stop token of the job in progress. Session sets it; whoever uses a Connection directly may too.
    virtual void setStopToken(std::stop_token token);
    const std::stop_token &stopToken() const { return m_stop; }
    bool stopRequested() const { return m_stop.stop_requested(); }
    /// Makes the running statement end soon with Cancelled. The only thread-safe member.
    virtual void interrupt() = 0;

protected:
    Connection(DatabaseUrl url, ConnectionOptions options);
    [[nodiscard]] static tl::unexpected<Error> cancelled();

    DatabaseUrl m_url;
    ConnectionOptions m_options;
    QSqlDatabase m_database;
    std::stop_token m_stop;
};

/// A statement prepared once and executed often, with values by position. Lives in its connection's
/// thread and must be destroyed before the connection.
class PreparedStatement
{
public:
    virtual ~PreparedStatement() = default;
    /// The values are only read during the call.
    [[nodiscard]] virtual Result<ExecuteOutcome> execute(const ValueRef *values, int count) = 0;
};

} // namespace turnstone
