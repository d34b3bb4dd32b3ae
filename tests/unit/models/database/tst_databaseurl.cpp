// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/database/databaseurl.h"

#include "tests/fuzz/mutations.h"
#include "tests/fuzz/urlinvariants.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace turnstone;
using namespace Qt::StringLiterals;

namespace {

using Parameters = QList<DatabaseUrl::Parameter>;

const QString folder = u"/some/folder"_s;

Parameters sorted(Parameters parameters)
{
    std::sort(parameters.begin(), parameters.end());
    return parameters;
}

} // namespace

Q_DECLARE_METATYPE(Parameters)

class tst_DatabaseUrl : public QObject
{
    Q_OBJECT

private slots:
    void filesAreFoundByPathAndUrl_data();
    void filesAreFoundByPathAndUrl();
    void sqliteParametersAreKept();
    void serversAreReadAsLibpqReadsThem_data();
    void serversAreReadAsLibpqReadsThem();
    void malformedTextHasAnErrorThatSaysWhat_data();
    void malformedTextHasAnErrorThatSaysWhat();
    void passwordsStayOutOfErrorsAndTitles_data();
    void passwordsStayOutOfErrorsAndTitles();
    void theTextForTitlesHasNoSecrets_data();
    void theTextForTitlesHasNoSecrets();
    void theIdentityIsNormalised();
    void theIdentityOfAFileIsItsCanonicalPath();
    void theCompleteUrlReadsBackEqual_data();
    void theCompleteUrlReadsBackEqual();
    void parametersCanBeSetAndRemoved();
    void anEnvFileNamesTheDatabase_data();
    void anEnvFileNamesTheDatabase();
    void anEnvFileThatDoesNotIsExplained_data();
    void anEnvFileThatDoesNotIsExplained();
    void whatIsAcceptedReadsBackEqual();
    void mutilatedUrlsNeverShowThePassword();
};

void tst_DatabaseUrl::filesAreFoundByPathAndUrl_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("path");
    const auto row = [](const QString &text, const QString &path) { QTest::newRow(qPrintable(text)) << text << path; };
    row(u"arena.db"_s, u"/some/folder/arena.db"_s);
    row(u"./arena.db"_s, u"/some/folder/arena.db"_s);
    row(u"../arena.db"_s, u"/some/folder/../arena.db"_s);
    row(u"sub/arena.db"_s, u"/some/folder/sub/arena.db"_s);
    row(u"/a/b c#d?e%20f&g=h.db"_s, u"/a/b c#d?e%20f&g=h.db"_s);
    row(u"größe 名前 😀.db"_s, u"/some/folder/größe 名前 😀.db"_s);
    row(u"~"_s, QDir::homePath());
    row(u"~/x.db"_s, QDir::homePath() + u"/x.db"_s);
    row(u"~x.db"_s, u"/some/folder/~x.db"_s);
    row(u"./~/x.db"_s, u"/some/folder/~/x.db"_s);
    row(u"/a/http://x@y"_s, u"/a/http://x@y"_s);
    row(u"./postgresql://x"_s, u"/some/folder/postgresql://x"_s);
    row(u"a=b.db"_s, u"/some/folder/a=b.db"_s);
    row(u"me@home.db"_s, u"/some/folder/me@home.db"_s);
    row(u":colon.db"_s, u"/some/folder/:colon.db"_s);
    row(u" spaces.db "_s, u"/some/folder/ spaces.db "_s);
    row(u"sqlite"_s, u"/some/folder/sqlite"_s);
    row(u"sqlite:///arena.db"_s, u"/some/folder/arena.db"_s);
    row(u"sqlite:///./data/quorum.db"_s, u"/some/folder/data/quorum.db"_s);
    row(u"sqlite:////abs/arena.db"_s, u"/abs/arena.db"_s);
    row(u"sqlite:////abs/with space#and%20percent.db"_s, u"/abs/with space#and%20percent.db"_s);
    row(u"sqlite:///~/x.db"_s, QDir::homePath() + u"/x.db"_s);
    row(u"  sqlite:////abs/pasted.db\n"_s, u"/abs/pasted.db"_s);
    row(u"SQLite:////abs/arena.db"_s, u"/abs/arena.db"_s);
    row(u"sqlite+aiosqlite:///arena.db"_s, u"/some/folder/arena.db"_s);
    row(u"sqlite+pysqlite:////abs/arena.db"_s, u"/abs/arena.db"_s);
    row(u"sqlite:////abs/arena.db?check_same_thread=false&timeout=30"_s, u"/abs/arena.db"_s);
    row(u"sqlite:///file:/abs/a%20b.db?mode=ro&uri=true"_s, u"/abs/a b.db"_s);
    row(u"sqlite:///file:rel.db?uri=true"_s, u"/some/folder/rel.db"_s);
    row(u"sqlite://file:rel.db"_s, u"/some/folder/rel.db"_s);
    row(u"file:rel.db"_s, u"/some/folder/rel.db"_s);
    row(u"file:/abs/a%3Fb%23c.db"_s, u"/abs/a?b#c.db"_s);
    row(u"file:///abs/arena.db"_s, u"/abs/arena.db"_s);
    row(u"file://localhost/abs/arena.db?immutable=1#top"_s, u"/abs/arena.db"_s);
    row(u"file:/abs/100%.db"_s, u"/abs/100%.db"_s);
}

