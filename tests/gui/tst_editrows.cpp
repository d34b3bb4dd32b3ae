// SPDX-License-Identifier: GPL-3.0-or-later
// Rows that are added, moved and paged through in the real window, and results of queries that are edited.
#include "models/edit/editsession.h"
#include "models/edit/valuetext.h"
#include "models/items/tablerowmodel.h"
#include "tests/cli/clirunner.h"
#include "tests/gui/editingwindow.h"
#include "tests/support/testfiles.h"
#include "tests/unit/models/browsing/openedsystem.h"

#include <QAbstractItemView>
#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QDialog>
#include <QFrame>
#include <QLabel>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>
#include <QToolButton>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_EditRows final : public EditingWindow
{
    Q_OBJECT

private slots:
    void rowsAreMovedByTheKeyboard();
    void rowsAreMovedByTheMouse();
    void aResultIsEditedWhereItsRowsAreKnown();
    void aNewRowStandsAtTheEndOfItsTable();
    void aNewRowIsChosenLikeACell();
    void marksSurviveOrderFilterAndPaging();
    void everyRecordOfTheReferencesCanBeMade_data();
    void everyRecordOfTheReferencesCanBeMade();
};

void tst_EditRows::rowsAreMovedByTheKeyboard()
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

void tst_EditRows::rowsAreMovedByTheMouse()
{
    open(u"llm-orchestration"_s, u"tables/payload_blocks"_s);
    const QString payload = stored(u"SELECT payload_id FROM payload_blocks GROUP BY payload_id HAVING count(*) > 2 LIMIT 1"_s);
    const auto order = [&] { return stored(u"SELECT group_concat(block_id) FROM (SELECT block_id FROM payload_blocks WHERE payload_id = %1 ORDER BY order_index)"_s.arg(payload)).split(u','); };
    panel()->setRowSelection({{{u"payload_id"_s, FilterOperator::Equals, {Value::integer(payload.toLongLong())}, false}}, {{u"order_index"_s, false}}});
    const QStringList before = order();
    QTRY_VERIFY(rows()->model()->rowCount() == before.size() && shown(0, u"block_id"_s) == before.front());
    const auto shownOrder = [&] {
        QStringList blocks;
        for (int row = 0; row < rows()->model()->rowCount(); ++row)
            blocks.append(shown(row, u"block_id"_s));
        return blocks;
    };
    QWidget *ground = rows()->viewport();
    const auto at = [&](int row, int part) {
        const QRect cell = rows()->visualRect(rows()->model()->index(row, column(u"order_index"_s)));
        return QPoint(cell.center().x(), cell.top() + cell.height() * part / 4);
    };
    const int last = static_cast<int>(before.size()) - 1;
    const auto drag = [&](int from, const QPoint &to, bool isDropped) {
        QTest::mousePress(ground, Qt::LeftButton, {}, at(from, 2));
        QTest::mouseMove(ground, at(from, 2) + QPoint(0, 14));
        QTest::mouseMove(ground, to);
        QVERIFY(ground->findChild<QFrame *>(u"dropLine"_s)->isVisible());
        if (!isDropped)
            QTest::keyClick(rows(), Qt::Key_Escape);
        QTest::mouseRelease(ground, Qt::LeftButton, {}, to);
        QVERIFY(!ground->findChild<QFrame *>(u"dropLine"_s)->isVisible());
    };
    drag(0, at(last, 1), false);
    QVERIFY(find<QToolButton>(u"statusEdits"_s) == nullptr);
    // The first behind the last: shown so at once, saved as one order.
    drag(0, at(last, 3), true);
    QStringList after = before;
    after.append(after.takeFirst());
    QTRY_COMPARE(shownOrder(), after);
    QCOMPARE(order(), before);
    trigger(u"edit.undo"_s);
    QCOMPARE(shownOrder(), before);
    trigger(u"edit.redo"_s);
    QCOMPARE(shownOrder(), after);
    // The keyboard goes on from there.
    rows()->setCurrentIndex(rows()->model()->index(last, 0));
    trigger(u"edit.moveRowUp"_s);
    after.swapItemsAt(last, last - 1);
    QTRY_COMPARE(shownOrder(), after);
    QCOMPARE(rows()->currentIndex().row(), last - 1); // the row that was moved
    const int own = tab();
    save();
    QTRY_COMPARE(order(), after);
    back(own);
    QTRY_COMPARE(shownOrder(), after);
}

