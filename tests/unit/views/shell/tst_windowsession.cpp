// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/silentserver.h"
#include "tests/support/testfiles.h"
#include "tests/unit/views/shell/windowfixture.h"
#include "views/browse/tablepanel.h"
#include "views/shell/actionregistry.h"
#include "views/shell/welcomepage.h"

#include <QAction>
#include <QFileInfo>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QSqlDatabase>
#include <QSqlQuery>
#include <QTabBar>
#include <QTabWidget>
#include <QTableView>
#include <QTest>
#include <QToolButton>
#include <QTreeView>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_WindowSession : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void init() { m_fixture = std::make_unique<WindowFixture>(); }
    void cleanup() { m_fixture.reset(); }
    void databasesTabsFiltersAndOrdersComeBack();
    void columnsAreRememberedForTheTable();
    void whatIsGoneIsToldAndLeftOut();
    void ofPlacesOpenedTogetherTheFirstStaysInFront();
    void tabsOfSeveralDatabasesStandAsTheyStood();
    void whatIsStillBeingOpenedIsNotForgotten();
    void readOnlyStaysReadOnly();
    void noPasswordIsRemembered();
    void aSampleIsMadeAndOpened();
    void settingsOfAnEarlierVersionAreRead();
    void aServerThatNeverAnswersIsNotWaitedFor();

private:
    std::unique_ptr<MainWindow> window()
    {
        auto made = std::make_unique<MainWindow>(m_fixture->services(), std::vector<PanelKind>(), std::vector<WindowCommand>());
        made->resize(1200, 700);
        made->show();
        return made;
    }
    static QTabWidget *tabs(const MainWindow &window) { return window.findChild<QTabWidget *>(u"tabs"_s); }
    static TablePanel *panel(const MainWindow &window, const QString &table)
    {
        for (TablePanel *each : window.findChildren<TablePanel *>()) {
            if (each->catalogTable().name == table)
                return each;
        }
        return nullptr;
    }

    QTemporaryDir m_folder;
    QString m_first;
    QString m_second;
    std::unique_ptr<WindowFixture> m_fixture;
};

void tst_WindowSession::initTestCase()
{
    m_first = m_folder.filePath(u"first.db"_s);
    m_second = m_folder.filePath(u"second.db"_s);
    QCOMPARE(executeSql(m_first, u"CREATE TABLE birds(id INTEGER PRIMARY KEY, name TEXT, weight REAL);"
                                  "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) INSERT INTO birds SELECT i, 'bird ' || (i % 7), i / 8.0 FROM n;"
                                  "CREATE TABLE stones(id INTEGER PRIMARY KEY); INSERT INTO stones VALUES (1);"_s),
             QString());
    QCOMPARE(executeSql(m_second, u"CREATE TABLE tides(id INTEGER PRIMARY KEY, height REAL); INSERT INTO tides VALUES (1, 0.5);"_s), QString());
}

void tst_WindowSession::databasesTabsFiltersAndOrdersComeBack()
{
    const RowSelection selection{{{u"name"_s, FilterOperator::NotEquals, {Value::text(QByteArray("bird 3"))}, false},
                                  {u"name"_s, FilterOperator::Contains, {Value::text(QByteArray("bird"))}, false},
                                  {u"weight"_s, FilterOperator::LessOrEqual, {Value::real(50)}, false}},
                                 {{u"weight"_s, true}}};
    {
        const auto before = window();
        QSignalSpy opened(before.get(), &MainWindow::databaseOpened);
        before->openPlace(m_first, true);
        QTRY_COMPARE(opened.size(), 1);
        before->openPlace(m_second, true);
        QTRY_COMPARE(opened.size(), 2);
        TablePanel *birds = panel(*before, u"birds"_s);
        QVERIFY(birds != nullptr);
        birds->setRowSelection(selection);
        birds->goToRow(40);
        tabs(*before)->setCurrentWidget(birds);
        QTRY_COMPARE(birds->findChild<QTableView *>(u"rows"_s)->currentIndex().row(), 40);
        QVERIFY(before->close());
    }
    const auto after = window();
    after->restoreSession();
    // The path is told even where the focus came to its field by itself.
    auto *path = after->findChild<QLineEdit *>(u"path"_s);
    after->activateWindow();
    path->setFocus();
    QTRY_VERIFY(panel(*after, u"birds"_s) != nullptr && panel(*after, u"tides"_s) != nullptr);
    QVERIFY(path->hasFocus());
    QTRY_VERIFY(!path->text().isEmpty());
    QCOMPARE(path->selectedText(), path->text());
    const TablePanel *birds = panel(*after, u"birds"_s);
    QCOMPARE(birds->rowSelection(), selection); // exactly, not as the chips word it
    QTRY_COMPARE(birds->findChild<QTableView *>(u"rows"_s)->currentIndex().row(), 40);
    QCOMPARE(tabs(*after)->count(), 2);
}

