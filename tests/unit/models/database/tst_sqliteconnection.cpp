// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/database/connection.h"
#include "tests/support/testfiles.h"

#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <QThread>

#include <sqlite3.h>

#include <atomic>
#include <cmath>
#include <limits>
#include <thread>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_SqliteConnection : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void everyValueComesBackByteForByte_data();
    void everyValueComesBackByteForByte();
    void theTypeIsTheRowsNotTheColumns();
    void columnsTellWhereTheyComeFrom();
    void namedAndNumberedParametersBind();
    void anInterruptMeanwhileKeepsNoTransactionOpen();
    void aMissingParameterIsNamed();
    void syntaxErrorsTellThePosition();
    void aSecondStatementIsRefused();
    void aReadOnlyConnectionRefusesToWrite_data();
    void aReadOnlyConnectionRefusesToWrite();
    void aStrangersSchemaRunsNothing();
    void extensionsCannotBeLoaded();
    void foreignKeysAreOnForWriters();
    void aScriptStopsAtItsFirstError();
    void aLockedDatabaseIsWaitedForAndItsHolderNamed();
    void anEmptyResultHasColumns();
    void changesAreCountedOnlyForChanges();
    void theUrlsModeAndTimeoutAreHonoured();
    void immutableFilesAreReadWithoutALookAtTheLog();

private:
    std::unique_ptr<Connection> open(bool readOnly = true, int lockTimeoutMs = 10'000)
    {
        ConnectionOptions options;
        options.readOnly = readOnly;
        options.createFile = !readOnly;
        options.lockTimeout = std::chrono::milliseconds(lockTimeoutMs);
        auto opened = Connection::open(DatabaseUrl::forFile(m_path), options);
        if (!opened) {
            qWarning() << opened.error().message << opened.error().detail;
            return {};
        }
        return std::move(*opened);
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_path;
};

void tst_SqliteConnection::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    // A name that only survives if it is neither taken for a URI nor percent-decoded.
    m_path = m_folder->filePath(u"games 100%41 ?mode=ro#é.db"_s);
}

void tst_SqliteConnection::everyValueComesBackByteForByte_data()
{
    QTest::addColumn<Value>("value");
    QTest::newRow("NULL") << Value::null();
    QTest::newRow("zero") << Value::integer(0);
    QTest::newRow("int64 min") << Value::integer(std::numeric_limits<std::int64_t>::min());
    QTest::newRow("int64 max") << Value::integer(std::numeric_limits<std::int64_t>::max());
    QTest::newRow("beyond 2^53") << Value::integer(9007199254740993);
    QTest::newRow("tenth") << Value::real(0.1);
    QTest::newRow("minus zero") << Value::real(-0.0);
    QTest::newRow("infinity") << Value::real(std::numeric_limits<double>::infinity());
    QTest::newRow("minus infinity") << Value::real(-std::numeric_limits<double>::infinity());
    QTest::newRow("smallest") << Value::real(5e-324);
    QTest::newRow("empty text") << Value::text(QByteArray(""));
    QTest::newRow("text") << Value::text(u"Grüße, 狼 🐺"_s);
    QTest::newRow("digits as text") << Value::text(QByteArray("007"));
    QTest::newRow("embedded NUL") << Value::text(QByteArray("a\0b\0", 4));
    QTest::newRow("invalid UTF-8") << Value::text(QByteArray("a\xFF\xC0\x80z"));
    QTest::newRow("10 MB text") << Value::text(QByteArray(10'000'000, 'x'));
    QTest::newRow("empty blob") << Value::blob(QByteArray(""));
    QTest::newRow("blob") << Value::blob(QByteArray("\x00\x01\xFE\xFF", 4));
    QTest::newRow("number with many digits as text") << Value::text(QByteArray("123456789012345678901234567890.0100"));
}