void tst_EditRows::aResultIsEditedWhereItsRowsAreKnown()
{
    open(u"mindgames-arena"_s, u"tables/agents"_s);
    QTableView *result = runQuery(u"SELECT a.id, a.alias, upper(a.alias) AS loud, p.name FROM agents a JOIN prompts p ON p.id = a.prompt_id ORDER BY a.id"_s);
    QVERIFY(result != nullptr);
    const auto at = [&](int row, int column) { return result->model()->index(row, column); };
    QCOMPARE(find<QLabel>(u"resultState"_s)->text().section(u" · "_s, -1), u"2 of 4 columns can be edited"_s);
    // Each column says why not.
    QVERIFY(result->model()->headerData(2, Qt::Horizontal, Qt::ToolTipRole).toString().contains(u"computed"_s));
    QVERIFY(result->model()->headerData(3, Qt::Horizontal, Qt::ToolTipRole).toString().contains(u"prompts"_s));
    result->setFocus();
    result->setCurrentIndex(at(1, 2));
    trigger(u"edit.value"_s);
    QTRY_VERIFY2(message().startsWith(u"loud cannot be edited"_s), qPrintable(message()));
    // The one that can is edited in place, and stays as it was saved.
    const QString key = at(1, 0).data().toString();
    const QString before = at(1, 1).data().toString();
    result->setCurrentIndex(at(1, 1));
    trigger(u"edit.value"_s);
    QTRY_VERIFY(find<QLineEdit>(u"valueEditor"_s) != nullptr);
    QCOMPARE(find<QLineEdit>(u"valueEditor"_s)->text(), before == u"NULL"_s ? QString() : before);
    QTest::keyClicks(find<QLineEdit>(u"valueEditor"_s), u"Ruddy"_s);
    QTest::keyClick(find<QLineEdit>(u"valueEditor"_s), Qt::Key_Return);
    QTRY_COMPARE(at(1, 1).data().toString(), u"Ruddy"_s);
    QCOMPARE(at(1, 0).data(TableRowModel::StagedRole).toInt(), static_cast<int>(RowOverlay::State::Changed));
    trigger(u"edit.undo"_s);
    QCOMPARE(at(1, 1).data().toString(), before);
    trigger(u"edit.redo"_s);
    const int own = tab();
    save();
    QTRY_COMPARE(stored(u"SELECT alias FROM agents WHERE id = "_s + key), u"Ruddy"_s);
    back(own);
    QTRY_COMPARE(at(1, 0).data(TableRowModel::StagedRole).toInt(), static_cast<int>(RowOverlay::State::None));
    QCOMPARE(at(1, 1).data().toString(), u"Ruddy"_s);
    // What is no longer as it is shown is not edited unseen.
    QCOMPARE(executeSql(m_path, u"UPDATE agents SET alias = 'Theirs' WHERE id = "_s + at(2, 0).data().toString()), QString());
    result->setFocus();
    result->setCurrentIndex(at(2, 1));
    trigger(u"edit.makeNull"_s);
    QTRY_VERIFY2(message().contains(u"Run the query again"_s), qPrintable(message()));
    QVERIFY(find<QToolButton>(u"statusEdits"_s) == nullptr);
}

