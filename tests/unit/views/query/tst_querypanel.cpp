// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/query/querypanel.h"

#include "models/connections/memorysecretstore.h"
#include "models/edit/editsession.h"
#include "tests/support/testdatabase.h"
#include "tests/unit/models/browsing/openedsystem.h"
#include "views/checks/checkspanel.h"
#include "views/find/findpanel.h"
#include "views/health/healthpanel.h"
#include "views/log/logpanel.h"
#include "views/panels/tasks.h"
#include "views/query/resultview.h"
#include "views/query/sqleditor.h"
#include "views/widgets/messagebar.h"
#include "views/widgets/turnstonestyle.h"
#include "views/widgets/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMessageBox>
#include <QPlainTextEdit>
#include <QSettings>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTableView>
#include <QTableWidget>
#include <QTemporaryDir>
#include <QPushButton>
#include <QTest>
#include <QThreadPool>
#include <QToolButton>
#include <QTreeWidget>

#include <functional>

using namespace turnstone;
using namespace Qt::StringLiterals;

namespace {

class NoTasks final : public Tasks
{
public:
    int begin(const QString &, std::function<void()>) override { return ++begun; }
    void setProgress(int, qint64, qint64) override {}
    void setText(int, const QString &) override {}
    void end(int) override { ++ended; }
    void note(const QString &) override {}
    int begun = 0;
    int ended = 0;
};

} // namespace

/// Drives the panels of queries, search and state by keys and clicks, on the sample of the arena.
class tst_QueryPanel : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void init();
    void cleanup();
    void statementsRunAndShowTheirRows();
    void aHeaderOrdersTheRows();
    void whatIsMarkedRunsAlone();
    void aMistakeIsTold();
    void changesAreRefused();
    void theSafetyLevelIsHeeded();
    void anOpenTransactionIsHeldBack();
    void maintenanceHeedsTheSafetyLevel();
    void parametersAreAskedAndRemembered();
    void theTextComesBack();
    void aPlanIsATree();
    void aServersAnalyzedPlanIsATree();
    void hitsAreGroupedAndLeadToRecords();
    void findingsAreListed();
    void theStateIsShown();
    void theStateOfAServerIsShown();
    void theLogShowsStatements();
    void aStatementOfTheLogIsExplained();
    void howLongATransactionMayStayOpenIsChosen();

private:
    template<typename T>
    static T *child(const QWidget &panel, const char *name)
    {
        auto *found = panel.findChild<T *>(QLatin1String(name));
        if (!found)
            qFatal("no %s", name);
        return found;
    }
    std::unique_ptr<QueryPanel> editor(const QString &sql);
    /// Opens a database of its own that may be written, with a safety level.
    QString openWritable();
    static bool says(const QWidget &panel, const QString &text)
    {
        const auto labels = panel.findChildren<QLabel *>();
        return std::ranges::any_of(labels, [&](const QLabel *label) { return label->isVisibleTo(&panel) && label->text().contains(text); });
    }
    /// For looking at, where the environment names a folder.
    static void picture(QWidget &panel, const QString &name)
    {
        if (const QString folder = qEnvironmentVariable("TURNSTONE_TEST_PICTURES"); !folder.isEmpty())
            panel.grab().save(folder + u"/query-"_s + name + u".png"_s);
    }
    static QString cell(const QWidget &panel, int row, int column);

    QTemporaryDir m_folder;
    std::unique_ptr<QSettings> m_settings;
    QThreadPool m_workers;
    MemorySecretStore m_secrets;
    NoTasks m_tasks;
    std::unique_ptr<PanelServices> m_services;
    std::unique_ptr<OpenedSystem> m_opened;
    std::unique_ptr<EditSession> m_edits;
    int m_round = 0;
};

void tst_QueryPanel::initTestCase()
{
    QApplication::setStyle(new TurnstoneStyle);
    applyTheme(*qApp, qEnvironmentVariable("TURNSTONE_TEST_THEME") == u"dark" ? ThemeMode::Dark : ThemeMode::Light);
    const QString problem = makeDemoFile(m_folder.filePath(u"arena.db"_s), u"mindgames-arena"_s);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
}

