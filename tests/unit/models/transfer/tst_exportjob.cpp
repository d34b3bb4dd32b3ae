// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/catalog/catalogreader.h"
#include "models/transfer/exportjob.h"
#include "tests/support/testdatabase.h"
#include "tests/support/testfiles.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <csignal>
#include <thread>

#include <sys/resource.h>
#include <sys/stat.h>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_ExportJob : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void twoReadersWriteWhatOneWrites_data();
    void twoReadersWriteWhatOneWrites();
    void utf16AndManyColumnsAreWrittenAlike_data();
    void utf16AndManyColumnsAreWrittenAlike();
    void bothReadersSeeOneState();
    void theConnectionKeepsItsPageCache();
    void noSpaceIsKeptBeyondTheEnd();
    void undecodableTextsAreToldByRowAndColumn();
    void aFullDiskLeavesTheOldFile();
    void aStopLeavesTheOldFile();
    void whatIsNoFileIsWrittenDirectly();
    void timesCanStandInAZone();
    void csvIsWrittenAsAsked();
    void aWorkbookHoldsTheRows();
    void aServersRowsComeAsTheyAre();

private:
    void open(const QString &sql)
    {
        QCOMPARE(executeSql(path(), sql), QString());
        auto opened = Connection::open(DatabaseUrl::forFile(path()));
        QVERIFY(opened);
        m_connection = std::move(*opened);
        const Result<Catalog> catalog = readCatalog(*m_connection);
        QVERIFY(catalog);
        m_catalog = *catalog;
    }
    QString path() const { return m_folder->filePath(u"t.db"_s); }
    QString out() const { return m_folder->filePath(u"out"_s); }
    ExportSource tableSource(const QString &name = u"t"_s) const
    {
        ExportSource source;
        source.rows = ExportSource::Rows{*m_catalog.table(name), {}, {}, {}, {}, -1};
        return source;
    }
    static QByteArray contents(const QString &file)
    {
        QFile opened(file);
        return opened.open(QIODevice::ReadOnly) ? opened.readAll() : QByteArray("no file");
    }
    Result<ExportReport> write(const ExportSource &source, const FormatOptions &format, std::stop_token stop = {}, const ExportProgressSink &progress = {})
    {
        return exportToFile(*m_connection, source, format, out(), stop, progress);
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<Connection> m_connection;
    Catalog m_catalog;
};

void tst_ExportJob::init()
{
    m_connection.reset();
    m_folder = std::make_unique<QTemporaryDir>();
}

void tst_ExportJob::twoReadersWriteWhatOneWrites_data()
{
    QTest::addColumn<QString>("rows");
    QTest::newRow("dense") << u"SELECT value, value * 3, hex(zeroblob(value % 300)) FROM generate(60000)"_s;
    QTest::newRow("gaps") << u"SELECT value * value * 7 - 1000000000, value, hex(zeroblob(value % 300)) FROM generate(30000)"_s;
    QTest::newRow("two crowds far apart") << u"SELECT CASE WHEN value % 2 THEN value ELSE 9000000000000000000 + value END, value, 'x' FROM generate(40000)"_s;
    QTest::newRow("both ends") << u"SELECT CASE value WHEN 1 THEN -9223372036854775807 - 1 WHEN 2 THEN 9223372036854775807 ELSE value END, value, 'x' FROM generate(9000)"_s;
    QTest::newRow("huge values") << u"SELECT value * 1000, value, hex(zeroblob(CASE WHEN value % 40 = 0 THEN 900000 ELSE 10 END)) FROM generate(200)"_s;
    QTest::newRow("none") << u"SELECT value, 1, 'x' FROM generate(0)"_s;
    QTest::newRow("one") << u"SELECT value, 1, 'x' FROM generate(1)"_s;
}