void tst_EditRows::aNewRowStandsAtTheEndOfItsTable()
{
    open(u"mindgames-arena"_s, u"tables/kinds"_s);
    const int before = rows()->model()->rowCount();
    trigger(u"edit.addRow"_s);
    QTRY_VERIFY(find<QLineEdit>(u"field.name"_s) != nullptr);
    QTest::keyClicks(find<QLineEdit>(u"field.name"_s), u"patient"_s);
    press(u"addRow"_s);
    QTRY_COMPARE(rows()->model()->rowCount(), before + 1);
    QCOMPARE(shown(before, u"name"_s), u"patient"_s);
    QCOMPARE(shown(before, u"active"_s), u"✓"_s); // the application's default
    QCOMPARE(shown(before, u"id"_s), u"default"_s); // the database's
    QCOMPARE(rows()->model()->index(before, 0).data(TableRowModel::StagedRole).toInt(), static_cast<int>(RowOverlay::State::Added));
    QCOMPARE(rows()->currentIndex().row(), before);
    QCOMPARE(stored(u"SELECT count(*) FROM kinds"_s).toInt(), before);
    QVERIFY(find<QLabel>(u"rowCount"_s)->text().contains(u"1 new row"_s));
    // It is edited where it stands.
    choose(before, u"name"_s);
    trigger(u"edit.value"_s);
    QTRY_VERIFY(find<QLineEdit>(u"valueEditor"_s) != nullptr);
    find<QLineEdit>(u"valueEditor"_s)->selectAll();
    QTest::keyClicks(find<QLineEdit>(u"valueEditor"_s), u"hasty"_s);
    QTest::keyClick(find<QLineEdit>(u"valueEditor"_s), Qt::Key_Return);
    QTRY_COMPARE(shown(before, u"name"_s), u"hasty"_s);
    // An order and a filter leave it there, undo takes it away and redo brings it back.
    trigger(u"view.order"_s);
    QTRY_VERIFY(find<QLabel>(u"rowCount"_s)->text().contains(u"ordered by name"_s));
    QCOMPARE(shown(before, u"name"_s), u"hasty"_s);
    panel()->setRowSelection({{{u"name"_s, FilterOperator::Equals, {Value::text(QStringView(u"nobody"))}, false}}, {}});
    QTRY_COMPARE(rows()->model()->rowCount(), 1);
    QCOMPARE(shown(0, u"name"_s), u"hasty"_s);
    panel()->setRowSelection({});
    QTRY_COMPARE(rows()->model()->rowCount(), before + 1);
    trigger(u"edit.undo"_s);
    trigger(u"edit.undo"_s);
    QCOMPARE(rows()->model()->rowCount(), before);
    trigger(u"edit.redo"_s);
    trigger(u"edit.redo"_s);
    QCOMPARE(shown(before, u"name"_s), u"hasty"_s);
    m_window->findChild<QAction *>(u"file.closeTab"_s)->trigger();
    m_window->goToPath(u"tables/kinds"_s);
    QTRY_VERIFY(panel() != nullptr && panel()->catalogTable().name == u"kinds" && rows()->model()->rowCount() == before + 1);
    const int own = tab();
    save();
    QTRY_COMPARE(stored(u"SELECT count(*) FROM kinds WHERE name = 'hasty' AND active = 1"_s), u"1"_s);
    back(own);
    QTRY_VERIFY(shown(before, u"id"_s) == stored(u"SELECT max(id) FROM kinds"_s));
    QCOMPARE(rows()->model()->rowCount(), before + 1);
    // A row that is not in the database is given up without a question.
    trigger(u"edit.addRow"_s);
    QTRY_VERIFY(find<QLineEdit>(u"field.name"_s) != nullptr);
    QTest::keyClicks(find<QLineEdit>(u"field.name"_s), u"brief"_s);
    press(u"addRow"_s);
    QTRY_COMPARE(rows()->model()->rowCount(), before + 2);
    trigger(u"edit.deleteRows"_s);
    QTRY_COMPARE(rows()->model()->rowCount(), before + 1);
    QVERIFY(find<QDialog>(u"deleteDialog"_s) == nullptr);
}

