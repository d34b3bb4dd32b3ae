// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/catalog/catalogreader.h"
#include "models/database/connection.h"
#include "tests/cli/clirunner.h"
#include "tests/support/testdatabase.h"
#include "tests/support/testfiles.h"

#include <QFile>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

/// Every table of every system goes out and comes back, and the engine itself finds no difference.
class tst_RoundTrip : public QObject
{
    Q_OBJECT

private slots:
    void tablesComeBack_data();
    void tablesComeBack();
    void hierarchiesComeBack_data();
    void hierarchiesComeBack();

private:
    static QStringList systems() { return {u"consensus-engine"_s, u"mindgames-arena"_s, u"quorum"_s, u"llm-orchestration"_s, u"project-2501"_s}; }
    static std::unique_ptr<Connection> opened(const QString &place)
    {
        ConnectionOptions options;
        options.readOnly = false;
        auto connection = Connection::open(*DatabaseUrl::parse(place), options);
        return connection ? std::move(*connection) : nullptr;
    }
    /// Real tables, those that others point to first.
    static std::vector<CatalogTable> tablesOf(Connection &connection)
    {
        std::vector<CatalogTable> waiting;
        const Result<Catalog> catalog = readCatalog(connection);
        for (const CatalogTable &table : catalog ? catalog->tables : std::vector<CatalogTable>()) {
            if (table.kind == TableKind::Table)
                waiting.push_back(table);
        }
        std::vector<CatalogTable> sorted;
        while (!waiting.empty()) {
            const auto isReady = [&](const CatalogTable &table) {
                return std::none_of(table.foreignKeys.begin(), table.foreignKeys.end(), [&](const CatalogForeignKey &key) {
                    return key.referencedTable != table.name && std::any_of(waiting.begin(), waiting.end(), [&](const CatalogTable &other) { return other.name == key.referencedTable; });
                });
            };
            auto next = std::find_if(waiting.begin(), waiting.end(), isReady);
            if (next == waiting.end())
                next = waiting.begin();
            sorted.push_back(*next);
            waiting.erase(next);
        }
        return sorted;
    }
    /// All values of all rows as the engine writes them, storage classes included.
    static QByteArray fingerprint(Connection &connection, const CatalogTable &table)
    {
        QStringList columns;
        for (const CatalogColumn &column : table.columns)
            columns.append(connection.engine() == Engine::Sqlite ? u"quote(%1)"_s.arg(Connection::quoted(column.name)) : u"coalesce(%1::text, '<null>')"_s.arg(Connection::quoted(column.name)));
        QByteArray text;
        (void)connection.forEachRow(u"SELECT %1 FROM %2 ORDER BY %3"_s.arg(columns.join(u", "_s), Connection::quoted(table.schema, table.name), columns.join(u", "_s)), {},
                                    [&](const RowBlock &block, int row) {
                                        for (int i = 0; i < block.columnCount(); ++i)
                                            text += block.at(row, i).bytes().toByteArray() + '\x1f';
                                        text += '\n';
                                        return true;
                                    });
        return text;
    }
    static QString emptied(Connection &connection, const std::vector<CatalogTable> &tables)
    {
        for (auto table = tables.rbegin(); table != tables.rend(); ++table) {
            if (const auto done = connection.execute(u"DELETE FROM "_s + Connection::quoted(table->schema, table->name)); !done)
                return done.error().message;
        }
        return {};
    }
    struct Pair
    {
        std::unique_ptr<TestDatabase> serverA, serverB;
        QString a, b;
    };
    bool makePair(Pair &pair, const QString &system, bool onServer)
    {
        if (onServer) {
            pair.serverA = std::make_unique<TestDatabase>("TURNSTONE_TEST_PGVECTOR_URL");
            if (!pair.serverA->isConfigured())
                pair.serverA = std::make_unique<TestDatabase>();
            pair.serverB = pair.serverA->isConfigured() && qEnvironmentVariableIsSet("TURNSTONE_TEST_PGVECTOR_URL") ? std::make_unique<TestDatabase>("TURNSTONE_TEST_PGVECTOR_URL") : std::make_unique<TestDatabase>();
            pair.a = pair.serverA->url();
            pair.b = pair.serverB->url();
            if (qEnvironmentVariableIsSet("TURNSTONE_TEST_PGVECTOR_URL") && (!pair.serverA->execute(u"CREATE EXTENSION IF NOT EXISTS vector"_s).isEmpty() || !pair.serverB->execute(u"CREATE EXTENSION IF NOT EXISTS vector"_s).isEmpty()))
                return false;
        } else {
            pair.a = m_folder.filePath(system + u"-a-%1.db"_s.arg(++m_count));
            pair.b = m_folder.filePath(system + u"-b-%1.db"_s.arg(m_count));
        }
        const CliRun demo({u"demo"_s, pair.a, u"--system"_s, system});
        const CliRun fresh({u"new"_s, pair.b, u"--system"_s, system});
        if (demo.code != 0 || fresh.code != 0)
            qWarning() << demo.err << fresh.err;
        return demo.code == 0 && fresh.code == 0;
    }