void tst_DatabaseUrl::filesAreFoundByPathAndUrl()
{
    QFETCH(QString, text);
    const Result<DatabaseUrl> url = DatabaseUrl::parse(text, folder);
    QVERIFY2(url, url ? "" : qPrintable(url.error().message));
    QCOMPARE(url->engine(), Engine::Sqlite);
    QTEST(url->filePath(), "path");
    QCOMPARE(url->displayText(), url->filePath());
}

void tst_DatabaseUrl::sqliteParametersAreKept()
{
    const Result<DatabaseUrl> url = DatabaseUrl::parse(u"sqlite+pysqlite:////a.db?mode=RO&timeout=2.5&immutable=yes&nolock=0&cache=shared&isolation_level=+x"_s);
    QVERIFY(url);
    QCOMPARE(sorted(url->parameters()), (Parameters{{u"immutable"_s, u"1"_s}, {u"mode"_s, u"ro"_s}, {u"timeout"_s, u"2.5"_s}}));
    QVERIFY(DatabaseUrl::parse(u"/a.db"_s)->parameters().isEmpty());
}

void tst_DatabaseUrl::serversAreReadAsLibpqReadsThem_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<Parameters>("parameters");
    QTest::addColumn<QString>("password");
    const auto row = [](const char *text, std::initializer_list<std::pair<const char *, const char *>> expected, const char *password = "") {
        Parameters parameters;
        for (const auto &[keyword, value] : expected)
            parameters.append({QString::fromUtf8(keyword), QString::fromUtf8(value)});
        QTest::newRow(text) << QString::fromUtf8(text) << sorted(parameters) << QString::fromUtf8(password);
    };
    row("postgresql://user:pw@host:5433/db", {{"user", "user"}, {"host", "host"}, {"port", "5433"}, {"dbname", "db"}}, "pw");
    row("postgres://host/db", {{"host", "host"}, {"dbname", "db"}});
    row("POSTGRESQL://host/db", {{"host", "host"}, {"dbname", "db"}});
    row("postgresql:///db", {{"dbname", "db"}});
    row("postgresql://user@/db", {{"user", "user"}, {"dbname", "db"}});
    row("postgresql://:pw@host/db", {{"host", "host"}, {"dbname", "db"}}, "pw");
    row("postgresql://host1:5432,host2:5433/db?target_session_attrs=read-write",
        {{"host", "host1,host2"}, {"port", "5432,5433"}, {"dbname", "db"}, {"target_session_attrs", "read-write"}});
    row("postgresql://host1,host2:5433/db", {{"host", "host1,host2"}, {"port", ",5433"}, {"dbname", "db"}});
    row("postgresql://[::1]:5432/db", {{"host", "::1"}, {"port", "5432"}, {"dbname", "db"}});
    row("postgresql://u:p@[fe80::1%25eth0],[2001:db8::2]:6/db", {{"user", "u"}, {"host", "fe80::1%eth0,2001:db8::2"}, {"port", ",6"}, {"dbname", "db"}}, "p");
    row("postgresql://%2Fvar%2Frun%2Fpostgresql/db", {{"host", "/var/run/postgresql"}, {"dbname", "db"}});
    row("postgresql:///db?host=/var/run/postgresql&port=5433", {{"host", "/var/run/postgresql"}, {"port", "5433"}, {"dbname", "db"}});
    row("postgresql://h/db?sslmode=verify-full&sslrootcert=/a%20b/c.pem&application_name=x%26y&connect_timeout=3&options=-c%20search_path%3Dx",
        {{"host", "h"}, {"dbname", "db"}, {"sslmode", "verify-full"}, {"sslrootcert", "/a b/c.pem"}, {"application_name", "x&y"}, {"connect_timeout", "3"},
         {"options", "-c search_path=x"}});
    row("postgresql://h/db?user=u&password=p%26w", {{"host", "h"}, {"dbname", "db"}, {"user", "u"}}, "p&w");
    row("postgresql://h/db?user=me@corp&password=p@w", {{"host", "h"}, {"dbname", "db"}, {"user", "me@corp"}}, "p@w");
    row("postgresql://h?dbname=db", {{"host", "h"}, {"dbname", "db"}});
    row("postgresql://?service=x", {{"service", "x"}});
    row("postgresql://h/db?ssl=true", {{"host", "h"}, {"dbname", "db"}, {"sslmode", "require"}});
    row("postgresql://us%40er:p%3A%2F%3F%23%5B%5D%40%25%26w@h/d%2Fb%3F", {{"user", "us@er"}, {"host", "h"}, {"dbname", "d/b?"}}, "p:/?#[]@%&w");
    row("postgresql://u:a:b?c#d@h/db", {{"user", "u"}, {"host", "h"}, {"dbname", "db"}}, "a:b?c#d");
    row("postgresql://größe:密码@host/名前", {{"user", "größe"}, {"host", "host"}, {"dbname", "名前"}}, "密码");
    row("postgresql://gr%C3%B6%C3%9Fe@h/db", {{"user", "größe"}, {"host", "h"}, {"dbname", "db"}});
    row("postgresql://h/db?sslkey=/k&sslpassword=secret", {{"host", "h"}, {"dbname", "db"}, {"sslkey", "/k"}, {"sslpassword", "secret"}});
    row("  postgresql://h/db \n", {{"host", "h"}, {"dbname", "db"}});
    // SQLAlchemy
    row("postgresql+psycopg2://user:p%40w@host/db", {{"user", "user"}, {"host", "host"}, {"dbname", "db"}}, "p@w");
    row("postgresql+psycopg://user@host/db?prepare_threshold=0&connect_timeout=3", {{"user", "user"}, {"host", "host"}, {"dbname", "db"}, {"connect_timeout", "3"}});
    row("postgres+psycopg2://host/db?sslmode=require", {{"host", "host"}, {"dbname", "db"}, {"sslmode", "require"}});
    row("postgresql+asyncpg://host/db?ssl=verify-ca&command_timeout=60&timeout=2.5", {{"host", "host"}, {"dbname", "db"}, {"sslmode", "verify-ca"}, {"connect_timeout", "3"}});
    row("postgresql+asyncpg://host/db?ssl=true", {{"host", "host"}, {"dbname", "db"}, {"sslmode", "require"}});
    row("postgresql+asyncpg://host/db?ssl=false", {{"host", "host"}, {"dbname", "db"}, {"sslmode", "disable"}});
    row("postgresql+pg8000://host/db?ssl_context=true&tcp_keepalive=false", {{"host", "host"}, {"dbname", "db"}, {"sslmode", "require"}, {"keepalives", "0"}});
    row("postgresql+pg8000:///db?unix_sock=/run/postgresql/.s.PGSQL.5432", {{"host", "/run/postgresql"}, {"dbname", "db"}});
    row("postgresql+psycopg2://u:p@/db?host=a:5433&host=b&host=c:5435", {{"user", "u"}, {"host", "a,b,c"}, {"port", "5433,,5435"}, {"dbname", "db"}}, "p");
    row("postgresql://u@/db?host=a&host=b", {{"user", "u"}, {"host", "a,b"}, {"dbname", "db"}});
    row("postgresql+psycopg2://h/db?options=-c+search_path%3Dx", {{"host", "h"}, {"dbname", "db"}, {"options", "-c search_path=x"}});
    row("postgresql+psycopg2://h/db?user=u&password=a+b", {{"host", "h"}, {"dbname", "db"}, {"user", "u"}}, "a b");
    // keyword and value
    row("host=localhost dbname=db user=me", {{"host", "localhost"}, {"dbname", "db"}, {"user", "me"}});
    row("dbname = 'my db' password='it\\'s \\\\ secret' port=5433", {{"dbname", "my db"}, {"port", "5433"}}, "it's \\ secret");
    row("host=a,b port=1,2 dbname=x target_session_attrs=any", {{"host", "a,b"}, {"port", "1,2"}, {"dbname", "x"}, {"target_session_attrs", "any"}});
    row("hostaddr=10.0.0.1,10.0.0.2 port=1,2 dbname=x", {{"hostaddr", "10.0.0.1,10.0.0.2"}, {"port", "1,2"}, {"dbname", "x"}});
    row("host=@abstract dbname=x", {{"host", "@abstract"}, {"dbname", "x"}});
    row("service=mine", {{"service", "mine"}});
}