void tst_EditRows::aNewRowIsChosenLikeACell()
{
    open(u"mindgames-arena"_s, u"tables/agents"_s);
    trigger(u"edit.addRow"_s);
    QTRY_VERIFY(find<QComboBox>(u"field.active"_s) != nullptr);
    auto *active = find<QComboBox>(u"field.active"_s);
    QVERIFY2(active->currentText().contains(u"as the application does"_s), qPrintable(active->currentText()));
    active->setCurrentIndex(active->findText(u"✓ true"_s));
    // Types that are rows of other tables are found by their titles; what is needed says so.
    for (const QString &other : {u"kind"_s, u"model"_s, u"prompt"_s}) {
        auto *field = find<QLineEdit>(u"field."_s + other + u"_id"_s);
        QVERIFY(field != nullptr && field->placeholderText().contains(u"needed"_s) && field->placeholderText().contains(other + u's'));
        const QString title = stored(u"SELECT name FROM %1s ORDER BY id DESC LIMIT 1"_s.arg(other));
        field->setFocus();
        QTest::keyClicks(field, title);
        QAbstractItemView *popup = nullptr;
        const auto found = [&] {
            for (QWidget *widget : QApplication::topLevelWidgets()) {
                if (widget->objectName() == u"referencePopup" && widget->isVisible())
                    popup = qobject_cast<QAbstractItemView *>(widget);
            }
            return popup != nullptr && popup->model()->rowCount() > 0 && popup->model()->index(0, 0).data().toString().contains(title);
        };
        QTRY_VERIFY2(found(), qPrintable(title));
        popup->setCurrentIndex(popup->model()->index(0, 0));
        QTest::keyClick(popup, Qt::Key_Return);
        QTRY_VERIFY(!popup->isVisible());
        QCOMPARE(stored(u"SELECT name FROM %1s WHERE id = %2"_s.arg(other, field->text())), title);
    }
    QVERIFY(find<QDialog>(u"rowDialog"_s) != nullptr); // choosing does not send the form
    QTest::keyClicks(find<QLineEdit>(u"field.alias"_s), u"newcomer"_s);
    press(u"addRow"_s);
    QTRY_VERIFY(find<QToolButton>(u"statusEdits"_s) != nullptr);
    const int own = tab();
    save();
    QTRY_COMPARE(stored(u"SELECT active FROM agents WHERE alias = 'newcomer'"_s), u"1"_s);
    QCOMPARE(stored(u"SELECT k.name || m.name FROM agents a JOIN kinds k ON k.id = a.kind_id JOIN models m ON m.id = a.model_id WHERE a.alias = 'newcomer'"_s),
             stored(u"SELECT (SELECT name FROM kinds ORDER BY id DESC LIMIT 1) || (SELECT name FROM models ORDER BY id DESC LIMIT 1)"_s));
    // A row like another begins with its choices, and the default can be had back.
    back(own);
    m_window->goToPath(u"tables/games"_s);
    QTRY_VERIFY(panel() != nullptr && panel()->catalogTable().name == u"games" && panel()->currentRecord().has_value());
    const QString status = stored(u"SELECT status FROM games ORDER BY id LIMIT 1"_s);
    choose(0, u"status"_s);
    panel()->setFocus();
    trigger(u"edit.duplicateRow"_s);
    QTRY_VERIFY(find<QComboBox>(u"field.status"_s) != nullptr);
    auto *choice = find<QComboBox>(u"field.status"_s);
    QVERIFY2(choice->currentText().startsWith(status), qPrintable(choice->currentText()));
    choice->setCurrentIndex(0);
    press(u"addRow"_s);
    QTRY_VERIFY(find<QToolButton>(u"statusEdits"_s) != nullptr);
    const qint64 games = stored(u"SELECT count(*) FROM games"_s).toLongLong();
    save();
    QTRY_COMPARE(stored(u"SELECT count(*) FROM games"_s).toLongLong(), games + 1);
    QCOMPARE(stored(u"SELECT status FROM games ORDER BY id DESC LIMIT 1"_s), u"in_progress"_s);
}

