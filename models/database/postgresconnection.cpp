// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/database/postgresconnection.h"

#include "models/core/logging.h"
#include "models/database/postgresrowreader.h"
#include "models/database/postgrestypes.h"
#include "models/database/statementwatch.h"
#include "models/sql/sqlparameters.h"

#include <QCoreApplication>
#include <QSqlDriver>
#include <QSqlError>
#include <QUuid>
#include <QVariant>

#include <libpq-fe.h>

#include <array>
#include <chrono>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace turnstone {

namespace {

struct PostgresConnectionText
{
    Q_DECLARE_TR_FUNCTIONS(PostgresConnection)
};

/// How often a stop request is repeated while the server has not answered it: a cancel that
/// arrives between two statements is lost.
constexpr int cancelIntervalMs = 100;

PGconn *nativeHandle(const QSqlDatabase &database)
{
    const QVariant handle = database.driver()->handle();
    // Qt's manual says "PGconn*"; Qt 6 derives the name from the struct behind the typedef.
    if (!handle.isValid() || (qstrcmp(handle.typeName(), "PGconn*") != 0 && qstrcmp(handle.typeName(), "pg_conn*") != 0))
        return nullptr;
    return *static_cast<PGconn *const *>(handle.constData());
}

/// The SQLSTATEs that callers branch on (PostgreSQL manual, appendix A).
ErrorCode codeOf(QByteArrayView state)
{
    if (state == "57014")
        return ErrorCode::Cancelled;
    if (state == "25006")
        return ErrorCode::ReadOnly;
    if (state == "55P03" || state == "40001" || state == "40P01")
        return ErrorCode::Busy;
    if (state == "42501" || state.startsWith("28"))
        return ErrorCode::Permission;
    if (state == "42P01" || state == "42703" || state == "42883" || state == "3F000" || state.startsWith("42"))
        return ErrorCode::Syntax;
    if (state.startsWith("22") || state.startsWith("23"))
        return ErrorCode::Constraint;
    if (state.startsWith("08") || state == "57P01" || state == "57P02" || state == "57P03")
        return ErrorCode::ConnectionLost;
    if (state.startsWith("0A"))
        return ErrorCode::Unsupported;
    if (state.startsWith("53") || state.startsWith("58"))
        return ErrorCode::Io;
    if (state.startsWith("XX"))
        return ErrorCode::Corrupt;
    if (state == "3D000")
        return ErrorCode::NotFound;
    return ErrorCode::Internal;
}

QString quotedOption(QString value)
{
    value.replace(u'\\', QLatin1String("\\\\")).replace(u'\'', QLatin1String("\\'"));
    return u'\'' + value + u'\'';
}

/// Code points to UTF-16 offset: the server counts characters.
int utf16Offset(const QString &text, int characters)
{
    int offset = 0;
    for (int i = 0; i < characters && offset < text.size(); ++i)
        offset += text.at(offset).isHighSurrogate() && offset + 1 < text.size() ? 2 : 1;
    return offset;
}

/// Values in the form PQsendQueryParams wants them. Everything goes as text of unknown type, so
/// that the server converts it to what the statement needs; blobs go as binary bytea.
class BoundValues
{
public:
    Result<> add(const ValueRef &value)
    {
        unsigned type = 0;
        int format = 0;
        QByteArray bytes;
        switch (value.type()) {
        case ValueType::Null: break;
        case ValueType::Integer: bytes = QByteArray::number(static_cast<qlonglong>(value.integer())); break;
        case ValueType::Real: bytes = postgresReal(value.real()); break;
        case ValueType::Text:
            if (value.bytes().contains('\0')) {
                return failure(ErrorCode::InvalidInput,
                               PostgresConnectionText::tr("PostgreSQL cannot store a text that holds a NUL character."));
            }
            bytes = value.bytes().toByteArray();
            break;
        case ValueType::Blob:
            type = 17; // bytea
            format = 1;
            bytes = value.bytes().toByteArray();
            break;
        }
        m_null.push_back(value.isNull());
        m_bytes.push_back(std::move(bytes));
        m_types.push_back(type);
        m_formats.push_back(format);
        return {};
    }

