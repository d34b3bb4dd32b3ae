// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/browsing/hierarchymodel.h"
#include "tests/support/testfiles.h"
#include "tests/unit/views/shell/windowfixture.h"
#include "views/help/helppages.h"
#include "views/matrix/matrixmodel.h"
#include "views/panels/panel.h"
#include "views/shell/actionregistry.h"
#include "views/shell/cheatsheet.h"
#include "views/shell/demodatabase.h"
#include "views/shell/panelkinds.h"

#include <QAbstractItemModelTester>
#include <QAction>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMenuBar>
#include <QMessageBox>
#include <QPointer>
#include <QPushButton>
#include <QRegularExpression>
#include <QSet>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTableView>
#include <QTest>
#include <QToolButton>
#include <QTreeView>

using namespace turnstone;
using namespace Qt::StringLiterals;

namespace {

/// A panel as another folder would bring it along.
class FakePanel final : public Panel
{
public:
    FakePanel(DatabaseContext context, const QVariantMap &arguments, QWidget *parent) : Panel(std::move(context), parent), m_arguments(arguments)
    {
        setObjectName(u"fakePanel"_s);
    }
    QString title() const override { return tableOf(m_arguments).isEmpty() ? u"Fake"_s : tableOf(m_arguments) + u' ' + keyOf(m_arguments).front().toDisplayText(); }
    QString path() const override { return tableOf(m_arguments).isEmpty() ? QString() : u"tables/birds/1#fake"_s; }
    QVariantMap saveState() const override { return {{u"words"_s, words}}; }
    void restoreState(const QVariantMap &state) override { words = state.value(u"words"_s).toString(); }
    QString reasonToStay() const override { return reason; }
    void find() override { ++finds; }

    QString words;
    QString reason;
    int finds = 0;

private:
    const QVariantMap m_arguments;
};

} // namespace

class tst_WindowPanels : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void init();
    void cleanup();
    void aKindIsOfferedAndOpenedOnce();
    void aKindThatDoesNotApplyIsGrey();
    void aRecordOffersItsPanels();
    void aPathWithAKindOpensIt();
    void backAndForwardPassThroughPanels();
    void aKindMayBeWhatADatabaseOpensWith();
    void theSessionBringsPanelsBack();
    void workIsNotLostWithoutAsking();
    void theWindowAsksBeforeItQuits();
    void workOutlivesAChangedSchema();
    void countsOfTheTreeFollowTheTables();
    void commandsGetWhatIsAtHand();
    void iconsFollowTheTheme();
    void theCheatSheetKnowsEveryKey();
    void toolTipsTellTheShortcutThatCounts();
    void everyPanelHasItsPageOfHelp();
    void everyButtonSaysWhatItDoesAndEveryEmptyPlaceWhy_data();
    void everyButtonSaysWhatItDoesAndEveryEmptyPlaceWhy();
    void theModelOfAMatrixObeysTheContract();

private:
    std::vector<PanelKind> kinds();
    void open(std::vector<PanelKind> panelKinds, std::vector<WindowCommand> commands = {}, const QString &path = {});
    QTabWidget *tabs() const { return m_window->findChild<QTabWidget *>(u"tabs"_s); }
    FakePanel *fake() const { return dynamic_cast<FakePanel *>(tabs()->currentWidget()); }
    QAction *action(const QString &id) const { return m_window->findChild<QAction *>(id); }
    QMessageBox *question() const { return m_window->findChild<QMessageBox *>(u"stayQuestion"_s); }

    std::unique_ptr<WindowFixture> m_fixture;
    std::unique_ptr<MainWindow> m_window;
    QTemporaryDir m_folder;
    QString m_path;
};

std::vector<PanelKind> tst_WindowPanels::kinds()
{
    PanelKind kind;
    kind.id = u"fake"_s;
    kind.title = u"&Fake view"_s;
    kind.icon = u"record"_s;
    kind.shortcut = QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_9);
    kind.applies = [](const DatabaseContext &context) { return context.catalog->table(u"birds"_s) != nullptr; };
    kind.recordTitle = [](const DatabaseContext &, const QString &table) { return table == u"birds" ? u"Watch the bird"_s : QString(); };
    kind.make = [](const PanelServices &, const DatabaseContext &context, const QVariantMap &arguments, QWidget *parent) -> Panel * {
        return new FakePanel(context, arguments, parent); // NOLINT: the parent's
    };
    return {kind};
}