void tst_QueryPanel::init()
{
    const QString own = m_folder.filePath(QString::number(++m_round));
    m_settings = std::make_unique<QSettings>(own + u"/s.ini"_s, QSettings::IniFormat);
    m_services = std::make_unique<PanelServices>(PanelServices{*m_settings, m_workers, m_secrets, m_tasks, own, own});
    m_opened = std::make_unique<OpenedSystem>(DatabaseUrl::forFile(m_folder.filePath(u"arena.db"_s)));
}

void tst_QueryPanel::cleanup()
{
    m_edits.reset();
    m_opened.reset();
}

std::unique_ptr<QueryPanel> tst_QueryPanel::editor(const QString &sql)
{
    auto panel = std::make_unique<QueryPanel>(*m_services, m_opened->context, QVariantMap());
    panel->resize(900, 700);
    panel->show();
    child<SqlEditor>(*panel, "sqlEditor")->setScript(sql);
    return panel;
}

QString tst_QueryPanel::cell(const QWidget &panel, int row, int column)
{
    const auto *rows = panel.findChild<QTableView *>(u"resultRows"_s);
    return rows ? rows->model()->index(row, column).data().toString() : QString();
}

void tst_QueryPanel::statementsRunAndShowTheirRows()
{
    const auto panel = editor(u"SELECT id, status FROM games ORDER BY id LIMIT 3;\nSELECT count(*) AS n FROM agents"_s);
    child<QToolButton>(*panel, "runAll")->click();
    auto *tabs = child<QTabWidget>(*panel, "results");
    QTRY_COMPARE(tabs->count(), 3); // two results and the messages
    QTRY_VERIFY(child<QPlainTextEdit>(*panel, "messages")->toPlainText().count(u'\n') == 1);
    QTRY_COMPARE(cell(*tabs->widget(0), 2, 0), u"3"_s);
    QTRY_COMPARE(child<QLabel>(*tabs->widget(0), "resultState")->text().section(u' ', 0, 1), u"3 rows"_s);
    tabs->setCurrentIndex(0);
    picture(*panel, u"rows"_s);
    auto *view = qobject_cast<ResultView *>(tabs->widget(0));
    view->findChild<QTableView *>(u"resultRows"_s)->selectRow(1);
    view->copy(u"csv"_s);
    QTRY_VERIFY(QApplication::clipboard()->text().startsWith(u"id,status"));
    QVERIFY(QApplication::clipboard()->text().contains(u"\n2,"));
}

void tst_QueryPanel::aHeaderOrdersTheRows()
{
    const auto panel = editor(u"SELECT id FROM games -- all of them"_s);
    child<QToolButton>(*panel, "runStatement")->click();
    auto *tabs = child<QTabWidget>(*panel, "results");
    QTRY_COMPARE(tabs->count(), 2);
    QTRY_VERIFY(!cell(*tabs->widget(0), 0, 0).isEmpty()); // any order is right
    QTRY_VERIFY(child<QToolButton>(*panel, "runStatement")->isEnabled());
    emit qobject_cast<ResultView *>(tabs->widget(0))->orderRequested(0, true);
    QTRY_COMPARE(cell(*tabs->widget(0), 0, 0), u"28"_s);
    QCOMPARE(tabs->count(), 2);
}

void tst_QueryPanel::whatIsMarkedRunsAlone()
{
    const auto panel = editor(u"SELECT nonsense; SELECT 'ü' AS marked; SELECT nonsense"_s);
    auto *sql = child<SqlEditor>(*panel, "sqlEditor");
    sql->setSelection(0, 17, 0, 37);
    child<QToolButton>(*panel, "runStatement")->click();
    QTRY_COMPARE(cell(*panel, 0, 0), u"ü"_s);
    // Without a mark: the statement at the cursor.
    sql->setScript(u"SELECT 1 AS one;\nSELECT 2 AS two"_s, 20);
    child<QToolButton>(*panel, "runStatement")->click();
    QTRY_COMPARE(cell(*panel, 0, 0), u"2"_s);
}

