// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/connections/connectionstore.h"
#include "models/connections/secretstore.h"

#include <QFile>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_ConnectionStore : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void whatIsSavedIsReadAgain();
    void anEntryIsReplacedByItsId();
    void anEntryIsRemoved();
    void aPlaceFindsItsConnection();
    void theOrderIsThatOfAdding();
    void noSecretReachesTheFile_data();
    void noSecretReachesTheFile();
    void recentPlacesHaveNoSecrets();
    void aSecretThatAHandWroteIntoTheFileIsNotUsed();
    void anEntryThatCannotBeReadIsLeftAlone();
    void spoiltNumbersCountAsNotGiven();
    void theKeyOfASecretNamesThePlace_data();
    void theKeyOfASecretNamesThePlace();

private:
    QString path() const { return m_folder->filePath(u"settings.ini"_s); }
    std::unique_ptr<QTemporaryDir> m_folder;
};

static SavedConnection sample(const QString &name, const QString &url)
{
    SavedConnection connection;
    connection.name = name;
    connection.url = *DatabaseUrl::parse(url);
    return connection;
}

void tst_ConnectionStore::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
}

void tst_ConnectionStore::whatIsSavedIsReadAgain()
{
    const QString url = u"postgresql://%C3%A4nn@one:5433,[::1]:5434/my%20games?sslmode=verify-full&options=-c%20a%3Db&connect_timeout=7"_s;
    SavedConnection connection = sample(u"Liga, «prod»; a=b/c%"_s, url);
    connection.readOnly = false;
    connection.keepsPassword = true;
    connection.pool.size = 3;
    connection.pool.overflow = 0;
    connection.pool.recycle = std::chrono::seconds(0);
    connection.pool.acquireTimeout = std::chrono::milliseconds(1500);
    {
        QSettings settings(path(), QSettings::IniFormat);
        QVERIFY(!ConnectionStore(settings).save(connection).id.isEmpty());
    }
    QSettings settings(path(), QSettings::IniFormat);
    const QList<SavedConnection> all = ConnectionStore(settings).connections();
    QCOMPARE(all.size(), 1);
    const SavedConnection &again = all.first();
    QCOMPARE(again.name, connection.name);
    QCOMPARE(again.url, connection.url);
    QCOMPARE(again.readOnly, false);
    QCOMPARE(again.keepsPassword, true);
    QCOMPARE(again.pool.size, 3);
    QCOMPARE(again.pool.overflow, 0);
    QCOMPARE(again.pool.recycle.count(), 0);
    QCOMPARE(again.pool.acquireTimeout.count(), 1500);
    QCOMPARE(again.options().connectTimeout.count(), 7);
    QCOMPARE(again.options().readOnly, false);
}

void tst_ConnectionStore::anEntryIsReplacedByItsId()
{
    QSettings settings(path(), QSettings::IniFormat);
    ConnectionStore store(settings);
    SavedConnection connection = store.save(sample(u"one"_s, u"postgresql://h/d"_s));
    connection.name = u"other"_s;
    QCOMPARE(store.save(connection).id, connection.id);
    QCOMPARE(store.connections().size(), 1);
    QCOMPARE(store.connections().first().name, u"other"_s);
}

void tst_ConnectionStore::anEntryIsRemoved()
{
    QSettings settings(path(), QSettings::IniFormat);
    ConnectionStore store(settings);
    const SavedConnection one = store.save(sample(u"one"_s, u"postgresql://h/d"_s));
    store.save(sample(u"two"_s, u"postgresql://h/d"_s));
    store.remove(QString()); // nothing: not all of them
    QCOMPARE(store.connections().size(), 2);
    store.remove(one.id);
    QCOMPARE(store.connections().size(), 1);
    QCOMPARE(store.connections().first().name, u"two"_s);
}

void tst_ConnectionStore::aPlaceFindsItsConnection()
{
    QSettings settings(path(), QSettings::IniFormat);
    ConnectionStore store(settings);
    const DatabaseUrl place = DatabaseUrl::parse(u"postgresql://somebody:sesame@h/d"_s).value();
    QVERIFY(!store.connectionTo(place));
    SavedConnection writing = sample(u"writing"_s, u"postgresql://somebody@h/d"_s);
    writing.readOnly = false;
    writing.pool.size = 2;
    store.save(writing);
    store.save(sample(u"elsewhere"_s, u"postgresql://somebody@h/other"_s));
    QCOMPARE(store.connectionTo(place)->name, u"writing"_s); // with a password or without
    QCOMPARE(store.connectionTo(place)->pool.size, 2);
    SavedConnection reading = writing;
    reading.name = u"reading"_s;
    reading.readOnly = true;
    store.save(reading);
    writing.name = u"writing too"_s;
    store.save(writing);
    QCOMPARE(store.connectionTo(place)->name, u"reading"_s); // the careful one
}

void tst_ConnectionStore::theOrderIsThatOfAdding()
{
    QSettings settings(path(), QSettings::IniFormat);
    ConnectionStore store(settings);
    QStringList names;
    QStringList wanted;
    for (int i = 0; i < 12; ++i) {
        wanted.append(QString::number(i));
        store.save(sample(wanted.last(), u"postgresql://h/d"_s));
    }
    SavedConnection third = store.connections().at(2);
    store.save(third); // changing one does not move it
    for (const SavedConnection &connection : store.connections())
        names.append(connection.name);
    QCOMPARE(names, wanted);
}

