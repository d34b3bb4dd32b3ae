// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/tablerowsource.h"

#include "models/catalog/catalogreader.h"
#include "models/items/keylistrowsource.h"
#include "models/items/keysetrowsource.h"
#include "tests/support/testdatabase.h"
#include "tests/support/testfiles.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;

namespace turnstone {

namespace {

/// A database opened for reading, with its catalog; asks it in plain SQL what is right.
class Opened
{
public:
    explicit Opened(const DatabaseUrl &url) : m_pool(url)
    {
        QFuture<Result<Catalog>> catalog = m_pool.read([](Connection &connection) { return readCatalog(connection); });
        catalog.waitForFinished();
        m_catalog = *catalog.result();
    }

    SessionPool &pool() { return m_pool; }
    const CatalogTable &table(const QString &name) const { return *m_catalog.table(name); }

    /// All rows' keys in the order of a statement, as texts.
    QStringList keysBySql(const QString &sql)
    {
        QFuture<Result<QStringList>> keys = m_pool.read([sql](Connection &connection) -> Result<QStringList> {
            QStringList list;
            const Result<> read = connection.forEachRow(sql, {}, [&](const RowBlock &block, int row) {
                QStringList parts;
                for (int i = 0; i < block.columnCount(); ++i)
                    parts.append(Value(block.at(row, i)).toDisplayText());
                list.append(parts.join(u'|'));
                return true;
            });
            if (!read)
                return failure(read);
            return list;
        });
        keys.waitForFinished();
        if (!keys.result())
            return {keys.result().error().message};
        return *keys.result();
    }

private:
    SessionPool m_pool;
    Catalog m_catalog;
};

QStringList keysOf(const RowPage &page)
{
    QStringList keys;
    for (int row = 0; row < page.rowCount(); ++row) {
        QStringList parts;
        for (const Value &value : page.key(row))
            parts.append(value.toDisplayText());
        keys.append(parts.join(u'|'));
    }
    return keys;
}

/// All rows of a complete source, page by page.
QStringList readAll(RowSource &source)
{
    QStringList keys;
    for (qint64 page = 0; page * RowSource::rowsPerPage < source.rowCount(); ++page) {
        QFuture<Result<RowPage>> read = source.readPage(page);
        read.waitForFinished();
        const Result<RowPage> rows = read.takeResult();
        if (!rows)
            return {rows.error().message};
        keys += keysOf(*rows);
    }
    return keys;
}

RowSelection sortedBy(const std::vector<SortTerm> &terms)
{
    return {{}, terms};
}

RowFilter filter(const QString &column, FilterOperator op, std::vector<Value> values = {}, bool isCaseSensitive = false)
{
    return {column, op, std::move(values), isCaseSensitive};
}

Value text(const char *utf8)
{
    return Value::text(QByteArray(utf8));
}

const auto mixedRows = u"CREATE TABLE mixed(id INTEGER PRIMARY KEY, v, n NUMERIC, t TEXT, c TEXT COLLATE NOCASE, r TEXT COLLATE RTRIM, few INTEGER, d INTEGER);"
                        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000) INSERT INTO mixed SELECT i,"
                        " CASE i % 11 WHEN 0 THEN NULL WHEN 1 THEN i % 50 WHEN 2 THEN (i % 50) * 1.0 WHEN 3 THEN 'x' || (i % 70)"
                        "  WHEN 4 THEN CAST('b' || (i % 30) AS BLOB) WHEN 5 THEN 9007199254740993 + i % 3 WHEN 6 THEN 9007199254740992.0 + 2 * (i % 3)"
                        "  WHEN 7 THEN 9223372036854775807 WHEN 8 THEN 9223372036854775808.0 WHEN 9 THEN -0.0 ELSE -9e999 * (i % 2 * 2 - 1) END,"
                        " CASE i % 3 WHEN 0 THEN NULL WHEN 1 THEN i % 100 ELSE (i % 100) / 8.0 END,"
                        " CASE WHEN i % 5 = 0 THEN NULL ELSE 'a common beginning ' || substr('zyxwäöÄ€Б', 1 + i % 9, 1) || (i % 13) END,"
                        " CASE i % 4 WHEN 0 THEN 'Ab' WHEN 1 THEN 'aB' WHEN 2 THEN 'Äb' ELSE 'ab' || i END,"
                        " 'r' || (i % 7) || substr('     ', 1, i % 4), CASE WHEN i % 10 < 3 THEN NULL ELSE i % 3 END, -i FROM n;"
                        "INSERT INTO mixed(id, v, t) VALUES(9000, CAST(x'6100ff' AS TEXT), CAST(x'6100' AS TEXT)), (9001, 'a', 'a'), (9002, x'', ''), (9003, -9223372036854775808, 'a'),"
                        " (9004, -9223372036854775808.0, 'aaaaaaaa'), (9005, 1e308, CAST(x'616161616161616100' AS TEXT)), (9006, '', NULL);"_s;

} // namespace