void tst_WindowPanels::open(std::vector<PanelKind> panelKinds, std::vector<WindowCommand> commands, const QString &path)
{
    m_window = std::make_unique<MainWindow>(m_fixture->services(), std::move(panelKinds), std::move(commands));
    m_window->resize(1200, 700);
    m_window->show();
    QSignalSpy opened(m_window.get(), &MainWindow::databaseOpened);
    m_window->openPlace(path.isEmpty() ? m_path : path, true);
    QTRY_COMPARE(opened.size(), 1);
}

void tst_WindowPanels::initTestCase()
{
    m_path = m_folder.filePath(u"small.db"_s);
    QCOMPARE(executeSql(m_path, u"CREATE TABLE birds(id INTEGER PRIMARY KEY, name TEXT); INSERT INTO birds VALUES (1, 'turnstone'), (2, 'knot');"
                                 "CREATE TABLE stones(id INTEGER PRIMARY KEY, weight REAL); INSERT INTO stones VALUES (1, 0.5);"_s),
             QString());
}

void tst_WindowPanels::init()
{
    m_fixture = std::make_unique<WindowFixture>();
}

void tst_WindowPanels::cleanup()
{
    m_window.reset();
    m_fixture.reset();
}

void tst_WindowPanels::aKindIsOfferedAndOpenedOnce()
{
    open(kinds());
    QAction *entry = action(u"panel.fake"_s);
    QVERIFY(entry != nullptr && entry->isEnabled() && !entry->icon().isNull());
    QVERIFY(m_window->menuBar()->findChild<QMenu *>(u"view"_s)->actions().contains(entry));
    QCOMPARE(entry->shortcut(), QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_9));
    const int before = tabs()->count();
    entry->trigger();
    QVERIFY(fake() != nullptr);
    const auto *recordDock = m_window->findChild<QWidget *>(u"recordDock"_s);
    QVERIFY(recordDock->isHidden()); // it has no records, so it has the room
    QCOMPARE(tabs()->tabText(tabs()->currentIndex()), u"Fake"_s);
    QVERIFY(!tabs()->tabIcon(tabs()->currentIndex()).isNull());
    action(u"view.filterRows"_s)->trigger();
    QCOMPARE(fake()->finds, 1);
    tabs()->setCurrentIndex(0);
    QVERIFY(!recordDock->isHidden());
    entry->trigger();
    QCOMPARE(tabs()->count(), before + 1); // the same tab again
    QVERIFY(fake() != nullptr);
}

void tst_WindowPanels::aKindThatDoesNotApplyIsGrey()
{
    std::vector<PanelKind> none = kinds();
    none.front().applies = [](const DatabaseContext &) { return false; };
    open(std::move(none));
    QVERIFY(!action(u"panel.fake"_s)->isEnabled());
}

void tst_WindowPanels::aRecordOffersItsPanels()
{
    open(kinds());
    auto *openings = m_window->findChild<QWidget *>(u"recordOpenings"_s);
    QTRY_VERIFY(openings->isVisible());
    auto *button = openings->findChild<QToolButton *>();
    QCOMPARE(button->text(), u"Watch the bird"_s);
    button->click();
    QVERIFY(fake() != nullptr);
    QCOMPARE(fake()->title(), u"birds 1"_s);
    // Another table's records offer nothing.
    m_window->goToPath(u"tables/stones/1"_s);
    QTRY_VERIFY(!openings->isVisible());
}

