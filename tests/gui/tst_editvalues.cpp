// SPDX-License-Identifier: GPL-3.0-or-later
// Editors of single values in the real window: rules, times, texts, JSON, references, bytes.
#include "tests/gui/editingwindow.h"
#include "tests/support/testfiles.h"

#include <QAbstractItemView>
#include <QApplication>
#include <QFile>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTest>
#include <QTextBlock>
#include <QTextLayout>
#include <QToolButton>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_EditValues final : public EditingWindow
{
    Q_OBJECT

private slots:
    void aRuleIsNamedWhileTyping();
    void aTimeIsWrittenInTheChosenZone();
    void aTextKeepsWhatAnEditorWouldLose();
    void jsonShowsWhereItsMistakeIs();
    void aReferenceIsChosenByItsTitle();
    void bytesComeFromAFileAndGoToOne();
};

void tst_EditValues::aRuleIsNamedWhileTyping()
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

void tst_EditValues::aTimeIsWrittenInTheChosenZone()
{
    qputenv("TZ", "Europe/Berlin");
    open(u"mindgames-arena"_s, u"tables/games"_s);
    QCOMPARE(executeSql(m_path, u"UPDATE games SET started_at = '2025-10-21 09:14:00.123456', finished_at = NULL WHERE id = "_s + shown(0, u"id"_s)), QString());
    const QString key = shown(0, u"id"_s);
    panel()->reload();
    QTRY_COMPARE(shown(0, u"started_at"_s), u"2025-10-21 09:14:00"_s);
    trigger(u"view.zone.local"_s);
    QTRY_COMPARE(shown(0, u"started_at"_s), u"2025-10-21 11:14:00"_s);
    choose(0, u"started_at"_s);
    trigger(u"edit.value"_s);
    QTRY_VERIFY(find<QLineEdit>(u"valueEditor"_s) != nullptr);
    QLineEdit *editor = find<QLineEdit>(u"valueEditor"_s);
    QCOMPARE(editor->text(), u"2025-10-21 11:14:00.123456"_s);
    QCOMPARE(editor->findChild<QLabel *>(u"storedTime"_s)->text(), u"2025-10-21 09:14:00.123456"_s);
    // Looking at it in the other zone changes nothing.
    QTest::keyClick(editor, Qt::Key_T, Qt::ControlModifier);
    QCOMPARE(editor->text(), u"2025-10-21 09:14:00.123456"_s);
    QTest::keyClick(editor, Qt::Key_T, Qt::ControlModifier);
    editor->selectAll();
    QTest::keyClicks(editor, u"2025-10-21 12:00:00"_s);
    QCOMPARE(editor->findChild<QLabel *>(u"storedTime"_s)->text(), u"2025-10-21 10:00:00.000000"_s);
    QTest::keyClick(editor, Qt::Key_Return);
    QTRY_COMPARE(shown(0, u"started_at"_s), u"2025-10-21 12:00:00"_s);
    save();
    QTRY_COMPARE(stored(u"SELECT started_at FROM games WHERE id = "_s + key), u"2025-10-21 10:00:00.000000"_s);
    qunsetenv("TZ");
}

void tst_EditValues::aTextKeepsWhatAnEditorWouldLose()
{
    open(u"llm-orchestration"_s, u"tables/blocks"_s);
    const QString key = shown(0, u"id"_s);
    QCOMPARE(executeSql(m_path, u"UPDATE blocks SET content = 'one' || char(13, 10) || 'two' || char(160) || 'three' || char(13, 10, 8232) || 'four' WHERE id = "_s + key), QString());
    reload();
    choose(0, u"content"_s);
    trigger(u"edit.largeValue"_s);
    QTRY_VERIFY(largeText() != nullptr);
    auto *text = largeText();
    QTest::keyClick(text, Qt::Key_End, Qt::ControlModifier);
    QTest::keyClicks(text, u"!"_s);
    press(u"stageValue"_s);
    save();
    QTRY_COMPARE(stored(u"SELECT hex(content) FROM blocks WHERE id = "_s + key), QString::fromLatin1(u"one\r\ntwo\u00a0three\r\n\u2028four!"_s.toUtf8().toHex().toUpper()));
}