    int count() const { return static_cast<int>(m_bytes.size()); }
    const unsigned *types() const { return m_types.data(); }
    const int *formats() const { return m_formats.data(); }
    const char *const *values()
    {
        m_pointers.clear();
        m_lengths.clear();
        for (std::size_t i = 0; i < m_bytes.size(); ++i) {
            m_pointers.push_back(m_null[i] ? nullptr : m_bytes[i].constData());
            m_lengths.push_back(static_cast<int>(m_bytes[i].size()));
        }
        return m_pointers.data();
    }
    const int *lengths() const { return m_lengths.data(); }

private:
    std::vector<QByteArray> m_bytes;
    std::vector<bool> m_null;
    std::vector<unsigned> m_types;
    std::vector<int> m_formats;
    std::vector<const char *> m_pointers;
    std::vector<int> m_lengths;
};

} // namespace

class PostgresPreparedStatement final : public PreparedStatement
{
public:
    PostgresPreparedStatement(PostgresConnection &connection, QByteArray name, QString sql)
        : m_connection(connection), m_name(std::move(name)), m_sql(std::move(sql)), m_watch(connection, m_sql)
    {
    }
    ~PostgresPreparedStatement() override
    {
        if (PQtransactionStatus(m_connection.handle()) != PQTRANS_INERROR)
            (void)m_connection.simple("DEALLOCATE " + m_name);
    }
    Q_DISABLE_COPY_MOVE(PostgresPreparedStatement)

    Result<ExecuteOutcome> execute(const ValueRef *values, int count) override
    {
        m_watch.begin(values, count);
        return m_watch.end(run(values, count));
    }

private:
    Result<ExecuteOutcome> run(const ValueRef *values, int count)
    {
        if (m_connection.stopped())
            return m_connection.stoppedError();
        BoundValues bound;
        for (int i = 0; i < count; ++i) {
            if (const Result<> added = bound.add(values[i]); !added)
                return failure(added);
        }
        const char *const *pointers = bound.values();
        if (!PQsendQueryPrepared(m_connection.handle(), m_name.constData(), count, pointers, bound.lengths(), bound.formats(), 0))
            return tl::unexpected(m_connection.connectionError());
        return m_connection.finish(m_sql);
    }

    PostgresConnection &m_connection;
    const QByteArray m_name;
    const QString m_sql;
    PreparedWatch m_watch;
};

void PostgresConnection::ResultDeleter::operator()(pg_result *result) const
{
    PQclear(result);
}

