// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/checks/databasechecks.h"

#include "models/edit/editbuffer.h"
#include "models/edit/editsave.h"
#include "models/edit/profileactionrun.h"
#include "tests/support/testdatabase.h"
#include "tests/unit/models/browsing/openedsystem.h"

#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

namespace {

/// "check table.column" of every finding.
QStringList names(const std::vector<Finding> &findings)
{
    QStringList list;
    for (const Finding &finding : findings)
        list.append(u"%1 %2.%3"_s.arg(finding.check, finding.table, finding.column));
    list.sort();
    return list;
}

CheckReport check(const DatabaseUrl &url)
{
    const OpenedSystem opened(url);
    auto connection = Connection::open(url);
    if (!connection)
        qFatal("%s", qPrintable(connection.error().message));
    const DatabaseChecks checks(opened.context.catalog, opened.context.profile);
    Result<CheckReport> report = runChecks(**connection, checks);
    if (!report)
        qFatal("%s", qPrintable(report.error().message + report.error().detail));
    return *report;
}

/// Stages the first repair of a finding as edits and saves them, as the window does; what went wrong, or nothing.
QString stageRepair(const DatabaseUrl &url, const Finding &finding, const ProfileAction &action, std::size_t &staged)
{
    const OpenedSystem opened(url);
    ConnectionOptions options;
    options.readOnly = false;
    auto connection = Connection::open(url, options);
    if (!connection)
        return connection.error().message;
    ActionRequest request{&action, {}, {}, QDateTime::currentDateTimeUtc()};
    if (action.rows == u"selection") {
        const Result<> read = (*connection)->forEachRow(finding.keysSql, finding.keysValues, [&](const RowBlock &block, int row) {
            RowKey &key = request.keys.emplace_back();
            for (int i = 0; i < block.columnCount(); ++i)
                key.emplace_back(block.at(row, i));
            return true;
        });
        if (!read)
            return read.error().message + read.error().detail;
    }
    const auto captured = captureAction(**connection, *opened.context.catalog, *opened.context.profile, request);
    if (!captured)
        return captured.error().message + captured.error().detail;
    if ((*connection)->isInTransaction())
        return u"the transaction is open"_s;
    if (names(check(url).findings).filter(finding.check).isEmpty())
        return u"looking has changed something"_s;
    EditBuffer buffer;
    std::vector<RowStep> steps;
    for (const CapturedRow &row : captured->rows) {
        if (row.isDeleted)
            steps.push_back(buffer.deletionOf(row.before, row.goesAlong));
        else if (const Result<RowStep> step = buffer.changeOf(row.before, row.after); step)
            steps.push_back(*step);
        else
            return step.error().message;
    }
    staged = steps.size();
    buffer.stage(action.title, std::move(steps));
    const Result<SaveReport> saved = saveEdits(**connection, *opened.context.catalog, *opened.context.profile, buffer.rows());
    if (!saved)
        return saved.error().message + saved.error().detail;
    return saved->isSaved ? QString() : saved->problems.front().sentence;
}

const QStringList systems{u"consensus-engine"_s, u"mindgames-arena"_s, u"quorum"_s, u"llm-orchestration"_s, u"project-2501"_s};

/// What the samples hold on purpose, to have something to show.
QStringList onPurpose(const QString &system)
{
    if (system == u"consensus-engine")
        return {u"fewer-responses rounds."_s, u"unfinished discussions.completed_at"_s};
    if (system == u"mindgames-arena")
        return {u"stuck-games games.started_at"_s};
    if (system == u"llm-orchestration")
        return {u"stuck-runs runs.started_at"_s};
    return {};
}

} // namespace

class tst_DatabaseChecks : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void theSamplesHaveOnlyWhatTheyHaveOnPurpose_data();
    void theSamplesHaveOnlyWhatTheyHaveOnPurpose();
    void aPlantedFaultIsFound_data();
    void aPlantedFaultIsFound();
    void aFaultOnAServerIsFound_data();
    void aFaultOnAServerIsFound();
    void vectorsOnAServerAreMeasured();
    void findingsNameRowsAndRepairs();
    void repairsAreStagedAsEdits_data();
    void repairsAreStagedAsEdits();
    void repairsAreStagedOnAServer();
    void tooMuchForEditsIsRefused();
    void anUnknownDatabaseIsCheckedByItsDeclarations();
    void aDamagedFileIsAFinding();
    void aStopEndsTheChecks();

