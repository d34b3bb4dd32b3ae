// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/browsing/hierarchymodel.h"

#include "tests/support/testdatabase.h"
#include "tests/unit/models/browsing/openedsystem.h"

#include <QAbstractItemModelTester>
#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <optional>

using namespace turnstone;
using namespace Qt::StringLiterals;

namespace {

using Model = HierarchyModel;
using Kind = HierarchyModel::Kind;
using LoadState = HierarchyModel::LoadState;

const QStringList systems{u"consensus-engine"_s, u"mindgames-arena"_s, u"quorum"_s, u"llm-orchestration"_s, u"project-2501"_s};

Kind kind(const QModelIndex &index)
{
    return index.data(Model::KindRole).value<Kind>();
}

LoadState state(const QModelIndex &index)
{
    return index.data(Model::LoadStateRole).value<LoadState>();
}

qint64 count(const QModelIndex &index)
{
    return index.data(Model::CountRole).toLongLong();
}

QStringList badges(const QModelIndex &index)
{
    QStringList texts;
    for (const HierarchyBadge &badge : index.data(Model::BadgesRole).value<std::vector<HierarchyBadge>>())
        texts.append(badge.text);
    return texts;
}

/// Kilobytes of this process in memory.
qint64 residentKb()
{
    QFile file(u"/proc/self/statm"_s);
    return file.open(QIODevice::ReadOnly) ? file.readAll().split(' ').at(1).toLongLong() * 4 : 0;
}

} // namespace

class TestHierarchyModel : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void cleanup();
    void aDatabaseWithoutTablesIsEmpty();
    void aGroupSaysHowManyRowsItHas();
    void oneRowIsOneItem();
    void pageEdgesAreWhereTheyShouldBe_data();
    void pageEdgesAreWhereTheyShouldBe();
    void aMillionRowsAreReadInPages();
    void aCollapsedLevelEndsItsJobs();
    void aRemovedDatabaseEndsItsJobs();
    void databasesStandInTheOrderOfTheirIds();
    void aFailureIsAnItemThatCanBeTriedAgain();
    void aFailedPageIsTriedAgain();
    void everySystemShowsItsRoots_data();
    void everySystemShowsItsRoots();
    void junctionsKeepTheirOrder();
    void forksFormATree();
    void rowsStandInTheirFolders();
    void foldersAreReadAgain();
    void aRowDeepDownIsRevealed_data();
    void aRowDeepDownIsRevealed();
    void whatIsGoneIsNotRevealed();
    void aRecordTellsItsBadgesAndItsPlace();
    void tablesCarryTheirCounts();
    void aSearchLoadsNothing();
    void postgresIsReadTheSameWay();

private:
    void openFile(const QString &name, const QString &sql);
    void open(const DatabaseUrl &url);
    QModelIndex root(int row) const { return m_model->index(row, 0, m_model->index(0, 0)); }
    /// Expands an item and waits until its first rows are there.
    bool load(const QModelIndex &index);
    /// Until the walk through a level has come to its end.
    bool loadWhole(const QModelIndex &index);
    /// The text of an item, once its page is there.
    QString text(const QModelIndex &index);
    QStringList texts(const QModelIndex &parent);
    std::optional<Result<QModelIndex>> revealed(const QString &path);

    QTemporaryDir m_folder;
    std::vector<std::unique_ptr<OpenedSystem>> m_opened;
    std::unique_ptr<HierarchyModel> m_model;
    std::unique_ptr<QAbstractItemModelTester> m_tester;
};

void TestHierarchyModel::init()
{
    m_model = std::make_unique<HierarchyModel>();
    m_tester = std::make_unique<QAbstractItemModelTester>(m_model.get(), QAbstractItemModelTester::FailureReportingMode::QtTest);
    m_tester->setUseFetchMore(false); // it would expand everything at every change
}

void TestHierarchyModel::cleanup()
{
    m_tester.reset();
    m_model.reset();
    m_opened.clear();
}

void TestHierarchyModel::open(const DatabaseUrl &url)
{
    const int id = static_cast<int>(m_opened.size()) + 1;
    m_opened.push_back(std::make_unique<OpenedSystem>(url, id));
    const QModelIndex added = m_model->addDatabase(m_opened.back()->context, u"db %1"_s.arg(id), u"where it lies"_s);
    QCOMPARE(added, m_model->databaseIndex(id));
}

void TestHierarchyModel::openFile(const QString &name, const QString &sql)
{
    const QString path = m_folder.filePath(name);
    if (!sql.isEmpty())
        QCOMPARE(executeSql(path, sql), QString());
    open(DatabaseUrl::forFile(path));
}

