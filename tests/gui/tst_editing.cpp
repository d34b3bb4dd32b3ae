// SPDX-License-Identifier: GPL-3.0-or-later
// Editing in the real window on the demo databases: what a user does, by names of controls, and what then stands in the file.
#include "models/items/tablerowmodel.h"
#include "tests/gui/editingwindow.h"
#include "tests/support/testfiles.h"

#include <QAction>
#include <QComboBox>
#include <QDialog>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QTest>
#include <QTextBlock>
#include <QTextEdit>
#include <QToolButton>
#include <QTreeWidget>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_Editing final : public EditingWindow
{
    Q_OBJECT

private slots:
    void anEditIsShownUndoneRedoneAndSaved();
    void aConflictIsMergedByField();
    void aConflictOfLongTextsShowsThemWhole();
    void whatIsNeverChangedIsForked();
    void aDeleteTakesAlongWhatItSays();
    void editsComeBackAfterTheWindowIsGone();
    void readOnlyRefuses();
    void anActionShowsWhatItDoes();
    void aFindingIsRepairedThroughTheEdits();
    void whoHoldsARowIsSaidAndItCanBeDeactivated();
    void textsFollowARename();
    void whatIsResolvedGetsItsTime();
};

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

void tst_Editing::aConflictOfLongTextsShowsThemWhole()
{
    open(u"llm-orchestration"_s, u"tables/blocks"_s);
    const QString key = shown(0, u"id"_s);
    QString lines;
    for (int i = 0; i < 60; ++i)
        lines += u"Line %1 of the instructions.\n"_s.arg(i);
    const QString first = lines + u"The last word is red."_s;
    QCOMPARE(executeSql(m_path, u"UPDATE blocks SET content = '%1' WHERE id = %2"_s.arg(first, key)), QString());
    reload();
    choose(0, u"content"_s);
    trigger(u"edit.largeValue"_s);
    QTRY_VERIFY(largeText() != nullptr);
    QTest::keyClick(largeText(), Qt::Key_End, Qt::ControlModifier);
    QTest::keyClicks(largeText(), u" Mine."_s);
    press(u"stageValue"_s);
    QCOMPARE(executeSql(m_path, u"UPDATE blocks SET content = '%1' WHERE id = %2"_s.arg(lines + u"The last word is green."_s, key)), QString());
    save();
    QTRY_VERIFY(find<QTextEdit>(u"conflictTextNow"_s) != nullptr && find<QTextEdit>(u"conflictTextMine"_s) != nullptr);
    // The words of a look, in their order.
    const auto words = [](const QTextEdit *side, bool isGone, bool isNew) {
        QStringList found;
        for (QTextBlock block = side->document()->begin(); block.isValid(); block = block.next()) {
            for (auto part = block.begin(); !part.atEnd(); ++part) {
                const QTextCharFormat format = part.fragment().charFormat();
                if (format.fontStrikeOut() == isGone && format.fontUnderline() == isNew)
                    found.append(part.fragment().text());
            }
        }
        return found;
    };
    auto *now = find<QTextEdit>(u"conflictTextNow"_s);
    auto *mine = find<QTextEdit>(u"conflictTextMine"_s);
    QTRY_COMPARE(mine->toPlainText(), first + u" Mine."_s);
    QTRY_COMPARE(words(now, true, false), QStringList{u"red"_s});
    QCOMPARE(words(now, false, true), QStringList{u"green"_s});
    QCOMPARE(words(now, false, false).size(), 62);
    QVERIFY(words(mine, true, false).isEmpty());
    QCOMPARE(words(mine, false, true), QStringList{u" Mine."_s});
    QVERIFY(now->verticalScrollBar()->maximum() > 0);
    find<QComboBox>(u"take.content"_s)->setCurrentIndex(1);
    press(u"acceptMerge"_s);
    QTRY_VERIFY(find<QTextEdit>(u"conflictTextNow"_s) == nullptr);
    QCOMPARE(stored(u"SELECT content FROM blocks WHERE id = "_s + key), lines + u"The last word is green."_s);
}

void tst_Editing::whatIsNeverChangedIsForked()
{
    open(u"mindgames-arena"_s, u"tables/prompts"_s);
    const QString key = shown(0, u"id"_s);
    const QString before = stored(u"SELECT content FROM prompts WHERE id = "_s + key);
    choose(0, u"content"_s);
    trigger(u"edit.value"_s);
    QTRY_VERIFY(largeText() != nullptr);
    QCOMPARE(largeText()->toPlainText(), before);
    largeText()->setPlainText(u"Say less."_s);
    press(u"stageValue"_s);
    press(u"forkRow"_s);
    QTRY_VERIFY(find<QToolButton>(u"statusEdits"_s) != nullptr);
    save();
    QTRY_COMPARE(stored(u"SELECT forked_from FROM prompts WHERE content = 'Say less.'"_s), key);
    QCOMPARE(stored(u"SELECT content FROM prompts WHERE id = "_s + key), before);
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
    panel()->edit(EditCommand::MakeNull);
    panel()->edit(EditCommand::Value);
    panel()->edit(EditCommand::DeleteRows);
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
    QTRY_VERIFY(find<QPushButton>(u"repair.0"_s) != nullptr);
    find<QPushButton>(u"repair.0"_s)->click();
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
    QTRY_VERIFY(find<QPushButton>(u"repair.0"_s) != nullptr);
    find<QPushButton>(u"repair.0"_s)->click();
    press(u"stageAction"_s);
    QTRY_VERIFY(find<QToolButton>(u"statusEdits"_s) != nullptr);
    QCOMPARE(stored(u"SELECT count(*) FROM games WHERE status = 'in_progress'"_s), u"1"_s);
    trigger(u"edit.undo"_s);
    QTRY_VERIFY(find<QToolButton>(u"statusEdits"_s) == nullptr);
    // And run at once.
    trigger(u"panel.checks"_s);
    findings->setCurrentItem(item(u"Stuck"_s));
    QTRY_VERIFY(find<QPushButton>(u"repair.0"_s) != nullptr);
    find<QPushButton>(u"repair.0"_s)->click();
    press(u"runAction"_s);
    QTRY_COMPARE(stored(u"SELECT count(*) FROM games WHERE status = 'in_progress'"_s), u"0"_s);
}

