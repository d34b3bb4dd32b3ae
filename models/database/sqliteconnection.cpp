// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/database/sqliteconnection.h"

#include "models/core/logging.h"
#include "models/database/sqlitefile.h"
#include "models/database/sqliterowreader.h"
#include "models/database/statementwatch.h"

#include <QCoreApplication>
#include <QDeadlineTimer>
#include <QFile>
#include <QFileInfo>
#include <QSqlDriver>
#include <QSqlError>
#include <QUrl>
#include <QUuid>
#include <QVariant>

#include <sqlite3.h>

#include <unistd.h>

namespace turnstone {

namespace {

struct SqliteConnectionText
{
    Q_DECLARE_TR_FUNCTIONS(SqliteConnection)
};

/// How many steps of the virtual machine pass between two looks at the stop flag: some 10 µs.
constexpr int progressSteps = 2000;

constexpr int rollbackAttempts = 3;

sqlite3 *nativeHandle(const QSqlDatabase &database)
{
    const QVariant handle = database.driver()->handle();
    if (!handle.isValid() || qstrcmp(handle.typeName(), "sqlite3*") != 0)
        return nullptr;
    return *static_cast<sqlite3 *const *>(handle.constData());
}

/// file: URI with everything but unreserved characters percent-encoded.
QString fileUri(const QString &path, const char *mode, bool immutable, bool withoutLocks = false)
{
    QString uri = QLatin1String("file:") + QString::fromLatin1(QUrl::toPercentEncoding(path, "/"));
    uri += QLatin1String("?mode=") + QLatin1String(mode);
    if (immutable)
        uri += QLatin1String("&immutable=1");
    if (withoutLocks)
        uri += QLatin1String("&nolock=1");
    return uri;
}

ErrorCode codeOf(int sqliteCode)
{
    switch (sqliteCode & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return ErrorCode::Busy;
    case SQLITE_READONLY: return ErrorCode::ReadOnly;
    case SQLITE_INTERRUPT: return ErrorCode::Cancelled;
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH: return ErrorCode::Constraint;
    case SQLITE_NOTADB: return ErrorCode::NotADatabase;
    case SQLITE_CORRUPT: return ErrorCode::Corrupt;
    case SQLITE_PERM:
    case SQLITE_AUTH: return ErrorCode::Permission;
    case SQLITE_IOERR:
    case SQLITE_FULL: return ErrorCode::Io;
    case SQLITE_CANTOPEN: return ErrorCode::Connection;
    case SQLITE_ERROR: return ErrorCode::Syntax;
    default: return ErrorCode::Internal;
    }
}

class SqlitePreparedStatement final : public PreparedStatement
{
public:
    SqlitePreparedStatement(SqliteConnection &connection, sqlite3_stmt *statement)
        : m_connection(connection), m_statement(statement), m_watch(connection, QString::fromUtf8(sqlite3_sql(statement)))
    {
    }
    ~SqlitePreparedStatement() override { sqlite3_finalize(m_statement); }

    Result<ExecuteOutcome> execute(const ValueRef *values, int count) override
    {
        m_watch.begin(values, count);
        return m_watch.end(run(values, count));
    }

private:
    Result<ExecuteOutcome> run(const ValueRef *values, int count)
    {
        if (count != sqlite3_bind_parameter_count(m_statement)) {
            return failure(ErrorCode::InvalidInput,
                           SqliteConnectionText::tr("The statement takes %1 values, %2 were given.")
                               .arg(sqlite3_bind_parameter_count(m_statement)).arg(count));
        }
        for (int i = 0; i < count; ++i) {
            if (bindSqliteValue(m_statement, i + 1, values[i], false) != SQLITE_OK)
                return tl::unexpected(m_connection.lastError());
        }
        int status = SQLITE_ROW;
        while (status == SQLITE_ROW)
            status = sqlite3_step(m_statement);
        if (status != SQLITE_DONE) {
            const Error error = m_connection.lastError();
            sqlite3_reset(m_statement);
            return tl::unexpected(error);
        }
        sqlite3_reset(m_statement);
        return ExecuteOutcome{sqlite3_changes64(m_connection.handle()), sqlite3_last_insert_rowid(m_connection.handle())};
    }