void tst_WindowSession::columnsAreRememberedForTheTable()
{
    {
        const auto before = window();
        QSignalSpy ready(before.get(), &MainWindow::viewReady);
        before->openPlace(m_first, true, u"birds"_s);
        QTRY_COMPARE(ready.size(), 1);
        before->findChild<QTableView *>(u"rows"_s)->horizontalHeader()->moveSection(2, 0);
    }
    // No session: the table is opened anew, another day.
    const auto after = window();
    QSignalSpy ready(after.get(), &MainWindow::viewReady);
    after->openPlace(m_first, true, u"birds"_s);
    QTRY_COMPARE(ready.size(), 1);
    QCOMPARE(after->findChild<QTableView *>(u"rows"_s)->horizontalHeader()->logicalIndex(0), 2);
}

void tst_WindowSession::whatIsGoneIsToldAndLeftOut()
{
    const QString path = m_folder.filePath(u"passing.db"_s);
    QCOMPARE(executeSql(path, u"CREATE TABLE a(x); INSERT INTO a VALUES (1); CREATE TABLE b(x); INSERT INTO b VALUES (1);"_s), QString());
    {
        const auto before = window();
        QSignalSpy opened(before.get(), &MainWindow::databaseOpened);
        before->openPlace(path, true, u"a"_s);
        QTRY_COMPARE(opened.size(), 1);
        before->goToPath(u"tables/b"_s);
        QTRY_COMPARE(tabs(*before)->count(), 2);
        before->openPlace(m_second, true);
        QTRY_COMPARE(opened.size(), 2);
        QVERIFY(before->close());
    }
    QCOMPARE(executeSql(path, u"DROP TABLE b"_s), QString());
    QVERIFY(QFile::rename(m_second, m_second + u".away"_s));
    const auto after = window();
    QSignalSpy failed(after.get(), &MainWindow::openFailed);
    after->restoreSession();
    QTRY_COMPARE(failed.size(), 1);
    QVERIFY(after->findChild<QLabel *>(u"messageText"_s)->isVisible());
    QTRY_VERIFY(panel(*after, u"a"_s) != nullptr);
    QVERIFY(panel(*after, u"b"_s) == nullptr);
    QVERIFY(QFile::rename(m_second + u".away"_s, m_second));
}

void tst_WindowSession::tabsOfSeveralDatabasesStandAsTheyStood()
{
    {
        const auto before = window();
        QSignalSpy opened(before.get(), &MainWindow::databaseOpened);
        before->openPlace(m_first, true, u"birds"_s);
        QTRY_COMPARE(opened.size(), 1);
        before->openPlace(m_second, true);
        QTRY_VERIFY(panel(*before, u"tides"_s) != nullptr);
        tabs(*before)->setCurrentWidget(panel(*before, u"birds"_s));
        before->goToPath(u"tables/stones"_s);
        QTRY_COMPARE(tabs(*before)->count(), 3);
        tabs(*before)->tabBar()->moveTab(tabs(*before)->indexOf(panel(*before, u"tides"_s)), 0);
        tabs(*before)->setCurrentWidget(panel(*before, u"birds"_s));
        QVERIFY(before->close());
    }
    // Each of the two is there last in turn.
    for (const QString &late : {m_first, m_second}) {
        const auto after = window();
        QSignalSpy opened(after.get(), &MainWindow::databaseOpened);
        {
            QSqlDatabase holder = QSqlDatabase::addDatabase(u"QSQLITE"_s, u"holder"_s);
            holder.setDatabaseName(late);
            QVERIFY(holder.open() && QSqlQuery(holder).exec(u"BEGIN EXCLUSIVE"_s));
            after->restoreSession();
            QTRY_COMPARE(opened.size(), 1);
            QVERIFY(QSqlQuery(holder).exec(u"COMMIT"_s));
            holder.close();
        }
        QSqlDatabase::removeDatabase(u"holder"_s);
        QTRY_COMPARE(tabs(*after)->count(), 3);
        QStringList tables;
        for (int i = 0; i < 3; ++i)
            tables.append(qobject_cast<TablePanel *>(tabs(*after)->widget(i))->catalogTable().name);
        QCOMPARE(tables, QStringList({u"tides"_s, u"birds"_s, u"stones"_s}));
        QCOMPARE(tabs(*after)->currentWidget(), panel(*after, u"birds"_s));
        const auto *tree = after->findChild<QTreeView *>(u"databaseTree"_s);
        QCOMPARE(tree->model()->index(0, 0).data().toString(), u"first.db"_s);
    }
}

