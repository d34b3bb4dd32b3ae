// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/connections/connectionstore.h"
#include "models/connections/memorysecretstore.h"
#include "tests/support/testfiles.h"
#include "views/panels/panel.h"
#include "views/shell/mainwindow.h"
#include "views/shell/actionregistry.h"

#include <QAction>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPlainTextEdit>
#include <QSettings>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>
#include <QThreadPool>
#include <QTreeView>
#include <QTreeWidget>
#include <QtConcurrent>

using namespace Qt::StringLiterals;

namespace turnstone {

class tst_MainWindow : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        QVERIFY(m_folder.isValid());
        m_path = m_folder.filePath(u"small.db"_s);
        QCOMPARE(executeSql(m_path, u"CREATE TABLE birds(id INTEGER PRIMARY KEY, name TEXT, note TEXT);"
                                     "INSERT INTO birds VALUES (1, 'turnstone', '{\"eats\": [1.50, null]}'), (2, 'knot', NULL);"
                                     "CREATE TABLE stones(id INTEGER PRIMARY KEY, weight REAL);"_s),
                 QString());
    }

    void aDatabaseOpensAndARecordIsShown()
    {
        MainWindow window(services());
        window.show();
        QSignalSpy ready(&window, &MainWindow::viewReady);
        window.openPlace(m_path, true);
        QTRY_COMPARE(ready.count(), 1);

        auto *rows = window.findChild<QTableView *>(u"rows"_s);
        QVERIFY(rows);
        QCOMPARE(rows->model()->rowCount(), 2);
        QCOMPARE(rows->model()->index(0, 1).data().toString(), u"turnstone"_s);
        QCOMPARE(window.findChild<QToolButton *>(u"statusAccess"_s)->text(), u"read-only"_s);

        auto *fields = window.findChild<QTreeWidget *>(u"recordFields"_s);
        QTRY_COMPARE(fields->topLevelItemCount(), 3);
        fields->setCurrentItem(fields->topLevelItem(2));
        auto *json = window.findChild<QTreeView *>(u"valueJson"_s);
        QTRY_VERIFY(json->isVisible());
        QCOMPARE(json->model()->index(0, 0).data().toString(), u"eats"_s);
        QCOMPARE(json->model()->index(0, 1, json->model()->index(0, 0)).data().toString(), u"1.50"_s);
        auto *text = window.findChild<QPlainTextEdit *>(u"valueText"_s);
        QTRY_COMPARE(text->toPlainText(), u"{\n  \"eats\": [\n    1.50,\n    null\n  ]\n}"_s);

        rows->setCurrentIndex(rows->model()->index(1, 0));
        QTRY_COMPARE(fields->topLevelItem(1)->text(1), u"knot"_s);
    }

    void wordsAreFoundFromThePathBar()
    {
        MainWindow window(services());
        window.resize(1200, 700);
        window.show();
        QSignalSpy opened(&window, &MainWindow::databaseOpened);
        window.openPlace(m_path, true);
        QTRY_COMPARE(opened.size(), 1);
        auto *field = window.findChild<QLineEdit *>(u"findAnywhere"_s);
        QVERIFY(field);
        field->setFocus();
        QTest::keyClicks(field, u"f"_s);
        auto *tabs = window.findChild<QTabWidget *>(u"tabs"_s);
        const auto panel = [&] { return qobject_cast<Panel *>(tabs->currentWidget()); };
        QVERIFY(panel() == nullptr || panel()->kind() != u"find"); // one letter is everywhere
        QTest::keyClicks(field, u"inding"_s);
        QTRY_VERIFY(panel() != nullptr && panel()->kind() == u"find");
        auto *words = panel()->findChild<QLineEdit *>(u"findText"_s);
        QCOMPARE(words->text(), u"finding"_s);
        // More words take the same tab and begin anew.
        QTest::keyClicks(field, u"s"_s);
        QTRY_COMPARE(words->text(), u"findings"_s);
        const int count = tabs->count();
        field->setText(u"turnstone"_s);
        QTest::keyClick(field, Qt::Key_Return);
        QTRY_COMPARE(words->text(), u"turnstone"_s);
        QCOMPARE(tabs->count(), count);
        auto *hits = panel()->findChild<QTreeWidget *>(u"hits"_s);
        QTRY_VERIFY(hits->topLevelItemCount() > 0 && hits->topLevelItem(0)->childCount() > 0);
        // A hit offers its record and what the record can be seen in.
        const QRect place = hits->visualItemRect(hits->topLevelItem(0)->child(0));
        emit hits->customContextMenuRequested(place.center());
        QTRY_VERIFY(panel()->findChild<QAction *>(u"goToRecord"_s) != nullptr);
        panel()->findChild<QAction *>(u"goToRecord"_s)->trigger();
        QTRY_VERIFY(panel() != nullptr && panel()->kind().isEmpty() && panel()->currentRecord().has_value());
    }

    void aTableWithoutRowsSaysSo()
    {
        MainWindow window(services());
        window.show();
        QSignalSpy ready(&window, &MainWindow::viewReady);
        window.openPlace(m_path, true, u"stones"_s);
        QTRY_COMPARE(ready.count(), 1);
        QVERIFY(window.findChild<QLabel *>(u"emptySentence"_s)->isVisible());
    }

    void theKeyboardReachesTheEndOfATableBeyondTheWindow()
    {
        const QString path = m_folder.filePath(u"long.db"_s);
        QCOMPARE(executeSql(path, u"CREATE TABLE long(id INTEGER PRIMARY KEY, word TEXT);"
                                   "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 250000) "
                                   "INSERT INTO long SELECT i * 3, 'w' || i FROM n;"_s),
                 QString());
        MainWindow window(services());
        window.show();
        QSignalSpy ready(&window, &MainWindow::viewReady);
        window.openPlace(path, true);
        QTRY_COMPARE(ready.count(), 1);
        const auto *count = window.findChild<QLabel *>(u"rowCount"_s);
        QTRY_VERIFY(count->text().endsWith(u" rows"_s));
        auto *rows = window.findChild<QTableView *>(u"rows"_s);
        QVERIFY(rows->model()->rowCount() < 250'000);
        QTest::keyClick(rows, Qt::Key_End, Qt::ControlModifier);
        QTRY_COMPARE(rows->currentIndex().siblingAtColumn(1).data().toString(), u"w250000"_s);
        QTest::keyClick(rows, Qt::Key_Up);
        QTRY_COMPARE(rows->currentIndex().siblingAtColumn(1).data().toString(), u"w249999"_s);
        const auto *fields = window.findChild<QTreeWidget *>(u"recordFields"_s);
        QTRY_COMPARE(fields->topLevelItem(1)->text(1), u"w249999"_s);
        QTest::keyClick(rows, Qt::Key_Home, Qt::ControlModifier);
        QTRY_COMPARE(rows->currentIndex().siblingAtColumn(1).data().toString(), u"w1"_s);
    }

    void everyTableIsListed()
    {
        MainWindow window(services());
        QSignalSpy opened(&window, &MainWindow::databaseOpened);
        window.openPlace(m_path, true);
        QTRY_COMPARE(opened.count(), 1);
        const auto *tree = window.findChild<QTreeView *>(u"databaseTree"_s);
        const QModelIndex root = tree->model()->index(0, 0);
        QCOMPARE(root.data().toString(), u"small.db"_s);
        QTRY_COMPARE(tree->model()->rowCount(tree->model()->index(tree->model()->rowCount(root) - 1, 0, root)), 2);
    }

    void aMissingFileIsToldInTheWindow()
    {
        MainWindow window(services());
        window.show();
        QSignalSpy failed(&window, &MainWindow::openFailed);
        window.openPlace(m_folder.filePath(u"missing.db"_s), true);
        QTRY_COMPARE(failed.count(), 1);
        QVERIFY(window.findChild<QLabel *>(u"messageText"_s)->isVisible());
    }

    void noShortcutIsGivenTwice()
    {
        MainWindow window(services());
        QTRY_VERIFY(window.findChild<QMenu *>(u"samples"_s) != nullptr);
        QHash<QString, QString> holders;
        for (const QAction *action : window.findChild<ActionRegistry *>()->actions()) {
            for (const QKeySequence &keys : action->shortcuts()) {
                const QString other = holders.value(keys.toString());
                QVERIFY2(other.isEmpty(), qPrintable(keys.toString() + u": "_s + other + u" and "_s + action->objectName()));
                holders.insert(keys.toString(), action->objectName());
            }
        }
        QVERIFY(holders.size() > 20);
    }

    void everyControlOfTheWindowHasAName()
    {
        MainWindow window(services());
        for (const QString &name : {u"databaseTree"_s, u"treeFilter"_s, u"tabs"_s, u"recordFields"_s, u"valueText"_s})
            QVERIFY2(!window.findChild<QWidget *>(name)->accessibleName().isEmpty(), qPrintable(name));
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

QTEST_MAIN(turnstone::tst_MainWindow)
#include "tst_mainwindow.moc"