void tst_WindowPanels::aPathWithAKindOpensIt()
{
    open(kinds());
    m_window->goToPath(u"tables/birds/2#fake"_s);
    QTRY_VERIFY(fake() != nullptr);
    QCOMPARE(fake()->title(), u"birds 2"_s);
    m_window->goToPath(u"#fake"_s);
    QTRY_COMPARE(fake()->title(), u"Fake"_s);
    QTRY_COMPARE(m_window->findChild<QLineEdit *>(u"path"_s)->text(), u"#fake"_s);
    // What follows a ? is how it is left: spaces and other signs written as in a URL.
    m_window->goToPath(u"tables/birds/2#fake?words=two%20red%26blue"_s);
    QTRY_COMPARE(fake()->title(), u"birds 2"_s);
    QCOMPARE(fake()->words, u"two red&blue"_s);
    // A # that names no kind belongs to the path.
    m_window->goToPath(u"tables/birds#nothing"_s);
    QTRY_VERIFY(m_window->findChild<QLabel *>(u"messageText"_s)->isVisible());
}

void tst_WindowPanels::backAndForwardPassThroughPanels()
{
    open(kinds());
    m_window->goToPath(u"tables/stones"_s);
    QTRY_COMPARE(tabs()->tabText(tabs()->currentIndex()), u"stones"_s);
    action(u"panel.fake"_s)->trigger();
    QVERIFY(fake() != nullptr);
    action(u"go.back"_s)->trigger();
    QTRY_COMPARE(tabs()->tabText(tabs()->currentIndex()), u"stones"_s);
    action(u"go.forward"_s)->trigger();
    QTRY_VERIFY(fake() != nullptr);
}

void tst_WindowPanels::aKindMayBeWhatADatabaseOpensWith()
{
    std::vector<PanelKind> first = kinds();
    first.front().opensFirst = [](const DatabaseContext &context) { return context.catalog->table(u"stones"_s) != nullptr; };
    open(std::move(first));
    QVERIFY(fake() != nullptr);
    QCOMPARE(tabs()->count(), 1);
}

void tst_WindowPanels::theSessionBringsPanelsBack()
{
    open(kinds());
    m_window->goToPath(u"tables/birds/2#fake"_s);
    QTRY_VERIFY(fake() != nullptr);
    fake()->words = u"half a sentence"_s;
    m_window->close();
    m_window = std::make_unique<MainWindow>(m_fixture->services(), kinds(), std::vector<WindowCommand>());
    m_window->show();
    m_window->restoreSession();
    QTRY_VERIFY(fake() != nullptr);
    QCOMPARE(fake()->title(), u"birds 2"_s);
    QCOMPARE(fake()->words, u"half a sentence"_s);
}

void tst_WindowPanels::workIsNotLostWithoutAsking()
{
    open(kinds());
    action(u"panel.fake"_s)->trigger();
    const QPointer<FakePanel> panel(fake());
    panel->reason = u"A transaction is open."_s;
    action(u"file.closeTab"_s)->trigger();
    QTRY_VERIFY(question() != nullptr);
    QVERIFY(question()->text().contains(u"A transaction is open."));
    question()->findChild<QPushButton *>(u"stay"_s)->click();
    QTRY_VERIFY(question() == nullptr);
    QVERIFY(panel != nullptr);
    action(u"file.closeDatabase"_s)->trigger();
    QTRY_VERIFY(question() != nullptr);
    QVERIFY(panel != nullptr);
    question()->findChild<QPushButton *>(u"stay"_s)->click();
    QTRY_VERIFY(question() == nullptr);
    action(u"file.closeTab"_s)->trigger();
    QTRY_VERIFY(question() != nullptr);
    question()->findChild<QPushButton *>(u"leave"_s)->click();
    QTRY_VERIFY(panel == nullptr);
    QCOMPARE(tabs()->count(), 1);
}

void tst_WindowPanels::theWindowAsksBeforeItQuits()
{
    open(kinds());
    action(u"panel.fake"_s)->trigger();
    fake()->reason = u"Three edits are staged."_s;
    QVERIFY(!m_window->close());
    QTRY_VERIFY(question() != nullptr);
    QVERIFY(!m_window->close()); // one question is enough
    QCOMPARE(m_window->findChildren<QMessageBox *>(u"stayQuestion"_s).size(), 1);
    question()->findChild<QPushButton *>(u"leave"_s)->click();
    QTRY_VERIFY(!m_window->isVisible());
}

