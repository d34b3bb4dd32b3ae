// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/rowsorter.h"

#include "models/catalog/catalogreader.h"
#include "models/database/statementlog.h"
#include "models/items/keylistmaker.h"
#include "tests/support/testfiles.h"

#include <QTemporaryDir>
#include <QTest>

#include <sqlite3.h>

#include <random>
#include <thread>

using namespace Qt::StringLiterals;

namespace turnstone {

namespace {

using Rows = std::vector<qint64>;

/// A file with tables, opened for reading.
class Tables
{
public:
    explicit Tables(const QString &path, const QString &sql = {})
        : m_path(path)
    {
        if (!sql.isEmpty() && !executeSql(path, sql).isEmpty())
            return;
        open();
    }

    void open()
    {
        m_connection = *Connection::open(DatabaseUrl::forFile(m_path));
        m_catalog = *readCatalog(*m_connection);
    }
    SqliteConnection &connection() { return static_cast<SqliteConnection &>(*m_connection); }
    OrderedQuery query(const std::vector<SortTerm> &terms, const std::vector<RowFilter> &filters = {},
                       std::optional<bool> keyDescending = {}) const
    {
        return OrderedQuery(*m_catalog.table(u"t"_s), {filters, terms}, keyDescending.value_or(terms.front().isDescending));
    }
    /// What the engine says.
    Rows byEngine(const OrderedQuery &query)
    {
        Rows rows;
        const BoundSql sql = query.keys(0);
        const Result<> read = m_connection->forEachRow(sql.text, sql.parameters, [&rows](const RowBlock &block, int row) {
            rows.push_back(block.at(row, 0).integer());
            return true;
        });
        return read ? rows : Rows{-4711};
    }

private:
    QString m_path;
    std::unique_ptr<Connection> m_connection;
    Catalog m_catalog;
};

Rows taken(KeyListProgress &progress)
{
    Rows rows;
    int attempt = 0;
    for (const KeyList::Part &part : progress.take(attempt)) {
        for (std::int64_t i = 0; i < part.size(); ++i)
            rows.push_back(part.at(i).front().integer());
    }
    return rows;
}

/// With limits that bring two readers and later rounds about in small tables.
constexpr RowSorter::Limits fewAsked{3, 1'000'000, 100};
constexpr RowSorter::Limits noneAsked{0, 0, 100};
constexpr RowSorter::Limits noOpenAsked{0, 1'000'000, 100};
constexpr RowSorter::Limits allAsked{1'000'000, 1'000'000, 1'000'000'000};
/// No values are collected; or the sample is small, so that most that are were not in it; or they turn out to be too many.
constexpr RowSorter::Limits noneCollected{3, 1'000'000, 100, 0};
constexpr RowSorter::Limits fewKnown{3, 1'000'000, 100, SortDictionary::mostValues, 3};
constexpr RowSorter::Limits fewCollected{3, 1'000'000, 100, 20, 3};

QString describe(const OrderedQuery &query)
{
    return query.order().orderBy();
}

#define COMPARE_WITH_ENGINE(tables, query, limits) \
    do { \
        KeyListProgress progress; \
        const Result<bool> isSorted = RowSorter::sort((tables).connection(), query, progress, limits); \
        QVERIFY2(isSorted, isSorted ? "" : qPrintable(isSorted.error().message + isSorted.error().detail)); \
        QVERIFY2(*isSorted, qPrintable(describe(query))); \
        const Rows right = (tables).byEngine(query); \
        const Rows rows = taken(progress); \
        QCOMPARE(rows.size(), right.size()); \
        const auto [wrong, at] = std::mismatch(rows.begin(), rows.end(), right.begin()); \
        QVERIFY2(wrong == rows.end(), qPrintable(u"%1: position %2 has row %3 instead of %4"_s.arg(describe(query)) \
                                                     .arg(wrong - rows.begin()) \
                                                     .arg(wrong == rows.end() ? 0 : *wrong) \
                                                     .arg(at == right.end() ? 0 : *at))); \
    } while (false)

/// Values that lie close together or are easily taken for each other.
class Adversary
{
public:
    explicit Adversary(unsigned seed)
        : m_random(seed)
    {
        const int kinds = any(1, 5);
        for (int i = 0; i < kinds; ++i)
            m_kinds.push_back(any(0, 13));
        m_prefix = QByteArray(any(0, 1) == 0 ? 0 : any(6, 70), 'p');
        m_letters = any(0, 2) == 0   ? QByteArray("ab")
                    : any(0, 1) == 0 ? QByteArray("aAbBzZ _[`@")
                                     : QByteArray("\x00\x01\x7f\x80\xc3\xff \xe2z", 9);
    }

    int any(int from, int to) { return std::uniform_int_distribution<int>(from, to)(m_random); }

    Value value()
    {
        switch (m_kinds[static_cast<std::size_t>(any(0, static_cast<int>(m_kinds.size()) - 1))]) {
        case 0: return Value::null();
        case 1: return Value::integer(any(-3, 3));
        case 2: return Value::integer(any(0, 1'000'000));
        case 3: return Value::integer((std::int64_t(1) << 53) + any(-3, 3));
        case 4: return Value::real(9007199254740992.0 + 2 * any(-2, 2));
        case 5:
            return Value::integer(any(0, 1) == 0 ? std::numeric_limits<std::int64_t>::max() - any(0, 2)
                                                 : std::numeric_limits<std::int64_t>::min() + any(0, 2));
        case 6:
            return Value::real(any(0, 3) == 0   ? -0.0
                               : any(0, 2) == 0 ? 9223372036854775808.0
                               : any(0, 1) == 0 ? -9223372036854775808.0
                                                : 5e-324 * any(-1, 1));
        case 7: return Value::real(any(-4, 4) / 2.0);
        case 8: return Value::real(std::uniform_real_distribution<double>(0, 100)(m_random));
        case 9: return Value::integer(static_cast<std::int64_t>(m_random()) << 32 | static_cast<std::int64_t>(m_random()));
        case 10: return Value::text(m_prefix + bytes(any(0, 3)));
        case 11: return Value::text(bytes(any(5, 18)));
        case 12:
            return Value::text(QByteArray::number(any(0, 30)) + ' ' + m_prefix + QByteArray::number(any(0, 1'000'000))
                               + QByteArray(any(0, 3), ' '));
        default: return Value::blob(m_prefix.left(any(7, 9)) + bytes(any(0, 10)));
        }
    }

private:
    QByteArray bytes(int count)
    {
        QByteArray made;
        for (int i = 0; i < count; ++i)
            made += m_letters[any(0, static_cast<int>(m_letters.size()) - 1)];
        return made;
    }

    std::mt19937 m_random;
    std::vector<int> m_kinds;
    QByteArray m_prefix;
    QByteArray m_letters;
};

void fill(const QString &path, unsigned seed, int count)
{
    ConnectionOptions writing;
    writing.readOnly = false;
    writing.createFile = true;
    auto connection = *Connection::open(DatabaseUrl::forFile(path), writing);
    QVERIFY((*connection)
                .executeScript(
                    u"DROP TABLE IF EXISTS t; CREATE TABLE t(id INTEGER PRIMARY KEY, a, b COLLATE NOCASE, c COLLATE RTRIM); BEGIN"_s));
    Adversary a(seed);
    Adversary b(seed + 1'000'000);
    Adversary c(seed + 2'000'000);
    auto insert = *connection->prepare(u"INSERT OR IGNORE INTO t VALUES(?, ?, ?, ?)"_s);
    for (int i = 0; i < count; ++i) {
        const Value id = Value::integer(seed % 3 == 0   ? i
                                        : seed % 3 == 1 ? std::int64_t(i) * 7919 % count - 500
                                                        : std::int64_t(a.any(-2'000'000'000, 2'000'000'000)) << 20);
        const Value values[] = {id, a.value(), b.value(), c.value()};
        const ValueRef refs[] = {values[0].ref(), values[1].ref(), values[2].ref(), values[3].ref()};
        QVERIFY(insert->execute(refs, 4));
    }
    insert.reset();
    QVERIFY(connection->commit());
}

} // namespace

class tst_RowSorter : public QObject
{
    Q_OBJECT

private slots:
    void ordersAreTheEnginesOwn_data()
    {
        QTest::addColumn<unsigned>("seed");
        const unsigned seeds = qEnvironmentVariableIntValue("TURNSTONE_SORT_SEEDS") > 0
                                   ? static_cast<unsigned>(qEnvironmentVariableIntValue("TURNSTONE_SORT_SEEDS"))
                                   : 25;
        for (unsigned seed = 0; seed < seeds; ++seed)
            QTest::addRow("seed %u", seed) << seed;
    }

