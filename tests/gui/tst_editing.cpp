// SPDX-License-Identifier: GPL-3.0-or-later
// Editing in the real window on the demo databases: what a user does, by names of controls, and what then stands in the file.
#include "models/items/tablerowmodel.h"
#include "tests/cli/clirunner.h"
#include "tests/support/testfiles.h"
#include "tests/unit/views/shell/windowfixture.h"
#include "views/browse/tablepanel.h"
#include "views/shell/mainwindow.h"
#include "views/shell/panelkinds.h"

#include <QAction>
#include <QComboBox>
#include <QDialog>
#include <QDir>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMessageBox>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTableView>
#include <QTest>
#include <QToolButton>
#include <QTreeWidget>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_Editing : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void cleanup();
    void anEditIsShownUndoneRedoneAndSaved();
    void aConflictIsMergedByField();
    void whatIsNeverChangedIsForked();
    void rowsAreMovedByTheKeyboard();
    void aDeleteTakesAlongWhatItSays();
    void aRuleIsNamedWhileTyping();
    void editsComeBackAfterTheWindowIsGone();
    void readOnlyRefuses();
    void anActionShowsWhatItDoes();
    void aFindingIsRepairedThroughTheEdits();

private:
    void open(const QString &system, const QString &path, bool readOnly = false);
    void openAgain(const QString &path, bool readOnly);
    void trigger(const QString &action) { m_window->findChild<QAction *>(action)->trigger(); }
    TablePanel *panel() const { return qobject_cast<TablePanel *>(m_window->findChild<QTabWidget *>(u"tabs"_s)->currentWidget()); }
    QTableView *rows() const { return panel()->findChild<QTableView *>(u"rows"_s); }
    int column(const QString &name) const
    {
        for (int i = 0; i < rows()->model()->columnCount(); ++i) {
            if (rows()->model()->headerData(i, Qt::Horizontal).toString() == name)
                return i;
        }
        return -1;
    }
    void choose(int row, const QString &name) { rows()->setCurrentIndex(rows()->model()->index(row, column(name))); }
    QString shown(int row, const QString &name) const { return rows()->model()->index(row, column(name)).data().toString(); }
    QString stored(const QString &sql) const { return sqlValue(m_path, sql); }
    template<typename T>
    T *find(const QString &name) const
    {
        const QList<T *> all = m_window->findChildren<T *>(name);
        for (T *each : all) {
            if (each->isVisible())
                return each;
        }
        return nullptr;
    }
    void press(const QString &name)
    {
        QTRY_VERIFY2(find<QPushButton>(name) != nullptr && find<QPushButton>(name)->isEnabled(), qPrintable(name));
        find<QPushButton>(name)->click();
    }
    void save()
    {
        trigger(u"edit.save"_s);
        press(u"saveEdits"_s);
    }

    std::unique_ptr<WindowFixture> m_fixture;
    std::unique_ptr<MainWindow> m_window;
    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_path;
};

void tst_Editing::init()
{
    m_fixture = std::make_unique<WindowFixture>();
    m_folder = std::make_unique<QTemporaryDir>();
}

void tst_Editing::cleanup()
{
    m_window.reset();
    m_fixture.reset();
}

void tst_Editing::open(const QString &system, const QString &path, bool readOnly)
{
    m_path = m_folder->filePath(u"demo.db"_s);
    const CliRun made({u"demo"_s, m_path, u"--system"_s, system});
    QVERIFY2(made.code == 0, made.err.constData());
    openAgain(path, readOnly);
}

