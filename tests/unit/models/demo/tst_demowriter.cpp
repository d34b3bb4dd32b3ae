// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/demo/demomapping.h"
#include "models/demo/demowriter.h"
#include "tests/support/testdatabase.h"
#include "tests/support/testfiles.h"
#include "tests/support/testpaths.h"

#include <QCryptographicHash>
#include <QDir>
#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

namespace {

/// The statements that make an empty schema as `new` makes it, or a null text if the engine has no such variant.
QString schemaOf(const QString &system, const QString &variant, const QString &engine)
{
    const QString base = sourcePath(QStringLiteral("migrations/%1/%2")).arg(system, engine);
    const Result<QString> usual = usualDemoVariant(system, engine == u"sqlite"_s ? Engine::Sqlite : Engine::PostgreSql);
    const QDir folder(usual && *usual == variant ? base : base + u'/' + variant);
    QString sql;
    for (const QString &name : folder.entryList({u"*.sql"_s}, QDir::Files, QDir::Name)) {
        QFile file(folder.filePath(name));
        if (file.open(QIODevice::ReadOnly))
            sql += QString::fromUtf8(file.readAll()).section(u"-- migrate:up\n"_s, 1).section(u"-- migrate:down\n"_s, 0, 0);
    }
    return sql;
}

} // namespace

/// What every demo database must fulfil, whatever the system. The rules of the single systems stand in tst_demorules.
class TestDemoWriter : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase() { QVERIFY(m_folder.isValid()); }

    void everyVariantFitsIntoSqlite_data() { addVariants(u"sqlite"_s); }
    void everyVariantFitsIntoSqlite();
    void everyVariantFitsIntoPostgres_data() { addVariants(u"postgresql"_s); }
    void everyVariantFitsIntoPostgres();
    void sequencesStandBehindTheRows();
    void aSeedDecidesEveryByte_data() { addSystems(); }
    void aSeedDecidesEveryByte();
    void theScaleMultipliesTheRows();
    void aStopRequestEndsIt();
    void mistakesAreNamed();

private:
    void addVariants(const QString &engine)
    {
        QTest::addColumn<QString>("system");
        QTest::addColumn<QString>("variant");
        for (const QString &system : DemoMapping::systems()) {
            for (const QString &variant : DemoMapping::load(system)->variants()) {
                if (!schemaOf(system, variant, engine).isNull())
                    QTest::newRow(qPrintable(system + u' ' + variant)) << system << variant;
            }
        }
    }

    void addSystems()
    {
        QTest::addColumn<QString>("system");
        for (const QString &system : DemoMapping::systems())
            QTest::newRow(qPrintable(system)) << system;
    }

    std::unique_ptr<Connection> newFile(const QString &system, const QString &variant)
    {
        m_path = m_folder.filePath(u"demo-%1.db"_s.arg(++m_files));
        if (const QString problem = executeSql(m_path, schemaOf(system, variant, u"sqlite"_s)); !problem.isEmpty()) {
            qWarning("%s", qPrintable(problem));
            return nullptr;
        }
        ConnectionOptions options;
        options.readOnly = false;
        auto connection = Connection::open(DatabaseUrl::forFile(m_path), options);
        if (!connection) {
            qWarning("%s", qPrintable(connection.error().message));
            return nullptr;
        }
        return std::move(*connection);
    }

    static QByteArray digestOf(Connection &connection, const DemoReport &report)
    {
        QCryptographicHash hash(QCryptographicHash::Sha256);
        for (const DemoReport::Table &table : report.tables) {
            const Result<> read = connection.forEachRow(u"SELECT * FROM "_s + Connection::quoted(table.name), {}, [&](const RowBlock &block, int row) {
                for (int column = 0; column < block.columnCount(); ++column)
                    hash.addData(Value(block.at(row, column)).toDisplayText().toUtf8() + '\x1f');
                return true;
            });
            if (!read)
                return {};
        }
        return hash.result().toHex();
    }

    QTemporaryDir m_folder;
    QString m_path;
    int m_files = 0;
};

void TestDemoWriter::everyVariantFitsIntoSqlite()
{
    QFETCH(QString, system);
    QFETCH(QString, variant);
    std::unique_ptr<Connection> connection = newFile(system, variant);
    QVERIFY(connection);
    const auto report = writeDemo(*connection, {system, variant, 1, 1});
    QVERIFY2(report, qPrintable(report ? QString() : report.error().message + report.error().detail));
    QVERIFY(report->rows > 50);
    QCOMPARE(report->variant, variant);
    for (const DemoReport::Table &table : report->tables) {
        QVERIFY2(table.rows > 0, qPrintable(table.name));
        QCOMPARE(sqlValue(m_path, u"SELECT count(*) FROM \"%1\""_s.arg(table.name)).toLongLong(), table.rows);
    }
    QVERIFY(sqlValue(m_path, u"PRAGMA foreign_key_check"_s).isNull());
    QCOMPARE(sqlValue(m_path, u"PRAGMA integrity_check"_s), u"ok"_s);
}

