// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/catalog/catalogreader.h"
#include "tests/support/testfiles.h"
#include "views/browse/facetpopup.h"

#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QTreeWidget>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_FacetPopup : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void valuesComeWithTheirCounts();
    void severalAreChosenTogether();
    void oneAloneIsAnEquality();
    void nullIsChosenAsNull();
    void otherFiltersNarrowTheCounts();
    void anErrorIsSaidInIt();

private:
    /// Open until the test closes it or something is chosen.
    FacetPopup *open(const QString &column, const std::vector<RowFilter> &filters = {})
    {
        auto *popup = new FacetPopup(*m_pool, m_table, column, filters, {}, nullptr); // deletes itself when it closes
        popup->show();
        return popup;
    }
    static QTreeWidget *values(const FacetPopup &popup) { return popup.findChild<QTreeWidget *>(u"facetValues"_s); }
    static QTreeWidgetItem *item(const FacetPopup &popup, const QString &text) { return values(popup)->findItems(text, Qt::MatchExactly).value(0); }

    QTemporaryDir m_folder;
    std::unique_ptr<SessionPool> m_pool;
    CatalogTable m_table;
};

void tst_FacetPopup::initTestCase()
{
    const QString path = m_folder.filePath(u"f.db"_s);
    QCOMPARE(executeSql(path, u"CREATE TABLE games(id INTEGER PRIMARY KEY, status TEXT, turns INTEGER);"
                              "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) INSERT INTO games"
                              " SELECT i, CASE i % 10 WHEN 0 THEN NULL WHEN 1 THEN 'failed' WHEN 2 THEN '' ELSE 'completed' END, i % 3 FROM n;"_s),
             QString());
    const DatabaseUrl url = DatabaseUrl::forFile(path);
    const auto connection = Connection::open(url);
    QVERIFY(connection);
    m_table = *readCatalog(**connection)->table(u"games"_s);
    m_pool = std::make_unique<SessionPool>(url);
}

void tst_FacetPopup::valuesComeWithTheirCounts()
{
    const QPointer<FacetPopup> popup(open(u"status"_s));
    QTRY_COMPARE(values(*popup)->topLevelItemCount(), 4);
    QCOMPARE(item(*popup, u"completed"_s)->text(1), u"700"_s);
    QCOMPARE(item(*popup, u"failed"_s)->text(1), u"100"_s);
    QCOMPARE(item(*popup, u"NULL"_s)->text(1), u"100"_s);
    QCOMPARE(item(*popup, u"empty text"_s)->text(1), u"100"_s); // told apart from NULL
    QVERIFY(popup->findChild<QLabel *>(u"facetAbout"_s)->text().contains(u"4 different values in 1,000 rows"_s));
    QVERIFY(!popup->findChild<QPushButton *>(u"facetOnly"_s)->isEnabled());
    popup->close();
    QTRY_VERIFY(popup == nullptr);
}

void tst_FacetPopup::severalAreChosenTogether()
{
    FacetPopup *popup = open(u"status"_s);
    QSignalSpy chosen(popup, &FacetPopup::filterChosen);
    QTRY_COMPARE(values(*popup)->topLevelItemCount(), 4);
    item(*popup, u"failed"_s)->setCheckState(0, Qt::Checked);
    item(*popup, u"NULL"_s)->setCheckState(0, Qt::Checked);
    auto *only = popup->findChild<QPushButton *>(u"facetOnly"_s);
    QVERIFY(only->isEnabled());
    only->click();
    QCOMPARE(chosen.size(), 1);
    const auto filter = chosen.first().first().value<RowFilter>();
    QCOMPARE(filter.op, FilterOperator::In);
    QCOMPARE(filter.values.size(), 2u);
    QVERIFY(std::ranges::find(filter.values, Value::null()) != filter.values.end());
    QVERIFY(std::ranges::find(filter.values, Value::text(QByteArray("failed"))) != filter.values.end());
}

void tst_FacetPopup::oneAloneIsAnEquality()
{
    FacetPopup *popup = open(u"turns"_s);
    QSignalSpy chosen(popup, &FacetPopup::filterChosen);
    QTRY_COMPARE(values(*popup)->topLevelItemCount(), 3);
    QTest::keyClick(values(*popup), Qt::Key_Return); // the first one, by keyboard
    QTRY_COMPARE(chosen.size(), 1);
    const auto filter = chosen.first().first().value<RowFilter>();
    const RowFilter wanted{u"turns"_s, FilterOperator::Equals, {Value::integer(1)}, false}; // 334 of 1,000: the most
    QCOMPARE(filter, wanted);
}

void tst_FacetPopup::nullIsChosenAsNull()
{
    FacetPopup *popup = open(u"status"_s);
    QSignalSpy chosen(popup, &FacetPopup::filterChosen);
    QTRY_COMPARE(values(*popup)->topLevelItemCount(), 4);
    item(*popup, u"NULL"_s)->setCheckState(0, Qt::Checked);
    popup->findChild<QPushButton *>(u"facetOnly"_s)->click();
    const RowFilter wanted{u"status"_s, FilterOperator::IsNull, {}, false};
    QCOMPARE(chosen.first().first().value<RowFilter>(), wanted);
}

void tst_FacetPopup::otherFiltersNarrowTheCounts()
{
    const QPointer<FacetPopup> popup(open(u"status"_s, {{u"id"_s, FilterOperator::LessOrEqual, {Value::integer(10)}, false}}));
    QTRY_COMPARE(values(*popup)->topLevelItemCount(), 4);
    QCOMPARE(item(*popup, u"completed"_s)->text(1), u"7"_s);
    popup->close();
}

void tst_FacetPopup::anErrorIsSaidInIt()
{
    CatalogTable gone = m_table;
    gone.name = u"gone"_s;
    const QPointer<FacetPopup> popup(new FacetPopup(*m_pool, gone, u"status"_s, {}, {}, nullptr));
    popup->show();
    QTRY_VERIFY(popup->findChild<QLabel *>(u"facetAbout"_s)->text().contains(u"gone"_s));
    QCOMPARE(values(*popup)->topLevelItemCount(), 0);
    popup->close();
}

QTEST_MAIN(tst_FacetPopup)
#include "tst_facetpopup.moc"
