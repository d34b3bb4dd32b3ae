// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/catalog/catalogreader.h"
#include "models/migration/migrationstate.h"
#include "models/profiles/profileregistry.h"
#include "models/profiles/recognition.h"
#include "tests/support/testdatabase.h"

#include <QTemporaryDir>
#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_MigrationState : public QObject
{
    Q_OBJECT

private slots:
    void recordedWordsMeanFiles();
    void everyFreshSchemaIsAtItsHead_data();
    void everyFreshSchemaIsAtItsHead();
    void aDatabaseHalfWayNamesWhatIsPending_data();
    void aDatabaseHalfWayNamesWhatIsPending();
    void aRevisionThatWeDoNotKnowIsNamed();
    void aStepLeftOutIsPending();
    void withoutAHistoryOnlyTheRecordIsTold();

private:
    struct Place
    {
        std::unique_ptr<QTemporaryDir> folder;
        std::unique_ptr<TestDatabase> server;
        std::unique_ptr<Connection> connection;
    };
    static std::unique_ptr<Connection> open(const QString &url)
    {
        ConnectionOptions options;
        options.readOnly = false;
        options.createFile = true;
        auto opened = Connection::open(*DatabaseUrl::parse(url), options);
        if (!opened)
            qFatal("%s %s", qPrintable(opened.error().message), qPrintable(opened.error().detail));
        return std::move(*opened);
    }
    static MigrationState state(Connection &connection, const ResolvedProfile &profile, const MigrationFolder *history)
    {
        const Result<Catalog> catalog = readCatalog(connection);
        const Result<MigrationState> read = readMigrationState(connection, *catalog, profile, history);
        if (!read)
            qFatal("%s", qPrintable(read.error().message));
        return *read;
    }
    const ProfileRegistry m_registry = ProfileRegistry::load();
};

void tst_MigrationState::recordedWordsMeanFiles()
{
    MigrationFile file;
    file.fileName = u"0003_convert.sql"_s;
    file.number = 3;
    file.name = u"convert"_s;
    for (const QString &word : {u"3"_s, u"003"_s, u"0003_convert"_s, u"003_convert.sql"_s, u"0003_Convert"_s})
        QVERIFY2(isRevisionOf(word, file), qPrintable(word));
    for (const QString &word : {u""_s, u"4"_s, u"003_other"_s, u"convert"_s, u"a3f2c1"_s, u"003_convert.py"_s, u"x003_convert"_s})
        QVERIFY2(!isRevisionOf(word, file), qPrintable(word));
}

void tst_MigrationState::everyFreshSchemaIsAtItsHead_data()
{
    QTest::addColumn<QString>("system");
    QTest::addColumn<QString>("variant");
    QTest::addColumn<bool>("onServer");
    for (const auto &profile : m_registry.profiles()) {
        for (const ProfileVariant &variant : profile->variants()) {
            for (const Engine engine : {Engine::Sqlite, Engine::PostgreSql}) {
                if (!variant.schemaFolder(engine).isEmpty())
                    QTest::addRow("%s %s %s", qPrintable(profile->id()), qPrintable(variant.id), engine == Engine::Sqlite ? "SQLite" : "PostgreSQL")
                        << profile->id() << variant.id << (engine == Engine::PostgreSql);
            }
        }
    }
}

void tst_MigrationState::everyFreshSchemaIsAtItsHead()
{
    QFETCH(QString, system);
    QFETCH(QString, variant);
    QFETCH(bool, onServer);
    QTemporaryDir folder;
    TestDatabase database(TestDatabase::vectorForOneSession());
    QString place = folder.filePath(u"x.db"_s);
    const auto profile = std::ranges::find_if(m_registry.profiles(), [&](const auto &one) { return one->id() == system; });
    const QString path = (*profile)->variant(variant)->schemaFolder(onServer ? Engine::PostgreSql : Engine::Sqlite);
    const Result<MigrationFolder> history = MigrationFolder::bundled(path);
    QVERIFY(history);
    TestDatabase plain; // the server with pgvector has no pgcrypto
    if (onServer) {
        const bool needsVector = std::ranges::any_of(history->files(), [](const MigrationFile &file) { return file.up.contains(u"EXTENSION IF NOT EXISTS vector"); });
        TestDatabase &used = needsVector ? database : plain;
        REQUIRE_DATABASE(used);
        place = used.url();
    }
    const std::unique_ptr<Connection> connection = open(place);
    QVERIFY(history->install(*connection));
    const Result<Catalog> catalog = readCatalog(*connection);
    const std::vector<Recognition> found = recognise(*catalog, m_registry);
    QVERIFY(!found.empty());
    QCOMPARE(found.front().variant, variant);
    const Result<MigrationState> read = readMigrationState(*connection, *catalog, found.front().resolve(*catalog), &*history);
    QVERIFY(read);
    QCOMPARE(read->current, read->head);
    QVERIFY(!read->head.isEmpty());
    QVERIFY(isRevisionOf(read->head, history->files().back()));
    QVERIFY(read->pending);
    QCOMPARE(*read->pending, QStringList());
    QCOMPARE(read->isInferred, read->tracking.isEmpty());
    QVERIFY(read->unknown.isEmpty());
}

