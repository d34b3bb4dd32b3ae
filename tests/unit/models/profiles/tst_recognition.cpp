// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/profiles/recognition.h"

#include "models/catalog/catalogreader.h"
#include "models/database/connection.h"
#include "models/profiles/derivedprofile.h"
#include "models/sql/sqlparameters.h"
#include "tests/support/testdatabase.h"
#include "tests/support/testfiles.h"
#include "tests/unit/models/browsing/openedsystem.h"

#include <QTemporaryDir>
#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

namespace {

QString fixture(const QString &system, const QString &variant, const QString &engine)
{
    return QString::fromUtf8(testData(u"schemas/%1/%2.%3.sql"_s.arg(system, variant, engine)));
}

Result<Catalog> catalogOf(const DatabaseUrl &url)
{
    Result<std::unique_ptr<Connection>> connection = Connection::open(url);
    if (!connection)
        return tl::unexpected(connection.error());
    return readCatalog(**connection);
}

QString describe(const std::vector<Recognition> &found)
{
    QString text;
    for (const Recognition &recognition : found)
        text += u"%1/%2 in %3: %4%5, missing: %6, extra: %7 %8\n"_s.arg(recognition.profile->id(), recognition.variant, recognition.schema)
                    .arg(recognition.confidence)
                    .arg(recognition.incomplete ? u" incomplete"_s : QString(), recognition.missing.join(u' '), recognition.extra.join(u' '), recognition.extraColumns.join(u' '));
    return text;
}

} // namespace

class TestRecognition : public QObject
{
    Q_OBJECT

private slots:
    void everyVariantIsKnownOnSqlite_data()
    {
        QTest::addColumn<QString>("system");
        QTest::addColumn<QString>("variant");
        const std::pair<QString, QString> variants[] = {{u"consensus-engine"_s, u"documented"_s}, {u"consensus-engine"_s, u"shipped"_s}, {u"mindgames-arena"_s, u"current"_s},
                                                        {u"mindgames-arena"_s, u"early"_s}, {u"mindgames-arena"_s, u"legacy"_s}, {u"quorum"_s, u"orm"_s},
                                                        {u"llm-orchestration"_s, u"current"_s}, {u"llm-orchestration"_s, u"run-responses"_s}};
        for (const auto &[system, variant] : variants)
            QTest::newRow(qPrintable(system + u'/' + variant)) << system << variant;
    }
    void everyVariantIsKnownOnSqlite()
    {
        QFETCH(const QString, system);
        QFETCH(const QString, variant);
        const QTemporaryDir folder;
        const QString path = folder.filePath(u"misleading quorum.db"_s);
        QCOMPARE(executeSql(path, fixture(system, variant, u"sqlite"_s)), QString());
        const Result<Catalog> catalog = catalogOf(DatabaseUrl::forFile(path));
        QVERIFY2(catalog.has_value(), catalog ? "" : qPrintable(catalog.error().message));
        const std::vector<Recognition> found = recognise(*catalog, m_registry);
        verifyOnly(found, system, variant);
        verifyStatements(DatabaseUrl::forFile(path), found.front().resolve(*catalog));
        const ResolvedProfile resolved = found.front().resolve(*catalog);
        QVERIFY(!resolved.trees.empty());
        QCOMPARE(resolved.tables.size(), static_cast<std::size_t>(found.front().matched.size()));
    }

    void everyVariantIsKnownOnPostgreSql_data()
    {
        QTest::addColumn<QString>("system");
        QTest::addColumn<QString>("variant");
        QTest::addColumn<bool>("vectors");
        const auto row = [](const QString &system, const QString &variant, bool vectors) { QTest::newRow(qPrintable(system + u'/' + variant)) << system << variant << vectors; };
        row(u"consensus-engine"_s, u"documented"_s, false);
        row(u"consensus-engine"_s, u"shipped"_s, false);
        row(u"mindgames-arena"_s, u"current"_s, false);
        row(u"mindgames-arena"_s, u"early"_s, false);
        row(u"project-2501"_s, u"init-db"_s, false);
        row(u"project-2501"_s, u"create-all"_s, false);
        row(u"project-2501"_s, u"grown"_s, false);
        row(u"project-2501"_s, u"documented"_s, true);
        row(u"quorum"_s, u"migrated"_s, true);
        row(u"quorum"_s, u"orm"_s, true);
    }
    void everyVariantIsKnownOnPostgreSql()
    {
        QFETCH(const QString, system);
        QFETCH(const QString, variant);
        QFETCH(const bool, vectors);
        TestDatabase database(vectors ? TestDatabase::vectorForOneSession() : "TURNSTONE_TEST_PG_URL");
        REQUIRE_DATABASE(database);
        QCOMPARE(database.execute(fixture(system, variant, u"postgresql"_s)), QString());
        const Result<Catalog> catalog = catalogOf(DatabaseUrl::parse(database.url()).value());
        QVERIFY2(catalog.has_value(), catalog ? "" : qPrintable(catalog.error().message));
        const std::vector<Recognition> found = recognise(*catalog, m_registry);
        verifyOnly(found, system, variant);
        verifyStatements(DatabaseUrl::parse(database.url()).value(), found.front().resolve(*catalog));
    }