    void ordersAreTheEnginesOwn()
    {
        QFETCH(unsigned, seed);
        const QString path = m_folder.filePath(u"seed.db"_s);
        fill(path, seed, 700);
        if (QTest::currentTestFailed())
            return;
        Tables tables(path);
        tables.open();
        std::mt19937 random(seed);
        const std::vector<std::vector<SortTerm>> orders{{{u"a"_s, false}},
                                                        {{u"b"_s, true}},
                                                        {{u"c"_s, false}},
                                                        {{u"a"_s, true}, {u"b"_s, false}},
                                                        {{u"b"_s, false}, {u"c"_s, false}},
                                                        {{u"c"_s, true}, {u"a"_s, true}, {u"b"_s, false}},
                                                        {{u"a"_s, false}, {u"b"_s, true}, {u"c"_s, true}},
                                                        {{u"b"_s, true}, {u"id"_s, false}}};
        for (const std::vector<SortTerm> &order : orders) {
            const OrderedQuery query = tables.query(order, {}, random() % 2 == 0);
            for (const RowSorter::Limits &limits : {allAsked, fewAsked, noneCollected, fewKnown, fewCollected})
                COMPARE_WITH_ENGINE(tables, query, limits);
        }
    }

    void whatAllTextsHaveInCommonTakesNoRoom_data()
    {
        QTest::addColumn<QString>("expression");
        QTest::newRow("7 bytes") << u"'1234567' || (i % 97)"_s;
        QTest::newRow("8 bytes") << u"'12345678' || (i % 97)"_s;
        QTest::newRow("9 bytes") << u"'123456789' || (i % 97)"_s;
        QTest::newRow("16 bytes") << u"'1234567890123456' || (i % 97)"_s;
        QTest::newRow("17 bytes") << u"'12345678901234567' || (i % 97)"_s;
        QTest::newRow("hundreds of bytes") << u"replace(hex(zeroblob(300)), '00', 'xy') || (i % 97)"_s;
        QTest::newRow("numbered names") << u"'game-' || substr('00000000' || (i * 7919 % 100003), -8)"_s;
        QTest::newRow("hexadecimal digits") << u"lower(hex(randomblob(16)))"_s;
        QTest::newRow("times") << u"strftime('%Y-%m-%dT%H:%M:%fZ', 1700000000 + i * 7919 % 31536000 + (i % 1000) / 1000.0, 'unixepoch')"_s;
        QTest::newRow("sentences")
            << u"'Agent ' || (i % 13) || ' answered in room ' || (i % 7) || ': ' || hex(i * 31 % 517) || substr('the same words again and again', 1, i % 29)"_s;
        QTest::newRow("long and often")
            << u"replace(hex(zeroblob(40)), '00', char(97 + i % 3)) || replace(hex(zeroblob(40)), '00', char(97 + i % 5)) || (i % 4)"_s;
        QTest::newRow("a late difference")
            << u"hex(i % 2) || replace(hex(randomblob(1)), '0', 'g') || replace(hex(zeroblob(200)), '00', substr('abcdefgh', 1 + i % 8, 1)) || (i % 2)"_s;
    }