void tst_SqliteConnection::everyValueComesBackByteForByte()
{
    QFETCH(Value, value);
    auto writer = open(false);
    QVERIFY(writer);
    QVERIFY(writer->execute(u"CREATE TABLE t(a BLOB)"_s));
    QVERIFY(writer->execute(u"INSERT INTO t VALUES(?)"_s, {value}));
    const auto prepared = writer->prepare(u"INSERT INTO t VALUES(?)"_s);
    QVERIFY(prepared);
    const ValueRef ref = value.ref();
    QVERIFY((*prepared)->execute(&ref, 1));
    int rows = 0;
    const auto read = open()->forEachRow(u"SELECT a FROM t"_s, {}, [&](const RowBlock &block, int row) {
        ++rows;
        return Value(block.at(row, 0)) == value;
    });
    QVERIFY(read);
    QCOMPARE(rows, 2);
    // NaN is what SQLite itself cannot store: it becomes NULL, and we say what is stored.
    QVERIFY(writer->execute(u"INSERT INTO t VALUES(?)"_s, {Value::real(std::nan(""))}));
    QCOMPARE(writer->queryValue(u"SELECT a FROM t ORDER BY rowid DESC"_s).value(), Value::null());
}

void tst_SqliteConnection::theTypeIsTheRowsNotTheColumns()
{
    QCOMPARE(executeSql(m_path, u"CREATE TABLE t(a INTEGER); INSERT INTO t VALUES(1), ('one'), (1.5), (x'01'), (NULL)"_s), QString());
    QList<ValueType> types;
    QVERIFY(open()->forEachRow(u"SELECT a FROM t"_s, {}, [&](const RowBlock &block, int row) {
        types.append(block.at(row, 0).type());
        return true;
    }));
    QCOMPARE(types, (QList<ValueType>{ValueType::Integer, ValueType::Text, ValueType::Real, ValueType::Blob, ValueType::Null}));
}

void tst_SqliteConnection::columnsTellWhereTheyComeFrom()
{
    QCOMPARE(executeSql(m_path, u"CREATE TABLE games(id INTEGER PRIMARY KEY, started_at DATETIME)"_s), QString());
    auto connection = open();
    auto reader = connection->query(u"SELECT g.started_at AS begun, 1 + 1 AS two FROM games g"_s);
    QVERIFY(reader);
    const auto &columns = (*reader)->columns();
    QCOMPARE(columns.size(), 2u);
    QCOMPARE(columns[0].name, u"begun"_s);
    QCOMPARE(columns[0].typeName, u"DATETIME"_s);
    QCOMPARE(columns[0].table, u"games"_s);
    QCOMPARE(columns[0].column, u"started_at"_s);
    QCOMPARE(columns[1].name, u"two"_s);
    QVERIFY(columns[1].table.isEmpty());
}

void tst_SqliteConnection::namedAndNumberedParametersBind()
{
    QCOMPARE(executeSql(m_path, u"CREATE TABLE t(a)"_s), QString());
    auto connection = open();
    QCOMPARE(connection->queryValue(u"SELECT ?2 || ?1"_s, {Value::text(u"b"), Value::text(u"a")}).value(), Value::text(u"ab"));
    Parameters named;
    named.named[u"x"_s] = Value::integer(2);
    named.named[u"y"_s] = Value::integer(3);
    QCOMPARE(connection->queryValue(u"SELECT :x * 100 + @y * 10 + $x"_s, named).value(), Value::integer(232));
}

void tst_SqliteConnection::aMissingParameterIsNamed()
{
    QCOMPARE(executeSql(m_path, u"CREATE TABLE t(a)"_s), QString());
    const auto result = open()->queryValue(u"SELECT :who"_s);
    QVERIFY(!result);
    QCOMPARE(result.error().code, ErrorCode::InvalidInput);
    QVERIFY(result.error().message.contains(u":who"));
}

