// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/connections/connectionfields.h"

#include <QTest>

#include <random>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_ConnectionFields : public QObject
{
    Q_OBJECT

private slots:
    void aUrlBecomesFields_data();
    void aUrlBecomesFields();
    void fieldsBecomeTheSameUrlAgain_data();
    void fieldsBecomeTheSameUrlAgain();
    void fieldsBecomeAUrl_data();
    void fieldsBecomeAUrl();
    void parametersWithoutAFieldAreKept();
    void mistakesAreToldAtTheirField_data();
    void mistakesAreToldAtTheirField();
    void urlsThatTheFormCannotShowAreRefused_data();
    void urlsThatTheFormCannotShowAreRefused();
    void noProblemRepeatsThePassword();
    void whateverIsWithoutProblemsSurvivesTheUrl();
};

void tst_ConnectionFields::aUrlBecomesFields_data()
{
    QTest::addColumn<QString>("url");
    QTest::addColumn<QStringList>("fields"); // hosts, port, database, user, password
    const auto row = [](const char *name, const QString &url, const QStringList &fields) { QTest::newRow(name) << url << fields; };
    row("plain", u"postgresql://ann@db.example.org:5433/games"_s, {u"db.example.org"_s, u"5433"_s, u"games"_s, u"ann"_s, u""_s});
    row("short scheme", u"postgres://h/d"_s, {u"h"_s, u""_s, u"d"_s, u""_s, u""_s});
    row("SQLAlchemy", u"postgresql+psycopg2://ann:secret@h/d"_s, {u"h"_s, u""_s, u"d"_s, u"ann"_s, u"secret"_s});
    row("asyncpg", u"postgresql+asyncpg://ann@h:6000/d?ssl=require"_s, {u"h"_s, u"6000"_s, u"d"_s, u"ann"_s, u""_s});
    row("SQLAlchemy hosts", u"postgresql+psycopg2://ann@/d?host=one:5433&host=two:5434"_s, {u"one:5433,two:5434"_s, u""_s, u"d"_s, u"ann"_s, u""_s});
    row("several hosts", u"postgresql://one:5433,two:5434/d"_s, {u"one:5433,two:5434"_s, u""_s, u"d"_s, u""_s, u""_s});
    row("one port for all", u"postgresql://one:5433,two:5433/d"_s, {u"one,two"_s, u"5433"_s, u"d"_s, u""_s, u""_s});
    row("one host with a port", u"postgresql://one,two:5434/d"_s, {u"one,two:5434"_s, u""_s, u"d"_s, u""_s, u""_s});
    row("IPv6", u"postgresql://[2001:db8::1]:5433/d"_s, {u"2001:db8::1"_s, u"5433"_s, u"d"_s, u""_s, u""_s});
    row("IPv6 of several", u"postgresql://[::1]:5433,two:5434/d"_s, {u"[::1]:5433,two:5434"_s, u""_s, u"d"_s, u""_s, u""_s});
    row("socket", u"postgresql:///d?host=/run/postgresql&port=5433"_s, {u"/run/postgresql"_s, u"5433"_s, u"d"_s, u""_s, u""_s});
    row("socket of several", u"postgresql:///d?host=/run/pg,two&port=5433,5434"_s, {u"[/run/pg]:5433,two:5434"_s, u""_s, u"d"_s, u""_s, u""_s});
    row("encoded socket", u"postgresql://%2Frun%2Fpg/d"_s, {u"/run/pg"_s, u""_s, u"d"_s, u""_s, u""_s});
    row("special characters", u"postgresql://a%40n%2Fn:p%40ss%3Aw%2Frd%3F%23%25%26%20%2B%C3%BC@h/d%2F%3F%C3%A4"_s,
        {u"h"_s, u""_s, u"d/?ä"_s, u"a@n/n"_s, u"p@ss:w/rd?#%& +ü"_s});
    row("no host", u"postgresql:///d"_s, {u""_s, u""_s, u"d"_s, u""_s, u""_s});
    row("key words", u"host=h port=5433 dbname='my games' user=ann"_s, {u"h"_s, u"5433"_s, u"my games"_s, u"ann"_s, u""_s});
}

void tst_ConnectionFields::aUrlBecomesFields()
{
    QFETCH(QString, url);
    const Result<ConnectionFields> fields = ConnectionFields::fromText(url);
    QVERIFY2(fields, fields ? "" : qPrintable(fields.error().message));
    QTEST(QStringList({fields->hosts, fields->port, fields->database, fields->user, fields->password}), "fields");
    QVERIFY(fields->problems().empty());
}

void tst_ConnectionFields::fieldsBecomeTheSameUrlAgain_data()
{
    aUrlBecomesFields_data();
}

