// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/connections/connectionstore.h"
#include "models/connections/memorysecretstore.h"
#include "tests/unit/models/browsing/openedsystem.h"
#include "views/browse/tablepanel.h"
#include "views/charts/chartcanvas.h"
#include "views/charts/chartwidget.h"
#include "views/leaderboard/boardtable.h"
#include "views/leaderboard/leaderboardpanel.h"
#include "views/shell/mainwindow.h"

#include <QAction>
#include <QSettings>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTemporaryDir>
#include <QTest>
#include <QThreadPool>
#include <QtConcurrent>

using namespace Qt::StringLiterals;

namespace turnstone {

/// The way of somebody who asks why an agent leads: leaderboard, its games, what was said in one.
class tst_LeaderboardWay : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        m_path = m_folder.filePath(u"arena.db"_s);
        QCOMPARE(makeDemoFile(m_path, u"mindgames-arena"_s), QString());
    }

    void fromTheLeaderToItsGamesAndOnToATranscript()
    {
        MainWindow window(services());
        window.resize(1400, 900);
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        QSignalSpy opened(&window, &MainWindow::databaseOpened);
        window.openPlace(m_path, true);
        QTRY_COMPARE(opened.count(), 1);
        auto *tabs = window.findChild<QTabWidget *>(u"tabs"_s);
        window.goToPath(u"#leaderboard"_s);
        auto *board = qobject_cast<LeaderboardPanel *>(tabs->currentWidget());
        QVERIFY(board != nullptr);
        QTRY_VERIFY_WITH_TIMEOUT(board->board() != nullptr && !board->board()->rows.empty(), 20'000);
        const LeaderboardRow leader = board->board()->rows.front();

        auto *table = board->findChild<BoardTable *>(u"boardTable"_s);
        table->setFocus();
        table->setCurrentIndex(table->model()->index(0, 1));
        QTest::keyClick(table, Qt::Key_Return);
        QTRY_VERIFY(qobject_cast<TablePanel *>(tabs->currentWidget()) != nullptr);
        auto *games = qobject_cast<TablePanel *>(tabs->currentWidget());
        QCOMPARE(games->catalogTable().name, u"games"_s);
        QCOMPARE(games->rowSelection().filters.size(), std::size_t(1));
        QCOMPARE(games->rowSelection().filters[0].values.size(), std::size_t(leader.total.contests));
        QTRY_VERIFY(games->currentRecord().has_value());

        // A point of its history is one game, which is then the current one.
        tabs->setCurrentWidget(board);
        QTRY_VERIFY(board->findChild<ChartWidget *>(u"historyChart"_s)->spec().pointCount() > 0);
        ChartCanvas *history = board->findChild<ChartWidget *>(u"historyChart"_s)->canvas();
        history->setFocus();
        QTest::keyClick(history, Qt::Key_Right);
        QTest::keyClick(history, Qt::Key_Return);
        QTRY_VERIFY(tabs->currentWidget() == games);
        QVERIFY(games->rowSelection().filters.empty());
        const std::int64_t game = board->board()->board->contests.recordKey(board->board()->log->ids[static_cast<std::size_t>(history->spec().lines[0].points[0].id)])->integer();
        QTRY_VERIFY(games->currentRecord().has_value() && games->currentRecord()->fields[0].value == Value::integer(game));

        // And what was said in it.
        QTRY_VERIFY(window.findChild<QAction *>(u"open.transcript"_s) != nullptr);
        window.findChild<QAction *>(u"open.transcript"_s)->trigger();
        QTRY_VERIFY(qobject_cast<Panel *>(tabs->currentWidget()) != nullptr && qobject_cast<Panel *>(tabs->currentWidget())->kind() == u"transcript"_s);
        QSignalSpy ready(&window, &MainWindow::viewReady);
        QTRY_VERIFY_WITH_TIMEOUT(ready.count() > 0 || !qobject_cast<Panel *>(tabs->currentWidget())->path().isEmpty(), 20'000);
        QVERIFY2(qobject_cast<Panel *>(tabs->currentWidget())->path().contains(QString::number(game)), qPrintable(qobject_cast<Panel *>(tabs->currentWidget())->path()));
    }

private:
    WindowServices services() { return {m_profiles, m_settings, m_workers, m_connections, m_secrets, m_folder.filePath(u"samples"_s), m_folder.filePath(u"data"_s), m_folder.filePath(u"cache"_s)}; }

    QTemporaryDir m_folder;
    QString m_path;
    QSettings m_settings{m_folder.filePath(u"settings.ini"_s), QSettings::IniFormat};
    QThreadPool m_workers;
    ProfilesFuture m_profiles = QtConcurrent::run(&m_workers, [] { return std::shared_ptr<const ProfileRegistry>(std::make_shared<ProfileRegistry>(ProfileRegistry::load())); });
    ConnectionStore m_connections{m_settings};
    MemorySecretStore m_secrets;
};

} // namespace turnstone

QTEST_MAIN(turnstone::tst_LeaderboardWay)
#include "tst_leaderboardway.moc"