void tst_Editing::whoHoldsARowIsSaidAndItCanBeDeactivated()
{
    open(u"mindgames-arena"_s, u"tables/models"_s);
    const QString key = stored(u"SELECT model_id FROM agents JOIN models ON models.id = model_id WHERE models.active = 1 LIMIT 1"_s);
    int row = 0;
    while (shown(row, u"id"_s) != key)
        ++row;
    choose(row, u"id"_s);
    trigger(u"edit.deleteRows"_s);
    QTRY_VERIFY(find<QPushButton>(u"deactivateInstead"_s) != nullptr);
    QVERIFY2(find<QLabel>(u"deleteText"_s)->text().contains(u"of agents point"_s), qPrintable(find<QLabel>(u"deleteText"_s)->text()));
    QVERIFY(!find<QPushButton>(u"confirmDelete"_s)->isEnabled());
    press(u"deactivateInstead"_s);
    QTRY_COMPARE(shown(row, u"active"_s), u"–"_s);
    save();
    QTRY_COMPARE(stored(u"SELECT active FROM models WHERE id = "_s + key), u"0"_s);
}

void tst_Editing::textsFollowARename()
{
    open(u"llm-orchestration"_s, u"tables/payloads"_s);
    const QString name = shown(0, u"name"_s);
    QCOMPARE(executeSql(m_path, u"UPDATE blocks SET content = 'As {{%1}} said: {{ %1 }}, not {{other}}.' WHERE id = 1; UPDATE blocks SET content = 'nothing' WHERE id = 2"_s.arg(name)), QString());
    choose(0, u"name"_s);
    trigger(u"edit.value"_s);
    QTRY_VERIFY(find<QLineEdit>(u"valueEditor"_s) != nullptr);
    find<QLineEdit>(u"valueEditor"_s)->selectAll();
    QTest::keyClicks(find<QLineEdit>(u"valueEditor"_s), u"Fresh name"_s);
    QTest::keyClick(find<QLineEdit>(u"valueEditor"_s), Qt::Key_Return);
    QTRY_VERIFY(find<QTreeWidget>(u"mentions"_s) != nullptr);
    auto *mentions = find<QTreeWidget>(u"mentions"_s);
    bool isShown = false;
    for (int i = 0; i < mentions->topLevelItemCount(); ++i)
        isShown = isShown || (mentions->topLevelItem(i)->text(0).startsWith(u"blocks 1 "_s) && mentions->topLevelItem(i)->text(2).contains(u"{{Fresh name}}"_s));
    QVERIFY(isShown);
    press(u"confirmRename"_s);
    QTRY_COMPARE(shown(0, u"name"_s), u"Fresh name"_s);
    trigger(u"edit.undo"_s); // the name and the texts are one step
    QVERIFY(find<QToolButton>(u"statusEdits"_s) == nullptr);
    trigger(u"edit.redo"_s);
    save();
    QTRY_COMPARE(stored(u"SELECT content FROM blocks WHERE id = 1"_s), u"As {{Fresh name}} said: {{ Fresh name }}, not {{other}}."_s);
}

void tst_Editing::whatIsResolvedGetsItsTime()
{
    open(u"quorum"_s, u"tables/contradictions"_s);
    int row = 0;
    while (shown(row, u"resolved"_s) != u"–"_s)
        ++row;
    const QString key = shown(row, u"id"_s);
    choose(row, u"resolved"_s);
    trigger(u"edit.value"_s);
    QTRY_VERIFY(find<QComboBox>(u"valueEditor"_s) != nullptr);
    find<QComboBox>(u"valueEditor"_s)->setCurrentIndex(0);
    QTest::keyClick(find<QComboBox>(u"valueEditor"_s), Qt::Key_Return);
    QTRY_COMPARE(shown(row, u"resolved"_s), u"✓"_s);
    QVERIFY(shown(row, u"resolved_at"_s) != u"NULL"_s);
    save();
    QTRY_COMPARE(stored(u"SELECT resolved FROM contradictions WHERE id = '%1'"_s.arg(key)), u"1"_s);
    QVERIFY(stored(u"SELECT resolved_at >= detected_at FROM contradictions WHERE id = '%1'"_s.arg(key)) == u"1");
}

QTEST_MAIN(tst_Editing)
#include "tst_editing.moc"