void tst_QueryPanel::aMistakeIsTold()
{
    const auto panel = editor(u"SELECT id FROM games;\nSELECT nonsense FROM games"_s);
    child<QToolButton>(*panel, "runAll")->click();
    QTRY_VERIFY(child<QPlainTextEdit>(*panel, "messages")->toPlainText().contains(u"nonsense"));
    // The cursor stands where the engine saw it.
    QTRY_COMPARE(child<SqlEditor>(*panel, "sqlEditor")->cursor(), 29);
    picture(*panel, u"mistake"_s);
    QVERIFY(child<QToolButton>(*panel, "runAll")->isEnabled());
}

void tst_QueryPanel::changesAreRefused()
{
    const auto panel = editor(u"DELETE FROM games"_s);
    child<QToolButton>(*panel, "runStatement")->click();
    const auto labels = panel->findChildren<QLabel *>();
    QVERIFY(std::ranges::any_of(labels, [](const QLabel *label) { return label->text().contains(u"would change the database"); }));
    QVERIFY(!child<QToolButton>(*panel, "mayWrite")->isEnabled()); // the pool reads only
    QCOMPARE(sqlValue(m_folder.filePath(u"arena.db"_s), u"SELECT count(*) FROM games"_s), u"28"_s);
}

QString tst_QueryPanel::openWritable()
{
    const QString path = m_folder.filePath(u"writable%1.db"_s.arg(m_round));
    if (!executeSql(path, u"CREATE TABLE t(x INTEGER); INSERT INTO t VALUES (1), (2), (3)"_s).isEmpty())
        qFatal("%s cannot be made", qPrintable(path));
    m_opened = std::make_unique<OpenedSystem>(DatabaseUrl::forFile(path), 1, false);
    m_edits = std::make_unique<EditSession>(*m_opened->pool, m_opened->context.catalog, m_opened->context.profile);
    m_opened->context.edits = m_edits.get();
    return path;
}

void tst_QueryPanel::theSafetyLevelIsHeeded()
{
    const QString path = openWritable();
    const auto panel = editor(u"DELETE FROM t WHERE x = 1"_s);
    auto *mayWrite = child<QToolButton>(*panel, "mayWrite");
    auto *run = child<QToolButton>(*panel, "runStatement");
    mayWrite->click();
    // "Ask" asks.
    run->click();
    auto *box = panel->findChild<QMessageBox *>(u"confirmWrites"_s);
    QVERIFY(box);
    // The level goes down while the question stands open: its Run does nothing.
    m_edits->setAccess(WriteAccess::ReadOnly);
    QVERIFY(!mayWrite->isChecked());
    QVERIFY(!mayWrite->isEnabled());
    QVERIFY(mayWrite->toolTip().contains(u"The status bar changes that"));
    box->buttons().front()->click();
    QVERIFY(says(*panel, u"The status bar changes that"_s));
    QTRY_VERIFY(!panel->findChild<QMessageBox *>(u"confirmWrites"_s));
    QCOMPARE(sqlValue(path, u"SELECT count(*) FROM t"_s), u"3"_s);
    run->click();
    QVERIFY(says(*panel, u"The status bar changes that"_s));
    QCOMPARE(sqlValue(path, u"SELECT count(*) FROM t"_s), u"3"_s);
    // "Free" does not ask again.
    m_edits->setAccess(WriteAccess::Free);
    QVERIFY(mayWrite->isEnabled());
    mayWrite->click();
    run->click();
    QVERIFY(!panel->findChild<QMessageBox *>(u"confirmWrites"_s));
    QTRY_COMPARE(sqlValue(path, u"SELECT count(*) FROM t"_s), u"2"_s);
    QTRY_VERIFY(run->isEnabled());
}

void tst_QueryPanel::anOpenTransactionIsHeldBack()
{
    const QString path = openWritable();
    m_edits->setAccess(WriteAccess::Free);
    const auto panel = editor(u"BEGIN; DELETE FROM t"_s);
    child<QToolButton>(*panel, "mayWrite")->click();
    auto *runAll = child<QToolButton>(*panel, "runAll");
    auto *commit = child<QToolButton>(*panel, "commit");
    runAll->click();
    QTRY_VERIFY(runAll->isEnabled() && commit->isVisible());
    m_edits->setAccess(WriteAccess::ReadOnly);
    QVERIFY(!commit->isEnabled());
    child<SqlEditor>(*panel, "sqlEditor")->setScript(u"COMMIT"_s);
    runAll->click();
    QVERIFY(says(*panel, u"Roll it back first"_s));
    child<QToolButton>(*panel, "rollback")->click();
    QTRY_VERIFY(!child<QToolButton>(*panel, "rollback")->isVisible());
    QTRY_VERIFY(!child<QToolButton>(*panel, "mayWrite")->isChecked());
    QCOMPARE(sqlValue(path, u"SELECT count(*) FROM t"_s), u"3"_s);
}

