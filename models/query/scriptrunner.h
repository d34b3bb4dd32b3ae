// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/connection.h"
#include "models/query/queryrows.h"
#include "models/sql/sqlscript.h"

#include <QElapsedTimer>
#include <QFuture>
#include <QObject>
#include <QThread>
#include <QTimer>

#include <optional>

namespace turnstone {

/// How one statement of a script ended.
struct StatementOutcome
{
    qint64 rowsAffected = 0;
    qint64 rows = 0; ///< of its result, if it has one
    bool hasRows = false;
    /// There were more than can be kept.
    bool isCut = false;
    bool isInTransaction = false;
    qint64 ms = 0;
};

/// Runs scripts, one statement after the other, in a session of its own that keeps a transaction open between them. Results
/// can be shown while they come. An open transaction is rolled back after `transactionLimit`, with a warning first.
///
/// GUI thread only. Destroying it stops what runs.
class ScriptRunner final : public QObject
{
    Q_OBJECT

public:
    static constexpr int warningSeconds = 30;

    /// `spillFolder` holds results while they are shown.
    ScriptRunner(DatabaseUrl url, QString spillFolder, QObject *parent = nullptr);
    ~ScriptRunner() override;

    bool isRunning() const { return m_isRunning; }
    bool mayWrite() const { return m_mayWrite; }
    /// Takes effect with the next statement. An open transaction is rolled back by it.
    void setMayWrite(bool may);

    void run(const QList<SqlStatement> &statements, const Parameters &parameters);
    void cancel();
    qint64 elapsedMs() const { return m_elapsed.isValid() ? m_elapsed.elapsed() : 0; }

    bool isInTransaction() const { return m_transactionSince.isValid(); }
    void setTransactionLimit(int seconds) { m_limitSeconds = seconds; }
    void rollback();

    /// The plan of a statement as the engine tells it: rows of EXPLAIN QUERY PLAN, or one JSON document. With `analyze` it is
    /// run (never if it writes).
    [[nodiscard]] QFuture<Result<std::vector<QStringList>>> explain(const QString &sql, const Parameters &parameters, bool analyze);

signals:
    void started();
    void statementStarted(int index);
    /// The first rows of a result will come now.
    void resultStarted(int index, std::shared_ptr<turnstone::QueryRows> rows);
    void statementEnded(int index, const turnstone::StatementOutcome &outcome);
    /// `position` is an offset in the script, -1 if unknown.
    void failed(int index, const turnstone::Error &error, qsizetype position);
    void noticed(const QString &text);
    void finished();
    void transactionChanged();
    /// Every second while a transaction is open. `left` seconds until it is rolled back.
    void transactionAged(int seconds, int left);
    void transactionRolledBack(const QString &reason);

private:
    struct Mailbox;
    struct Line;

    void next();
    void end();
    void watchTransaction(bool isOpen);
    void tick();
    template<typename R, typename Job>
    QFuture<R> onLine(Job job, std::stop_token stop);
    void dropLine();

    const DatabaseUrl m_url;
    bool m_mayWrite = false;
    const QString m_spillFolder;
    std::shared_ptr<Mailbox> m_mailbox; // lets the session's thread reach this object, as long as it lives
    /// The connection, used in its thread only: a Session would roll back what a job leaves open.
    std::shared_ptr<Line> m_line;
    QThread m_thread;
    QObject *m_worker; // lives in m_thread
    QList<SqlStatement> m_statements;
    Parameters m_parameters;
    std::stop_source m_stop;
    int m_index = 0;
    bool m_isRunning = false;
    QElapsedTimer m_elapsed;
    QElapsedTimer m_transactionSince; // valid while one is open
    QTimer m_clock;
    int m_limitSeconds = 300;
};

} // namespace turnstone

Q_DECLARE_METATYPE(std::shared_ptr<turnstone::QueryRows>)
