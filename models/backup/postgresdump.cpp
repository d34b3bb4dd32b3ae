// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/backup/postgresdump.h"

#include "models/backup/childprocess.h"
#include "models/database/connection.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QUuid>

#include <algorithm>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

struct DumpText
{
    Q_DECLARE_TR_FUNCTIONS(PostgresDump)
};

constexpr int keptLines = 20; // of what a program complains

/// libpq reads each of its parameters from a variable of the environment, too.
std::map<QByteArray, QByteArray> environmentOf(const DatabaseUrl &url)
{
    static const std::map<QString, QByteArray> names{
        {u"host"_s, "PGHOST"}, {u"hostaddr"_s, "PGHOSTADDR"}, {u"port"_s, "PGPORT"}, {u"dbname"_s, "PGDATABASE"}, {u"user"_s, "PGUSER"},
        {u"options"_s, "PGOPTIONS"}, {u"sslmode"_s, "PGSSLMODE"}, {u"sslcert"_s, "PGSSLCERT"}, {u"sslkey"_s, "PGSSLKEY"}, {u"sslrootcert"_s, "PGSSLROOTCERT"},
        {u"sslcrl"_s, "PGSSLCRL"}, {u"requirepeer"_s, "PGREQUIREPEER"}, {u"gssencmode"_s, "PGGSSENCMODE"}, {u"krbsrvname"_s, "PGKRBSRVNAME"},
        {u"connect_timeout"_s, "PGCONNECT_TIMEOUT"}, {u"channel_binding"_s, "PGCHANNELBINDING"}, {u"target_session_attrs"_s, "PGTARGETSESSIONATTRS"},
        {u"passfile"_s, "PGPASSFILE"}, {u"service"_s, "PGSERVICE"}};
    std::map<QByteArray, QByteArray> environment{{"PGAPPNAME", "turnstone"}, {"LC_ALL", "C"}};
    for (const auto &[keyword, value] : url.parameters()) {
        if (const auto known = names.find(keyword); known != names.end())
            environment[known->second] = value.toUtf8();
    }
    if (!url.password().isEmpty())
        environment["PGPASSWORD"] = url.password().toUtf8();
    return environment;
}

Result<int> serverMajor(Connection &connection)
{
    const Result<Value> version = connection.queryValue(u"SHOW server_version_num"_s);
    if (!version)
        return failure(version);
    return version->bytes().toInt() / 10'000;
}

Result<int> countTables(Connection &connection)
{
    const Result<Value> count = connection.queryValue(
        u"SELECT count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'"_s);
    if (!count)
        return failure(count);
    return count->bytes().toInt();
}

/// Collects complaints and turns pg_dump's and pg_restore's talk into progress.
class Listener
{
public:
    Listener(int tables, const DumpProgressSink &progress) : m_progress(progress) { m_state.ofTables = tables; }
    void hear(const QString &line)
    {
        static const QRegularExpression table(u"(?:dumping contents of table|processing data for table) \"([^\"]+)\""_s);
        const QRegularExpressionMatch match = table.match(line);
        if (match.hasMatch()) {
            ++m_state.tables;
            m_state.what = match.captured(1);
            if (m_progress)
                m_progress(m_state);
        }
        if (line.contains(u"error:"_s) || line.contains(u"ERROR:"_s) || line.contains(u"FATAL:"_s) || line.contains(u"detail:"_s) || line.contains(u"hint:"_s)) {
            if (m_complaints.size() < keptLines)
                m_complaints.append(line);
        }
    }
    Error error(const QString &what) const
    {
        QString first = m_complaints.isEmpty() ? QString() : m_complaints.front();
        first.remove(QRegularExpression(u"^[\\w/.-]+: (error: )?"_s));
        const ErrorCode code = first.contains(u"No space left"_s) ? ErrorCode::Io : ErrorCode::Internal;
        return {code, first.isEmpty() ? what + u'.' : what + u": "_s + first, m_complaints.join(u'\n'), -1};
    }

private:
    const DumpProgressSink &m_progress;
    DumpProgress m_state;
    QStringList m_complaints;
};

tl::unexpected<Error> tooOld(const PostgresTool &tool, int server)
{
    return failure(ErrorCode::Unsupported, DumpText::tr("The server is PostgreSQL %1, and %2 here is of version %3, which cannot read it. Install postgresql-client-%1.")
                                               .arg(server).arg(QFileInfo(tool.path).fileName()).arg(tool.majorVersion));
}

DatabaseUrl withDatabase(const DatabaseUrl &url, const QString &name)
{
    DatabaseUrl other = url;
    other.setParameter(u"dbname"_s, name);
    return other;
}

