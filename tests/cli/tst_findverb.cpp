// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/cli/clirunner.h"
#include "tests/support/testfiles.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_FindVerb : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void hitsAreJson();
    void hitsAreReadable();
    void theNumberOfHitsIsBounded();
    void mistakesAreNamed();

private:
    QTemporaryDir m_folder;
    QString m_path;
};

void tst_FindVerb::initTestCase()
{
    m_path = m_folder.filePath(u"arena.db"_s);
    QCOMPARE(CliRun({u"demo"_s, m_path, u"--system"_s, u"mindgames-arena"_s}).code, 0);
    QVERIFY(executeSql(m_path, u"UPDATE game_turns SET observation = '{\"text\": \"caf\\u00e9 zanzibar\"}' WHERE id = 40; UPDATE game_turns SET action = 'Zanzibar!' WHERE id = 41"_s).isEmpty());
}

void tst_FindVerb::hitsAreJson()
{
    const CliRun run({u"find"_s, m_path, u"CAFÉ ZANZIBAR"_s, u"--json"_s});
    QVERIFY2(run.code == 0, run.err.constData());
    const QJsonArray hits = run.json().array();
    QCOMPARE(hits.size(), 1);
    const QJsonObject hit = hits[0].toObject();
    QCOMPARE(hit[u"table"_s].toString(), u"game_turns"_s);
    QCOMPARE(hit[u"key"_s].toInt(), 40);
    QCOMPARE(hit[u"column"_s].toString(), u"observation"_s);
    QVERIFY(hit[u"excerpt"_s].toString().contains(u"café zanzibar"));
    QCOMPARE(hit[u"match"_s].toString(), u"café zanzibar"_s);
    QCOMPARE(CliRun({u"find"_s, m_path, u"zanzibar"_s, u"--json"_s}).json().array().size(), 2);
    QCOMPARE(CliRun({u"find"_s, m_path, u"zanzibar"_s, u"--case"_s, u"--json"_s}).json().array().size(), 1);
    QCOMPARE(CliRun({u"find"_s, m_path, u"zanzibar"_s, u"--table"_s, u"games"_s, u"--json"_s}).out, QByteArray("[]\n"));
    QCOMPARE(CliRun({u"find"_s, m_path, u"z[a-z]+bar!?$"_s, u"--regex"_s, u"--json"_s}).json().array().size(), 1);
}

void tst_FindVerb::hitsAreReadable()
{
    const CliRun run({u"find"_s, m_path, u"zanzibar"_s});
    QCOMPARE(run.code, 0);
    QCOMPARE(run.out.split('\n').first(), QByteArray("game_turns"));
    QVERIFY(run.out.contains("  41  action  Zanzibar!"));
}

void tst_FindVerb::theNumberOfHitsIsBounded()
{
    const CliRun run({u"find"_s, m_path, u"player"_s, u"-k"_s, u"7"_s, u"--json"_s});
    QCOMPARE(run.code, 0);
    QCOMPARE(run.json().array().size(), 7);
    QVERIFY(run.err.contains("-k asks for more"));
}

void tst_FindVerb::mistakesAreNamed()
{
    QCOMPARE(CliRun({u"find"_s, m_path}).code, 2);
    const CliRun table({u"find"_s, m_path, u"x"_s, u"--table"_s, u"nowhere"_s});
    QCOMPARE(table.code, 1);
    QVERIFY(table.err.contains("There is no table \"nowhere\""));
    const CliRun pattern({u"find"_s, m_path, u"a(b"_s, u"--regex"_s});
    QCOMPARE(pattern.code, 2);
    QVERIFY(pattern.err.contains("at character 4"));
}

QTEST_GUILESS_MAIN(tst_FindVerb)
#include "tst_findverb.moc"
