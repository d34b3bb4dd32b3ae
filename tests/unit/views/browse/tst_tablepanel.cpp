// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/catalog/catalogreader.h"
#include "models/profiles/derivedprofile.h"
#include "tests/support/testfiles.h"
#include "views/browse/tablepanel.h"
#include "views/widgets/columnheader.h"

#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QSignalSpy>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_TablePanel : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void init();
    void cleanup();
    void aClickOnTheHeaderOrdersTheRows();
    void aSecondColumnIsAddedWithShift();
    void aWrittenFilterIsApplied();
    void aChipTakesItsFilterAway();
    void aMistakeIsToldBesideTheField();
    void aFilterThatNothingPassesSaysSo();
    void theMenuFiltersByACellsValue();
    void aValueThatDoesNotFitLeavesTheRowsAsTheyAre();
    void readingAgainKeepsTheRow();

private:
    QString cell(int row, int column) const { return table()->model()->index(row, column).data().toString(); }
    QTableView *table() const { return m_panel->findChild<QTableView *>(u"rows"_s); }
    QLabel *count() const { return m_panel->findChild<QLabel *>(u"rowCount"_s); }
    QLineEdit *field() const { return m_panel->findChild<QLineEdit *>(u"filterField"_s); }
    QList<QToolButton *> chips() const { return m_panel->findChildren<QToolButton *>(u"filterChip"_s); }
    void clickHeader(int section, Qt::KeyboardModifiers modifiers = {})
    {
        QHeaderView *header = table()->horizontalHeader();
        const QPoint place(header->sectionViewportPosition(section) + header->sectionSize(section) / 2, header->height() / 2);
        QTest::mouseClick(header->viewport(), Qt::LeftButton, modifiers, place);
    }
    void write(const QString &text)
    {
        field()->clear();
        QTest::keyClicks(field(), text);
        QTest::keyClick(field(), Qt::Key_Return);
    }

    QTemporaryDir m_folder;
    Catalog m_catalog;
    std::unique_ptr<SessionPool> m_pool;
    std::unique_ptr<TablePanel> m_panel;
};

void tst_TablePanel::initTestCase()
{
    const QString path = m_folder.filePath(u"t.db"_s);
    QCOMPARE(executeSql(path, u"CREATE TABLE games(id INTEGER PRIMARY KEY, status TEXT, turns INTEGER);"
                              "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) INSERT INTO games"
                              " SELECT i, CASE i % 10 WHEN 0 THEN NULL WHEN 1 THEN 'failed' ELSE 'completed' END, (i * 7919) % 1009 FROM n;"_s),
             QString());
    const Result<DatabaseUrl> url = DatabaseUrl::parse(path);
    auto connection = Connection::open(*url);
    QVERIFY(connection);
    m_catalog = *readCatalog(**connection);
    m_pool = std::make_unique<SessionPool>(*url, ConnectionOptions());
}

void tst_TablePanel::init()
{
    m_panel = std::make_unique<TablePanel>(DatabaseContext{1, m_pool.get(), std::make_shared<Catalog>(m_catalog), std::make_shared<ResolvedProfile>(deriveProfile(m_catalog))}, m_catalog.tables.front());
    m_panel->resize(700, 500);
    QSignalSpy settled(m_panel.get(), &TablePanel::settled);
    m_panel->show();
    QTRY_COMPARE(settled.size(), 1);
    QTRY_COMPARE(count()->text(), u"1,000 rows"_s);
}

void tst_TablePanel::cleanup()
{
    m_panel.reset();
}

void tst_TablePanel::aClickOnTheHeaderOrdersTheRows()
{
    auto *header = static_cast<ColumnHeader *>(table()->horizontalHeader());
    clickHeader(2);
    QTRY_COMPARE(cell(0, 2), u"1"_s); // the least of 1 … 1,008
    QCOMPARE(header->sortSections(), (std::vector<std::pair<int, bool>>{{2, false}}));
    QTRY_VERIFY(count()->text().contains(u"ordered by turns"));
    QTRY_VERIFY(!m_panel->findChild<QToolButton *>(u"stopOrder"_s)->isVisible());
    clickHeader(2);
    QTRY_VERIFY(cell(0, 2).remove(u',').toInt() > 1000);
    QTRY_VERIFY(count()->text().contains(u"turns downwards"));
    clickHeader(2);
    QTRY_COMPARE(cell(0, 0), u"1"_s);
    QVERIFY(header->sortSections().empty());
    QTRY_COMPARE(count()->text(), u"1,000 rows"_s);
}

void tst_TablePanel::aSecondColumnIsAddedWithShift()
{
    clickHeader(1);
    QTRY_VERIFY(count()->text().contains(u"ordered by status"));
    clickHeader(0, Qt::ShiftModifier);
    clickHeader(0, Qt::ShiftModifier);
    const RowSelection wanted{{}, {{u"status"_s, false}, {u"id"_s, true}}};
    QCOMPARE(m_panel->rowSelection(), wanted);
    QTRY_COMPARE(cell(0, 0).remove(u','), u"1000"_s); // NULL comes first, the greatest id of them before
    clickHeader(0, Qt::ShiftModifier);
    QCOMPARE(m_panel->rowSelection().order.size(), 1u);
}