void tst_EditRows::marksSurviveOrderFilterAndPaging()
{
    open(u"mindgames-arena"_s, u"tables/llm_calls"_s);
    const QString changed = shown(0, u"id"_s);
    const QString deleted = shown(1, u"id"_s);
    choose(0, u"tokens_per_second"_s);
    trigger(u"edit.makeNull"_s);
    QTRY_COMPARE(shown(0, u"tokens_per_second"_s), u"NULL"_s);
    choose(1, u"id"_s);
    trigger(u"edit.deleteRows"_s);
    press(u"confirmDelete"_s);
    const auto stateOf = [this](const QString &key) {
        for (int row = 0; row < rows()->model()->rowCount(); ++row) {
            if (shown(row, u"id"_s) == key)
                return rows()->model()->index(row, 0).data(TableRowModel::StagedRole).toInt();
        }
        return -1;
    };
    const auto holds = [&] { return stateOf(changed) == static_cast<int>(RowOverlay::State::Changed) && stateOf(deleted) == static_cast<int>(RowOverlay::State::Deleted); };
    QVERIFY(holds());
    panel()->setRowSelection({{}, {{u"response_tokens"_s, true}}});
    QTRY_VERIFY(find<QLabel>(u"rowCount"_s)->text().contains(u"ordered by response_tokens"_s));
    QTRY_VERIFY(holds());
    panel()->setRowSelection({{{u"id"_s, FilterOperator::In, {Value::integer(changed.toLongLong()), Value::integer(deleted.toLongLong())}, false}}, {}});
    QTRY_COMPARE(rows()->model()->rowCount(), 2);
    QVERIFY(holds());
    // Away by many pages and back: the pages are read anew.
    panel()->setRowSelection({});
    QTRY_VERIFY(rows()->model()->rowCount() > 2);
    panel()->goToRow(rows()->model()->rowCount() - 1);
    panel()->reload();
    QTRY_VERIFY(holds());
    save();
    QTRY_COMPARE(stored(u"SELECT count(*) FROM llm_calls WHERE id = "_s + deleted), u"0"_s);
    QCOMPARE(stored(u"SELECT tokens_per_second IS NULL FROM llm_calls WHERE id = "_s + changed), u"1"_s);
}