void tst_Editing::openAgain(const QString &path, bool readOnly)
{
    m_window = std::make_unique<MainWindow>(m_fixture->services(), allPanelKinds(), allWindowCommands());
    m_window->resize(1300, 800);
    m_window->show();
    QSignalSpy opened(m_window.get(), &MainWindow::databaseOpened);
    m_window->openPlace(m_path, readOnly);
    QTRY_COMPARE_WITH_TIMEOUT(opened.size(), 1, 20'000);
    m_window->goToPath(path);
    const QString table = path.section(u'/', 1, 1);
    QTRY_VERIFY_WITH_TIMEOUT(panel() != nullptr && panel()->catalogTable().name == table && panel()->currentRecord().has_value(), 20'000);
}

void tst_Editing::anEditIsShownUndoneRedoneAndSaved()
{
    open(u"mindgames-arena"_s, u"tables/games"_s);
    choose(0, u"status"_s);
    const QString before = shown(0, u"status"_s);
    const QString key = shown(0, u"id"_s);
    trigger(u"edit.value"_s);
    QTRY_VERIFY(find<QComboBox>(u"valueEditor"_s) != nullptr);
    auto *choices = find<QComboBox>(u"valueEditor"_s);
    int other = 0;
    while (choices->itemText(other) == before)
        ++other;
    const QString wanted = choices->itemText(other);
    choices->setCurrentIndex(other);
    QTest::keyClick(choices, Qt::Key_Return);
    QTRY_COMPARE(shown(0, u"status"_s), wanted);
    QCOMPARE(stored(u"SELECT status FROM games WHERE id = "_s + key), before); // not written yet
    QVERIFY(rows()->model()->index(0, column(u"status"_s)).data(TableRowModel::ChangedRole).toBool());
    QVERIFY(find<QToolButton>(u"statusEdits"_s) != nullptr);
    trigger(u"edit.undo"_s);
    QCOMPARE(shown(0, u"status"_s), before);
    QVERIFY(find<QToolButton>(u"statusEdits"_s) == nullptr);
    trigger(u"edit.redo"_s);
    QCOMPARE(shown(0, u"status"_s), wanted);
    // It survives an order and a closed tab.
    trigger(u"view.order"_s);
    m_window->findChild<QAction *>(u"file.closeTab"_s)->trigger();
    save();
    QTRY_COMPARE(stored(u"SELECT status FROM games WHERE id = "_s + key), wanted);
}

void tst_Editing::aConflictIsMergedByField()
{
    open(u"mindgames-arena"_s, u"tables/games"_s);
    const QString key = shown(0, u"id"_s);
    choose(0, u"total_turns"_s);
    trigger(u"edit.value"_s);
    QTRY_VERIFY(find<QLineEdit>(u"valueEditor"_s) != nullptr);
    QTest::keyClicks(find<QLineEdit>(u"valueEditor"_s), u"77"_s);
    QTest::keyClick(find<QLineEdit>(u"valueEditor"_s), Qt::Key_Return);
    QTRY_COMPARE(shown(0, u"total_turns"_s), u"77"_s);
    QCOMPARE(executeSql(m_path, u"UPDATE games SET total_turns = 55 WHERE id = "_s + key), QString());
    save();
    QTRY_VERIFY(find<QTreeWidget>(u"conflictFields"_s) != nullptr);
    QCOMPARE(stored(u"SELECT total_turns FROM games WHERE id = "_s + key), u"55"_s); // nothing overwritten unseen
    QCOMPARE(find<QTreeWidget>(u"conflictFields"_s)->topLevelItem(0)->text(2), u"55"_s);
    find<QComboBox>(u"take.total_turns"_s)->setCurrentIndex(0);
    press(u"acceptMerge"_s);
    press(u"saveEdits"_s);
    QTRY_COMPARE(stored(u"SELECT total_turns FROM games WHERE id = "_s + key), u"77"_s);
}

void tst_Editing::whatIsNeverChangedIsForked()
{
    open(u"mindgames-arena"_s, u"tables/prompts"_s);
    const QString key = shown(0, u"id"_s);
    const QString before = stored(u"SELECT content FROM prompts WHERE id = "_s + key);
    choose(0, u"content"_s);
    trigger(u"edit.value"_s);
    QTRY_VERIFY(find<QPlainTextEdit>(u"valueText"_s) != nullptr);
    QCOMPARE(find<QPlainTextEdit>(u"valueText"_s)->toPlainText(), before);
    find<QPlainTextEdit>(u"valueText"_s)->setPlainText(u"Say less."_s);
    press(u"stageValue"_s);
    press(u"forkRow"_s);
    QTRY_VERIFY(find<QToolButton>(u"statusEdits"_s) != nullptr);
    save();
    QTRY_COMPARE(stored(u"SELECT forked_from FROM prompts WHERE content = 'Say less.'"_s), key);
    QCOMPARE(stored(u"SELECT content FROM prompts WHERE id = "_s + key), before);
}

void tst_Editing::rowsAreMovedByTheKeyboard()
{
    open(u"llm-orchestration"_s, u"tables/payload_blocks"_s);
    const QString payload = stored(u"SELECT payload_id FROM payload_blocks GROUP BY payload_id HAVING count(*) > 2 LIMIT 1"_s);
    const auto order = [&] { return stored(u"SELECT group_concat(block_id) FROM (SELECT block_id FROM payload_blocks WHERE payload_id = %1 ORDER BY order_index)"_s.arg(payload)); };
    const QStringList before = order().split(u',');
    int row = 0;
    while (shown(row, u"payload_id"_s) != payload || shown(row, u"order_index"_s) != u"0")
        ++row;
    choose(row, u"order_index"_s);
    trigger(u"edit.moveRowDown"_s);
    QTRY_COMPARE(shown(row, u"order_index"_s), u"1"_s);
    save();
    QStringList after = before;
    after.swapItemsAt(0, 1);
    QTRY_COMPARE(order(), after.join(u','));
}

void tst_Editing::aDeleteTakesAlongWhatItSays()
{
    open(u"consensus-engine"_s, u"tables/discussions"_s);
    const QString key = shown(0, u"id"_s);
    const QString rounds = stored(u"SELECT count(*) FROM rounds WHERE discussion_id = "_s + key);
    choose(0, u"id"_s);
    trigger(u"edit.deleteRows"_s);
    QTRY_VERIFY(find<QPushButton>(u"confirmDelete"_s) != nullptr && find<QPushButton>(u"confirmDelete"_s)->isEnabled());
    QVERIFY2(find<QLabel>(u"deleteText"_s)->text().contains(rounds + u" rows of rounds"_s), qPrintable(find<QLabel>(u"deleteText"_s)->text()));
    press(u"confirmDelete"_s);
    QCOMPARE(rows()->model()->index(0, 0).data(TableRowModel::StagedRole).toInt(), static_cast<int>(RowOverlay::State::Deleted));
    QCOMPARE(stored(u"SELECT count(*) FROM discussions WHERE id = "_s + key), u"1"_s);
    save();
    QTRY_COMPARE(stored(u"SELECT count(*) FROM discussions WHERE id = "_s + key), u"0"_s);
    QCOMPARE(stored(u"SELECT count(*) FROM rounds WHERE discussion_id = "_s + key), u"0"_s);
    QCOMPARE(stored(u"SELECT count(*) FROM model_responses WHERE round_id NOT IN (SELECT id FROM rounds)"_s), u"0"_s);
}

void tst_Editing::aRuleIsNamedWhileTyping()
{
    open(u"llm-orchestration"_s, u"tables/payloads"_s);
    const QString before = shown(0, u"temperature"_s);
    choose(0, u"temperature"_s);
    trigger(u"edit.value"_s);
    QTRY_VERIFY(find<QLineEdit>(u"valueEditor"_s) != nullptr);
    auto *editor = find<QLineEdit>(u"valueEditor"_s);
    QTest::keyClicks(editor, u"1.5"_s);
    QCOMPARE(editor->accessibleDescription(), u"A temperature is between 0 and 1."_s);
    QTest::keyClick(editor, Qt::Key_Return);
    QCOMPARE(shown(0, u"temperature"_s), before);
    QVERIFY(find<QToolButton>(u"statusEdits"_s) == nullptr);
}

void tst_Editing::editsComeBackAfterTheWindowIsGone()
{
    open(u"mindgames-arena"_s, u"tables/games"_s);
    choose(1, u"winning_team"_s);
    trigger(u"edit.makeNull"_s);
    QTRY_COMPARE(shown(1, u"winning_team"_s), u"NULL"_s);
    m_window.reset();
    openAgain(u"tables/games"_s, false);
    QTRY_VERIFY(find<QToolButton>(u"statusEdits"_s) != nullptr);
    QCOMPARE(shown(1, u"winning_team"_s), u"NULL"_s);
    trigger(u"edit.undo"_s);
    QVERIFY(find<QToolButton>(u"statusEdits"_s) == nullptr);
}

void tst_Editing::readOnlyRefuses()
{
    open(u"mindgames-arena"_s, u"tables/games"_s, true);
    QVERIFY(!find<QToolButton>(u"statusAccess"_s)->isEnabled());
    QVERIFY(!m_window->findChild<QAction *>(u"edit.makeNull"_s)->isEnabled());
    choose(0, u"status"_s);
    panel()->setNull();
    panel()->editCell();
    panel()->deleteRows();
    QVERIFY(find<QComboBox>(u"valueEditor"_s) == nullptr);
    QVERIFY(find<QDialog>(u"deleteDialog"_s) == nullptr);
    QVERIFY(find<QToolButton>(u"statusEdits"_s) == nullptr);
}

void tst_Editing::anActionShowsWhatItDoes()
{
    open(u"mindgames-arena"_s, u"tables/agents"_s);
    const QString key = shown(0, u"id"_s);
    const QString before = stored(u"SELECT active FROM agents WHERE id = "_s + key);
    choose(0, u"id"_s);
    auto *menu = m_window->findChild<QMenu *>(u"profileActions"_s);
    emit menu->aboutToShow();
    const QString wanted = before == u"1" ? u"deactivate-agents"_s : u"activate-agents"_s;
    menu->findChild<QAction *>(u"action."_s + wanted)->trigger();
    QTRY_VERIFY(find<QPlainTextEdit>(u"actionSql"_s) != nullptr && find<QPlainTextEdit>(u"actionSql"_s)->toPlainText().startsWith(u"UPDATE \"agents\""_s));
    QCOMPARE(stored(u"SELECT active FROM agents WHERE id = "_s + key), before); // a rehearsal
    press(u"runAction"_s);
    QTRY_COMPARE(stored(u"SELECT active FROM agents WHERE id = "_s + key), before == u"1" ? u"0"_s : u"1"_s);
}

void tst_Editing::aFindingIsRepairedThroughTheEdits()
{
    open(u"mindgames-arena"_s, u"tables/games"_s);
    QVERIFY(executeSql(m_path, u"UPDATE game_turns SET \"timestamp\" = replace(\"timestamp\", ' ', 'T') WHERE id < 4"_s).isEmpty());
    trigger(u"panel.checks"_s);
    QTRY_VERIFY(find<QTreeWidget>(u"findings"_s) != nullptr);
    auto *findings = find<QTreeWidget>(u"findings"_s);
    const auto item = [&](const QString &text) {
        const QList<QTreeWidgetItem *> found = findings->findItems(text, Qt::MatchContains);
        return found.isEmpty() ? nullptr : found.front();
    };
    QTRY_VERIFY(item(u"Times in several forms"_s) != nullptr && item(u"Stuck"_s) != nullptr);
    // A repair that belongs to no profile: it is rehearsed, staged and reviewed; nothing is written before it is saved.
    findings->setCurrentItem(item(u"Times in several forms"_s));
    QTRY_VERIFY(find<QToolButton>(u"repair.0"_s) != nullptr);
    find<QToolButton>(u"repair.0"_s)->click();
    QTRY_VERIFY(find<QLabel>(u"actionSentence"_s) != nullptr);
    QTRY_COMPARE(find<QLabel>(u"actionSentence"_s)->text(), u"3 times are written like the others."_s);
    press(u"stageAction"_s);
    QTRY_VERIFY(find<QToolButton>(u"statusEdits"_s) != nullptr);
    QVERIFY(find<QToolButton>(u"statusEdits"_s)->text().startsWith(u"3 rows edited"));
    QCOMPARE(stored(u"SELECT count(*) FROM game_turns WHERE \"timestamp\" LIKE '%T%'"_s), u"3"_s);
    press(u"saveEdits"_s);
    QTRY_COMPARE(stored(u"SELECT count(*) FROM game_turns WHERE \"timestamp\" LIKE '%T%'"_s), u"0"_s);
    // The profile's repair, staged and taken back.
    trigger(u"panel.checks"_s);
    findings->setCurrentItem(item(u"Stuck"_s));
    QTRY_VERIFY(find<QToolButton>(u"repair.0"_s) != nullptr);
    find<QToolButton>(u"repair.0"_s)->click();
    press(u"stageAction"_s);
    QTRY_VERIFY(find<QToolButton>(u"statusEdits"_s) != nullptr);
    QCOMPARE(stored(u"SELECT count(*) FROM games WHERE status = 'in_progress'"_s), u"1"_s);
    trigger(u"edit.undo"_s);
    QTRY_VERIFY(find<QToolButton>(u"statusEdits"_s) == nullptr);
    // And run at once.
    trigger(u"panel.checks"_s);
    findings->setCurrentItem(item(u"Stuck"_s));
    QTRY_VERIFY(find<QToolButton>(u"repair.0"_s) != nullptr);
    find<QToolButton>(u"repair.0"_s)->click();
    press(u"runAction"_s);
    QTRY_COMPARE(stored(u"SELECT count(*) FROM games WHERE status = 'in_progress'"_s), u"0"_s);
}

QTEST_MAIN(tst_Editing)
#include "tst_editing.moc"