void tst_WindowSession::whatIsStillBeingOpenedIsNotForgotten()
{
    {
        const auto before = window();
        QSignalSpy opened(before.get(), &MainWindow::databaseOpened);
        before->openPlaces({m_first, m_second}, true);
        QTRY_COMPARE(opened.size(), 2);
        QVERIFY(before->close());
    }
    {
        QSqlDatabase holder = QSqlDatabase::addDatabase(u"QSQLITE"_s, u"holder"_s);
        holder.setDatabaseName(m_second);
        QVERIFY(holder.open() && QSqlQuery(holder).exec(u"BEGIN EXCLUSIVE"_s));
        const auto hasty = window();
        QSignalSpy opened(hasty.get(), &MainWindow::databaseOpened);
        hasty->restoreSession();
        QTRY_COMPARE(opened.size(), 1);
        QVERIFY(hasty->close()); // while the second is waited for
    }
    QSqlDatabase::removeDatabase(u"holder"_s);
    const auto after = window();
    after->restoreSession();
    QTRY_VERIFY(panel(*after, u"birds"_s) != nullptr && panel(*after, u"tides"_s) != nullptr);
}

void tst_WindowSession::readOnlyStaysReadOnly()
{
    const auto isReadOnly = [](const MainWindow &window, const QString &table) { return panel(window, table)->context().pool->isReadOnly(); };
    {
        const auto before = window();
        before->openPlace(m_first, true, u"birds"_s);
        before->openPlace(m_second, false);
        QTRY_VERIFY(panel(*before, u"birds"_s) != nullptr && panel(*before, u"tides"_s) != nullptr);
        QVERIFY(before->close());
    }
    {
        const auto after = window();
        after->restoreSession();
        QTRY_VERIFY(panel(*after, u"birds"_s) != nullptr && panel(*after, u"tides"_s) != nullptr);
        QVERIFY(isReadOnly(*after, u"birds"_s));
        QVERIFY(!isReadOnly(*after, u"tides"_s));
    }
    // A connection that was saved as read-only stays so by whichever way its place is opened.
    SavedConnection saved;
    saved.name = u"The tides"_s;
    saved.url = DatabaseUrl::forFile(m_second);
    saved.readOnly = true;
    ConnectionStore(m_fixture->settings).save(saved);
    const auto again = window();
    again->openPlace(m_second, false);
    QTRY_VERIFY(panel(*again, u"tides"_s) != nullptr);
    QVERIFY(isReadOnly(*again, u"tides"_s));
}

void tst_WindowSession::ofPlacesOpenedTogetherTheFirstStaysInFront()
{
    const auto opening = window();
    QSignalSpy opened(opening.get(), &MainWindow::databaseOpened);
    {
        // The second cannot be read until the first is there.
        QSqlDatabase holder = QSqlDatabase::addDatabase(u"QSQLITE"_s, u"holder"_s);
        holder.setDatabaseName(m_second);
        QVERIFY(holder.open() && QSqlQuery(holder).exec(u"BEGIN EXCLUSIVE"_s));
        opening->openPlaces({m_first, m_second}, true);
        QTRY_COMPARE(opened.size(), 1);
        QTRY_VERIFY(panel(*opening, u"birds"_s) != nullptr);
        QVERIFY(QSqlQuery(holder).exec(u"COMMIT"_s));
        holder.close();
    }
    QSqlDatabase::removeDatabase(u"holder"_s);
    QTRY_VERIFY(panel(*opening, u"tides"_s) != nullptr);
    QCOMPARE(tabs(*opening)->currentWidget(), panel(*opening, u"birds"_s));
    // One that is asked for by itself comes to the front.
    const QString third = m_folder.filePath(u"third.db"_s);
    QCOMPARE(executeSql(third, u"CREATE TABLE waves(id INTEGER PRIMARY KEY); INSERT INTO waves VALUES (1);"_s), QString());
    opening->openPlace(third, true);
    QTRY_VERIFY(panel(*opening, u"waves"_s) != nullptr);
    QCOMPARE(tabs(*opening)->currentWidget(), panel(*opening, u"waves"_s));
}