QString databaseNameOf(const DatabaseUrl &url)
{
    const QString name = url.parameter(u"dbname"_s);
    return name.isEmpty() ? url.parameter(u"user"_s) : name;
}

bool isCustomFormat(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) && file.read(5) == "PGDMP";
}

/// A database that is dropped again unless it was given its final name.
class NewDatabase
{
public:
    NewDatabase(Connection &server, QString name) : m_server(server), m_name(std::move(name)) {}
    ~NewDatabase()
    {
        if (m_isThere)
            (void)m_server.execute(u"DROP DATABASE IF EXISTS %1 WITH (FORCE)"_s.arg(Connection::quoted(m_name)));
    }
    Q_DISABLE_COPY_MOVE(NewDatabase)
    Result<> create()
    {
        const auto made = m_server.execute(u"CREATE DATABASE %1 TEMPLATE template0"_s.arg(Connection::quoted(m_name)));
        m_isThere = made.has_value();
        return made ? Result<>() : Result<>(failure(made));
    }
    void keep() { m_isThere = false; }

private:
    Connection &m_server;
    const QString m_name;
    bool m_isThere = false;
};

Result<> runRestore(const QString &source, const DatabaseUrl &into, int server, std::stop_token stop, const DumpProgressSink &progress)
{
    const bool isCustom = isCustomFormat(source);
    const Result<PostgresTool> tool = PostgresTool::find(isCustom ? u"pg_restore"_s : u"psql"_s, server);
    if (!tool)
        return failure(tool);
    Listener listener(0, progress);
    ChildProcess child;
    child.program = tool->path;
    child.environment = environmentOf(into);
    if (isCustom) {
        child.arguments = {u"--exit-on-error"_s, u"--single-transaction"_s, u"--no-owner"_s, u"--verbose"_s, u"--no-password"_s, u"--dbname"_s, databaseNameOf(into), source};
    } else {
        child.arguments = {u"--no-psqlrc"_s, u"--quiet"_s, u"--no-password"_s, u"--single-transaction"_s, u"-v"_s, u"ON_ERROR_STOP=1"_s, u"-f"_s, source};
    }
    child.onErrorLine = [&](const QString &line) { listener.hear(line); };
    const Result<int> code = child.run(std::move(stop));
    if (!code)
        return failure(code);
    if (*code != 0)
        return tl::unexpected(listener.error(DumpText::tr("\"%1\" cannot be restored").arg(source)));
    return {};
}

} // namespace

Result<PostgresTool> PostgresTool::find(const QString &name, int serverMajor)
{
    QStringList candidates{QStandardPaths::findExecutable(name)};
    const QDir versions(u"/usr/lib/postgresql"_s);
    for (const QString &version : versions.entryList(QDir::Dirs | QDir::NoDotAndDotDot))
        candidates.append(versions.filePath(version + u"/bin/"_s + name));
    PostgresTool best;
    static const QRegularExpression number(u"(\\d+)(?:\\.|devel|beta|rc| |$)"_s);
    for (const QString &path : candidates) {
        if (path.isEmpty() || !QFileInfo(path).isExecutable())
            continue;
        QByteArray said;
        ChildProcess child;
        child.program = path;
        child.arguments = {u"--version"_s};
        child.output = &said;
        const Result<int> code = child.run();
        const QRegularExpressionMatch match = number.match(QString::fromLocal8Bit(said));
        if (!code || *code != 0 || !match.hasMatch())
            continue;
        const int major = match.captured(1).toInt();
        const bool isBetter = best.majorVersion < serverMajor ? major > best.majorVersion : major >= serverMajor && major < best.majorVersion;
        if (best.path.isEmpty() || isBetter)
            best = {path, major};
    }
    if (best.path.isEmpty())
        return failure(ErrorCode::NotFound, DumpText::tr("%1 is not installed. Install postgresql-client.").arg(name));
    return best;
}

