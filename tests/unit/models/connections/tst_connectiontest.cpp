// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/connections/connectiontest.h"
#include "models/connections/serverprobe.h"
#include "tests/support/testdatabase.h"

#include <QTcpServer>
#include <QTest>
#include <QThreadPool>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_ConnectionTest : public QObject
{
    Q_OBJECT

private slots:
    void aServerReportsItsHealth();
    void pgvectorIsReported();
    void aStandbyIsReported();
    void aWrongPasswordIsTold();
    void aMissingPasswordIsTold();
    void anUnknownDatabaseIsTold();
    void aServerWithoutEncryptionIsTold();
    void aPortWithoutAServerIsTold();
    void aMissingSocketIsTold();
    void aSilentServerIsGivenUpAfterTheTimeout();
    void aTestIsStoppedWhileAServerIsSilent();
    void ofSeveralHostsTheAnsweringOneIsUsed();
    void ifNoHostAnswersAllAreNamed();

private:
    static DatabaseUrl urlOf(const TestDatabase &database) { return *DatabaseUrl::parse(database.url()); }
    /// A port where connections are taken and nothing is ever said.
    static quint16 silentPort(QTcpServer &server)
    {
        server.listen(QHostAddress::LocalHost);
        return server.serverPort();
    }
    static quint16 closedPort()
    {
        QTcpServer server;
        return silentPort(server);
    }
    static DatabaseUrl local(quint16 port) { return *DatabaseUrl::parse(u"postgresql://ann@127.0.0.1:%1/d"_s.arg(port)); }
};

void tst_ConnectionTest::aServerReportsItsHealth()
{
    const TestDatabase database;
    REQUIRE_DATABASE(database);
    ConnectionOptions options;
    Result<ConnectionReport> report = testConnection(urlOf(database), options);
    QVERIFY2(report, report ? "" : qPrintable(report.error().message + report.error().detail));
    QVERIFY(report->health.ok);
    QVERIFY(report->health.version.startsWith(u"PostgreSQL "_s));
    QCOMPARE(report->health.database, database.name());
    QCOMPARE(report->user, urlOf(database).parameter(u"user"_s));
    QCOMPARE(report->isEncrypted, database.value(u"SELECT ssl::int FROM pg_stat_ssl WHERE pid = pg_backend_pid()"_s) == u"1"_s);
    QCOMPARE(report->encryption.isEmpty(), !report->isEncrypted);
    QVERIFY(report->isReadOnly);
    QVERIFY(!report->isStandby);
    QVERIFY(report->latency.count() > 0);
    QVERIFY(report->silentHosts.isEmpty());
    options.readOnly = false;
    report = testConnection(urlOf(database), options);
    QVERIFY(report);
    QVERIFY(!report->isReadOnly);
    // Nothing of ours stays behind.
    QTRY_COMPARE(database.value(u"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'turnstone'"_s), u"0"_s);
}

void tst_ConnectionTest::pgvectorIsReported()
{
    const TestDatabase database("TURNSTONE_TEST_PGVECTOR_URL");
    REQUIRE_DATABASE(database);
    Result<ConnectionReport> report = testConnection(urlOf(database), {});
    QVERIFY(report);
    QCOMPARE(report->pgvectorVersion, QString());
    QCOMPARE(database.execute(u"CREATE EXTENSION vector"_s), QString());
    report = testConnection(urlOf(database), {});
    QVERIFY(report);
    QCOMPARE(report->pgvectorVersion, database.value(u"SELECT extversion FROM pg_extension WHERE extname = 'vector'"_s));
}

void tst_ConnectionTest::aStandbyIsReported()
{
    if (!qEnvironmentVariableIsSet("TURNSTONE_TEST_PG_STANDBY_URL"))
        QSKIP("TURNSTONE_TEST_PG_STANDBY_URL is not set: no standby was tested.");
    const Result<ConnectionReport> report = testConnection(*DatabaseUrl::parse(qEnvironmentVariable("TURNSTONE_TEST_PG_STANDBY_URL")), {});
    QVERIFY2(report, report ? "" : qPrintable(report.error().message + report.error().detail));
    QVERIFY(report->isStandby);
    QVERIFY(report->isReadOnly);
}

void tst_ConnectionTest::aWrongPasswordIsTold()
{
    const TestDatabase database;
    REQUIRE_DATABASE(database);
    DatabaseUrl url = urlOf(database);
    url.setPassword(u"topsecret"_s);
    const Result<ConnectionReport> report = testConnection(url, {});
    QVERIFY(!report);
    QCOMPARE(report.error().code, ErrorCode::Permission);
    QVERIFY2(report.error().message.contains(u"does not accept this user and password"_s), qPrintable(report.error().message));
    QVERIFY(!report.error().detail.isEmpty());
    QVERIFY(!(report.error().message + report.error().detail).contains(u"topsecret"_s));
}