void tst_EditRows::everyRecordOfTheReferencesCanBeMade_data()
{
    QTest::addColumn<QString>("system");
    QTest::addColumn<QStringList>("made"); // "table: column = SQL of its value, …"
    QTest::newRow("consensus-engine") << u"consensus-engine"_s
                                      << QStringList{u"discussions: prompt = 'Why?'"_s, u"rounds: discussion_id = max(id) FROM discussions; round_type = 'position'; round_number = 1; prompt = 'And?'"_s,
                                                     u"model_responses: round_id = max(id) FROM rounds; model_name = 'm'; response_text = 'So.'; confidence_score = 0.5"_s};
    QTest::newRow("mindgames-arena") << u"mindgames-arena"_s
                                     << QStringList{u"models: name = 'n'; litellm_model_name = 'x/n'"_s, u"kinds: name = 'k'"_s, u"prompts: name = 'p'; content = 'c'; forked_from = 1"_s,
                                                    u"agents: kind_id = max(id) FROM kinds; model_id = max(id) FROM models; prompt_id = max(id) FROM prompts; alias = 'a'"_s, u"games:"_s,
                                                    u"game_players: game_id = max(id) FROM games; agent_id = max(id) FROM agents; player_index = 0; role = 'Mafia'; reward = 1"_s,
                                                    u"game_turns: game_id = max(id) FROM games; turn_number = 1; player_index = 0; observation = '{}'; action = 'x'; response_time_ms = 5"_s,
                                                    u"llm_calls: game_turn_id = max(id) FROM game_turns; model = 'x/n'; messages = '[]'; response = '{}'; request_sent_at = '2025-10-21 09:14:00'; "
                                                    "response_received_at = '2025-10-21 09:14:01'; total_response_time_ms = 1000; response_tokens = 5; total_tokens_consumed = 10"_s,
                                                    u"agent_trueskill: agent_id = max(id) FROM agents"_s};
    QTest::newRow("llm-orchestration") << u"llm-orchestration"_s
                                       << QStringList{u"blocks: title = 't'; content = 'c'"_s, u"payloads: name = 'n'"_s, u"payload_blocks: payload_id = max(id) FROM payloads; block_id = max(id) FROM blocks; order_index = 0"_s,
                                                      u"payload_blocks: payload_id = max(id) FROM payloads; block_id = max(id) FROM blocks; order_index = 0"_s, // twice is legal
                                                      u"workflows: name = 'w'"_s, u"workflow_payloads: workflow_id = max(id) FROM workflows; payload_id = max(id) FROM payloads; order_index = 0"_s,
                                                      u"runs: workflow_id = max(id) FROM workflows"_s, u"responses: run_id = max(id) FROM runs; payload_id = max(id) FROM payloads; content = 'r'; metadata = '{\"tokens\": 3}'"_s};
    QTest::newRow("quorum") << u"quorum"_s
                            << QStringList{u"conversations: title = 't'"_s, u"messages: conversation_id = min(id) FROM conversations; agent_name = 'a'; content = 'c'; sequence_number = 1"_s,
                                           u"message_embeddings: message_id = min(id) FROM messages"_s,
                                           u"conversation_quality: conversation_id = min(id) FROM conversations; health_score = 50; coherence_score = 50; contradiction_score = 100; loop_score = 100; citation_score = 100"_s,
                                           u"contradictions: conversation_id = min(id) FROM conversations; message_1_id = min(id) FROM messages; message_2_id = max(id) FROM messages; confidence = 0.5; "
                                           "semantic_similarity = 0.5; statement_1 = 'a'; statement_2 = 'b'"_s,
                                           u"conversation_loops: conversation_id = min(id) FROM conversations; pattern_hash = 'h'; loop_size = 2; repetition_count = 2; first_occurrence_message_id = min(id) FROM messages; "
                                           "last_occurrence_message_id = max(id) FROM messages"_s,
                                           u"message_citations: message_id = min(id) FROM messages; citation_text = 'c'"_s};
    QTest::newRow("project-2501") << u"project-2501"_s
                                  << QStringList{u"personas: name = 'n'; template = 't'"_s, u"modules: name = 'small_name'"_s, u"conversations: title = 't'; persona_id = min(id) FROM personas"_s,
                                                 u"messages: conversation_id = min(id) FROM conversations; role = 'USER'; content = 'c'"_s,
                                                 u"conversation_states: conversation_id = min(id) FROM conversations; persona_id = min(id) FROM personas; module_id = min(id) FROM modules; state_key = 'k'; state_value = '{}'"_s,
                                                 u"conversation_memory: conversation_id = min(id) FROM conversations; content = 'c'"_s};
}