private:
    QTemporaryDir m_folder;
};

void tst_DatabaseChecks::initTestCase()
{
    for (const QString &system : systems) {
        const QString problem = makeDemoFile(m_folder.filePath(system + u".db"_s), system);
        QVERIFY2(problem.isEmpty(), qPrintable(problem));
    }
}

void tst_DatabaseChecks::theSamplesHaveOnlyWhatTheyHaveOnPurpose_data()
{
    QTest::addColumn<QString>("system");
    for (const QString &system : systems)
        QTest::newRow(qPrintable(system)) << system;
}

void tst_DatabaseChecks::theSamplesHaveOnlyWhatTheyHaveOnPurpose()
{
    QFETCH(QString, system);
    const CheckReport report = check(DatabaseUrl::forFile(m_folder.filePath(system + u".db"_s)));
    QCOMPARE(names(report.findings), onPurpose(system));
    QVERIFY(report.skipped.empty());
    QVERIFY(report.checked >= 10);
}

void tst_DatabaseChecks::aPlantedFaultIsFound_data()
{
    QTest::addColumn<QString>("system");
    QTest::addColumn<QString>("plant");
    QTest::addColumn<QStringList>("expected");
    const auto row = [](const char *name, const QString &system, const QString &plant, const QStringList &expected) { QTest::newRow(name) << system << plant << expected; };
    const QString arena = u"mindgames-arena"_s;
    const QString consensus = u"consensus-engine"_s;
    const QString orchestration = u"llm-orchestration"_s;
    const QString persona = u"project-2501"_s;
    const QString quorum = u"quorum"_s;

    row("arena: an orphan by a declared key", arena, u"UPDATE game_players SET agent_id = 99999 WHERE id = (SELECT min(id) FROM game_players)"_s, {u"foreign-key game_players.agent_id"_s});
    row("arena: JSON that is none", arena, u"UPDATE game_turns SET observation = '{\"text\": ' WHERE id = 5"_s, {u"json game_turns.observation"_s});
    row("arena: a text among numbers", arena, u"UPDATE games SET total_turns = 'many' WHERE id = 2"_s, {u"storage-class games.total_turns"_s});
    row("arena: two forms of time", arena, u"UPDATE game_turns SET \"timestamp\" = replace(\"timestamp\", ' ', 'T') WHERE id < 4"_s, {u"time-format game_turns.timestamp"_s});
    row("arena: an unknown value", arena, u"UPDATE game_players SET role = 'Jester' WHERE id = 3"_s, {u"check-constraint game_players."_s, u"enum game_players.role"_s});
    row("arena: a completed game without winner", arena, u"UPDATE games SET winning_team = NULL WHERE id = 1"_s, {u"completed-without-winner games.status"_s});
    row("arena: a game of five", arena, u"DELETE FROM game_players WHERE game_id = 1 AND player_index = 5 AND NOT EXISTS (SELECT 1 FROM game_turns WHERE game_id = 1 AND player_index = 5)"
                                        ";UPDATE game_turns SET player_index = 0 WHERE game_id = 1 AND player_index = 5; DELETE FROM game_players WHERE game_id = 1 AND player_index = 5"_s,
        {u"players-not-six games."_s});
    row("arena: finished before it began", arena, u"UPDATE games SET finished_at = '2020-01-01 00:00:00.000000' WHERE id = 1"_s, {u"check-constraint games."_s, u"rule:finish-after-start games.finished_at"_s});
    row("arena: another stuck game", arena, u"UPDATE games SET status = 'in_progress', winning_team = NULL, finished_at = NULL WHERE id = 2"_s, {});
    row("arena: an index that lacks a row", arena, u"PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = 'CREATE INDEX idx_games_status ON games (total_turns)' WHERE name = 'idx_games_status'"_s,
        {u"integrity ."_s});

    row("consensus: a round without discussion", consensus, u"UPDATE rounds SET discussion_id = 4711 WHERE id = 1"_s, {u"orphan-rounds rounds.discussion_id"_s});
    row("consensus: a response without round", consensus, u"INSERT INTO model_responses(round_id, model_name, response_text) VALUES (4711, 'm', 'x')"_s, {u"orphan-responses model_responses.round_id"_s});
    row("consensus: a round without responses", consensus, u"DELETE FROM model_responses WHERE round_id = 1"_s, {u"empty-rounds rounds."_s});
    row("consensus: an unknown type of round", consensus, u"UPDATE rounds SET round_type = 'debate' WHERE id = 1"_s, {u"enum rounds.round_type"_s});
    row("consensus: a confidence above 1", consensus, u"UPDATE model_responses SET confidence_score = 85 WHERE id = 1"_s, {u"rule:confidence-range model_responses.confidence_score"_s});
    row("consensus: two forms of time", consensus, u"UPDATE discussions SET started_at = started_at || '+00:00' WHERE id = 1"_s, {u"time-format discussions.started_at"_s});
    row("consensus: a truth value in words", consensus, u"UPDATE discussions SET consensus_reached = 'true' WHERE id = 1"_s, {u"enum discussions.consensus_reached"_s, u"storage-class discussions.consensus_reached"_s});

    row("orchestration: a place of no block", orchestration, u"INSERT INTO payload_blocks VALUES (1, 4711, 9)"_s, {u"places-without-block payload_blocks.block_id"_s});
    row("orchestration: a place without position", orchestration, u"UPDATE payload_blocks SET order_index = NULL WHERE rowid = 1"_s, {u"places-without-order payload_blocks.order_index"_s});
    row("orchestration: a run of no workflow", orchestration, u"UPDATE runs SET workflow_id = 4711 WHERE id = 1"_s, {u"runs-without-workflow runs.workflow_id"_s});
    row("orchestration: a response of no run", orchestration, u"UPDATE responses SET run_id = 4711 WHERE id = 1"_s, {u"responses-without-run responses.run_id"_s});
    row("orchestration: a placeholder without payload", orchestration, u"UPDATE blocks SET content = content || ' {{nobody}}' WHERE id = 1"_s, {u"unknown-placeholders blocks.content"_s});
    row("orchestration: a tag of no payload", orchestration, u"UPDATE blocks SET tags = 'response,payload_4711' WHERE id = 1"_s, {u"unknown-tags blocks.tags"_s});
    row("orchestration: metadata that is no JSON", orchestration, u"UPDATE responses SET metadata = 'undefined' WHERE id = 1"_s, {u"json responses.metadata"_s});
    row("orchestration: a temperature of 3", orchestration, u"UPDATE payloads SET temperature = 3 WHERE id = 1"_s, {u"rule:temperature-range payloads.temperature"_s});
    row("orchestration: a status nobody writes", orchestration, u"UPDATE runs SET status = 'paused' WHERE id = 1"_s, {u"enum runs.status"_s});

    row("persona: a module that is not there", persona, u"UPDATE personas SET template = template || ' @nowhere_to_be_found' WHERE rowid = 1"_s, {u"unknown-modules personas.template"_s});
    row("persona: a type in small letters", persona, u"PRAGMA ignore_check_constraints = ON; UPDATE modules SET type = 'simple' WHERE rowid = 1"_s,
        {u"enum modules.type"_s, u"rule:type-in-capitals modules.type"_s, u"type-in-small-letters modules."_s});
    row("persona: a vector of three", persona, u"UPDATE conversation_memory SET embedding = '[1,2,3]' WHERE rowid = 1"_s, {u"vector-length conversation_memory.embedding"_s});
    row("persona: a memory without vector", persona, u"UPDATE conversation_memory SET embedding = NULL WHERE rowid = 1"_s, {u"memories-without-embedding conversation_memory.embedding"_s});
    row("persona: a message of no conversation", persona, u"UPDATE messages SET conversation_id = 'gone' WHERE rowid = 1"_s, {u"foreign-key messages.conversation_id"_s});
    row("persona: a loop frequency in words", persona, u"UPDATE personas SET mode = 'autonomous', loop_frequency = 'often' WHERE rowid = 1"_s, {u"rule:loop-frequency personas.loop_frequency"_s});
    row("persona: a state that is no JSON", persona, u"UPDATE conversation_states SET state_value = '{broken' WHERE rowid = 1"_s, {u"json conversation_states.state_value"_s});

    row("quorum: a message without embedding", quorum, u"DELETE FROM message_embeddings WHERE rowid = 1"_s, {u"messages-without-embedding messages."_s});
    row("quorum: a vector cut short", quorum, u"UPDATE message_embeddings SET embedding = '[0.5,0.5]' WHERE rowid = 1"_s, {u"vector-length message_embeddings.embedding"_s});
    row("quorum: a score of 200", quorum, u"UPDATE messages SET health_score = 200 WHERE rowid = 1"_s, {u"check-constraint messages."_s, u"rule:health-range messages.health_score"_s});
    row("quorum: a sequence number twice", quorum, u"UPDATE messages SET sequence_number = (SELECT sequence_number FROM messages m WHERE m.conversation_id = messages.conversation_id AND m.rowid > messages.rowid LIMIT 1)"
                                                   " WHERE rowid = (SELECT min(rowid) FROM messages)"_s,
        {u"duplicate-sequence messages."_s});
    row("quorum: an embedding of no message", quorum, u"INSERT INTO message_embeddings SELECT 'e-x', 'nobody', embedding, embedding_model, embedding_version, embedded_text, created_at FROM message_embeddings LIMIT 1"_s,
        {u"foreign-key message_embeddings.message_id"_s});
    row("quorum: a flag that was forgotten", quorum, u"UPDATE conversations SET has_loops = 0 WHERE has_loops = 1"_s, {u"wrong-loop-flag conversations."_s});
    row("quorum: metadata cut off", quorum, u"UPDATE messages SET message_metadata = '[1,2' WHERE rowid = 2"_s, {u"json messages.message_metadata"_s});
}

