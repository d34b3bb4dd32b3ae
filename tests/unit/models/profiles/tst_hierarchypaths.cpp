// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/catalog/catalogreader.h"
#include "models/profiles/derivedprofile.h"
#include "models/profiles/hierarchy.h"
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

const QString arenaRows = u"INSERT INTO models VALUES (1, 'Llama', 'cerebras/llama', 'open', 1, '2025-10-01 00:00:00');"
                          "INSERT INTO kinds VALUES (1, 'thinking', 1, '2025-10-01 00:00:00');"
                          "INSERT INTO prompts VALUES (1, 'base', 'p', NULL, 1, '2025-10-01 00:00:00'), (2, 'fork', 'p', 1, 1, '2025-10-01 00:00:00'),"
                          " (3, 'fork of fork', 'p', 2, 1, '2025-10-01 00:00:00'), (5, 'own parent', 'p', 5, 1, '2025-10-01 00:00:00');"
                          "INSERT INTO agents (id, kind_id, model_id, prompt_id, alias, active, created_at) VALUES (1, 1, 1, 3, 'Zed', 1, '2025-10-01 00:00:00');"
                          "INSERT INTO games (id, started_at, status, total_turns, environment_crashed) VALUES (411, '2025-10-21 09:02:00', 'completed', 2, 0), (412, '2025-10-21 09:14:00', 'failed', 3, 1);"
                          "INSERT INTO game_players VALUES (1, 412, 1, 0, 'Mafia', NULL), (2, 412, 1, 3, NULL, NULL);"
                          "INSERT INTO game_turns (id, game_id, turn_number, player_index, observation, action, response_time_ms, timestamp) VALUES (10, 412, 1, 3, '{}', 'x', 900, '2025-10-21 09:15:00');"
                          "INSERT INTO llm_calls (id, game_turn_id, model, messages, response, request_sent_at, response_received_at, total_response_time_ms, response_tokens, total_tokens_consumed)"
                          " VALUES (100, 10, 'cerebras/llama', '[]', '{}', '2025-10-21 09:15:00', '2025-10-21 09:15:01', 900, 5, 50);"_s;

const QString numbered = u"CREATE TABLE a(id INTEGER PRIMARY KEY, name TEXT, rank INTEGER); CREATE TABLE b(id INTEGER PRIMARY KEY, a_id INTEGER REFERENCES a(id), name TEXT);"
                         "INSERT INTO a VALUES (1, 'root', 0); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) INSERT INTO b SELECT i, 1, 'row ' || i FROM n;"_s;

} // namespace

/// Where rows of a hierarchy stand: marks, positions, paths to records, groups as selections.
class TestHierarchyPaths : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void cleanup();
    void marksAreWherePagesBegin_data();
    void marksAreWherePagesBegin();
    void rowsWithoutAKeyAreMarkedByNumber();
    void aPositionCountsTheRowsBefore_data();
    void aPositionCountsTheRowsBefore();
    void aRecordIsFoundByItsShortestPath_data();
    void aRecordIsFoundByItsShortestPath();
    void aRecordInNoTreeIsNotFound();
    void ringsEnd();
    void theOrderCountsOnlyWhatIsShown();
    void aGroupIsASelection();

private:
    void open(const DatabaseUrl &url);
    void openFile(const QString &sql);
    TreePath path(const QString &text) const { return TreePath::parse(text).value(); }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<TestDatabase> m_server;
    std::unique_ptr<Connection> m_connection;
    std::unique_ptr<Hierarchy> m_hierarchy;
};

void TestHierarchyPaths::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
}

void TestHierarchyPaths::cleanup()
{
    m_hierarchy.reset();
    m_connection.reset();
    m_server.reset();
}

void TestHierarchyPaths::open(const DatabaseUrl &url)
{
    Result<std::unique_ptr<Connection>> connection = Connection::open(url);
    QVERIFY(connection.has_value());
    m_connection = std::move(*connection);
    Catalog catalog = readCatalog(*m_connection).value();
    static const ProfileRegistry registry = ProfileRegistry::load();
    const std::vector<Recognition> found = recognise(catalog, registry);
    ResolvedProfile profile = found.empty() || found.front().incomplete ? deriveProfile(catalog) : found.front().resolve(catalog);
    m_hierarchy = std::make_unique<Hierarchy>(*m_connection, std::move(catalog), std::move(profile));
}