    void whatAllTextsHaveInCommonTakesNoRoom()
    {
        QFETCH(QString, expression);
        const QString path = m_folder.filePath(u"common.db"_s);
        QCOMPARE(
            executeSql(
                path,
                u"DROP TABLE IF EXISTS t; CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, b INTEGER);"
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9000) INSERT INTO t SELECT i, %1, i % 3 FROM n"_s
                    .arg(expression)),
            QString());
        Tables tables(path);
        tables.open();
        for (const bool isDescending : {false, true}) {
            for (const RowSorter::Limits &limits : {allAsked, fewAsked, noneAsked, noneCollected, fewKnown, fewCollected}) {
                COMPARE_WITH_ENGINE(tables, tables.query({{u"a"_s, isDescending}}), limits);
                COMPARE_WITH_ENGINE(tables, tables.query({{u"b"_s, true}, {u"a"_s, isDescending}}), limits);
                COMPARE_WITH_ENGINE(tables, tables.query({{u"a"_s, isDescending}, {u"b"_s, false}}, {}, false), limits);
            }
        }
    }

    void valuesThatTheSampleMissedAreInOrder()
    {
        // One row in 40,000 is of another kind than those that are looked at.
        const QString path = m_folder.filePath(u"rare.db"_s);
        QCOMPARE(executeSql(
                     path,
                     u"CREATE TABLE t(id INTEGER PRIMARY KEY, a, b);"
                     "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 120000) INSERT INTO t SELECT i, i * 7919 % "
                     "1000, 'x' || (i % 50) FROM n;"
                     "UPDATE t SET a = CASE id % 9 WHEN 0 THEN NULL WHEN 1 THEN 'text' WHEN 2 THEN x'00ff' WHEN 3 THEN 500.5 WHEN 4 THEN "
                     "9223372036854775807"
                     " WHEN 5 THEN -1e300 WHEN 6 THEN 'tex' WHEN 7 THEN 500.25 ELSE -9223372036854775808 END,"
                     " b = CASE id % 5 WHEN 0 THEN 'x1z' WHEN 1 THEN 'y' WHEN 2 THEN '' WHEN 3 THEN 7 ELSE 'x' END WHERE id % 5000 = 30"_s),
                 QString());
        Tables tables(path);
        tables.open();
        for (const RowSorter::Limits &limits : {allAsked, fewAsked, noneCollected, fewKnown}) {
            for (const bool isDescending : {false, true}) {
                COMPARE_WITH_ENGINE(tables, tables.query({{u"a"_s, isDescending}}), limits);
                COMPARE_WITH_ENGINE(tables, tables.query({{u"b"_s, isDescending}, {u"a"_s, !isDescending}}), limits);
                COMPARE_WITH_ENGINE(tables, tables.query({{u"a"_s, isDescending}, {u"b"_s, false}}, {}, true), limits);
            }
        }
    }

