// SPDX-License-Identifier: GPL-3.0-or-later
// A good neighbour: whatever is browsed in the real window, no transaction of ours stays open on the server. Another
// connection looks.
#include "tests/support/testdatabase.h"
#include "tests/unit/models/browsing/openedsystem.h"
#include "tests/unit/views/shell/windowfixture.h"
#include "views/browse/tablepanel.h"
#include "views/query/sqleditor.h"
#include "views/shell/mainwindow.h"
#include "views/shell/panelkinds.h"

#include <QAction>
#include <QHeaderView>
#include <QLineEdit>
#include <QSet>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTableView>
#include <QTest>
#include <QToolButton>
#include <QTreeView>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_Neighbour : public QObject
{
    Q_OBJECT

private slots:
    void cleanup();
    void noTransactionStaysOpenBehindBrowsing_data();
    void noTransactionStaysOpenBehindBrowsing();

private:
    QTabWidget *tabs() const { return m_window->findChild<QTabWidget *>(u"tabs"_s); }
    Panel *panel() const { return qobject_cast<Panel *>(tabs()->currentWidget()); }
    void waitForPanel();
    /// Of anybody but the one who asks; also those that only read.
    static QString open(const TestDatabase &database)
    {
        return database.value(u"SELECT coalesce(string_agg(state || ': ' || query, ' | '), '') FROM pg_stat_activity WHERE datname = current_database()"
                              " AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND xact_start IS NOT NULL"_s);
    }
    static QString locks(const TestDatabase &database)
    {
        return database.value(u"SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE d.datname = current_database() AND l.pid <> pg_backend_pid()"_s);
    }

    std::unique_ptr<WindowFixture> m_fixture;
    std::unique_ptr<MainWindow> m_window;
};

void tst_Neighbour::noTransactionStaysOpenBehindBrowsing_data()
{
    QTest::addColumn<QString>("system");
    QTest::addColumn<QString>("server");
    QTest::newRow("arena") << u"mindgames-arena"_s << u"TURNSTONE_TEST_PG_URL"_s;
    QTest::newRow("consensus") << u"consensus-engine"_s << u"TURNSTONE_TEST_PG_URL"_s;
    QTest::newRow("orchestration") << u"llm-orchestration"_s << u"TURNSTONE_TEST_PG_URL"_s;
    QTest::newRow("quorum") << u"quorum"_s << u"TURNSTONE_TEST_PGVECTOR_URL"_s;
    QTest::newRow("project 2501") << u"project-2501"_s << u"TURNSTONE_TEST_PGVECTOR_URL"_s;
}

