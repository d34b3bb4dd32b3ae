// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/profiles/hierarchy.h"

#include "models/catalog/catalogreader.h"
#include "models/profiles/derivedprofile.h"
#include "models/profiles/recognition.h"
#include "tests/support/testdatabase.h"
#include "tests/support/testfiles.h"

#include <QTemporaryDir>
#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

namespace {

QString fixture(const QString &system, const QString &variant, const QString &engine)
{
    return QString::fromUtf8(testData(u"schemas/%1/%2.%3.sql"_s.arg(system, variant, engine)));
}

/// An open database with its meaning.
struct Opened
{
    std::unique_ptr<Connection> connection;
    std::unique_ptr<Hierarchy> hierarchy;
};

Opened open(const DatabaseUrl &url, bool derived = false)
{
    Opened opened;
    Result<std::unique_ptr<Connection>> connection = Connection::open(url);
    if (!connection)
        qFatal("%s", qPrintable(connection.error().message));
    opened.connection = std::move(*connection);
    Catalog catalog = readCatalog(*opened.connection).value();
    static const ProfileRegistry registry = ProfileRegistry::load();
    const std::vector<Recognition> found = recognise(catalog, registry);
    ResolvedProfile profile = derived || found.empty() ? deriveProfile(catalog) : found.front().resolve(catalog);
    opened.hierarchy = std::make_unique<Hierarchy>(*opened.connection, std::move(catalog), std::move(profile), QDateTime::fromString(u"2025-11-01T00:00:00Z"_s, Qt::ISODate));
    return opened;
}

/// "label [group=count …]" for each row.
QStringList listed(Hierarchy &hierarchy, const QString &path, int limit = 200)
{
    const Result<TreePage> page = hierarchy.children(TreePath::parse(path).value(), limit);
    if (!page)
        return {u"error: "_s + page.error().message + u' ' + page.error().detail};
    QStringList lines;
    for (const TreeNode &node : page->nodes) {
        QString line = node.label;
        for (const TreeGroupInfo &group : node.groups)
            line += u" [%1=%2]"_s.arg(group.id).arg(group.count);
        lines.append(line);
    }
    return lines;
}

const QString arenaRows = u"INSERT INTO models VALUES (1, 'Llama', 'cerebras/llama', 'open', 1, '2025-10-01 00:00:00'), (2, 'Tiny', 'x/tiny', 'small', 1, '2025-10-01 00:00:00');"
                          "INSERT INTO kinds VALUES (1, 'thinking', 1, '2025-10-01 00:00:00');"
                          "INSERT INTO prompts VALUES (1, 'base', 'p', NULL, 1, '2025-10-01 00:00:00'), (2, 'fork', 'p', 1, 1, '2025-10-01 00:00:00'),"
                          " (3, 'fork of fork', 'p', 2, 1, '2025-10-01 00:00:00'), (4, 'second fork', 'p', 1, 1, '2025-10-01 00:00:00'), (5, 'own parent', 'p', 5, 1, '2025-10-01 00:00:00');"
                          "INSERT INTO agents (id, kind_id, model_id, prompt_id, alias, active, created_at) VALUES (1, 1, 1, 1, 'Zed', 1, '2025-10-01 00:00:00'), (2, 1, 2, 2, NULL, 0, '2025-10-01 00:00:00');"
                          "INSERT INTO games (id, started_at, finished_at, status, total_turns, winning_team, environment_crashed) VALUES"
                          " (411, '2025-10-21 09:02:00', '2025-10-21 09:12:00', 'completed', 2, 'Mafia', 0), (412, '2025-10-21 09:14:00', NULL, 'failed', 3, NULL, 1),"
                          " (413, '2025-10-21 09:14:00', NULL, 'in_progress', 0, NULL, 0);"
                          "INSERT INTO game_players VALUES (1, 412, 1, 0, 'Mafia', NULL), (2, 412, 2, 3, NULL, NULL), (3, 411, 1, 0, 'Doctor', 1.0);"
                          "INSERT INTO game_turns (id, game_id, turn_number, player_index, observation, action, response_time_ms, timestamp) VALUES"
                          " (10, 412, 1, 0, '{\"text\": \"night\"}', 'I am innocent', 900, '2025-10-21 09:15:00'), (11, 412, 2, 3, '{}', '[0]', 800, '2025-10-21 09:16:00'),"
                          " (12, 412, 3, 0, '{}', 'vote', 700, '2025-10-21 09:17:00');"
                          "INSERT INTO llm_calls (id, game_turn_id, model, messages, response, request_sent_at, response_received_at, total_response_time_ms, response_tokens, total_tokens_consumed)"
                          " VALUES (100, 10, 'cerebras/llama', '[]', '{}', '2025-10-21 09:15:00', '2025-10-21 09:15:01', 900, 5, 50);"
                          "INSERT INTO agent_trueskill VALUES (1, 27.5, 7.1, '2025-10-21 09:12:00');"_s;

} // namespace