    QTemporaryDir m_folder;
    int m_count = 0;
};

void tst_RoundTrip::tablesComeBack_data()
{
    QTest::addColumn<QString>("system");
    QTest::addColumn<bool>("onServer");
    QTest::addColumn<QString>("format");
    for (const QString &system : systems()) {
        for (const QString &format : {u"csv"_s, u"jsonl"_s, u"json"_s, u"sql"_s}) {
            QTest::newRow(qPrintable(u"%1, %2, SQLite"_s.arg(system, format))) << system << false << format;
            QTest::newRow(qPrintable(u"%1, %2, PostgreSQL"_s.arg(system, format))) << system << true << format;
        }
    }
}

void tst_RoundTrip::tablesComeBack()
{
    QFETCH(QString, system);
    QFETCH(bool, onServer);
    QFETCH(QString, format);
    if (onServer && qEnvironmentVariableIsEmpty("TURNSTONE_TEST_PG_URL"))
        QSKIP("TURNSTONE_TEST_PG_URL is not set");
    if (onServer && (system == u"quorum" || system == u"project-2501") && qEnvironmentVariableIsEmpty("TURNSTONE_TEST_PGVECTOR_URL"))
        QSKIP("the system needs pgvector: TURNSTONE_TEST_PGVECTOR_URL is not set");
    Pair pair;
    QVERIFY(makePair(pair, system, onServer));
    const auto a = opened(pair.a);
    const auto b = opened(pair.b);
    QVERIFY(a && b);
    const std::vector<CatalogTable> tables = tablesOf(*a);
    QVERIFY(tables.size() >= 3);
    QCOMPARE(emptied(*b, tables), QString());
    qint64 rows = 0;
    for (const CatalogTable &table : tables) {
        const QString file = m_folder.filePath(table.name + u'.' + format);
        const CliRun written({u"export"_s, pair.a, u"--table"_s, table.name, u"--format"_s, format, u"--null"_s, u"\\N"_s, u"-o"_s, file});
        QVERIFY2(written.code == 0, written.err.constData());
        if (format == u"sql") {
            QFile script(file);
            QVERIFY(script.open(QIODevice::ReadOnly));
            QVERIFY(b->begin()); // or the disk is waited for after each row
            const auto done = b->executeScript(QString::fromUtf8(script.readAll()));
            if (done)
                QVERIFY(b->commit());
            QVERIFY2(done, qPrintable(table.name + u": "_s + (done ? QString() : done.error().message)));
        } else {
            const CliRun read({u"import"_s, pair.b, u"--table"_s, table.name, u"--null"_s, u"\\N"_s, u"--format"_s, format, file});
            QVERIFY2(read.code == 0, read.err.constData());
        }
        const QByteArray before = fingerprint(*a, table);
        const QByteArray after = fingerprint(*b, table);
        rows += before.count('\n');
        if (before != after) {
            const QList<QByteArray> left = before.split('\n');
            const QList<QByteArray> right = after.split('\n');
            for (qsizetype i = 0; i < left.size(); ++i) {
                if (i >= right.size() || left[i] != right[i]) {
                    qWarning() << table.name << left[i].left(600) << (i < right.size() ? right[i].left(600) : QByteArray("nothing"));
                    break;
                }
            }
        }
        QVERIFY2(before == after, qPrintable(table.name));
    }
    QVERIFY(rows > 100);
}