void tst_ConnectionFields::fieldsBecomeTheSameUrlAgain()
{
    QFETCH(QString, url);
    const Result<ConnectionFields> fields = ConnectionFields::fromText(url);
    QVERIFY(fields);
    const DatabaseUrl again = fields->toUrl();
    QCOMPARE(again.identity(), DatabaseUrl::parse(url)->identity());
    QCOMPARE(again.password(), DatabaseUrl::parse(url)->password());
    // Through the one line that the form shows, too; there the password is left out.
    const Result<ConnectionFields> shown = ConnectionFields::fromText(again.displayText());
    QVERIFY2(shown, qPrintable(again.displayText()));
    ConnectionFields wanted = *fields;
    wanted.password.clear();
    QVERIFY2(*shown == wanted, qPrintable(again.displayText()));
}

void tst_ConnectionFields::fieldsBecomeAUrl_data()
{
    QTest::addColumn<QString>("hosts");
    QTest::addColumn<QString>("port");
    QTest::addColumn<QString>("url");
    QTest::newRow("host and port") << u"h"_s << u"5433"_s << u"postgresql://h:5433/d"_s;
    QTest::newRow("port in the host") << u"h:5433"_s << u""_s << u"postgresql://h:5433/d"_s;
    QTest::newRow("own port wins") << u"one:5433, two"_s << u"6000"_s << u"postgresql://one:5433,two:6000/d"_s;
    QTest::newRow("default port of one") << u"one:5433,two"_s << u""_s << u"postgresql://one:5433,two/d"_s;
    QTest::newRow("bare IPv6") << u"::1"_s << u"5433"_s << u"postgresql://[::1]:5433/d"_s;
    QTest::newRow("IPv6 with port") << u"[::1]:5433"_s << u""_s << u"postgresql://[::1]:5433/d"_s;
    QTest::newRow("socket") << u"/run/pg"_s << u"5433"_s << u"postgresql:///d?host=/run/pg&port=5433"_s;
    QTest::newRow("none") << u""_s << u""_s << u"postgresql:///d"_s;
}

void tst_ConnectionFields::fieldsBecomeAUrl()
{
    ConnectionFields fields;
    QFETCH(QString, hosts);
    QFETCH(QString, port);
    fields.hosts = hosts;
    fields.port = port;
    fields.database = u"d"_s;
    QVERIFY(fields.problems().empty());
    QTEST(fields.toUrl().displayText(), "url");
}

void tst_ConnectionFields::parametersWithoutAFieldAreKept()
{
    const QString url = u"postgresql://one,two/d?sslmode=verify-full&sslrootcert=/etc/ca.pem&target_session_attrs=standby&connect_timeout=7"
                        "&application_name=nightly&options=-c%20statement_timeout%3D5s&keepalives_idle=30&sslpassword=hush"_s;
    const Result<ConnectionFields> fields = ConnectionFields::fromText(url);
    QVERIFY(fields);
    QCOMPARE(fields->sslMode, u"verify-full"_s);
    QCOMPARE(fields->rootCertificate, u"/etc/ca.pem"_s);
    QCOMPARE(fields->targetSession, u"standby"_s);
    QCOMPARE(fields->connectTimeout, std::optional(7));
    QCOMPARE(fields->others.size(), 4);
    const DatabaseUrl again = fields->toUrl();
    QCOMPARE(again.parameter(u"application_name"_s), u"nightly"_s);
    QCOMPARE(again.parameter(u"options"_s), u"-c statement_timeout=5s"_s);
    QCOMPARE(again.parameter(u"keepalives_idle"_s), u"30"_s);
    QCOMPARE(again.parameter(u"sslpassword"_s), u"hush"_s);
    QVERIFY(!again.displayText().contains(u"hush"_s));
}

void tst_ConnectionFields::mistakesAreToldAtTheirField_data()
{
    QTest::addColumn<QString>("hosts");
    QTest::addColumn<QString>("port");
    QTest::addColumn<QString>("database");
    QTest::addColumn<ConnectionField>("field");
    QTest::newRow("no database") << u"h"_s << u""_s << u""_s << ConnectionField::Database;
    QTest::newRow("port is no number") << u"h"_s << u"54x"_s << u"d"_s << ConnectionField::Port;
    QTest::newRow("port too large") << u"h"_s << u"65536"_s << u"d"_s << ConnectionField::Port;
    QTest::newRow("port of a host") << u"h:0"_s << u""_s << u"d"_s << ConnectionField::Hosts;
    QTest::newRow("colon without port") << u"h:"_s << u""_s << u"d"_s << ConnectionField::Hosts;
    QTest::newRow("missing host") << u"one,,two"_s << u""_s << u"d"_s << ConnectionField::Hosts;
    QTest::newRow("port without host") << u":5432"_s << u""_s << u"d"_s << ConnectionField::Hosts;
    QTest::newRow("open bracket") << u"[::1"_s << u""_s << u"d"_s << ConnectionField::Hosts;
    QTest::newRow("after the bracket") << u"[::1]x"_s << u""_s << u"d"_s << ConnectionField::Hosts;
    QTest::newRow("user in the host") << u"ann@h"_s << u""_s << u"d"_s << ConnectionField::Hosts;
    QTest::newRow("URL in the host") << u"postgresql://h/d"_s << u""_s << u"d"_s << ConnectionField::Hosts;
    QTest::newRow("URL in the database") << u"h"_s << u""_s << u"postgresql://h/d"_s << ConnectionField::Database;
}

