// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/connection.h"
#include "models/sql/sqlparameters.h"

#include <QElapsedTimer>

#include <atomic>
#include <memory>
#include <unordered_map>

struct pg_conn;
struct pg_result;

namespace turnstone {

/// A PostgreSQL server through QPSQL and its PGconn. Statements are sent asynchronously and waited
/// for with poll(), so that a stop request reaches the server (PQcancel, sent from the connection's
/// own thread) while a statement runs. The session is read-only unless asked otherwise, and holds
/// no transaction between jobs.
class PostgresConnection final : public Connection
{
public:
    [[nodiscard]] static Result<std::unique_ptr<Connection>> openServer(const DatabaseUrl &url, const ConnectionOptions &options);
    ~PostgresConnection() override;

    [[nodiscard]] Result<std::unique_ptr<RowReader>> query(const QString &sql, const Parameters &parameters = {}) override;
    [[nodiscard]] Result<ExecuteOutcome> execute(const QString &sql, const Parameters &parameters = {}) override;
    [[nodiscard]] Result<> executeScript(const QString &sql) override;
    [[nodiscard]] Result<std::unique_ptr<PreparedStatement>> prepare(const QString &sql) override;
    [[nodiscard]] Result<> begin() override;
    [[nodiscard]] Result<> commit() override;
    void rollback() override;
    bool isInTransaction() const override;
    bool ping() override;
    [[nodiscard]] Result<Health> health() override;
    void setStopToken(std::stop_token token) override;
    void interrupt() override;

    /// For the folder's own readers and for what Qt SQL does not offer (COPY). Only in the
    /// connection's thread.
    pg_conn *handle() const { return m_handle; }

    struct ResultDeleter
    {
        void operator()(pg_result *result) const;
    };
    using ResultPointer = std::unique_ptr<pg_result, ResultDeleter>;

    /// The next result of the statement sent, null after the last one. Waits without blocking a
    /// stop request: the server is asked to cancel and its answer arrives as an error result.
    [[nodiscard]] Result<ResultPointer> nextResult();
    enum class Ending { Cancel, Wait };
    /// Reads what is left of a statement that nobody wants any more; by default the server is asked to
    /// stop it. Wait is for statements that are at their end: a cancel could hit the next one.
    void discardResults(Ending ending = Ending::Cancel);
    /// Ends a COPY that nobody asked for; false if `result` is none.
    bool endCopy(const pg_result *result);
    Error errorOf(const pg_result *result, const QString &sql) const;
    ResultColumn columnOf(const pg_result *result, int index) const;
    bool stopped() const { return m_stopped.load(std::memory_order_relaxed) || stopRequested(); }

private:
    friend class PostgresPreparedStatement;

    [[nodiscard]] Result<std::unique_ptr<RowReader>> startQuery(const QString &sql, const Parameters &parameters);

    PostgresConnection(DatabaseUrl url, ConnectionOptions options);
    Result<> openNative();
    Result<> openWith(const QList<DatabaseUrl::Parameter> &parameters);
    Result<> prepareSession();
    Result<> send(const QString &sql, const Parameters &parameters);
    static tl::unexpected<Error> stoppedError() { return cancelled(); }
    Result<> waitForSocket();
    Result<> flush();
    void sendCancel();
    Error connectionError() const;
    /// Waits for the end of what was sent; the last result's outcome or the first error.
    Result<ExecuteOutcome> finish(const QString &sql);
    Result<> simple(const char *sql);

    pg_conn *m_handle = nullptr;
    int m_wakeUp = -1; // eventfd: interrupt() writes, waitForSocket() reads
    std::atomic<bool> m_stopped = false;
    QElapsedTimer m_cancelSent; // valid once the running statement was asked to stop
    std::unordered_map<unsigned, QString> m_typeNames; // types that are not built in
    NumberedSql m_numbered; // of the statement sent last, to map error positions back
    int m_nextStatement = 0;
};

} // namespace turnstone
