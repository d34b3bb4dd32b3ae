// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/cli/clirunner.h"
#include "tests/support/testdatabase.h"
#include "tests/support/testfiles.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_SearchVerb : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void neighboursOfARecordOnBothEngines();
    void aVectorFromAFileFindsItsOwnRow();
    void filtersConversationsAndScores();
    void textWithoutAnEndpointIsSearchedByWords();
    void repetitionsAreGrouped();
    void mistakesAreNamed();

private:
    QString file() const { return m_folder.filePath(u"debates.db"_s); }
    QString message(int n) const { return sqlValue(file(), u"SELECT message_id FROM message_embeddings WHERE rowid = %1"_s.arg(n)); }

    QTemporaryDir m_folder;
};

void tst_SearchVerb::initTestCase()
{
    qputenv("XDG_CACHE_HOME", m_folder.filePath(u"cache"_s).toLocal8Bit());
    const CliRun made({u"demo"_s, file(), u"--system"_s, u"quorum"_s});
    QVERIFY2(made.code == 0, made.err.constData());
}

void tst_SearchVerb::neighboursOfARecordOnBothEngines()
{
    TestDatabase database("TURNSTONE_TEST_PGVECTOR_URL");
    QStringList places{file()};
    if (database.isConfigured()) {
        REQUIRE_DATABASE(database);
        const CliRun made({u"demo"_s, database.url(), u"--system"_s, u"quorum"_s});
        QVERIFY2(made.code == 0, made.err.constData());
        places.append(database.url());
    }
    QList<QJsonArray> found;
    for (const QString &place : places) {
        const CliRun run({u"search"_s, place, u"--row"_s, message(20), u"-k"_s, u"5"_s, u"--exact"_s, u"--json"_s});
        QVERIFY2(run.code == 0, run.err.constData());
        const QJsonObject answer = run.json().object();
        QCOMPARE(answer[u"metric"_s].toString(), u"cosine"_s);
        QCOMPARE(answer[u"exact"_s].toBool(), true);
        QVERIFY(answer[u"index"_s].isNull());
        const QJsonArray hits = answer[u"hits"_s].toArray();
        QCOMPARE(hits.size(), 5);
        double last = -1;
        for (const QJsonValue &value : hits) {
            const QJsonObject hit = value.toObject();
            QCOMPARE(hit[u"table"_s].toString(), u"messages"_s);
            QVERIFY(hit[u"key"_s].toString() != message(20));
            QVERIFY(hit[u"distance"_s].toDouble() >= last);
            last = hit[u"distance"_s].toDouble();
            QVERIFY(std::abs(hit[u"score"_s].toDouble() - (1 - last / 2)) < 1e-12);
            QVERIFY(!hit[u"text"_s].toString().isEmpty());
        }
        found.append(hits);
    }
    for (qsizetype i = 0; found.size() == 2 && i < 5; ++i) {
        QVERIFY(std::abs(found[0][i].toObject()[u"distance"_s].toDouble() - found[1][i].toObject()[u"distance"_s].toDouble()) < 1e-6);
        QCOMPARE(found[0][i].toObject()[u"text"_s], found[1][i].toObject()[u"text"_s]);
    }
}

void tst_SearchVerb::aVectorFromAFileFindsItsOwnRow()
{
    QFile vector(m_folder.filePath(u"vector.json"_s));
    QVERIFY(vector.open(QIODevice::WriteOnly));
    vector.write(sqlValue(file(), u"SELECT embedding FROM message_embeddings WHERE rowid = 7"_s).toUtf8());
    vector.close();
    const CliRun run({u"search"_s, file(), u"--vector"_s, vector.fileName(), u"-k"_s, u"3"_s, u"--json"_s});
    QVERIFY2(run.code == 0, run.err.constData());
    const QJsonObject first = run.json().object()[u"hits"_s].toArray().at(0).toObject();
    QCOMPARE(first[u"key"_s].toString(), message(7));
    QVERIFY(std::abs(first[u"distance"_s].toDouble()) < 1e-9);
    const CliRun own({u"search"_s, file(), u"--vector"_s, vector.fileName(), u"--table"_s, u"message_embeddings"_s, u"-k"_s, u"1"_s, u"--json"_s});
    QCOMPARE(own.json().object()[u"hits"_s].toArray().at(0).toObject()[u"key"_s].toString(), sqlValue(file(), u"SELECT id FROM message_embeddings WHERE rowid = 7"_s));
}