    SqliteConnection &m_connection;
    sqlite3_stmt *m_statement;
    PreparedWatch m_watch;
};

} // namespace

SqliteConnection::SqliteConnection(DatabaseUrl url, ConnectionOptions options) : Connection(std::move(url), options) {}

SqliteConnection::~SqliteConnection()
{
    if (m_handle) {
        sqlite3_progress_handler(m_handle, 0, nullptr, nullptr);
        sqlite3_busy_handler(m_handle, nullptr, nullptr);
    }
    closeHandle();
    if (m_tidyWal)
        removeEmptyWalFiles();
}

void SqliteConnection::removeEmptyWalFiles()
{
    // A read-only connection leaves the -wal and -shm files that it had to make. Whoever closes a
    // writable connection last removes them: SQLite does it, with its own locking.
    const QString wal = m_url.filePath() + QLatin1String("-wal");
    if (!QFileInfo::exists(wal) || QFileInfo(wal).size() > 0)
        return;
    sqlite3 *handle = nullptr;
    const QByteArray uri = fileUri(m_url.filePath(), "rw", false).toUtf8();
    if (sqlite3_open_v2(uri.constData(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_URI, nullptr) == SQLITE_OK) {
        const char *sql = "SELECT count(*) FROM sqlite_schema";
        StatementWatch watch(*this, QString::fromLatin1(sql));
        const bool done = sqlite3_exec(handle, sql, nullptr, nullptr, nullptr) == SQLITE_OK;
        const Error error{ErrorCode::Io, QString::fromUtf8(sqlite3_errmsg(handle)), {}, -1};
        watch.add(done ? 1 : 0, done ? nullptr : &error);
    }
    sqlite3_close(handle);
}

Result<std::unique_ptr<Connection>> SqliteConnection::openFile(const DatabaseUrl &url, const ConnectionOptions &options)
{
    // A connection belongs to one thread, and sqlite3_interrupt() needs no lock: SQLite need not lock a mutex for each
    // value. Refused, without harm, where somebody uses SQLite already.
    [[maybe_unused]] static const int withoutMutex = sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
    ConnectionOptions effective = options;
    if (!options.readOnly && url.parameter(QStringLiteral("mode")) == QLatin1String("ro")) {
        return failure(ErrorCode::ReadOnly, SqliteConnectionText::tr("\"%1\" cannot be written: its URL says mode=ro.").arg(url.filePath()));
    }
    if (!options.readOnly && url.parameter(QStringLiteral("immutable")) == QLatin1String("1")) {
        return failure(ErrorCode::ReadOnly, SqliteConnectionText::tr("\"%1\" cannot be written: its URL says immutable=1.").arg(url.filePath()));
    }
    bool isNumber = false;
    const double seconds = url.parameter(QStringLiteral("timeout")).toDouble(&isNumber);
    if (isNumber && seconds >= 0 && seconds <= 86'400)
        effective.lockTimeout = std::chrono::milliseconds(static_cast<qint64>(seconds * 1000));
    std::unique_ptr<SqliteConnection> connection(new SqliteConnection(url, effective));
    if (const Result<> opened = connection->openNative(); !opened)
        return failure(opened);
    return connection;
}

Result<> SqliteConnection::openNative()
{
    const QString path = m_url.filePath();
    if (m_options.createFile && (!QFileInfo::exists(path) || (QFileInfo(path).isFile() && QFileInfo(path).size() == 0))) {
        if (const Result<> opened = openHandle("rwc", false); !opened)
            return opened;
        return configure();
    }
    const Result<SqliteFileFacts> facts = inspectSqliteFile(path);
    if (!facts)
        return failure(facts);
    if (!m_options.readOnly && ::access(QFile::encodeName(path).constData(), W_OK) != 0)
        return failure(ErrorCode::Permission, SqliteConnectionText::tr("There is no permission to write \"%1\".").arg(path));
    const bool isImmutable = m_url.parameter(QStringLiteral("immutable")) == QLatin1String("1");
    if (const Result<> opened = openHandle(m_options.readOnly ? "ro" : "rw", isImmutable); !opened)
        return opened;
    const Result<bool> walMode = inspectSqliteHeader(path, readStart(), *facts);
    if (!walMode)
        return failure(walMode);
    if (isImmutable)
        return configure();
    if (*walMode && withoutLocks()) {
        return failure(ErrorCode::Unsupported, SqliteConnectionText::tr("\"%1\" uses a write-ahead log, which does not work without locks. Leave nolock=1 out, "
                                                                        "or say immutable=1 if nobody writes the file.").arg(path));
    }
    // Without content in the -wal file nothing is missed by not looking at it, and where no -shm file
    // can be made there is no other way to read.
    if (m_options.readOnly && *walMode && !facts->hasWal && !facts->folderIsWritable) {
        if (const Result<> opened = openHandle("ro", true); !opened)
            return opened;
    }
    m_tidyWal = m_options.readOnly && *walMode && !facts->hasWalFiles && facts->folderIsWritable;
    return configure();
}

QByteArray SqliteConnection::readStart() const
{
    sqlite3_file *file = nullptr;
    QByteArray start(4096, '\0');
    if (sqlite3_file_control(m_handle, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK || !file || !file->pMethods)
        return {};
    sqlite3_int64 size = 0;
    file->pMethods->xFileSize(file, &size);
    const int length = static_cast<int>(std::min<sqlite3_int64>(size, start.size()));
    if (file->pMethods->xRead(file, start.data(), length, 0) != SQLITE_OK)
        return {};
    return start.left(length);
}

void SqliteConnection::closeHandle()
{
    if (!m_database.isValid())
        return;
    m_handle = nullptr;
    const QString name = m_database.connectionName();
    m_database.close();
    m_database = QSqlDatabase();
    QSqlDatabase::removeDatabase(name);
}

bool SqliteConnection::withoutLocks() const
{
    return m_url.parameter(QStringLiteral("nolock")) == QLatin1String("1");
}

Result<> SqliteConnection::openHandle(const char *mode, bool immutable)
{
    closeHandle();
    m_database = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"),
                                           QLatin1String("turnstone-") + QUuid::createUuid().toString(QUuid::Id128));
    if (!m_database.isValid()) {
        return failure(ErrorCode::Unsupported, SqliteConnectionText::tr("Qt's SQLite driver is not installed."),
                       QStringLiteral("package libqt6sql6-sqlite"));
    }
    m_database.setDatabaseName(fileUri(m_url.filePath(), mode, immutable, withoutLocks()));
    m_database.setConnectOptions(m_options.readOnly ? QStringLiteral("QSQLITE_OPEN_URI;QSQLITE_OPEN_READONLY")
                                                    : QStringLiteral("QSQLITE_OPEN_URI"));
    if (!m_database.open()) {
        return failure(ErrorCode::Connection, SqliteConnectionText::tr("The database \"%1\" cannot be opened.").arg(m_url.filePath()),
                       m_database.lastError().text());
    }
    m_handle = nativeHandle(m_database);
    if (!m_handle)
        return failure(ErrorCode::Unsupported, SqliteConnectionText::tr("Qt's SQLite driver gives no usable handle."));
    if (qstrcmp(sqlite3_sourceid(), SQLITE_SOURCE_ID) != 0)
        qCInfo(databaseLog) << "built with SQLite" << SQLITE_VERSION << "running with" << sqlite3_libversion();
    return {};
}

Result<> SqliteConnection::configure()
{
    const QString path = m_url.filePath();
    sqlite3_extended_result_codes(m_handle, 1);
    sqlite3_db_config(m_handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(m_handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_db_config(m_handle, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
    sqlite3_db_config(m_handle, SQLITE_DBCONFIG_ENABLE_FKEY, m_options.readOnly ? 0 : 1, nullptr);
    sqlite3_db_config(m_handle, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
    sqlite3_busy_handler(m_handle, &SqliteConnection::onBusy, this);
    sqlite3_progress_handler(m_handle, progressSteps, &SqliteConnection::onProgress, this);
    (void)runNative(m_options.readOnly ? "PRAGMA cell_size_check=ON; PRAGMA query_only=ON" : "PRAGMA cell_size_check=ON");
    // Opening reads nothing; this does.
    if (const Result<> read = runNative("SELECT count(*) FROM sqlite_schema"); !read) {
        Error error = read.error();
        if (error.code == ErrorCode::NotADatabase)
            error.message = SqliteConnectionText::tr("\"%1\" is not a SQLite database.").arg(path);
        return tl::unexpected(error);
    }
    return {};
}

Result<> SqliteConnection::runNative(const char *sql)
{
    StatementWatch watch(*this, QString::fromLatin1(sql));
    const int status = sqlite3_exec(m_handle, sql, nullptr, nullptr, nullptr);
    return watch.end(status == SQLITE_OK ? Result<>() : Result<>(tl::unexpected(lastError())));
}

int SqliteConnection::onProgress(void *self)
{
    return static_cast<SqliteConnection *>(self)->stopped() ? 1 : 0;
}

int SqliteConnection::onBusy(void *self, int attempts)
{
    auto *connection = static_cast<SqliteConnection *>(self);
    const qint64 now = QDeadlineTimer::current().deadline();
    if (attempts == 0)
        connection->m_busySinceMs = now;
    if (connection->stopped() || now - connection->m_busySinceMs >= connection->m_options.lockTimeout.count())
        return 0;
    ::usleep(static_cast<useconds_t>(std::min(attempts + 1, 20)) * 1000);
    return 1;
}

void SqliteConnection::setStopToken(std::stop_token token)
{
    m_stopped = false;
    Connection::setStopToken(std::move(token));
}

void SqliteConnection::interrupt()
{
    m_stopped = true;
    sqlite3_interrupt(m_handle);
}

Error SqliteConnection::lastError(const QString &sql) const
{
    const int code = sqlite3_extended_errcode(m_handle);
    const QString text = QString::fromUtf8(sqlite3_errmsg(m_handle));
    Error error{codeOf(code), text, QStringLiteral("SQLite %1: %2").arg(code).arg(text), -1};
    if (stopped() && (error.code == ErrorCode::Cancelled || error.code == ErrorCode::Busy))
        return cancelled().value();
    switch (error.code) {
    case ErrorCode::Busy: {
        const QString holder = sqliteLockHolder(m_url.filePath());
        error.message = holder.isEmpty() ? SqliteConnectionText::tr("The database is locked by another connection.")
                                         : SqliteConnectionText::tr("The database is locked by %1.").arg(holder);
        break;
    }
    case ErrorCode::ReadOnly:
        error.message = m_options.readOnly ? SqliteConnectionText::tr("The database is open for reading only.")
                                           : SqliteConnectionText::tr("The database file cannot be written.");
        break;
    case ErrorCode::Cancelled: error.message = SqliteConnectionText::tr("The work was stopped."); break;
    case ErrorCode::Corrupt:
        error.message = SqliteConnectionText::tr("The database \"%1\" is damaged: %2.").arg(m_url.filePath(), text);
        break;
    case ErrorCode::Io:
        error.message = (code & 0xff) == SQLITE_FULL ? SqliteConnectionText::tr("The disk is full.") : SqliteConnectionText::tr("The disk reports an error: %1.").arg(text);
        break;
    case ErrorCode::Syntax: {
        const int offset = sqlite3_error_offset(m_handle);
        if (offset >= 0 && !sql.isEmpty())
            error.position = static_cast<int>(QString::fromUtf8(sql.toUtf8().left(offset)).size());
        break;
    }
    default: break;
    }
    return error;
}

Result<sqlite3_stmt *> SqliteConnection::prepareNative(QByteArrayView utf8, const QString &sql, QByteArrayView *rest) const
{
    sqlite3_stmt *statement = nullptr;
    const char *tail = nullptr;
    if (sqlite3_prepare_v3(m_handle, utf8.data(), static_cast<int>(utf8.size()), 0, &statement, &tail) != SQLITE_OK)
        return tl::unexpected(lastError(sql));
    *rest = QByteArrayView(tail, utf8.data() + utf8.size() - tail);
    return statement;
}

Result<> SqliteConnection::bind(sqlite3_stmt *statement, const Parameters &parameters) const
{
    const int count = sqlite3_bind_parameter_count(statement);
    for (int i = 1; i <= count; ++i) {
        const char *name = sqlite3_bind_parameter_name(statement, i);
        const Value *value = nullptr;
        if (name && *name != '?') {
            const auto found = parameters.named.find(QString::fromUtf8(name + 1));
            if (found == parameters.named.end())
                return failure(ErrorCode::InvalidInput, SqliteConnectionText::tr("The parameter %1 has no value.").arg(QString::fromUtf8(name)));
            value = &found->second;
        } else {
            if (static_cast<std::size_t>(i) > parameters.positional.size())
                return failure(ErrorCode::InvalidInput, SqliteConnectionText::tr("The placeholder no. %1 has no value.").arg(i));
            value = &parameters.positional[static_cast<std::size_t>(i) - 1];
        }
        if (bindSqliteValue(statement, i, value->ref(), true) != SQLITE_OK)
            return tl::unexpected(lastError());
    }
    return {};
}

Result<std::unique_ptr<RowReader>> SqliteConnection::query(const QString &sql, const Parameters &parameters)
{
    return StatementWatch::query(*this, sql, parameters, [&] { return startQuery(sql, parameters); });
}

Result<std::unique_ptr<RowReader>> SqliteConnection::startQuery(const QString &sql, const Parameters &parameters)
{
    if (stopped())
        return cancelled();
    const QByteArray utf8 = sql.toUtf8();
    QByteArrayView rest;
    Result<sqlite3_stmt *> statement = prepareNative(utf8, sql, &rest);
    if (!statement)
        return failure(statement);
    if (!*statement)
        return failure(ErrorCode::InvalidInput, SqliteConnectionText::tr("There is no statement to run."));
    auto reader = std::make_unique<SqliteRowReader>(*this, *statement);
    sqlite3_stmt *second = nullptr;
    const int followed = sqlite3_prepare_v3(m_handle, rest.data(), static_cast<int>(rest.size()), 0, &second, nullptr);
    sqlite3_finalize(second);
    if (followed != SQLITE_OK || second)
        return failure(ErrorCode::InvalidInput, SqliteConnectionText::tr("Only one statement can be run here; there is another one after the first."));
    if (const Result<> bound = bind(*statement, parameters); !bound)
        return failure(bound);
    return reader;
}

Result<ExecuteOutcome> SqliteConnection::execute(const QString &sql, const Parameters &parameters)
{
    StatementWatch watch(*this, sql, parameters);
    auto reader = startQuery(sql, parameters);
    if (!reader) {
        watch.add(0, &reader.error());
        return failure(reader);
    }
    const sqlite3_int64 before = sqlite3_total_changes64(m_handle);
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
    // sqlite3_changes() keeps the figure of an earlier statement when this one was no INSERT,
    // UPDATE or DELETE; the total tells whether it was.
    const bool changed = sqlite3_total_changes64(m_handle) != before;
    const std::int64_t rows = changed ? sqlite3_changes64(m_handle) : 0;
    watch.add(rows);
    return ExecuteOutcome{rows, sqlite3_last_insert_rowid(m_handle)};
}

Result<> SqliteConnection::executeScript(const QString &sql)
{
    const QByteArray utf8 = sql.toUtf8();
    QByteArrayView rest(utf8);
    while (!rest.isEmpty()) {
        if (stopped())
            return cancelled();
        const qsizetype offset = utf8.size() - rest.size();
        QByteArrayView after;
        const Result<sqlite3_stmt *> statement = prepareNative(rest, QString::fromUtf8(rest), &after);
        if (!statement) {
            Error error = statement.error();
            if (error.position >= 0)
                error.position += static_cast<int>(QString::fromUtf8(utf8.left(offset)).size());
            return tl::unexpected(error);
        }
        rest = after;
        if (!*statement)
            continue; // white space or a comment
        StatementWatch watch(*this, QString::fromUtf8(sqlite3_sql(*statement)));
        int status = SQLITE_ROW;
        while (status == SQLITE_ROW)
            status = sqlite3_step(*statement);
        if (status == SQLITE_DONE)
            watch.add(0);
        if (status != SQLITE_DONE) {
            Error error = lastError();
            watch.add(0, &error);
            error.position = static_cast<int>(QString::fromUtf8(utf8.left(offset)).size());
            sqlite3_finalize(*statement);
            return tl::unexpected(error);
        }
        sqlite3_finalize(*statement);
    }
    return {};
}

Result<std::unique_ptr<PreparedStatement>> SqliteConnection::prepare(const QString &sql)
{
    const QByteArray utf8 = sql.toUtf8();
    QByteArrayView rest;
    const Result<sqlite3_stmt *> statement = prepareNative(utf8, sql, &rest);
    if (!statement)
        return failure(statement);
    if (!*statement)
        return failure(ErrorCode::InvalidInput, SqliteConnectionText::tr("There is no statement to run."));
    return std::make_unique<SqlitePreparedStatement>(*this, *statement);
}

Result<> SqliteConnection::begin()
{
    const Result<ExecuteOutcome> begun = execute(m_options.readOnly ? QStringLiteral("BEGIN") : QStringLiteral("BEGIN IMMEDIATE"));
    return begun ? Result<>() : Result<>(failure(begun));
}

Result<> SqliteConnection::commit()
{
    const Result<ExecuteOutcome> done = execute(QStringLiteral("COMMIT"));
    return done ? Result<>() : Result<>(failure(done));
}

void SqliteConnection::rollback()
{
    // An interrupt that was meant for the statements before may hit this one.
    for (int attempt = 0; attempt < rollbackAttempts && isInTransaction(); ++attempt)
        (void)runNative("ROLLBACK");
}

bool SqliteConnection::isInTransaction() const
{
    return sqlite3_get_autocommit(m_handle) == 0;
}

Result<Health> SqliteConnection::health()
{
    const Result<Value> answer = queryValue(QStringLiteral("SELECT count(*) FROM sqlite_schema"));
    if (!answer)
        return failure(answer);
    Health health;
    health.ok = true;
    health.message = SqliteConnectionText::tr("The database answers.");
    health.database = m_url.filePath();
    health.version = QLatin1String("SQLite ") + QLatin1String(sqlite3_libversion());
    return health;
}

} // namespace turnstone