void tst_QueryPanel::maintenanceHeedsTheSafetyLevel()
{
    openWritable();
    HealthPanel panel(*m_services, m_opened->context);
    panel.show();
    auto *vacuum = child<QToolButton>(panel, "maintenance")->menu()->findChild<QAction *>(u"maintenance.vacuum"_s);
    const int begun = m_tasks.begun;
    m_edits->setAccess(WriteAccess::ReadOnly);
    vacuum->trigger();
    QVERIFY(!panel.findChild<QMessageBox *>());
    QVERIFY(says(panel, u"The status bar changes that"_s));
    m_edits->setAccess(WriteAccess::Ask);
    vacuum->trigger();
    auto *box = panel.findChild<QMessageBox *>(u"askMaintenance"_s);
    QVERIFY(box);
    m_edits->setAccess(WriteAccess::ReadOnly);
    box->buttons().front()->click();
    QCOMPARE(m_tasks.begun, begun);
    QTRY_VERIFY(!panel.findChild<QMessageBox *>());
    m_edits->setAccess(WriteAccess::Ask);
    vacuum->trigger();
    panel.findChild<QMessageBox *>(u"askMaintenance"_s)->buttons().front()->click();
    QTRY_VERIFY(says(panel, u"done in"_s));
    QCOMPARE(m_tasks.begun, begun + 1);
}

void tst_QueryPanel::parametersAreAskedAndRemembered()
{
    const auto panel = editor(u"SELECT id FROM games WHERE id = :which"_s);
    QTRY_VERIFY(panel->findChild<QLineEdit *>(u"parameter.which"_s));
    auto *field = child<QLineEdit>(*panel, "parameter.which");
    QTest::keyClicks(field, u"7"_s);
    QTest::keyClick(field, Qt::Key_Return);
    QTRY_COMPARE(cell(*panel, 0, 0), u"7"_s);
    QCOMPARE(m_settings->value(u"query/parameters/which"_s).toString(), u"7"_s);
}

void tst_QueryPanel::theTextComesBack()
{
    QVariantMap state;
    {
        const auto panel = editor({});
        QTest::keyClicks(child<SqlEditor>(*panel, "sqlEditor"), u"SELECT unfinished"_s);
        state = panel->saveState();
    }
    m_workers.waitForDone();
    const auto other = std::make_unique<QueryPanel>(*m_services, m_opened->context, QVariantMap{{u"sql"_s, u"SELECT 1"_s}});
    QCOMPARE(child<SqlEditor>(*other, "sqlEditor")->script(), u"SELECT 1"_s);
    const auto panel = std::make_unique<QueryPanel>(*m_services, m_opened->context, QVariantMap());
    QCOMPARE(child<SqlEditor>(*panel, "sqlEditor")->script(), u"SELECT unfinished"_s);
    panel->restoreState(state);
    QCOMPARE(child<SqlEditor>(*panel, "sqlEditor")->script(), u"SELECT unfinished"_s);
}

void tst_QueryPanel::aPlanIsATree()
{
    const auto panel = editor(u"SELECT * FROM game_turns WHERE game_id = 3"_s);
    child<QToolButton>(*panel, "explain")->menu()->actions().front()->trigger();
    auto *plan = child<QTreeWidget>(*panel, "plan");
    QTRY_COMPARE(plan->topLevelItemCount(), 1);
    QVERIFY(plan->topLevelItem(0)->child(0)->text(0).contains(u"USING INDEX"));
    picture(*panel, u"plan"_s);
}