    void twoSystemsInOneFileAreBothOffered()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(u"both.db"_s);
        QCOMPARE(executeSql(path, fixture(u"consensus-engine"_s, u"shipped"_s, u"sqlite"_s)), QString());
        QCOMPARE(executeSql(path, fixture(u"llm-orchestration"_s, u"current"_s, u"sqlite"_s)), QString());
        const std::vector<Recognition> found = recognise(catalogOf(DatabaseUrl::forFile(path)).value(), m_registry);
        QVERIFY2(found.size() == 2, qPrintable(describe(found)));
        QStringList ids{found[0].profile->id(), found[1].profile->id()};
        ids.sort();
        QCOMPARE(ids, QStringList({u"consensus-engine"_s, u"llm-orchestration"_s}));
        for (const Recognition &recognition : found) {
            QVERIFY(recognition.missing.isEmpty());
            QVERIFY(!recognition.extra.isEmpty()); // the other's
        }
    }

    void eachSchemaIsLookedAtByItself()
    {
        TestDatabase database;
        REQUIRE_DATABASE(database);
        QCOMPARE(database.execute(u"CREATE SCHEMA one; CREATE SCHEMA two; SET search_path = one; "_s + fixture(u"mindgames-arena"_s, u"current"_s, u"postgresql"_s)), QString());
        QCOMPARE(database.execute(u"SET search_path = two; "_s + fixture(u"consensus-engine"_s, u"documented"_s, u"postgresql"_s)), QString());
        const std::vector<Recognition> found = recognise(catalogOf(DatabaseUrl::parse(database.url()).value()).value(), m_registry);
        QVERIFY2(found.size() == 2, qPrintable(describe(found)));
        for (const Recognition &recognition : found) {
            QCOMPARE(recognition.schema, recognition.profile->id() == u"mindgames-arena" ? u"one"_s : u"two"_s);
            QVERIFY2(recognition.missing.isEmpty() && recognition.extra.isEmpty(), qPrintable(describe(found)));
        }
    }

    void aLonelyTableIsOfferedAsIncomplete()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(u"part.db"_s);
        QCOMPARE(executeSql(path, u"CREATE TABLE discussions(id INTEGER PRIMARY KEY, prompt TEXT, consensus_reached INTEGER, final_consensus TEXT)"_s), QString());
        const std::vector<Recognition> found = recognise(catalogOf(DatabaseUrl::forFile(path)).value(), m_registry);
        QVERIFY2(found.size() == 1, qPrintable(describe(found)));
        QVERIFY(found.front().incomplete);
        QVERIFY(found.front().confidence < 0.5);
        QCOMPARE(found.front().profile->id(), u"consensus-engine"_s);
        QVERIFY(found.front().missing.contains(u"rounds"_s));
    }

    void extraTablesAndColumnsAreTold()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(u"more.db"_s);
        QCOMPARE(executeSql(path, fixture(u"mindgames-arena"_s, u"current"_s, u"sqlite"_s)), QString());
        QCOMPARE(executeSql(path, u"CREATE TABLE notes(id INTEGER PRIMARY KEY); ALTER TABLE games ADD COLUMN mood TEXT; DROP TABLE agent_trueskill"_s), QString());
        const std::vector<Recognition> found = recognise(catalogOf(DatabaseUrl::forFile(path)).value(), m_registry);
        QCOMPARE(found.size(), std::size_t(1));
        QVERIFY(!found.front().incomplete);
        QCOMPARE(found.front().extra, QStringList{u"notes"_s});
        QCOMPARE(found.front().extraColumns, QStringList{u"games.mood"_s});
        QCOMPARE(found.front().missing, QStringList{u"agent_trueskill"_s});
    }

    void strangersAreNotTakenForAnybody()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(u"mindgames.db"_s);
        QCOMPARE(executeSql(path, u"CREATE TABLE games(id INTEGER PRIMARY KEY, title TEXT); CREATE TABLE runs(id INTEGER PRIMARY KEY); CREATE TABLE workflows(id INTEGER PRIMARY KEY);"
                                  "CREATE TABLE blocks(id INTEGER PRIMARY KEY); CREATE TABLE conversations(id INTEGER); CREATE TABLE messages(id INTEGER)"_s), QString());
        const std::vector<Recognition> found = recognise(catalogOf(DatabaseUrl::forFile(path)).value(), m_registry);
        QVERIFY2(found.empty(), qPrintable(describe(found)));
    }

    void savedQueriesAnswerOnTheSamples_data()
    {
        QTest::addColumn<QString>("system");
        QTest::addColumn<QString>("server");
        QTest::addColumn<QStringList>("wanted");
        // What the reference documents ask, by the ids of the profiles' queries.
        const std::pair<QString, QStringList> systems[] = {
            {u"consensus-engine"_s, {u"discussion-history"_s, u"discussion-details"_s}},
            {u"mindgames-arena"_s, {u"active-models"_s, u"active-kinds"_s, u"active-prompts"_s, u"completed-games"_s, u"game-details"_s, u"top-agents"_s}},
            {u"llm-orchestration"_s, {u"workflow"_s, u"warm-payloads"_s}},
            {u"quorum"_s, {}},
            {u"project-2501"_s, {u"connection-test"_s}},
        };
        for (const auto &[system, wanted] : systems) {
            const bool hasVectors = system == u"quorum" || system == u"project-2501";
            QTest::newRow(qPrintable(system + u" on SQLite"_s)) << system << QString() << wanted;
            const QStringList more = system == u"quorum" ? QStringList{u"similar-messages"_s, u"database-size"_s, u"index-usage"_s} : wanted;
            QTest::newRow(qPrintable(system + u" on a server"_s)) << system << (hasVectors ? u"TURNSTONE_TEST_PGVECTOR_URL"_s : u"TURNSTONE_TEST_PG_URL"_s) << more;
        }
    }
    void savedQueriesAnswerOnTheSamples()
    {
        QFETCH(QString, system);
        QFETCH(QString, server);
        QFETCH(QStringList, wanted);
        const QTemporaryDir folder;
        std::unique_ptr<TestDatabase> database;
        DatabaseUrl url = DatabaseUrl::forFile(folder.filePath(u"sample.db"_s));
        QString problem;
        if (server.isEmpty()) {
            problem = makeDemoFile(folder.filePath(u"sample.db"_s), system);
        } else {
            database = std::make_unique<TestDatabase>(server.toLatin1().constData());
            REQUIRE_DATABASE(*database);
            url = DatabaseUrl::parse(database->url()).value();
            problem = database->execute(schemaOfSystem(system, u"postgresql"_s));
            QVERIFY2(problem.isEmpty(), qPrintable(problem));
            problem = fillWithDemo(url, system);
        }
        QVERIFY2(problem.isEmpty(), qPrintable(problem));
        const OpenedSystem opened(url);
        const ResolvedProfile &profile = *opened.context.profile;
        QCOMPARE(profile.profileId, system);
        auto connection = Connection::open(url);
        QVERIFY(connection.has_value());
        QStringList answered;
        for (const SavedQuery &query : profile.queries) {
            Parameters parameters;
            for (const QJsonValue &entry : query.parameters) {
                const QString name = entry[u"name"_s].toString();
                const QString type = entry[u"type"_s].toString();
                if (type == u"key" || type == u"vector") {
                    // "game": a key of games.
                    const auto table = std::ranges::find(profile.tables, name + u's', &TableProfile::bodyName);
                    QVERIFY2(type == u"vector" || table != profile.tables.end(), qPrintable(name));
                    const QString sql = type == u"vector" ? u"SELECT embedding_vector::text FROM message_embeddings LIMIT 1"_s
                                                          : u"SELECT %1 FROM %2 ORDER BY 1 LIMIT 1"_s.arg(Connection::quoted(table->key.value(0, u"id"_s)), Connection::quoted(table->name));
                    const Result<Value> key = (*connection)->queryValue(sql);
                    QVERIFY2(key && !key->isNull(), qPrintable(sql));
                    parameters.named[name] = *key;
                } else {
                    const QJsonValue usual = entry[u"default"_s];
                    QVERIFY2(!usual.isUndefined(), qPrintable(query.id + u' ' + name)); // nobody has to invent one
                    parameters.named[name] = usual.isDouble() ? Value::real(usual.toDouble()) : usual.isBool() ? (server.isEmpty() ? Value::integer(usual.toBool()) : Value::text(usual.toBool() ? u"true"_s : u"false"_s)) : Value::text(usual.toString());
                    if (type == u"integer")
                        parameters.named[name] = Value::integer(usual.toInt());
                }
            }
            int rows = 0;
            const Result<> read = (*connection)->forEachRow(query.sql, parameters, [&rows](const RowBlock &, int) { return ++rows > 0; });
            QVERIFY2(read.has_value(), read ? "" : qPrintable(query.id + u": "_s + read.error().message + u'\n' + query.sql));
            if (rows > 0)
                answered.append(query.id);
        }
        for (const QString &id : wanted)
            QVERIFY2(answered.contains(id), qPrintable(id + u" of "_s + answered.join(u' ')));
        QVERIFY2(answered.size() * 3 >= static_cast<qsizetype>(profile.queries.size()) * 2, qPrintable(answered.join(u' ')));
    }

    void aProfileIsDerivedFromForeignKeys()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(u"shop.db"_s);
        QCOMPARE(executeSql(path, u"CREATE TABLE category(id INTEGER PRIMARY KEY, name TEXT, parent INTEGER REFERENCES category(id));"
                                  "CREATE TABLE \"odd {item}\"(id INTEGER PRIMARY KEY, title TEXT, category INTEGER REFERENCES category(id), best INTEGER REFERENCES review(id));"
                                  "CREATE TABLE review(id INTEGER PRIMARY KEY, body TEXT, item INTEGER REFERENCES \"odd {item}\"(id));"
                                  "CREATE TABLE plain(a, b)"_s), QString());
        const ResolvedProfile derived = deriveProfile(catalogOf(DatabaseUrl::forFile(path)).value());
        QCOMPARE(derived.tables.size(), std::size_t(4));
        const TreeGroup *category = derived.tree(u"category"_s);
        QVERIFY(category);
        QCOMPARE(category->selfLink, ColumnLink({{u"parent"_s, u"id"_s}}));
        QCOMPARE(category->children.size(), std::size_t(1));
        const TreeGroup &item = category->children[0];
        QCOMPARE(item.table, u"odd {item}"_s);
        QCOMPARE(item.link, ColumnLink({{u"category"_s, u"id"_s}}));
        QCOMPARE(item.children.size(), std::size_t(1)); // review; the way back ends here
        QVERIFY(item.children[0].children.empty());
        QVERIFY(derived.tree(u"plain"_s));
        QVERIFY(derived.tree(u"review"_s)); // of a cycle every table can be the top
        QCOMPARE(derived.table(u"review"_s)->label.toString(), u"{body|id:80}"_s);
    }