void tst_TablePanel::aWrittenFilterIsApplied()
{
    QSignalSpy changed(m_panel.get(), &TablePanel::rowSelectionChanged);
    write(u"status = failed"_s);
    QTRY_VERIFY(count()->text().startsWith(u"100 rows · filtered"));
    QCOMPARE(cell(0, 0), u"1"_s);
    QCOMPARE(cell(1, 0), u"11"_s);
    QCOMPARE(chips().size(), 1);
    QCOMPARE(chips().front()->text(), u"status = failed"_s);
    QVERIFY(field()->text().isEmpty());
    write(u"id > 500"_s);
    QTRY_VERIFY(count()->text().startsWith(u"50 rows"));
    QCOMPARE(changed.size(), 2);
}

void tst_TablePanel::aChipTakesItsFilterAway()
{
    m_panel->setRowSelection({{{u"status"_s, FilterOperator::IsNull, {}, false}, {u"id"_s, FilterOperator::Less, {Value::integer(50)}, false}}, {}});
    QTRY_VERIFY(count()->text().startsWith(u"4 rows"));
    QTRY_COMPARE(chips().size(), 2);
    QTest::mouseClick(chips().front(), Qt::LeftButton);
    QTRY_VERIFY(count()->text().startsWith(u"49 rows"));
    QTRY_COMPARE(chips().size(), 1);
}

void tst_TablePanel::aMistakeIsToldBesideTheField()
{
    write(u"colour = red"_s);
    auto *mistake = m_panel->findChild<QLabel *>(u"filterMistake"_s);
    QVERIFY(mistake->isVisible());
    QVERIFY(mistake->text().contains(u"column"));
    QCOMPARE(field()->text(), u"colour = red"_s); // nothing typed is lost
    QTest::keyClick(field(), Qt::Key_Backspace);
    QVERIFY(!mistake->isVisible());
    QCOMPARE(count()->text(), u"1,000 rows"_s);
}

void tst_TablePanel::aFilterThatNothingPassesSaysSo()
{
    write(u"status = nobody"_s);
    auto *empty = m_panel->findChild<QLabel *>(u"emptySentence"_s);
    QTRY_VERIFY(empty->isVisible());
    QVERIFY(empty->text().contains(u"No row passes"));
    m_panel->setRowSelection({});
    QTRY_COMPARE(count()->text(), u"1,000 rows"_s);
    QVERIFY(table()->isVisible());
}

void tst_TablePanel::theMenuFiltersByACellsValue()
{
    const QPoint place = table()->visualRect(table()->model()->index(9, 1)).center(); // NULL
    emit table()->customContextMenuRequested(place);
    auto *menu = m_panel->findChild<QMenu *>();
    QVERIFY(menu);
    QCOMPARE(menu->actions().front()->text(), u"Only rows with status is NULL"_s);
    menu->actions().front()->trigger();
    QTRY_VERIFY(count()->text().startsWith(u"100 rows"));
    QCOMPARE(cell(0, 0), u"10"_s);
}

void tst_TablePanel::aValueThatDoesNotFitLeavesTheRowsAsTheyAre()
{
    QSignalSpy failed(m_panel.get(), &TablePanel::failed);
    m_panel->setRowSelection({{{u"nowhere"_s, FilterOperator::IsNull, {}, false}}, {}});
    QTRY_COMPARE(failed.size(), 1);
    QVERIFY(m_panel->rowSelection().isEmpty());
    QCOMPARE(cell(0, 0), u"1"_s);
    QCOMPARE(chips().size(), 0);
}

void tst_TablePanel::readingAgainKeepsTheRow()
{
    const QString path = m_folder.filePath(u"t.db"_s);
    const auto isAt = [this](int row, const QString &id) { return table()->currentIndex().row() == row && cell(row, 0) == id; };
    m_panel->goToRow(699);
    QTRY_VERIFY(isAt(699, u"700"_s));
    table()->setCurrentIndex(table()->model()->index(699, 2));
    // Two rows more stand before it.
    QCOMPARE(executeSql(path, u"INSERT INTO games VALUES (-1, 'x', 1), (0, 'x', 1)"_s), QString());
    m_panel->reload();
    QTRY_VERIFY(isAt(701, u"700"_s));
    QCOMPARE(table()->currentIndex().column(), 2);
    QTRY_VERIFY(m_panel->currentRecord().has_value());
    QCOMPARE(m_panel->currentRecord()->keyText(), u"700"_s);
    // Twice in a row, too; a row that is gone leaves its place to the next.
    QCOMPARE(executeSql(path, u"DELETE FROM games WHERE id = -1 OR id = 700"_s), QString());
    m_panel->reload();
    m_panel->reload();
    QTRY_VERIFY(isAt(701, u"702"_s));
    QCOMPARE(table()->currentIndex().column(), 2);
    // In an order of one's own it is found as well.
    m_panel->setRowSelection({{}, {{u"id"_s, true}}});
    QTRY_COMPARE(cell(0, 0), u"1000"_s);
    m_panel->goToRow(500);
    QTRY_VERIFY(isAt(500, u"499"_s));
    QCOMPARE(executeSql(path, u"DELETE FROM games WHERE id = 0; INSERT INTO games VALUES (2000, 'x', 1), (700, NULL, (700 * 7919) % 1009)"_s), QString());
    m_panel->reload();
    QTRY_VERIFY(isAt(502, u"499"_s));
    QCOMPARE(executeSql(path, u"DELETE FROM games WHERE id = 2000"_s), QString());
}

QTEST_MAIN(tst_TablePanel)
#include "tst_tablepanel.moc"