void tst_SqliteConnection::syntaxErrorsTellThePosition()
{
    QCOMPARE(executeSql(m_path, u"CREATE TABLE t(a)"_s), QString());
    const auto result = open()->queryValue(u"SELECT 'é狼', nosuch FROM t"_s);
    QVERIFY(!result);
    QCOMPARE(result.error().code, ErrorCode::Syntax);
    QCOMPARE(result.error().position, 13); // in characters, not bytes
}

void tst_SqliteConnection::aSecondStatementIsRefused()
{
    QCOMPARE(executeSql(m_path, u"CREATE TABLE t(a)"_s), QString());
    auto connection = open(false);
    QVERIFY(connection->queryValue(u"SELECT 1; -- just a comment"_s));
    const auto result = connection->execute(u"SELECT 1; DELETE FROM t"_s);
    QVERIFY(!result);
    QCOMPARE(result.error().code, ErrorCode::InvalidInput);
}

void tst_SqliteConnection::aReadOnlyConnectionRefusesToWrite_data()
{
    QTest::addColumn<QString>("sql");
    QTest::newRow("insert") << u"INSERT INTO t VALUES(2)"_s;
    QTest::newRow("update") << u"UPDATE t SET a = 3"_s;
    QTest::newRow("create") << u"CREATE TABLE u(a)"_s;
    QTest::newRow("journal mode") << u"PRAGMA journal_mode = WAL"_s;
    QTest::newRow("user version") << u"PRAGMA user_version = 7"_s;
    QTest::newRow("vacuum") << u"VACUUM"_s;
}

void tst_SqliteConnection::aReadOnlyConnectionRefusesToWrite()
{
    QFETCH(QString, sql);
    QCOMPARE(executeSql(m_path, u"CREATE TABLE t(a); INSERT INTO t VALUES(1)"_s), QString());
    QFile file(m_path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray before = file.readAll();
    {
        auto connection = open();
        QVERIFY(connection->execute(u"PRAGMA query_only = OFF"_s)); // the file itself is open for reading only
        (void)connection->execute(sql);
    }
    file.seek(0);
    QCOMPARE(file.readAll(), before);
    QVERIFY(!QFile::exists(m_path + u"-wal"_s));
    if (sql.startsWith(u"INSERT")) {
        const auto refused = open()->execute(sql);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::ReadOnly);
    }
}

void tst_SqliteConnection::aStrangersSchemaRunsNothing()
{
    // A view that would call a function with side effects: with an untrusted schema it is refused.
    QCOMPARE(executeSql(m_path, u"CREATE TABLE t(a); CREATE VIEW evil AS SELECT load_extension('x') FROM t"_s), QString());
    QVERIFY(!open()->queryValue(u"SELECT * FROM evil"_s));
    const auto writer = open(false);
    QVERIFY(writer->execute(u"PRAGMA writable_schema = ON"_s));
    QVERIFY(!writer->execute(u"UPDATE sqlite_schema SET sql = 'CREATE TABLE t(b)' WHERE name = 't'"_s));
}

void tst_SqliteConnection::extensionsCannotBeLoaded()
{
    QCOMPARE(executeSql(m_path, u"CREATE TABLE t(a)"_s), QString());
    const auto result = open()->queryValue(u"SELECT load_extension('/tmp/nothing')"_s);
    QVERIFY(!result);
}

void tst_SqliteConnection::foreignKeysAreOnForWriters()
{
    QCOMPARE(executeSql(m_path, u"CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE c(p REFERENCES p(id))"_s), QString());
    auto writer = open(false);
    QCOMPARE(writer->queryValue(u"PRAGMA foreign_keys"_s).value(), Value::integer(1));
    const auto refused = writer->execute(u"INSERT INTO c VALUES(1)"_s);
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::Constraint);
}