void tst_ConnectionFields::mistakesAreToldAtTheirField()
{
    ConnectionFields fields;
    QFETCH(QString, hosts);
    QFETCH(QString, port);
    QFETCH(QString, database);
    fields.hosts = hosts;
    fields.port = port;
    fields.database = database;
    const std::vector<FieldProblem> problems = fields.problems();
    QCOMPARE(problems.size(), 1u);
    QTEST(problems.front().field, "field");
    QVERIFY(problems.front().message.endsWith(u'.'));
}

void tst_ConnectionFields::urlsThatTheFormCannotShowAreRefused_data()
{
    QTest::addColumn<QString>("url");
    QTest::addColumn<QString>("word");
    QTest::newRow("SQLite") << u"sqlite:////tmp/x.db"_s << u"SQLite"_s;
    QTest::newRow("path") << u"/tmp/x.db"_s << u"SQLite"_s;
    QTest::newRow("SSL mode") << u"postgresql://h/d?sslmode=maybe"_s << u"sslmode"_s;
    QTest::newRow("session") << u"postgresql://h/d?target_session_attrs=some"_s << u"target_session_attrs"_s;
    QTest::newRow("timeout") << u"postgresql://h/d?connect_timeout=soon"_s << u"connect_timeout"_s;
    QTest::newRow("unknown parameter") << u"postgresql://h/d?colour=red"_s << u"colour"_s;
    QTest::newRow("no database") << u"postgresql://h"_s << u"database"_s;
    QTest::newRow("empty") << u""_s << u"empty"_s;
}

void tst_ConnectionFields::urlsThatTheFormCannotShowAreRefused()
{
    QFETCH(QString, url);
    QFETCH(QString, word);
    const Result<ConnectionFields> fields = ConnectionFields::fromText(url);
    QVERIFY(!fields);
    QVERIFY2(fields.error().message.contains(word), qPrintable(fields.error().message));
}

void tst_ConnectionFields::noProblemRepeatsThePassword()
{
    ConnectionFields fields;
    fields.hosts = u"h"_s;
    fields.port = u"1,2"_s; // two ports for one host
    fields.database = u"d"_s;
    fields.password = u"hush@/?#%"_s;
    for (const FieldProblem &problem : fields.problems())
        QVERIFY(!problem.message.contains(u"hush"_s));
    QVERIFY(!fields.problems().empty());
}

void tst_ConnectionFields::whateverIsWithoutProblemsSurvivesTheUrl()
{
    std::mt19937 random(20240229);
    const auto below = [&](int end) { return int(random() % unsigned(end)); };
    const QStringList hosts{u"h"_s, u"db.example.org"_s, u"10.0.0.1"_s, u"::1"_s, u"fe80::1%eth0"_s, u"/run/pg"_s, u"/tmp/a b"_s, u"[::1]"_s, u"[/run/pg]"_s, u"ä.de"_s, u""_s, u"a@b"_s};
    const QString letters = u"aZ09@/:?#%&=+ ,'\"\\[]äß€._-~"_s;
    const auto word = [&] {
        QString text;
        for (int i = below(8); i > 0; --i)
            text += letters[below(int(letters.size()))];
        return text;
    };
    int good = 0;
    for (int i = 0; i < 4000; ++i) {
        ConnectionFields fields;
        QStringList list;
        for (int n = 1 + below(3); n > 0; --n)
            list.append(hosts[below(int(hosts.size()))] + (below(3) == 0 ? u":5433"_s : QString()));
        fields.hosts = list.join(u',');
        fields.port = below(2) == 0 ? QString() : QString::number(1 + below(70000));
        fields.database = word();
        fields.user = word();
        fields.password = word();
        if (below(3) == 0)
            fields.rootCertificate = u'/' + word();
        if (below(3) == 0)
            fields.sslMode = ConnectionFields::sslModes()[below(6)];
        if (!fields.problems().empty())
            continue;
        ++good;
        const QString url = fields.toUrl().toUrlWithSecrets();
        const Result<ConnectionFields> again = ConnectionFields::fromText(url);
        QVERIFY2(again, qPrintable(url));
        QVERIFY2(again->problems().empty(), qPrintable(url));
        QVERIFY2(again->toUrl().identity() == fields.toUrl().identity(), qPrintable(url + u"  "_s + fields.hosts + u' ' + fields.port + u"  "_s + again->toUrl().toUrlWithSecrets()));
        QCOMPARE(again->password, fields.password);
        QCOMPARE(again->user, fields.user);
        QCOMPARE(again->database, fields.database);
        QCOMPARE(again->rootCertificate, fields.rootCertificate);
    }
    QVERIFY2(good > 500, qPrintable(QString::number(good)));
}

QTEST_GUILESS_MAIN(tst_ConnectionFields)
#include "tst_connectionfields.moc"
