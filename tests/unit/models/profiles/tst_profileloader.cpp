// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/profiles/profileloader.h"

#include "models/profiles/profileregistry.h"
#include "tests/support/testfiles.h"
#include "tests/support/testpaths.h"

#include <QDir>
#include <QJsonDocument>
#include <QTemporaryDir>
#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

class TestProfileLoader : public QObject
{
    Q_OBJECT

private slots:
    void everyMistakeIsNamedWithItsLine_data()
    {
        QTest::addColumn<QString>("file");
        const QDir folder(testDataPath(u"profiles/broken"_s));
        const QStringList files = folder.entryList({u"*.json"_s}, QDir::Files, QDir::Name);
        QVERIFY(files.size() >= 20);
        for (const QString &file : files)
            QTest::newRow(qPrintable(file)) << folder.filePath(file);
    }
    // Beside x.json stands x.expected: one line for each mistake, "<line>:<column> <part of the reason>".
    void everyMistakeIsNamedWithItsLine()
    {
        QFETCH(const QString, file);
        QFile expectedFile(QString(file).replace(u".json"_s, u".expected"_s));
        QVERIFY(expectedFile.open(QIODevice::ReadOnly));
        const QStringList expected = QString::fromUtf8(expectedFile.readAll()).split(u'\n', Qt::SkipEmptyParts);
        const ProfileLoader::Loaded loaded = ProfileLoader::loadFile(file);
        QVERIFY(!loaded.has_value());
        QString got;
        for (const ProfileProblem &problem : loaded.error())
            got += problem.toText().section(u'/', -1) + u'\n';
        QVERIFY2(loaded.error().size() == static_cast<std::size_t>(expected.size()), qPrintable(got));
        for (qsizetype i = 0; i < expected.size(); ++i) {
            const ProfileProblem &problem = loaded.error()[static_cast<std::size_t>(i)];
            const QString place = u"%1:%2"_s.arg(problem.line).arg(problem.column);
            QVERIFY2(place == expected[i].section(u' ', 0, 0) && problem.reason.contains(expected[i].section(u' ', 1)), qPrintable(got));
            QCOMPARE(problem.file, file);
        }
    }

    void theBuiltInProfilesHaveNoMistakes()
    {
        const ProfileRegistry registry = ProfileRegistry::load();
        QString problems;
        for (const ProfileProblem &problem : registry.problems())
            problems += problem.toText() + u'\n';
        // At start only their heads are looked at.
        for (const auto &profile : registry.profiles()) {
            const ProfileLoader::Loaded whole = ProfileLoader::loadFile(profile->source());
            for (const ProfileProblem &problem : whole ? std::vector<ProfileProblem>() : whole.error())
                problems += problem.toText() + u'\n';
        }
        QVERIFY2(problems.isEmpty(), qPrintable(problems));
        QStringList ids;
        for (const auto &profile : registry.profiles())
            ids.append(profile->id());
        QCOMPARE(ids, QStringList({u"consensus-engine"_s, u"llm-logs"_s, u"llm-orchestration"_s, u"mindgames-arena"_s, u"project-2501"_s, u"quorum"_s}));
    }

    void theSchemaOfEveryVariantExists()
    {
        const QDir migrations(sourcePath(QStringLiteral("migrations")));
        int folders = 0;
        const ProfileRegistry registry = ProfileRegistry::load();
        for (const auto &profile : registry.profiles()) {
            for (const ProfileVariant &variant : profile->variants()) {
                for (const Engine engine : {Engine::Sqlite, Engine::PostgreSql}) {
                    const QString folder = variant.schemaFolder(engine);
                    if (folder.isEmpty())
                        continue;
                    ++folders;
                    QVERIFY2(!QDir(migrations.filePath(folder)).entryList({u"*.sql"_s}).isEmpty(), qPrintable(folder));
                }
            }
        }
        QVERIFY(folders >= 17);
    }

    void renamedTablesAreNamedEverywhere()
    {
        const auto profile = ProfileRegistry::load().profile(u"consensus-engine"_s);
        const ResolvedProfile shipped = profile->resolve(u"shipped"_s, Engine::Sqlite);
        QVERIFY(shipped.table(u"discussion_rounds"_s));
        QVERIFY(!shipped.table(u"rounds"_s));
        QVERIFY(shipped.table(u"llm_responses"_s)->column(u"llm_name"_s));
        QVERIFY(!shipped.table(u"discussions"_s)->column(u"consensus_score"_s));
        const TreeGroup *tree = shipped.tree(u"discussions"_s);
        QVERIFY(tree);
        QCOMPARE(tree->children[0].table, u"discussion_rounds"_s);
        QCOMPARE(tree->children[0].children[0].label.toString(), u"{llm_name} · {response_text:60}"_s);
        bool found = false;
        for (const Lens &lens : shipped.lenses) {
            QVERIFY2(!QString::fromUtf8(QJsonDocument(lens.parts).toJson()).contains(u"model_responses"_s), qPrintable(lens.id));
            if (lens.kind != u"transcript")
                continue;
            found = true;
            QCOMPARE(lens.parts[u"entries"_s][u"speaker"_s].toString(), u"llm_name"_s);
            QCOMPARE(lens.parts[u"chapters"_s][u"title"_s].toString(), u"Round {round_number} · "_s);
            QCOMPARE(lens.parts[u"ending"_s].toArray(), QJsonArray({u"final_consensus"_s}));
        }
        QVERIFY(found);
        for (const SavedQuery &query : shipped.queries)
            QVERIFY2(!query.sql.contains(u"model_responses"_s) && !query.sql.contains(u'{'), qPrintable(query.sql));
        QCOMPARE(shipped.queries.size(), profile->resolve(u"documented"_s, Engine::Sqlite).queries.size());
    }