void tst_QueryPanel::aServersAnalyzedPlanIsATree()
{
    const TestDatabase database;
    REQUIRE_DATABASE(database);
    const QString problem = database.execute(u"CREATE TABLE pots(id int PRIMARY KEY, name text); INSERT INTO pots SELECT i, 'pot ' || i FROM generate_series(1, 5000) i;"
                                             "CREATE TABLE plants(id int PRIMARY KEY, pot int); INSERT INTO plants SELECT i, i FROM generate_series(1, 5000) i; ANALYZE pots, plants"_s);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    m_opened = std::make_unique<OpenedSystem>(DatabaseUrl::parse(database.url()).value());
    const auto panel = editor(u"SELECT name, count(*) FROM plants JOIN pots ON pots.id = plants.pot WHERE plants.id % 2 = 0 GROUP BY name"_s);
    const QList<QAction *> ways = child<QToolButton>(*panel, "explain")->menu()->actions();
    const auto analyze = std::ranges::find_if(ways, [](const QAction *action) { return action->text() == u"Run it and measure"; });
    QVERIFY(analyze != ways.end());
    (*analyze)->trigger();
    auto *plan = child<QTreeWidget>(*panel, "plan");
    QTRY_COMPARE(plan->topLevelItemCount(), 1);
    QVERIFY(plan->isVisible());
    QTreeWidgetItem *root = plan->topLevelItem(0);
    QVERIFY2(root->text(0).contains(u"run in"), qPrintable(root->text(0)));
    // Aggregation over a join over the two tables, each step with what it really took.
    QList<QTreeWidgetItem *> steps;
    int deepest = 0;
    const std::function<void(QTreeWidgetItem *, int)> gather = [&](QTreeWidgetItem *item, int depth) {
        deepest = std::max(deepest, depth);
        for (int i = 0; i < item->childCount(); ++i) {
            steps.append(item->child(i));
            gather(item->child(i), depth + 1);
        }
    };
    gather(root, 0);
    QVERIFY(deepest >= 3);
    const QLocale locale;
    for (const QTreeWidgetItem *step : std::as_const(steps)) {
        QVERIFY(!plan->isColumnHidden(1) && step->text(1).endsWith(u" ms"));
        bool isNumber = false;
        QVERIFY2(locale.toDouble(step->text(2), &isNumber) >= 0 && isNumber, qPrintable(step->text(2)));
        QVERIFY(!step->text(3).isEmpty() && step->text(4).contains(u'%'));
    }
    const auto scan = std::ranges::find_if(steps, [](const QTreeWidgetItem *step) { return step->text(0) == u"Seq Scan on plants"; });
    QVERIFY(scan != steps.end());
    QCOMPARE(locale.toDouble((*scan)->text(2)), 2500.0);
    QVERIFY((*scan)->text(5).contains(u"Filter: ") && (*scan)->text(5).contains(u"Rows Removed by Filter: 2500"));
    picture(*panel, u"server-plan"_s);
    m_opened.reset();
}

void tst_QueryPanel::hitsAreGroupedAndLeadToRecords()
{
    FindPanel panel(*m_services, m_opened->context, {});
    QSignalSpy places(&panel, &Panel::placeRequested);
    panel.resize(900, 600);
    panel.show();
    QTest::keyClicks(child<QLineEdit>(panel, "findText"), u"mafia"_s);
    auto *hits = child<QTreeWidget>(panel, "hits");
    QTRY_VERIFY(hits->topLevelItemCount() >= 3);
    QTRY_VERIFY(child<QLabel>(panel, "findState")->text().contains(u"hits"));
    const QTreeWidgetItem *group = hits->topLevelItem(0);
    QVERIFY(group->childCount() > 0);
    // A record is called as the profile calls it, not by its key.
    const auto titled = [hits](const QString &table, const QString &title) {
        for (int i = 0; i < hits->topLevelItemCount(); ++i) {
            if (const QTreeWidgetItem *of = hits->topLevelItem(i); of->text(0).startsWith(table))
                return of->child(0)->text(0).startsWith(title) && !of->child(0)->text(1).isEmpty();
        }
        return false;
    };
    QTRY_VERIFY(titled(u"Games"_s, u"Game "_s));
    picture(panel, u"find"_s);
    emit hits->itemActivated(group->child(0), 0);
    QCOMPARE(places.count(), 1);
    QCOMPARE(places.at(0).at(2).value<RowKey>().size(), std::size_t(1));
    child<QLineEdit>(panel, "findText")->clear();
    QTest::keyClicks(child<QLineEdit>(panel, "findText"), u"nobody says this"_s);
    QTRY_VERIFY(child<QLabel>(panel, "emptySentence")->text().contains(u"Nothing"));
}

