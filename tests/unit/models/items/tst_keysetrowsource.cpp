// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/keysetrowsource.h"

#include "models/catalog/catalogreader.h"
#include "models/items/headrowsource.h"
#include "models/items/tablerowmodel.h"
#include "tests/support/testdatabase.h"
#include "tests/support/testfiles.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;

namespace turnstone {

class tst_KeysetRowSource : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        const QString path = m_folder.filePath(u"rows.db"_s);
        QCOMPARE(executeSql(path, u"CREATE TABLE gaps(id INTEGER PRIMARY KEY, word TEXT);"
                                   "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99999) "
                                   "INSERT INTO gaps SELECT i * i, 'w' || i FROM n;"
                                   "CREATE TABLE pairs(a TEXT, b INTEGER, c, PRIMARY KEY(a, b)) WITHOUT ROWID;"
                                   "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 2999) "
                                   "INSERT INTO pairs SELECT printf('%03d', i / 10), i % 10, i FROM n;"
                                   "CREATE TABLE odd(v); INSERT INTO odd VALUES(printf('%.*c', 1000, 'x')), (zeroblob(5000)), "
                                   "(CAST(x'61006263' AS TEXT)), (NULL), (1.5);"
                                   "CREATE VIEW few AS SELECT word FROM gaps LIMIT 12;"_s),
                 QString());
        m_pool = std::make_unique<SessionPool>(DatabaseUrl::forFile(path));
        QFuture<Result<Catalog>> catalog = m_pool->read([](Connection &connection) { return readCatalog(connection); });
        catalog.waitForFinished();
        QVERIFY(catalog.result());
        m_catalog = *catalog.result();
    }

    void everyPositionIsReachedByItsKey()
    {
        TableRowModel model(std::make_unique<KeysetRowSource>(*m_pool, *m_catalog.table(u"gaps"_s)));
        QTRY_VERIFY(model.source().isComplete());
        QCOMPARE(model.totalRows(), 100'000);
        for (const int row : {0, 255, 256, 1023, 1024, 66'559, 66'560, 99'999})
            QTRY_COMPARE(model.index(row, 1).data().toString(), u"w%1"_s.arg(row));
    }

    void aKeyOfTwoColumnsWorksAsWell()
    {
        TableRowModel model(std::make_unique<KeysetRowSource>(*m_pool, *m_catalog.table(u"pairs"_s)));
        QTRY_VERIFY(model.source().isComplete());
        QCOMPARE(model.totalRows(), 3000);
        for (const int row : {0, 1023, 1024, 2999})
            QTRY_COMPARE(model.index(row, 2).data().toString(), QString::number(row));
    }

    void longValuesComeAsTheirBeginning()
    {
        TableRowModel model(std::make_unique<KeysetRowSource>(*m_pool, *m_catalog.table(u"odd"_s)));
        QTRY_COMPARE(model.rowCount(), 5);
        QTRY_COMPARE(model.index(0, 0).data(TableRowModel::FullBytesRole).toLongLong(), 1000);
        QCOMPARE(model.index(0, 0).data(TableRowModel::ValueRole).value<Value>().bytes(), QByteArray(RowSource::prefixBytes, 'x'));
        QVERIFY(!model.index(0, 0).data(TableRowModel::WholeRole).toBool());
        QCOMPARE(model.index(1, 0).data(TableRowModel::ValueRole).value<Value>().type(), ValueType::Blob);
        QCOMPARE(model.index(1, 0).data(TableRowModel::FullBytesRole).toLongLong(), 5000);
        QCOMPARE(model.index(2, 0).data(TableRowModel::ValueRole).value<Value>(), Value::text(QByteArray("a\0bc", 4)));
        QVERIFY(model.index(3, 0).data(TableRowModel::ValueRole).value<Value>().isNull());
        QCOMPARE(model.index(4, 0).data(TableRowModel::ValueRole).value<Value>(), Value::real(1.5));

        QFuture<Result<Value>> whole = readValue(*m_pool, *m_catalog.table(u"odd"_s), model.record(0, u"odd"_s)->key, 0, {});
        whole.waitForFinished();
        QCOMPARE(whole.result()->bytes(), QByteArray(1000, 'x'));
    }

    void bigValuesAreReadAtTheirBeginningOnly()
    {
        const QString path = m_folder.filePath(u"big.db"_s);
        QCOMPARE(executeSql(path, u"CREATE TABLE big(id INTEGER PRIMARY KEY, t, b BLOB, small TEXT, g TEXT AS (t || 'g'));"
                                   "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300) INSERT INTO big(id, t, b, small) SELECT i,"
                                   " CASE i % 5 WHEN 0 THEN NULL WHEN 1 THEN i WHEN 2 THEN i / 2.0 WHEN 3 THEN 'short ' || i ELSE 'ä' || printf('%.*c', 200000 + i, 'x') END,"
                                   " CASE WHEN i % 3 = 0 THEN zeroblob(100000) ELSE x'00ff' END, 's' || i FROM n;"_s),
                 QString());
        SessionPool pool(DatabaseUrl::forFile(path));
        QFuture<Result<Catalog>> catalog = pool.read([](Connection &connection) { return readCatalog(connection); });
        catalog.waitForFinished();
        const Catalog found = *catalog.result();
        TableRowModel model(std::make_unique<KeysetRowSource>(pool, *found.table(u"big"_s)));
        QTRY_COMPARE(model.rowCount(), 300);
        for (int pass = 0; pass < 2; ++pass) {
            for (const int row : {0, 1, 2, 3, 4, 18, 298, 299}) {
                const int id = row + 1;
                const auto value = [&](int column) { return model.index(row, column).data(TableRowModel::ValueRole).value<Value>(); };
                const auto bytes = [&](int column) { return model.index(row, column).data(TableRowModel::FullBytesRole).toLongLong(); };
                QTRY_COMPARE(value(3), Value::text(QByteArray("s" + QByteArray::number(id))));
                switch (id % 5) {
                case 0: QVERIFY(value(1).isNull()); break;
                case 1: QCOMPARE(value(1), Value::integer(id)); break;
                case 2: QCOMPARE(value(1), Value::real(id / 2.0)); break;
                case 3: QCOMPARE(value(1), Value::text(QByteArray("short " + QByteArray::number(id)))); break;
                default:
                    QCOMPARE(value(1), Value::text(QByteArray("\xc3\xa4" + QByteArray(RowSource::prefixBytes - 2, 'x'))));
                    QCOMPARE(bytes(1), 200'002 + id);
                    QCOMPARE(bytes(4), 200'003 + id); // of a generated column, which cannot be read piece by piece
                }
                QCOMPARE(value(2), Value::blob(id % 3 == 0 ? QByteArray(RowSource::prefixBytes, '\0') : QByteArray("\x00\xff", 2)));
                QCOMPARE(bytes(2), id % 3 == 0 ? 100'000 : 2);
            }
            model.reload();
            QTRY_COMPARE(model.rowCount(), 300);
        }
    }

    void longValuesOfUtf16AreCutToo()
    {
        const QString path = m_folder.filePath(u"utf16.db"_s);
        QCOMPARE(executeSql(path, u"PRAGMA encoding = 'UTF-16'; CREATE TABLE t(id INTEGER PRIMARY KEY, v);"
                                   "INSERT INTO t VALUES(1, 'ä' || printf('%.*c', 1000, 'x')), (2, printf('%.*c', 100000, 'y')), (3, 'ä')"_s),
                 QString());
        SessionPool pool(DatabaseUrl::forFile(path));
        QFuture<Result<Catalog>> catalog = pool.read([](Connection &connection) { return readCatalog(connection); });
        catalog.waitForFinished();
        TableRowModel model(std::make_unique<KeysetRowSource>(pool, *catalog.result()->table(u"t"_s)));
        const auto value = [&model](int row) { return model.index(row, 1).data(TableRowModel::ValueRole).value<Value>(); };
        QTRY_COMPARE(value(2), Value::text("\xc3\xa4"));
        for (const int row : {0, 1}) {
            QVERIFY(!model.index(row, 1).data(TableRowModel::WholeRole).toBool());
            QVERIFY(value(row).bytes().startsWith(row == 0 ? "\xc3\xa4xx" : "yyy"));
            QVERIFY(value(row).bytes().endsWith(row == 0 ? "xxx" : "yyy"));
        }
    }

    void aViewShowsItsFirstRows()
    {
        TableRowModel model(std::make_unique<HeadRowSource>(*m_pool, *m_catalog.table(u"few"_s)));
        QTRY_COMPARE(model.rowCount(), 12);
        QTRY_COMPARE(model.index(11, 0).data().toString(), u"w11"_s);
        QVERIFY(model.record(11, u"few"_s)->key.empty());
        QVERIFY(model.source().limitation().isEmpty());
    }

    void aMissingTableIsReported()
    {
        CatalogTable missing = *m_catalog.table(u"gaps"_s);
        missing.name = u"nothing"_s;
        TableRowModel model(std::make_unique<KeysetRowSource>(*m_pool, missing));
        QSignalSpy failed(&model, &TableRowModel::failed);
        QTRY_COMPARE(failed.count(), 1);
    }

    void aPostgresKeyIsWalkedAsWell()
    {
        const TestDatabase database;
        REQUIRE_DATABASE(database);
        QCOMPARE(database.execute(u"CREATE TABLE talk(who text, at int, said text, raw bytea, PRIMARY KEY (who, at));"
                                   "INSERT INTO talk SELECT 'p' || lpad((i / 100)::text, 3, '0'), i % 100, repeat('ä', i), decode('00ff', 'hex') "
                                   "FROM generate_series(0, 1999) i;"_s),
                 QString());
        const Result<DatabaseUrl> url = DatabaseUrl::parse(database.url());
        QVERIFY(url);
        SessionPool pool(*url);
        QFuture<Result<Catalog>> catalog = pool.read([](Connection &connection) { return readCatalog(connection); });
        catalog.waitForFinished();
        QVERIFY(catalog.result());
        const Catalog found = *catalog.result();
        const CatalogTable *table = found.table(u"talk"_s);
        QVERIFY(table);
        TableRowModel model(std::make_unique<KeysetRowSource>(pool, *table));
        QTRY_VERIFY(model.source().isComplete());
        QCOMPARE(model.totalRows(), 2000);
        for (const int row : {0, 255, 256, 1023, 1024, 1999})
            QTRY_COMPARE(model.index(row, 1).data().toString(), QString::number(row % 100));
        QCOMPARE(model.index(1999, 2).data(TableRowModel::FullBytesRole).toLongLong(), 3998);
        QCOMPARE(model.index(1999, 3).data().toString(), u"bytes · 2"_s);
        QFuture<Result<Value>> whole = readValue(pool, *table, model.record(1999, u"talk"_s)->key, 2, {});
        whole.waitForFinished();
        QVERIFY(whole.result());
        QCOMPARE(whole.result()->bytes().size(), 3998);
    }

private:
    QTemporaryDir m_folder;
    std::unique_ptr<SessionPool> m_pool;
    Catalog m_catalog;
};

} // namespace turnstone

QTEST_MAIN(turnstone::tst_KeysetRowSource)
#include "tst_keysetrowsource.moc"