void tst_DatabaseUrl::serversAreReadAsLibpqReadsThem()
{
    QFETCH(QString, text);
    const Result<DatabaseUrl> url = DatabaseUrl::parse(text);
    QVERIFY2(url, url ? "" : qPrintable(url.error().message));
    QCOMPARE(url->engine(), Engine::PostgreSql);
    QVERIFY(url->filePath().isEmpty());
    QFETCH(Parameters, parameters);
    QCOMPARE(sorted(url->parameters()), parameters);
    QTEST(url->password(), "password");
    const QString broken = brokenUrlInvariant(text);
    QVERIFY2(broken.isEmpty(), qPrintable(broken));
}

void tst_DatabaseUrl::malformedTextHasAnErrorThatSaysWhat_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("part");
    const auto row = [](const char *text, const char *part) { QTest::newRow(text) << QString::fromUtf8(text) << QString::fromUtf8(part); };
    row("", "empty");
    row("  \n", "empty");
    row("mysql://u:p@h/db", "“mysql”");
    row("mysql+pymysql://u:p@h/db", "“mysql”");
    row("https://example.org/x.db", "“https”");
    row("redis://h", "sqlite:///");
    row("jdbc:postgresql://h/db", "jdbc");
    row("sqlite://", "in memory");
    row("sqlite:///", "in memory");
    row("sqlite:///:memory:", "in memory");
    row("sqlite:///file::memory:?cache=shared", "in memory");
    row("file:x?mode=memory", "in memory");
    row(":memory:", "in memory");
    row("sqlite://relative.db", "third slash");
    row("sqlite:relative.db", "slashes are missing");
    row("sqlite+aiosqlite:/x.db", "slashes are missing");
    row("sqlite:///x.db?colour=red", "“colour”");
    row("sqlite:///x.db?mode=fast", "ro, rw or rwc");
    row("sqlite:///x.db?timeout=soon", "seconds");
    row("sqlite:///x.db?immutable=perhaps", "“immutable”");
    row("sqlite+pysqlcipher://:pw@/x.db", "Encrypted");
    row("file:x.db?hexkey=00", "Encrypted");
    row("file:x.db?vfs=unix-none", "“vfs”");
    row("file://elsewhere/x.db", "this computer");
    row("file:", "names no file");
    row("file:?mode=ro", "names no file");
    row("file:a%00b", "%00");
    QTest::newRow("half a character") << u"/x"_s + QChar(0xD800) << u"Unicode"_s;
    QTest::newRow("zero character") << u"/x"_s + QChar(0) << u"zero"_s;
    row("postgresql:host/db", "slashes are missing");
    row("postgresql://", "database name is missing");
    row("postgresql://host", "database name is missing");
    row("postgresql://host/", "database name is missing");
    row("host=localhost", "database name is missing");
    row("postgresql://host:port/db", "port");
    row("postgresql://host:0/db", "port");
    row("postgresql://host:65536/db", "port");
    row("postgresql://h1:1,h2:x/db", "port");
    row("host=a,b,c port=1,2 dbname=x", "2 ports for 3 hosts");
    row("postgresql://::1/db", "brackets");
    row("postgresql://[::1/db", "brackets");
    row("postgresql://[::1]x/db", "After the brackets");
    row("postgresql://h/db/more", "%2F");
    row("postgresql://h/db?colour=red", "“colour”");
    row("postgresql://h/db?sslmode", "name=value");
    row("postgresql://h/db?sslmode=a=b", "name=value");
    row("postgresql://h/db%zz", "%25");
    row("postgresql://h%/db", "the host");
    row("postgresql://h/db?sslmode=%4", "the parameters");
    row("postgresql://h/%00", "%00");
    row("postgresql://h/%ff", "UTF-8");
    row("postgresql://u:p@w@h/db", "%40");
    row("postgresql://u:p/w@h/db", "%2F");
    row("postgresql://u:p%w@h/db", "%25");
    row("u:pw@host/db", "postgresql://");
    row("host=h dbname=x colour=red", "“colour”");
    row("host=h dbname='x", "single quotes");
    row("host=h dbname", "keyword=value");
    row("dbname=postgresql://u:p@h/db", "itself a URL");
    row("postgresql://h/postgresql%3A%2F%2Fu%3Ap%40h%2Fdb", "itself a URL");
}