void tst_EditValues::jsonShowsWhereItsMistakeIs()
{
    open(u"mindgames-arena"_s, u"tables/games"_s);
    const QString key = shown(0, u"id"_s);
    QCOMPARE(executeSql(m_path, u"UPDATE games SET game_info = '{\"b\": 1.000, \"a\": [12345678901234567890, 1e400, \"é\"]}' WHERE id = "_s + key), QString());
    reload();
    choose(0, u"game_info"_s);
    trigger(u"edit.value"_s);
    QTRY_VERIFY(largeText() != nullptr);
    auto *text = largeText();
    text->moveCursor(QTextCursor::End);
    QTest::keyClicks(text, u"]"_s);
    QVERIFY(!find<QPushButton>(u"stageValue"_s)->isEnabled());
    QVERIFY2(find<QLabel>(u"valueState"_s)->text().contains(u"line 1, column "_s), qPrintable(find<QLabel>(u"valueState"_s)->text()));
    text->moveCursor(QTextCursor::Start);
    press(u"goToMistake"_s);
    QCOMPARE(text->textCursor().position(), static_cast<int>(text->toPlainText().size()) - 1);
    QTest::keyClick(text, Qt::Key_Delete);
    QTRY_VERIFY(!text->document()->firstBlock().layout()->formats().isEmpty()); // in colours
    press(u"indentJson"_s);
    QTRY_VERIFY(text->document()->blockCount() > 3);
    QVERIFY(text->toPlainText().indexOf(u"1.000"_s) < text->toPlainText().indexOf(u"12345678901234567890"_s));
    press(u"stageValue"_s);
    save();
    QTRY_VERIFY(stored(u"SELECT game_info FROM games WHERE id = "_s + key).contains(u'\n'));
    const QString saved = stored(u"SELECT game_info FROM games WHERE id = "_s + key);
    QCOMPARE(QString(saved).remove(u'\n').remove(u' '), u"{\"b\":1.000,\"a\":[12345678901234567890,1e400,\"é\"]}"_s);
}

void tst_EditValues::aReferenceIsChosenByItsTitle()
{
    open(u"mindgames-arena"_s, u"tables/game_players"_s);
    const QString player = shown(0, u"id"_s);
    const QString agent = stored(u"SELECT id FROM agents WHERE alias IS NOT NULL AND id NOT IN (SELECT agent_id FROM game_players WHERE game_id = (SELECT game_id FROM game_players WHERE id = %1)) LIMIT 1"_s.arg(player));
    const QString alias = stored(u"SELECT alias FROM agents WHERE id = "_s + agent);
    choose(0, u"agent_id"_s);
    trigger(u"edit.value"_s);
    QTRY_VERIFY(find<QLineEdit>(u"valueEditor"_s) != nullptr);
    auto *editor = find<QLineEdit>(u"valueEditor"_s);
    QTest::keyClicks(editor, alias);
    QAbstractItemView *popup = nullptr;
    const auto found = [&] {
        for (QWidget *widget : QApplication::topLevelWidgets()) {
            if (widget->objectName() == u"referencePopup" && widget->isVisible())
                popup = qobject_cast<QAbstractItemView *>(widget);
        }
        return popup != nullptr && popup->model()->rowCount() > 0 && popup->model()->index(0, 0).data().toString().contains(alias);
    };
    QTRY_VERIFY(found());
    QVERIFY(popup->model()->rowCount() <= 50);
    popup->setCurrentIndex(popup->model()->index(0, 0));
    QTest::keyClick(popup, Qt::Key_Return);
    QTest::keyClick(editor, Qt::Key_Return);
    QTRY_VERIFY(find<QToolButton>(u"statusEdits"_s) != nullptr);
    save();
    QTRY_COMPARE(stored(u"SELECT alias FROM agents WHERE id = (SELECT agent_id FROM game_players WHERE id = %1)"_s.arg(player)), alias);
}

void tst_EditValues::bytesComeFromAFileAndGoToOne()
{
    m_path = m_folder->filePath(u"demo.db"_s);
    QCOMPARE(executeSql(m_path, u"CREATE TABLE files(id INTEGER PRIMARY KEY, content BLOB); INSERT INTO files VALUES (1, x'00ff'), (2, NULL)"_s), QString());
    QByteArray bytes;
    for (int i = 0; i < 300; ++i)
        bytes.append(static_cast<char>(i));
    QFile taken(m_folder->filePath(u"in.bin"_s));
    QVERIFY(taken.open(QIODevice::WriteOnly) && taken.write(bytes) == bytes.size());
    taken.close();
    openAgain(u"tables/files"_s, false);
    const auto chooseFile = [this](const QString &button, const QString &path) {
        press(button);
        QTRY_VERIFY(!m_window->findChildren<QFileDialog *>().isEmpty());
        auto *dialog = m_window->findChildren<QFileDialog *>().constFirst();
        emit dialog->fileSelected(path);
        dialog->close();
    };
    choose(0, u"content"_s);
    trigger(u"edit.value"_s);
    QTRY_VERIFY(largeText() != nullptr);
    chooseFile(u"fromFile"_s, taken.fileName());
    QTRY_VERIFY(largeText() == nullptr && find<QToolButton>(u"statusEdits"_s) != nullptr);
    const int own = tab();
    save();
    QTRY_COMPARE(stored(u"SELECT hex(content) FROM files WHERE id = 1"_s), QString::fromLatin1(bytes.toHex().toUpper()));
    back(own);
    QTRY_COMPARE(shown(0, u"content"_s), u"bytes · 300"_s);
    choose(0, u"content"_s);
    trigger(u"edit.value"_s);
    QTRY_VERIFY(largeText() != nullptr);
    const QString given = m_folder->filePath(u"out.bin"_s);
    chooseFile(u"toFile"_s, given);
    QTRY_VERIFY(QFile::exists(given));
    QFile written(given);
    QVERIFY(written.open(QIODevice::ReadOnly));
    QCOMPARE(written.readAll(), bytes);
}

QTEST_MAIN(tst_EditValues)
#include "tst_editvalues.moc"