class TestHierarchy : public QObject
{
    Q_OBJECT

private slots:
    void aPathReadsBackAsItPrints_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("row") << u"games/412"_s;
        QTest::newRow("group") << u"games/412/players/3/turns"_s;
        QTest::newRow("slash, comma and percent in keys") << u"files/a%2Fb%2Cc%25,7/parts"_s;
        QTest::newRow("empty key") << u"x/%00"_s;
        QTest::newRow("not ascii") << u"x/%C3%A9"_s;
    }
    void aPathReadsBackAsItPrints()
    {
        QFETCH(const QString, text);
        const Result<TreePath> path = TreePath::parse(text);
        QVERIFY(path.has_value());
        QCOMPARE(path->toString(), text);
        QCOMPARE(*TreePath::parse(path->toString()), *path);
    }

    void aBrokenPathIsRefused()
    {
        QVERIFY(!TreePath::parse(u"games//x"_s).has_value());
        QVERIFY(!TreePath::parse(u"games/%zz"_s).has_value());
        QVERIFY(TreePath::parse(u"/games/1/"_s)->isRow());
        QVERIFY(TreePath::parse(QString())->isEmpty());
    }

    void theArenaIsWalked_data()
    {
        QTest::addColumn<bool>("postgres");
        QTest::newRow("sqlite") << false;
        QTest::newRow("postgresql") << true;
    }
    void theArenaIsWalked()
    {
        QFETCH(const bool, postgres);
        const QTemporaryDir folder;
        std::unique_ptr<TestDatabase> server;
        DatabaseUrl url = DatabaseUrl::forFile(folder.filePath(u"a.db"_s));
        if (postgres) {
            server = std::make_unique<TestDatabase>();
            REQUIRE_DATABASE(*server);
            QCOMPARE(server->execute(fixture(u"mindgames-arena"_s, u"current"_s, u"postgresql"_s) + arenaRows), QString());
            url = DatabaseUrl::parse(server->url()).value();
        } else {
            QCOMPARE(executeSql(url.filePath(), fixture(u"mindgames-arena"_s, u"current"_s, u"sqlite"_s) + arenaRows), QString());
        }
        const Opened opened = open(url);
        Hierarchy &hierarchy = *opened.hierarchy;
        QStringList roots;
        const Result<std::vector<TreeGroupInfo>> groups = hierarchy.roots();
        QVERIFY2(groups.has_value(), groups ? "" : qPrintable(groups.error().message + groups.error().detail));
        for (const TreeGroupInfo &root : *groups)
            roots.append(u"%1=%2"_s.arg(root.id).arg(root.count));
        QCOMPARE(roots, QStringList({u"games=3"_s, u"agents=2"_s, u"prompts=2"_s, u"models=2"_s, u"kinds=1"_s}));
        QCOMPARE(listed(hierarchy, u"games"_s), QStringList({u"Game 413 [players=0] [turns=0]"_s, u"Game 412 [players=2] [turns=3]"_s, u"Game 411 [players=1] [turns=0]"_s}));
        QCOMPARE(listed(hierarchy, u"games/412/players"_s), QStringList({u"0 · Zed · Mafia [turns=2]"_s, u"3 · 2 [turns=1]"_s}));
        QCOMPARE(listed(hierarchy, u"games/412/players/0/turns"_s), QStringList({u"1 · I am innocent [calls=1]"_s, u"3 · vote [calls=0]"_s}));
        QCOMPARE(listed(hierarchy, u"games/412/turns/10/calls"_s).size(), 1);
        QCOMPARE(listed(hierarchy, u"agents/1/games"_s), QStringList({u"Game 412 · Mafia · failed"_s, u"Game 411 · Doctor · completed"_s}));
        QCOMPARE(listed(hierarchy, u"prompts"_s), QStringList({u"base [forks=2] [agents=1]"_s, u"own parent [forks=0] [agents=0]"_s}));
        QCOMPARE(listed(hierarchy, u"prompts/1/forks"_s), QStringList({u"fork [forks=1] [agents=1]"_s, u"second fork [forks=0] [agents=0]"_s}));
        QCOMPARE(listed(hierarchy, u"prompts/1/forks/2/forks/3/forks"_s), QStringList());
        QCOMPARE(listed(hierarchy, u"prompts/1/forks/2/agents"_s), QStringList({u"2 · thinking · Tiny"_s}));

        const Result<TreeNode> player = hierarchy.node(TreePath::parse(u"games/412/players/3"_s).value());
        QVERIFY(player.has_value());
        QCOMPARE(player->table, u"game_players"_s);
        QCOMPARE(player->key.front().toDisplayText(), u"2"_s); // the row's identity, not its place in the path
        QCOMPARE(player->path.toString(), u"games/412/players/3"_s);
        QCOMPARE(hierarchy.group(TreePath::parse(u"games/412/turns"_s).value())->count, 3);

        for (const QString &missing : {u"games/999"_s, u"games/abc"_s, u"games/411/players/3"_s})
            QCOMPARE(hierarchy.node(TreePath::parse(missing).value()).error().code, ErrorCode::NotFound);
        QCOMPARE(hierarchy.children(TreePath::parse(u"games/999/turns"_s).value()).error().code, ErrorCode::NotFound);
        QVERIFY(hierarchy.children(TreePath::parse(u"games/412/plyers"_s).value()).error().message.contains(u"players"_s));
        QVERIFY(!opened.connection->isInTransaction());

        const Result<RelatedRecords> related = hierarchy.related(u"agents"_s, {player->key});
        QVERIFY2(related.has_value(), related ? "" : qPrintable(related.error().message));
        QStringList references;
        for (const RelatedRecords::Reference &reference : related->references)
            references.append(reference.columns.join(u',') + u'=' + reference.label);
        references.sort();
        QCOMPARE(references, QStringList({u"kind_id=thinking"_s, u"model_id=Tiny"_s, u"prompt_id=fork"_s}));
        QStringList referrers;
        for (const RelatedRecords::Referrer &referrer : related->referencedBy)
            referrers.append(u"%1=%2"_s.arg(referrer.table).arg(referrer.count));
        referrers.sort();
        QCOMPARE(referrers, QStringList({u"agent_trueskill=0"_s, u"game_players=1"_s}));
        QCOMPARE(hierarchy.related(u"agents"_s, {Value::text(u"77"_s)}).error().code, ErrorCode::NotFound);
    }

    void pagesFollowEachOtherWithoutGaps_data()
    {
        QTest::addColumn<bool>("postgres");
        QTest::addColumn<int>("limit");
        for (const int limit : {1, 2, 3, 7, 100}) {
            QTest::newRow(qPrintable(u"sqlite %1"_s.arg(limit))) << false << limit;
            QTest::newRow(qPrintable(u"postgresql %1"_s.arg(limit))) << true << limit;
        }
    }
    // Equal and missing times, which sort differently on the two engines.
    void pagesFollowEachOtherWithoutGaps()
    {
        QFETCH(const bool, postgres);
        QFETCH(const int, limit);
        QString rows;
        for (int i = 1; i <= 23; ++i)
            rows += u"INSERT INTO discussions (id, prompt, started_at) VALUES (%1, 'p%1', %2);"_s.arg(QString::number(i), i % 3 == 0 ? u"NULL"_s : u"'2025-10-0%1 10:00:00'"_s.arg(i % 4 + 1));
        const QTemporaryDir folder;
        std::unique_ptr<TestDatabase> server;
        DatabaseUrl url = DatabaseUrl::forFile(folder.filePath(u"a.db"_s));
        if (postgres) {
            server = std::make_unique<TestDatabase>();
            REQUIRE_DATABASE(*server);
            QCOMPARE(server->execute(fixture(u"consensus-engine"_s, u"shipped"_s, u"postgresql"_s) + rows), QString());
            url = DatabaseUrl::parse(server->url()).value();
        } else {
            QCOMPARE(executeSql(url.filePath(), fixture(u"consensus-engine"_s, u"shipped"_s, u"sqlite"_s) + rows), QString());
        }
        const Opened opened = open(url);
        const TreePath group = TreePath().group(u"discussions"_s);
        const Result<TreePage> whole = opened.hierarchy->children(group, 100);
        QVERIFY(whole.has_value());
        QCOMPARE(whole->nodes.size(), std::size_t(23));
        QVERIFY(!whole->more);
        QStringList paged;
        std::vector<Value> after;
        for (bool more = true; more;) {
            const Result<TreePage> page = opened.hierarchy->children(group, limit, after);
            QVERIFY2(page.has_value(), page ? "" : qPrintable(page.error().message + page.error().detail));
            for (const TreeNode &node : page->nodes)
                paged.append(node.label);
            after = page->nodes.back().cursor;
            more = page->more;
            QVERIFY(paged.size() <= 23);
        }
        QStringList expected;
        for (const TreeNode &node : whole->nodes)
            expected.append(node.label);
        QCOMPARE(paged, expected);
    }

    void childrenWithoutAnIndexAreCountedInOneGo()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(u"c.db"_s);
        QCOMPARE(executeSql(path, fixture(u"consensus-engine"_s, u"documented"_s, u"sqlite"_s)
                                      + u"INSERT INTO discussions (id, prompt) VALUES (1, 'What is best in life? Nobody knows, but many have tried to tell us'), (2, '');"
                                        "INSERT INTO rounds (id, discussion_id, round_type, round_number, prompt) VALUES (1, 1, 'position', 2, 'p'), (2, 1, 'understanding', 1, 'p'), (3, NULL, 'position', 1, 'p');"
                                        "INSERT INTO model_responses (id, round_id, model_name, response_text, confidence_score) VALUES (1, 2, 'gpt', 'yes', 0.5), (2, 2, 'claude', 'no', NULL);"_s),
                 QString());
        const Opened opened = open(DatabaseUrl::forFile(path));
        QCOMPARE(listed(*opened.hierarchy, u"discussions"_s), QStringList({u"discussions 2 [rounds=0]"_s, u"What is best in life? Nobody knows, but many have tried to… [rounds=2]"_s}));
        QCOMPARE(listed(*opened.hierarchy, u"discussions/1/rounds"_s), QStringList({u"Round 1 · understanding [responses=2]"_s, u"Round 2 · position [responses=0]"_s}));
        QCOMPARE(listed(*opened.hierarchy, u"discussions/1/rounds/2/responses"_s), QStringList({u"gpt · yes"_s, u"claude · no"_s}));
    }

    void junctionsKeepTheirOrderAndTheirRepetitions()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(u"o.db"_s);
        QCOMPARE(executeSql(path, fixture(u"llm-orchestration"_s, u"current"_s, u"sqlite"_s)
                                      + u"INSERT INTO blocks (id, title) VALUES (1, 'intro'), (2, 'body'), (3, 'unused');"
                                        "INSERT INTO payloads (id, name) VALUES (1, 'first'), (2, 'second');"
                                        "INSERT INTO payload_blocks VALUES (1, 2, 1), (1, 1, 0), (1, 1, 2), (1, 99, 3), (2, 1, NULL);"
                                        "INSERT INTO workflows (id, name) VALUES (1, 'flow');"
                                        "INSERT INTO workflow_payloads VALUES (1, 2, 0), (1, 1, 1);"
                                        "INSERT INTO runs (id, workflow_id, status) VALUES (1, 1, 'completed');"
                                        "INSERT INTO responses (id, run_id, payload_id, content, metadata) VALUES (1, 1, 1, 'hi', '{\"tokens\": 12}'), (2, 1, 7, 'lost', 'no json');"_s),
                 QString());
        const Opened opened = open(DatabaseUrl::forFile(path));
        Hierarchy &hierarchy = *opened.hierarchy;
        QCOMPARE(listed(hierarchy, u"workflows"_s), QStringList({u"flow [payloads=2] [runs=1]"_s}));
        QCOMPARE(listed(hierarchy, u"workflows/1/payloads"_s), QStringList({u"second [blocks=1]"_s, u"first [blocks=4]"_s}));
        QCOMPARE(listed(hierarchy, u"workflows/1/payloads/1/blocks"_s), QStringList({u"intro"_s, u"body"_s, u"intro"_s}));
        QCOMPARE(listed(hierarchy, u"runs/1/responses"_s), QStringList({u"first · hi"_s, u"7 · lost"_s}));
        const Result<TreePage> responses = hierarchy.children(TreePath::parse(u"runs/1/responses"_s).value());
        QCOMPARE(responses->nodes[0].badges[0].field, u"metadata.tokens"_s);
        QCOMPARE(responses->nodes[0].badges[0].value, Value::integer(12));
        QVERIFY(responses->nodes[1].badges[0].value.isNull()); // broken JSON spoils nothing
        QStringList paged;
        std::vector<Value> after;
        for (bool more = true; more;) {
            const Result<TreePage> page = hierarchy.children(TreePath::parse(u"payloads/1/blocks"_s).value(), 1, after);
            QVERIFY(page.has_value());
            paged.append(page->nodes.front().label + page->nodes.front().junctionKey.front().toDisplayText());
            after = page->nodes.front().cursor;
            more = page->more;
        }
        QCOMPARE(paged, QStringList({u"intro2"_s, u"body1"_s, u"intro3"_s}));
    }

    void textKeysWithSlashesAreFound()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(u"q.db"_s);
        QCOMPARE(executeSql(path, fixture(u"quorum"_s, u"orm"_s, u"sqlite"_s)
                                      + u"INSERT INTO conversations (id, title, current_health_score, has_contradictions, has_loops, requires_intervention, created_at, updated_at)"
                                        " VALUES ('debate/1,%', 'T', 40.0, 0, 0, 0, '2025-01-01', '2025-01-01');"
                                        "INSERT INTO messages (id, conversation_id, agent_name, role, content, sequence_number, health_score, has_citations, citations_verified, created_at)"
                                        " VALUES ('msg_1', 'debate/1,%', 'Agent 1', 'agent', 'Hello', 1, 100.0, 0, 0, '2025-01-01');"_s),
                 QString());
        const Opened opened = open(DatabaseUrl::forFile(path));
        const Result<TreePage> page = opened.hierarchy->children(TreePath().group(u"conversations"_s));
        QVERIFY2(page.has_value() && page->nodes.size() == 1, page ? "" : qPrintable(page.error().detail));
        QCOMPARE(page->nodes[0].path.toString(), u"conversations/debate%2F1%2C%25"_s);
        QCOMPARE(listed(*opened.hierarchy, page->nodes[0].path.toString() + u"/messages"_s), QStringList({u"1 · Agent 1 · Hello [citations=0] [embeddings=0]"_s}));
        QCOMPARE(listed(*opened.hierarchy, u"unhealthy"_s).size(), 1);
    }

    void uuidsAndVirtualKeysOfOtherTypesWork()
    {
        TestDatabase database;
        REQUIRE_DATABASE(database);
        QCOMPARE(database.execute(fixture(u"project-2501"_s, u"init-db"_s, u"postgresql"_s)
                                  + u"INSERT INTO personas (id, name, template) VALUES ('00000000-0000-4000-8000-000000000001', 'Eve', '@x');"
                                    "INSERT INTO conversations (id, title, persona_id) VALUES ('00000000-0000-4000-8000-000000000002', 'Chat', '00000000-0000-4000-8000-000000000001'),"
                                    " ('00000000-0000-4000-8000-000000000009', 'Lost', NULL);"
                                    "INSERT INTO messages (id, conversation_id, role, content) VALUES ('00000000-0000-4000-8000-000000000003', '00000000-0000-4000-8000-000000000002', 'USER', 'hi');"
                                    "INSERT INTO conversation_memories (conversation_id, memory_sequence, compressed_content, original_message_range, message_count_at_compression, first_message_id)"
                                    " VALUES ('00000000-0000-4000-8000-000000000002', 1, 'met', '1-5', 5, '00000000-0000-4000-8000-000000000003');"_s),
                 QString());
        const Opened opened = open(DatabaseUrl::parse(database.url()).value());
        Hierarchy &hierarchy = *opened.hierarchy;
        const Result<TreePage> personas = hierarchy.children(TreePath().group(u"personas"_s));
        QVERIFY2(personas.has_value(), personas ? "" : qPrintable(personas.error().message + personas.error().detail));
        const auto eve = std::find_if(personas->nodes.begin(), personas->nodes.end(), [](const TreeNode &node) { return node.label == u"Eve"; });
        QVERIFY(eve != personas->nodes.end());
        QCOMPARE(listed(hierarchy, eve->path.toString() + u"/conversations"_s), QStringList({u"Chat [messages=1] [states=0] [memories=1]"_s}));
        const Result<TreePage> memories = hierarchy.children(TreePath::parse(u"conversations/00000000-0000-4000-8000-000000000002/memories"_s).value());
        QVERIFY2(memories.has_value(), memories ? "" : qPrintable(memories.error().message + memories.error().detail));
        QCOMPARE(listed(hierarchy, u"lost"_s), QStringList({u"Lost [messages=0]"_s}));
        QCOMPARE(hierarchy.node(TreePath::parse(u"conversations/7"_s).value()).error().code, ErrorCode::NotFound);
        const Result<RelatedRecords> related = hierarchy.related(u"conversation_memories"_s, memories->nodes.front().key);
        QVERIFY2(related.has_value(), related ? "" : qPrintable(related.error().message + related.error().detail));
        QStringList references;
        for (const RelatedRecords::Reference &reference : related->references)
            references.append(reference.label + (reference.isVirtual ? u" virtual"_s : QString()) + (reference.exists ? QString() : u" missing"_s));
        references.sort();
        QCOMPARE(references, QStringList({u"Chat virtual"_s, u"USER · hi virtual"_s}));
        const Result<RelatedRecords> message = hierarchy.related(u"messages"_s, {Value::text(u"00000000-0000-4000-8000-000000000003"_s)});
        QVERIFY2(message.has_value(), message ? "" : qPrintable(message.error().message + message.error().detail));
        QCOMPARE(message->referencedBy.front().count, 1);
    }

    void anUnknownDatabaseIsWalkedByItsKeys()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(u"u.db"_s);
        QCOMPARE(executeSql(path, u"CREATE TABLE \"a%1 'b\"(x TEXT, y BLOB, name TEXT, PRIMARY KEY (x, y)) WITHOUT ROWID;"
                                  "CREATE TABLE child(px, py, note, FOREIGN KEY (px, py) REFERENCES \"a%1 'b\"(x, y));"
                                  "CREATE TABLE person(id INTEGER PRIMARY KEY, name TEXT, boss INTEGER REFERENCES person(id));"
                                  "INSERT INTO \"a%1 'b\" VALUES ('k/1', x'00ff', 'N'), ('k2', x'01', 'M');"
                                  "INSERT INTO child VALUES ('k/1', x'00ff', 'one'), ('k/1', x'00ff', 'two'), ('k/1', x'01', 'other');"
                                  "INSERT INTO person VALUES (1, 'top', NULL), (2, 'under', 1), (3, 'orphan', 77);"_s),
                 QString());
        const Opened opened = open(DatabaseUrl::forFile(path));
        Hierarchy &hierarchy = *opened.hierarchy;
        const Result<TreePage> parents = hierarchy.children(TreePath().group(u"a_1__b"_s));
        QVERIFY2(parents.has_value(), parents ? "" : qPrintable(parents.error().message + parents.error().detail));
        QCOMPARE(parents->nodes.size(), std::size_t(2));
        QCOMPARE(parents->nodes[0].groups[0].count, 2);
        QCOMPARE(parents->nodes[1].groups[0].count, 0);
        QCOMPARE(listed(hierarchy, parents->nodes[0].path.toString() + u"/child"_s).size(), 2);
        QCOMPARE(listed(hierarchy, u"person"_s), QStringList({u"top [below=1]"_s, u"orphan [below=0]"_s}));
        QCOMPARE(listed(hierarchy, u"person/1/below"_s), QStringList({u"under [below=0]"_s}));
    }

    void aPageIsNoLargerThanAskedFor()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(u"n.db"_s);
        QString rows = arenaRows;
        for (int i = 1000; i < 1400; ++i)
            rows += u"INSERT INTO games (id, started_at, status, total_turns, environment_crashed) VALUES (%1, '2025-10-22 00:00:00', 'failed', 0, 0);"_s.arg(i);
        QCOMPARE(executeSql(path, fixture(u"mindgames-arena"_s, u"current"_s, u"sqlite"_s) + u"BEGIN;"_s + rows + u"COMMIT;"_s), QString());
        const Opened opened = open(DatabaseUrl::forFile(path));
        const Result<TreePage> page = opened.hierarchy->children(TreePath().group(u"games"_s), 300);
        QVERIFY(page.has_value());
        QCOMPARE(page->nodes.size(), std::size_t(300));
        QVERIFY(page->more);
        QCOMPARE(page->nodes[0].label, u"Game 1399"_s);
    }
};

QTEST_GUILESS_MAIN(TestHierarchy)
#include "tst_hierarchy.moc"