void tst_WindowPanels::workOutlivesAChangedSchema()
{
    const QString path = m_folder.filePath(u"changed.db"_s);
    QVERIFY(QFile::copy(m_path, path));
    open(kinds(), {}, path);
    action(u"panel.fake"_s)->trigger();
    const QPointer<FakePanel> panel(fake());
    panel->reason = u"A transaction is open."_s;
    QCOMPARE(executeSql(path, u"ALTER TABLE birds ADD COLUMN colour TEXT"_s), QString());
    action(u"view.follow"_s)->trigger(); // looks every second
    auto *again = m_window->findChild<QPushButton *>(u"messageAction"_s);
    QTRY_VERIFY_WITH_TIMEOUT(again->isVisible(), 15'000);
    again->click();
    tabs()->setCurrentIndex(0);
    QTRY_COMPARE(m_window->findChild<QTableView *>(u"rows"_s)->model()->columnCount(), 3);
    QVERIFY(panel != nullptr);
}

void tst_WindowPanels::countsOfTheTreeFollowTheTables()
{
    const QString path = m_folder.filePath(u"growing.db"_s);
    QVERIFY(QFile::copy(m_path, path));
    open(kinds(), {}, path);
    const QAbstractItemModel *tree = m_window->findChild<QTreeView *>(u"databaseTree"_s)->model();
    const auto count = [tree] {
        const QModelIndex tables = tree->index(tree->rowCount(tree->index(0, 0)) - 1, 0, tree->index(0, 0));
        const QModelIndexList birds = tree->match(tree->index(0, 0, tables), HierarchyModel::TableRole, u"birds"_s, 1, Qt::MatchExactly);
        return birds.isEmpty() ? -1 : birds.front().data(HierarchyModel::CountRole).toLongLong();
    };
    QTRY_COMPARE(count(), 2);
    // Another program writes.
    QCOMPARE(executeSql(path, u"INSERT INTO birds(name) VALUES ('ruff'), ('dunlin')"_s), QString());
    action(u"view.reload"_s)->trigger();
    QTRY_COMPARE(count(), 4);
    QCOMPARE(executeSql(path, u"DELETE FROM birds WHERE name = 'ruff'"_s), QString());
    QTRY_COMPARE_WITH_TIMEOUT(count(), 3, 30'000); // it is noticed
}

void tst_WindowPanels::commandsGetWhatIsAtHand()
{
    QString ran;
    WindowCommand command;
    command.id = u"fake.command"_s;
    command.title = u"Do it…"_s;
    command.applies = [](const CommandTarget &target) { return !target.record.empty() && target.rows && target.rows->table == u"birds"; };
    command.run = [&ran](const CommandTarget &target) {
        ran = target.rows->table + u' ' + target.record.front().toDisplayText();
        target.fail({ErrorCode::Io, u"The disk is full."_s, {}, -1});
    };
    WindowCommand help = command;
    help.id = u"fake.help"_s;
    help.menu = u"help"_s;
    open(kinds(), {command, help});
    QAction *entry = action(u"fake.command"_s);
    QVERIFY(m_window->menuBar()->findChild<QMenu *>(u"tools"_s)->actions().contains(entry));
    QCOMPARE(m_window->menuBar()->actions().last()->menu()->objectName(), u"help"_s);
    QTRY_VERIFY(entry->isEnabled()); // once the record is there
    entry->trigger();
    QCOMPARE(ran, u"birds 1"_s);
    QTRY_VERIFY(m_window->findChild<QLabel *>(u"messageText"_s)->text().contains(u"The disk is full."));
    m_window->goToPath(u"tables/stones/1"_s);
    QTRY_VERIFY(!entry->isEnabled());
}

void tst_WindowPanels::iconsFollowTheTheme()
{
    open(kinds());
    const auto ink = [this] {
        const QImage image = action(u"panel.fake"_s)->icon().pixmap(16, 16).toImage();
        qint64 light = 0;
        qint64 seen = 0;
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 0; x < image.width(); ++x) {
                if (image.pixelColor(x, y).alpha() > 200) {
                    light += image.pixelColor(x, y).lightness();
                    ++seen;
                }
            }
        }
        return seen == 0 ? -1 : light / seen;
    };
    m_window->setThemeMode(ThemeMode::Light);
    QVERIFY(ink() >= 0 && ink() < 80);
    m_window->setThemeMode(ThemeMode::Dark);
    QVERIFY(ink() > 180);
    m_window->setThemeMode(ThemeMode::Light);
}

