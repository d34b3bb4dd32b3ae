// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/testdatabase.h"

#include <QCoreApplication>
#include <QDir>

#include <libpq-fe.h>

#include <atomic>
#include <memory>

using namespace Qt::StringLiterals;

namespace turnstone {

namespace {

using ConnectionPtr = std::unique_ptr<PGconn, decltype(&PQfinish)>;
using ResultPtr = std::unique_ptr<PGresult, decltype(&PQclear)>;

ConnectionPtr connectTo(const QString &url)
{
    ConnectionPtr connection(PQconnectdb(url.toUtf8().constData()), &PQfinish);
    PQsetClientEncoding(connection.get(), "UTF8");
    PQsetNoticeProcessor(connection.get(), [](void *, const char *) {}, nullptr);
    return connection;
}

ResultPtr run(PGconn *connection, const QString &sql)
{
    return {PQexec(connection, sql.toUtf8().constData()), &PQclear};
}

QString errorOf(PGconn *connection, const PGresult *result)
{
    const auto status = PQresultStatus(result);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY)
        return {};
    return QString::fromUtf8(result ? PQresultErrorMessage(result) : PQerrorMessage(connection)).trimmed();
}

QString runOn(const QString &url, const QString &sql)
{
    const ConnectionPtr connection = connectTo(url);
    if (PQstatus(connection.get()) != CONNECTION_OK)
        return QString::fromUtf8(PQerrorMessage(connection.get())).trimmed();
    return errorOf(connection.get(), run(connection.get(), sql).get());
}

QString nextName()
{
    static std::atomic<int> s_count = 0;
    return u"turnstone_test_%1_%2"_s.arg(QCoreApplication::applicationPid()).arg(++s_count);
}

constexpr auto pglite = "TURNSTONE_TEST_PGLITE_URL";

/// Also forgets what the session before has set and prepared.
QString emptyPglite(const QString &url)
{
    const ConnectionPtr connection = connectTo(url);
    if (PQstatus(connection.get()) != CONNECTION_OK)
        return QString::fromUtf8(PQerrorMessage(connection.get())).trimmed();
    for (const QString &sql : {u"ROLLBACK"_s, u"DISCARD ALL"_s, u"DROP EXTENSION IF EXISTS vector CASCADE"_s, u"DROP SCHEMA IF EXISTS public CASCADE"_s,
                               u"CREATE SCHEMA public"_s}) {
        const ResultPtr result = run(connection.get(), sql);
        if (const QString error = errorOf(connection.get(), result.get()); !error.isEmpty())
            return error;
    }
    return {};
}

} // namespace

const char *TestDatabase::vectorForOneSession()
{
    return qEnvironmentVariableIsSet("TURNSTONE_TEST_PGVECTOR_URL") || !qEnvironmentVariableIsSet(pglite) ? "TURNSTONE_TEST_PGVECTOR_URL" : pglite;
}

TestDatabase::TestDatabase(const char *variable)
    : m_variable(QString::fromLatin1(variable))
    , m_serverUrl(qEnvironmentVariable(variable))
    , m_name(nextName())
{
    if (!isConfigured())
        return;
    if (m_variable == QLatin1String(pglite)) {
        m_lock = std::make_unique<QLockFile>(QDir::temp().filePath(u"turnstone-pglite.lock"_s));
        m_lock->setStaleLockTime(0);
        m_error = m_lock->tryLock(120'000) ? emptyPglite(m_serverUrl) : u"another test program keeps PGlite for itself"_s;
        return;
    }
    // template0, because nobody can be connected to it and so keep it from being copied.
    m_error = runOn(m_serverUrl, u"DROP DATABASE IF EXISTS %1 WITH (FORCE)"_s.arg(m_name));
    if (m_error.isEmpty())
        m_error = runOn(m_serverUrl, u"CREATE DATABASE %1 TEMPLATE template0"_s.arg(m_name));
    if (!m_error.isEmpty())
        m_error = u"%1 names a server where no database can be created: %2"_s.arg(m_variable, m_error);
}

TestDatabase::~TestDatabase()
{
    if (!isConfigured() || !m_error.isEmpty())
        return;
    if (m_lock) {
        (void)emptyPglite(m_serverUrl);
        return;
    }
    const QString error = runOn(m_serverUrl, u"DROP DATABASE IF EXISTS %1 WITH (FORCE)"_s.arg(m_name));
    if (!error.isEmpty())
        qWarning("The test database %s stays behind: %s", qPrintable(m_name), qPrintable(error));
}

QString TestDatabase::skipReason() const
{
    return u"SKIPPED: %1 is not set; start servers with tests/support/servers.sh or run tests/run.sh"_s.arg(m_variable);
}

QString TestDatabase::urlOf(const QString &database) const
{
    // Only the path changes, so that the rest stays exactly as the environment says it.
    const qsizetype authority = m_serverUrl.indexOf("://"_L1) + 3;
    const qsizetype query = m_serverUrl.indexOf(u'?', authority);
    const qsizetype end = query < 0 ? m_serverUrl.size() : query;
    const qsizetype slash = m_serverUrl.indexOf(u'/', authority);
    const qsizetype path = slash < 0 || slash > end ? end : slash;
    return m_serverUrl.left(path) + u'/' + database + m_serverUrl.mid(end);
}

QString TestDatabase::execute(const QString &sql) const
{
    return runOn(url(), sql);
}

QString TestDatabase::value(const QString &sql) const
{
    const ConnectionPtr connection = connectTo(url());
    const ResultPtr result = run(connection.get(), sql);
    if (PQntuples(result.get()) < 1 || PQnfields(result.get()) < 1 || PQgetisnull(result.get(), 0, 0))
        return {};
    return QString::fromUtf8(PQgetvalue(result.get(), 0, 0));
}

} // namespace turnstone
