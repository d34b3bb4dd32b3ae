// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/query/scriptrunner.h"

#include "models/core/async.h"
#include "models/database/postgresconnection.h"
#include "models/query/scriptguard.h"
#include "models/sql/statementkind.h"

#include <QCoreApplication>
#include <QPromise>

#include <libpq-fe.h>

#include <mutex>

namespace turnstone {

using namespace Qt::StringLiterals;

/// Messages from the session's thread to the runner; dropped once the runner is gone.
struct ScriptRunner::Mailbox
{
    std::mutex mutex; // guards `receiver`
    ScriptRunner *receiver = nullptr;

    template<typename Work>
    void post(Work work)
    {
        const std::lock_guard lock(mutex);
        if (receiver)
            QMetaObject::invokeMethod(receiver, [to = receiver, work = std::move(work)] { work(*to); }, Qt::QueuedConnection);
    }
};

/// The runner's connection, opened when it is first needed. Only in the runner's thread, interrupt() apart.
struct ScriptRunner::Line
{
    DatabaseUrl url;
    ConnectionOptions options;
    std::unique_ptr<Connection> connection;

    template<typename R, typename Job>
    R run(Job &job, const std::stop_token &stop)
    {
        if (stop.stop_requested())
            return failure(ErrorCode::Cancelled, QCoreApplication::translate("Connection", "The work was stopped."));
        if (connection && !connection->isInTransaction() && url.engine() == Engine::PostgreSql && !connection->ping())
            connection.reset();
        if (!connection) {
            Result<std::unique_ptr<Connection>> opened = Connection::open(url, options);
            if (!opened)
                return failure(opened);
            connection = std::move(*opened);
        }
        connection->setStopToken(stop);
        R result = [&]() -> R {
            const std::stop_callback interrupt(stop, [this] { connection->interrupt(); });
            return job(*connection);
        }();
        connection->setStopToken({});
        return result;
    }
};

namespace {

/// Takes the rows of a result.
class Collector final : public RowVisitor
{
public:
    explicit Collector(QueryRows &rows) : m_rows(rows) {}
    bool visit(const ValueRef *values) override
    {
        m_added = m_rows.add(values);
        return m_added.has_value();
    }
    const Result<> &added() const { return m_added; }

private:
    QueryRows &m_rows;
    Result<> m_added;
};

/// Marks a result as complete however the statement ends.
class Completion
{
public:
    explicit Completion(QueryRows &rows) : m_rows(rows) {}
    ~Completion() { m_rows.complete(); }
    Q_DISABLE_COPY_MOVE(Completion)

private:
    QueryRows &m_rows;
};

/// Hears what a server says beside its results, as long as it lives.
class NoticeScope
{
public:
    using Handler = std::function<void(const QString &)>;

    NoticeScope(Connection &connection, Handler handler) : m_handler(std::move(handler))
    {
        if (connection.engine() != Engine::PostgreSql)
            return;
        m_handle = static_cast<PostgresConnection &>(connection).handle();
        m_before = PQsetNoticeReceiver(m_handle, &NoticeScope::receive, this);
    }
    ~NoticeScope()
    {
        if (m_handle)
            PQsetNoticeReceiver(m_handle, m_before, nullptr);
    }
    Q_DISABLE_COPY_MOVE(NoticeScope)

private:
    static void receive(void *self, const PGresult *result)
    {
        const QString severity = QString::fromUtf8(PQresultErrorField(result, PG_DIAG_SEVERITY));
        static_cast<NoticeScope *>(self)->m_handler(severity + u": "_s + QString::fromUtf8(PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY)));
    }