void TestHierarchyPaths::openFile(const QString &sql)
{
    const QString file = m_folder->filePath(u"f.db"_s);
    QCOMPARE(executeSql(file, sql), QString());
    open(DatabaseUrl::forFile(file));
}

void TestHierarchyPaths::marksAreWherePagesBegin_data()
{
    QTest::addColumn<int>("every");
    QTest::addColumn<int>("limit");
    QTest::newRow("even") << 100 << 5000;
    QTest::newRow("uneven") << 300 << 5000;
    QTest::newRow("in chunks") << 100 << 400;
    QTest::newRow("chunks that are no pages") << 100 << 350;
    QTest::newRow("exactly all") << 200 << 1000;
    QTest::newRow("one page") << 2000 << 5000;
}

void TestHierarchyPaths::marksAreWherePagesBegin()
{
    QFETCH(const int, every);
    QFETCH(const int, limit);
    openFile(numbered);
    const TreePath group = path(u"a/1/b"_s);
    std::int64_t rows = 0;
    std::vector<Value> after;
    for (bool more = true; more;) {
        const Result<TreeMarks> marks = m_hierarchy->marks(group, every, limit, after);
        QVERIFY2(marks.has_value(), marks ? "" : qPrintable(marks.error().detail));
        QVERIFY(marks->rows <= limit);
        for (std::size_t i = 0; i < marks->cursors.size(); ++i) {
            const Result<TreePage> page = m_hierarchy->children(group, 1, marks->cursors[i]);
            const std::int64_t expected = rows + std::min<std::int64_t>(static_cast<std::int64_t>(i + 1) * every, marks->rows);
            QVERIFY(page.has_value() && !page->nodes.empty());
            QCOMPARE(page->nodes.front().label, u"row %1"_s.arg(expected + 1));
        }
        rows += marks->rows;
        more = marks->more;
        QVERIFY(!more || !marks->cursors.empty());
        if (more)
            after = marks->cursors.back();
        QVERIFY(rows <= 1000);
    }
    QCOMPARE(rows, 1000);
}

void TestHierarchyPaths::rowsWithoutAKeyAreMarkedByNumber()
{
    m_server = std::make_unique<TestDatabase>();
    REQUIRE_DATABASE(*m_server);
    QCOMPARE(m_server->execute(u"CREATE TABLE a(id int PRIMARY KEY); CREATE TABLE b(a_id int REFERENCES a(id), n int); INSERT INTO a VALUES (1); INSERT INTO b SELECT 1, i FROM generate_series(1, 450) i;"_s), QString());
    open(DatabaseUrl::parse(m_server->url()).value());
    const TreePath group = path(u"a/1/b"_s);
    const Result<TreeMarks> marks = m_hierarchy->marks(group, 100, 300);
    QVERIFY2(marks.has_value(), marks ? "" : qPrintable(marks.error().message + marks.error().detail));
    QCOMPARE(marks->rows, 300);
    QVERIFY(marks->more);
    QCOMPARE(marks->cursors.size(), std::size_t(3));
    const Result<TreeMarks> rest = m_hierarchy->marks(group, 100, 300, marks->cursors.back());
    QCOMPARE(rest->rows, 150);
    QVERIFY(!rest->more);
    QCOMPARE(m_hierarchy->children(group, 100, rest->cursors.back())->nodes.size(), std::size_t(50));
}

void TestHierarchyPaths::aPositionCountsTheRowsBefore_data()
{
    QTest::addColumn<bool>("postgres");
    QTest::newRow("sqlite") << false;
    QTest::newRow("postgresql") << true;
}