void tst_EditRows::everyRecordOfTheReferencesCanBeMade()
{
    QFETCH(QString, system);
    QFETCH(QStringList, made);
    m_path = m_folder->filePath(u"demo.db"_s);
    const CliRun demo({u"demo"_s, m_path, u"--system"_s, system});
    QVERIFY2(demo.code == 0, demo.err.constData());
    const OpenedSystem opened(DatabaseUrl::forFile(m_path), 1, false);
    EditSession session(*opened.context.pool, opened.context.catalog, opened.context.profile);
    for (const QString &each : made) {
        const CatalogTable *table = opened.context.catalog->table(each.section(u':', 0, 0));
        QVERIFY2(table != nullptr, qPrintable(each));
        std::map<QString, Value> given;
        for (const QString &part : each.section(u':', 1).split(u"; "_s, Qt::SkipEmptyParts)) {
            const QString column = part.section(u" = "_s, 0, 0).trimmed();
            const Result<Value> value = valueFromText(stored(u"SELECT "_s + part.section(u" = "_s, 1)), *table, column);
            QVERIFY2(value.has_value(), value ? "" : qPrintable(part + u": "_s + value.error().message));
            given.emplace(column, *value);
        }
        const int before = stored(u"SELECT count(*) FROM "_s + table->name).toInt();
        const EditSession::Intent intent = session.stageAddition(*table, given);
        QVERIFY2(intent.kind == EditSession::Intent::Kind::Staged, qPrintable(each + u": "_s + intent.sentence));
        QString problem;
        connect(&session, &EditSession::notSaved, &session, [&](const QString &sentence) { problem = sentence; }, Qt::SingleShotConnection);
        QSignalSpy saved(&session, &EditSession::saved);
        session.save();
        QTRY_VERIFY2(!saved.isEmpty() || !problem.isEmpty(), qPrintable(each));
        QVERIFY2(problem.isEmpty(), qPrintable(each + u": "_s + problem));
        QCOMPARE(stored(u"SELECT count(*) FROM "_s + table->name).toInt(), before + 1);
    }
    // What the application fills in although the database would not.
    if (system == u"mindgames-arena") {
        QCOMPARE(stored(u"SELECT active FROM models WHERE name = 'n'"_s), u"1"_s);
        QCOMPARE(stored(u"SELECT active FROM agents WHERE alias = 'a'"_s), u"0"_s);
        QCOMPARE(stored(u"SELECT status || total_turns || environment_crashed FROM games ORDER BY id DESC LIMIT 1"_s), u"in_progress00"_s);
        QCOMPARE(stored(u"SELECT mu || ' ' || sigma FROM agent_trueskill WHERE agent_id = (SELECT max(id) FROM agents)"_s), u"25.0 8.333"_s);
    } else if (system == u"project-2501") {
        QCOMPARE(stored(u"SELECT type FROM modules WHERE name = 'small_name'"_s), u"SIMPLE"_s);
        const CatalogTable &modules = *opened.context.catalog->table(u"modules"_s);
        const EditSession::Intent small = session.stageAddition(modules, {{u"name"_s, Value::text(QStringView(u"other"))}, {u"type"_s, Value::text(QStringView(u"simple"))}});
        QVERIFY2(small.kind == EditSession::Intent::Kind::Refused && !small.rule.isEmpty(), qPrintable(small.sentence));
    } else if (system == u"quorum") {
        const CatalogTable &embeddings = *opened.context.catalog->table(u"message_embeddings"_s);
        const QString column = embeddings.hasColumn(u"embedding_vector"_s) ? u"embedding_vector"_s : u"embedding"_s;
        const EditSession::Intent shortOne = session.stageAddition(embeddings, {{u"message_id"_s, Value::text(QStringView(stored(u"SELECT min(id) FROM messages"_s)))}, {column, Value::text(QStringView(u"[1, 2, 3]"))}});
        QVERIFY2(shortOne.kind == EditSession::Intent::Kind::Refused && shortOne.sentence.contains(u"1536"_s), qPrintable(shortOne.sentence));
    } else if (system == u"llm-orchestration") {
        QCOMPARE(stored(u"SELECT temperature || ' ' || response_length || ' ' || llm_port || ' ' || model_format FROM payloads WHERE name = 'n'"_s), u"0.6 1000 5001 default"_s);
    }
}

QTEST_MAIN(tst_EditRows)
#include "tst_editrows.moc"