void tst_ExportJob::twoReadersWriteWhatOneWrites()
{
    QFETCH(QString, rows);
    const QString count = rows.section(u"generate("_s, 1).chopped(1);
    rows.replace(u"generate(%1)"_s.arg(count), u"(WITH RECURSIVE g(value) AS (SELECT 1 WHERE %1 > 0 UNION ALL SELECT value + 1 FROM g WHERE value < %1) SELECT value FROM g)"_s.arg(count));
    open(u"CREATE TABLE t(id INTEGER PRIMARY KEY, n INTEGER, x TEXT); INSERT INTO t "_s + rows);
    for (const QString &name : {u"csv"_s, u"json"_s, u"jsonl"_s, u"sql"_s}) {
        FormatOptions format;
        format.format = name;
        format.table = u"t"_s;
        const Result<ExportReport> report = write(tableSource(), format);
        QVERIFY2(report, qPrintable(report ? QString() : report.error().message));
        QByteArray expected;
        ExportSource plain;
        plain.sql = u"SELECT * FROM t ORDER BY id"_s;
        const Result<ExportReport> streamed = exportToSink(*m_connection, plain, format, [&](QByteArrayView bytes) -> Result<> {
            expected += bytes;
            return {};
        });
        QVERIFY(streamed);
        QCOMPARE(report->rows, streamed->rows);
        QCOMPARE(report->bytes, expected.size());
        QVERIFY2(contents(out()) == expected, qPrintable(name));
        if (count.toInt() >= 9000)
            QCOMPARE(report->readers, std::thread::hardware_concurrency() > 1 ? 2 : 1);
    }
    QVERIFY(!m_connection->isInTransaction());
}

void tst_ExportJob::utf16AndManyColumnsAreWrittenAlike_data()
{
    QTest::addColumn<QString>("pragma");
    QTest::addColumn<int>("columns");
    QTest::newRow("UTF-16") << u"PRAGMA encoding = 'UTF-16'"_s << 3;
    QTest::newRow("99 columns") << QString() << 99;
    QTest::newRow("100 columns") << QString() << 100;
    QTest::newRow("300 columns") << QString() << 300;
}

void tst_ExportJob::utf16AndManyColumnsAreWrittenAlike()
{
    QFETCH(QString, pragma);
    QFETCH(int, columns);
    QStringList names, values;
    for (int i = 0; i < columns; ++i) {
        names.append(u"c%1"_s.arg(i));
        values.append(i % 3 == 0 ? u"'Ärger, \"' || v"_s : i % 3 == 1 ? u"v * 1.5"_s : u"nullif(v % 5, 0)"_s);
    }
    open(u"%1; CREATE TABLE t(%2); INSERT INTO t WITH RECURSIVE g(v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM g WHERE v < 6000) SELECT %3 FROM g"_s
             .arg(pragma, names.join(u','), values.join(u',')));
    QVERIFY(write(tableSource(), {}));
    QByteArray expected;
    ExportSource plain;
    plain.sql = u"SELECT * FROM t ORDER BY rowid"_s;
    QVERIFY(exportToSink(*m_connection, plain, {}, [&](QByteArrayView bytes) -> Result<> {
        expected += bytes;
        return {};
    }));
    QVERIFY(expected.contains("\"Ärger, \"\"1\",1.5,1"));
    QVERIFY(contents(out()) == expected);
}

void tst_ExportJob::theConnectionKeepsItsPageCache()
{
    open(u"CREATE TABLE t(id INTEGER PRIMARY KEY, x TEXT); INSERT INTO t VALUES(1, 'a')"_s);
    QVERIFY(m_connection->execute(u"PRAGMA cache_size = 1234"_s));
    QVERIFY(write(tableSource(), {}));
    QCOMPARE(m_connection->queryValue(u"PRAGMA cache_size"_s).value_or(Value()), Value::integer(1234));
}

void tst_ExportJob::noSpaceIsKeptBeyondTheEnd()
{
    open(u"CREATE TABLE t(id INTEGER PRIMARY KEY, x TEXT);"
         "INSERT INTO t WITH RECURSIVE g(v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM g WHERE v < 20000) SELECT v, hex(zeroblob(500)) FROM g"_s);
    const Result<ExportReport> report = write(tableSource(), {});
    QVERIFY(report && report->bytes > 16 * 1024 * 1024);
    struct stat facts{};
    QCOMPARE(::stat(QFile::encodeName(out()).constData(), &facts), 0);
    QCOMPARE(facts.st_size, report->bytes);
    QVERIFY(facts.st_blocks * 512 < report->bytes + 1024 * 1024);
}

