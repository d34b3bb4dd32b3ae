// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/connection.h"

#include <atomic>

struct sqlite3;
struct sqlite3_stmt;

namespace turnstone {

/// A SQLite file through QSQLITE and its native handle. A stranger's file is data: it is opened
/// read-only unless asked otherwise, never created by opening, with trusted_schema off, defensive
/// mode on, extension loading off and cell sizes checked.
class SqliteConnection final : public Connection
{
public:
    [[nodiscard]] static Result<std::unique_ptr<Connection>> openFile(const DatabaseUrl &url, const ConnectionOptions &options);
    ~SqliteConnection() override;

    [[nodiscard]] Result<std::unique_ptr<RowReader>> query(const QString &sql, const Parameters &parameters = {}) override;
    [[nodiscard]] Result<ExecuteOutcome> execute(const QString &sql, const Parameters &parameters = {}) override;
    [[nodiscard]] Result<> executeScript(const QString &sql) override;
    [[nodiscard]] Result<std::unique_ptr<PreparedStatement>> prepare(const QString &sql) override;
    [[nodiscard]] Result<> begin() override;
    [[nodiscard]] Result<> commit() override;
    void rollback() override;
    bool isInTransaction() const override;
    bool ping() override { return m_handle != nullptr; }
    [[nodiscard]] Result<Health> health() override;
    void interrupt() override;

    /// For the folder's own readers and for what Qt SQL does not offer (backup, hooks). Only in the
    /// connection's thread.
    sqlite3 *handle() const { return m_handle; }

    /// The Error of the last failed call on the handle; `sql` maps the position.
    Error lastError(const QString &sql = {}) const;
    Result<> bind(sqlite3_stmt *statement, const Parameters &parameters) const;
    bool stopped() const { return m_stopped.load(std::memory_order_relaxed) || stopRequested(); }
    void setStopToken(std::stop_token token) override;

private:
    [[nodiscard]] Result<std::unique_ptr<RowReader>> startQuery(const QString &sql, const Parameters &parameters);
    SqliteConnection(DatabaseUrl url, ConnectionOptions options);
    Result<> openNative();
    Result<> openHandle(const char *mode, bool immutable);
    bool withoutLocks() const;
    void closeHandle();
    Result<> configure();
    /// Statements without rows and parameters, whatever the stop token says.
    Result<> runNative(const char *sql);
    /// The file's first bytes, read through SQLite's own descriptor (see sqlitefile.h).
    QByteArray readStart() const;
    void removeEmptyWalFiles();
    Result<sqlite3_stmt *> prepareNative(QByteArrayView utf8, const QString &sql, QByteArrayView *rest) const;
    static int onProgress(void *self);
    static int onBusy(void *self, int attempts);

    sqlite3 *m_handle = nullptr;
    std::atomic<bool> m_stopped = false;
    qint64 m_busySinceMs = 0;
    bool m_tidyWal = false; // the -wal and -shm files are there only because of us
};

} // namespace turnstone