void tst_ConnectionTest::aMissingPasswordIsTold()
{
    const TestDatabase database;
    REQUIRE_DATABASE(database);
    DatabaseUrl url = urlOf(database);
    url.setPassword({});
    const Result<ConnectionReport> report = testConnection(url, {});
    QVERIFY(!report);
    QCOMPARE(report.error().code, ErrorCode::Permission);
    QVERIFY2(report.error().message.contains(u"wants a password"_s), qPrintable(report.error().message));
}

void tst_ConnectionTest::anUnknownDatabaseIsTold()
{
    const TestDatabase database;
    REQUIRE_DATABASE(database);
    DatabaseUrl url = urlOf(database);
    url.setParameter(u"dbname"_s, u"turnstone_not_there"_s);
    const Result<ConnectionReport> report = testConnection(url, {});
    QVERIFY(!report);
    QCOMPARE(report.error().code, ErrorCode::NotFound);
    QVERIFY2(report.error().message.contains(u"“turnstone_not_there”"_s), qPrintable(report.error().message));
}

void tst_ConnectionTest::aServerWithoutEncryptionIsTold()
{
    const TestDatabase database;
    REQUIRE_DATABASE(database);
    if (database.value(u"SHOW ssl"_s) != u"off"_s)
        QSKIP("The server of TURNSTONE_TEST_PG_URL encrypts: no server without encryption was tested.");
    DatabaseUrl url = urlOf(database);
    url.setParameter(u"sslmode"_s, u"require"_s);
    const Result<ConnectionReport> report = testConnection(url, {});
    QVERIFY(!report);
    QVERIFY2(report.error().message.contains(u"offers no encryption"_s), qPrintable(report.error().message));
}

void tst_ConnectionTest::aPortWithoutAServerIsTold()
{
    const quint16 port = closedPort();
    const Result<ConnectionReport> report = testConnection(local(port), {});
    QVERIFY(!report);
    QCOMPARE(report.error().code, ErrorCode::Connection);
    QVERIFY2(report.error().message.startsWith(u"Nothing listens at 127.0.0.1:%1."_s.arg(port)), qPrintable(report.error().message));
}

void tst_ConnectionTest::aMissingSocketIsTold()
{
    const Result<ConnectionReport> report = testConnection(*DatabaseUrl::parse(u"postgresql:///d?host=/nonexistent"_s), {});
    QVERIFY(!report);
    QVERIFY2(report.error().message.startsWith(u"There is no socket in /nonexistent."_s), qPrintable(report.error().message));
}

void tst_ConnectionTest::aSilentServerIsGivenUpAfterTheTimeout()
{
    QTcpServer server;
    ConnectionOptions options;
    options.connectTimeout = std::chrono::seconds(1);
    const Result<ConnectionReport> report = testConnection(local(silentPort(server)), options);
    QVERIFY(!report);
    QCOMPARE(report.error().code, ErrorCode::Connection);
    QVERIFY2(report.error().message.contains(u"did not answer within 1 s"_s), qPrintable(report.error().message));
}

void tst_ConnectionTest::aTestIsStoppedWhileAServerIsSilent()
{
    QTcpServer server;
    ConnectionOptions options;
    options.connectTimeout = std::chrono::seconds(0); // waits for ever
    QThreadPool workers;
    std::stop_source stop;
    const QFuture<Result<ConnectionReport>> future = startConnectionTest(workers, local(silentPort(server)), options, stop.get_token());
    QTRY_VERIFY(server.hasPendingConnections()); // it is under way
    QVERIFY(!future.isFinished());
    stop.request_stop();
    QTRY_VERIFY(future.isFinished());
    QCOMPARE(future.result().error().code, ErrorCode::Cancelled);
}

void tst_ConnectionTest::ofSeveralHostsTheAnsweringOneIsUsed()
{
    const TestDatabase database;
    REQUIRE_DATABASE(database);
    DatabaseUrl url = urlOf(database);
    const QString port = url.parameter(u"port"_s);
    const quint16 closed = closedPort();
    url.setParameter(u"host"_s, u"127.0.0.1,"_s + url.parameter(u"host"_s));
    url.setParameter(u"port"_s, QString::number(closed) + u',' + port);
    const Result<ConnectionReport> report = testConnection(url, {});
    QVERIFY2(report, report ? "" : qPrintable(report.error().message + report.error().detail));
    QCOMPARE(report->health.port, port.toInt());
    QCOMPARE(report->silentHosts.size(), 1);
    QVERIFY(report->silentHosts.first().contains(u"127.0.0.1:%1"_s.arg(closed)));
}

void tst_ConnectionTest::ifNoHostAnswersAllAreNamed()
{
    const quint16 one = closedPort();
    const Result<ConnectionReport> report = testConnection(*DatabaseUrl::parse(u"postgresql://127.0.0.1:%1,localhost:%1/d"_s.arg(one)), {});
    QVERIFY(!report);
    QVERIFY2(report.error().message.startsWith(u"None of the 2 hosts can be used. Nothing listens at 127.0.0.1"_s), qPrintable(report.error().message));
    QVERIFY2(report.error().detail.contains(u"localhost:%1"_s.arg(one)), qPrintable(report.error().detail));
}

QTEST_GUILESS_MAIN(tst_ConnectionTest)
#include "tst_connectiontest.moc"