void tst_ConnectionStore::noSecretReachesTheFile_data()
{
    QTest::addColumn<QString>("url");
    QTest::newRow("user part") << u"postgresql://ann:topsecret@h/d"_s;
    QTest::newRow("SQLAlchemy") << u"postgresql+psycopg2://ann:topsecret@h/d"_s;
    QTest::newRow("query parameter") << u"postgresql://ann@h/d?password=topsecret"_s;
    QTest::newRow("key of the certificate") << u"postgresql://ann@h/d?sslpassword=topsecret&sslmode=require"_s;
    QTest::newRow("both") << u"postgresql://ann:topsecret@h/d?sslpassword=topsecret"_s;
    QTest::newRow("key words") << u"host=h dbname=d password=topsecret"_s;
    QTest::newRow("encoded") << u"postgresql://ann:%74opsecret@h/d"_s;
}

void tst_ConnectionStore::noSecretReachesTheFile()
{
    QFETCH(QString, url);
    {
        QSettings settings(path(), QSettings::IniFormat);
        ConnectionStore store(settings);
        SavedConnection saved = store.save(sample(u"one"_s, url));
        QVERIFY(saved.url.password().isEmpty());
        saved.url.setPassword(u"topsecret"_s);
        store.save(saved);
        store.addRecentPlace(*DatabaseUrl::parse(url));
        settings.sync();
        QCOMPARE(settings.status(), QSettings::NoError);
    }
    QFile file(path());
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray bytes = file.readAll();
    QVERIFY(bytes.contains("postgresql://"));
    QVERIFY2(!bytes.contains("opsecret"), bytes.constData());
    QVERIFY2(!bytes.contains("password="), bytes.constData());
}

void tst_ConnectionStore::recentPlacesHaveNoSecrets()
{
    QSettings settings(path(), QSettings::IniFormat);
    ConnectionStore store(settings);
    store.addRecentPlace(*DatabaseUrl::parse(u"postgresql://ann:topsecret@h/d?sslpassword=topsecret"_s));
    store.addRecentPlace(*DatabaseUrl::parse(u"/tmp/x.db"_s));
    store.addRecentPlace(*DatabaseUrl::parse(u"postgresql://ann:other@h/d"_s));
    QCOMPARE(store.recentPlaces(), (QStringList{u"postgresql://ann@h/d"_s, u"/tmp/x.db"_s}));
    for (int i = 0; i < 20; ++i)
        store.addRecentPlace(*DatabaseUrl::parse(u"/tmp/%1.db"_s.arg(i)));
    QCOMPARE(store.recentPlaces().size(), ConnectionStore::maxRecentPlaces);
    QCOMPARE(store.recentPlaces().first(), u"/tmp/19.db"_s);
}

void tst_ConnectionStore::aSecretThatAHandWroteIntoTheFileIsNotUsed()
{
    QSettings settings(path(), QSettings::IniFormat);
    settings.setValue(u"connections/x/url"_s, u"postgresql://ann:topsecret@h/d?sslpassword=topsecret"_s);
    const QList<SavedConnection> all = ConnectionStore(settings).connections();
    QCOMPARE(all.size(), 1);
    QVERIFY(all.first().url.password().isEmpty());
    QVERIFY(all.first().url.parameter(u"sslpassword"_s).isEmpty());
}

void tst_ConnectionStore::anEntryThatCannotBeReadIsLeftAlone()
{
    QSettings settings(path(), QSettings::IniFormat);
    settings.setValue(u"connections/x/url"_s, u"mysql://h/d"_s);
    ConnectionStore store(settings);
    store.save(sample(u"one"_s, u"postgresql://h/d"_s));
    QCOMPARE(store.connections().size(), 1);
    QCOMPARE(settings.value(u"connections/x/url"_s).toString(), u"mysql://h/d"_s);
}

void tst_ConnectionStore::spoiltNumbersCountAsNotGiven()
{
    QSettings settings(path(), QSettings::IniFormat);
    settings.setValue(u"connections/x/url"_s, u"postgresql://h/d"_s);
    settings.setValue(u"connections/x/poolSize"_s, u"0"_s);
    settings.setValue(u"connections/x/poolOverflow"_s, u"-1"_s);
    settings.setValue(u"connections/x/poolRecycle"_s, u"soon"_s);
    const PoolOptions pool = ConnectionStore(settings).connections().first().pool;
    QCOMPARE(pool.size, PoolOptions().size);
    QCOMPARE(pool.overflow, PoolOptions().overflow);
    QCOMPARE(pool.recycle, PoolOptions().recycle);
}

void tst_ConnectionStore::theKeyOfASecretNamesThePlace_data()
{
    QTest::addColumn<QString>("url");
    QTest::addColumn<QString>("key");
    QTest::newRow("plain") << u"postgresql://ann:x@DB.example.org:5433/Games?sslmode=require"_s << u"ann@db.example.org:5433/Games"_s;
    QTest::newRow("default port") << u"postgresql://ann@h/d"_s << u"ann@h:5432/d"_s;
    QTest::newRow("several hosts") << u"postgresql://ann@one:5433,two/d"_s << u"ann@one:5433,two:5432/d"_s;
    QTest::newRow("IPv6") << u"postgresql://ann@[::1]/d"_s << u"ann@[::1]:5432/d"_s;
    QTest::newRow("socket") << u"postgresql:///d?host=/run/PG&user=ann"_s << u"ann@/run/PG:5432/d"_s;
}

void tst_ConnectionStore::theKeyOfASecretNamesThePlace()
{
    QFETCH(QString, url);
    QTEST(secretKey(*DatabaseUrl::parse(url)), "key");
}

QTEST_GUILESS_MAIN(tst_ConnectionStore)
#include "tst_connectionstore.moc"
