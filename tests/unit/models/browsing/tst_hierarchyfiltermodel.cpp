// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/browsing/hierarchyfiltermodel.h"

#include "tests/unit/models/browsing/openedsystem.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

class TestHierarchyFilterModel : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void cleanup();
    void onlyMatchesAndWhatIsAboveThemAreThere();
    void whatIsLoadedLaterJoins();
    void nothingIsLoaded();
    void countsArePassedOn();
    void aRemovedDatabaseGoes();
    void thereIsABound();

private:
    /// "title" for each item, indented by its depth.
    QStringList shown(const QModelIndex &parent = {}, const QString &indent = {}) const
    {
        QStringList all;
        for (int row = 0; row < m_filter->rowCount(parent); ++row) {
            const QModelIndex each = m_filter->index(row, 0, parent);
            all.append(indent + each.data().toString());
            all += shown(each, indent + u' ');
        }
        return all;
    }

    QTemporaryDir m_folder;
    std::unique_ptr<OpenedSystem> m_opened;
    std::unique_ptr<HierarchyModel> m_model;
    std::unique_ptr<HierarchyFilterModel> m_filter;
    std::unique_ptr<QAbstractItemModelTester> m_tester;
};

void TestHierarchyFilterModel::init()
{
    const QString path = m_folder.filePath(u"f.db"_s);
    if (!QFile::exists(path)) {
        QCOMPARE(executeSql(path, u"CREATE TABLE animal(id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE sound(id INTEGER PRIMARY KEY, animal_id INTEGER REFERENCES animal(id), name TEXT);"
                                  "INSERT INTO animal VALUES (1, 'Turnstone'), (2, 'Dunlin'); INSERT INTO sound VALUES (1, 1, 'rattle of a turnstone');"
                                  "CREATE TABLE big(id INTEGER PRIMARY KEY, name TEXT); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000) INSERT INTO big SELECT i, 'pebble ' || i FROM n;"_s),
                 QString());
    }
    m_opened = std::make_unique<OpenedSystem>(DatabaseUrl::forFile(path));
    m_model = std::make_unique<HierarchyModel>();
    m_filter = std::make_unique<HierarchyFilterModel>(*m_model);
    m_tester = std::make_unique<QAbstractItemModelTester>(m_filter.get(), QAbstractItemModelTester::FailureReportingMode::QtTest);
    m_model->addDatabase(m_opened->context, u"f.db"_s, {});
}

void TestHierarchyFilterModel::cleanup()
{
    m_tester.reset();
    m_filter.reset();
    m_model.reset();
    m_opened.reset();
}

void TestHierarchyFilterModel::onlyMatchesAndWhatIsAboveThemAreThere()
{
    QCOMPARE(m_filter->rowCount(), 0);
    m_filter->setText(u"SOUND"_s);
    QCOMPARE(shown(), QStringList({u"f.db"_s, u" Tables and views"_s, u"  sound"_s}));
    QCOMPARE(m_filter->mapToSource(m_filter->firstMatch()), m_model->tableIndex(1, 1));
    QCOMPARE(m_filter->mapFromSource(m_model->tableIndex(1, 1)), m_filter->firstMatch());
    QVERIFY(m_filter->isMatch(m_filter->firstMatch()));
    QVERIFY(!m_filter->isMatch(m_filter->index(0, 0)));
    QVERIFY(!m_filter->mapFromSource(m_model->tableIndex(1, 0)).isValid());
    m_filter->setText(u"no such thing"_s);
    QCOMPARE(m_filter->rowCount(), 0);
    QVERIFY(!m_filter->firstMatch().isValid());
}

void TestHierarchyFilterModel::whatIsLoadedLaterJoins()
{
    m_filter->setText(u"turnst"_s);
    QCOMPARE(m_filter->rowCount(), 0);
    const QModelIndex animals = m_model->loadedIndex(1, TreePath().group(u"animal"_s));
    m_model->fetchMore(animals);
    QTRY_COMPARE(shown(), QStringList({u"f.db"_s, u" animal"_s, u"  Turnstone"_s}));
    m_model->fetchMore(m_model->index(0, 0, animals));
    QTRY_COMPARE(shown(), QStringList({u"f.db"_s, u" animal"_s, u"  Turnstone"_s, u"   rattle of a turnstone"_s}));
}

void TestHierarchyFilterModel::nothingIsLoaded()
{
    QTRY_COMPARE(m_opened->pool->busyCount(), 0);
    const qsizetype held = m_model->cachedRowCount();
    m_filter->setText(u"e"_s);
    (void)shown();
    QCOMPARE(m_opened->pool->busyCount(), 0);
    QCOMPARE(m_model->cachedRowCount(), held);
}

void TestHierarchyFilterModel::countsArePassedOn()
{
    m_filter->setText(u"sound"_s);
    QSignalSpy changed(m_filter.get(), &QAbstractItemModel::dataChanged);
    m_model->setCount(1, 1, 77, true);
    QCOMPARE(m_filter->firstMatch().data(HierarchyModel::CountRole).toLongLong(), 77);
    QVERIFY(!changed.isEmpty());
}

void TestHierarchyFilterModel::aRemovedDatabaseGoes()
{
    m_filter->setText(u"sound"_s);
    QVERIFY(m_filter->rowCount() > 0);
    m_model->removeDatabase(1);
    QTRY_COMPARE(m_filter->rowCount(), 0);
}

void TestHierarchyFilterModel::thereIsABound()
{
    const QModelIndex big = m_model->loadedIndex(1, TreePath().group(u"big"_s));
    m_model->fetchMore(big);
    QTRY_COMPARE(m_model->rowCount(big), 4000);
    for (int page = 0; page < 4000; page += HierarchyModel::rowsPerPage) {
        (void)m_model->index(page, 0, big).data();
        QTRY_COMPARE(m_model->index(page, 0, big).data().toString(), u"pebble %1"_s.arg(page + 1));
    }
    m_filter->setText(u"pebble"_s);
    const qsizetype items = shown().size();
    QVERIFY2(items > 1000 && items <= HierarchyFilterModel::maxItems, qPrintable(QString::number(items)));
}

QTEST_GUILESS_MAIN(TestHierarchyFilterModel)
#include "tst_hierarchyfiltermodel.moc"
