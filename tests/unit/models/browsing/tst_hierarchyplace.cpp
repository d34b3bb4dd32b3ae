// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/browsing/hierarchyplace.h"

#include "models/items/tablerowsource.h"
#include "tests/support/testdatabase.h"
#include "tests/unit/models/browsing/openedsystem.h"

#include <QTemporaryDir>
#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

/// A group of the tree and the rows of its place are the same rows.
class TestHierarchyPlace : public QObject
{
    Q_OBJECT

private slots:
    void linksBecomeFilters();
    void aRootIsItsTable();
    void conditionsBecomeFilters();
    void aJunctionBecomesAListOfKeys();
    void aBigJunctionIsShownItself();
    void nothingBelongsToNull();
    void theRootsOfATableThatPointsToItselfAreItsRootsOnly();

private:
    Result<GroupPlace> placeOf(const QString &sql, const QString &path);

    std::unique_ptr<QTemporaryDir> m_folder;
};

Result<GroupPlace> TestHierarchyPlace::placeOf(const QString &sql, const QString &path)
{
    m_folder = std::make_unique<QTemporaryDir>();
    const QString file = m_folder->filePath(u"p.db"_s);
    if (const QString problem = executeSql(file, sql); !problem.isEmpty())
        return failure(ErrorCode::Internal, problem);
    const OpenedSystem opened(DatabaseUrl::forFile(file));
    const auto connection = Connection::open(DatabaseUrl::forFile(file));
    Hierarchy hierarchy(**connection, opened.context.catalog, opened.context.profile);
    return placeOfGroup(hierarchy, TreePath::parse(path).value());
}

void TestHierarchyPlace::linksBecomeFilters()
{
    const Result<GroupPlace> found = placeOf(schemaOfSystem(u"mindgames-arena"_s, u"sqlite"_s)
                                                 + u"INSERT INTO games (id, started_at, status, total_turns, environment_crashed) VALUES (412, '2025-10-21 09:14:00', 'failed', 3, 1);"
                                                   "INSERT INTO game_players (id, game_id, agent_id, player_index) VALUES (1, 412, 1, 3);"_s,
                                             u"games/412/players/3/turns"_s);
    QVERIFY2(found.has_value(), found ? "" : qPrintable(found.error().message));
    QVERIFY(found->isExact);
    QCOMPARE(found->place.table, u"game_turns"_s);
    QCOMPARE(found->place.selection.filters, (std::vector<RowFilter>{{u"game_id"_s, FilterOperator::Equals, {Value::integer(412)}, false}, {u"player_index"_s, FilterOperator::Equals, {Value::integer(3)}, false}}));
    QCOMPARE(found->place.selection.order, (std::vector<SortTerm>{{u"turn_number"_s, false}}));
}

void TestHierarchyPlace::aRootIsItsTable()
{
    const Result<GroupPlace> found = placeOf(schemaOfSystem(u"mindgames-arena"_s, u"sqlite"_s), u"games"_s);
    QVERIFY(found.has_value() && found->isExact);
    QCOMPARE(found->place, (TablePlace{u"main"_s, u"games"_s, {{}, {{u"started_at"_s, true}}}}));
    QCOMPARE(placeOf(schemaOfSystem(u"mindgames-arena"_s, u"sqlite"_s), u"games/1/turns"_s).error().code, ErrorCode::NotFound);
}

void TestHierarchyPlace::conditionsBecomeFilters()
{
    const QString schema = schemaOfSystem(u"quorum"_s, u"sqlite"_s);
    const Result<GroupPlace> unhealthy = placeOf(schema, u"unhealthy"_s);
    QVERIFY2(unhealthy.has_value(), unhealthy ? "" : qPrintable(unhealthy.error().message));
    QVERIFY(unhealthy->isExact);
    QCOMPARE(unhealthy->place.selection.filters.size(), std::size_t(1));
    QCOMPARE(unhealthy->place.selection.filters[0].op, FilterOperator::Less);
    const Result<GroupPlace> open = placeOf(schema, u"open-contradictions"_s);
    QCOMPARE(open->place.selection.filters, (std::vector<RowFilter>{{u"resolved"_s, FilterOperator::Equals, {Value::integer(0)}, false}}));
    const Result<GroupPlace> lost = placeOf(schemaOfSystem(u"project-2501"_s, u"sqlite"_s), u"lost"_s);
    QVERIFY2(lost.has_value(), lost ? "" : qPrintable(lost.error().message));
    QCOMPARE(lost->place.selection.filters, (std::vector<RowFilter>{{u"persona_id"_s, FilterOperator::IsNull, {}, false}}));
}