void tst_DatabaseChecks::aPlantedFaultIsFound()
{
    QFETCH(QString, system);
    QFETCH(QString, plant);
    QFETCH(QStringList, expected);
    const QString path = m_folder.filePath(u"planted.db"_s);
    QFile::remove(path);
    QVERIFY(QFile::copy(m_folder.filePath(system + u".db"_s), path));
    const QString problem = executeSql(path, u"PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF; "_s + plant);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    const CheckReport report = check(DatabaseUrl::forFile(path));
    QStringList all = onPurpose(system) + expected;
    all.sort();
    QCOMPARE(names(report.findings), all);
    if (expected.isEmpty()) {
        QCOMPARE(report.findings.front().count, 2);
        QVERIFY(report.findings.front().fixSql.startsWith(u"UPDATE \"games\" SET"));
    }
}

void tst_DatabaseChecks::aFaultOnAServerIsFound_data()
{
    QTest::addColumn<QString>("system");
    QTest::addColumn<QString>("plant");
    QTest::addColumn<QStringList>("expected");
    // What the server's own types and keys let in once its triggers are off, or what they never forbade.
    QTest::newRow("arena") << u"mindgames-arena"_s
                           << u"SET session_replication_role = replica; UPDATE game_players SET agent_id = 99999 WHERE id = 1;"
                              "UPDATE games SET winning_team = NULL WHERE id = 1"_s
                           << QStringList{u"completed-without-winner games.status"_s, u"foreign-key game_players.agent_id"_s};
    QTest::newRow("consensus") << u"consensus-engine"_s
                               << u"SET session_replication_role = replica; UPDATE rounds SET discussion_id = 4711 WHERE id = 1; UPDATE model_responses SET confidence_score = 7 WHERE id = 1;"
                                  "UPDATE rounds SET round_type = 'debate' WHERE id = 2"_s
                               << QStringList{u"enum rounds.round_type"_s, u"orphan-rounds rounds.discussion_id"_s, u"rule:confidence-range model_responses.confidence_score"_s};
    QTest::newRow("orchestration") << u"llm-orchestration"_s
                                   << u"SET session_replication_role = replica; INSERT INTO payload_blocks VALUES (1, 4711, 9); UPDATE responses SET metadata = '{\"half\":' WHERE id = 1;"
                                      "UPDATE blocks SET content = '{{nobody}}' WHERE id = 2"_s
                                   << QStringList{u"json responses.metadata"_s, u"places-without-block payload_blocks.block_id"_s, u"unknown-placeholders blocks.content"_s};
}

