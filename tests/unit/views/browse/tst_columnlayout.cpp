// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/catalog/catalogreader.h"
#include "models/profiles/derivedprofile.h"
#include "tests/support/testfiles.h"
#include "views/browse/columnlayout.h"
#include "views/browse/tablepanel.h"

#include <QHeaderView>
#include <QJsonDocument>
#include <QJsonObject>
#include <QMenu>
#include <QSignalSpy>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_ColumnLayout : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void init() { m_panel = open(); }
    void cleanup() { m_panel.reset(); }
    void columnsHideAndComeBack();
    void theLastColumnStays();
    void columnsMove();
    void columnsAreKeptAtTheLeft();
    void whatIsSavedComesBackByName();
    void whatIsGoneIsLeftOut();
    void resetShowsTheTableAsItIs();

private:
    std::unique_ptr<TablePanel> open()
    {
        auto panel = std::make_unique<TablePanel>(m_context, m_context.catalog->tables.front());
        panel->resize(900, 400);
        QSignalSpy settled(panel.get(), &TablePanel::settled);
        panel->show();
        return QTest::qWaitFor([&] { return !settled.isEmpty(); }) ? std::move(panel) : nullptr;
    }
    static ColumnLayout &layout(const TablePanel &panel) { return *panel.findChild<ColumnLayout *>(); }
    static QHeaderView *header(const TablePanel &panel) { return panel.findChild<QTableView *>(u"rows"_s)->horizontalHeader(); }
    /// As it is seen from the left.
    static QStringList shown(const TablePanel &panel)
    {
        QStringList names;
        for (const int section : layout(panel).shownSections())
            names.append(header(panel)->model()->headerData(section, Qt::Horizontal).toString());
        return names;
    }

    QTemporaryDir m_folder;
    std::unique_ptr<SessionPool> m_pool;
    DatabaseContext m_context;
    std::unique_ptr<TablePanel> m_panel;
};

void tst_ColumnLayout::initTestCase()
{
    const QString path = m_folder.filePath(u"c.db"_s);
    QCOMPARE(executeSql(path, u"CREATE TABLE games(id INTEGER PRIMARY KEY, status TEXT, turns INTEGER, note TEXT); INSERT INTO games VALUES (1, 'failed', 3, 'n');"_s), QString());
    const DatabaseUrl url = DatabaseUrl::forFile(path);
    const auto connection = Connection::open(url);
    QVERIFY(connection);
    const Catalog catalog = *readCatalog(**connection);
    m_pool = std::make_unique<SessionPool>(url);
    m_context = {1, m_pool.get(), std::make_shared<Catalog>(catalog), std::make_shared<ResolvedProfile>(deriveProfile(catalog))};
}

void tst_ColumnLayout::columnsHideAndComeBack()
{
    QSignalSpy changed(m_panel.get(), &TablePanel::columnsChanged);
    layout(*m_panel).hide(1);
    QCOMPARE(shown(*m_panel), (QStringList{u"id"_s, u"turns"_s, u"note"_s}));
    QVERIFY(!changed.isEmpty());
    QMenu menu;
    layout(*m_panel).fill(menu, 0);
    QAction *back = nullptr;
    for (const QAction *entry : menu.actions()) {
        for (QAction *below : entry->menu() == nullptr ? QList<QAction *>() : entry->menu()->actions())
            back = below->text() == u"status" ? below : back;
    }
    QVERIFY(back != nullptr);
    back->trigger();
    QCOMPARE(shown(*m_panel), (QStringList{u"id"_s, u"status"_s, u"turns"_s, u"note"_s}));
    QVERIFY(header(*m_panel)->sectionSize(1) > 20);
}

void tst_ColumnLayout::theLastColumnStays()
{
    for (int section = 0; section < 4; ++section)
        layout(*m_panel).hide(section);
    QCOMPARE(shown(*m_panel), QStringList{u"note"_s});
}

void tst_ColumnLayout::columnsMove()
{
    layout(*m_panel).move(3, -1);
    QCOMPARE(shown(*m_panel), (QStringList{u"id"_s, u"status"_s, u"note"_s, u"turns"_s}));
    layout(*m_panel).hide(1); // a hidden one is no step
    layout(*m_panel).move(3, -1);
    QCOMPARE(shown(*m_panel), (QStringList{u"note"_s, u"id"_s, u"turns"_s}));
    layout(*m_panel).move(3, -1); // there is nothing further left
    QCOMPARE(shown(*m_panel).front(), u"note"_s);
}

void tst_ColumnLayout::columnsAreKeptAtTheLeft()
{
    layout(*m_panel).freezeThrough(1);
    QCOMPARE(m_panel->saveColumns().value(u"frozen"_s).toInt(), 2);
    layout(*m_panel).unfreeze();
    QCOMPARE(m_panel->saveColumns().value(u"frozen"_s).toInt(), 0);
}

void tst_ColumnLayout::whatIsSavedComesBackByName()
{
    layout(*m_panel).move(2, -1);
    layout(*m_panel).hide(0);
    header(*m_panel)->resizeSection(3, 222);
    layout(*m_panel).freezeThrough(2);
    const QByteArray json = QJsonDocument(QJsonObject::fromVariantMap(m_panel->saveColumns())).toJson();
    const auto other = open();
    QVERIFY(other);
    other->restoreState({{u"columns"_s, QJsonDocument::fromJson(json).object().toVariantMap()}});
    QCOMPARE(shown(*other), (QStringList{u"turns"_s, u"status"_s, u"note"_s}));
    QCOMPARE(header(*other)->sectionSize(3), 222);
    QCOMPARE(other->saveColumns(), m_panel->saveColumns());
}

void tst_ColumnLayout::whatIsGoneIsLeftOut()
{
    const auto column = [](const QString &name, bool isHidden) { return QVariantMap{{u"name"_s, name}, {u"width"_s, 100}, {u"hidden"_s, isHidden}}; };
    m_panel->restoreState({{u"columns"_s, QVariantMap{{u"columns"_s, QVariantList{column(u"colour"_s, false), column(u"note"_s, false), column(u"id"_s, true)}}, {u"frozen"_s, 0}}}});
    QCOMPARE(shown(*m_panel).front(), u"note"_s);
    QVERIFY(!shown(*m_panel).contains(u"id"_s));
    QCOMPARE(shown(*m_panel).size(), 3); // those of which nothing was known are shown
}

void tst_ColumnLayout::resetShowsTheTableAsItIs()
{
    layout(*m_panel).move(3, -2);
    layout(*m_panel).hide(2);
    layout(*m_panel).freezeThrough(0);
    layout(*m_panel).reset();
    QCOMPARE(shown(*m_panel), (QStringList{u"id"_s, u"status"_s, u"turns"_s, u"note"_s}));
    QCOMPARE(m_panel->saveColumns().value(u"frozen"_s).toInt(), 0);
}

QTEST_MAIN(tst_ColumnLayout)
#include "tst_columnlayout.moc"
