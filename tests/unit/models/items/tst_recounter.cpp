// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/recounter.h"

#include "models/catalog/catalogreader.h"
#include "tests/support/testdatabase.h"
#include "tests/support/testfiles.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;

namespace turnstone {

namespace {

/// The last count of a table and how often one was told.
struct Told
{
    qint64 rows = -1;
    bool exact = false;
    int times = 0;
};

Told toldOf(const QSignalSpy &counted, int table)
{
    Told told;
    for (const QList<QVariant> &each : counted) {
        if (each[0].toInt() == table)
            told = {each[1].toLongLong(), each[2].toBool(), told.times + 1};
    }
    return told;
}

} // namespace

class tst_Recounter : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_path = m_folder->filePath(u"counted.db"_s);
        QCOMPARE(executeSql(m_path, u"PRAGMA journal_mode=WAL; CREATE TABLE few(x); INSERT INTO few VALUES (1), (2);"
                                     "CREATE TABLE many(id INTEGER PRIMARY KEY);"
                                     "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000) INSERT INTO many SELECT i FROM n;"
                                     "CREATE VIEW both AS SELECT id FROM many UNION ALL SELECT x FROM few;"_s),
                 QString());
        m_pool = std::make_unique<SessionPool>(DatabaseUrl::forFile(m_path));
        QFuture<Result<Catalog>> catalog = m_pool->read([](Connection &connection) { return readCatalog(connection); });
        catalog.waitForFinished();
        m_catalog = std::make_shared<const Catalog>(*catalog.result());
    }

    void cleanup() { m_pool.reset(); }

    void firstABoundThenExactly()
    {
        TableCounter counter(*m_pool, *m_catalog);
        QSignalSpy counted(&counter, &TableCounter::counted);
        QSignalSpy finished(&counter, &TableCounter::finished);
        counter.start();
        QTRY_COMPARE(finished.size(), 1);
        QCOMPARE(toldOf(counted, table(u"few"_s)).rows, 2);
        QCOMPARE(toldOf(counted, table(u"few"_s)).times, 1);
        QCOMPARE(toldOf(counted, table(u"many"_s)).rows, 30'000);
        QCOMPARE(toldOf(counted, table(u"many"_s)).times, 2);
        QVERIFY(toldOf(counted, table(u"many"_s)).exact);
        QCOMPARE(toldOf(counted, table(u"both"_s)).rows, TableCounter::bound);
        QVERIFY(!toldOf(counted, table(u"both"_s)).exact);
    }

    void whatChangedIsCountedAgain()
    {
        Recounter recounter(*m_pool, m_catalog);
        QSignalSpy counted(&recounter, &Recounter::counted);
        QSignalSpy finished(&recounter, &Recounter::finished);
        QCOMPARE(executeSql(m_path, u"INSERT INTO few VALUES (3); DELETE FROM many WHERE id > 25000;"_s), QString());
        recounter.countAll();
        QTRY_COMPARE(finished.size(), 1);
        QCOMPARE(toldOf(counted, table(u"few"_s)).rows, 3);
        // A bound would be less than what is known already.
        QCOMPARE(toldOf(counted, table(u"many"_s)).rows, 25'000);
        QCOMPARE(toldOf(counted, table(u"many"_s)).times, 1);
        QVERIFY(toldOf(counted, table(u"many"_s)).exact);
    }

    void bigTablesWaitUntilItIsQuiet()
    {
        Recounter recounter(*m_pool, m_catalog);
        QSignalSpy counted(&recounter, &Recounter::counted);
        QSignalSpy finished(&recounter, &Recounter::finished);
        QCOMPARE(executeSql(m_path, u"INSERT INTO few VALUES (3); DELETE FROM many WHERE id > 25000;"_s), QString());
        recounter.noteChange();
        QTRY_COMPARE(finished.size(), 1);
        QCOMPARE(toldOf(counted, table(u"few"_s)).rows, 3);
        QCOMPARE(toldOf(counted, table(u"many"_s)).times, 0); // nor is a bound told of it
        QTRY_COMPARE_WITH_TIMEOUT(finished.size(), 2, 30'000);
        QCOMPARE(toldOf(counted, table(u"many"_s)).rows, 25'000);
    }

    void manyRequestsAreFewCountings()
    {
        Recounter recounter(*m_pool, m_catalog);
        QSignalSpy counted(&recounter, &Recounter::counted);
        QSignalSpy finished(&recounter, &Recounter::finished);
        for (int i = 0; i < 100; ++i)
            recounter.noteChange();
        QTRY_COMPARE(finished.size(), 1);
        QCOMPARE(executeSql(m_path, u"INSERT INTO few VALUES (3);"_s), QString());
        for (int i = 0; i < 100; ++i)
            recounter.noteChange();
        QCOMPARE(finished.size(), 1); // there is a pause first
        QTRY_COMPARE_WITH_TIMEOUT(finished.size(), 2, 30'000);
        QCOMPARE(toldOf(counted, table(u"few"_s)).rows, 3);
        QCOMPARE(toldOf(counted, table(u"few"_s)).times, 2);
    }

    void itMayEndWhileItCounts()
    {
        auto recounter = std::make_unique<Recounter>(*m_pool, m_catalog);
        QSignalSpy counted(recounter.get(), &Recounter::counted);
        recounter->noteChange();
        QTRY_VERIFY(!counted.isEmpty());
        recounter.reset();
        QTRY_COMPARE(m_pool->busyCount(), 0);
    }

private:
    int table(const QString &name) const { return static_cast<int>(m_catalog->table(name) - m_catalog->tables.data()); }

    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_path;
    std::unique_ptr<SessionPool> m_pool;
    std::shared_ptr<const Catalog> m_catalog;
};

} // namespace turnstone

QTEST_MAIN(turnstone::tst_Recounter)
#include "tst_recounter.moc"