    void fewLongValuesTakeOnePass_data()
    {
        QTest::addColumn<QString>("expression");
        QTest::addColumn<std::size_t>("mostValues");
        QTest::addColumn<int>("passes");
        const QString conversation = uuidOf(u"(i * 7919 % 3000)"_s);
        QTest::newRow("conversations") << conversation << SortDictionary::mostValues << 1;
        QTest::newRow("nothing is collected") << conversation << std::size_t(0) << 2;
        QTest::newRow("more than are collected") << conversation << std::size_t(1000) << 3;
        QTest::newRow("exactly as many") << conversation << std::size_t(3000) << 1;
        QTest::newRow("one after the other") << uuidOf(u"(i / 20)"_s) << SortDictionary::mostValues << 1;
        QTest::newRow("as bytes") << u"CAST(%1 AS BLOB)"_s.arg(conversation) << SortDictionary::mostValues << 1;
        QTest::newRow("the same beginnings")
            << u"replace(hex(zeroblob(40)), '00', char(97 + i % 3)) || replace(hex(zeroblob(40)), '00', char(97 + i % 5)) || (i % 400)"_s
            << SortDictionary::mostValues << 1;
        QTest::newRow("of all kinds")
            << u"CASE i % 40 WHEN 0 THEN NULL WHEN 1 THEN i % 7 WHEN 2 THEN (i % 9) / 2.0 WHEN 3 THEN CAST(%1 AS BLOB) WHEN 4 THEN 1e300 WHEN 5 THEN '' ELSE %1 END"_s
                   .arg(uuidOf(u"(i * 7919 % 2000)"_s))
            << SortDictionary::mostValues << 1;
        QTest::newRow("others at the end") << u"CASE WHEN i < 19000 THEN %1 WHEN i % 3 = 0 THEN i % 5 WHEN i % 3 = 1 THEN 'zz ' || (i % 10) ELSE '' END"_s
                                                  .arg(uuidOf(u"(i * 7919 % 1000)"_s))
                                           << SortDictionary::mostValues << 1;
        QTest::newRow("all different") << u"lower(hex(randomblob(18)))"_s << SortDictionary::mostValues << 1;
    }

