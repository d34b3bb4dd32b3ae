// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/catalog/catalogreader.h"
#include "models/importing/importjob.h"
#include "tests/support/testdatabase.h"
#include "tests/support/testfiles.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <sys/resource.h>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_ImportJob : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void rowsGoWhereTheirNamesSay_data() { engines(); }
    void rowsGoWhereTheirNamesSay();
    void conflictsFollowTheRule_data();
    void conflictsFollowTheRule();
    void aBadRowLeavesNothingAndNamesItsLine_data() { engines(); }
    void aBadRowLeavesNothingAndNamesItsLine();
    void aDryRunLeavesNothing_data() { engines(); }
    void aDryRunLeavesNothing();
    void batchesTellWhereToGoOn_data() { engines(); }
    void batchesTellWhereToGoOn();
    void aNewTableHasTypesThatLoseNothing_data() { engines(); }
    void aNewTableHasTypesThatLoseNothing();
    void rowsMayPointToLaterRowsButNotNowhere();
    void orphansOfBeforeAreNoReason();
    void storageClassesComeBack();
    void aStopLeavesNothing_data() { engines(); }
    void aStopLeavesNothing();
    void aFullDiskLeavesNothing();
    void sequencesGoOnBehindTheRows();
    void memoryStaysFlat();

private:
    static void engines()
    {
        QTest::addColumn<bool>("onServer");
        QTest::newRow("SQLite") << false;
        QTest::newRow("PostgreSQL") << true;
    }
    static void conflicts(bool onServer, const char *engine)
    {
        const auto row = [&](const char *rule, ImportConflict conflict, const QString &expected) {
            QTest::newRow(qPrintable(u"%1, %2"_s.arg(QLatin1String(rule), QLatin1String(engine)))) << onServer << static_cast<int>(conflict) << expected;
        };
        row("abort", ImportConflict::Abort, u"1,old,7"_s);
        row("skip", ImportConflict::Skip, u"1,old,7;2,two,5"_s);
        row("replace", ImportConflict::Replace, u"1,new,5;2,two,5"_s);
        row("update", ImportConflict::Update, u"1,new,7;2,two,5"_s);
    }
    QString file(const QByteArray &bytes, const QString &name = u"rows.csv"_s)
    {
        QFile made(m_folder->filePath(name));
        if (!made.open(QIODevice::WriteOnly) || made.write(bytes) != bytes.size())
            return {};
        return made.fileName();
    }
    bool prepare(bool onServer, const QString &sql)
    {
        if (onServer) {
            m_server = std::make_unique<TestDatabase>();
            if (!m_server->isConfigured() || !m_server->error().isEmpty() || !m_server->execute(sql).isEmpty())
                return false;
        } else if (!executeSql(m_folder->filePath(u"t.db"_s), sql).isEmpty()) {
            return false;
        }
        ConnectionOptions options;
        options.readOnly = false;
        const Result<DatabaseUrl> url = onServer ? DatabaseUrl::parse(m_server->url()) : DatabaseUrl::parse(m_folder->filePath(u"t.db"_s));
        auto opened = Connection::open(*url, options);
        if (!opened)
            return false;
        m_connection = std::move(*opened);
        return true;
    }
    Result<ImportReport> import(const ImportRequest &request, std::stop_token stop = {}, const ImportProgressSink &progress = {})
    {
        const Result<Catalog> catalog = readCatalog(*m_connection);
        return catalog ? importFile(*m_connection, *catalog, request, stop, progress) : Result<ImportReport>(failure(catalog));
    }
    QString rows(const QString &sql)
    {
        QStringList lines;
        (void)m_connection->forEachRow(sql, {}, [&](const RowBlock &block, int row) {
            QStringList cells;
            for (int i = 0; i < block.columnCount(); ++i)
                cells.append(block.at(row, i).isNull() ? u"~"_s : Value(block.at(row, i)).toDisplayText());
            lines.append(cells.join(u','));
            return true;
        });
        return lines.join(u';');
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<TestDatabase> m_server;
    std::unique_ptr<Connection> m_connection;
};

#define PREPARE(sql) \
    QFETCH(bool, onServer); \
    if (onServer && qEnvironmentVariableIsEmpty("TURNSTONE_TEST_PG_URL")) \
        QSKIP("TURNSTONE_TEST_PG_URL is not set"); \
    QVERIFY(prepare(onServer, sql))

void tst_ImportJob::init()
{
    m_connection.reset();
    m_server.reset();
    m_folder = std::make_unique<QTemporaryDir>();
}