void tst_QueryPanel::findingsAreListed()
{
    ChecksPanel panel(m_opened->context);
    panel.show();
    QSignalSpy sql(&panel, &Panel::panelRequested);
    auto *list = child<QTreeWidget>(panel, "findings");
    QTRY_VERIFY(child<QLabel>(panel, "checksState")->text().contains(u"findings: 1 · notes: 1"));
    QCOMPARE(list->topLevelItemCount(), 2);
    QVERIFY(list->topLevelItem(0)->text(0).contains(u"Stuck games"));
    picture(panel, u"checks"_s);
    QVERIFY(child<QPlainTextEdit>(panel, "fix")->toPlainText().startsWith(u"UPDATE"));
    child<QPushButton>(panel, "openFix")->click();
    QCOMPARE(sql.count(), 1);
}

void tst_QueryPanel::theStateIsShown()
{
    HealthPanel panel(*m_services, m_opened->context);
    panel.show();
    auto *tabs = child<QTabWidget>(panel, "stateParts");
    QCOMPARE(tabs->count(), 4);
    for (int i = 0; i < tabs->count(); ++i)
        QTRY_VERIFY(tabs->widget(i)->findChild<QTableWidget *>()->rowCount() >= 4);
    const auto *sizes = tabs->widget(2)->findChild<QTableWidget *>();
    QVERIFY(!sizes->findItems(u"llm_calls"_s, Qt::MatchExactly).isEmpty());
    panel.resize(900, 600);
    tabs->setCurrentIndex(2);
    picture(panel, u"state"_s);
    QTableWidgetItem *status = tabs->widget(0)->findChild<QTableWidget *>()->item(0, 1);
    QCOMPARE(status->text(), u"ok"_s);
    // What writes is refused with a sentence; what reads runs after a question.
    auto *menu = child<QToolButton>(panel, "maintenance")->menu();
    menu->findChild<QAction *>(u"maintenance.vacuum"_s)->trigger();
    QVERIFY(!panel.findChild<QMessageBox *>());
    menu->findChild<QAction *>(u"maintenance.integrity"_s)->trigger();
    auto *box = panel.findChild<QMessageBox *>(u"askMaintenance"_s);
    QVERIFY(box);
    box->buttons().front()->click();
    QTRY_COMPARE(m_tasks.ended, m_tasks.begun);
    QVERIFY(m_tasks.begun > 0);
    const auto labels = panel.findChildren<QLabel *>();
    QTRY_VERIFY(std::ranges::any_of(labels, [](const QLabel *label) { return label->text().contains(u"done in"); }));
}

void tst_QueryPanel::theLogShowsStatements()
{
    LogPanel panel(m_opened->context);
    panel.show();
    const auto done = m_opened->pool->read([](Connection &connection) { return connection.queryValue(u"SELECT count(*) FROM games WHERE id > ?1"_s, {Value::integer(4)}); });
    QTRY_VERIFY(done.isFinished());
    auto *table = child<QTableView>(panel, "statements");
    QTRY_VERIFY(table->model()->rowCount() > 0);
    const int last = table->model()->rowCount() - 1;
    QCOMPARE(table->model()->index(last, 3).data().toString(), u"SELECT count(*) FROM games WHERE id > ?1"_s);
    QCOMPARE(table->model()->index(last, 4).data().toString(), u"1 = 4"_s);
    panel.resize(900, 400);
    picture(panel, u"log"_s);
    child<QLineEdit>(panel, "logFilter")->setText(u"no such words"_s);
    QCOMPARE(table->model()->rowCount(), 0);
}