    void fewLongValuesTakeOnePass()
    {
        QFETCH(QString, expression);
        QFETCH(std::size_t, mostValues);
        QFETCH(int, passes);
        const QString path = m_folder.filePath(u"values.db"_s);
        QFile::remove(path);
        QCOMPARE(executeSql(path, u"CREATE TABLE t(id INTEGER PRIMARY KEY, a, b COLLATE NOCASE, c COLLATE RTRIM, d INTEGER);"
                                   "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) INSERT INTO t(id, a, d) SELECT i, %1, i * 31 % 101 FROM n;"
                                   "UPDATE t SET b = CASE WHEN typeof(a) = 'text' AND id % 3 = 0 THEN upper(a) ELSE a END,"
                                   " c = CASE WHEN typeof(a) = 'text' AND id % 3 = 0 THEN a || '  ' ELSE a END"_s.arg(expression)),
                 QString());
        Tables tables(path);
        tables.open();
        const std::vector<std::vector<SortTerm>> orders{{{u"a"_s, false}},
                                                        {{u"a"_s, true}},
                                                        {{u"d"_s, true}, {u"a"_s, false}},
                                                        {{u"a"_s, true}, {u"d"_s, false}},
                                                        {{u"b"_s, false}},
                                                        {{u"b"_s, true}, {u"d"_s, true}},
                                                        {{u"c"_s, true}},
                                                        {{u"b"_s, false}, {u"c"_s, true}},
                                                        {{u"a"_s, false}, {u"d"_s, true}, {u"c"_s, true}, {u"b"_s, false}}};
        for (const std::vector<SortTerm> &order : orders) {
            const OrderedQuery query = tables.query(order);
            for (const int samplePlaces : {SortSample::mostPlaces, 20}) {
                // Alone, nothing asked: each pass is one statement.
                COMPARE_WITH_ENGINE(tables, query, (RowSorter::Limits{0, 0, 1'000'000'000, mostValues, samplePlaces}));
                COMPARE_WITH_ENGINE(tables, query, (RowSorter::Limits{0, 0, 100, mostValues, samplePlaces}));
            }
        }
        const StatementLog log(DatabaseUrl::forFile(path).displayText());
        KeyListProgress progress;
        QVERIFY(RowSorter::sort(tables.connection(), tables.query({{u"a"_s, false}}), progress, {0, 0, 1'000'000'000, mostValues}));
        const std::vector<LoggedStatement> statements = log.after(0);
        QCOMPARE(std::ranges::count_if(statements, [](const LoggedStatement &statement) { return statement.sql.contains(u"turnstone_take"_s); }), passes);
    }

    void rowidsMayLieAnywhere()
    {
        const QString path = m_folder.filePath(u"rowids.db"_s);
        QCOMPARE(
            executeSql(
                path,
                u"CREATE TABLE t(id INTEGER PRIMARY KEY, a); INSERT INTO t VALUES(-9223372036854775808, 3), (9223372036854775807, 1), (0, 2), (5, 2), (-7, 2), (6, NULL)"_s),
            QString());
        Tables tables(path);
        tables.open();
        for (const bool isDescending : {false, true})
            COMPARE_WITH_ENGINE(tables, tables.query({{u"a"_s, isDescending}}), fewAsked);
        QCOMPARE(executeSql(path, u"DELETE FROM t"_s), QString());
        COMPARE_WITH_ENGINE(tables, tables.query({{u"a"_s, false}}), fewAsked);
        QCOMPARE(executeSql(path, u"INSERT INTO t VALUES(77, 'one')"_s), QString());
        COMPARE_WITH_ENGINE(tables, tables.query({{u"a"_s, true}}), fewAsked);
    }

    void filteredRowsOnly()
    {
        const QString path = m_folder.filePath(u"filtered.db"_s);
        QCOMPARE(
            executeSql(
                path,
                u"CREATE TABLE t(id INTEGER PRIMARY KEY, a, b);"
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) INSERT INTO t SELECT i, i * 7919 % 1000, 'x' || (i % 50) FROM n"_s),
            QString());
        Tables tables(path);
        tables.open();
        COMPARE_WITH_ENGINE(tables, tables.query({{u"b"_s, true}}, {{u"a"_s, FilterOperator::Less, {Value::integer(300)}}}), fewAsked);
        COMPARE_WITH_ENGINE(tables, tables.query({{u"b"_s, true}}, {{u"a"_s, FilterOperator::Less, {Value::integer(-1)}}}), fewAsked);
    }

    void whatIsNotForHereIsLeftToTheEngine_data()
    {
        QTest::addColumn<QString>("sql");
        QTest::newRow("no rowid") << u"CREATE TABLE t(id TEXT PRIMARY KEY, a) WITHOUT ROWID"_s;
        QTest::newRow("UTF-16") << u"PRAGMA encoding = 'UTF-16'; CREATE TABLE t(id INTEGER PRIMARY KEY, a)"_s;
    }

    void whatIsNotForHereIsLeftToTheEngine()
    {
        QFETCH(QString, sql);
        const QString path = m_folder.filePath(u"not-here.db"_s);
        QFile::remove(path);
        QCOMPARE(executeSql(path, sql + u"; INSERT INTO t VALUES(3, 'b'), (1, 'ä'), (2, 'a')"_s), QString());
        Tables tables(path);
        tables.open();
        const OrderedQuery query = tables.query({{u"a"_s, false}});
        KeyListProgress progress;
        const Result<bool> sorted = RowSorter::sort(tables.connection(), query, progress, {});
        QVERIFY(sorted);
        QVERIFY(!*sorted);
        QVERIFY(KeyListMaker::make(tables.connection(), query, progress));
        QVERIFY(progress.isByEngine);
        int attempt = 0;
        std::vector<KeyList::Part> parts = progress.take(attempt);
        QCOMPARE(parts.size(), std::size_t(1));
        QCOMPARE(parts.front().size(), std::int64_t(3));
        QCOMPARE(parts.front().at(0).front().toDisplayText(), u"2"_s);
        QCOMPARE(parts.front().at(2).front().toDisplayText(), u"1"_s);
    }

    void aStopEndsItInAnyPhase()
    {
        const QString path = bigTable();
        Tables tables(path);
        tables.open();
        const OrderedQuery query = tables.query({{u"a"_s, false}});
        // From the first look at the table to after the end.
        for (const int delayUs : {0, 500, 2'000, 5'000, 10'000, 20'000, 40'000, 80'000, 120'000, 160'000, 240'000, 320'000}) {
            std::stop_source stop;
            tables.connection().setStopToken(stop.get_token());
            std::jthread stopper([&] {
                std::this_thread::sleep_for(std::chrono::microseconds(delayUs));
                stop.request_stop();
                tables.connection().interrupt();
            });
            KeyListProgress progress;
            const Result<bool> sorted = RowSorter::sort(tables.connection(), query, progress, noneAsked);
            stopper.join();
            QVERIFY(sorted || sorted.error().code == ErrorCode::Cancelled);
            QVERIFY(!tables.connection().isInTransaction());
        }
        tables.connection().setStopToken({});
        COMPARE_WITH_ENGINE(tables, query, noneAsked);
    }

    void aWriterMeanwhileChangesNothingHalf_data()
    {
        QTest::addColumn<QString>("journal");
        QTest::newRow("rollback") << u"DELETE"_s;
        QTest::newRow("write-ahead log") << u"WAL"_s;
    }

    void aWriterMeanwhileChangesNothingHalf()
    {
        QFETCH(QString, journal);
        const QString path = bigTable();
        QCOMPARE(executeSql(path, u"PRAGMA journal_mode = %1; CREATE TABLE IF NOT EXISTS version(n)"_s.arg(journal)), QString());
        Tables tables(path);
        tables.open();
        // Each commit moves every 1,000th row to the front or to the back, all of them: a list that holds some of both has
        // seen two states. New rows come at the end, too.
        std::atomic<int> commits = 0;
        std::jthread writer([&](const std::stop_token &isEnough) {
            for (int i = 0; !isEnough.stop_requested(); ++i) {
                if (executeSql(
                        path, u"BEGIN IMMEDIATE; UPDATE t SET a = %1 WHERE id % 1000 = 0; INSERT INTO t(a) VALUES('zzz new'); COMMIT"_s.arg(
                                  i % 2 == 0 ? u"'000 front'"_s : u"'zzz back'"_s))
                        .isEmpty())
                    ++commits;
                std::this_thread::sleep_for(std::chrono::milliseconds(5));
            }
        });
        const OrderedQuery query = tables.query({{u"a"_s, false}});
        for (int i = 0; i < 8; ++i) {
            KeyListProgress progress;
            const Result<bool> sorted = RowSorter::sort(tables.connection(), query, progress, i % 2 == 0 ? noOpenAsked : allAsked);
            QVERIFY2(sorted, sorted ? "" : qPrintable(sorted.error().message));
            QVERIFY(*sorted);
            Rows rows = taken(progress);
            QVERIFY(rows.size() >= bigRows);
            const bool isFront = rows.front() % 1000 == 0;
            std::size_t front = 0;
            for (; front < rows.size() && rows[front] % 1000 == 0 && rows[front] <= std::int64_t(bigRows); ++front) {}
            QCOMPARE(front, isFront ? bigRows / 1000 : std::size_t(0));
            std::sort(rows.begin(), rows.end());
            QVERIFY(std::adjacent_find(rows.begin(), rows.end()) == rows.end());
            QCOMPARE(rows.back() - rows.front() + 1, std::int64_t(rows.size())); // none is missing
        }
        writer.request_stop();
        writer.join();
        QVERIFY(commits > 0);
        COMPARE_WITH_ENGINE(tables, query, fewAsked);
    }

private:
    static QString uuidOf(const QString &number)
    {
        return u"printf('%.8x-%.4x-4%.3x-8%.3x-%.12x', %1 * 2654435761 & 4294967295, %1 * 40503 & 65535, %1 * 977 & 4095, %1 * 613 & 4095,"
                " %1 * 11400714819323 & 281474976710655)"_s.replace(u"%1"_s, number);
    }

    static constexpr std::size_t bigRows = 60'000;

    QString bigTable()
    {
        const QString path = m_folder.filePath(u"big%1.db"_s.arg(++m_bigTables));
        // Long texts of which many are the same: several rounds, if nothing may be asked.
        const QString error = executeSql(
            path,
            u"CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT);"
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %1) INSERT INTO t SELECT i,"
            " hex(i % 3) || replace(hex(zeroblob(60)), '00', char(97 + i % 7)) || replace(hex(zeroblob(60)), '00', char(97 + i % 5)) || (i % 101) FROM n"_s
                .arg(bigRows));
        return error.isEmpty() ? path : error;
    }

    QTemporaryDir m_folder;
    int m_bigTables = 0;
};

} // namespace turnstone

QTEST_GUILESS_MAIN(turnstone::tst_RowSorter)
#include "tst_rowsorter.moc"