void tst_ImportJob::rowsGoWhereTheirNamesSay()
{
    PREPARE(u"CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT, score REAL, extra TEXT DEFAULT 'd')"_s);
    ImportRequest request;
    request.file = file("Score,id,NAME\n1.5,1,\"a,b\"\n,2,\"\"\n0.1,3,\n");
    request.table = u"t"_s;
    const Result<ImportReport> report = import(request);
    QVERIFY2(report, qPrintable(report ? QString() : report.error().message));
    QCOMPARE(report->rows, 3);
    QCOMPARE(report->written, 3);
    QCOMPARE(rows(u"SELECT id, name, score, extra FROM t ORDER BY id"_s), u"1,a,b,1.5,d;2,,~,d;3,~,0.1,d"_s);
    request.columns = {{u"id"_s, u"id"_s, {}}, {u"NAME"_s, u"extra"_s, {}}, {u"Score"_s, {}, {}}};
    request.conflict = ImportConflict::Update;
    QVERIFY(import(request));
    QCOMPARE(rows(u"SELECT id, name, score, extra FROM t ORDER BY id"_s), u"1,a,b,1.5,a,b;2,,~,;3,~,0.1,~"_s);
    request.columns = {{u"nothing"_s, u"id"_s, {}}};
    const auto missing = import(request);
    QVERIFY(!missing);
    QCOMPARE(missing.error().message, u"The file has no column nothing."_s);
}

void tst_ImportJob::conflictsFollowTheRule_data()
{
    QTest::addColumn<bool>("onServer");
    QTest::addColumn<int>("rule");
    QTest::addColumn<QString>("expected");
    conflicts(false, "SQLite");
    conflicts(true, "PostgreSQL");
}

void tst_ImportJob::conflictsFollowTheRule()
{
    PREPARE(u"CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT, n INTEGER DEFAULT 5); INSERT INTO t VALUES(1, 'old', 7)"_s);
    QFETCH(int, rule);
    QFETCH(QString, expected);
    ImportRequest request;
    request.file = file("id,name\n1,new\n2,two\n");
    request.table = u"t"_s;
    request.conflict = static_cast<ImportConflict>(rule);
    const auto report = import(request);
    QCOMPARE(report.has_value(), request.conflict != ImportConflict::Abort);
    if (!report)
        QVERIFY2(report.error().message.startsWith(u"\"rows.csv\", line 2"_s), qPrintable(report.error().message));
    QCOMPARE(rows(u"SELECT id, name, n FROM t ORDER BY id"_s), expected);
}