void TestHierarchyPlace::aJunctionBecomesAListOfKeys()
{
    const Result<GroupPlace> found = placeOf(schemaOfSystem(u"llm-orchestration"_s, u"sqlite"_s)
                                                 + u"INSERT INTO blocks (id, title) VALUES (1, 'intro'), (2, 'body'), (3, 'unused'); INSERT INTO payloads (id, name) VALUES (1, 'first');"
                                                   "INSERT INTO payload_blocks (payload_id, block_id, order_index) VALUES (1, 2, 1), (1, 1, 0);"_s,
                                             u"payloads/1/blocks"_s);
    QVERIFY2(found.has_value(), found ? "" : qPrintable(found.error().message));
    QCOMPARE(found->place.table, u"blocks"_s);
    QCOMPARE(found->place.selection.filters.size(), std::size_t(1));
    QCOMPARE(found->place.selection.filters[0].column, u"id"_s);
    QCOMPARE(found->place.selection.filters[0].op, FilterOperator::In);
    QCOMPARE(found->place.selection.filters[0].values.size(), std::size_t(2));
}

void TestHierarchyPlace::aBigJunctionIsShownItself()
{
    const Result<GroupPlace> found = placeOf(schemaOfSystem(u"llm-orchestration"_s, u"sqlite"_s)
                                                 + u"INSERT INTO payloads (id, name) VALUES (1, 'first');"
                                                   "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 600) INSERT INTO blocks (id, title) SELECT i, 'b' || i FROM n;"
                                                   "INSERT INTO payload_blocks (payload_id, block_id, order_index) SELECT 1, id, id FROM blocks;"_s,
                                             u"payloads/1/blocks"_s);
    QVERIFY2(found.has_value(), found ? "" : qPrintable(found.error().message));
    QCOMPARE(found->place.table, u"payload_blocks"_s);
    QCOMPARE(found->place.selection.filters, (std::vector<RowFilter>{{u"payload_id"_s, FilterOperator::Equals, {Value::integer(1)}, false}}));
    QCOMPARE(found->place.selection.order, (std::vector<SortTerm>{{u"order_index"_s, false}}));
}

void TestHierarchyPlace::nothingBelongsToNull()
{
    const Result<GroupPlace> found = placeOf(u"CREATE TABLE a(id INTEGER PRIMARY KEY, code TEXT UNIQUE); CREATE TABLE b(id INTEGER PRIMARY KEY, code TEXT REFERENCES a(code)); INSERT INTO a VALUES (1, NULL); INSERT INTO b VALUES (1, NULL);"_s, u"a/1/b"_s);
    QVERIFY2(found.has_value(), found ? "" : qPrintable(found.error().message));
    QCOMPARE(found->place.selection.filters, (std::vector<RowFilter>{{u"code"_s, FilterOperator::In, {}, false}}));
}

void TestHierarchyPlace::theRootsOfATableThatPointsToItselfAreItsRootsOnly()
{
    const QString schema = schemaOfSystem(u"mindgames-arena"_s, u"sqlite"_s) + u"INSERT INTO prompts (id, name, content, active, created_at) VALUES (1, 'n', 'c', 1, '2025-10-21 09:14:00');"_s;
    const Result<GroupPlace> found = placeOf(schema, u"prompts"_s);
    QVERIFY(found.has_value() && found->isExact);
    QCOMPARE(found->place.selection.filters, (std::vector<RowFilter>{{u"forked_from"_s, FilterOperator::PointsNowhere, {Value::text(u"id")}, false}}));
    const Result<GroupPlace> forks = placeOf(schema, u"prompts/1/forks"_s);
    QVERIFY(forks.has_value() && forks->isExact);
    QCOMPARE(forks->place.selection.filters, (std::vector<RowFilter>{{u"forked_from"_s, FilterOperator::Equals, {Value::integer(1)}, false}}));
}

QTEST_GUILESS_MAIN(TestHierarchyPlace)
#include "tst_hierarchyplace.moc"