void tst_DatabaseUrl::malformedTextHasAnErrorThatSaysWhat()
{
    QFETCH(QString, text);
    QFETCH(QString, part);
    const Result<DatabaseUrl> url = DatabaseUrl::parse(text);
    QVERIFY2(!url, url ? qPrintable(url->displayText()) : "");
    QVERIFY(url.error().code == ErrorCode::InvalidInput || url.error().code == ErrorCode::Unsupported);
    QVERIFY2(url.error().message.contains(part), qPrintable(url.error().message));
    QVERIFY(url.error().message.endsWith(u'.') || url.error().message.endsWith(u')'));
}

void tst_DatabaseUrl::passwordsStayOutOfErrorsAndTitles_data()
{
    QTest::addColumn<QString>("text");
    for (const char *text :
         {"postgresql://me:hunter2@h/db", "postgresql://me:a@hunter2@h/db", "postgresql://me:hunter2@a@h/db", "postgresql://me:a/hunter2@h/db",
          "postgresql://me:hunter2/a@h/db", "postgresql://me:12/hunter2@h/db", "postgresql://me:a?hunter2@h/db", "postgresql://me:x@y/z?hunter2=c@h/db", "postgresql://me:x@y/z?options=hunter2@h/db", "postgresql://me:x@y/z?user=hunter2@h/db", "postgresql://me:x@y/z?options=a&hunter2@h/db", "postgresql://me:a#hunter2@h/db",
          "postgresql://me:a%hunter2@h/db", "postgresql://me:hunter2%@h/db", "postgresql://me:hunter2", "postgresql://me:hunter2/db", "postgresql://me:a:hunter2/db",
          "postgresql://me:hunter2@", "postgresql://me:hunter2@h:x/db", "postgresql://me:hunter2@h", "postgresql://me:hunter2@h/db?a=b", "postgresql://h?password=hunter2@x",
          "postgresql://h/db?password=hunter2", "postgresql://h/db?password=a&hunter2", "postgresql://h/db?password=a&hunter2=b", "postgresql://h/db?password=a=hunter2",
          "postgresql://h/db?password=hunter2%", "postgresql://h/db?sslpassword=hunter2", "postgresql://h/db?sslpassword=a&hunter2=b", "postgresql:/me:hunter2@h/db",
          "postgresql:me:hunter2@h/db", "postgresq://me:hunter2@h/db", "me:hunter2@h/db", "me:hunter2@h:5432/db", "mysql:/me:hunter2@h/db", "jdbc:postgresql://me:hunter2@h/db",
          "password=hunter2 dbname=x", "password=hunter2 host", "password=a hunter2 dbname=x", "password=a hunter2=b dbname=x", "dbname=x password='hunter2",
          "dbname=x password=hunter2 colour=red", "dbname=x sslpassword=hunter2", "password=hunter2", "dbname=postgresql://me:hunter2@h/db",
          "postgresql+psycopg2://me:a@hunter2@h/db", "postgresql+psycopg2://h/db?password=a&hunter2=b", "postgresql+asyncpg://me:hunter2@h/db?timeout=x",
          "sqlite+pysqlcipher://:hunter2@/x.db", "sqlite:///x.db?key=hunter2", "sqlite:///x.db?key=a&hunter2=b", "postgresql://me:hunter2@h:1,2/db"})
        QTest::newRow(text) << QString::fromUtf8(text);
}

