// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/tree/treepanel.h"

#include "models/browsing/hierarchymodel.h"
#include "models/profiles/pricelist.h"
#include "tests/support/testdatabase.h"
#include "tests/unit/models/browsing/openedsystem.h"
#include "views/widgets/theme.h"
#include "views/widgets/turnstonestyle.h"

#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QElapsedTimer>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTimer>
#include <QTest>
#include <QToolButton>
#include <QTreeView>

using namespace turnstone;
using namespace Qt::StringLiterals;

namespace {

using Model = HierarchyModel;

const QStringList systems{u"consensus-engine"_s, u"mindgames-arena"_s, u"quorum"_s, u"llm-orchestration"_s, u"project-2501"_s};

} // namespace

/// Drives the panel as a user does: by keys, clicks and its signals.
class TestTreePanel : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void init();
    void cleanup();
    void everySystemIsWalkedByKeysToItsDeepestLevel_data();
    void everySystemIsWalkedByKeysToItsDeepestLevel();
    void withoutADatabaseASentenceStands();
    void aClickOnATableActivatesIt();
    void aGroupIsActivatedWithItsRows();
    void walkingOverRecordsActivatesTheOneWhereItEnds();
    void whatIsShownFromOutsideIsNotToldBack();
    void aPathIsShownHoweverDeep();
    void aPathThatIsGoneIsTold();
    void aRecordOfATableIsShownInTheTree();
    void reloadingShowsNewRowsAndKeepsThePlace();
    void theFieldFiltersTablesAndWhatIsLoaded();
    void enterInTheFieldOpensTheFirstMatch();
    void typingInTheTreeFindsARow();
    void theMenuCopiesAndCloses();
    void whatWasExpandedIsExpandedAgain();
    void zoomScalesTheRows();
    void aFailureIsTriedAgainByEnter();
    void blocksOfAPayloadStandInTheirOrder();
    void forksStandBelowTheirPrompt();
    void theEndOfAMillionRowsIsOneKeyAway();
    void aClosedDatabaseGoes();
    void theTotalsOfEveryPlaceStandBelowTheTree();
    void whatTakesLongToAddUpIsNotTriedAgainUnasked();
    void postgresIsWalkedByKeys();

private:
    QTreeView *view() const { return m_panel->findChild<QTreeView *>(u"databaseTree"_s); }
    QLineEdit *field() const { return m_panel->findChild<QLineEdit *>(u"treeFilter"_s); }
    QString current() const { return view()->currentIndex().data().toString(); }
    Model::Kind kind(const QModelIndex &index) const { return index.data(Model::KindRole).value<Model::Kind>(); }
    QString pathOf(const QModelIndex &index) const { return index.data(Model::PathRole).value<TreePath>().toString(); }
    void open(const QString &system);
    void open(const DatabaseUrl &url);
    void picture(const QString &name) const;
    void openFile(const QString &name, const QString &sql);
    QPoint placeOf(const QModelIndex &index) const { return view()->visualRect(index).center(); }
    void click(const QModelIndex &index) const { QTest::mouseClick(view()->viewport(), Qt::LeftButton, {}, placeOf(index)); }
    HierarchyModel &model() const { return m_panel->model(); }
    /// The index of a loaded path.
    QModelIndex at(const QString &path, int id = 1) const { return model().loadedIndex(id, TreePath::parse(path).value()); }
    /// Expands and waits for the rows.
    bool expand(const QModelIndex &index) const;
    /// Expands the current item and goes to its first child, waiting for it; false if there is none.
    bool goDown();

    QTemporaryDir m_folder;
    std::vector<std::unique_ptr<OpenedSystem>> m_opened;
    std::unique_ptr<TreePanel> m_panel;
};

void TestTreePanel::initTestCase()
{
    QApplication::setStyle(new TurnstoneStyle);
    applyTheme(*qApp, qEnvironmentVariable("TURNSTONE_TEST_THEME") == u"dark" ? ThemeMode::Dark : ThemeMode::Light);
    for (const QString &system : systems)
        QCOMPARE(makeDemoFile(m_folder.filePath(system + u".db"_s), system), QString());
}

void TestTreePanel::init()
{
    m_panel = std::make_unique<TreePanel>();
    m_panel->resize(360, 720);
    m_panel->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_panel.get()));
}

void TestTreePanel::cleanup()
{
    m_panel.reset();
    m_opened.clear();
}

void TestTreePanel::open(const QString &system)
{
    open(DatabaseUrl::forFile(m_folder.filePath(system + u".db"_s)));
}