void tst_RoundTrip::hierarchiesComeBack_data()
{
    QTest::addColumn<QString>("system");
    QTest::addColumn<QString>("root");
    QTest::addColumn<bool>("onServer");
    for (const auto &[system, root] : {std::pair(u"consensus-engine"_s, u"discussions"_s), std::pair(u"mindgames-arena"_s, u"games"_s), std::pair(u"quorum"_s, u"conversations"_s),
                                       std::pair(u"llm-orchestration"_s, u"workflows"_s), std::pair(u"project-2501"_s, u"personas"_s)}) {
        QTest::newRow(qPrintable(u"%1, SQLite"_s.arg(system))) << system << root << false;
        QTest::newRow(qPrintable(u"%1, PostgreSQL"_s.arg(system))) << system << root << true;
    }
}

void tst_RoundTrip::hierarchiesComeBack()
{
    QFETCH(QString, system);
    QFETCH(QString, root);
    QFETCH(bool, onServer);
    if (onServer && qEnvironmentVariableIsEmpty("TURNSTONE_TEST_PG_URL"))
        QSKIP("TURNSTONE_TEST_PG_URL is not set");
    if (onServer && (system == u"quorum" || system == u"project-2501") && qEnvironmentVariableIsEmpty("TURNSTONE_TEST_PGVECTOR_URL"))
        QSKIP("the system needs pgvector: TURNSTONE_TEST_PGVECTOR_URL is not set");
    Pair pair;
    QVERIFY(makePair(pair, system, onServer));
    const auto a = opened(pair.a);
    QVERIFY(a);
    const std::vector<CatalogTable> tables = tablesOf(*a);
    if (system == u"llm-orchestration") {
        // What no workflow leads to is in no hierarchy of workflows.
        for (const QString &unused : {u"DELETE FROM payload_blocks WHERE payload_id NOT IN (SELECT payload_id FROM workflow_payloads)"_s,
                                      u"DELETE FROM blocks WHERE id NOT IN (SELECT block_id FROM payload_blocks)"_s,
                                      u"DELETE FROM payloads WHERE id NOT IN (SELECT payload_id FROM workflow_payloads)"_s}) {
            const auto done = a->execute(unused);
            QVERIFY2(done, done ? "" : qPrintable(done.error().detail));
        }
    }
    QHash<QString, QByteArray> before;
    for (const CatalogTable &table : tables)
        before.insert(table.name, fingerprint(*a, table));
    const QString file = m_folder.filePath(u"tree.json"_s);
    const CliRun written({u"export"_s, pair.a, u"--tree"_s, root, u"--format"_s, u"json"_s, u"-o"_s, file});
    QVERIFY2(written.code == 0, written.err.constData());
    // The rows are there: the import finds them all the same, and writes none.
    const CliRun same({u"import"_s, pair.a, u"--tree"_s, root, file, u"--json"_s});
    QVERIFY2(same.code == 0, same.err.constData());
    QCOMPARE(same.json()[u"written"_s].toInt(-1), 0);
    const auto b = opened(pair.b);
    QVERIFY(b);
    QCOMPARE(emptied(*b, tables), QString());
    // What the hierarchy points to outside of itself comes as tables first.
    QSet<QString> inside;
    const QJsonDocument report = CliRun({u"import"_s, pair.a, u"--tree"_s, root, file, u"--on-conflict"_s, u"skip"_s, u"--json"_s}).json();
    for (const QString &table : report[u"tables"_s].toObject().keys())
        inside.insert(table);
    QVERIFY(inside.size() >= 3);
    for (const CatalogTable &table : tables) {
        if (inside.contains(table.name))
            continue;
        const QString other = m_folder.filePath(u"other.jsonl"_s);
        QCOMPARE(CliRun({u"export"_s, pair.a, u"--table"_s, table.name, u"--format"_s, u"jsonl"_s, u"-o"_s, other}).code, 0);
        (void)CliRun({u"import"_s, pair.b, u"--table"_s, table.name, other}); // those that point into the hierarchy cannot come yet
    }
    const CliRun read({u"import"_s, pair.b, u"--tree"_s, root, file});
    QVERIFY2(read.code == 0, read.err.constData());
    for (const CatalogTable &table : tables) {
        if (inside.contains(table.name))
            QVERIFY2(fingerprint(*b, table) == before.value(table.name), qPrintable(table.name));
    }
}

QTEST_GUILESS_MAIN(tst_RoundTrip)
#include "tst_roundtrip.moc"