void tst_MigrationState::aDatabaseHalfWayNamesWhatIsPending_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("variant");
    QTest::addColumn<int>("steps"); // made, from the beginning
    QTest::addColumn<QString>("current");
    QTest::addColumn<QStringList>("pending");
    QTest::newRow("inferred, 6") << u"project-2501/sqlite"_s << u"documented"_s << 7 << u"0006_staged_execution_redesign"_s
                                 << QStringList{u"0007_add_conversation_memory"_s, u"0008_add_first_message_id"_s};
    QTest::newRow("inferred, 7") << u"project-2501/sqlite"_s << u"documented"_s << 8 << u"0007_add_conversation_memory"_s << QStringList{u"0008_add_first_message_id"_s};
    QTest::newRow("recorded, 2") << u"project-2501/postgresql/grown"_s << u"grown"_s << 3 << u"002_fix_message_cascade_delete.sql"_s
                                 << QStringList{u"003_convert_messages_to_uuid.sql"_s, u"004_allow_empty_module_content.sql"_s,
                                                u"005_add_cognitive_engine_constraints.sql"_s, u"006_staged_execution_redesign.sql"_s,
                                                u"007_add_conversation_memory.sql"_s, u"008_add_first_message_id.sql"_s};
}

void tst_MigrationState::aDatabaseHalfWayNamesWhatIsPending()
{
    QFETCH(QString, path);
    QFETCH(QString, variant);
    QFETCH(int, steps);
    QFETCH(QString, current);
    QFETCH(QStringList, pending);
    const bool onServer = path.contains(u"postgresql");
    QTemporaryDir folder;
    TestDatabase database;
    if (onServer)
        REQUIRE_DATABASE(database);
    const std::unique_ptr<Connection> connection = open(onServer ? database.url() : folder.filePath(u"x.db"_s));
    const Result<MigrationFolder> history = MigrationFolder::bundled(path);
    QVERIFY(history);
    for (int i = 0; i < steps; ++i) {
        const Result<> done = connection->executeScript(history->files()[static_cast<std::size_t>(i)].up);
        QVERIFY2(done, done ? "" : qPrintable(done.error().message));
    }
    const auto profile = std::ranges::find_if(m_registry.profiles(), [](const auto &one) { return one->id() == u"project-2501"; });
    const Result<Catalog> catalog = readCatalog(*connection);
    const MigrationState half = state(*connection, (*profile)->resolve(variant, connection->engine(), &*catalog), &*history);
    QCOMPARE(half.current, current);
    QVERIFY(half.pending);
    QCOMPARE(*half.pending, pending);
    QCOMPARE(half.isInferred, !onServer);
}

void tst_MigrationState::aRevisionThatWeDoNotKnowIsNamed()
{
    QTemporaryDir folder;
    const std::unique_ptr<Connection> connection = open(folder.filePath(u"x.db"_s));
    const Result<MigrationFolder> history = MigrationFolder::bundled(u"consensus-engine/sqlite"_s);
    QVERIFY(history && history->install(*connection));
    QVERIFY(connection->execute(u"UPDATE alembic_version SET version_num = 'f00dcafe'"_s));
    const MigrationState newer = state(*connection, {}, &*history);
    QCOMPARE(newer.tracking, u"alembic_version"_s);
    QCOMPARE(newer.current, u"f00dcafe"_s);
    QCOMPARE(newer.unknown, QStringList{u"f00dcafe"_s});
    QVERIFY(!newer.pending); // unknown is not "none"
    QCOMPARE(newer.head, u"0001_initial"_s);
}

void tst_MigrationState::aStepLeftOutIsPending()
{
    QTemporaryDir folder;
    const std::unique_ptr<Connection> connection = open(folder.filePath(u"x.db"_s));
    QVERIFY(connection->executeScript(u"CREATE TABLE done(file TEXT); INSERT INTO done VALUES ('001_add_thinking_and_persona_relationship.sql'),"
                                      " ('003_convert_messages_to_uuid.sql'), (NULL)"_s));
    ResolvedProfile profile;
    profile.migrations = {{u"tracking"_s, QJsonObject{{u"table"_s, u"done"_s}, {u"column"_s, u"file"_s}}}};
    const Result<MigrationFolder> history = MigrationFolder::bundled(u"project-2501/postgresql/grown"_s);
    const MigrationState half = state(*connection, profile, &*history);
    QCOMPARE(half.current, u"003_convert_messages_to_uuid.sql"_s);
    QVERIFY(half.pending);
    QCOMPARE(half.pending->size(), 6);
    QCOMPARE(half.pending->first(), u"002_fix_message_cascade_delete.sql"_s);
}

void tst_MigrationState::withoutAHistoryOnlyTheRecordIsTold()
{
    QTemporaryDir folder;
    const std::unique_ptr<Connection> connection = open(folder.filePath(u"x.db"_s));
    QVERIFY(connection->executeScript(u"CREATE TABLE alembic_version(version_num TEXT); INSERT INTO alembic_version VALUES ('abc')"_s));
    const MigrationState known = state(*connection, {}, nullptr);
    QCOMPARE(known.current, u"abc"_s);
    QVERIFY(known.head.isEmpty() && !known.pending);
    QVERIFY(connection->execute(u"DROP TABLE alembic_version"_s));
    QVERIFY(state(*connection, {}, nullptr).tracking.isEmpty());
}

QTEST_GUILESS_MAIN(tst_MigrationState)
#include "tst_migrationstate.moc"