// Equal and missing times, which sort differently on the two engines.
void TestHierarchyPaths::aPositionCountsTheRowsBefore()
{
    QFETCH(const bool, postgres);
    QString rows;
    for (int i = 1; i <= 23; ++i)
        rows += u"INSERT INTO discussions (id, prompt, started_at) VALUES (%1, 'p%1', %2);"_s.arg(QString::number(i), i % 3 == 0 ? u"NULL"_s : u"'2025-10-0%1 10:00:00'"_s.arg(i % 4 + 1));
    if (postgres) {
        m_server = std::make_unique<TestDatabase>();
        REQUIRE_DATABASE(*m_server);
        QCOMPARE(m_server->execute(fixture(u"consensus-engine"_s, u"shipped"_s, u"postgresql"_s) + rows), QString());
        open(DatabaseUrl::parse(m_server->url()).value());
    } else {
        openFile(fixture(u"consensus-engine"_s, u"shipped"_s, u"sqlite"_s) + rows);
    }
    const Result<TreePage> page = m_hierarchy->children(path(u"discussions"_s), 100);
    QCOMPARE(page->nodes.size(), std::size_t(23));
    for (std::size_t i = 0; i < page->nodes.size(); ++i) {
        const Result<std::int64_t> position = m_hierarchy->position(page->nodes[i].path);
        QVERIFY2(position.has_value(), position ? "" : qPrintable(position.error().message + position.error().detail));
        QCOMPARE(*position, static_cast<std::int64_t>(i));
    }
    QCOMPARE(m_hierarchy->position(path(u"discussions/99"_s)).error().code, ErrorCode::NotFound);
    QCOMPARE(m_hierarchy->position(path(u"discussions"_s)).error().code, ErrorCode::NotFound);
}

void TestHierarchyPaths::aRecordIsFoundByItsShortestPath_data()
{
    QTest::addColumn<bool>("postgres");
    QTest::addColumn<QString>("table");
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("path");
    for (const bool postgres : {false, true}) {
        const auto add = [postgres](const char *name, const QString &table, const QString &key, const QString &expected) {
            QTest::addRow("%s, %s", name, postgres ? "postgresql" : "sqlite") << postgres << table << key << expected;
        };
        add("a root", u"games"_s, u"412"_s, u"games/412"_s);
        add("by a key of its own", u"game_players"_s, u"2"_s, u"games/412/players/3"_s);
        add("the shorter of two ways", u"game_turns"_s, u"10"_s, u"games/412/turns/10"_s);
        add("the deepest", u"llm_calls"_s, u"100"_s, u"games/412/turns/10/calls/100"_s);
        add("a fork of a fork", u"prompts"_s, u"3"_s, u"prompts/1/forks/2/forks/3"_s);
        add("one that points to itself", u"prompts"_s, u"5"_s, u"prompts/5"_s);
    }
}

void TestHierarchyPaths::aRecordIsFoundByItsShortestPath()
{
    QFETCH(const bool, postgres);
    QFETCH(const QString, table);
    QFETCH(const QString, key);
    QFETCH(const QString, path);
    if (postgres) {
        m_server = std::make_unique<TestDatabase>();
        REQUIRE_DATABASE(*m_server);
        QCOMPARE(m_server->execute(fixture(u"mindgames-arena"_s, u"current"_s, u"postgresql"_s) + arenaRows), QString());
        open(DatabaseUrl::parse(m_server->url()).value());
    } else {
        openFile(fixture(u"mindgames-arena"_s, u"current"_s, u"sqlite"_s) + arenaRows);
    }
    const Result<TreePath> found = m_hierarchy->pathTo(table, {Value::text(key)});
    QVERIFY2(found.has_value(), found ? "" : qPrintable(found.error().message + found.error().detail));
    QCOMPARE(found->toString(), path);
    // And there it is.
    const Result<TreeNode> node = m_hierarchy->node(*found);
    QVERIFY(node.has_value());
    QCOMPARE(node->key.front().toDisplayText(), key);
    QVERIFY(m_hierarchy->position(*found).has_value());
    // By other columns that name it.
    if (table == u"game_players"_s)
        QCOMPARE(m_hierarchy->pathTo(table, {Value::text(u"3"_s), Value::text(u"412"_s)}, {u"player_index"_s, u"game_id"_s})->toString(), path);
}