void tst_WindowPanels::theCheatSheetKnowsEveryKey()
{
    open(kinds());
    action(u"help.keys"_s)->trigger();
    auto *sheet = m_window->findChild<CheatSheet *>();
    QVERIFY(sheet != nullptr && sheet->isVisible());
    QStringList texts;
    for (const QLabel *label : sheet->findChildren<QLabel *>())
        texts.append(label->text());
    QVERIFY(texts.contains(u"Fake view"_s));
    QVERIFY(texts.contains(QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_9).toString(QKeySequence::NativeText)));
    QVERIFY(texts.contains(u"Order by this column"_s));
    action(u"help.keys"_s)->trigger();
    QCOMPARE(m_window->findChildren<CheatSheet *>().size(), 1);
}

void tst_WindowPanels::toolTipsTellTheShortcutThatCounts()
{
    open(kinds());
    int told = 0;
    for (QAction *each : m_window->findChildren<QAction *>()) {
        if (each->shortcut().isEmpty() || each->isSeparator())
            continue;
        QVERIFY2(each->toolTip().endsWith(u" (%1)"_s.arg(each->shortcut().toString(QKeySequence::NativeText))), qPrintable(each->objectName() + u": "_s + each->toolTip()));
        ++told;
    }
    QVERIFY(told > 20);
    const auto *registry = m_window->findChild<ActionRegistry *>();
    QVERIFY(registry);
    // Buttons take it from their action, and follow when the user changes it, or the action's text or tip.
    auto *back = m_window->findChild<QToolButton *>(u"goBack"_s);
    QAction *go = action(u"go.back"_s);
    QCOMPARE(back->toolTip(), go->toolTip());
    const_cast<ActionRegistry *>(registry)->setShortcut(go, QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_B));
    QCOMPARE(back->toolTip(), u"Back (Ctrl+Alt+B)"_s);
    go->setText(u"&Go home"_s);
    QCOMPARE(back->toolTip(), u"Go home (Ctrl+Alt+B)"_s);
    go->setToolTip(u"Where you were"_s);
    QCOMPARE(back->toolTip(), u"Where you were (Ctrl+Alt+B)"_s);
    const_cast<ActionRegistry *>(registry)->setShortcut(go, {});
    QCOMPARE(back->toolTip(), u"Where you were"_s);
    const_cast<ActionRegistry *>(registry)->resetShortcut(go);
    QCOMPARE(back->toolTip(), u"Where you were (%1)"_s.arg(go->shortcut().toString(QKeySequence::NativeText)));
}

void tst_WindowPanels::everyPanelHasItsPageOfHelp()
{
    QSet<QString> topics;
    for (const HelpPage &page : helpPages())
        topics.insert(page.topic);
    QVERIFY(topics.contains(u"table"_s));
    for (const PanelKind &kind : allPanelKinds())
        QVERIFY2(topics.contains(kind.id), qPrintable(u"resources/help/%1.md is missing"_s.arg(kind.id)));
}

void tst_WindowPanels::everyButtonSaysWhatItDoesAndEveryEmptyPlaceWhy_data()
{
    QTest::addColumn<QString>("system");
    for (const char *system : {"consensus-engine", "mindgames-arena", "quorum", "llm-orchestration", "project-2501"})
        QTest::newRow(system) << QString::fromLatin1(system);
}

