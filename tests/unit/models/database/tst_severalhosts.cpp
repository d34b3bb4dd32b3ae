// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/database/connection.h"
#include "models/database/sessionpool.h"
#include "tests/unit/models/database/taken.h"

#include <QElapsedTimer>
#include <QProcess>
#include <QTest>
#include <QUrl>

using namespace turnstone;
using namespace Qt::StringLiterals;

/// A primary and its streaming standby behind one URL, as TURNSTONE_TEST_PG_URL and …_STANDBY_URL name them.
class tst_SeveralHosts : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void writersFindTheWritableServerWhateverTheOrder();
    void readsSurviveTheLossOfThePrimary();
    void cleanupTestCase();

private:
    /// `tests/support/servers.sh ctl DIR primary <verb>`
    bool primary(const QString &verb)
    {
        QProcess process;
        process.start(u"bash"_s, {u"-c"_s, m_control + u" primary "_s + verb});
        return process.waitForFinished(60'000) && process.exitCode() == 0;
    }

    QString m_control = qEnvironmentVariable("TURNSTONE_TEST_PG_CTL");
    QString m_url;
};

void tst_SeveralHosts::initTestCase()
{
    const QUrl first(qEnvironmentVariable("TURNSTONE_TEST_PG_URL"));
    const QUrl second(qEnvironmentVariable("TURNSTONE_TEST_PG_STANDBY_URL"));
    if (m_control.isEmpty() || first.isEmpty() || second.isEmpty())
        QSKIP("SKIPPED: no primary with a standby; TURNSTONE_TEST_PG_URL, TURNSTONE_TEST_PG_STANDBY_URL and TURNSTONE_TEST_PG_CTL name them");
    const QString credentials = first.userInfo(QUrl::FullyEncoded);
    m_url = u"postgresql://%1@%2:%3,%4:%5/postgres"_s.arg(credentials, second.host(), QString::number(second.port()), first.host(),
                                                          QString::number(first.port()));
}

void tst_SeveralHosts::writersFindTheWritableServerWhateverTheOrder()
{
    ConnectionOptions writing;
    writing.readOnly = false;
    for (const QString &suffix : {QString(), u"?target_session_attrs=read-write"_s, u"?target_session_attrs=primary"_s}) {
        const auto url = DatabaseUrl::parse(m_url + suffix);
        QVERIFY2(url, qPrintable(url ? QString() : url.error().message));
        auto connection = Connection::open(*url, writing);
        QVERIFY2(connection, qPrintable(connection ? QString() : connection.error().message));
        QCOMPARE((*connection)->queryValue(u"SELECT pg_is_in_recovery()"_s)->bytes(), QByteArray("f"));
    }
    auto standby = Connection::open(DatabaseUrl::parse(m_url + u"?target_session_attrs=standby"_s).value());
    QVERIFY(standby);
    QCOMPARE((*standby)->queryValue(u"SELECT pg_is_in_recovery()"_s)->bytes(), QByteArray("t"));
}

void tst_SeveralHosts::readsSurviveTheLossOfThePrimary()
{
    ConnectionOptions options;
    options.readOnly = false;
    PoolOptions impatient;
    impatient.connectRetries = 0;
    SessionPool pool(DatabaseUrl::parse(m_url + u"?target_session_attrs=read-write"_s).value(), options, impatient);
    const auto where = [](Connection &connection) { return connection.queryValue(u"SELECT pg_is_in_recovery()"_s); };
    QCOMPARE(taken(pool.read(where))->bytes(), QByteArray("f"));
    QVERIFY(primary(u"stop"_s));
    const auto after = taken(pool.read(where));
    QVERIFY2(after, qPrintable(after ? QString() : after.error().message));
    QCOMPARE(after->bytes(), QByteArray("t"));
    const auto write = taken(pool.write([](Connection &connection) { return connection.execute(u"CREATE TABLE never(a int)"_s); }));
    QVERIFY(!write);
    QCOMPARE(write.error().code, ErrorCode::Connection);
    QVERIFY(primary(u"start"_s));
    QTRY_VERIFY_WITH_TIMEOUT(taken(pool.write([](Connection &connection) { return connection.queryValue(u"SELECT 1"_s); })), 30'000);
}

void tst_SeveralHosts::cleanupTestCase()
{
    if (!m_control.isEmpty())
        primary(u"start"_s); // whatever happened above: the other tests need it
}

QTEST_GUILESS_MAIN(tst_SeveralHosts)
#include "tst_severalhosts.moc"
