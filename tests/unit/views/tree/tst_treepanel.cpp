// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/tree/treepanel.h"

#include "models/browsing/hierarchymodel.h"
#include "tests/support/testdatabase.h"
#include "tests/unit/models/browsing/openedsystem.h"
#include "views/widgets/theme.h"
#include "views/widgets/turnstonestyle.h"

#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QTreeView>

using namespace turnstone;
using namespace Qt::StringLiterals;

namespace {

using Model = HierarchyModel;

const QStringList systems{u"consensus-engine"_s, u"mindgames-arena"_s, u"quorum"_s, u"llm-orchestration"_s, u"project-2501"_s};

} // namespace

/// Drives the panel as a user does: by keys, clicks and its signals.
class TestTreePanel : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void init();
    void cleanup();
    void everySystemIsWalkedByKeysToItsDeepestLevel_data();
    void everySystemIsWalkedByKeysToItsDeepestLevel();

private:
    QTreeView *view() const { return m_panel->findChild<QTreeView *>(u"databaseTree"_s); }
    QLineEdit *field() const { return m_panel->findChild<QLineEdit *>(u"treeFilter"_s); }
    QString current() const { return view()->currentIndex().data().toString(); }
    Model::Kind kind(const QModelIndex &index) const { return index.data(Model::KindRole).value<Model::Kind>(); }
    QString pathOf(const QModelIndex &index) const { return index.data(Model::PathRole).value<TreePath>().toString(); }
    void open(const QString &system);
    void open(const DatabaseUrl &url);
    void picture(const QString &name) const;
    /// Expands the current item and goes to its first child, waiting for it; false if there is none.
    bool goDown();

    QTemporaryDir m_folder;
    std::vector<std::unique_ptr<OpenedSystem>> m_opened;
    std::unique_ptr<TreePanel> m_panel;
};

void TestTreePanel::initTestCase()
{
    QApplication::setStyle(new TurnstoneStyle);
    applyTheme(*qApp, qEnvironmentVariable("TURNSTONE_TEST_THEME") == u"dark" ? ThemeMode::Dark : ThemeMode::Light);
    for (const QString &system : systems)
        QCOMPARE(makeDemoFile(m_folder.filePath(system + u".db"_s), system), QString());
}

void TestTreePanel::init()
{
    m_panel = std::make_unique<TreePanel>();
    m_panel->resize(360, 720);
    m_panel->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_panel.get()));
}

void TestTreePanel::cleanup()
{
    m_panel.reset();
    m_opened.clear();
}

void TestTreePanel::open(const QString &system)
{
    open(DatabaseUrl::forFile(m_folder.filePath(system + u".db"_s)));
}

void TestTreePanel::open(const DatabaseUrl &url)
{
    m_opened.push_back(std::make_unique<OpenedSystem>(url, static_cast<int>(m_opened.size()) + 1));
    m_panel->addDatabase(m_opened.back()->context, u"demo.db"_s, u"a demo"_s);
    view()->setFocus();
    view()->setCurrentIndex(view()->model()->index(static_cast<int>(m_opened.size()) - 1, 0));
}

/// TURNSTONE_TEST_PICTURES names a folder to look into.
void TestTreePanel::picture(const QString &name) const
{
    const QString folder = qEnvironmentVariable("TURNSTONE_TEST_PICTURES");
    if (!folder.isEmpty())
        m_panel->grab().save(folder + u'/' + name + u".png"_s);
}

bool TestTreePanel::goDown()
{
    const QModelIndex from = view()->currentIndex();
    QTest::keyClick(view(), Qt::Key_Right);
    if (!view()->model()->hasChildren(from))
        return false;
    if (!QTest::qWaitFor([&] { return view()->model()->rowCount(from) > 0; }, 20'000))
        return false;
    if (!QTest::qWaitFor([&] {
            if (view()->currentIndex() == from)
                QTest::keyClick(view(), Qt::Key_Right);
            return view()->currentIndex() != from;
        }, 20'000))
        return false;
    return view()->currentIndex().parent() == from;
}

void TestTreePanel::everySystemIsWalkedByKeysToItsDeepestLevel_data()
{
    QTest::addColumn<QString>("system");
    QTest::addColumn<QStringList>("words"); // of the path
    QTest::newRow("consensus") << u"consensus-engine"_s << QStringList{u"discussions"_s, u"rounds"_s, u"responses"_s};
    QTest::newRow("arena") << u"mindgames-arena"_s << QStringList{u"games"_s, u"players"_s, u"turns"_s, u"calls"_s};
    QTest::newRow("quorum") << u"quorum"_s << QStringList{u"conversations"_s, u"messages"_s, u"embeddings"_s};
    QTest::newRow("orchestration") << u"llm-orchestration"_s << QStringList{u"workflows"_s, u"payloads"_s, u"blocks"_s};
    QTest::newRow("2501") << u"project-2501"_s << QStringList{u"personas"_s, u"conversations"_s, u"messages"_s};
}

void TestTreePanel::everySystemIsWalkedByKeysToItsDeepestLevel()
{
    QFETCH(const QString, system);
    QFETCH(const QStringList, words);
    QAbstractItemModelTester tester(view()->model(), QAbstractItemModelTester::FailureReportingMode::QtTest);
    tester.setUseFetchMore(false); // else it would open everything
    open(system);
    QVERIFY(goDown());
    for (qsizetype i = 0; i < words.size(); ++i) {
        // To the group, if the row has several.
        while (kind(view()->currentIndex()) == Model::Kind::Group && !pathOf(view()->currentIndex()).endsWith(words[i])) {
            const QModelIndex before = view()->currentIndex();
            QTest::keyClick(view(), Qt::Key_Down);
            QVERIFY(view()->currentIndex() != before);
        }
        // Not every row has rows below it.
        while (!goDown() || kind(view()->currentIndex()) == Model::Kind::Message) {
            const QModelIndex before = view()->currentIndex();
            QTest::keyClick(view(), Qt::Key_Down);
            QVERIFY2(view()->currentIndex() != before, qPrintable(pathOf(before)));
        }
        if (kind(view()->currentIndex()) == Model::Kind::Group) {
            QVERIFY(i + 1 < words.size());
            continue;
        }
        if (i + 1 == words.size())
            break;
        QVERIFY(kind(view()->currentIndex()) == Model::Kind::Record);
        // A row with several kinds of groups shows them first.
        while (!goDown()) {
            const QModelIndex before = view()->currentIndex();
            QTest::keyClick(view(), Qt::Key_Down);
            QVERIFY2(view()->currentIndex() != before, qPrintable(pathOf(before)));
        }
        if (kind(view()->currentIndex()) == Model::Kind::Record) // the only kind is shown at once
            ++i;
        if (i + 1 == words.size())
            break;
    }
    QStringList groups;
    const TreePath path = view()->currentIndex().data(Model::PathRole).value<TreePath>();
    for (const TreePath::Step &step : path.steps())
        groups.append(step.group);
    QCOMPARE(groups, words);
    picture(system);
    QSignalSpy activated(m_panel.get(), &TreePanel::recordActivated);
    QTest::keyClick(view(), Qt::Key_Return);
    QCOMPARE(activated.count(), 1);
    QCOMPARE(activated[0][1].value<TreePath>(), path);
    QVERIFY(!activated[0][2].value<TablePlace>().table.isEmpty());
    QVERIFY(!activated[0][3].value<RowKey>().empty());
}

QTEST_MAIN(TestTreePanel)
#include "tst_treepanel.moc"