bool TestHierarchyModel::load(const QModelIndex &index)
{
    m_model->fetchMore(index);
    return QTest::qWaitFor([&] { return m_model->rowCount(index) > 0; }, 30'000);
}

bool TestHierarchyModel::loadWhole(const QModelIndex &index)
{
    return load(index) && QTest::qWaitFor([&] { return state(m_model->index(m_model->rowCount(index) - 1, 0, index)) != LoadState::Pending; }, 120'000);
}

QString TestHierarchyModel::text(const QModelIndex &index)
{
    (void)index.data();
    return QTest::qWaitFor([&] { return state(index) == LoadState::Ready || state(index) == LoadState::Failed; }, 30'000) ? index.data().toString() : u"not read"_s;
}

QStringList TestHierarchyModel::texts(const QModelIndex &parent)
{
    if (!load(parent))
        return {u"nothing"_s};
    QStringList all;
    for (int row = 0; row < m_model->rowCount(parent); ++row)
        all.append(text(m_model->index(row, 0, parent)));
    return all;
}

std::optional<Result<QModelIndex>> TestHierarchyModel::revealed(const QString &path)
{
    std::optional<Result<QModelIndex>> answer;
    m_model->reveal(1, TreePath::parse(path).value(), [&answer](const Result<QModelIndex> &found) { answer = found; });
    if (!QTest::qWaitFor([&] { return answer.has_value(); }, 60'000))
        return {};
    return answer;
}

void TestHierarchyModel::aDatabaseWithoutTablesIsEmpty()
{
    openFile(u"empty.db"_s, u"PRAGMA user_version = 1;"_s);
    const QModelIndex database = m_model->index(0, 0);
    QCOMPARE(database.data().toString(), u"db 1"_s);
    QCOMPARE(database.data(Qt::ToolTipRole).toString(), u"where it lies"_s);
    QCOMPARE(m_model->rowCount(database), 1); // the list of tables
    QVERIFY(!m_model->hasChildren(m_model->tablesIndex(1)));
}

void TestHierarchyModel::aGroupSaysHowManyRowsItHas()
{
    openFile(u"groups.db"_s, u"CREATE TABLE a(id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE b(id INTEGER PRIMARY KEY, a_id INTEGER REFERENCES a(id), name TEXT);"
                             "INSERT INTO a VALUES (1, 'one'), (2, 'two'); INSERT INTO b VALUES (1, 1, 'x'), (2, 1, 'y');"_s);
    QTRY_COMPARE(count(root(0)), 2);
    QVERIFY(root(0).data(Model::CountExactRole).toBool());
    QVERIFY(root(0).data(Qt::AccessibleTextRole).toString().endsWith(u", 2 rows"_s));
    // One kind of rows below: they stand there without a group of their own, and a row without any is a leaf.
    QCOMPARE(texts(root(0)), QStringList({u"one"_s, u"two"_s}));
    const QModelIndex one = m_model->index(0, 0, root(0));
    QCOMPARE(count(one), 2);
    QCOMPARE(texts(one), QStringList({u"x"_s, u"y"_s}));
    QCOMPARE(m_model->index(1, 0, one).data(Model::PathRole).value<TreePath>().toString(), u"a/1/b/2"_s);
    QVERIFY(!m_model->hasChildren(m_model->index(1, 0, root(0))));
    QVERIFY(!m_model->canFetchMore(m_model->index(1, 0, root(0))));
}

void TestHierarchyModel::oneRowIsOneItem()
{
    openFile(u"one.db"_s, u"CREATE TABLE a(id INTEGER PRIMARY KEY, name TEXT); INSERT INTO a VALUES (7, 'only');"_s);
    QVERIFY(m_model->canFetchMore(root(0)));
    QCOMPARE(m_model->rowCount(root(0)), 0); // nothing before it is asked for
    QCOMPARE(texts(root(0)), QStringList{u"only"_s});
    QVERIFY(!m_model->canFetchMore(root(0)));
    QCOMPARE(m_model->index(0, 0, root(0)).data(Model::KeyRole).value<RowKey>(), RowKey{Value::integer(7)});
    // The rows went meanwhile.
    QCOMPARE(executeSql(m_folder.filePath(u"one.db"_s), u"DELETE FROM a;"_s), QString());
    openFile(u"one.db"_s, {});
    const QModelIndex other = m_model->index(0, 0, m_model->index(1, 0));
    m_model->setCount(2, 0, 1, false);
    QVERIFY(load(other));
    QCOMPARE(kind(m_model->index(0, 0, other)), Kind::Message);
    QVERIFY(!m_model->index(0, 0, other).data().toString().isEmpty());
}

void TestHierarchyModel::pageEdgesAreWhereTheyShouldBe_data()
{
    QTest::addColumn<int>("rows");
    for (const int rows : {Model::rowsPerPage - 1, Model::rowsPerPage, Model::rowsPerPage + 1, 2 * Model::rowsPerPage, 5'000 + Model::rowsPerPage, 5'001 + Model::rowsPerPage, 12'345})
        QTest::addRow("%d", rows) << rows;
}

void TestHierarchyModel::pageEdgesAreWhereTheyShouldBe()
{
    QFETCH(const int, rows);
    openFile(u"edge%1.db"_s.arg(rows), u"CREATE TABLE a(id INTEGER PRIMARY KEY, name TEXT);"
                                       "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %1) INSERT INTO a SELECT i, 'row ' || i FROM n;"_s.arg(rows));
    QVERIFY(loadWhole(root(0)));
    QCOMPARE(m_model->rowCount(root(0)), rows);
    QTRY_COMPARE(count(root(0)), rows); // its own count stops at 10,000, but all rows have been seen
    QVERIFY(root(0).data(Model::CountExactRole).toBool());
    for (const int row : {0, 1, 198, 199, 200, 399, 400, 401, 5'199, 5'200, rows / 2, rows - 2, rows - 1}) {
        if (row < rows)
            QCOMPARE(text(m_model->index(row, 0, root(0))), u"row %1"_s.arg(row + 1));
    }
}

void TestHierarchyModel::aMillionRowsAreReadInPages()
{
    constexpr int rows = 1'000'000;
    // The tester looks at every row at every change.
    m_tester.reset();
    openFile(u"million.db"_s, u"CREATE TABLE a(id INTEGER PRIMARY KEY, started TEXT, name TEXT); CREATE TABLE b(id INTEGER PRIMARY KEY, a_id INTEGER REFERENCES a(id));"
                              "CREATE INDEX b_a ON b(a_id); BEGIN;"
                              "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) INSERT INTO a SELECT i, '2025-01-01', 'row ' || i FROM n;"
                              "INSERT INTO b VALUES (1, 999999), (2, 999999); COMMIT;"_s);
    const qint64 before = residentKb();
    QElapsedTimer clock;
    clock.start();
    QVERIFY(load(root(0)));
    const qint64 first = clock.elapsed();
    QVERIFY(loadWhole(root(0)));
    const qint64 whole = clock.elapsed();
    QCOMPARE(m_model->rowCount(root(0)), rows);
    QCOMPARE(text(m_model->index(rows - 1, 0, root(0))), u"row 1000000"_s);
    clock.restart();
    QCOMPARE(text(m_model->index(rows / 2, 0, root(0))), u"row 500001"_s);
    const qint64 middle = clock.elapsed();
    // Through all of it, a look at every third page: what is held does not grow.
    for (int row = 0; row < rows; row += 3 * Model::rowsPerPage * 20)
        QCOMPARE(text(m_model->index(row, 0, root(0))), u"row %1"_s.arg(row + 1));
    for (int page = 0; page < 3 * Model::maxCachedPages; ++page)
        QCOMPARE(text(m_model->index(300'000 + page * Model::rowsPerPage, 0, root(0))), u"row %1"_s.arg(300'001 + page * Model::rowsPerPage));
    QVERIFY2(m_model->cachedRowCount() <= Model::maxCachedPages * Model::rowsPerPage, qPrintable(QString::number(m_model->cachedRowCount())));
    QCOMPARE(m_model->cursorCount(), rows / Model::rowsPerPage - 1);
    const qint64 grown = residentKb() - before;
    qInfo("1,000,000 rows: first page %lld ms, all rows known after %lld ms, a page in the middle %lld ms, %lld MB", first, whole, middle, grown / 1024);
    QVERIFY2(grown < 64 * 1024, qPrintable(QString::number(grown)));
    // A row deep inside opens like any other.
    const QModelIndex parent = m_model->index(999'998, 0, root(0));
    QCOMPARE(text(parent), u"row 999999"_s);
    QCOMPARE(count(parent), 2);
    QVERIFY(load(parent));
    QCOMPARE(m_model->rowCount(parent), 2);
    // Collapsed, it is forgotten.
    m_model->release(root(0));
    QCOMPARE(m_model->rowCount(root(0)), 0);
    QCOMPARE(m_model->cachedRowCount(), 0);
    QCOMPARE(m_model->cursorCount(), 0);
    QVERIFY(m_model->canFetchMore(root(0)));
}

void TestHierarchyModel::aCollapsedLevelEndsItsJobs()
{
    // Without an index the order costs a sort, so the walk takes a while.
    openFile(u"slow.db"_s, u"CREATE TABLE a(id INTEGER PRIMARY KEY, name TEXT); BEGIN;"
                           "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400000) INSERT INTO a SELECT i, 'row ' || i FROM n; COMMIT;"_s);
    m_tester.reset();
    QVERIFY(load(root(0)));
    m_model->release(root(0));
    QTRY_COMPARE(m_opened.front()->pool->busyCount(), 0);
    const int known = m_model->rowCount(root(0));
    QVERIFY(known < 400'000);
    // Expanded again it goes on where it was.
    QVERIFY(m_model->canFetchMore(root(0)));
    QVERIFY(loadWhole(root(0)));
    QCOMPARE(m_model->rowCount(root(0)), 400'000);
    QCOMPARE(text(m_model->index(399'999, 0, root(0))), u"row 400000"_s);
}

void TestHierarchyModel::aRemovedDatabaseEndsItsJobs()
{
    openFile(u"slow.db"_s, {});
    openFile(u"groups.db"_s, {});
    m_tester.reset();
    m_model->fetchMore(root(0));
    m_model->reveal(1, TreePath::parse(u"a/3"_s).value(), [](const Result<QModelIndex> &) { QFAIL("told of a database that is gone"); });
    m_model->removeDatabase(1);
    QCOMPARE(m_model->rowCount(), 1);
    QCOMPARE(m_model->index(0, 0).data(Model::DatabaseIdRole).toInt(), 2);
    QTRY_COMPARE(m_opened.front()->pool->busyCount(), 0);
    QCOMPARE(texts(root(0)), QStringList({u"one"_s, u"two"_s})); // the one that stayed has moved up
    QCOMPARE(m_model->parent(m_model->index(0, 0, root(0))), root(0));
}

void TestHierarchyModel::databasesStandInTheOrderOfTheirIds()
{
    openFile(u"late.db"_s, u"CREATE TABLE a(id INTEGER PRIMARY KEY, name TEXT); INSERT INTO a VALUES (1, 'late');"_s);
    openFile(u"groups.db"_s, {});
    m_model->removeDatabase(1);
    const QPersistentModelIndex second = m_model->databaseIndex(2);
    QVERIFY(load(m_model->index(0, 0, second)));
    const QPersistentModelIndex deep = m_model->index(0, 0, m_model->index(0, 0, second));
    const QString before = text(deep);
    // The first comes once the second is there and opened.
    const QModelIndex added = m_model->addDatabase(m_opened.front()->context, u"late"_s, {});
    QCOMPARE(added.row(), 0);
    QCOMPARE(m_model->databaseIndex(1), added);
    QCOMPARE(second.row(), 1);
    QCOMPARE(m_model->databaseIndex(2), QModelIndex(second));
    QCOMPARE(text(deep), before);
    QCOMPARE(m_model->parent(m_model->parent(deep)), QModelIndex(second));
    QVERIFY(load(root(0)));
    QCOMPARE(text(m_model->index(0, 0, m_model->index(0, 0, added))), u"late"_s);
}

void TestHierarchyModel::aFailureIsAnItemThatCanBeTriedAgain()
{
    const QString name = u"fails.db"_s;
    openFile(name, u"CREATE TABLE a(id INTEGER PRIMARY KEY, name TEXT); INSERT INTO a VALUES (1, 'one');"_s);
    QTRY_COMPARE(count(root(0)), 1);
    QCOMPARE(executeSql(m_folder.filePath(name), u"ALTER TABLE a RENAME TO b;"_s), QString());
    QSignalSpy failed(m_model.get(), &HierarchyModel::failed);
    QVERIFY(load(root(0)));
    const QModelIndex message = m_model->index(0, 0, root(0));
    QCOMPARE(kind(message), Kind::Message);
    QCOMPARE(state(message), LoadState::Failed);
    QVERIFY(!message.data(Model::ErrorRole).value<Error>().message.isEmpty());
    QCOMPARE(failed.count(), 1);
    m_model->retry(message);
    QTRY_COMPARE(failed.count(), 2);
    QCOMPARE(executeSql(m_folder.filePath(name), u"ALTER TABLE b RENAME TO a;"_s), QString());
    m_model->retry(m_model->index(0, 0, root(0)));
    QTRY_COMPARE(m_model->index(0, 0, root(0)).data().toString(), u"one"_s);
    QCOMPARE(m_model->rowCount(root(0)), 1);
}

void TestHierarchyModel::aFailedPageIsTriedAgain()
{
    const QString name = u"page.db"_s;
    openFile(name, u"CREATE TABLE a(id INTEGER PRIMARY KEY, name TEXT);"
                   "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) INSERT INTO a SELECT i, 'row ' || i FROM n;"_s);
    QVERIFY(loadWhole(root(0)));
    QCOMPARE(executeSql(m_folder.filePath(name), u"ALTER TABLE a RENAME TO b;"_s), QString());
    const QModelIndex late = m_model->index(777, 0, root(0));
    QVERIFY(!text(late).startsWith(u"row"_s));
    QCOMPARE(state(late), LoadState::Failed);
    QCOMPARE(text(m_model->index(3, 0, root(0))), u"row 4"_s); // the others are as they were
    QCOMPARE(executeSql(m_folder.filePath(name), u"ALTER TABLE b RENAME TO a;"_s), QString());
    m_model->retry(late);
    QTRY_COMPARE(late.data().toString(), u"row 778"_s);
}

void TestHierarchyModel::everySystemShowsItsRoots_data()
{
    QTest::addColumn<QString>("system");
    for (const QString &system : systems)
        QTest::newRow(qPrintable(system)) << system;
}

void TestHierarchyModel::everySystemShowsItsRoots()
{
    QFETCH(const QString, system);
    QCOMPARE(makeDemoFile(m_folder.filePath(system + u".db"_s), system), QString());
    openFile(system + u".db"_s, {});
    const DatabaseContext &context = m_opened.front()->context;
    QCOMPARE(context.profile->profileId, system);
    const int roots = static_cast<int>(context.profile->trees.size());
    QCOMPARE(m_model->rowCount(m_model->index(0, 0)), roots + 1);
    for (int row = 0; row < roots; ++row) {
        QTRY_VERIFY(count(root(row)) >= 0);
        QCOMPARE(root(row).data().toString(), context.profile->trees[static_cast<std::size_t>(row)].title);
        if (count(root(row)) == 0)
            continue;
        if (!context.profile->trees[static_cast<std::size_t>(row)].fold.isEmpty()) {
            QTRY_COMPARE(kind(m_model->index(0, 0, root(row))), Kind::Group);
            qint64 inFolders = 0;
            for (int child = 0; child < m_model->rowCount(root(row)); ++child)
                inFolders += count(m_model->index(child, 0, root(row)));
            QCOMPARE(inFolders, count(root(row)));
            continue;
        }
        QVERIFY(loadWhole(root(row)));
        QCOMPARE(m_model->rowCount(root(row)), count(root(row)));
        // Every row of the first level opens, and has as many rows as it says.
        for (int child = 0; child < std::min(5, m_model->rowCount(root(row))); ++child) {
            const QModelIndex record = m_model->index(child, 0, root(row));
            QCOMPARE(kind(record), Kind::Record);
            if (!m_model->hasChildren(record))
                continue;
            QVERIFY(load(record));
            const QModelIndex below = m_model->index(0, 0, record);
            if (kind(below) == Kind::Record)
                QCOMPARE(m_model->rowCount(record), count(record));
            else if (count(below) > 0) {
                QVERIFY(loadWhole(below));
                QCOMPARE(m_model->rowCount(below), count(below));
            }
        }
    }
    QCOMPARE(kind(root(roots)), Kind::Tables);
    QCOMPARE(m_model->rowCount(root(roots)), static_cast<int>(context.catalog->tables.size()));
}

void TestHierarchyModel::junctionsKeepTheirOrder()
{
    openFile(u"flow.db"_s, schemaOfSystem(u"llm-orchestration"_s, u"sqlite"_s)
                               + u"INSERT INTO blocks (id, title) VALUES (1, 'intro'), (2, 'body');"
                                 "INSERT INTO payloads (id, name) VALUES (1, 'first'), (2, 'second');"
                                 "INSERT INTO payload_blocks (payload_id, block_id, order_index) VALUES (1, 2, 1), (1, 1, 0), (2, 2, 0);"
                                 "INSERT INTO workflows (id, name) VALUES (1, 'flow');"
                                 "INSERT INTO workflow_payloads (workflow_id, payload_id, order_index) VALUES (1, 2, 0), (1, 1, 1);"_s);
    QVERIFY(load(root(0)));
    const QModelIndex flow = m_model->index(0, 0, root(0));
    QCOMPARE(texts(flow), QStringList({u"Payloads"_s, u"Runs"_s}));
    const QModelIndex payloads = m_model->index(0, 0, flow);
    QCOMPARE(texts(payloads), QStringList({u"second"_s, u"first"_s}));
    QCOMPARE(texts(m_model->index(1, 0, payloads)), QStringList({u"intro"_s, u"body"_s}));
}

void TestHierarchyModel::forksFormATree()
{
    openFile(u"forks.db"_s, schemaOfSystem(u"mindgames-arena"_s, u"sqlite"_s)
                                + u"INSERT INTO prompts (id, name, content, forked_from, active, created_at) VALUES (1, 'base', 'p', NULL, 1, '2025-10-01 00:00:00'),"
                                  " (2, 'fork', 'p', 1, 1, '2025-10-01 00:00:00'), (3, 'fork of fork', 'p', 2, 1, '2025-10-01 00:00:00');"_s);
    const QModelIndex prompts = m_model->loadedIndex(1, TreePath().group(u"prompts"_s));
    QTRY_COMPARE(count(prompts), 1);
    QCOMPARE(texts(prompts), QStringList{u"base"_s});
    QModelIndex at = m_model->index(0, 0, prompts);
    for (const QString &name : {u"fork"_s, u"fork of fork"_s}) {
        QCOMPARE(texts(at), QStringList({u"Forks"_s, u"Agents"_s}));
        QCOMPARE(texts(m_model->index(0, 0, at)), QStringList{name});
        at = m_model->index(0, 0, m_model->index(0, 0, at));
    }
    QVERIFY(!m_model->hasChildren(at));
    QCOMPARE(at.data(Model::PathRole).value<TreePath>().toString(), u"prompts/1/forks/2/forks/3"_s);
}

void TestHierarchyModel::rowsStandInTheirFolders()
{
    const QString path = m_folder.filePath(u"folders.db"_s);
    QCOMPARE(executeSql(path, schemaOfSystem(u"llm-orchestration"_s, u"sqlite"_s)), QString());
    QCOMPARE(executeSql(path, u"INSERT INTO blocks(id, title, content, tags, folder_path) VALUES (1, 'loose', '', '', ''), (2, 'no', '', '', NULL), (3, 'deep', '', '', 'Phase 1/Common'),"
                               " (4, 'near', '', '', 'Phase 1'), (5, 'other', '', '', 'Phase 10'), (6, 'slashed', '', '', '/Phase 1/Common/'), (7, '100 %', '', '', 'a_b%');"_s),
             QString());
    open(DatabaseUrl::forFile(path));
    const auto blocks = [&] { return m_model->loadedIndex(1, TreePath().group(u"blocks"_s)); };
    QTRY_COMPARE(m_model->rowCount(blocks()), 4);
    QCOMPARE(texts(blocks()), QStringList({u"a_b%"_s, u"Phase 1"_s, u"Phase 10"_s, u"Without a folder"_s}));
    const QModelIndex phase = m_model->index(1, 0, blocks());
    QCOMPARE(kind(phase), Model::Kind::Group);
    QCOMPARE(phase.data(Model::CountRole).toLongLong(), 3);
    QCOMPARE(texts(phase), QStringList({u"Common"_s, u"In this folder"_s}));
    QCOMPARE(texts(m_model->index(0, 0, phase)), QStringList({u"deep"_s, u"slashed"_s}));
    QCOMPARE(texts(m_model->index(1, 0, phase)), QStringList({u"near"_s}));
    QCOMPARE(texts(m_model->index(0, 0, blocks())), QStringList({u"100 %"_s}));
    QCOMPARE(texts(m_model->index(2, 0, blocks())), QStringList({u"other"_s}));
    QCOMPARE(texts(m_model->index(3, 0, blocks())), QStringList({u"loose"_s, u"no"_s}));

    // By the path without the folder, too; and to the folder itself.
    const std::optional<Result<QModelIndex>> row = revealed(u"blocks/6"_s);
    QVERIFY(row && *row);
    QCOMPARE((*row)->data().toString(), u"slashed"_s);
    const auto through = (*row)->data(Model::PathRole).value<TreePath>();
    QCOMPARE(through.toString(), u"blocks?Phase 1%2FCommon/6"_s);
    QCOMPARE(TreePath::parse(through.toString()).value(), through);
    QCOMPARE(m_model->loadedIndex(1, through), **row);
    const std::optional<Result<QModelIndex>> folder = revealed(u"blocks?Phase 1%2F"_s);
    QVERIFY(folder && *folder);
    QCOMPARE(**folder, phase);
    const std::optional<Result<QModelIndex>> nowhere = revealed(u"blocks?Phase 2"_s);
    QVERIFY(nowhere && !*nowhere);

    // A folder as a place: its rows, and for one with folders in it those of all.
    QFuture<Result<TablePlace>> place = m_model->place(1, TreePath().group(u"blocks"_s).inFolder(u"Phase 10"_s));
    QTRY_VERIFY(place.isFinished());
    QCOMPARE(place.result()->selection.filters.front(), (RowFilter{u"folder_path"_s, FilterOperator::Equals, {Value::text(u"Phase 10"_s)}, false}));
}

void TestHierarchyModel::foldersAreReadAgain()
{
    const QString path = m_folder.filePath(u"folders-again.db"_s);
    QCOMPARE(executeSql(path, schemaOfSystem(u"llm-orchestration"_s, u"sqlite"_s)), QString());
    QCOMPARE(executeSql(path, u"INSERT INTO blocks(id, title, content, tags, folder_path) VALUES (1, 'one', '', '', ''), (2, 'two', '', '', NULL);"_s), QString());
    open(DatabaseUrl::forFile(path));
    const QModelIndex blocks = m_model->loadedIndex(1, TreePath().group(u"blocks"_s));
    QCOMPARE(texts(blocks), QStringList({u"one"_s, u"two"_s})); // no folders, so none are shown
    QCOMPARE(executeSql(path, u"UPDATE blocks SET folder_path = 'Common' WHERE id = 2;"_s), QString());
    m_model->reload(1);
    const std::optional<Result<QModelIndex>> row = revealed(u"blocks/2"_s);
    QVERIFY(row && *row);
    QCOMPARE((*row)->parent().data().toString(), u"Common"_s);
    QCOMPARE(executeSql(path, u"UPDATE blocks SET folder_path = '' WHERE id = 2;"_s), QString());
    m_model->reload(1);
    const std::optional<Result<QModelIndex>> flat = revealed(u"blocks/2"_s);
    QVERIFY(flat && *flat);
    QCOMPARE((*flat)->parent(), blocks);
}

void TestHierarchyModel::aRowDeepDownIsRevealed_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("label");
    QTest::newRow("a root group") << u"a"_s << u"a"_s;
    QTest::newRow("at the end of a level that is walked") << u"a/20000"_s << u"row 20000"_s;
    QTest::newRow("the first row") << u"a/1"_s << u"row 1"_s;
    QTest::newRow("a row below a row") << u"a/777/b/5"_s << u"note 5"_s;
}

void TestHierarchyModel::aRowDeepDownIsRevealed()
{
    QFETCH(const QString, path);
    QFETCH(const QString, label);
    const QString name = u"deep.db"_s;
    openFile(name, QFile::exists(m_folder.filePath(name)) ? QString() : u"CREATE TABLE a(id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE b(id INTEGER PRIMARY KEY, a_id INTEGER REFERENCES a(id), name TEXT);"
                   "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) INSERT INTO a SELECT 20001 - i, 'row ' || (20001 - i) FROM n;"
                   "INSERT INTO b VALUES (5, 777, 'note 5'), (6, 777, 'note 6');"_s);
    m_tester.reset();
    const auto found = revealed(path);
    QVERIFY(found.has_value());
    QVERIFY2(found->has_value(), *found ? "" : qPrintable(found->error().message));
    QCOMPARE((**found).data(Model::PathRole).value<TreePath>().toString(), path);
    QCOMPARE((**found).data().toString(), label);
    QCOMPARE(m_model->loadedIndex(1, TreePath::parse(path).value()), **found);
}

void TestHierarchyModel::whatIsGoneIsNotRevealed()
{
    openFile(u"groups.db"_s, {});
    for (const QString &path : {u"a/99"_s, u"a/1/b/99"_s, u"nothing/1"_s, u"a/1/nothing"_s}) {
        const auto found = revealed(path);
        QVERIFY2(found.has_value() && !found->has_value(), qPrintable(path));
        QCOMPARE(found->error().code, ErrorCode::NotFound);
    }
}

void TestHierarchyModel::aRecordTellsItsBadgesAndItsPlace()
{
    openFile(u"badges.db"_s, schemaOfSystem(u"mindgames-arena"_s, u"sqlite"_s)
                                 + u"INSERT INTO games (id, started_at, status, total_turns, winning_team, environment_crashed) VALUES (411, '2025-10-21 09:02:00', 'completed', 2, 'Mafia', 0),"
                                   " (412, '2025-10-21 09:14:00', 'failed', 3, NULL, 1);"
                                   "INSERT INTO game_players (id, game_id, agent_id, player_index, role, reward) VALUES (1, 412, 1, 0, 'Mafia', NULL);"_s);
    QVERIFY(load(root(0)));
    const QModelIndex failed = m_model->index(0, 0, root(0));
    QCOMPARE(badges(failed), QStringList{u"failed"_s});
    QCOMPARE(failed.data(Model::BadgesRole).value<std::vector<HierarchyBadge>>().front().tone, BadgeTone::Bad);
    QCOMPARE(badges(m_model->index(1, 0, root(0))), QStringList({u"completed"_s, u"Mafia"_s}));
    QCOMPARE(failed.data(Qt::AccessibleTextRole).toString(), u"Game 412, failed"_s);
    const TablePlace place = m_model->siblings(failed);
    QCOMPARE(place.table, u"games"_s);
    QCOMPARE(place.selection.order, (std::vector<SortTerm>{{u"started_at"_s, true}}));
    QVERIFY(place.selection.filters.empty());
    QVERIFY(load(failed));
    const QModelIndex players = m_model->index(0, 0, failed);
    QVERIFY(load(players));
    const TablePlace below = m_model->siblings(m_model->index(0, 0, players));
    QCOMPARE(below.table, u"game_players"_s);
    QCOMPARE(below.selection.filters, (std::vector<RowFilter>{{u"game_id"_s, FilterOperator::Equals, {Value::integer(412)}, false}}));
}

void TestHierarchyModel::tablesCarryTheirCounts()
{
    openFile(u"tables.db"_s, u"CREATE TABLE a(id INTEGER PRIMARY KEY, name TEXT); INSERT INTO a VALUES (1, 'x'); CREATE VIEW v AS SELECT * FROM a;"
                             "CREATE VIRTUAL TABLE f USING fts5(t);"_s);
    const QModelIndex tables = m_model->tablesIndex(1);
    QStringList names;
    for (int row = 0; row < m_model->rowCount(tables); ++row)
        names.append(m_model->index(row, 0, tables).data().toString());
    QCOMPARE(names, QStringList({u"a"_s, u"v"_s, u"f"_s})); // without the shadow tables of f
    QSignalSpy changed(m_model.get(), &QAbstractItemModel::dataChanged);
    m_model->setCount(1, 0, 12'000, false);
    const QModelIndex a = m_model->tableIndex(1, 0);
    QCOMPARE(count(a), 12'000);
    QVERIFY(!a.data(Model::CountExactRole).toBool());
    QVERIFY(a.data(Qt::AccessibleTextRole).toString().contains(u"more than"_s));
    m_model->setCount(1, 0, 12'345, true);
    QCOMPARE(count(a), 12'345);
    QVERIFY(changed.count() >= 2);
    // The root group of the table knows as well.
    QCOMPARE(count(m_model->loadedIndex(1, TreePath().group(u"a"_s))), 12'345);
    QCOMPARE(m_model->tableIndex(1, 1).data(Model::TableKindRole).value<TableKind>(), TableKind::View);
    QVERIFY(!m_model->tableIndex(1, 99).isValid());
}

void TestHierarchyModel::aSearchLoadsNothing()
{
    openFile(u"edge12345.db"_s, {});
    QVERIFY(loadWhole(root(0)));
    const qsizetype held = m_model->cachedRowCount();
    const QModelIndex first = m_model->index(0, 0, root(0));
    QCOMPARE(m_model->match(first, Qt::DisplayRole, u"ROW 15"_s, 1).value(0), m_model->index(14, 0, root(0)));
    QVERIFY(m_model->match(first, Qt::DisplayRole, u"row 12000"_s, 1).isEmpty());
    QCOMPARE(m_model->match(m_model->index(20, 0, root(0)), Qt::DisplayRole, u"row 15"_s, 1).value(0), m_model->index(149, 0, root(0)));
    QCOMPARE(m_model->cachedRowCount(), held);
    QCOMPARE(m_opened.front()->pool->busyCount(), 0);
}

void TestHierarchyModel::postgresIsReadTheSameWay()
{
    TestDatabase server;
    REQUIRE_DATABASE(server);
    const QString system = u"mindgames-arena"_s;
    QCOMPARE(server.execute(schemaOfSystem(system, u"postgresql"_s)), QString());
    const DatabaseUrl url = DatabaseUrl::parse(server.url()).value();
    QCOMPARE(fillWithDemo(url, system), QString());
    open(url);
    QVERIFY(loadWhole(root(0)));
    QTRY_COMPARE(count(root(0)), m_model->rowCount(root(0)));
    const QModelIndex game = m_model->index(0, 0, root(0));
    QVERIFY(!badges(game).isEmpty());
    QCOMPARE(texts(game), QStringList({u"Players"_s, u"Turns"_s}));
    const QModelIndex players = m_model->index(0, 0, game);
    QVERIFY(load(players));
    QCOMPARE(m_model->rowCount(players), count(players));
    QVERIFY(load(m_model->index(0, 0, players)));
    const auto found = revealed(m_model->index(0, 0, m_model->index(0, 0, players)).data(Model::PathRole).value<TreePath>().toString());
    QVERIFY(found.has_value() && found->has_value());
    m_model.reset();
    m_opened.clear(); // before the database goes
}

QTEST_GUILESS_MAIN(TestHierarchyModel)
#include "tst_hierarchymodel.moc"