void tst_SearchVerb::filtersConversationsAndScores()
{
    const QString conversation = sqlValue(file(), u"SELECT conversation_id FROM messages WHERE id = '%1'"_s.arg(message(20)));
    const CliRun within({u"search"_s, file(), u"--row"_s, message(20), u"--within"_s, conversation, u"-k"_s, u"500"_s, u"--json"_s});
    QVERIFY2(within.code == 0, within.err.constData());
    const QJsonArray hits = within.json().object()[u"hits"_s].toArray();
    QCOMPARE(QString::number(hits.size() + 1), sqlValue(file(), u"SELECT count(*) FROM message_embeddings e JOIN messages m ON m.id = e.message_id WHERE m.conversation_id = '%1'"_s.arg(conversation)));
    for (const QJsonValue &hit : hits)
        QCOMPARE(hit.toObject()[u"conversation"_s].toString(), conversation);
    const CliRun good({u"search"_s, file(), u"--row"_s, message(20), u"--min-score"_s, u"0.85"_s, u"-k"_s, u"500"_s, u"--json"_s});
    for (const QJsonValue &hit : good.json().object()[u"hits"_s].toArray())
        QVERIFY(hit.toObject()[u"score"_s].toDouble() >= 0.85);
    const CliRun where({u"search"_s, file(), u"--row"_s, message(20), u"--where"_s, u"created_at < '2025-10-03'"_s, u"-k"_s, u"500"_s, u"--json"_s});
    QVERIFY2(where.code == 0, where.err.constData());
    QVERIFY(where.json().object()[u"hits"_s].toArray().size() < 150);
}

void tst_SearchVerb::textWithoutAnEndpointIsSearchedByWords()
{
    const CliRun run({u"search"_s, file(), u"--text"_s, u"wood concrete"_s, u"-k"_s, u"3"_s, u"--json"_s});
    QVERIFY2(run.code == 0, run.err.constData());
    QVERIFY(run.err.contains("by its words"));
    QCOMPARE(run.json().object()[u"metric"_s].toString(), u"words"_s);
    const QJsonArray hits = run.json().object()[u"hits"_s].toArray();
    QCOMPARE(hits.size(), 3);
    QVERIFY(hits.at(0).toObject()[u"text"_s].toString().contains(u"concrete"_s, Qt::CaseInsensitive));
}

void tst_SearchVerb::repetitionsAreGrouped()
{
    const CliRun run({u"search"_s, file(), u"--duplicates"_s, u"0.95"_s, u"--json"_s});
    QVERIFY2(run.code == 0, run.err.constData());
    const QJsonObject answer = run.json().object();
    QVERIFY(answer[u"group_count"_s].toInt() > 0);
    for (const QJsonValue &group : answer[u"groups"_s].toArray())
        QVERIFY(group.toObject()[u"members"_s].toArray().size() >= 2);
}

void tst_SearchVerb::mistakesAreNamed()
{
    QCOMPARE(CliRun({u"search"_s, file()}).code, 2);
    QCOMPARE(CliRun({u"search"_s, file(), u"--row"_s, u"a"_s, u"--text"_s, u"b"_s}).code, 2);
    const CliRun gone({u"search"_s, file(), u"--row"_s, u"nobody"_s});
    QCOMPARE(gone.code, 1);
    QVERIFY(gone.err.contains("nobody"));
    const CliRun noFile({u"search"_s, file(), u"--vector"_s, u"/nowhere"_s});
    QCOMPARE(noFile.code, 1);
    const CliRun noTable({u"search"_s, file(), u"--row"_s, u"a"_s, u"--table"_s, u"conversations"_s});
    QCOMPARE(noTable.code, 1);
    QVERIFY(noTable.err.contains("message_embeddings.embedding"));
    const QString arena = m_folder.filePath(u"arena.db"_s);
    QCOMPARE(CliRun({u"demo"_s, arena, u"--system"_s, u"mindgames-arena"_s}).code, 0);
    const CliRun none({u"search"_s, arena, u"--row"_s, u"1"_s});
    QCOMPARE(none.code, 1);
    QVERIFY(none.err.contains("no column of vectors"));
}

QTEST_GUILESS_MAIN(tst_SearchVerb)
#include "tst_searchverb.moc"