void tst_DatabaseChecks::aFaultOnAServerIsFound()
{
    QFETCH(QString, system);
    QFETCH(QString, plant);
    QFETCH(QStringList, expected);
    const TestDatabase database;
    REQUIRE_DATABASE(database);
    QString problem = database.execute(schemaOfSystem(system, u"postgresql"_s));
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    const DatabaseUrl url = DatabaseUrl::parse(database.url()).value();
    problem = fillWithDemo(url, system);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    CheckReport report = check(url);
    QCOMPARE(names(report.findings), onPurpose(system));
    QVERIFY(report.skipped.empty());
    problem = database.execute(plant);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    report = check(url);
    QStringList all = onPurpose(system) + expected;
    all.sort();
    QCOMPARE(names(report.findings), all);
    // Nobody stays in a transaction behind the checks.
    QCOMPARE(database.value(u"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'"_s), u"0"_s);
}

void tst_DatabaseChecks::vectorsOnAServerAreMeasured()
{
    const TestDatabase database(TestDatabase::vectorForOneSession());
    REQUIRE_DATABASE(database);
    const QString problem = database.execute(u"CREATE EXTENSION IF NOT EXISTS vector;"
                                             "CREATE TABLE conversation_memory(id text PRIMARY KEY, embedding vector);"
                                             "INSERT INTO conversation_memory SELECT i::text, (SELECT array_agg(0.5) FROM generate_series(1, CASE WHEN i = 7 THEN 3 ELSE 1536 END))::vector FROM generate_series(1, 10) i"_s);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    const DatabaseUrl url = DatabaseUrl::parse(database.url()).value();
    Catalog catalog;
    {
        auto connection = Connection::open(url);
        QVERIFY2(connection.has_value(), connection ? "" : qPrintable(connection.error().message));
        catalog = readCatalog(**connection).value();
        ResolvedProfile profile;
        profile.engine = Engine::PostgreSql;
        TableProfile table;
        table.name = table.bodyName = u"conversation_memory"_s;
        ColumnProfile column;
        column.name = u"embedding"_s;
        column.meaning = u"vector"_s;
        table.columns.push_back(column);
        profile.tables.push_back(table);
        const DatabaseChecks checks(std::make_shared<const Catalog>(catalog), std::make_shared<const ResolvedProfile>(profile));
        const Result<CheckReport> report = runChecks(**connection, checks);
        QVERIFY2(report.has_value(), report ? "" : qPrintable(report.error().message));
        QCOMPARE(names(report->findings), QStringList{u"vector-length conversation_memory.embedding"_s});
        QCOMPARE(report->findings.front().count, 1);
        QCOMPARE(report->findings.front().sample.front().key, RowKey{Value::text(u"7"_s)});
    }
}