    Handler m_handler;
    PGconn *m_handle = nullptr;
    PQnoticeReceiver m_before = nullptr;
};

Result<> collect(Connection &connection, const QString &sql, const Parameters &parameters, const QString &folder,
                 const std::function<void(std::shared_ptr<QueryRows>)> &announce, StatementOutcome &outcome)
{
    auto reader = connection.query(sql, parameters);
    if (!reader)
        return failure(reader);
    if ((*reader)->columns().empty()) {
        RowBlock none;
        for (bool more = true; more;) {
            const Result<bool> read = (*reader)->read(none);
            if (!read)
                return failure(read);
            more = *read;
        }
        return {};
    }
    Result<std::shared_ptr<QueryRows>> rows = QueryRows::make(folder, (*reader)->columns());
    if (!rows)
        return failure(rows);
    const Completion completion(**rows);
    outcome.hasRows = true;
    announce(*rows);
    Collector collector(**rows);
    const Result<bool> more = (*reader)->visit(collector);
    outcome.rows = (*rows)->rowCount();
    if (!more)
        return failure(more);
    outcome.isCut = *more;
    return *more ? collector.added() : Result<>();
}

} // namespace

ScriptRunner::ScriptRunner(DatabaseUrl url, QString spillFolder, QObject *parent)
    : QObject(parent), m_url(std::move(url)), m_spillFolder(std::move(spillFolder)), m_mailbox(std::make_shared<Mailbox>()), m_worker(new QObject)
{
    m_mailbox->receiver = this;
    m_thread.setObjectName(u"sql editor"_s);
    m_worker->moveToThread(&m_thread);
    m_thread.start();
    m_clock.setInterval(1000);
    connect(&m_clock, &QTimer::timeout, this, &ScriptRunner::tick);
}

ScriptRunner::~ScriptRunner()
{
    {
        const std::lock_guard lock(m_mailbox->mutex);
        m_mailbox->receiver = nullptr;
    }
    m_stop.request_stop();
    dropLine();
    m_thread.quit();
    m_thread.wait();
    delete m_worker;
}

/// The connection is closed, and what is open in it rolled back, in its own thread.
void ScriptRunner::dropLine()
{
    if (m_line)
        QMetaObject::invokeMethod(m_worker, [line = std::exchange(m_line, nullptr)] { line->connection.reset(); }, Qt::QueuedConnection);
}

template<typename R, typename Job>
QFuture<R> ScriptRunner::onLine(Job job, std::stop_token stop)
{
    if (!m_line) {
        ConnectionOptions options;
        options.readOnly = !m_mayWrite;
        m_line = std::make_shared<Line>();
        m_line->url = m_url;
        m_line->options = options;
    }
    auto promise = std::make_shared<QPromise<R>>();
    promise->start();
    QFuture<R> future = promise->future();
    QMetaObject::invokeMethod(
        m_worker,
        [promise, job = std::move(job), stop = std::move(stop), line = m_line]() mutable {
            promise->addResult(line->run<R>(job, stop));
            promise->finish();
        },
        Qt::QueuedConnection);
    return future;
}

void ScriptRunner::setMayWrite(bool may)
{
    if (may == m_mayWrite || m_isRunning)
        return;
    m_mayWrite = may;
    dropLine(); // the next one is opened in the other manner
    watchTransaction(false);
}

void ScriptRunner::run(const QList<SqlStatement> &statements, const Parameters &parameters)
{
    if (m_isRunning || statements.isEmpty())
        return;
    m_statements = statements;
    m_parameters = parameters;
    m_stop = {};
    m_index = 0;
    m_isRunning = true;
    m_elapsed.start();
    emit started();
    next();
}

void ScriptRunner::cancel()
{
    m_stop.request_stop();
}