void tst_WindowSession::noPasswordIsRemembered()
{
    const auto before = window();
    QSignalSpy failed(before.get(), &MainWindow::openFailed);
    before->openPlace(u"postgresql://somebody:sesame@127.0.0.1:1/nothing?connect_timeout=1"_s, true);
    QTRY_COMPARE(failed.size(), 1);
    before->close();
    m_fixture->settings.sync();
    QFile file(m_fixture->settings.fileName());
    QVERIFY(file.open(QIODevice::ReadOnly));
    QVERIFY(!file.readAll().contains("sesame"));
}

void tst_WindowSession::aSampleIsMadeAndOpened()
{
    const auto welcome = window();
    QSignalSpy ready(welcome.get(), &MainWindow::viewReady);
    QPushButton *sample = nullptr;
    const auto find = [&] {
        for (QPushButton *button : welcome->findChild<WelcomePage *>()->findChildren<QPushButton *>())
            sample = button->text().contains(u"Consensus engine"_s) ? button : sample;
        return sample != nullptr;
    };
    QTRY_VERIFY(find()); // once the profiles are read
    sample->click();
    QTRY_COMPARE_WITH_TIMEOUT(ready.size(), 1, 30'000);
    QVERIFY(QFileInfo::exists(m_fixture->path(u"samples/consensus-engine.db"_s)));
    QVERIFY(panel(*welcome, u"discussions"_s) != nullptr);
}

void tst_WindowSession::settingsOfAnEarlierVersionAreRead()
{
    QByteArray earlier = testData(u"settings/first-session.ini"_s);
    earlier.replace("@FOLDER@", m_folder.path().toUtf8());
    QFile file(m_fixture->settings.fileName());
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(earlier) == earlier.size());
    file.close();
    m_fixture->settings.sync();
    const auto after = window();
    after->restoreSession();
    QTRY_VERIFY(panel(*after, u"birds"_s) != nullptr && panel(*after, u"stones"_s) != nullptr);
    const TablePanel *birds = panel(*after, u"birds"_s);
    const RowSelection expected{{{u"name"_s, FilterOperator::NotEquals, {Value::text(QByteArray("bird 3"))}, false}, {u"weight"_s, FilterOperator::LessOrEqual, {Value::integer(50)}, false}},
                                {{u"weight"_s, true}}};
    QCOMPARE(birds->rowSelection().order, expected.order);
    QCOMPARE(birds->rowSelection().filters.size(), expected.filters.size());
    QTRY_COMPARE(birds->findChild<QTableView *>(u"rows"_s)->currentIndex().row(), 12);
    QCOMPARE(birds->findChild<QTableView *>(u"rows"_s)->model()->rowCount(), static_cast<int>(sqlValue(m_first, u"SELECT count(*) FROM birds WHERE name <> 'bird 3' AND weight <= 50"_s).toInt()));
    QCOMPARE(tabs(*after)->currentWidget(), static_cast<const QWidget *>(birds));
    QCOMPARE(zoom(), 1.25);
    QCOMPARE(after->findChild<QAction *>(u"view.reload"_s)->shortcut(), QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_R));
    ConnectionStore connections(m_fixture->settings);
    QCOMPARE(connections.recentPlaces().size(), 2);
    QCOMPARE(connections.connections().size(), 1);
    QCOMPARE(connections.connections().front().name, u"The arena"_s);
    QCOMPARE(connections.connections().front().pool.size, 3);
    QVERIFY(connections.connections().front().keepsPassword && connections.connections().front().readOnly);
    QVERIFY(after->close()); // and written again, in today's form
    QVERIFY(m_fixture->settings.value(u"session"_s).toByteArray().contains("bird 3"));
    setZoom(1);
}

void tst_WindowSession::aServerThatNeverAnswersIsNotWaitedFor()
{
    const SilentServer server;
    const QString place = u"postgresql://nobody@127.0.0.1:%1/nothing?connect_timeout=600"_s.arg(server.port());
    auto stopped = window();
    stopped->openPlace(place, true);
    QTRY_VERIFY(server.isCalled());
    auto *stop = stopped->findChild<QToolButton *>(u"taskStop"_s);
    QTRY_VERIFY(stop->isVisible());
    stop->click();
    QTRY_VERIFY(!stopped->isBusy());
    QTRY_VERIFY(stopped->findChild<WelcomePage *>()->isVisible()); // nothing came of it
    stopped->openPlace(place, true);
    QVERIFY(stopped->isBusy());
    stopped->close();
    stopped.reset(); // would wait for ten minutes
    server.hangUp();
}

QTEST_MAIN(tst_WindowSession)
#include "tst_windowsession.moc"