void tst_DatabaseChecks::findingsNameRowsAndRepairs()
{
    const QString path = m_folder.filePath(u"repairs.db"_s);
    QVERIFY(QFile::copy(m_folder.filePath(u"consensus-engine.db"_s), path));
    const QString problem = executeSql(path, u"INSERT INTO model_responses(id, round_id, model_name, response_text) VALUES (9001, 4711, 'm', 'x'), (9002, 4712, 'm', 'x');"
                                             "UPDATE rounds SET started_at = replace(started_at, ' ', 'T') WHERE id = 3"_s);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    const CheckReport before = check(DatabaseUrl::forFile(path));
    const auto of = [](const CheckReport &report, const QString &name) -> const Finding * {
        const auto found = std::ranges::find(report.findings, name, &Finding::check);
        return found == report.findings.end() ? nullptr : &*found;
    };
    const Finding *orphans = of(before, u"orphan-responses"_s);
    QVERIFY(orphans);
    QCOMPARE(orphans->count, 2);
    QCOMPARE(orphans->keyColumns, QStringList{u"id"_s});
    QCOMPARE(orphans->sample.size(), std::size_t(2));
    QCOMPARE(orphans->sample[0].key, RowKey{Value::integer(9001)});
    QCOMPARE(orphans->fixAction, u"remove-orphan-responses"_s);
    const Finding *times = of(before, u"time-format"_s);
    QVERIFY(times);
    QVERIFY2(times->explanation.contains(u"1 × 2025-10-21T09:14:00"), qPrintable(times->explanation));
    // The statements shown do repair it.
    for (const QString &sql : {orphans->fixSql, times->fixSql}) {
        QVERIFY(!sql.isEmpty());
        const QString failed = executeSql(path, sql);
        QVERIFY2(failed.isEmpty(), qPrintable(failed + u" in "_s + sql));
    }
    QCOMPARE(names(check(DatabaseUrl::forFile(path)).findings), onPurpose(u"consensus-engine"_s));
}