void tst_DatabaseUrl::passwordsStayOutOfErrorsAndTitles()
{
    QFETCH(QString, text);
    const QString leak = leakedSecret(text, u"hunter2"_s);
    QVERIFY2(leak.isEmpty(), qPrintable(leak));
    QVERIFY(text.contains("sqlite"_L1) || !DatabaseUrl::parse(text) || DatabaseUrl::parse(text)->engine() == Engine::PostgreSql);
}

void tst_DatabaseUrl::theTextForTitlesHasNoSecrets_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("shown");
    const auto row = [](const char *text, const char *shown) { QTest::newRow(text) << QString::fromUtf8(text) << QString::fromUtf8(shown); };
    row("postgresql://me:pw@host:5433/db?sslmode=require", "postgresql://me@host:5433/db?sslmode=require");
    row("postgresql+asyncpg://me:pw@host/db", "postgresql://me@host/db");
    row("postgresql://:pw@host/db", "postgresql://host/db");
    row("postgresql://h/db?sslpassword=x&passfile=/p", "postgresql://h/db?passfile=/p");
    row("postgresql://[::1]:5432,b/db", "postgresql://[::1]:5432,b/db");
    row("postgresql:///db?host=/run/postgresql&port=5433", "postgresql:///db?host=/run/postgresql&port=5433");
    row("postgresql://größe@h/d%20b", "postgresql://größe@h/d%20b");
    row("service=x", "postgresql://?service=x");
    row("host=h dbname=x password=y", "postgresql://h/x");
}