void TestHierarchyPaths::aRecordInNoTreeIsNotFound()
{
    openFile(fixture(u"mindgames-arena"_s, u"current"_s, u"sqlite"_s) + arenaRows);
    QCOMPARE(m_hierarchy->pathTo(u"games"_s, {Value::integer(999)}).error().code, ErrorCode::NotFound);
    QCOMPARE(m_hierarchy->pathTo(u"nothing"_s, {Value::integer(1)}).error().code, ErrorCode::NotFound);
    QCOMPARE(m_hierarchy->pathTo(u"games"_s, {}).error().code, ErrorCode::NotFound);
    // A turn without its game.
    QCOMPARE(executeSql(m_folder->filePath(u"f.db"_s), u"PRAGMA foreign_keys = 0; DELETE FROM games WHERE id = 412;"_s), QString());
    QCOMPARE(m_hierarchy->pathTo(u"game_turns"_s, {Value::integer(10)}).error().code, ErrorCode::NotFound);
}

void TestHierarchyPaths::ringsEnd()
{
    openFile(u"CREATE TABLE person(id INTEGER PRIMARY KEY, name TEXT, boss INTEGER REFERENCES person(id)); INSERT INTO person VALUES (1, 'a', 2), (2, 'b', 1), (3, 'c', NULL), (4, 'd', 3);"_s);
    QCOMPARE(m_hierarchy->pathTo(u"person"_s, {Value::integer(1)}).error().code, ErrorCode::NotFound);
    QCOMPARE(m_hierarchy->pathTo(u"person"_s, {Value::integer(4)})->toString(), u"person/3/below/4"_s);
}

// Keys are read before labels and counts: the rows must be the same ones.
void TestHierarchyPaths::theOrderCountsOnlyWhatIsShown()
{
    openFile(fixture(u"mindgames-arena"_s, u"current"_s, u"sqlite"_s) + arenaRows);
    const Result<TreePage> page = m_hierarchy->children(path(u"games"_s), 1);
    QCOMPARE(page->nodes.size(), std::size_t(1));
    QCOMPARE(page->nodes[0].label, u"Game 412"_s);
    QCOMPARE(page->nodes[0].groups[0].count, 2);
    QVERIFY(page->more);
    const Result<TreePage> next = m_hierarchy->children(path(u"games"_s), 1, page->nodes[0].cursor);
    QCOMPARE(next->nodes[0].label, u"Game 411"_s);
    QVERIFY(!next->more);
}

void TestHierarchyPaths::aGroupIsASelection()
{
    openFile(fixture(u"mindgames-arena"_s, u"current"_s, u"sqlite"_s) + arenaRows);
    const Result<TreeGroupRows> turns = m_hierarchy->groupRows(path(u"games/412/players/3/turns"_s));
    QVERIFY(turns.has_value());
    QCOMPARE(turns->table, u"game_turns"_s);
    QCOMPARE(turns->link.size(), std::size_t(2));
    QCOMPARE(turns->link[0], std::make_pair(u"game_id"_s, Value::integer(412)));
    QCOMPARE(turns->link[1], std::make_pair(u"player_index"_s, Value::integer(3)));
    const Result<TreeGroupRows> forks = m_hierarchy->groupRows(path(u"prompts/1/forks"_s));
    QVERIFY(forks->isSelf);
    QCOMPARE(forks->link[0], std::make_pair(u"forked_from"_s, Value::integer(1)));
    QVERIFY(m_hierarchy->groupRows(path(u"games"_s))->link.empty());
    QCOMPARE(m_hierarchy->groupRows(path(u"games/999/turns"_s)).error().code, ErrorCode::NotFound);
    QCOMPARE(m_hierarchy->groupRows(path(u"games/412"_s)).error().code, ErrorCode::InvalidInput);
}

QTEST_GUILESS_MAIN(TestHierarchyPaths)
#include "tst_hierarchypaths.moc"