void tst_Neighbour::waitForPanel()
{
    // Whether it has settled is told once; panels that were quicker than this are given a moment.
    QSignalSpy settled(panel(), &Panel::settled);
    settled.wait(600);
    QTRY_VERIFY_WITH_TIMEOUT(!m_window->isBusy(), 30'000);
}

void tst_Neighbour::noTransactionStaysOpenBehindBrowsing()
{
    QFETCH(QString, system);
    QFETCH(QString, server);
    const TestDatabase database(server.toLatin1().constData());
    REQUIRE_DATABASE(database);
    QString problem = database.execute(schemaOfSystem(system, u"postgresql"_s));
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    problem = fillWithDemo(DatabaseUrl::parse(database.url()).value(), system);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));

    m_fixture = std::make_unique<WindowFixture>();
    m_window = std::make_unique<MainWindow>(m_fixture->services(), allPanelKinds(), allWindowCommands());
    m_window->resize(1300, 800);
    m_window->show();
    QSignalSpy opened(m_window.get(), &MainWindow::databaseOpened);
    m_window->openPlace(database.url(), false);
    QTRY_COMPARE_WITH_TIMEOUT(opened.size(), 1, 30'000);
    QTRY_VERIFY_WITH_TIMEOUT(panel() != nullptr, 20'000);
    waitForPanel();
    QSet<QString> seen;
    QStringList left; // what kept a transaction
    const auto look = [&](const QString &after) {
        if (!QTest::qWaitFor([&] { return open(database).isEmpty() && locks(database) == u"0"; }, 10'000))
            left.append(after + u": "_s + open(database));
    };
    look(u"opening"_s);

    // Every panel that a database has by itself.
    for (const PanelKind &kind : allPanelKinds()) {
        auto *action = m_window->findChild<QAction *>(u"panel."_s + kind.id);
        if (action == nullptr || !action->isEnabled())
            continue;
        action->trigger();
        QTRY_VERIFY2(panel() != nullptr && panel()->kind() == kind.id, qPrintable(kind.id));
        waitForPanel();
        seen.insert(kind.id);
        look(kind.id);
    }
    // Words, and statements of all kinds that read.
    m_window->findChild<QAction *>(u"panel.find"_s)->trigger();
    QTest::keyClicks(panel()->findChild<QLineEdit *>(u"findText"_s), u"the"_s);
    waitForPanel();
    look(u"finding"_s);
    m_window->findChild<QAction *>(u"panel.sql"_s)->trigger();
    auto *editor = panel()->findChild<SqlEditor *>(u"sqlEditor"_s);
    auto *runAll = panel()->findChild<QToolButton *>(u"runAll"_s);
    for (const QString &sql : {u"SELECT g, repeat('x', 100) FROM generate_series(1, 50000) g; SELECT 1; SELECT nonsense"_s, u"SELECT pg_sleep(0.2)"_s}) {
        editor->setScript(sql);
        runAll->click();
        QTRY_VERIFY_WITH_TIMEOUT(runAll->isEnabled(), 20'000);
        look(sql.left(40));
    }

    // Every table, to its end and in another order; and of each the panels of its records.
    const QList<QTreeView *> trees = m_window->findChildren<QTreeView *>(u"tree"_s);
    for (QTreeView *tree : trees) {
        tree->expandToDepth(1);
        look(u"the tree"_s);
    }
    const OpenedSystem facts(DatabaseUrl::parse(database.url()).value(), 9);
    QVERIFY(!facts.context.profile->tables.empty());
    for (const TableProfile &table : facts.context.profile->tables) {
        const CatalogTable *known = facts.context.catalog->table(table.name);
        if (known == nullptr)
            continue;
        const auto *rows = qobject_cast<TablePanel *>(panel());
        m_window->goToPath(u"tables/"_s + table.name);
        QTRY_VERIFY2_WITH_TIMEOUT((rows = qobject_cast<TablePanel *>(panel())) != nullptr && rows->catalogTable().name == table.name, qPrintable(table.name), 20'000);
        waitForPanel();
        auto *view = rows->findChild<QTableView *>(u"rows"_s);
        view->sortByColumn(view->model()->columnCount() - 1, Qt::DescendingOrder);
        QTest::keyClick(view, Qt::Key_End, Qt::ControlModifier);
        QTRY_VERIFY_WITH_TIMEOUT(!m_window->isBusy(), 30'000);
        look(u"the table "_s + table.name);
        QStringList kinds;
        for (const PanelKind &kind : allPanelKinds()) {
            if (kind.recordTitle && !kind.recordTitle(facts.context, table.name).isEmpty())
                kinds.append(kind.id);
        }
        for (const QString &kind : kinds) {
            m_window->goToPath(u"tables/"_s + table.name);
            QTRY_VERIFY2_WITH_TIMEOUT(qobject_cast<TablePanel *>(panel()) != nullptr && panel()->currentRecord().has_value(), qPrintable(table.name), 20'000);
            const auto offered = [&] {
                const QList<QAction *> actions = m_window->findChildren<QAction *>(u"open."_s + kind);
                return actions.isEmpty() ? nullptr : actions.back();
            };
            QTRY_VERIFY2(offered() != nullptr, qPrintable(table.name + u' ' + kind));
            offered()->trigger();
            QTRY_VERIFY2(panel() != nullptr && panel()->kind() == kind, qPrintable(kind));
            waitForPanel();
            seen.insert(kind);
            look(table.name + u", "_s + kind);
        }
    }
    QVERIFY2(left.isEmpty(), qPrintable(left.join(u'\n')));
    for (const QString &kind : {u"find"_s, u"sql"_s, u"checks"_s, u"migrations"_s, u"state"_s, u"log"_s})
        QVERIFY2(seen.contains(kind), qPrintable(kind));
    QVERIFY2(seen.size() >= 8, qPrintable(QStringList(seen.begin(), seen.end()).join(u' ')));

    // The other connection does see one that is open: the editor's own, which is said to be open.
    m_window->findChild<QAction *>(u"panel.sql"_s)->trigger();
    editor->setScript(u"BEGIN; SELECT 1"_s);
    runAll->click();
    auto *rollback = panel()->findChild<QToolButton *>(u"rollback"_s);
    QTRY_VERIFY_WITH_TIMEOUT(rollback->isVisible() && runAll->isEnabled(), 20'000);
    QVERIFY(open(database).startsWith(u"idle in transaction"));
    rollback->click();
    QTRY_COMPARE(open(database), QString());
}

void tst_Neighbour::cleanup()
{
    m_window.reset();
    m_fixture.reset();
}

QTEST_MAIN(tst_Neighbour)
#include "tst_neighbour.moc"