void tst_DatabaseUrl::theTextForTitlesHasNoSecrets()
{
    QFETCH(QString, text);
    const Result<DatabaseUrl> url = DatabaseUrl::parse(text);
    QVERIFY(url);
    QTEST(url->displayText(), "shown");
}

void tst_DatabaseUrl::theIdentityIsNormalised()
{
    const auto identity = [](const QString &text) { return DatabaseUrl::parse(text)->identity(); };
    const QString expected = u"postgresql://me@host:5432/db"_s;
    QCOMPARE(identity(u"postgresql://me:pw@host/db"_s), expected);
    QCOMPARE(identity(u"postgres://me@HOST:5432/db?sslmode=require&connect_timeout=3"_s), expected);
    QCOMPARE(identity(u"postgresql+psycopg2://me:other@host/db?application_name=x"_s), expected);
    QCOMPARE(identity(u"dbname=db user=me host=host"_s), expected);
    QCOMPARE(identity(u"postgresql://a,b/db?target_session_attrs=any&options=x"_s), identity(u"options=x target_session_attrs=any port=5432,5432 host=A,B dbname=db"_s));
    QCOMPARE(identity(u"postgresql://a,b:6/db"_s), u"postgresql://a:5432,b:6/db"_s);
    QCOMPARE(identity(u"host=a,b port=6 dbname=db"_s), u"postgresql://a:6,b:6/db"_s);
    QVERIFY(identity(u"postgresql://me@host/db"_s) != identity(u"postgresql://you@host/db"_s));
    QVERIFY(identity(u"postgresql://me@host/db"_s) != identity(u"postgresql://me@host/DB"_s));
    QVERIFY(identity(u"postgresql://a,b/db"_s) != identity(u"postgresql://b,a/db"_s));
    QVERIFY(identity(u"postgresql:///db?host=/A"_s) != identity(u"postgresql:///db?host=/a"_s));
}