void tst_DatabaseChecks::repairsAreStagedAsEdits_data()
{
    QTest::addColumn<QString>("system");
    QTest::addColumn<QString>("plant");
    QTest::addColumn<QString>("check");
    QTest::addColumn<int>("rows");
    const auto row = [](const char *name, const char *system, const QString &plant, const char *check, int rows) { QTest::newRow(name) << QString::fromLatin1(system) << plant << QString::fromLatin1(check) << rows; };
    row("an orphan is deleted or cut off", "mindgames-arena", u"UPDATE game_players SET agent_id = 99999 WHERE id = 1"_s, "foreign-key", 1);
    row("stuck games", "mindgames-arena", {}, "stuck-games", 1);
    row("times with T", "mindgames-arena", u"UPDATE game_turns SET \"timestamp\" = replace(\"timestamp\", ' ', 'T') WHERE id < 4"_s, "time-format", 3);
    row("times with a zone", "consensus-engine", u"UPDATE discussions SET started_at = replace(started_at, ' ', 'T') || '+00:00' WHERE id = 1"_s, "time-format", 1);
    row("most times with T", "consensus-engine", u"UPDATE discussions SET started_at = replace(started_at, ' ', 'T') || 'Z' WHERE id > 1"_s, "time-format", 1);
    row("truth in words", "consensus-engine", u"UPDATE discussions SET consensus_reached = 'true' WHERE id = 1"_s, "enum", 1);
    row("rows at fault one by one", "consensus-engine", {}, "unfinished", 1);
    row("rounds with their responses", "consensus-engine", u"INSERT INTO rounds(id, discussion_id, round_number, round_type, prompt) VALUES (901, 4711, 1, 'REBUTTAL', 'p'), (902, 4711, 2, 'REBUTTAL', 'p');"
                                                            "INSERT INTO model_responses(round_id, model_name, response_text) VALUES (901, 'm', 'x'), (901, 'n', 'x'), (902, 'm', 'y')"_s, "orphan-rounds", 5);
    row("four statements on four tables", "llm-orchestration", u"INSERT INTO payload_blocks VALUES (1, 4711, 9); UPDATE responses SET run_id = 4711 WHERE id = 1"_s, "places-without-block", 2);
    row("flags by subqueries", "quorum", u"UPDATE conversations SET has_loops = 0 WHERE has_loops = 1"_s, "wrong-loop-flag", 4);
    row("types in capitals", "project-2501", u"PRAGMA ignore_check_constraints = ON; UPDATE modules SET type = 'simple' WHERE rowid = 1"_s, "type-in-small-letters", 1);
}