Result<DumpOutcome> dumpPostgres(const DatabaseUrl &database, const QString &target, bool overwrite, std::stop_token stop, const DumpProgressSink &progress)
{
    if (QFileInfo::exists(target) && !overwrite)
        return failure(ErrorCode::InvalidInput, DumpText::tr("There is a file \"%1\" already.").arg(target));
    Result<PostgresTool> tool;
    int tables = 0;
    {
        auto connection = Connection::open(database);
        if (!connection)
            return failure(connection);
        const Result<int> server = serverMajor(**connection);
        const Result<int> counted = countTables(**connection);
        if (!server)
            return failure(server);
        tool = PostgresTool::find(u"pg_dump"_s, *server);
        if (!tool)
            return failure(tool);
        if (tool->majorVersion < *server)
            return tooOld(*tool, *server);
        tables = counted.value_or(0);
    }
    const QString unfinished = u"%1.%2.part"_s.arg(target, QUuid::createUuid().toString(QUuid::Id128).left(8));
    // Everybody's rows are in it: nobody else reads it, not even while it grows.
    const int made = ::open(QFile::encodeName(unfinished).constData(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (made < 0)
        return failure(ErrorCode::Io, DumpText::tr("\"%1\" cannot be written: %2.").arg(target, QString::fromLocal8Bit(::strerror(errno))));
    ::close(made);
    Listener listener(tables, progress);
    ChildProcess child;
    child.program = tool->path;
    child.arguments = {u"--format=custom"_s, u"--verbose"_s, u"--no-password"_s, u"--file"_s, unfinished};
    child.environment = environmentOf(database);
    child.onErrorLine = [&](const QString &line) { listener.hear(line); };
    const Result<int> code = child.run(std::move(stop));
    if (!code || *code != 0) {
        QFile::remove(unfinished);
        if (!code)
            return failure(code);
        return tl::unexpected(listener.error(DumpText::tr("The database cannot be written to \"%1\"").arg(target)));
    }
    const int handle = ::open(QFile::encodeName(unfinished).constData(), O_RDONLY | O_CLOEXEC);
    const bool isSafe = handle >= 0 && ::fsync(handle) == 0;
    if (handle >= 0)
        ::close(handle);
    const std::int64_t bytes = QFileInfo(unfinished).size();
    if (!isSafe || ::rename(QFile::encodeName(unfinished).constData(), QFile::encodeName(target).constData()) != 0) {
        QFile::remove(unfinished);
        return failure(ErrorCode::Io, DumpText::tr("\"%1\" cannot be written.").arg(target));
    }
    return DumpOutcome{target, bytes};
}

Result<RestoreOutcome> restorePostgres(const QString &source, const DatabaseUrl &database, const QDateTime &nowUtc, std::stop_token stop, const DumpProgressSink &progress)
{
    if (!QFileInfo(source).isFile())
        return failure(ErrorCode::NotFound, DumpText::tr("There is no file \"%1\".").arg(source));
    const QString name = databaseNameOf(database);
    const QString stamp = nowUtc.toString(u"yyyyMMddHHmmss"_s);
    const QString fresh = name.left(40) + u"_restore_"_s + stamp;
    ConnectionOptions options;
    options.readOnly = false;
    auto server = Connection::open(withDatabase(database, name == u"postgres" ? u"template1"_s : u"postgres"_s), options);
    if (!server)
        return failure(server);
    const Result<int> major = serverMajor(**server);
    if (!major)
        return failure(major);
    NewDatabase made(**server, fresh);
    if (const Result<> created = made.create(); !created)
        return failure(created);
    const DatabaseUrl into = withDatabase(database, fresh);
    if (const Result<> restored = runRestore(source, into, *major, stop, progress); !restored)
        return failure(restored);
    RestoreOutcome outcome;
    outcome.database = name;
    {
        auto check = Connection::open(into);
        if (!check)
            return failure(check);
        const Result<int> tables = countTables(**check);
        if (!tables)
            return failure(tables);
        if (*tables == 0)
            return failure(ErrorCode::InvalidInput, DumpText::tr("\"%1\" holds no tables; %2 is left as it is.").arg(source, name));
        outcome.tables = *tables;
    }
    if (stop.stop_requested())
        return failure(ErrorCode::Cancelled, DumpText::tr("The work was stopped."));
    const Result<Value> isThere = (*server)->queryValue(u"SELECT count(*) FROM pg_catalog.pg_database WHERE datname = $1"_s, {Value::text(name)});
    if (!isThere)
        return failure(isThere);
    if (isThere->bytes() != "0") {
        outcome.kept = name.left(40) + u"_before_restore_"_s + stamp;
        if (const auto renamed = (*server)->execute(u"ALTER DATABASE %1 RENAME TO %2"_s.arg(Connection::quoted(name), Connection::quoted(outcome.kept))); !renamed) {
            Error error = renamed.error();
            if (error.message.contains(u"being accessed"_s)) {
                error.code = ErrorCode::Busy;
                error.message = DumpText::tr("Others are connected to %1, so it cannot be replaced. It is as it was.").arg(name);
            }
            return tl::unexpected(error);
        }
    }
    if (const auto renamed = (*server)->execute(u"ALTER DATABASE %1 RENAME TO %2"_s.arg(Connection::quoted(fresh), Connection::quoted(name))); !renamed) {
        if (!outcome.kept.isEmpty())
            (void)(*server)->execute(u"ALTER DATABASE %1 RENAME TO %2"_s.arg(Connection::quoted(outcome.kept), Connection::quoted(name)));
        return failure(renamed);
    }
    made.keep();
    return outcome;
}

} // namespace turnstone