PostgresConnection::PostgresConnection(DatabaseUrl url, ConnectionOptions options)
    : Connection(std::move(url), options), m_wakeUp(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
{
}

PostgresConnection::~PostgresConnection()
{
    if (m_wakeUp >= 0)
        ::close(m_wakeUp);
}

Result<std::unique_ptr<Connection>> PostgresConnection::openServer(const DatabaseUrl &url, const ConnectionOptions &options)
{
    std::unique_ptr<PostgresConnection> connection(new PostgresConnection(url, options));
    if (const Result<> opened = connection->openNative(); !opened)
        return failure(opened);
    return connection;
}

Result<> PostgresConnection::openNative()
{
    QList<DatabaseUrl::Parameter> parameters = m_url.parameters();
    const auto setDefault = [&](const QString &keyword, const QString &value) {
        if (m_url.parameter(keyword).isEmpty())
            parameters.append({keyword, value});
    };
    setDefault(QStringLiteral("connect_timeout"), QString::number(m_options.connectTimeout.count()));
    setDefault(QStringLiteral("fallback_application_name"), QStringLiteral("turnstone"));
    setDefault(QStringLiteral("tcp_user_timeout"), QStringLiteral("20000"));
    const bool severalHosts = m_url.parameter(QStringLiteral("host")).contains(u',');
    if (severalHosts && !m_options.readOnly)
        setDefault(QStringLiteral("target_session_attrs"), QStringLiteral("read-write"));

    Result<> opened = openWith(parameters);
    const QString wanted = m_url.parameter(QStringLiteral("target_session_attrs"));
    if (!opened && opened.error().code == ErrorCode::Connection && severalHosts && m_options.readOnly && !wanted.isEmpty()
        && wanted != QLatin1String("any")) {
        // The server that was asked for is gone; for reading any of the others serves.
        qCInfo(databaseLog) << "no server with target_session_attrs" << wanted << "- reading from any";
        for (DatabaseUrl::Parameter &parameter : parameters) {
            if (parameter.first == QLatin1String("target_session_attrs"))
                parameter.second = QStringLiteral("any");
        }
        if (const Result<> second = openWith(parameters); second)
            opened = second;
    }
    if (!opened)
        return opened;
    return prepareSession();
}

Result<> PostgresConnection::openWith(const QList<DatabaseUrl::Parameter> &parameters)
{
    if (m_database.isValid()) {
        const QString name = m_database.connectionName();
        m_database = QSqlDatabase();
        QSqlDatabase::removeDatabase(name);
    }
    m_database = QSqlDatabase::addDatabase(QStringLiteral("QPSQL"),
                                           QLatin1String("turnstone-") + QUuid::createUuid().toString(QUuid::Id128));
    if (!m_database.isValid()) {
        return failure(ErrorCode::Unsupported, PostgresConnectionText::tr("Qt's PostgreSQL driver is not installed."),
                       QStringLiteral("package libqt6sql6-psql"));
    }
    QStringList options;
    for (const auto &[keyword, value] : parameters) {
        if (keyword == QLatin1String("dbname")) {
            m_database.setDatabaseName(value);
        } else if (keyword == QLatin1String("user")) {
            m_database.setUserName(value);
        } else if (value.contains(u';')) {
            // Qt separates the options by semicolons and offers no way to quote one.
            return failure(ErrorCode::Unsupported, PostgresConnectionText::tr("The connection parameter %1 holds a semicolon, which cannot be passed on.").arg(keyword));
        } else {
            options.append(keyword + u'=' + quotedOption(value));
        }
    }
    m_database.setPassword(m_url.password());
    m_database.setConnectOptions(options.join(u';'));
    if (m_database.open()) {
        m_handle = nativeHandle(m_database);
        if (!m_handle)
            return failure(ErrorCode::Unsupported, PostgresConnectionText::tr("Qt's PostgreSQL driver gives no usable handle."));
        return {};
    }
    QString detail = m_database.lastError().databaseText().trimmed();
    if (!m_url.password().isEmpty())
        detail.replace(m_url.password(), QStringLiteral("•••"));
    const QString place = m_url.displayText();
    if (detail.contains(QLatin1String("password authentication failed")) || detail.contains(QLatin1String("no password supplied"))) {
        return failure(ErrorCode::Permission,
                       m_url.password().isEmpty() ? PostgresConnectionText::tr("The server of %1 wants a password.").arg(place)
                                                  : PostgresConnectionText::tr("The server of %1 does not accept this user and password.").arg(place),
                       detail);
    }
    if (detail.contains(QLatin1String("does not exist")) && detail.contains(QLatin1String("database")))
        return failure(ErrorCode::NotFound, PostgresConnectionText::tr("There is no database %1.").arg(place), detail);
    return failure(ErrorCode::Connection, PostgresConnectionText::tr("The server of %1 cannot be reached: %2").arg(place, detail.section(u'\n', 0, 0)), detail);
}

Result<> PostgresConnection::prepareSession()
{
    PQsetNoticeReceiver(m_handle, [](void *, const PGresult *) { qCDebug(databaseLog) << "notice from the server"; }, nullptr);
    // Qt asks for bytea as "escape"; hex is the server's default and what every other tool shows.
    QByteArray settings = "SET bytea_output = 'hex'; SET client_min_messages = 'notice'; SET lock_timeout = "
                          + QByteArray::number(static_cast<qlonglong>(m_options.lockTimeout.count()));
    if (m_options.readOnly)
        settings += "; SET default_transaction_read_only = on";
    if (const Result<> set = simple(settings); !set)
        return set;
    // Names of the types that are not built in: enums, domains, vector … but not the row types of tables.
    const Result<> types = forEachRow(
        QStringLiteral("SELECT t.oid, pg_catalog.format_type(t.oid, NULL) FROM pg_catalog.pg_type t"
                       " LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem"
                       " LEFT JOIN pg_catalog.pg_class c ON c.oid = coalesce(nullif(t.typrelid, 0), e.typrelid)"
                       " WHERE t.oid >= 16384 AND coalesce(c.relkind, 'c') = 'c' LIMIT 10000"),
        {}, [this](const RowBlock &block, int row) {
            m_typeNames.emplace(block.at(row, 0).bytes().toByteArray().toUInt(), QString::fromUtf8(block.at(row, 1).bytes()));
            return true;
        });
    return types;
}

void PostgresConnection::setStopToken(std::stop_token token)
{
    m_stopped = false;
    m_cancelSent.invalidate();
    Connection::setStopToken(std::move(token));
}

void PostgresConnection::interrupt()
{
    m_stopped = true;
    const std::uint64_t one = 1;
    // A full counter wakes up as well, so the result does not matter.
    [[maybe_unused]] const auto written = ::write(m_wakeUp, &one, sizeof one);
}

Result<> PostgresConnection::waitForSocket()
{
    std::array<pollfd, 2> fds{pollfd{PQsocket(m_handle), POLLIN, 0}, pollfd{m_wakeUp, POLLIN, 0}};
    // Each request costs the server a process, and much may be on its way to us still: one, and another if it was too early.
    if (stopped() && (!m_cancelSent.isValid() || m_cancelSent.hasExpired(cancelIntervalMs)))
        sendCancel();
    // While a stop is under way the wake-up is not listened to: it would never rest.
    const int ready = ::poll(fds.data(), stopped() ? 1 : 2, stopped() ? cancelIntervalMs : -1);
    if (ready < 0 && errno != EINTR)
        return tl::unexpected(connectionError());
    if (fds[1].revents & POLLIN) {
        std::uint64_t count = 0;
        [[maybe_unused]] const auto taken = ::read(m_wakeUp, &count, sizeof count);
    }
    if (fds[0].revents != 0 && !PQconsumeInput(m_handle))
        return tl::unexpected(connectionError());
    return {};
}

void PostgresConnection::sendCancel()
{
    m_cancelSent.start();
    PGcancel *cancel = PQgetCancel(m_handle);
    if (!cancel)
        return;
    std::array<char, 256> message{};
    if (!PQcancel(cancel, message.data(), static_cast<int>(message.size())))
        qCWarning(databaseLog) << "the server did not take the stop request:" << message.data();
    PQfreeCancel(cancel);
}

Error PostgresConnection::connectionError() const
{
    QString detail = QString::fromUtf8(PQerrorMessage(m_handle)).trimmed();
    if (!m_url.password().isEmpty())
        detail.replace(m_url.password(), QStringLiteral("•••"));
    return Error{PQstatus(m_handle) == CONNECTION_OK ? ErrorCode::Internal : ErrorCode::ConnectionLost,
                 PQstatus(m_handle) == CONNECTION_OK ? detail.section(u'\n', 0, 0) : PostgresConnectionText::tr("The connection to the server was lost."),
                 detail, -1};
}

Result<PostgresConnection::ResultPointer> PostgresConnection::nextResult()
{
    while (PQisBusy(m_handle)) {
        if (const Result<> waited = waitForSocket(); !waited)
            return failure(waited);
    }
    return ResultPointer(PQgetResult(m_handle));
}

void PostgresConnection::discardResults(Ending ending)
{
    if (PQtransactionStatus(m_handle) != PQTRANS_ACTIVE)
        return;
    if (ending == Ending::Cancel)
        sendCancel();
    for (;;) {
        auto result = nextResult();
        if (!result || !*result)
            return;
        endCopy(result->get());
    }
}

bool PostgresConnection::endCopy(const pg_result *result)
{
    switch (PQresultStatus(result)) {
    case PGRES_COPY_IN: PQputCopyEnd(m_handle, "not wanted"); return true;
    case PGRES_COPY_OUT:
    case PGRES_COPY_BOTH:
        for (char *row = nullptr; PQgetCopyData(m_handle, &row, 0) > 0;)
            PQfreemem(row);
        return true;
    default: return false;
    }
}

Error PostgresConnection::errorOf(const pg_result *result, const QString &sql) const
{
    const auto field = [&](int code) { return QString::fromUtf8(PQresultErrorField(result, code)); };
    const QByteArray state(PQresultErrorField(result, PG_DIAG_SQLSTATE));
    if (PQstatus(m_handle) != CONNECTION_OK)
        return connectionError();
    Error error{codeOf(state), field(PG_DIAG_MESSAGE_PRIMARY), QString::fromUtf8(PQresultErrorMessage(result)).trimmed(), -1};
    if (const int position = field(PG_DIAG_STATEMENT_POSITION).toInt(); position > 0) {
        const bool rewritten = !m_numbered.names.isEmpty();
        const int offset = utf16Offset(rewritten ? m_numbered.sql : sql, position - 1);
        error.position = rewritten ? static_cast<int>(m_numbered.originalOffset(offset)) : offset;
    }
    if (error.code == ErrorCode::Cancelled) {
        error.message = stopped() ? cancelled().value().message : PostgresConnectionText::tr("The server stopped the statement: %1.").arg(error.message);
    } else if (error.code == ErrorCode::ReadOnly) {
        error.message = m_options.readOnly ? PostgresConnectionText::tr("The database is open for reading only.") : error.message;
    } else if (error.code == ErrorCode::Busy && state == "55P03") {
        error.message = PostgresConnectionText::tr("Somebody else holds a lock: %1.").arg(error.message);
    } else if (const QString more = field(PG_DIAG_MESSAGE_DETAIL); !more.isEmpty()) {
        error.message += QLatin1String(": ") + more;
    }
    return error;
}

Result<> PostgresConnection::send(const QString &sql, const Parameters &parameters)
{
    if (stopped())
        return cancelled();
    BoundValues bound;
    for (const Value &value : parameters.positional) {
        if (const Result<> added = bound.add(value.ref()); !added)
            return added;
    }
    QString numbered = sql;
    m_numbered = {};
    if (!parameters.named.empty() || (parameters.positional.empty() && sql.contains(u':'))) {
        m_numbered = toNumberedParameters(sql);
        numbered = m_numbered.sql;
        if (!m_numbered.names.isEmpty() && m_numbered.firstNumber != bound.count() + 1)
            return failure(ErrorCode::InvalidInput, PostgresConnectionText::tr("The placeholder no. %1 has no value.").arg(m_numbered.firstNumber - 1));
        for (const QString &name : std::as_const(m_numbered.names)) {
            const auto found = parameters.named.find(name);
            if (found == parameters.named.end())
                return failure(ErrorCode::InvalidInput, PostgresConnectionText::tr("The parameter %1 has no value.").arg(u':' + name));
            if (const Result<> added = bound.add(found->second.ref()); !added)
                return added;
        }
    }
    const QByteArray utf8 = numbered.toUtf8();
    if (utf8.contains('\0'))
        return failure(ErrorCode::InvalidInput, PostgresConnectionText::tr("The statement holds a NUL character."));
    const char *const *pointers = bound.values();
    if (!PQsendQueryParams(m_handle, utf8.constData(), bound.count(), bound.types(), pointers, bound.lengths(), bound.formats(), 0))
        return tl::unexpected(connectionError());
    return {};
}

ResultColumn PostgresConnection::columnOf(const pg_result *result, int index) const
{
    ResultColumn column;
    column.name = QString::fromUtf8(PQfname(result, index));
    column.typeOid = PQftype(result, index);
    column.typeModifier = PQfmod(result, index);
    column.tableOid = PQftable(result, index);
    column.tableColumn = PQftablecol(result, index);
    const auto known = m_typeNames.find(column.typeOid);
    column.typeName = postgresTypeName(column.typeOid, column.typeModifier, known == m_typeNames.end() ? QString() : known->second);
    return column;
}

Result<std::unique_ptr<RowReader>> PostgresConnection::query(const QString &sql, const Parameters &parameters)
{
    return StatementWatch::query(*this, sql, parameters, [&] { return startQuery(sql, parameters); });
}

Result<std::unique_ptr<RowReader>> PostgresConnection::startQuery(const QString &sql, const Parameters &parameters)
{
    return PostgresRowReader::start(*this, sql, [&](const QString &text, const Parameters &values) { return send(text, values); },
                                    parameters);
}

Result<ExecuteOutcome> PostgresConnection::finish(const QString &sql)
{
    ExecuteOutcome outcome;
    Result<> failed;
    for (;;) {
        auto result = nextResult();
        if (!result)
            return failure(result);
        if (!*result)
            break;
        switch (PQresultStatus(result->get())) {
        case PGRES_COMMAND_OK:
        case PGRES_TUPLES_OK:
        case PGRES_SINGLE_TUPLE:
        case PGRES_EMPTY_QUERY: outcome.rowsAffected = QByteArray(PQcmdTuples(result->get())).toLongLong(); break;
        case PGRES_COPY_IN:
        case PGRES_COPY_OUT:
        case PGRES_COPY_BOTH:
            failed = failure(ErrorCode::Unsupported, PostgresConnectionText::tr("COPY cannot be run as a plain statement."));
            endCopy(result->get());
            break;
        default:
            if (failed)
                failed = tl::unexpected(errorOf(result->get(), sql));
        }
    }
    if (!failed)
        return failure(failed);
    return outcome;
}

Result<ExecuteOutcome> PostgresConnection::execute(const QString &sql, const Parameters &parameters)
{
    StatementWatch watch(*this, sql, parameters);
    auto reader = startQuery(sql, parameters);
    if (!reader) {
        watch.add(0, &reader.error());
        return failure(reader);
    }
    RowBlock block;
    for (;;) {
        const Result<bool> more = (*reader)->read(block);
        if (!more) {
            watch.add(0, &more.error());
            return failure(more);
        }
        if (!*more)
            break;
    }
    const std::int64_t rows = static_cast<PostgresRowReader &>(**reader).rowsAffected();
    watch.add(rows);
    return ExecuteOutcome{rows, 0};
}

Result<> PostgresConnection::executeScript(const QString &sql)
{
    if (stopped())
        return cancelled();
    m_numbered = {};
    // The server itself splits a script; outside a transaction it wraps all of it in one.
    if (!PQsendQuery(m_handle, sql.toUtf8().constData()))
        return tl::unexpected(connectionError());
    StatementWatch watch(*this, sql);
    const Result<ExecuteOutcome> done = finish(sql);
    watch.add(done ? done->rowsAffected : 0, done ? nullptr : &done.error());
    return done ? Result<>() : Result<>(failure(done));
}

Result<> PostgresConnection::simple(const char *sql)
{
    m_numbered = {};
    StatementWatch watch(*this, QString::fromUtf8(sql));
    if (!PQsendQuery(m_handle, sql))
        return tl::unexpected(connectionError());
    const Result<ExecuteOutcome> done = finish(QString::fromUtf8(sql));
    watch.add(0, done ? nullptr : &done.error());
    return done ? Result<>() : Result<>(failure(done));
}

Result<std::unique_ptr<PreparedStatement>> PostgresConnection::prepare(const QString &sql)
{
    m_numbered = {};
    const QByteArray name = "turnstone_" + QByteArray::number(++m_nextStatement);
    if (!PQsendPrepare(m_handle, name.constData(), sql.toUtf8().constData(), 0, nullptr))
        return tl::unexpected(connectionError());
    if (const Result<ExecuteOutcome> done = finish(sql); !done)
        return failure(done);
    return std::make_unique<PostgresPreparedStatement>(*this, name, sql);
}

Result<> PostgresConnection::begin()
{
    return simple("BEGIN");
}

Result<> PostgresConnection::commit()
{
    Result<> done = simple("COMMIT");
    if (!done && done.error().code == ErrorCode::ConnectionLost) {
        done.error().code = ErrorCode::OutcomeUnknown;
        done.error().message = PostgresConnectionText::tr("The connection was lost while the changes were being saved: the server may or may not have"
                                  " saved them. Look before saving again.");
    }
    return done;
}

void PostgresConnection::rollback()
{
    discardResults();
    if (isInTransaction()) {
        m_stopped = false;
        (void)simple("ROLLBACK");
    }
}

bool PostgresConnection::isInTransaction() const
{
    const PGTransactionStatusType status = PQtransactionStatus(m_handle);
    return status == PQTRANS_INTRANS || status == PQTRANS_INERROR || status == PQTRANS_ACTIVE;
}

bool PostgresConnection::ping()
{
    return PQstatus(m_handle) == CONNECTION_OK && simple("SELECT 1");
}

Result<Health> PostgresConnection::health()
{
    Health health;
    const Result<> names = forEachRow(QStringLiteral("SELECT pg_catalog.current_database(), pg_catalog.version()"), {}, [&](const RowBlock &block, int row) {
        health.database = QString::fromUtf8(block.at(row, 0).bytes());
        health.version = QString::fromUtf8(block.at(row, 1).bytes());
        return false;
    });
    if (!names)
        return failure(names);
    const Result<> extensions = forEachRow(QStringLiteral("SELECT extname || ' ' || extversion FROM pg_catalog.pg_extension ORDER BY extname"), {},
                                           [&](const RowBlock &block, int row) {
                                               health.extensions.append(QString::fromUtf8(block.at(row, 0).bytes()));
                                               return true;
                                           });
    if (!extensions)
        return failure(extensions);
    health.ok = true;
    health.message = PostgresConnectionText::tr("The server answers.");
    health.host = QString::fromUtf8(PQhost(m_handle));
    health.port = QByteArray(PQport(m_handle)).toInt();
    return health;
}

} // namespace turnstone
