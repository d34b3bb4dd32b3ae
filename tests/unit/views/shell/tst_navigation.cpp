// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/shell/actionregistry.h"
#include "views/shell/commandpalette.h"
#include "views/shell/fuzzymatch.h"
#include "views/shell/navigationhistory.h"

#include <QAction>
#include <QLineEdit>
#include <QListWidget>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>
#include <QVBoxLayout>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_Navigation : public QObject
{
    Q_OBJECT

private slots:
    void lettersInOrderAreFound();
    void historyGoesBackAndForward();
    void historyForgetsAClosedDatabase();
    void thePaletteRunsWhatWasChosen();
    void shortcutsOfTheUserStay();

private:
    static VisitedPlace place(int database, const QString &table, qint64 key = 0)
    {
        return {database, {u"main"_s, table, {}}, key == 0 ? RowKey() : RowKey{Value::integer(key)}, {}, {}};
    }
};

void tst_Navigation::lettersInOrderAreFound()
{
    QVERIFY(fuzzyScore(u"gpl", u"game_players") > 0);
    QCOMPARE(fuzzyScore(u"xyz", u"game_players"), -1);
    QCOMPARE(fuzzyScore(u"sg", u"games"), -1); // the order counts
    QVERIFY(fuzzyScore(u"games", u"games") > fuzzyScore(u"games", u"go_and_match_everything_s"));
    QVERIFY(fuzzyScore(u"tu", u"game_turns") > fuzzyScore(u"tu", u"statute"));
}

void tst_Navigation::historyGoesBackAndForward()
{
    NavigationHistory history;
    QVERIFY(!history.canGoBack() && !history.back());
    history.visit(place(1, u"games"_s));
    history.visit(place(1, u"games"_s, 7)); // the same view: only its record
    QVERIFY(!history.canGoBack());
    history.visit(place(1, u"agents"_s));
    QCOMPARE(history.back()->key.front(), Value::integer(7));
    QCOMPARE(history.forward()->rows.table, u"agents"_s);
    QVERIFY(!history.forward());
    history.back();
    history.visit(place(1, u"prompts"_s)); // what was ahead is forgotten
    QVERIFY(!history.canGoForward());
    for (int i = 0; i < 500; ++i)
        history.visit(place(1, QString::number(i)));
    std::size_t steps = 0;
    while (history.back())
        ++steps;
    QCOMPARE(steps, NavigationHistory::maxPlaces - 1);
}

void tst_Navigation::historyForgetsAClosedDatabase()
{
    NavigationHistory history;
    for (const int database : {1, 2, 1, 2})
        history.visit(place(database, u"t"_s + QString::number(database)));
    history.forgetDatabase(2);
    QVERIFY(history.canGoBack() || history.canGoForward());
    while (history.canGoBack())
        QCOMPARE(history.back()->databaseId, 1);
    history.forgetDatabase(1);
    QVERIFY(!history.canGoBack() && !history.canGoForward());
}

void tst_Navigation::thePaletteRunsWhatWasChosen()
{
    QWidget window;
    window.resize(800, 600);
    auto *field = new QLineEdit(&window);
    CommandPalette palette(&window);
    window.show();
    field->setFocus();
    QString ran;
    const auto entry = [&ran](const QString &text) { return PaletteEntry{text, u"table in x.db"_s, {}, {}, [&ran, text] { ran = text; }}; };
    const std::vector<PaletteEntry> entries = {entry(u"games"_s), entry(u"game_players"_s), entry(u"game_turns"_s)};
    palette.open(entries);
    auto *typed = palette.findChild<QLineEdit *>(u"paletteField"_s);
    QTest::keyClicks(typed, u"gamt"_s);
    const auto *list = palette.findChild<QListWidget *>(u"paletteList"_s);
    QCOMPARE(list->item(0)->text(), u"game_turns"_s);
    QTest::keyClick(typed, Qt::Key_Return);
    QCOMPARE(ran, u"game_turns"_s);
    QVERIFY(!palette.isVisible());
    palette.open(entries);
    QTest::keyClick(typed, Qt::Key_Down);
    QTest::keyClick(typed, Qt::Key_Return);
    QCOMPARE(ran, u"game_players"_s);
    palette.open(entries);
    ran.clear();
    QTest::keyClick(typed, Qt::Key_Escape);
    QVERIFY(!palette.isVisible() && ran.isEmpty());
}

void tst_Navigation::shortcutsOfTheUserStay()
{
    const QTemporaryDir folder;
    const QString file = folder.filePath(u"settings.ini"_s);
    {
        QSettings settings(file, QSettings::IniFormat);
        QWidget window;
        ActionRegistry actions(settings, &window);
        QAction *open = actions.add(u"file.open"_s, u"Open"_s, {Qt::CTRL | Qt::Key_O}, [] {});
        QAction *quit = actions.add(u"file.quit"_s, u"Quit"_s, {Qt::CTRL | Qt::Key_Q}, [] {});
        QCOMPARE(actions.holderOf(QKeySequence(Qt::CTRL | Qt::Key_O), quit), open);
        actions.setShortcut(quit, QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_X));
        actions.setShortcut(open, {});
    }
    QSettings settings(file, QSettings::IniFormat);
    QWidget window;
    ActionRegistry actions(settings, &window);
    QAction *open = actions.add(u"file.open"_s, u"Open"_s, {Qt::CTRL | Qt::Key_O}, [] {});
    QAction *quit = actions.add(u"file.quit"_s, u"Quit"_s, {Qt::CTRL | Qt::Key_Q}, [] {});
    QVERIFY(open->shortcut().isEmpty() && actions.isChanged(open));
    QCOMPARE(quit->shortcut(), QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_X));
    actions.resetShortcut(quit);
    QCOMPARE(quit->shortcut(), QKeySequence(Qt::CTRL | Qt::Key_Q));
}

QTEST_MAIN(tst_Navigation)
#include "tst_navigation.moc"