void tst_DatabaseChecks::repairsAreStagedAsEdits()
{
    QFETCH(QString, system);
    QFETCH(QString, plant);
    QFETCH(QString, check);
    QFETCH(int, rows);
    const QString path = m_folder.filePath(u"staged.db"_s);
    QFile::remove(path);
    QVERIFY(QFile::copy(m_folder.filePath(system + u".db"_s), path));
    const QString problem = executeSql(path, u"PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF; "_s + plant);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    const DatabaseUrl url = DatabaseUrl::forFile(path);
    const CheckReport before = ::check(url);
    const auto found = std::ranges::find(before.findings, check, &Finding::check);
    QVERIFY2(found != before.findings.end(), qPrintable(names(before.findings).join(u'\n')));
    QVERIFY(!found->repairs.empty());
    for (const ProfileAction &repair : found->repairs) {
        std::size_t staged = 0;
        const QString failed = stageRepair(url, *found, repair, staged);
        QVERIFY2(failed.isEmpty(), qPrintable(repair.title + u": "_s + failed));
        QCOMPARE(static_cast<int>(staged), rows);
        QVERIFY2(names(::check(url).findings).filter(check).isEmpty(), qPrintable(names(::check(url).findings).join(u'\n')));
        // The next one on a new copy.
        QFile::remove(path);
        QVERIFY(QFile::copy(m_folder.filePath(system + u".db"_s), path));
        QVERIFY(executeSql(path, u"PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF; "_s + plant).isEmpty());
    }
}

void tst_DatabaseChecks::repairsAreStagedOnAServer()
{
    const TestDatabase database;
    REQUIRE_DATABASE(database);
    QString problem = database.execute(schemaOfSystem(u"consensus-engine"_s, u"postgresql"_s));
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    const DatabaseUrl url = DatabaseUrl::parse(database.url()).value();
    problem = fillWithDemo(url, u"consensus-engine"_s);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    problem = database.execute(u"SET session_replication_role = replica; UPDATE rounds SET discussion_id = 4711 WHERE id = 1;"
                               "INSERT INTO model_responses(round_id, model_name, response_text) VALUES (9999, 'm', 'x'), (9998, 'm', 'x');"
                               "CREATE TABLE notes(id int PRIMARY KEY, discussion int REFERENCES discussions(id)); INSERT INTO notes VALUES (1, 4711), (2, 1), (3, NULL), (4, 4712);"
                               "CREATE TABLE moments(id int PRIMARY KEY, happened_at text)"_s);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    const QStringList wanted{u"orphan-rounds"_s, u"orphan-responses"_s, u"unfinished"_s, u"foreign-key"_s};
    for (const QString &check : wanted) {
        const CheckReport before = ::check(url);
        const auto found = std::ranges::find(before.findings, check, &Finding::check);
        QVERIFY2(found != before.findings.end(), qPrintable(check));
        QVERIFY(!found->repairs.empty());
        std::size_t staged = 0;
        const QString failed = stageRepair(url, *found, found->repairs.front(), staged);
        QVERIFY2(failed.isEmpty(), qPrintable(failed));
        QVERIFY(staged >= std::size_t(found->count));
    }
    QVERIFY2(names(::check(url).findings).filter(QRegularExpression(wanted.join(u'|'))).isEmpty(), qPrintable(names(::check(url).findings).join(u'\n')));
    QCOMPARE(database.value(u"SELECT string_agg(coalesce(discussion::text, '-'), ' ' ORDER BY id) FROM notes"_s), u"- 1 - -"_s);
}