void tst_SqliteConnection::aScriptStopsAtItsFirstError()
{
    auto writer = open(false);
    const QString script = u"CREATE TABLE a(x); -- ü\nCREATE TRIGGER r AFTER INSERT ON a BEGIN SELECT 1; SELECT 2; END;\n"
                           "CREATE TABLE b(x;\nCREATE TABLE c(x);"_s;
    const auto done = writer->executeScript(script);
    QVERIFY(!done);
    QCOMPARE(done.error().code, ErrorCode::Syntax);
    QCOMPARE(done.error().position, static_cast<int>(script.indexOf(u"x;\nCREATE TABLE c") + 1));
    QCOMPARE(writer->queryValue(u"SELECT group_concat(name, ',') FROM sqlite_schema"_s).value(), Value::text(u"a,r"));
}

void tst_SqliteConnection::aLockedDatabaseIsWaitedForAndItsHolderNamed()
{
    QCOMPARE(executeSql(m_path, u"CREATE TABLE t(a)"_s), QString());
    sqlite3 *other = nullptr;
    QCOMPARE(sqlite3_open(QFile::encodeName(m_path).constData(), &other), SQLITE_OK);
    QCOMPARE(sqlite3_exec(other, "BEGIN EXCLUSIVE", nullptr, nullptr, nullptr), SQLITE_OK);
    const auto opened = Connection::open(DatabaseUrl::forFile(m_path), ConnectionOptions{.lockTimeout = std::chrono::milliseconds(150)});
    QVERIFY(!opened);
    QCOMPARE(opened.error().code, ErrorCode::Busy);
    QVERIFY2(opened.error().message.contains(u"locked"), qPrintable(opened.error().message));
    // Patience pays: the lock goes away while we wait.
    std::unique_ptr<QThread> releaser(QThread::create([&] {
        QThread::msleep(200);
        sqlite3_exec(other, "COMMIT", nullptr, nullptr, nullptr);
    }));
    releaser->start();
    QVERIFY(open(true, 20'000));
    releaser->wait();
    sqlite3_close(other);
}

void tst_SqliteConnection::anEmptyResultHasColumns()
{
    QCOMPARE(executeSql(m_path, u"CREATE TABLE t(a, b)"_s), QString());
    auto connection = open();
    auto reader = connection->query(u"SELECT * FROM t"_s);
    QVERIFY(reader);
    RowBlock block;
    QCOMPARE((*reader)->read(block).value(), false);
    QCOMPARE(block.rowCount(), 0);
    QCOMPARE(block.columnCount(), 2);
    QCOMPARE((*reader)->read(block).value(), false);
}

void tst_SqliteConnection::changesAreCountedOnlyForChanges()
{
    auto writer = open(false);
    QVERIFY(writer->execute(u"CREATE TABLE t(a)"_s));
    QCOMPARE(writer->execute(u"INSERT INTO t VALUES(1), (2), (3)"_s)->rowsAffected, 3);
    QCOMPARE(writer->execute(u"SELECT 1"_s)->rowsAffected, 0);
    QCOMPARE(writer->execute(u"UPDATE t SET a = a WHERE a > 1"_s)->rowsAffected, 2);
    QCOMPARE(writer->execute(u"UPDATE t SET a = a WHERE a > 10"_s)->rowsAffected, 0);
}

void tst_SqliteConnection::theUrlsModeAndTimeoutAreHonoured()
{
    const QString path = m_folder->filePath(u"plain.db"_s);
    QCOMPARE(executeSql(path, u"CREATE TABLE t(a)"_s), QString());
    const auto url = DatabaseUrl::parse(u"sqlite:///"_s + path + u"?mode=ro&timeout=2.5"_s);
    QVERIFY2(url, qPrintable(url ? QString() : url.error().message));
    const auto reading = Connection::open(*url);
    QVERIFY2(reading, qPrintable(reading ? QString() : reading.error().message));
    QCOMPARE((*reading)->options().lockTimeout, std::chrono::milliseconds(2500));
    ConnectionOptions writing;
    writing.readOnly = false;
    const auto refused = Connection::open(*url, writing);
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::ReadOnly);
}

void tst_SqliteConnection::immutableFilesAreReadWithoutALookAtTheLog()
{
    const QString path = m_folder->filePath(u"plain.db"_s);
    QCOMPARE(executeSql(path, u"CREATE TABLE t(a); INSERT INTO t VALUES (1)"_s), QString());
    // Somebody holds the file for himself.
    sqlite3 *holder = nullptr;
    QCOMPARE(sqlite3_open(path.toUtf8().constData(), &holder), SQLITE_OK);
    QCOMPARE(sqlite3_exec(holder, "BEGIN EXCLUSIVE", nullptr, nullptr, nullptr), SQLITE_OK);
    const auto url = DatabaseUrl::parse(u"sqlite:///"_s + path + u"?immutable=1"_s);
    QVERIFY(url);
    ConnectionOptions writing;
    writing.readOnly = false;
    const auto refused = Connection::open(*url, writing);
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::ReadOnly);
    QVERIFY(refused.error().message.contains(u"immutable=1"));
    {
        const auto reading = Connection::open(*url);
        QVERIFY2(reading, qPrintable(reading ? QString() : reading.error().message));
        QCOMPARE((*reading)->queryValue(u"SELECT a FROM t"_s).value(), Value::integer(1));
    }
    const auto unlocked = DatabaseUrl::parse(u"sqlite:///"_s + path + u"?nolock=1"_s);
    {
        const auto reading = Connection::open(*unlocked);
        QVERIFY2(reading, qPrintable(reading ? QString() : reading.error().message));
        QCOMPARE((*reading)->queryValue(u"SELECT a FROM t"_s).value(), Value::integer(1));
    }
    sqlite3_exec(holder, "ROLLBACK; PRAGMA journal_mode = WAL; INSERT INTO t VALUES (2)", nullptr, nullptr, nullptr);
    {
        const auto without = Connection::open(*unlocked);
        QVERIFY(!without);
        QVERIFY(without.error().message.contains(u"immutable=1"));
        const auto reading = Connection::open(*url);
        QVERIFY2(reading, qPrintable(reading ? QString() : reading.error().message));
        QCOMPARE((*reading)->queryValue(u"SELECT count(*) FROM t"_s).value(), Value::integer(1)); // what is in the log stays unseen, as asked
    }
    sqlite3_close(holder);
}

