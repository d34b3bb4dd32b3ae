// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/cli/clirunner.h"
#include "tests/support/testpaths.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_ProfilesVerb : public QObject
{
    Q_OBJECT

private slots:
    void theFiveSystemsAreListedWithTheirVariants();
    void aBrokenProfileIsToldWithItsLine();
    void aBuiltInProfileHasNoMistakes();
};

void tst_ProfilesVerb::theFiveSystemsAreListedWithTheirVariants()
{
    const CliRun run({u"profiles"_s, u"--json"_s});
    QCOMPARE(run.code, 0);
    QMap<QString, QStringList> found;
    const QJsonArray profiles = run.json().array();
    for (const QJsonValue &profile : profiles) {
        QStringList variants;
        const QJsonArray ids = profile["variants"_L1].toArray();
        for (const QJsonValue &id : ids)
            variants.append(id.toString());
        variants.sort();
        found[profile["id"_L1].toString()] = variants;
        QVERIFY(!profile["title"_L1].toString().isEmpty());
    }
    QCOMPARE(found.value(u"consensus-engine"_s), (QStringList{u"documented"_s, u"shipped"_s}));
    QCOMPARE(found.value(u"mindgames-arena"_s), (QStringList{u"current"_s, u"early"_s, u"legacy"_s}));
    QCOMPARE(found.value(u"quorum"_s), (QStringList{u"migrated"_s, u"orm"_s}));
    QCOMPARE(found.value(u"llm-orchestration"_s), (QStringList{u"current"_s, u"run-responses"_s}));
    QCOMPARE(found.value(u"project-2501"_s), (QStringList{u"create-all"_s, u"documented"_s, u"grown"_s, u"init-db"_s}));
}

void tst_ProfilesVerb::aBrokenProfileIsToldWithItsLine()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(u"broken.json"_s);
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("{\n  \"format\": \"turnstone-profile/1\",\n  \"id\": \"x\",\n  \"titel\": \"X\"\n}\n");
    file.close();
    const CliRun run({u"profiles"_s, u"check"_s, path});
    QCOMPARE(run.code, 1);
    QVERIFY2(run.out.contains("broken.json:4:"), run.out.constData());
    QCOMPARE(CliRun({u"profiles"_s, u"check"_s}).code, 2);
    QCOMPARE(CliRun({u"profiles"_s, u"check"_s, path + u".missing"_s}).code, 1);
}

void tst_ProfilesVerb::aBuiltInProfileHasNoMistakes()
{
    const CliRun run({u"profiles"_s, u"check"_s, sourcePath(QStringLiteral("resources/profiles/mindgames-arena.json"))});
    QVERIFY2(run.code == 0, run.out.constData());
}

QTEST_GUILESS_MAIN(tst_ProfilesVerb)
#include "tst_profilesverb.moc"
