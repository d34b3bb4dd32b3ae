// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/connections/envimport.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_EnvImport : public QObject
{
    Q_OBJECT

private slots:
    void theConnectionIsFound_data();
    void theConnectionIsFound();
    void mistakesNameTheLine_data();
    void mistakesNameTheLine();
    void aMissingFileIsTold();

private:
    QString write(const QByteArray &text)
    {
        QFile file(m_folder.filePath(u".env"_s));
        if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
            return {};
        return file.fileName();
    }
    QTemporaryDir m_folder;
};

void tst_EnvImport::theConnectionIsFound_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("url");
    const auto row = [](const char *name, const char *text, const QString &url) { QTest::newRow(name) << QByteArray(text) << url; };
    row("DATABASE_URL", "A=1\nDATABASE_URL=postgresql+asyncpg://ann:p%40ss@h:5433/d\n", u"postgresql://ann:p%40ss@h:5433/d"_s);
    row("URL before parts", "PGHOST=other\nDATABASE_URL=postgresql://h/d\n", u"postgresql://h/d"_s);
    row("DB parts", "DB_HOST=h\nDB_NAME=d\nDB_USER=ann\nDB_PASSWORD='p@ss'\n", u"postgresql://ann:p%40ss@h/d"_s);
    row("PG parts", "PGHOST=h\nPGPORT=5433\nPGDATABASE=d\nPGUSER=ann\nPGPASSWORD=\"p@ss/w\"\nPGSSLMODE=require\n",
        u"postgresql://ann:p%40ss%2Fw@h:5433/d?sslmode=require"_s);
    row("PG socket", "PGHOST=/run/pg\nPGDATABASE=d\n", u"postgresql:///d?host=/run/pg"_s);
    row("PG without host", "PGDATABASE=d\n", u"postgresql://localhost/d"_s);
    row("database is the user", "PGHOST=h\nPGUSER=ann\n", u"postgresql://ann@h/ann"_s);
    row("container image", "POSTGRES_USER=ann\nPOSTGRES_PASSWORD=x\nPOSTGRES_DB=d\n", u"postgresql://ann:x@localhost/d"_s);
}

void tst_EnvImport::theConnectionIsFound()
{
    QFETCH(QByteArray, text);
    const Result<DatabaseUrl> url = readEnvConnection(write(text));
    QVERIFY2(url, url ? "" : qPrintable(url.error().message));
    QTEST(url->toUrlWithSecrets(), "url");
}

void tst_EnvImport::mistakesNameTheLine_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("word");
    QTest::newRow("malformed") << QByteArray("A=1\n\n= x\n") << u"line 3"_s;
    QTest::newRow("bad URL") << QByteArray("A=1\nDATABASE_URL=mysql://ann:topsecret@h/d\n") << u"line 2"_s;
    QTest::newRow("bad port") << QByteArray("A=1\nB=2\nPGHOST=h\nPGPORT=many\nPGPASSWORD=topsecret\nPGDATABASE=d") << u"line 3"_s;
    QTest::newRow("nothing in it") << QByteArray("A=1\n") << u"names no database"_s;
    QTest::newRow("dangling reference") << QByteArray("PGHOST=h\nPGDATABASE=${TURNSTONE_NOT_SET_ANYWHERE}\n") << u"line 2"_s;
}

void tst_EnvImport::mistakesNameTheLine()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, word);
    const Result<DatabaseUrl> url = readEnvConnection(write(text));
    QVERIFY(!url);
    QVERIFY2(url.error().message.contains(word), qPrintable(url.error().message));
    QVERIFY2(!url.error().message.contains(u"topsecret"_s), qPrintable(url.error().message));
}

void tst_EnvImport::aMissingFileIsTold()
{
    const Result<DatabaseUrl> url = readEnvConnection(m_folder.filePath(u"nowhere.env"_s));
    QVERIFY(!url);
    QVERIFY(url.error().message.contains(u"nowhere.env"_s));
}

QTEST_GUILESS_MAIN(tst_EnvImport)
#include "tst_envimport.moc"