void tst_SqliteConnection::anInterruptMeanwhileKeepsNoTransactionOpen()
{
    const QString path = m_folder->filePath(u"interrupted.db"_s);
    QCOMPARE(executeSql(path, u"CREATE TABLE t(a)"_s), QString());
    const auto connection = *Connection::open(DatabaseUrl::forFile(path));
    constexpr int rounds = 20'000;
    std::atomic<int> began = 0;
    std::atomic<int> interrupted = 0;
    std::jthread interrupter([&](const std::stop_token &isEnough) {
        for (int round = 1; round <= rounds; ++round) {
            while (began < round && !isEnough.stop_requested())
                std::this_thread::yield();
            connection->interrupt();
            interrupted = round;
        }
    });
    int leftOpen = 0;
    for (int round = 1; round <= rounds; ++round) {
        connection->setStopToken({});
        QVERIFY(connection->begin());
        QVERIFY(connection->queryValue(u"SELECT count(*) FROM t"_s));
        began = round;
        for (volatile int wait = round % 300 * 10; wait > 0;) // now the one comes first, now the other
            wait = wait - 1;
        connection->rollback();
        leftOpen += connection->isInTransaction() ? 1 : 0;
        while (interrupted < round)
            std::this_thread::yield();
        connection->setStopToken({});
        connection->rollback();
    }
    QCOMPARE(leftOpen, 0);
}

QTEST_GUILESS_MAIN(tst_SqliteConnection)
#include "tst_sqliteconnection.moc"