void tst_DatabaseUrl::theIdentityOfAFileIsItsCanonicalPath()
{
    QTemporaryDir temporary;
    QVERIFY(temporary.isValid());
    const QDir dir(QFileInfo(temporary.path()).canonicalFilePath());
    QVERIFY(dir.mkpath(u"real"_s));
    QFile file(dir.filePath(u"real/a.db"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    QVERIFY(QFile::link(dir.filePath(u"real"_s), dir.filePath(u"link"_s)));
    const QString expected = dir.filePath(u"real/a.db"_s);
    QCOMPARE(DatabaseUrl::forFile(dir.filePath(u"link/a.db"_s)).identity(), expected);
    QCOMPARE(DatabaseUrl::forFile(dir.filePath(u"link/../real/a.db"_s)).identity(), expected);
    QCOMPARE(DatabaseUrl::parse(u"sqlite:///"_s + expected + u"?mode=ro"_s)->identity(), expected);
    // Not there yet: the folder decides.
    QCOMPARE(DatabaseUrl::forFile(dir.filePath(u"link/new.db"_s)).identity(), dir.filePath(u"real/new.db"_s));
    QCOMPARE(DatabaseUrl::forFile(u"/no/such/../folder/new.db"_s).identity(), u"/no/folder/new.db"_s);
}

void tst_DatabaseUrl::theCompleteUrlReadsBackEqual_data()
{
    QTest::addColumn<QString>("text");
    for (const char *text :
         {"/a/b.db", "/a/b?c.db", "//a/b?c.db", "/a/b%20c.db", "/a/ b ", "sqlite:////a.db?timeout=3", "sqlite:////a.db?mode=ro&timeout=3", "file:/a%3Fb?immutable=1",
          "postgresql://u%40:p%40%3A%2F%25%20@h1:1,[::1]:2,h3/d%2Fb?sslmode=require&sslpassword=a%26b&options=-c%20a%3Db", "postgresql:///db?host=/run,/var/run&port=1,2",
          "host=/run,b dbname=x password='@:/'", "hostaddr=::1 dbname=x port=7", "host=a hostaddr=::1 dbname=x", "service=x password=y", "host=@a dbname='größe 😀'"})
        QTest::newRow(text) << QString::fromUtf8(text);
}

void tst_DatabaseUrl::theCompleteUrlReadsBackEqual()
{
    QFETCH(QString, text);
    QVERIFY(DatabaseUrl::parse(text));
    const QString broken = brokenUrlInvariant(text);
    QVERIFY2(broken.isEmpty(), qPrintable(broken));
}

void tst_DatabaseUrl::parametersCanBeSetAndRemoved()
{
    DatabaseUrl url = DatabaseUrl::forServer({{u"host"_s, u"h"_s}, {u"dbname"_s, u"db"_s}, {u"password"_s, u"pw"_s}});
    QCOMPARE(url.password(), u"pw"_s);
    QCOMPARE(url.parameter(u"password"_s), QString());
    url.setParameter(u"host"_s, u"other"_s);
    url.setParameter(u"user"_s, u"me"_s);
    url.setParameter(u"dbname"_s, {});
    QCOMPARE(url.parameters(), (Parameters{{u"host"_s, u"other"_s}, {u"user"_s, u"me"_s}}));
    url.setParameter(u"absent"_s, {});
    QCOMPARE(url.parameters().size(), 2);
}

void tst_DatabaseUrl::anEnvFileNamesTheDatabase_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("complete");
    QTest::newRow("DATABASE_URL") << QByteArray("DATABASE_URL=postgresql://u:p@h:1/db\n") << u"postgresql://u:p@h:1/db"_s;
    QTest::newRow("it wins") << QByteArray("DB_NAME=x\nCONSENSUS_ENGINE_DB_URL=sqlite:////b.db\nDATABASE_URL='sqlite:////a.db'\n") << u"sqlite:////a.db"_s;
    QTest::newRow("the engine's own") << QByteArray("DB_NAME=x\nCONSENSUS_ENGINE_DB_URL=sqlite:////b.db\nDATABASE_URL=\n") << u"sqlite:////b.db"_s;
    QTest::newRow("pieces") << QByteArray("export DB_HOST=h\nDB_PORT=6\nDB_NAME=d\nDB_USER=u\nDB_PASSWORD=\"p@:/ w\"\n") << u"postgresql://u:p%40%3A%2F%20w@h:6/d"_s;
    QTest::newRow("few pieces") << QByteArray("DB_NAME=d\n") << u"postgresql://localhost/d"_s;
    QTest::newRow("put together") << QByteArray("U=me\nP=pw\nDATABASE_URL=postgresql+asyncpg://${U}:${P}@h/db # comment\n") << u"postgresql://me:pw@h/db"_s;
    QTest::newRow("unused broken value") << QByteArray("X=${TURNSTONE_TEST_UNSET_VARIABLE}\nDATABASE_URL=sqlite:////a.db\n") << u"sqlite:////a.db"_s;
    QTest::newRow("relative to the file") << QByteArray("DATABASE_URL=sqlite:///./data/x.db\n") << u"sqlite:///FOLDER/data/x.db"_s;
}

void tst_DatabaseUrl::anEnvFileNamesTheDatabase()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, complete);
    QTemporaryDir temporary;
    const QString path = temporary.filePath(u".env"_s);
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(text);
    file.close();
    const Result<DatabaseUrl> url = DatabaseUrl::fromEnvFile(path);
    QVERIFY2(url, url ? "" : qPrintable(url.error().message));
    QCOMPARE(url->toUrlWithSecrets(), complete.replace(u"FOLDER"_s, temporary.path()));
}

void tst_DatabaseUrl::anEnvFileThatDoesNotIsExplained_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("part");
    QTest::newRow("nothing") << QByteArray("OTHER=1\n") << u"sets neither DATABASE_URL"_s;
    QTest::newRow("empty") << QByteArray() << u"sets neither DATABASE_URL"_s;
    QTest::newRow("bad URL") << QByteArray("\n\nDATABASE_URL=mysql://u:hunter2@h/db\n") << u"line 3: DATABASE_URL: "_s;
    QTest::newRow("bad password") << QByteArray("DATABASE_URL=postgresql://u:x@hunter2@h/db\n") << u"%40"_s;
    QTest::newRow("no name") << QByteArray("A=1\nDB_HOST=h\nDB_PASSWORD=hunter2\n") << u"line 2: DB_HOST: DB_NAME is missing"_s;
    QTest::newRow("bad port") << QByteArray("DB_NAME=d\nDB_PORT=x\n") << u"line 2: DB_PORT: "_s;
    QTest::newRow("unset variable") << QByteArray("\nDATABASE_URL=${TURNSTONE_TEST_UNSET_VARIABLE}\n") << u"line 2: “DATABASE_URL” cannot be used"_s;
    QTest::newRow("malformed") << QByteArray("A=1\nDATABASE_URL='hunter2\n") << u"line 2: "_s;
}