void tst_ImportJob::aBadRowLeavesNothingAndNamesItsLine()
{
    PREPARE(u"CREATE TABLE t(id INTEGER PRIMARY KEY, n INTEGER NOT NULL CHECK (n < 1000000))"_s);
    QByteArray csv = "id,n\n";
    for (int i = 1; i <= 20'000; ++i)
        csv += QByteArray::number(i) + ',' + (i == 17'000 ? "1000000" : QByteArray::number(i)) + '\n';
    ImportRequest request;
    request.file = file(csv);
    request.table = u"t"_s;
    const auto refused = import(request);
    QVERIFY(!refused);
    QVERIFY2(refused.error().message.startsWith(u"\"rows.csv\", line 17001"_s), qPrintable(refused.error().message));
    QCOMPARE(rows(u"SELECT count(*) FROM t"_s), u"0"_s);
    QVERIFY(!m_connection->isInTransaction());
    request.file = file("id,n\n1,1\n2,\"2\"x\n");
    const auto broken = import(request);
    QVERIFY(!broken);
    QCOMPARE(broken.error().message, u"\"rows.csv\", line 3, column 6: text follows a closing quote."_s);
    QCOMPARE(rows(u"SELECT count(*) FROM t"_s), u"0"_s);
    if (onServer) {
        request.file = file("id,n\n1,1\n2,abc\n");
        const auto noNumber = import(request);
        QVERIFY(!noNumber);
        QVERIFY2(noNumber.error().message.startsWith(u"\"rows.csv\", line 3, column n: "_s), qPrintable(noNumber.error().message));
    }
}

void tst_ImportJob::aDryRunLeavesNothing()
{
    PREPARE(u"CREATE TABLE t(id INTEGER PRIMARY KEY)"_s);
    ImportRequest request;
    request.file = file("id\n1\n2\n");
    request.table = u"t"_s;
    request.isDryRun = true;
    const auto report = import(request);
    QVERIFY(report);
    QCOMPARE(report->written, 2);
    QCOMPARE(rows(u"SELECT count(*) FROM t"_s), u"0"_s);
}

void tst_ImportJob::batchesTellWhereToGoOn()
{
    PREPARE(u"CREATE TABLE t(id INTEGER PRIMARY KEY)"_s);
    QByteArray csv = "id\n";
    for (int i = 1; i <= 5'000; ++i)
        csv += (i == 3'500 ? "1" : QByteArray::number(i)) + '\n';
    ImportRequest request;
    request.file = file(csv);
    request.table = u"t"_s;
    request.batchRows = 1'000;
    qint64 saved = 0;
    const auto refused = import(request, {}, [&saved](const ImportProgress &at) { saved = at.saved; });
    QVERIFY(!refused);
    QCOMPARE(saved, 3'000); // what skippedRows takes
    QVERIFY2(refused.error().message.contains(u"line 3501"_s) && refused.error().message.contains(u"The first 3000 rows are saved"_s), qPrintable(refused.error().message));
    QCOMPARE(rows(u"SELECT count(*) FROM t"_s), u"3000"_s);
    request.file = file(QByteArray(csv).replace("3499\n1\n", "3499\n3500\n"));
    request.skippedRows = 3'000;
    const auto report = import(request);
    QVERIFY(report);
    QCOMPARE(report->written, 2'000);
    QCOMPARE(rows(u"SELECT count(*), max(id) FROM t"_s), u"5000,5000"_s);
}

void tst_ImportJob::aNewTableHasTypesThatLoseNothing()
{
    PREPARE(u"CREATE TABLE other(x INTEGER)"_s);
    ImportRequest request;
    request.file = file("id,zip,big,price,note,at,flag\n1,007,123456789012345678901,1.50,x,2025-10-21 09:14:00+02,true\n2,10115,5,2,,2025-10-21 09:14:00Z,false\n");
    request.table = u"fresh"_s;
    request.createTable = true;
    const auto report = import(request);
    QVERIFY2(report, qPrintable(report ? QString() : report.error().message));
    QCOMPARE(report->createdSql.section(u'(', 1), onServer ? u"\"id\" bigint, \"zip\" text, \"big\" numeric, \"price\" numeric, \"note\" text, \"at\" timestamptz, \"flag\" boolean)"_s
                                                           : u"\"id\" INTEGER, \"zip\" TEXT, \"big\" TEXT, \"price\" REAL, \"note\" TEXT, \"at\" TEXT, \"flag\" BOOLEAN)"_s);
    QCOMPARE(rows(u"SELECT zip, big, price FROM fresh ORDER BY id"_s), onServer ? u"007,123456789012345678901,1.50;10115,5,2"_s : u"007,123456789012345678901,1.5;10115,5,2.0"_s);
    const auto again = import(request);
    QVERIFY(!again);
    QCOMPARE(again.error().code, ErrorCode::InvalidInput);
}

void tst_ImportJob::rowsMayPointToLaterRowsButNotNowhere()
{
    QVERIFY(prepare(false, u"CREATE TABLE t(id INTEGER PRIMARY KEY, up INTEGER REFERENCES t(id))"_s));
    ImportRequest request;
    request.file = file("id,up\n1,2\n2,\n");
    request.table = u"t"_s;
    QVERIFY(import(request));
    request.file = file("id,up\n3,2\n4,99\n");
    const auto refused = import(request);
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::Constraint);
    QVERIFY2(refused.error().message.contains(u"rowid 4"_s), qPrintable(refused.error().message));
    QCOMPARE(rows(u"SELECT count(*) FROM t"_s), u"2"_s);
}

void tst_ImportJob::orphansOfBeforeAreNoReason()
{
    QVERIFY(prepare(false, u"CREATE TABLE t(id INTEGER PRIMARY KEY, up INTEGER REFERENCES t(id)); INSERT INTO t VALUES(1, 99)"_s));
    ImportRequest request;
    request.file = file("id,up\n2,1\n");
    request.table = u"t"_s;
    QVERIFY(import(request));
    QCOMPARE(rows(u"SELECT count(*) FROM t"_s), u"2"_s);
}

void tst_ImportJob::storageClassesComeBack()
{
    QVERIFY(prepare(false, u"CREATE TABLE t(i INTEGER, r REAL, n NUMERIC, t TEXT, b BLOB, x)"_s));
    ImportRequest request;
    request.file = file("i,r,n,t,b,x\n9223372036854775807,0.1,1e2,007,x'00ff',5\n-1,Infinity,abc,1,\"x'00'\",\"5\"\n");
    request.table = u"t"_s;
    const auto report = import(request);
    QVERIFY2(report, qPrintable(report ? QString() : report.error().message));
    QCOMPARE(rows(u"SELECT quote(i), quote(r), quote(n), quote(t), quote(b), quote(x) FROM t"_s),
             u"9223372036854775807,0.1,100,'007',X'00FF',5;-1,Inf,'abc','1','x''00''','5'"_s);
}

void tst_ImportJob::aStopLeavesNothing()
{
    PREPARE(u"CREATE TABLE t(id INTEGER PRIMARY KEY)"_s);
    QByteArray csv = "id\n";
    for (int i = 1; i <= 200'000; ++i)
        csv += QByteArray::number(i) + '\n';
    ImportRequest request;
    request.file = file(csv);
    request.table = u"t"_s;
    std::stop_source stop;
    const Result<Catalog> catalog = readCatalog(*m_connection);
    QVERIFY(catalog);
    const auto stopped = importFile(*m_connection, *catalog, request, stop.get_token(), [&](const ImportProgress &) { stop.request_stop(); });
    if (stopped) // it was quicker than the first report
        QCOMPARE(stopped->written, 200'000);
    else
        QCOMPARE(stopped.error().code, ErrorCode::Cancelled);
    QCOMPARE(rows(u"SELECT count(*) FROM t"_s), stopped ? u"200000"_s : u"0"_s);
}

void tst_ImportJob::aFullDiskLeavesNothing()
{
    QVERIFY(prepare(false, u"CREATE TABLE t(id INTEGER PRIMARY KEY, x TEXT)"_s));
    QByteArray csv = "id,x\n";
    for (int i = 1; i <= 20'000; ++i)
        csv += QByteArray::number(i) + ',' + QByteArray(400, 'x') + '\n';
    ImportRequest request;
    request.file = file(csv);
    request.table = u"t"_s;
    // Files of this process end at one megabyte: to SQLite it is as if the disk were full.
    rlimit before{};
    ::getrlimit(RLIMIT_FSIZE, &before);
    const auto ignored = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{1'000'000, before.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
    const auto refused = import(request);
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, ignored);
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::Io);
    QCOMPARE(rows(u"SELECT count(*) FROM t"_s), u"0"_s);
    QCOMPARE(rows(u"PRAGMA quick_check"_s), u"ok"_s);
    QVERIFY(import(request));
    QCOMPARE(rows(u"SELECT count(*) FROM t"_s), u"20000"_s);
}

void tst_ImportJob::sequencesGoOnBehindTheRows()
{
    if (qEnvironmentVariableIsEmpty("TURNSTONE_TEST_PG_URL"))
        QSKIP("TURNSTONE_TEST_PG_URL is not set");
    QVERIFY(prepare(true, u"CREATE TABLE t(id SERIAL PRIMARY KEY, x TEXT)"_s));
    ImportRequest request;
    request.file = file("id,x\n5,a\n41,b\n");
    request.table = u"t"_s;
    QVERIFY(import(request));
    QVERIFY(m_connection->execute(u"INSERT INTO t(x) VALUES('c')"_s));
    QCOMPARE(rows(u"SELECT max(id) FROM t"_s), u"42"_s);
}

void tst_ImportJob::memoryStaysFlat()
{
    QVERIFY(prepare(false, u"CREATE TABLE t(id INTEGER PRIMARY KEY, x TEXT)"_s));
    QFile big(m_folder->filePath(u"big.csv"_s));
    QVERIFY(big.open(QIODevice::WriteOnly));
    big.write("id,x\n");
    const QByteArray text(1'000, 'x');
    for (int i = 1; i <= 150'000; ++i)
        big.write(QByteArray::number(i) + ',' + text + '\n');
    big.close();
    ImportRequest request;
    request.file = big.fileName();
    request.table = u"t"_s;
    rusage before{};
    ::getrusage(RUSAGE_SELF, &before);
    QVERIFY(import(request));
    rusage after{};
    ::getrusage(RUSAGE_SELF, &after);
    QVERIFY2(after.ru_maxrss - before.ru_maxrss < 60'000, qPrintable(QString::number(after.ru_maxrss - before.ru_maxrss)));
}

QTEST_GUILESS_MAIN(tst_ImportJob)
#include "tst_importjob.moc"