void ScriptRunner::next()
{
    if (m_index >= m_statements.size())
        return end();
    emit statementStarted(m_index);
    const SqlStatement &statement = m_statements.at(m_index);
    const SqlDialect dialect = dialectOf(m_url.engine());
    const bool mayHaveRows = mayReturnRows(statement.text, dialect);
    const auto job = [sql = statement.text, parameters = m_parameters, folder = m_spillFolder, box = m_mailbox, index = m_index,
                      mayHaveRows](Connection &connection) -> Result<std::pair<StatementOutcome, std::optional<Error>>> {
        const NoticeScope notices(connection, [box](const QString &text) {
            box->post([text](ScriptRunner &runner) { emit runner.noticed(text); });
        });
        StatementOutcome outcome;
        QElapsedTimer timer;
        timer.start();
        Result<> done;
        if (mayHaveRows) {
            const auto announce = [box, index](std::shared_ptr<QueryRows> rows) {
                box->post([index, rows = std::move(rows)](ScriptRunner &runner) { emit runner.resultStarted(index, rows); });
            };
            done = collect(connection, sql, parameters, folder, announce, outcome);
        } else if (const Result<ExecuteOutcome> executed = connection.execute(sql, parameters); executed) {
            outcome.rowsAffected = executed->rowsAffected;
        } else {
            done = failure(executed);
        }
        outcome.ms = timer.elapsed();
        outcome.isInTransaction = connection.isInTransaction();
        // Not as a failure of the job: the transaction's state has to come along.
        return std::pair(outcome, done ? std::nullopt : std::optional(done.error()));
    };
    onResult(onLine<Result<std::pair<StatementOutcome, std::optional<Error>>>>(job, m_stop.get_token()), this, [this](Result<std::pair<StatementOutcome, std::optional<Error>>> ended) {
        const SqlStatement &current = m_statements.at(m_index);
        const std::optional<Error> error = ended ? ended->second : std::optional(ended.error());
        watchTransaction(ended && ended->first.isInTransaction);
        if (ended)
            emit statementEnded(m_index, ended->first);
        if (error) {
            emit failed(m_index, *error, error->position >= 0 ? current.start + error->position : -1);
            return end();
        }
        ++m_index;
        next();
    });
}

void ScriptRunner::end()
{
    m_isRunning = false;
    emit finished();
}

void ScriptRunner::watchTransaction(bool isOpen)
{
    if (isOpen == isInTransaction())
        return;
    if (isOpen) {
        m_transactionSince.start();
        m_clock.start();
    } else {
        m_transactionSince.invalidate();
        m_clock.stop();
    }
    emit transactionChanged();
}

void ScriptRunner::tick()
{
    const int age = static_cast<int>(m_transactionSince.elapsed() / 1000);
    if (age >= m_limitSeconds && !m_isRunning) {
        rollback();
        emit transactionRolledBack(QCoreApplication::translate("ScriptRunner", "The open transaction was rolled back after %1 s: it kept others from writing.").arg(age));
        return;
    }
    emit transactionAged(age, std::max(0, m_limitSeconds - age));
}

void ScriptRunner::rollback()
{
    if (!m_line || !isInTransaction())
        return;
    watchTransaction(false);
    (void)onLine<Result<int>>(
        [](Connection &connection) -> Result<int> {
            connection.rollback();
            return 0;
        },
        {});
}

QFuture<Result<std::vector<QStringList>>> ScriptRunner::explain(const QString &sql, const Parameters &parameters, bool analyze)
{
    const bool isSqlite = m_url.engine() == Engine::Sqlite;
    const bool runs = analyze && statementKind(sql, dialectOf(m_url.engine())) == StatementKind::Read;
    const QString prefix = isSqlite ? u"EXPLAIN QUERY PLAN "_s : runs ? u"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) "_s : u"EXPLAIN (FORMAT JSON) "_s;
    m_stop = {};
    const auto job = [text = prefix + sql, parameters](Connection &connection) -> Result<std::vector<QStringList>> {
        std::vector<QStringList> rows;
        const Result<> read = connection.forEachRow(text, parameters, [&rows](const RowBlock &block, int row) {
            QStringList cells;
            for (int i = 0; i < block.columnCount(); ++i)
                cells.append(Value(block.at(row, i)).toDisplayText());
            rows.push_back(cells);
            return true;
        });
        if (!read)
            return failure(read);
        return rows;
    };
    return onLine<Result<std::vector<QStringList>>>(job, m_stop.get_token());
}

} // namespace turnstone