void tst_DatabaseUrl::anEnvFileThatDoesNotIsExplained()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, part);
    QTemporaryDir temporary;
    const QString path = temporary.filePath(u"settings.env"_s);
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(text);
    file.close();
    const Result<DatabaseUrl> url = DatabaseUrl::fromEnvFile(path);
    QVERIFY(!url);
    QVERIFY2(url.error().message.contains(part), qPrintable(url.error().message));
    QVERIFY2(url.error().message.contains(u"settings.env"_s), qPrintable(url.error().message));
    QVERIFY2(!url.error().message.contains("hunter2"_L1), qPrintable(url.error().message));
    QCOMPARE(DatabaseUrl::fromEnvFile(temporary.filePath(u"absent.env"_s)).error().code, ErrorCode::NotFound);
}

void tst_DatabaseUrl::whatIsAcceptedReadsBackEqual()
{
    Mutations mutations({u"postgresql://user:pw@host1:5432,[::1]:5433/db?sslmode=require&options=-c%20a%3Db"_s, u"postgresql+asyncpg://u@h/db?ssl=true&timeout=3"_s,
                         u"postgresql+psycopg2://u@/db?host=a:1&host=b"_s, u"sqlite:////a/b.db?mode=ro&timeout=3"_s, u"file:/a%20b.db?immutable=1"_s,
                         u"host=a,b port=1,2 dbname='x y' password=z"_s, u"../a b#c.db"_s, u"sqlite+aiosqlite:///x.db"_s},
                        {u"@"_s, u":"_s, u"/"_s, u"//"_s, u"?"_s, u"&"_s, u"="_s, u"%"_s, u"%20"_s, u"%2F"_s, u"%00"_s, u"%ff"_s, u"["_s, u"]"_s, u","_s, u"'"_s, u"\\"_s, u" "_s,
                         u"+"_s, u"#"_s, u"~"_s, u"\n"_s, QString(QChar(0)), QString(QChar(0xD800)), u"ä"_s, u"😀"_s, u"host="_s, u"password="_s, u"hostaddr="_s, u"service=x"_s, u"file:"_s});
    for (int i = 0; i < 5000; ++i) {
        const QString text = mutations.next();
        const QString broken = brokenUrlInvariant(text);
        QVERIFY2(broken.isEmpty(), qPrintable(broken + u" in: "_s + text));
    }
}

void tst_DatabaseUrl::mutilatedUrlsNeverShowThePassword()
{
    // Anything may stand before and after the password, and one wrong character inside.
    const QStringList heads{u"postgresql://me:"_s, u"postgresql+psycopg2://me:"_s, u"postgres://:"_s, u"me:"_s, u"postgresql:/me:"_s, u"mysql://me:"_s};
    const QStringList wrong{u"@"_s, u":"_s, u"/"_s, u"?"_s, u"#"_s, u"%"_s, u"&"_s, u"="_s, u","_s, u"["_s, u"]"_s, u"//"_s, u"@:"_s, u"/:@"_s, u"?/"_s, u"1/"_s, u"@/"_s, u"'"_s, u"\\"_s};
    const QStringList tails{u"@host/db"_s, u"@host:5432/db?sslmode=require"_s, u"@/db"_s, u"@h1,h2:5/db?a=b"_s, u"@host"_s, u"@[::1]/db"_s};
    for (const QString &head : heads) {
        for (const QString &tail : tails) {
            for (const QString &c : wrong) {
                for (const QString &password : {u"hunter2"_s + c, c + u"hunter2"_s, u"x"_s + c + u"hunter2"_s, u"hunter2"_s + c + u"x"_s, u"x"_s + c + u"hunter2"_s + c + u"y"_s}) {
                    const QString text = head + password + tail;
                    const QString leak = leakedSecret(text, u"hunter2"_s);
                    QVERIFY2(leak.isEmpty(), qPrintable(leak + u" from: "_s + text));
                    QVERIFY2(!DatabaseUrl::parse(text) || DatabaseUrl::parse(text)->engine() == Engine::PostgreSql, qPrintable(text));
                }
            }
        }
    }
}

QTEST_GUILESS_MAIN(tst_DatabaseUrl)
#include "tst_databaseurl.moc"