class tst_TableRowSource : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        m_path = m_folder.filePath(u"rows.db"_s);
        QCOMPARE(executeSql(m_path, mixedRows
                                + u"CREATE TABLE indexed AS SELECT * FROM mixed; CREATE INDEX i_few ON indexed(few); CREATE INDEX i_t ON indexed(t);"
                                   "CREATE INDEX i_two ON indexed(few, n DESC); CREATE INDEX i_c ON indexed(c COLLATE NOCASE); CREATE INDEX i_v ON indexed(v);"
                                   "CREATE TABLE pairs(a TEXT, b INTEGER, c, PRIMARY KEY(a, b)) WITHOUT ROWID;"
                                   "INSERT INTO pairs SELECT 'k' || (id / 10), id % 10, v FROM mixed;"
                                   "CREATE VIEW seen AS SELECT id, few, t FROM mixed;"_s),
                 QString());
        m_sqlite = std::make_unique<Opened>(DatabaseUrl::forFile(m_path));
    }

    void everySortIsTheEnginesOwn_data()
    {
        QTest::addColumn<QString>("table");
        QTest::addColumn<QString>("column");
        for (const char *table : {"mixed", "indexed"}) {
            for (const char *column : {"id", "v", "n", "t", "c", "r", "few", "d"})
                QTest::addRow("%s.%s", table, column) << QString::fromLatin1(table) << QString::fromLatin1(column);
        }
    }

    void everySortIsTheEnginesOwn()
    {
        QFETCH(QString, table);
        QFETCH(QString, column);
        const QString rowid = table == u"indexed" ? u"rowid"_s : u"id"_s;
        for (const bool isDescending : {false, true}) {
            const auto source = makeRowSource(m_sqlite->pool(), m_sqlite->table(table), sortedBy({{column, isDescending}}));
            source->start();
            QTRY_VERIFY(source->isComplete());
            const QString direction = isDescending ? u" DESC"_s : QString();
            const QStringList right = m_sqlite->keysBySql(u"SELECT %1 FROM %2 ORDER BY %3%4, %1%4"_s.arg(rowid, table, column, direction));
            QCOMPARE(source->rowCount(), qint64(right.size()));
            QCOMPARE(readAll(*source), right);
            QVERIFY(!source->plan().isEmpty());
        }
    }

    void anIndexCarriesTheOrderIfItHasIt()
    {
        const auto planOf = [this](const std::vector<SortTerm> &terms) {
            const auto source = makeRowSource(m_sqlite->pool(), m_sqlite->table(u"indexed"_s), sortedBy(terms));
            source->start();
            return QTest::qWaitFor([&] { return source->isComplete(); }) ? source->plan() : QString();
        };
        QVERIFY(planOf({{u"t"_s, false}}).contains(u"i_t"_s));
        QVERIFY(planOf({{u"t"_s, true}}).contains(u"i_t"_s));
        QVERIFY(planOf({{u"few"_s, false}, {u"n"_s, true}}).contains(u"i_two"_s));
        QVERIFY(planOf({{u"few"_s, true}, {u"n"_s, false}}).contains(u"i_two"_s));
        QVERIFY(planOf({{u"few"_s, false}, {u"n"_s, false}}).contains(u"whole table"_s));
        QVERIFY(planOf({{u"r"_s, false}}).contains(u"whole table"_s));
    }

    void sortsOfSeveralColumnsAndDirections()
    {
        for (const char *name : {"mixed", "indexed"}) {
            const QString table = QString::fromLatin1(name);
            const QString rowid = table == u"indexed" ? u"rowid"_s : u"id"_s;
            for (int directions = 0; directions < 8; ++directions) {
                const std::vector<SortTerm> terms{{u"few"_s, (directions & 1) != 0}, {u"n"_s, (directions & 2) != 0}};
                const auto source = makeRowSource(m_sqlite->pool(), m_sqlite->table(table), sortedBy(terms));
                source->start();
                QTRY_VERIFY(source->isComplete());
                // Rows that are equal in both follow in the key's order, one way or the other.
                const QString sql = u"SELECT %1 FROM %2 ORDER BY few%3, n%4, %1"_s.arg(rowid, table, terms[0].isDescending ? u" DESC"_s : QString(),
                                                                                      terms[1].isDescending ? u" DESC"_s : QString());
                const QStringList is = readAll(*source);
                QVERIFY(is == m_sqlite->keysBySql(sql) || is == m_sqlite->keysBySql(sql + u" DESC"_s));
            }
        }
    }

    void aKeyOfTwoColumnsWithoutARowid()
    {
        const auto source = makeRowSource(m_sqlite->pool(), m_sqlite->table(u"pairs"_s), sortedBy({{u"c"_s, true}}));
        source->start();
        QTRY_VERIFY(source->isComplete());
        QCOMPARE(readAll(*source), m_sqlite->keysBySql(u"SELECT a, b FROM pairs ORDER BY c DESC, a DESC, b DESC"_s));
        QFuture<Result<qint64>> at = source->positionOf({text("k7"), Value::integer(3)});
        at.waitForFinished();
        QVERIFY(at.result());
        QCOMPARE(readAll(*source).at(*at.result()), u"k7|3"_s);
    }

    void filtersMeanWhatTheySay_data()
    {
        QTest::addColumn<RowFilter>("by");
        QTest::addColumn<QString>("where");
        using enum FilterOperator;
        const auto row = [](const char *name, const RowFilter &by, const QString &where) { QTest::newRow(name) << by << where; };
        row("equal integer", filter(u"v"_s, Equals, {Value::integer(7)}), u"v = 7"_s);
        row("equal as real", filter(u"v"_s, Equals, {Value::real(7)}), u"v = 7.0"_s);
        row("text in a number column", filter(u"n"_s, Equals, {text("7")}), u"n = 7"_s);
        row("equal to NULL", filter(u"v"_s, Equals, {Value::null()}), u"v IS NULL"_s);
        row("not equal passes NULL", filter(u"few"_s, NotEquals, {Value::integer(1)}), u"few <> 1 OR few IS NULL"_s);
        row("less", filter(u"v"_s, Less, {Value::integer(9007199254740994)}), u"v < 9007199254740994"_s);
        row("between", filter(u"n"_s, Between, {Value::real(1.5), Value::integer(30)}), u"n BETWEEN 1.5 AND 30"_s);
        row("in", filter(u"few"_s, In, {Value::integer(2), Value::null()}), u"few = 2 OR few IS NULL"_s);
        row("in nothing", filter(u"few"_s, In), u"0"_s);
        row("null", filter(u"t"_s, IsNull), u"t IS NULL"_s);
        row("not null", filter(u"t"_s, IsNotNull), u"t IS NOT NULL"_s);
        row("collation", filter(u"c"_s, Equals, {text("AB")}), u"c = 'AB'"_s);
        row("contains, any case", filter(u"t"_s, Contains, {text("COMMON Beginning Ä")}), u"t LIKE '%beginning ä%' OR t LIKE '%beginning Ä%'"_s);
        row("contains, exactly", filter(u"t"_s, Contains, {text("Ä1")}, true), u"instr(t, 'Ä1') > 0"_s);
        row("contains a number", filter(u"n"_s, Contains, {text(".5")}), u"instr(n, '.5') > 0"_s);
        row("contains not passes NULL", filter(u"t"_s, NotContains, {text("Ä")}), u"t IS NULL OR (instr(t, 'ä') = 0 AND instr(t, 'Ä') = 0)"_s);
        row("wild cards are plain", filter(u"t"_s, Contains, {text("*")}), u"0"_s);
        row("starts with", filter(u"c"_s, StartsWith, {text("ab1")}), u"c LIKE 'ab1%'"_s);
        row("starts exactly", filter(u"c"_s, StartsWith, {text("aB")}, true), u"substr(c, 1, 2) COLLATE BINARY = 'aB'"_s);
        row("points nowhere", filter(u"few"_s, PointsNowhere, {text("id")}), u"few IS NULL OR few = 0"_s);
        row("points to itself", filter(u"id"_s, PointsNowhere, {text("id")}), u"1"_s);
        row("starts, beyond ASCII", filter(u"c"_s, StartsWith, {text("äB")}), u"substr(c, 1, 2) COLLATE BINARY = 'Äb'"_s);
    }

    void filtersMeanWhatTheySay()
    {
        QFETCH(RowFilter, by);
        QFETCH(QString, where);
        for (const QString &table : {u"mixed"_s, u"indexed"_s}) {
            const QString rowid = table == u"indexed" ? u"rowid"_s : u"id"_s;
            const auto source = makeRowSource(m_sqlite->pool(), m_sqlite->table(table), {{by}, {}});
            source->start();
            QTRY_VERIFY(source->isComplete());
            QCOMPARE(readAll(*source), m_sqlite->keysBySql(u"SELECT %1 FROM %2 WHERE %3 ORDER BY %1"_s.arg(rowid, table, where)));
            const auto sorted = makeRowSource(m_sqlite->pool(), m_sqlite->table(table), {{by}, {{u"t"_s, true}}});
            sorted->start();
            QTRY_VERIFY(sorted->isComplete());
            QCOMPARE(readAll(*sorted), m_sqlite->keysBySql(u"SELECT %1 FROM %2 WHERE %3 ORDER BY t DESC, %1 DESC"_s.arg(rowid, table, where)));
        }
    }

    void theHintNamesTheIndex()
    {
        const auto planOf = [this](const RowFilter &by) {
            const auto source = makeRowSource(m_sqlite->pool(), m_sqlite->table(u"indexed"_s), {{by}, {}});
            source->start();
            return QTest::qWaitFor([&] { return source->isComplete(); }) ? source->plan() : QString();
        };
        QVERIFY(planOf(filter(u"t"_s, FilterOperator::Equals, {text("x")})).contains(u"i_t"_s));
        QVERIFY(planOf(filter(u"r"_s, FilterOperator::Equals, {text("x")})).contains(u"whole table"_s));
        QVERIFY(planOf(filter(u"rowid"_s, FilterOperator::Equals, {text("x")})).isEmpty());
    }

    void everyRowIsFoundByItsKey()
    {
        for (const std::vector<SortTerm> &terms : {std::vector<SortTerm>{}, {{u"t"_s, true}}, {{u"few"_s, false}, {u"n"_s, true}}, {{u"r"_s, false}}}) {
            const auto source = makeRowSource(m_sqlite->pool(), m_sqlite->table(u"indexed"_s), sortedBy(terms));
            source->start();
            QTRY_VERIFY(source->isComplete());
            const QStringList keys = readAll(*source);
            for (const int position : {0, 1, 255, 256, 257, 1000, 2047, 2048, 4000, 4006}) {
                QFuture<Result<qint64>> at = source->positionOf({Value::integer(keys.at(position).toLongLong())});
                QTRY_VERIFY(at.isFinished());
                QVERIFY2(at.result(), at.result() ? "" : qPrintable(at.result().error().message));
                QCOMPARE(*at.result(), position);
            }
            QFuture<Result<qint64>> missing = source->positionOf({Value::integer(123'456)});
            QTRY_VERIFY(missing.isFinished());
            QVERIFY(!missing.result());
            QCOMPARE(missing.result().error().code, ErrorCode::NotFound);
        }
    }

    void newRowsAppearOnRefresh()
    {
        const QString path = m_folder.filePath(u"growing.db"_s);
        QCOMPARE(executeSql(path, u"PRAGMA journal_mode = WAL; CREATE TABLE t(id INTEGER PRIMARY KEY, a INTEGER, b INTEGER); CREATE INDEX i ON t(a);"
                                   "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500) INSERT INTO t SELECT i, i % 7, i % 9 FROM n;"_s),
                 QString());
        Opened opened(DatabaseUrl::forFile(path));
        const CatalogTable &table = opened.table(u"t"_s);
        std::vector<std::pair<std::unique_ptr<RowSource>, QString>> sources;
        sources.emplace_back(makeRowSource(opened.pool(), table), u"SELECT id FROM t ORDER BY id"_s);
        sources.emplace_back(makeRowSource(opened.pool(), table, sortedBy({{u"a"_s, true}})), u"SELECT id FROM t ORDER BY a DESC, id DESC"_s);
        sources.emplace_back(makeRowSource(opened.pool(), table, sortedBy({{u"b"_s, false}})), u"SELECT id FROM t ORDER BY b, id"_s);
        sources.emplace_back(makeRowSource(opened.pool(), table, {{filter(u"b"_s, FilterOperator::Equals, {Value::integer(3)})}, {}}),
                             u"SELECT id FROM t WHERE b = 3 ORDER BY id"_s);
        for (auto &[source, sql] : sources) {
            source->start();
            QTRY_VERIFY(source->isComplete());
            QCOMPARE(readAll(*source), opened.keysBySql(sql));
        }
        QCOMPARE(executeSql(path, u"WITH RECURSIVE n(i) AS (SELECT 1501 UNION ALL SELECT i + 1 FROM n WHERE i < 2100) INSERT INTO t SELECT i, i % 7, i % 9 FROM n;"_s),
                 QString());
        for (auto &[source, sql] : sources) {
            const qint64 before = source->rowCount();
            QSignalSpy extent(source.get(), &RowSource::extentChanged);
            const auto refreshed = [&] {
                source->refresh();
                return source->rowCount() > before && source->isComplete();
            };
            QTRY_VERIFY(refreshed());
            QVERIFY(extent.count() > 0);
            QCOMPARE(readAll(*source), opened.keysBySql(sql));
        }
        // Deleted rows leave their page shorter and take nothing from the next one.
        QCOMPARE(executeSql(path, u"DELETE FROM t WHERE id BETWEEN 10 AND 20"_s), QString());
        QFuture<Result<RowPage>> read = sources.front().first->readPage(0);
        read.waitForFinished();
        const Result<RowPage> page = read.takeResult();
        QVERIFY(page);
        QCOMPARE(page->rowCount(), RowSource::rowsPerPage - 11);
        QCOMPARE(page->key(page->rowCount() - 1), RowKey{Value::integer(256)});
    }

    void aViewIsFilteredAndSorted()
    {
        const auto source = makeRowSource(m_sqlite->pool(), m_sqlite->table(u"seen"_s),
                                          {{filter(u"few"_s, FilterOperator::Equals, {Value::integer(1)})}, {{u"id"_s, true}}});
        source->start();
        QTRY_VERIFY(source->isComplete());
        QCOMPARE(QString::number(source->rowCount()), m_sqlite->keysBySql(u"SELECT count(*) FROM seen WHERE few = 1"_s).first());
        QVERIFY(!source->hasKeys());
    }

    void aMissingColumnIsNamed()
    {
        for (const RowSelection &selection : {RowSelection{{filter(u"nothing"_s, FilterOperator::IsNull)}, {}}, sortedBy({{u"nothing"_s, false}})}) {
            const auto source = makeRowSource(m_sqlite->pool(), m_sqlite->table(u"mixed"_s), selection);
            QSignalSpy failed(source.get(), &RowSource::failed);
            source->start();
            QTRY_COMPARE(failed.count(), 1);
            QVERIFY(failed.first().first().value<Error>().message.contains(u"nothing"_s));
        }
    }

    void aSortCanBeStopped()
    {
        auto source = makeRowSource(m_sqlite->pool(), m_sqlite->table(u"mixed"_s), sortedBy({{u"v"_s, false}, {u"t"_s, true}}));
        source->start();
        source.reset();
        QTRY_COMPARE(m_sqlite->pool().busyCount(), 0);
    }

    void postgresSortsAndFilters()
    {
        const TestDatabase database;
        REQUIRE_DATABASE(database);
        QCOMPARE(database.execute(u"CREATE TABLE odd(id bigint PRIMARY KEY, few int, f double precision, n numeric(12,3), t text, u uuid, ts timestamptz, j json, nn int NOT NULL);"
                                   "INSERT INTO odd SELECT i, CASE WHEN i % 10 < 3 THEN NULL ELSE i % 3 END,"
                                   " CASE i % 6 WHEN 0 THEN 'NaN' WHEN 1 THEN 'infinity' WHEN 2 THEN '-infinity' WHEN 3 THEN -0.0 WHEN 4 THEN NULL ELSE i % 50 / 8.0 END,"
                                   " CASE WHEN i % 7 = 0 THEN NULL ELSE (i % 90) / 8.0 END, CASE WHEN i % 5 = 0 THEN NULL ELSE substr('zyxwäöÄ€Б', 1 + i % 9, 1) || (i % 13) END,"
                                   " md5((i % 800)::text)::uuid, timestamptz '2025-10-21 09:14:03.123456+02' + (i % 900) * interval '1.000001 s', '{}', i % 77 FROM generate_series(1, 3000) i;"
                                   "CREATE INDEX i_few ON odd(few, id); CREATE INDEX i_nn ON odd(nn, id); CREATE UNIQUE INDEX i_u ON odd(u, id); ANALYZE odd;"
                                   "CREATE TABLE pairs(a text, b int, c int, PRIMARY KEY (a, b)); INSERT INTO pairs SELECT 'k' || i / 10, i % 10, i % 6 FROM generate_series(1, 1200) i;"_s),
                 QString());
        const Result<DatabaseUrl> url = DatabaseUrl::parse(database.url());
        QVERIFY(url);
        Opened opened(*url);
        for (const QString &column : {u"id"_s, u"few"_s, u"f"_s, u"n"_s, u"t"_s, u"u"_s, u"ts"_s, u"nn"_s}) {
            for (const bool isDescending : {false, true}) {
                const auto source = makeRowSource(opened.pool(), opened.table(u"odd"_s), sortedBy({{column, isDescending}}));
                source->start();
                QTRY_VERIFY(source->isComplete());
                const QStringList right = opened.keysBySql(u"SELECT id FROM odd ORDER BY %1 %2, id %3"_s.arg(
                    column, isDescending ? u"DESC NULLS LAST"_s : u"ASC NULLS FIRST"_s, isDescending ? u"DESC"_s : u"ASC"_s));
                const QStringList is = readAll(*source);
                QVERIFY2(is == right, qPrintable(column + u": "_s + source->plan() + u' ' + QString::number(is.size())));
                for (const int position : {0, 255, 256, 1800, 2999}) {
                    QFuture<Result<qint64>> at = source->positionOf({text(right.at(position).toLatin1())});
                    QTRY_VERIFY(at.isFinished());
                    QVERIFY2(at.result(), qPrintable(column));
                    QCOMPARE(*at.result(), position);
                }
            }
        }
        using enum FilterOperator;
        const std::vector<std::pair<RowFilter, QString>> filters{
            {filter(u"n"_s, Equals, {text("1.25")}), u"n = 1.25"_s},
            {filter(u"n"_s, GreaterOrEqual, {Value::real(10.5)}), u"n >= 10.5"_s},
            {filter(u"f"_s, Equals, {text("NaN")}), u"f = 'NaN'"_s},
            {filter(u"few"_s, NotEquals, {Value::integer(1)}), u"few IS DISTINCT FROM 1"_s},
            {filter(u"u"_s, In, {text("c4ca4238a0b923820dcc509a6f75849b"), Value::null()}), u"u = 'c4ca4238-a0b9-2382-0dcc-509a6f75849b'"_s},
            {filter(u"ts"_s, Between, {text("2025-10-21T07:14:03.123456Z"), text("2025-10-21 07:15:00Z")}), u"ts BETWEEN '2025-10-21 07:14:03.123456Z' AND '2025-10-21 07:15:00Z'"_s},
            {filter(u"t"_s, Contains, {text("Z1")}), u"t ILIKE '%z1%'"_s},
            {filter(u"t"_s, NotContains, {text("1")}), u"t IS NULL OR strpos(t, '1') = 0"_s},
            {filter(u"t"_s, StartsWith, {text("Ä")}, true), u"t LIKE 'Ä%'"_s},
            {filter(u"n"_s, Contains, {text(".5")}), u"strpos(n::text, '.5') > 0"_s},
            {filter(u"j"_s, Equals, {text("{}")}), u"true"_s},
            {filter(u"few"_s, PointsNowhere, {text("id")}), u"few IS NULL OR few = 0"_s},
            {filter(u"t"_s, PointsNowhere, {text("id")}), u"true"_s},
        };
        for (const auto &[by, where] : filters) {
            const auto source = makeRowSource(opened.pool(), opened.table(u"odd"_s), {{by}, {}});
            source->start();
            QTRY_VERIFY(source->isComplete());
            QCOMPARE(readAll(*source), opened.keysBySql(u"SELECT id FROM odd WHERE %1 ORDER BY id"_s.arg(where)));
        }
        const auto pairs = makeRowSource(opened.pool(), opened.table(u"pairs"_s), sortedBy({{u"c"_s, false}}));
        pairs->start();
        QTRY_VERIFY(pairs->isComplete());
        QCOMPARE(readAll(*pairs), opened.keysBySql(u"SELECT a, b FROM pairs ORDER BY c, a, b"_s));

        for (const RowFilter &wrong : {filter(u"few"_s, Equals, {text("many")}), filter(u"few"_s, Equals, {text("99999999999")}), filter(u"ts"_s, Less, {text("soon")}),
                                       filter(u"u"_s, In, {text("c4ca4238a0b923820dcc509a6f75849b"), text("zz")})}) {
            const auto source = makeRowSource(opened.pool(), opened.table(u"odd"_s), {{wrong}, {}});
            QSignalSpy failed(source.get(), &RowSource::failed);
            source->start();
            QTRY_COMPARE(failed.count(), 1);
            const QString message = failed.first().first().value<Error>().message;
            QVERIFY2(message.contains(wrong.column) && message.contains(wrong.values.back().toDisplayText()), qPrintable(message));
        }
        const auto json = makeRowSource(opened.pool(), opened.table(u"odd"_s), sortedBy({{u"j"_s, false}}));
        QSignalSpy failed(json.get(), &RowSource::failed);
        json->start();
        QTRY_COMPARE(failed.count(), 1);
        QCOMPARE(failed.first().first().value<Error>().code, ErrorCode::Unsupported);
    }

private:
    QTemporaryDir m_folder;
    QString m_path;
    std::unique_ptr<Opened> m_sqlite;
};

} // namespace turnstone

QTEST_MAIN(turnstone::tst_TableRowSource)
#include "tst_tablerowsource.moc"