void tst_QueryPanel::theStateOfAServerIsShown()
{
    const TestDatabase database;
    REQUIRE_DATABASE(database);
    QString problem = database.execute(u"CREATE TABLE pots(id int PRIMARY KEY, name text); CREATE INDEX pots_unused ON pots(name);"
                                       "INSERT INTO pots SELECT i, 'pot ' || i FROM generate_series(1, 20000) i; ANALYZE pots"_s);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    for (int i = 0; i < 50; ++i)
        problem += database.execute(u"SELECT * FROM pots WHERE id = %1"_s.arg(i + 1));
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    const DatabaseUrl url = DatabaseUrl::parse(database.url()).value();
    m_opened = std::make_unique<OpenedSystem>(url);
    // Somebody holds a lock in an old transaction, and somebody waits for it.
    ConnectionOptions options;
    options.readOnly = false;
    SessionPool others(url, options);
    auto holder = Connection::open(url, options);
    QVERIFY(holder.has_value());
    QVERIFY((*holder)->begin().has_value());
    QVERIFY((*holder)->execute(u"UPDATE pots SET name = 'held' WHERE id = 7"_s).has_value());
    const QString holderPid = (*holder)->queryValue(u"SELECT pg_backend_pid()"_s)->toDisplayText();
    auto waiting = others.runOnWriter([](Connection &connection) { return connection.execute(u"UPDATE pots SET name = 'waited' WHERE id = 7"_s); });
    QTRY_COMPARE(database.value(u"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"_s), u"1"_s);
    QTRY_COMPARE(database.value(u"SELECT idx_scan >= 50 FROM pg_stat_user_indexes WHERE indexrelname = 'pots_pkey'"_s), u"t"_s);

    HealthPanel panel(*m_services, m_opened->context);
    panel.resize(1100, 600);
    panel.show();
    auto *tabs = child<QTabWidget>(panel, "stateParts");
    QCOMPARE(tabs->count(), 9);
    const auto table = [&](int part) { return tabs->widget(part)->findChild<QTableWidget *>(); };
    for (int i = 0; i < tabs->count(); ++i)
        QTRY_VERIFY2(table(i)->rowCount() > 0, qPrintable(tabs->tabText(i)));
    // By the name of its column, in the row where another column has a value.
    const auto cellOf = [&](int part, const QString &key, const QString &value, const QString &wanted) {
        int keyColumn = -1;
        int wantedColumn = -1;
        for (int i = 0; i < table(part)->columnCount(); ++i) {
            keyColumn = table(part)->horizontalHeaderItem(i)->text() == key ? i : keyColumn;
            wantedColumn = table(part)->horizontalHeaderItem(i)->text() == wanted ? i : wantedColumn;
        }
        for (int row = 0; row < table(part)->rowCount() && keyColumn >= 0 && wantedColumn >= 0; ++row) {
            if (table(part)->item(row, keyColumn)->text() == value)
                return table(part)->item(row, wantedColumn)->text();
        }
        return u"no such cell"_s;
    };
    QVERIFY(!says(panel, u"could not be read"_s));
    QCOMPARE(table(0)->item(0, 1)->text(), u"ok"_s);
    QCOMPARE(cellOf(0, u"What"_s, u"Port"_s, u"Value"_s), QString::number(url.parameter(u"port"_s).toInt()));
    QVERIFY(table(1)->item(0, 0)->text().contains(u"MB"));
    const double fromMemory = cellOf(1, u"Connections"_s, table(1)->item(0, 1)->text(), u"Percent from memory"_s).toDouble();
    QVERIFY(fromMemory > 0 && fromMemory <= 100);
    QVERIFY(cellOf(2, u"Table"_s, u"public.pots"_s, u"Total"_s).contains(u"MB"));
    QVERIFY(cellOf(2, u"Table"_s, u"public.pots"_s, u"Rows"_s).toInt() >= 20'000);
    QVERIFY(cellOf(3, u"Index"_s, u"pots_pkey"_s, u"Scans"_s).toInt() >= 50);
    QCOMPARE(cellOf(3, u"Index"_s, u"pots_unused"_s, u"Scans"_s), u"0"_s);
    QVERIFY(tabs->tabText(3).contains(u"(1)")); // the unused index is marked, the key is not
    QVERIFY(cellOf(4, u"Pid"_s, holderPid, u"State"_s).startsWith(u"idle in transaction"));
    QCOMPARE(cellOf(5, u"Held by"_s, holderPid, u"Statement"_s), u"UPDATE pots SET name = 'waited' WHERE id = 7"_s);
    QVERIFY(tabs->tabText(5).contains(u"(1)"));
    QCOMPARE(cellOf(6, u"Pid"_s, holderPid, u"Table"_s), u"pots"_s);
    QVERIFY(table(7)->rowCount() >= 3);
    for (int i = 0; i < tabs->count(); ++i) {
        tabs->setCurrentIndex(i);
        picture(panel, u"server-state-%1"_s.arg(i));
    }
    // Its holder gone, the lock is gone.
    (*holder)->rollback();
    QTRY_VERIFY(waiting.isFinished());
    child<QToolButton>(panel, "readState")->click();
    QTRY_COMPARE(table(5)->rowCount(), 0);
    QVERIFY(says(panel, u"There is nothing to show"_s) || tabs->widget(5)->findChild<QLabel *>()->text().contains(u"There is nothing to show"));
    // Nothing of this stays open.
    QCOMPARE(database.value(u"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'"_s), u"0"_s);
    m_opened.reset();
}

void tst_QueryPanel::aStatementOfTheLogIsExplained()
{
    LogPanel panel(m_opened->context);
    panel.show();
    QSignalSpy wanted(&panel, &Panel::panelRequested);
    const auto done = m_opened->pool->read([](Connection &connection) -> Result<Value> {
        const Result<Value> status = connection.queryValue(u"SELECT count(*) FROM games WHERE id > ?1 AND status = :status AND game_info <> ?3 -- ?9"_s, [] {
            Parameters parameters{Value::integer(4), Value::text(u"it's"_s), Value::text(QString(900, u'x'))};
            return parameters;
        }());
        return status;
    });
    QTRY_VERIFY(done.isFinished());
    auto *table = child<QTableView>(panel, "statements");
    QTRY_VERIFY(table->model()->rowCount() > 0);
    table->setCurrentIndex(table->model()->index(table->model()->rowCount() - 1, 0));
    emit table->customContextMenuRequested({});
    auto *explain = child<QAction>(panel, "explainStatement");
    explain->trigger();
    QCOMPARE(wanted.size(), 1);
    QCOMPARE(wanted[0][0].toString(), u"sql"_s);
    const QVariantMap arguments = wanted[0][1].toMap();
    QVERIFY(arguments.value(u"explain"_s).toBool());
    // What is long was not kept: it is asked for.
    QCOMPARE(arguments.value(u"sql"_s).toString(), u"SELECT count(*) FROM games WHERE id > 4 AND status = :status AND game_info <> :value_3 -- ?9"_s);
    QueryPanel query(*m_services, m_opened->context, arguments);
    query.show();
    auto *plan = child<QTreeWidget>(query, "plan");
    QTRY_COMPARE(plan->topLevelItemCount(), 1);
    QVERIFY(query.findChild<QLineEdit *>(u"parameter.value_3"_s));
}

void tst_QueryPanel::howLongATransactionMayStayOpenIsChosen()
{
    const auto panel = editor(u"BEGIN; SELECT 1"_s);
    child<QToolButton>(*panel, "mayWrite")->menu()->findChild<QAction *>(u"limit.1"_s)->trigger();
    QCOMPARE(m_settings->value(u"query/transactionSeconds"_s).toInt(), 60);
    child<QToolButton>(*panel, "runAll")->click();
    auto *state = child<QLabel>(*panel, "transactionState");
    QTRY_VERIFY2(state->isVisible() && state->text().contains(u"rolled back in 5"), qPrintable(state->text()));
    QVERIFY(state->text().startsWith(u"Transaction open for "));
    picture(*panel, u"transaction"_s);
    child<QToolButton>(*panel, "rollback")->click();
    QTRY_VERIFY(!state->isVisible());
    // Another tab has the same limit.
    const auto other = editor(u"BEGIN"_s);
    QVERIFY(child<QToolButton>(*other, "mayWrite")->menu()->findChild<QAction *>(u"limit.1"_s)->isChecked());
    QVERIFY(!child<QToolButton>(*other, "mayWrite")->menu()->findChild<QAction *>(u"limit.5"_s)->isChecked());
}

QTEST_MAIN(tst_QueryPanel)
#include "tst_querypanel.moc"