void TestDemoWriter::everyVariantFitsIntoPostgres()
{
    QFETCH(QString, system);
    QFETCH(QString, variant);
    const bool vectors = schemaOf(system, variant, u"postgresql"_s).contains(u"vector("_s, Qt::CaseInsensitive);
    TestDatabase database(vectors ? TestDatabase::vectorForOneSession() : "TURNSTONE_TEST_PG_URL");
    REQUIRE_DATABASE(database);
    if (vectors)
        QCOMPARE(database.execute(u"CREATE EXTENSION IF NOT EXISTS vector"_s), QString());
    QCOMPARE(database.execute(schemaOf(system, variant, u"postgresql"_s)), QString());
    ConnectionOptions options;
    options.readOnly = false;
    auto connection = Connection::open(*DatabaseUrl::parse(database.url()), options);
    QVERIFY(connection);
    const auto report = writeDemo(**connection, {system, variant, 1, 1});
    QVERIFY2(report, qPrintable(report ? QString() : report.error().message + report.error().detail));
    for (const DemoReport::Table &table : report->tables) {
        QVERIFY2(table.rows > 0, qPrintable(table.name));
        QVERIFY(database.value(u"SELECT count(*) FROM \"%1\""_s.arg(table.name)).toLongLong() >= table.rows);
    }
}

void TestDemoWriter::sequencesStandBehindTheRows()
{
    TestDatabase database;
    REQUIRE_DATABASE(database);
    QCOMPARE(database.execute(schemaOf(u"mindgames-arena"_s, u"current"_s, u"postgresql"_s)), QString());
    ConnectionOptions options;
    options.readOnly = false;
    auto connection = Connection::open(*DatabaseUrl::parse(database.url()), options);
    QVERIFY(connection);
    QVERIFY(writeDemo(**connection, {u"mindgames-arena"_s, {}, 1, 1}));
    const qlonglong last = database.value(u"SELECT max(id) FROM kinds"_s).toLongLong();
    QCOMPARE(database.execute(u"INSERT INTO kinds(name, active, created_at) VALUES ('advanced', 1, now())"_s), QString());
    QCOMPARE(database.value(u"SELECT max(id) FROM kinds"_s).toLongLong(), last + 1);
}

void TestDemoWriter::aSeedDecidesEveryByte()
{
    QFETCH(QString, system);
    QList<QByteArray> digests;
    for (const std::uint64_t seed : {7, 7, 8}) {
        std::unique_ptr<Connection> connection = newFile(system, *usualDemoVariant(system, Engine::Sqlite));
        QVERIFY(connection);
        const auto report = writeDemo(*connection, {system, {}, seed, 1});
        QVERIFY(report);
        digests.append(digestOf(*connection, *report));
        QVERIFY(!digests.last().isEmpty());
    }
    QCOMPARE(digests[0], digests[1]);
    QVERIFY(digests[0] != digests[2]);
}

void TestDemoWriter::theScaleMultipliesTheRows()
{
    std::unique_ptr<Connection> one = newFile(u"mindgames-arena"_s, u"current"_s);
    std::unique_ptr<Connection> ten = newFile(u"mindgames-arena"_s, u"current"_s);
    QVERIFY(one && ten);
    std::int64_t seen = 0;
    const auto small = writeDemo(*one, {u"mindgames-arena"_s, {}, 1, 1});
    const auto large = writeDemo(*ten, {u"mindgames-arena"_s, {}, 1, 30}, {}, [&](std::int64_t done, std::int64_t expected) {
        QVERIFY(done >= seen && expected >= done);
        seen = done;
    });
    QVERIFY(small && large);
    QVERIFY(large->rows > 25 * small->rows && large->rows < 35 * small->rows);
    QCOMPARE(seen, large->rows);
    QCOMPARE(sqlValue(m_path, u"SELECT count(*) FROM game_turns"_s).toLongLong() > 20'000, true);
    QVERIFY(sqlValue(m_path, u"PRAGMA foreign_key_check"_s).isNull());
}

void TestDemoWriter::aStopRequestEndsIt()
{
    std::unique_ptr<Connection> connection = newFile(u"mindgames-arena"_s, u"current"_s);
    QVERIFY(connection);
    std::stop_source stop;
    stop.request_stop();
    const auto report = writeDemo(*connection, {u"mindgames-arena"_s, {}, 1, 100}, stop.get_token());
    QVERIFY(!report);
    QCOMPARE(report.error().code, ErrorCode::Cancelled);
    QVERIFY(!connection->isInTransaction());
    QCOMPARE(sqlValue(m_path, u"SELECT count(*) FROM games"_s), u"0"_s);
}

void TestDemoWriter::mistakesAreNamed()
{
    std::unique_ptr<Connection> connection = newFile(u"mindgames-arena"_s, u"current"_s);
    QVERIFY(connection);
    auto report = writeDemo(*connection, {u"chess-club"_s, {}, 1, 1});
    QCOMPARE(report.error().code, ErrorCode::NotFound);
    QVERIFY(report.error().message.contains(u"mindgames-arena"_s));
    report = writeDemo(*connection, {u"mindgames-arena"_s, u"baroque"_s, 1, 1});
    QCOMPARE(report.error().code, ErrorCode::NotFound);
    report = writeDemo(*connection, {u"mindgames-arena"_s, {}, 1, 0});
    QCOMPARE(report.error().code, ErrorCode::InvalidInput);
    QVERIFY(!writeDemo(*connection, {u"mindgames-arena"_s, u"legacy"_s, 1, 1}));
    QVERIFY(!connection->isInTransaction());
}

QTEST_GUILESS_MAIN(TestDemoWriter)
#include "tst_demowriter.moc"