void TestTreePanel::open(const DatabaseUrl &url)
{
    m_opened.push_back(std::make_unique<OpenedSystem>(url, static_cast<int>(m_opened.size()) + 1));
    m_panel->addDatabase(m_opened.back()->context, u"demo.db"_s, u"a demo"_s);
    view()->setFocus();
    view()->setCurrentIndex(view()->model()->index(static_cast<int>(m_opened.size()) - 1, 0));
}

void TestTreePanel::openFile(const QString &name, const QString &sql)
{
    const QString path = m_folder.filePath(name);
    if (!QFile::exists(path))
        QCOMPARE(executeSql(path, sql), QString());
    open(DatabaseUrl::forFile(path));
}

bool TestTreePanel::expand(const QModelIndex &index) const
{
    view()->expand(index);
    return QTest::qWaitFor([&] { return view()->model()->rowCount(index) > 0; }, 20'000);
}

/// TURNSTONE_TEST_PICTURES names a folder to look into.
void TestTreePanel::picture(const QString &name) const
{
    const QString folder = qEnvironmentVariable("TURNSTONE_TEST_PICTURES");
    if (!folder.isEmpty())
        m_panel->grab().save(folder + u'/' + name + u".png"_s);
}

bool TestTreePanel::goDown()
{
    const QModelIndex from = view()->currentIndex();
    QTest::keyClick(view(), Qt::Key_Right);
    if (!view()->model()->hasChildren(from))
        return false;
    if (!QTest::qWaitFor([&] { return view()->model()->rowCount(from) > 0; }, 20'000))
        return false;
    if (!QTest::qWaitFor([&] {
            if (view()->currentIndex() == from)
                QTest::keyClick(view(), Qt::Key_Right);
            return view()->currentIndex() != from;
        }, 20'000))
        return false;
    return view()->currentIndex().parent() == from;
}

void TestTreePanel::everySystemIsWalkedByKeysToItsDeepestLevel_data()
{
    QTest::addColumn<QString>("system");
    QTest::addColumn<QStringList>("words"); // of the path
    QTest::newRow("consensus") << u"consensus-engine"_s << QStringList{u"discussions"_s, u"rounds"_s, u"responses"_s};
    QTest::newRow("arena") << u"mindgames-arena"_s << QStringList{u"games"_s, u"players"_s, u"turns"_s, u"calls"_s};
    QTest::newRow("quorum") << u"quorum"_s << QStringList{u"conversations"_s, u"messages"_s, u"embeddings"_s};
    QTest::newRow("orchestration") << u"llm-orchestration"_s << QStringList{u"workflows"_s, u"payloads"_s, u"blocks"_s};
    QTest::newRow("2501") << u"project-2501"_s << QStringList{u"personas"_s, u"conversations"_s, u"messages"_s};
}

void TestTreePanel::everySystemIsWalkedByKeysToItsDeepestLevel()
{
    QFETCH(const QString, system);
    QFETCH(const QStringList, words);
    QAbstractItemModelTester tester(view()->model(), QAbstractItemModelTester::FailureReportingMode::QtTest);
    tester.setUseFetchMore(false); // else it would open everything
    open(system);
    QVERIFY(goDown());
    for (qsizetype i = 0; i < words.size(); ++i) {
        // To the group, if the row has several.
        while (kind(view()->currentIndex()) == Model::Kind::Group && !pathOf(view()->currentIndex()).endsWith(words[i])) {
            const QModelIndex before = view()->currentIndex();
            QTest::keyClick(view(), Qt::Key_Down);
            QVERIFY(view()->currentIndex() != before);
        }
        // Not every row has rows below it.
        while (!goDown() || kind(view()->currentIndex()) == Model::Kind::Message) {
            const QModelIndex before = view()->currentIndex();
            QTest::keyClick(view(), Qt::Key_Down);
            QVERIFY2(view()->currentIndex() != before, qPrintable(pathOf(before)));
        }
        if (kind(view()->currentIndex()) == Model::Kind::Group) {
            QVERIFY(i + 1 < words.size());
            continue;
        }
        if (i + 1 == words.size())
            break;
        QVERIFY(kind(view()->currentIndex()) == Model::Kind::Record);
        // A row with several kinds of groups shows them first.
        while (!goDown()) {
            const QModelIndex before = view()->currentIndex();
            QTest::keyClick(view(), Qt::Key_Down);
            QVERIFY2(view()->currentIndex() != before, qPrintable(pathOf(before)));
        }
        if (kind(view()->currentIndex()) == Model::Kind::Record) // the only kind is shown at once
            ++i;
        if (i + 1 == words.size())
            break;
    }
    QStringList groups;
    const TreePath path = view()->currentIndex().data(Model::PathRole).value<TreePath>();
    for (const TreePath::Step &step : path.steps())
        groups.append(step.group);
    QCOMPARE(groups, words);
    picture(system);
    QSignalSpy activated(m_panel.get(), &TreePanel::recordActivated);
    QTest::keyClick(view(), Qt::Key_Return);
    QCOMPARE(activated.count(), 1);
    QCOMPARE(activated[0][1].value<TreePath>(), path);
    QVERIFY(!activated[0][2].value<TablePlace>().table.isEmpty());
    QVERIFY(!activated[0][3].value<RowKey>().empty());
}

void TestTreePanel::withoutADatabaseASentenceStands()
{
    const auto *note = m_panel->findChild<QLabel *>(u"treeNote"_s);
    QVERIFY(note->isVisible());
    QVERIFY(!note->text().isEmpty());
    open(u"quorum"_s);
    QVERIFY(!note->isVisible());
}

void TestTreePanel::aClickOnATableActivatesIt()
{
    open(u"mindgames-arena"_s);
    QSignalSpy activated(m_panel.get(), &TreePanel::tableActivated);
    const QModelIndex tables = model().tablesIndex(1);
    QVERIFY(!view()->isExpanded(tables)); // folded
    view()->expand(tables);
    const QModelIndex table = model().index(3, 0, tables);
    click(table);
    QCOMPARE(activated.count(), 1);
    QCOMPARE(activated[0], QVariantList({1, table.data(Model::TableIndexRole)}));
    QTest::keyClick(view(), Qt::Key_Down); // only Enter opens the next one
    QTest::keyClick(view(), Qt::Key_Return);
    QCOMPARE(activated.count(), 2);
}

void TestTreePanel::aGroupIsActivatedWithItsRows()
{
    open(u"mindgames-arena"_s);
    QSignalSpy activated(m_panel.get(), &TreePanel::groupActivated);
    click(at(u"games"_s));
    QTRY_COMPARE(activated.count(), 1);
    QCOMPARE(activated[0][1].value<TreePath>().toString(), u"games"_s);
    QCOMPARE(activated[0][2].value<TablePlace>().table, u"games"_s);
    QVERIFY(expand(at(u"games"_s)));
    const QModelIndex game = model().index(0, 0, at(u"games"_s));
    QVERIFY(expand(game));
    click(model().index(0, 0, game));
    QTRY_COMPARE(activated.count(), 2);
    const auto place = activated[1][2].value<TablePlace>();
    QCOMPARE(place.table, u"game_players"_s);
    QCOMPARE(place.selection.filters.size(), std::size_t(1));
    QCOMPARE(place.selection.filters[0].column, u"game_id"_s);
}

void TestTreePanel::walkingOverRecordsActivatesTheOneWhereItEnds()
{
    open(u"mindgames-arena"_s);
    QVERIFY(expand(at(u"games"_s)));
    QSignalSpy activated(m_panel.get(), &TreePanel::recordActivated);
    QSignalSpy groups(m_panel.get(), &TreePanel::groupActivated);
    view()->setCurrentIndex(at(u"games"_s));
    for (int i = 0; i < 5; ++i)
        QTest::keyClick(view(), Qt::Key_Down);
    QVERIFY(activated.isEmpty());
    QTRY_COMPARE(activated.count(), 1);
    const QModelIndex fifth = model().index(4, 0, at(u"games"_s));
    QCOMPARE(activated[0][1].value<TreePath>(), fifth.data(Model::PathRole).value<TreePath>());
    QCOMPARE(activated[0][3].value<RowKey>(), fifth.data(Model::KeyRole).value<RowKey>());
    click(model().index(6, 0, at(u"games"_s))); // at once, and not once more later
    QCOMPARE(activated.count(), 2);
    QTest::keyClick(view(), Qt::Key_Up);
    QTRY_COMPARE(activated.count(), 3);
    QVERIFY(groups.isEmpty());
}

void TestTreePanel::whatIsShownFromOutsideIsNotToldBack()
{
    open(u"mindgames-arena"_s);
    QSignalSpy tables(m_panel.get(), &TreePanel::tableActivated);
    QSignalSpy records(m_panel.get(), &TreePanel::recordActivated);
    m_panel->showTable(1, 2);
    QCOMPARE(view()->currentIndex(), model().tableIndex(1, 2));
    QVERIFY(view()->isExpanded(model().tablesIndex(1)));
    m_panel->showPath(1, TreePath::parse(u"games/3"_s).value());
    QTRY_COMPARE(pathOf(view()->currentIndex()), u"games/3"_s);
    // A record that is walked to is told after it; one that was shown would have been by then.
    QTest::keyClick(view(), Qt::Key_Down);
    QTRY_COMPARE(records.count(), 1);
    QVERIFY(records[0][1].value<TreePath>().toString() != u"games/3"_s);
    QVERIFY(tables.isEmpty());
}

void TestTreePanel::aPathIsShownHoweverDeep()
{
    open(u"mindgames-arena"_s);
    QVERIFY(expand(at(u"games"_s)));
    // The players of a game, the turns of a player, the call of a turn.
    const QModelIndex game = model().index(0, 0, at(u"games"_s));
    QVERIFY(expand(game));
    QVERIFY(expand(model().index(0, 0, game)));
    const QModelIndex player = model().index(0, 0, model().index(0, 0, game));
    QVERIFY(expand(player));
    QVERIFY(expand(model().index(0, 0, player)));
    const QString path = pathOf(model().index(0, 0, model().index(0, 0, player)));
    QCOMPARE(path.count(u'/'), 7);
    // In a tree where nothing is open yet.
    m_panel->removeDatabase(1);
    open(u"mindgames-arena"_s);
    QSignalSpy failed(m_panel.get(), &TreePanel::failed);
    m_panel->showPath(2, TreePath::parse(path).value());
    QTRY_COMPARE(pathOf(view()->currentIndex()), path);
    QVERIFY(view()->visualRect(view()->currentIndex()).isValid());
    QVERIFY(failed.isEmpty());
}

void TestTreePanel::aPathThatIsGoneIsTold()
{
    open(u"mindgames-arena"_s);
    QSignalSpy failed(m_panel.get(), &TreePanel::failed);
    m_panel->showPath(1, TreePath::parse(u"games/99999"_s).value());
    QTRY_COMPARE(failed.count(), 1);
    QCOMPARE(failed[0][0].value<Error>().code, ErrorCode::NotFound);
}

void TestTreePanel::aRecordOfATableIsShownInTheTree()
{
    open(u"mindgames-arena"_s);
    QSignalSpy failed(m_panel.get(), &TreePanel::failed);
    QSignalSpy records(m_panel.get(), &TreePanel::recordActivated);
    const QString turn = sqlValue(m_folder.filePath(u"mindgames-arena.db"_s), u"SELECT id FROM game_turns WHERE game_id = 5 LIMIT 1"_s);
    m_panel->showRecord(1, u"game_turns"_s, {Value::text(turn)});
    QTRY_COMPARE(pathOf(view()->currentIndex()), u"games/5/turns/%1"_s.arg(turn));
    m_panel->showRecord(1, u"game_turns"_s, {Value::integer(99999)}); // stands nowhere
    m_panel->showRecord(1, u"games"_s, {Value::integer(7)}, {u"id"_s});
    QTRY_COMPARE(pathOf(view()->currentIndex()), u"games/7"_s);
    QVERIFY(failed.isEmpty());
    QVERIFY(records.isEmpty());
}

void TestTreePanel::reloadingShowsNewRowsAndKeepsThePlace()
{
    openFile(u"live.db"_s, u"CREATE TABLE a(id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE b(id INTEGER PRIMARY KEY, a_id INTEGER REFERENCES a(id), name TEXT);"
                           "INSERT INTO a VALUES (1, 'one'), (2, 'two'); INSERT INTO b VALUES (1, 2, 'x');"_s);
    m_panel->showPath(1, TreePath::parse(u"a/2/b/1"_s).value());
    QTRY_COMPARE(current(), u"x"_s);
    QCOMPARE(executeSql(m_folder.filePath(u"live.db"_s), u"INSERT INTO a VALUES (3, 'three'); INSERT INTO b VALUES (2, 2, 'y');"_s), QString());
    QCOMPARE(model().rowCount(at(u"a"_s)), 2);
    m_panel->reload(1);
    QTRY_COMPARE(model().rowCount(at(u"a"_s)), 3);
    QTRY_COMPARE(at(u"a"_s).data(Model::CountRole).toLongLong(), 3);
    QTRY_VERIFY(at(u"a/2/b/2"_s).isValid());
    QTRY_COMPARE(current(), u"x"_s);
    QVERIFY(view()->isExpanded(at(u"a/2"_s)));
}

void TestTreePanel::theFieldFiltersTablesAndWhatIsLoaded()
{
    open(u"mindgames-arena"_s);
    QVERIFY(expand(at(u"agents"_s)));
    const QString alias = model().index(0, 0, at(u"agents"_s)).data().toString();
    m_panel->focusFilter();
    QTest::keyClicks(field(), u"TURNS"_s);
    const QAbstractItemModelTester tester(view()->model(), QAbstractItemModelTester::FailureReportingMode::QtTest);
    QStringList shown;
    for (QModelIndex index = view()->model()->index(0, 0); index.isValid(); index = view()->indexBelow(index))
        shown.append(index.data().toString());
    QCOMPARE(shown, QStringList({u"demo.db"_s, u"Tables and views"_s, u"game_turns"_s}));
    QCOMPARE(current(), u"game_turns"_s); // found, but not opened
    field()->clear();
    QTest::keyClicks(field(), alias.left(8));
    shown.clear();
    for (QModelIndex index = view()->model()->index(0, 0); index.isValid(); index = view()->indexBelow(index))
        shown.append(index.data().toString());
    QVERIFY2(shown.contains(alias), qPrintable(shown.join(u", "_s)));
    QVERIFY(shown.contains(u"Agents"_s));
    picture(u"filter"_s);
    field()->clear();
    QTest::keyClicks(field(), u"no such thing"_s);
    const auto *note = m_panel->findChild<QLabel *>(u"treeNote"_s);
    QVERIFY(note->isVisible() && note->text().contains(u"no such thing"_s));
    QTest::keyClick(field(), Qt::Key_Escape);
    QVERIFY(field()->text().isEmpty() && !note->isVisible());
    QVERIFY(view()->isExpanded(at(u"agents"_s))); // as it was
}

void TestTreePanel::enterInTheFieldOpensTheFirstMatch()
{
    open(u"mindgames-arena"_s);
    QSignalSpy activated(m_panel.get(), &TreePanel::tableActivated);
    m_panel->focusFilter();
    QTest::keyClicks(field(), u"game_pl"_s);
    QTest::keyClick(field(), Qt::Key_Return);
    QCOMPARE(activated.count(), 1);
    const auto &tables = m_opened.front()->context.catalog->tables;
    QCOMPARE(tables[static_cast<std::size_t>(activated[0][1].toInt())].name, u"game_players"_s);
    field()->clear();
    QCOMPARE(current(), u"game_players"_s); // it stays where it was found
}

void TestTreePanel::typingInTheTreeFindsARow()
{
    open(u"mindgames-arena"_s);
    QVERIFY(expand(at(u"games"_s)));
    QTest::keyClicks(view(), u"game 2"_s);
    QVERIFY2(current().startsWith(u"Game 2"_s), qPrintable(current()));
}

void TestTreePanel::theMenuCopiesAndCloses()
{
    open(u"mindgames-arena"_s);
    m_panel->showPath(1, TreePath::parse(u"games/3/players"_s).value());
    QTRY_COMPARE(pathOf(view()->currentIndex()), u"games/3/players"_s);
    const auto choose = [this](const QString &action) {
        const QPoint place = placeOf(view()->currentIndex());
        QContextMenuEvent event(QContextMenuEvent::Keyboard, place, view()->viewport()->mapToGlobal(place));
        QCoreApplication::sendEvent(view()->viewport(), &event);
        auto *menu = m_panel->findChild<QMenu *>(u"treeMenu"_s);
        QVERIFY(menu != nullptr);
        menu->findChild<QAction *>(action)->trigger();
        menu->close();
        delete menu;
    };
    choose(u"treeCopyPath"_s);
    QCOMPARE(QGuiApplication::clipboard()->text(), u"games/3/players"_s);
    choose(u"treeCopyTitle"_s);
    QCOMPARE(QGuiApplication::clipboard()->text(), u"Players"_s);
    QVERIFY(!view()->isExpanded(view()->currentIndex()));
    choose(u"treeExpand"_s);
    QVERIFY(view()->isExpanded(view()->currentIndex()));
    QSignalSpy groups(m_panel.get(), &TreePanel::groupActivated);
    choose(u"treeOpen"_s);
    QTRY_COMPARE(groups.count(), 1);
    QSignalSpy closed(m_panel.get(), &TreePanel::closeRequested);
    choose(u"treeClose"_s);
    QCOMPARE(closed, (QList<QVariantList>{{1}}));
}

void TestTreePanel::whatWasExpandedIsExpandedAgain()
{
    open(u"mindgames-arena"_s);
    m_panel->showPath(1, TreePath::parse(u"games/3/players/0"_s).value());
    QTRY_COMPARE(pathOf(view()->currentIndex()), u"games/3/players/0"_s);
    QVERIFY(expand(view()->currentIndex()));
    view()->expand(model().tablesIndex(1));
    const QVariantMap state = m_panel->saveState(1);
    m_panel->removeDatabase(1);
    QVERIFY(m_panel->saveState(1).isEmpty());
    open(u"mindgames-arena"_s);
    QSignalSpy records(m_panel.get(), &TreePanel::recordActivated);
    m_panel->restoreState(2, state);
    QTRY_VERIFY(at(u"games/3/players/0"_s, 2).isValid());
    QTRY_COMPARE(pathOf(view()->currentIndex()), u"games/3/players/0"_s);
    QTRY_VERIFY(model().rowCount(at(u"games/3/players/0"_s, 2)) > 0);
    QVERIFY(view()->isExpanded(at(u"games/3/players/0"_s, 2)));
    QVERIFY(view()->isExpanded(model().tablesIndex(2)));
    QCOMPARE(m_panel->saveState(2), state);
    QVERIFY(records.isEmpty());
    // A table that was current.
    m_panel->showTable(2, 1);
    const QVariantMap withTable = m_panel->saveState(2);
    view()->setCurrentIndex(model().databaseIndex(2));
    m_panel->restoreState(2, withTable);
    QTRY_COMPARE(view()->currentIndex(), model().tableIndex(2, 1));
}

void TestTreePanel::zoomScalesTheRows()
{
    open(u"mindgames-arena"_s);
    QCOMPARE(view()->visualRect(model().databaseIndex(1)).height(), metrics::rowHeight);
    setZoom(1.5);
    QTRY_COMPARE(view()->visualRect(model().databaseIndex(1)).height(), metrics::rowHeight * 3 / 2);
    QTRY_VERIFY(field()->height() > metrics::rowHeight);
    picture(u"zoom"_s);
    setZoom(1);
    QTRY_COMPARE(view()->visualRect(model().databaseIndex(1)).height(), metrics::rowHeight);
}

void TestTreePanel::aFailureIsTriedAgainByEnter()
{
    openFile(u"fails.db"_s, u"CREATE TABLE a(id INTEGER PRIMARY KEY, name TEXT); INSERT INTO a VALUES (1, 'one');"_s);
    QTRY_COMPARE(at(u"a"_s).data(Model::CountRole).toLongLong(), 1);
    QCOMPARE(executeSql(m_folder.filePath(u"fails.db"_s), u"ALTER TABLE a RENAME TO b;"_s), QString());
    QSignalSpy failed(m_panel.get(), &TreePanel::failed);
    QVERIFY(expand(at(u"a"_s)));
    QCOMPARE(failed.count(), 1);
    picture(u"failure"_s);
    QCOMPARE(executeSql(m_folder.filePath(u"fails.db"_s), u"ALTER TABLE b RENAME TO a;"_s), QString());
    view()->setCurrentIndex(model().index(0, 0, at(u"a"_s)));
    QVERIFY(!current().isEmpty());
    QTest::keyClick(view(), Qt::Key_Return);
    QTRY_COMPARE(model().index(0, 0, at(u"a"_s)).data().toString(), u"one"_s);
    QVERIFY(view()->isExpanded(at(u"a"_s)));
}

void TestTreePanel::blocksOfAPayloadStandInTheirOrder()
{
    open(u"llm-orchestration"_s);
    const QString path = m_folder.filePath(u"llm-orchestration.db"_s);
    const QString payload = sqlValue(path, u"SELECT payload_id FROM payload_blocks GROUP BY payload_id ORDER BY count(*) DESC LIMIT 1"_s);
    m_panel->showPath(1, TreePath::parse(u"payloads/%1/blocks"_s.arg(payload)).value());
    QTRY_COMPARE(pathOf(view()->currentIndex()), u"payloads/%1/blocks"_s.arg(payload));
    QVERIFY(expand(view()->currentIndex()));
    QStringList titles;
    for (int row = 0; row < model().rowCount(view()->currentIndex()); ++row)
        titles.append(model().index(row, 0, view()->currentIndex()).data().toString());
    const QString expected = sqlValue(path, u"SELECT group_concat(title, '|') FROM (SELECT title FROM payload_blocks j JOIN blocks b ON b.id = j.block_id WHERE payload_id = %1 ORDER BY order_index)"_s.arg(payload));
    QVERIFY(titles.size() > 1);
    QCOMPARE(titles.join(u'|'), expected);
}

void TestTreePanel::forksStandBelowTheirPrompt()
{
    open(u"mindgames-arena"_s);
    const QString path = m_folder.filePath(u"mindgames-arena.db"_s);
    const QString fork = sqlValue(path, u"SELECT id FROM prompts WHERE forked_from IS NOT NULL LIMIT 1"_s);
    const QString parent = sqlValue(path, u"SELECT forked_from FROM prompts WHERE id = %1"_s.arg(fork));
    QVERIFY(!fork.isEmpty() && !parent.isEmpty());
    const QModelIndex prompts = at(u"prompts"_s);
    QVERIFY(expand(prompts));
    QVERIFY(!at(u"prompts/%1"_s.arg(fork)).isValid()); // no root
    const QString root = sqlValue(path, u"WITH RECURSIVE up(id, above) AS (SELECT id, forked_from FROM prompts WHERE id = %1 UNION ALL SELECT p.id, p.forked_from FROM prompts p JOIN up ON p.id = up.above) SELECT id FROM up WHERE above IS NULL"_s.arg(fork));
    QVERIFY(at(u"prompts/%1"_s.arg(root)).isValid());
    m_panel->showPath(1, TreePath::parse(u"prompts/%1/forks"_s.arg(root)).value());
    QTRY_COMPARE(pathOf(view()->currentIndex()), u"prompts/%1/forks"_s.arg(root));
    QCOMPARE(current(), u"Forks"_s);
    QVERIFY(expand(view()->currentIndex()));
    QVERIFY(kind(model().index(0, 0, view()->currentIndex())) == Model::Kind::Record);
}

void TestTreePanel::theEndOfAMillionRowsIsOneKeyAway()
{
    openFile(u"million.db"_s, u"CREATE TABLE a(id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE b(id INTEGER PRIMARY KEY, a_id INTEGER REFERENCES a(id)); CREATE INDEX b_a ON b(a_id); BEGIN;"
                              "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) INSERT INTO a SELECT i, 'row ' || i FROM n; COMMIT;"_s);
    view()->collapse(model().tablesIndex(1));
    QElapsedTimer clock;
    qint64 longest = 0;
    QTimer pulse;
    connect(&pulse, &QTimer::timeout, this, [&] { longest = std::max(longest, clock.restart()); });
    pulse.start(0);
    clock.start();
    view()->expand(at(u"a"_s));
    QTRY_COMPARE_WITH_TIMEOUT(model().rowCount(at(u"a"_s)), 1'000'000, 60'000);
    const qint64 growing = longest;
    const auto end = [&] { return model().index(999'999, 0, at(u"a"_s)); };
    view()->setCurrentIndex(at(u"a"_s));
    longest = 0;
    clock.restart();
    QTest::keyClick(view(), Qt::Key_PageDown);
    QTest::keyClick(view(), Qt::Key_End, Qt::ControlModifier);
    // What follows the level, is at the end as well.
    QTest::keyClick(view(), Qt::Key_PageUp);
    QTRY_VERIFY(!view()->viewport()->rect().intersected(view()->visualRect(end())).isEmpty() || view()->currentIndex().parent() == at(u"a"_s));
    view()->setCurrentIndex(end());
    QTRY_COMPARE(current(), u"row 1000000"_s);
    QVERIFY(!view()->visualRect(end()).isEmpty());
    for (int i = 0; i < 20; ++i) {
        view()->scrollTo(model().index(i * 49'999, 0, at(u"a"_s)));
        const QModelIndex shown = view()->indexAt(QPoint(100, 300));
        QTRY_VERIFY(shown.data(Model::LoadStateRole).value<Model::LoadState>() == Model::LoadState::Ready);
    }
    QVERIFY(model().cachedRowCount() <= Model::maxCachedPages * Model::rowsPerPage);
    qInfo("1,000,000 rows in the view: the longest gap of the GUI thread was %lld ms while they came in, %lld ms while scrolling", growing, longest);
}

void TestTreePanel::aClosedDatabaseGoes()
{
    open(u"quorum"_s);
    open(u"mindgames-arena"_s);
    QVERIFY(expand(at(u"conversations"_s)));
    view()->setCurrentIndex(model().index(0, 0, at(u"conversations"_s)));
    QSignalSpy records(m_panel.get(), &TreePanel::recordActivated);
    m_panel->removeDatabase(1);
    m_opened.front()->pool.reset();
    QCOMPARE(view()->model()->rowCount(), 1);
    QVERIFY(expand(at(u"games"_s, 2)));
    view()->setCurrentIndex(model().index(0, 0, at(u"games"_s, 2)));
    QTRY_COMPARE(records.count(), 1);
    QCOMPARE(records[0][0].toInt(), 2);
}

void TestTreePanel::theTotalsOfEveryPlaceStandBelowTheTree()
{
    const QString prices = m_folder.filePath(u"prices.json"_s);
    m_panel->setPriceList(prices);
    open(u"mindgames-arena"_s);
    const auto *strip = m_panel->findChild<QWidget *>(u"totalsStrip"_s);
    const auto *head = m_panel->findChild<QLabel *>(u"totalsStripHead"_s);
    const auto *sum = m_panel->findChild<QLabel *>(u"totalsStripSum"_s);
    const auto *more = m_panel->findChild<QLabel *>(u"totalsStripMore"_s);
    const auto connection = Connection::open(DatabaseUrl::forFile(m_folder.filePath(u"mindgames-arena.db"_s)));
    const auto tokens = [&](const QString &where) {
        return QLocale().toString((*connection)->queryValue(u"SELECT sum(c.total_tokens_consumed) FROM llm_calls c JOIN game_turns t ON t.id = c.game_turn_id "_s + where)->toDisplayText().toLongLong()) + u" tokens"_s;
    };
    QTRY_VERIFY2(sum->text().startsWith(tokens({}) + u" · at least $"_s), qPrintable(sum->text())); // the database's own line
    QCOMPARE(head->text(), u"demo.db"_s);
    QVERIFY(more->text().contains(u" calls"));
    m_panel->showPath(1, TreePath::parse(u"games/12/players/4"_s).value());
    QTRY_VERIFY2(sum->text().startsWith(tokens(u"WHERE t.game_id = 12 AND t.player_index = 4"_s)), qPrintable(sum->text()));
    m_panel->showPath(1, TreePath::parse(u"games/12"_s).value());
    QTRY_VERIFY(sum->text().startsWith(tokens(u"WHERE t.game_id = 12"_s)));
    // A price that is known from now on counts at the next place; the details are those of the record.
    QVERIFY(PriceList({{u"*"_s, {}, 1'000'000, 1'000'000}}).write(prices));
    m_panel->showPath(1, TreePath::parse(u"games/3"_s).value());
    QTRY_VERIFY2(sum->text().startsWith(tokens(u"WHERE t.game_id = 3"_s)) && sum->text().contains(u" · $"_s), qPrintable(sum->text()));
    QSignalSpy wanted(m_panel.get(), &TreePanel::totalsRequested);
    QTest::mouseClick(const_cast<QWidget *>(strip), Qt::LeftButton);
    QCOMPARE(wanted.count(), 1);
    QCOMPARE(wanted.front().at(1).value<TreePath>().toString(), u"games/3"_s);
    QCOMPARE(wanted.front().at(2).toString(), u"games"_s);
    // Where nothing is counted, nothing is claimed.
    m_panel->showPath(1, TreePath::parse(u"kinds"_s).value());
    QTRY_COMPARE(head->text(), u"Kinds"_s);
    open(u"consensus-engine"_s);
    QTRY_VERIFY(!strip->isVisible());
}

void TestTreePanel::whatTakesLongToAddUpIsNotTriedAgainUnasked()
{
    open(u"mindgames-arena"_s);
    auto *limit = m_panel->findChild<QTimer *>(u"totalsStripLimit"_s);
    auto *button = m_panel->findChild<QToolButton *>(u"totalsStripButton"_s);
    const auto *head = m_panel->findChild<QLabel *>(u"totalsStripHead"_s);
    const auto *sum = m_panel->findChild<QLabel *>(u"totalsStripSum"_s);
    const auto *rest = m_panel->findChild<QTimer *>(u"totalsStripRest"_s);
    limit->setInterval(60'000);
    // The limit is over as soon as reading has begun.
    const QMetaObject::Connection hurry = connect(rest, &QTimer::timeout, limit, [limit] { QMetaObject::invokeMethod(limit, "timeout", Qt::DirectConnection); });
    m_panel->showPath(1, TreePath::parse(u"games/12"_s).value());
    QTRY_COMPARE(head->text(), u"Game 12"_s);
    QTRY_COMPARE(sum->text(), u"Much to add up"_s);
    disconnect(hurry);
    m_panel->showPath(1, TreePath::parse(u"games/3"_s).value());
    QTRY_VERIFY(sum->text().contains(u" tokens"));
    m_panel->showPath(1, TreePath::parse(u"games/12"_s).value());
    QTRY_COMPARE(head->text(), u"Game 12"_s);
    QCOMPARE(sum->text(), u"Much to add up"_s);
    QVERIFY(!rest->isActive()); // nor will it be read
    button->click();
    QTRY_VERIFY2(sum->text().contains(u" tokens"), qPrintable(sum->text()));
}

void TestTreePanel::postgresIsWalkedByKeys()
{
    TestDatabase server;
    REQUIRE_DATABASE(server);
    QCOMPARE(server.execute(schemaOfSystem(u"consensus-engine"_s, u"postgresql"_s)), QString());
    const DatabaseUrl url = DatabaseUrl::parse(server.url()).value();
    QCOMPARE(fillWithDemo(url, u"consensus-engine"_s), QString());
    open(url);
    QVERIFY(goDown()); // the first root
    QVERIFY(goDown()); // its first record
    QVERIFY(kind(view()->currentIndex()) == Model::Kind::Record);
    QVERIFY(goDown()); // a round, of the only kind of rows below
    QVERIFY(goDown());
    QSignalSpy records(m_panel.get(), &TreePanel::recordActivated);
    QTest::keyClick(view(), Qt::Key_Return);
    QCOMPARE(records.count(), 1);
    QCOMPARE(records[0][2].value<TablePlace>().table, u"model_responses"_s);
    picture(u"postgresql"_s);
    m_panel.reset();
    m_opened.clear();
}

QTEST_MAIN(TestTreePanel)
#include "tst_treepanel.moc"