void tst_ExportJob::bothReadersSeeOneState()
{
    // Every transaction of the writer keeps the sum of two rows far apart: a torn export would show another one.
    open(u"PRAGMA journal_mode = WAL; CREATE TABLE t(id INTEGER PRIMARY KEY, n INTEGER, x TEXT);"
         "INSERT INTO t WITH RECURSIVE g(v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM g WHERE v < 20000) SELECT v, 0, hex(zeroblob(100)) FROM g"_s);
    std::atomic<bool> done = false;
    std::atomic<int> writes = 0;
    std::thread writer([&] {
        ConnectionOptions options;
        options.readOnly = false;
        auto connection = Connection::open(DatabaseUrl::forFile(path()), options);
        while (connection && !done) {
            if ((*connection)->executeScript(u"BEGIN IMMEDIATE; UPDATE t SET n = n + 1 WHERE id IN (1, 7000, 13000, 20000); COMMIT"_s))
                ++writes;
        }
    });
    for (int i = 0; i < 10; ++i) {
        const Result<ExportReport> report = write(tableSource(), {});
        QVERIFY2(report, qPrintable(report ? QString() : report.error().message));
        QCOMPARE(report->rows, 20'000);
        QSet<QByteArray> values;
        for (const QByteArray &line : contents(out()).split('\n')) {
            const QList<QByteArray> fields = line.split(',');
            if (fields[0] == "1" || fields[0] == "7000" || fields[0] == "13000" || fields[0] == "20000")
                values.insert(fields[1]);
        }
        QCOMPARE(values.size(), 1);
    }
    done = true;
    writer.join();
    QVERIFY(writes > 0);
}

void tst_ExportJob::undecodableTextsAreToldByRowAndColumn()
{
    open(u"CREATE TABLE t(id INTEGER PRIMARY KEY, x TEXT);"
         "INSERT INTO t WITH RECURSIVE g(v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM g WHERE v < 12000) SELECT v, 'fine' FROM g;"
         "UPDATE t SET x = CAST(x'61ff' AS TEXT) WHERE id IN (3, 11000)"_s);
    const Result<ExportReport> report = write(tableSource(), {});
    QVERIFY(report);
    QCOMPARE(report->undecodable, (QStringList{u"row 3, column x"_s, u"row 11000, column x"_s}));
    QVERIFY(contents(out()).contains("\n3,a\xFF\n"));
}

void tst_ExportJob::aFullDiskLeavesTheOldFile()
{
    open(u"CREATE TABLE t(id INTEGER PRIMARY KEY, x TEXT);"
         "INSERT INTO t WITH RECURSIVE g(v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM g WHERE v < 20000) SELECT v, hex(zeroblob(100)) FROM g"_s);
    QFile old(out());
    QVERIFY(old.open(QIODevice::WriteOnly) && old.write("old") == 3);
    old.close();
    rlimit before{};
    ::getrlimit(RLIMIT_FSIZE, &before);
    const auto ignored = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{1'500'000, before.rlim_max};
    for (const QString &name : {u"csv"_s, u"xlsx"_s, u"markdown"_s}) {
        FormatOptions format;
        format.format = name;
        ExportSource source = tableSource();
        if (name == u"xlsx") // it packs well
            source.rows->where = u"1"_s;
        const rlimit limit{name == u"xlsx" ? 20'000 : small.rlim_cur, before.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
        const Result<ExportReport> report = write(source, format);
        ::setrlimit(RLIMIT_FSIZE, &before);
        QVERIFY2(!report, qPrintable(name));
        QCOMPARE(report.error().code, ErrorCode::Io);
        QCOMPARE(contents(out()), QByteArray("old"));
        QCOMPARE(QDir(m_folder->path()).entryList(QDir::Files).size(), 2);
    }
    std::signal(SIGXFSZ, ignored);
}

void tst_ExportJob::aStopLeavesTheOldFile()
{
    open(u"CREATE TABLE t(id INTEGER PRIMARY KEY, x TEXT);"
         "INSERT INTO t WITH RECURSIVE g(v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM g WHERE v < 50000) SELECT v, hex(zeroblob(400)) FROM g"_s);
    std::stop_source stop;
    stop.request_stop();
    m_connection->setStopToken(stop.get_token());
    const Result<ExportReport> report = write(tableSource(), {}, stop.get_token());
    QVERIFY(!report);
    QCOMPARE(report.error().code, ErrorCode::Cancelled);
    QVERIFY(!QFile::exists(out()));
    QCOMPARE(QDir(m_folder->path()).entryList(QDir::Files), QStringList{u"t.db"_s});
}

void tst_ExportJob::whatIsNoFileIsWrittenDirectly()
{
    open(u"CREATE TABLE t(id INTEGER PRIMARY KEY); INSERT INTO t VALUES(1)"_s);
    QVERIFY(exportToFile(*m_connection, tableSource(), {}, u"/dev/null"_s));
    const auto folder = exportToFile(*m_connection, tableSource(), {}, m_folder->path());
    QVERIFY(!folder);
    QCOMPARE(folder.error().code, ErrorCode::Io);
    QVERIFY(!exportToFile(*m_connection, tableSource(), {}, m_folder->filePath(u"no/such/file"_s)));
}

void tst_ExportJob::timesCanStandInAZone()
{
    open(u"CREATE TABLE t(at DATETIME, plain TEXT); INSERT INTO t VALUES('2025-07-01 10:00:00.000123', '2025-07-01 10:00:00'), ('soon', 'x')"_s);
    FormatOptions format;
    format.format = u"jsonl"_s;
    format.zone = QTimeZone("Europe/Berlin");
    QVERIFY(write(tableSource(), format));
    QCOMPARE(contents(out()), QByteArray("{\"at\":\"2025-07-01T12:00:00.000123+02:00\",\"plain\":\"2025-07-01 10:00:00\"}\n{\"at\":\"soon\",\"plain\":\"x\"}\n"));
}

void tst_ExportJob::csvIsWrittenAsAsked()
{
    open(u"CREATE TABLE t(a TEXT, b INTEGER, c BLOB); INSERT INTO t VALUES(NULL, 1, x'00ff'), ('NULL', NULL, NULL), ('', 2, 'x''00'''), ('a;b', 3, '5')"_s);
    FormatOptions format;
    format.nullText = "NULL";
    format.separator = ';';
    format.hasCrLf = true;
    format.hasByteOrderMark = true;
    QVERIFY(write(tableSource(), format));
    QCOMPARE(contents(out()), QByteArray("\xEF\xBB\xBF" "a;b;c\r\nNULL;1;x'00ff'\r\n\"NULL\";NULL;NULL\r\n\"\";2;\"x'00'\"\r\n\"a;b\";3;\"5\"\r\n"));
    format = {};
    format.quoting = FormatOptions::Quoting::Everything;
    format.hasHeader = false;
    format.blobs = FormatOptions::Blobs::Base64;
    QVERIFY(write(tableSource(), format));
    QCOMPARE(contents(out()), QByteArray(",\"1\",\"AP8=\"\n\"NULL\",,\n\"\",\"2\",\"x'00'\"\n\"a;b\",\"3\",\"5\"\n"));
}

void tst_ExportJob::aWorkbookHoldsTheRows()
{
    open(u"CREATE TABLE t(id INTEGER PRIMARY KEY, big INTEGER, x TEXT); INSERT INTO t VALUES(1, 9007199254740993, 'a<b'), (2, 5, printf('%.*c', 40000, 'y'))"_s);
    FormatOptions format;
    format.format = u"xlsx"_s;
    const Result<ExportReport> report = write(tableSource(), format);
    QVERIFY2(report, qPrintable(report ? QString() : report.error().message));
    QCOMPARE(report->rows, 2);
    QCOMPARE(report->notes, QStringList{u"row 2, column x: cut from 40,000 to 32,767 characters"_s});
    QProcess unzip;
    unzip.start(u"unzip"_s, {u"-p"_s, out(), u"xl/worksheets/sheet1.xml"_s});
    QVERIFY(unzip.waitForFinished());
    const QByteArray sheet = unzip.readAllStandardOutput();
    QVERIFY(sheet.contains("9007199254740993") && sheet.contains("a&lt;b") && sheet.contains("<v>5</v>"));
}

void tst_ExportJob::aServersRowsComeAsTheyAre()
{
    TestDatabase server;
    REQUIRE_DATABASE(server);
    QCOMPARE(server.execute(u"CREATE TABLE t(id bigint PRIMARY KEY, n numeric, b boolean, j jsonb, z timestamptz, y bytea, a text[]);"
                            "INSERT INTO t VALUES(1, 123456789012345678901.10, true, '{\"a\": 1.00}', '2025-07-01 10:00:00.000123+02', '\\x00ff', '{a,\"b,c\"}'), (2, 'NaN', NULL, 'null', NULL, NULL, NULL)"_s), QString());
    auto opened = Connection::open(*DatabaseUrl::parse(server.url()));
    QVERIFY(opened);
    m_connection = std::move(*opened);
    QVERIFY(m_connection->execute(u"SET TIME ZONE 'UTC'"_s));
    m_catalog = *readCatalog(*m_connection);
    FormatOptions format;
    format.format = u"jsonl"_s;
    QVERIFY(write(tableSource(), format));
    QCOMPARE(contents(out()), QByteArray("{\"id\":1,\"n\":123456789012345678901.10,\"b\":true,\"j\":{\"a\": 1.00},\"z\":\"2025-07-01 08:00:00.000123+00\",\"y\":\"AP8=\",\"a\":\"{a,\\\"b,c\\\"}\"}\n"
                                         "{\"id\":2,\"n\":\"NaN\",\"b\":null,\"j\":\"null\",\"z\":null,\"y\":null,\"a\":null}\n"));
}

QTEST_GUILESS_MAIN(tst_ExportJob)
#include "tst_exportjob.moc"