    void sqlIsQualifiedOnPostgreSql()
    {
        const auto profile = ProfileRegistry::load().profile(u"quorum"_s);
        const ResolvedProfile resolved = profile->resolve(u"migrated"_s, Engine::PostgreSql, nullptr, u"my schema"_s);
        const auto query = std::find_if(resolved.queries.begin(), resolved.queries.end(), [](const SavedQuery &entry) { return entry.id == u"low-health"; });
        QVERIFY(query != resolved.queries.end());
        QVERIFY2(query->sql.contains(u"\"my schema\".\"conversations\""_s), qPrintable(query->sql));
        const ResolvedProfile sqlite = profile->resolve(u"orm"_s, Engine::Sqlite);
        QVERIFY(std::none_of(sqlite.queries.begin(), sqlite.queries.end(), [](const SavedQuery &entry) { return entry.id == u"database-size"; }));
    }

    void whatTheDatabaseLacksIsLeftOut()
    {
        const auto profile = ProfileRegistry::load().profile(u"mindgames-arena"_s);
        Catalog catalog;
        catalog.schemas = {u"main"_s};
        CatalogTable games;
        games.schema = u"main"_s;
        games.name = u"games"_s;
        for (const QString &name : {u"id"_s, u"started_at"_s, u"status"_s}) {
            CatalogColumn column;
            column.name = name;
            games.columns.push_back(column);
        }
        catalog.tables.push_back(games);
        const ResolvedProfile resolved = profile->resolve(u"current"_s, Engine::Sqlite, &catalog, u"main"_s);
        QCOMPARE(resolved.tables.size(), std::size_t(1));
        QCOMPARE(resolved.tables[0].badges.size(), std::size_t(1)); // winning_team is not there
        QCOMPARE(resolved.trees.size(), std::size_t(1));
        QVERIFY(resolved.trees[0].children.empty());
        QVERIFY(resolved.lensesFor(u"games"_s).size() == 1); // failed-first needs games alone
    }

    void aConditionOnAMissingColumnRemovesTheWholeEntry()
    {
        const QByteArray text = R"({"format": "turnstone-profile/1", "id": "x", "title": "X", "recognise": {"must": ["t"]},
            "variants": [{"id": "a", "title": "A", "without": ["t.state"]}, {"id": "b", "title": "B"}],
            "tables": {"t": {"columns": {"id": "", "state": ""}}},
            "actions": [{"id": "wipe", "title": "Wipe", "table": "t", "rows": "where", "where": {"state": "bad"}, "set": {"id": 1}, "preview": "x"}]})";
        const ProfileLoader::Loaded profile = ProfileLoader::load(text, u"x.json"_s);
        QVERIFY(profile.has_value());
        QCOMPARE(profile->resolve(u"a"_s, Engine::Sqlite).actions.size(), std::size_t(0));
        QCOMPARE(profile->resolve(u"b"_s, Engine::Sqlite).actions.size(), std::size_t(1));
    }

    void theUsersProfilesAreAddedAndABrokenOneSpoilsNothing()
    {
        const QTemporaryDir folder;
        const auto write = [&](const QString &name, const QByteArray &text) {
            QFile file(folder.filePath(name));
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(text);
        };
        write(u"mine.json"_s, R"({"format": "turnstone-profile/1", "id": "mine", "title": "Mine", "recognise": {"must": ["t"]}, "tables": {"t": {"columns": {"id": ""}}}})");
        write(u"quorum.json"_s, R"({"format": "turnstone-profile/1", "id": "quorum", "title": "My Quorum", "recognise": {"must": ["t"]}, "tables": {"t": {"columns": {"id": ""}}}})");
        write(u"broken.json"_s, "{\n  \"format\": \"turnstone-profile/1\",\n  \"id\": 7\n}");
        const ProfileRegistry registry = ProfileRegistry::load(folder.path());
        QCOMPARE(registry.profiles().size(), std::size_t(7));
        QVERIFY(registry.profile(u"mine"_s));
        QVERIFY(!registry.profile(u"mine"_s)->isBuiltIn());
        QCOMPARE(registry.profile(u"quorum"_s)->title(), u"My Quorum"_s);
        QVERIFY(!registry.problems().empty());
        QCOMPARE(registry.problems().front().file, folder.filePath(u"broken.json"_s));
        QVERIFY(ProfileRegistry::load(folder.filePath(u"missing"_s)).problems().empty());
    }
};

QTEST_APPLESS_MAIN(TestProfileLoader)
#include "tst_profileloader.moc"