private:
    /// Every SQL text of the profile is understood by the engine, with the tables as they are.
    void verifyStatements(const DatabaseUrl &url, const ResolvedProfile &profile)
    {
        std::vector<std::pair<QString, QString>> statements;
        for (const SavedQuery &query : profile.queries)
            statements.emplace_back(u"query "_s + query.id, query.sql);
        for (const ProfileCheck &check : profile.checks)
            statements.emplace_back(u"check "_s + check.id, check.details[u"sql"_s].toString());
        for (const Lens &lens : profile.lenses)
            statements.emplace_back(u"lens "_s + lens.id, lens.parts[u"sql"_s].toString());
        for (const ProfileAction &action : profile.actions) {
            for (const QJsonValue &step : action.details[u"steps"_s].toArray())
                statements.emplace_back(u"action "_s + action.id, step[u"sql"_s].toString());
        }
        Result<std::unique_ptr<Connection>> connection = Connection::open(url);
        QVERIFY(connection.has_value());
        int count = 0;
        for (const auto &[place, sql] : statements) {
            if (sql.isEmpty())
                continue;
            ++count;
            Parameters parameters;
            for (const QString &name : namedParameters(sql, url.engine() == Engine::Sqlite ? SqlDialect::Sqlite : SqlDialect::PostgreSql))
                parameters.named[name] = Value::null();
            const Result<Value> plan = (*connection)->queryValue(u"EXPLAIN "_s + sql, parameters);
            QVERIFY2(plan.has_value(), plan ? "" : qPrintable(place + u": "_s + plan.error().message + u' ' + plan.error().detail + u'\n' + sql));
        }
        QVERIFY(count >= (profile.variantId == u"legacy" ? 0 : 5));
    }

    void verifyOnly(const std::vector<Recognition> &found, const QString &system, const QString &variant)
    {
        QVERIFY2(found.size() == 1, qPrintable(describe(found)));
        const Recognition &recognition = found.front();
        QVERIFY2(recognition.profile->id() == system && recognition.variant == variant, qPrintable(describe(found)));
        QVERIFY2(recognition.missing.isEmpty() && recognition.extra.isEmpty() && recognition.extraColumns.isEmpty(), qPrintable(describe(found)));
        QVERIFY(!recognition.incomplete);
        QVERIFY2(recognition.confidence > 0.9, qPrintable(describe(found)));
    }

    const ProfileRegistry m_registry = ProfileRegistry::load();
};

QTEST_GUILESS_MAIN(TestRecognition)
#include "tst_recognition.moc"