void tst_DatabaseChecks::tooMuchForEditsIsRefused()
{
    const QString path = m_folder.filePath(u"many.db"_s);
    const QString problem = executeSql(path, u"CREATE TABLE pots(id INTEGER PRIMARY KEY); CREATE TABLE shards(id INTEGER PRIMARY KEY, pot INTEGER REFERENCES pots(id));"
                                             "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000) INSERT INTO shards SELECT i, i FROM n"_s);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    const DatabaseUrl url = DatabaseUrl::forFile(path);
    const CheckReport report = ::check(url);
    QCOMPARE(report.findings.front().count, 6000);
    std::size_t staged = 0;
    const QString failed = stageRepair(url, report.findings.front(), report.findings.front().repairs.front(), staged);
    QVERIFY2(failed.contains(u"5000"), qPrintable(failed));
    // Run at once it works, and a rehearsal says the same number.
    const OpenedSystem opened(url);
    ConnectionOptions options;
    options.readOnly = false;
    auto connection = Connection::open(url, options);
    QVERIFY(connection.has_value());
    const ActionRequest request{&report.findings.front().repairs.front(), {}, {}, QDateTime::currentDateTimeUtc()};
    for (const bool isRehearsal : {true, false}) {
        const auto done = runAction(**connection, *opened.context.catalog, *opened.context.profile, request, isRehearsal);
        QVERIFY2(done.has_value(), done ? "" : qPrintable(done.error().message));
        QCOMPARE(done->count, 6000);
    }
    QVERIFY(::check(url).findings.empty());
}

void tst_DatabaseChecks::anUnknownDatabaseIsCheckedByItsDeclarations()
{
    const QString path = m_folder.filePath(u"unknown.db"_s);
    const QString problem = executeSql(path, u"CREATE TABLE pots(id INTEGER PRIMARY KEY, fired_at DATETIME, weight REAL, notes JSON);"
                                             "CREATE TABLE shards(pot INTEGER REFERENCES pots(id), place TEXT, odd INTEGER REFERENCES nowhere(id));"
                                             "INSERT INTO pots VALUES (1, '2025-01-01 10:00:00', 1.5, '{}'), (2, '2025-01-02T10:00:00', 'heavy', '{'), (3, NULL, 2, NULL);"
                                             "INSERT INTO shards VALUES (1, 'hill', NULL), (9, 'ford', NULL), (NULL, x'00', 5)"_s);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    const CheckReport report = check(DatabaseUrl::forFile(path));
    QCOMPARE(names(report.findings), (QStringList{u"foreign-key shards.odd"_s, u"foreign-key shards.pot"_s, u"json pots.notes"_s, u"storage-class pots.weight"_s,
                                                  u"storage-class shards.place"_s, u"time-format pots.fired_at"_s}));
    QCOMPARE(report.findings.front().severity, FindingSeverity::Error);
}

void tst_DatabaseChecks::aDamagedFileIsAFinding()
{
    const QString path = m_folder.filePath(u"damaged.db"_s);
    QVERIFY(QFile::copy(m_folder.filePath(u"mindgames-arena.db"_s), path));
    {
        QFile file(path); // nobody in this process has it open
        QVERIFY(file.open(QIODevice::ReadWrite));
        file.seek(file.size() / 2);
        file.write(QByteArray(8192, '\x5a'));
    }
    const CheckReport report = check(DatabaseUrl::forFile(path));
    QVERIFY(names(report.findings).contains(u"integrity ."_s));
    QCOMPARE(report.findings.front().severity, FindingSeverity::Error);
}

void tst_DatabaseChecks::aStopEndsTheChecks()
{
    const DatabaseUrl url = DatabaseUrl::forFile(m_folder.filePath(u"quorum.db"_s));
    const OpenedSystem opened(url);
    auto connection = Connection::open(url);
    QVERIFY(connection.has_value());
    std::stop_source stop;
    (*connection)->setStopToken(stop.get_token());
    int steps = 0;
    const DatabaseChecks checks(opened.context.catalog, opened.context.profile);
    const Result<CheckReport> report = runChecks(**connection, checks, [&](int, int, const QString &) {
        if (++steps == 3)
            stop.request_stop();
    });
    QVERIFY(!report.has_value());
    QCOMPARE(report.error().code, ErrorCode::Cancelled);
    QCOMPARE(steps, 3);
}

QTEST_GUILESS_MAIN(tst_DatabaseChecks)
#include "tst_databasechecks.moc"