/// Every kind of panel that a database has: a button without words has a tool tip and a name for screen readers; what has nothing to show says
/// so in a sentence.
void tst_WindowPanels::everyButtonSaysWhatItDoesAndEveryEmptyPlaceWhy()
{
    QFETCH(QString, system);
    const QString path = m_folder.filePath(system + u".db"_s);
    const ProfileRegistry registry = ProfileRegistry::load();
    const std::shared_ptr<const Profile> profile = registry.profile(system);
    QVERIFY(profile);
    const Result<> made = makeDemoDatabase(*profile, path, {}, {});
    QVERIFY2(made, made ? "" : qPrintable(made.error().message));
    open(allPanelKinds(), allWindowCommands(), path);
    QStringList problems;
    const auto look = [&](const QString &where) {
        for (const QAbstractButton *button : m_window->findChildren<QAbstractButton *>()) {
            // Those of Qt itself have names of their own in its translations.
            if (!button->isVisible() || button->objectName().startsWith(u"qt_"_s) || button->objectName().startsWith(u"Scroll"_s) || QByteArray(button->metaObject()->className()) == "CloseButton"
                || QByteArray(button->metaObject()->className()) == "QDockWidgetTitleButton")
                continue;
            const QString text = button->text().remove(u'&');
            const bool hasWords = std::count_if(text.begin(), text.end(), [](QChar c) { return c.isLetter(); }) > 1;
            const QString name = button->objectName().isEmpty() ? text : button->objectName();
            if (!hasWords && button->toolTip().isEmpty())
                problems.append(where + u": no tool tip: "_s + name);
            if (!hasWords && button->accessibleName().isEmpty())
                problems.append(where + u": no accessible name: "_s + name);
            if (!button->shortcut().isEmpty() && button->text().contains(u'&') == false && !button->toolTip().contains(button->shortcut().toString(QKeySequence::NativeText)))
                problems.append(where + u": the tool tip does not tell the key: "_s + name);
        }
        for (const QLabel *label : m_window->findChildren<QLabel *>(u"emptySentence"_s)) {
            if (label->isVisible() && (label->text().count(u' ') < 2 || (!label->text().endsWith(u'.') && !label->text().endsWith(u'…'))))
                problems.append(where + u": no sentence: "_s + label->text());
        }
    };
    const auto isReading = [&] {
        const QList<QLabel *> labels = m_window->findChildren<QLabel *>(u"emptySentence"_s);
        return std::ranges::any_of(labels, [](const QLabel *label) { return label->isVisible() && label->text() == u"Reading…"; });
    };
    QTRY_VERIFY(!isReading());
    look(u"table"_s);
    int panels = 0;
    for (QAction *entry : m_window->findChildren<QAction *>(QRegularExpression(u"^panel\\."_s))) {
        if (!entry->isEnabled())
            continue;
        entry->trigger();
        auto *panel = qobject_cast<Panel *>(tabs()->currentWidget());
        if (!panel)
            continue;
        QSignalSpy settled(panel, &Panel::settled);
        settled.wait(3000); // some have settled before, and say nothing more
        look(entry->objectName());
        ++panels;
    }
    QVERIFY(panels >= 5);
    problems.removeDuplicates();
    QVERIFY2(problems.isEmpty(), qPrintable(problems.join(u'\n')));
}

void tst_WindowPanels::theModelOfAMatrixObeysTheContract()
{
    MatrixModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    QCOMPARE(model.rowCount(), 0);
    const auto cell = [](qint64 key, const QString &text) {
        MatrixCell made;
        made.key = {Value::integer(key)};
        made.text = text;
        return made;
    };
    Matrix matrix;
    matrix.rows = {u"Round 1"_s, u"Round 2"_s};
    matrix.columns = {u"one"_s, u"other"_s};
    matrix.cells = {{cell(1, u"the same"_s), cell(2, u"the same"_s)}, {cell(3, u"yes"_s), MatrixCell()}};
    model.setMatrix(std::make_shared<const Matrix>(matrix));
    QCOMPARE(model.rowCount(), 2);
    QCOMPARE(model.columnCount(), 2);
    QCOMPARE(model.headerData(1, Qt::Vertical, Qt::DisplayRole).toString(), u"Round 2"_s);
    model.setOnlyDifferent(true);
    QCOMPARE(model.rowCount(), 1);
    QCOMPARE(model.matrixRow(0), 1);
    QVERIFY(model.cell(model.index(0, 1)).isMissing());
    model.setOnlyDifferent(false);
    QCOMPARE(model.rowCount(), 2);
    model.setMatrix(nullptr);
    QCOMPARE(model.rowCount(), 0);
}

QTEST_MAIN(tst_WindowPanels)
#include "tst_windowpanels.moc"
