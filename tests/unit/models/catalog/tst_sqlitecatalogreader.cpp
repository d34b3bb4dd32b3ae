// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/catalog/catalogreader.h"
#include "tests/support/testfiles.h"

#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>

#include <sqlite3.h>

#include <algorithm>
#include <memory>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_SqliteCatalogReader : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void anEmptyDatabaseHasNoTables();
    void columnsAreReadAsDeclared();
    void generatedColumnsHaveTheirExpressions();
    void keysAndTableOptionsAreRead();
    void foreignKeysAreResolved();
    void checksHaveNames();
    void indexesAreReadInFull();
    void triggersBelongToTheirTables();
    void viewsHaveColumns();
    void aBrokenViewSpoilsNothingElse();
    void aMissingModuleSpoilsNothingElse();
    void shadowTablesAreFlagged();
    void weirdNamesSurvive();
    void internalAttachedAndTemporaryTablesAreLeftOut();
    void estimatesComeFromAnalyze();
    void brokenStatisticsAreIgnored();
    void sizesAreMeasured();
    void aWriterTakesNoWriteLock();
    void anOpenTransactionStaysOpen();
    void cancellingEndsTheRead();
    void aDamagedSchemaIsAnError();
    void tenThousandTablesAreReadAlmostAsFastAsTheyAreOpened();

private:
    void create(const QString &sql) { QCOMPARE(executeSql(m_path, sql), QString()); }
    std::unique_ptr<Connection> open(bool readOnly = true) const
    {
        ConnectionOptions options;
        options.readOnly = readOnly;
        options.lockTimeout = std::chrono::milliseconds(0);
        auto opened = Connection::open(DatabaseUrl::forFile(m_path), options);
        if (!opened)
            qFatal("%s", qPrintable(opened.error().message + opened.error().detail));
        return std::move(*opened);
    }
    Catalog read() const
    {
        const std::unique_ptr<Connection> connection = open();
        const Result<Catalog> catalog = readCatalog(*connection);
        if (!catalog)
            qFatal("%s", qPrintable(catalog.error().message + catalog.error().detail));
        return *catalog;
    }
    static QStringList names(const Catalog &catalog)
    {
        QStringList names;
        for (const CatalogTable &table : catalog.tables)
            names.append(table.name);
        return names;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_path;
};

void tst_SqliteCatalogReader::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_path = m_folder->filePath(u"test.db"_s);
}

void tst_SqliteCatalogReader::anEmptyDatabaseHasNoTables()
{
    create(u"CREATE TABLE t(a); DROP TABLE t"_s);
    const Catalog catalog = read();
    QVERIFY(catalog.tables.empty());
    QCOMPARE(catalog.schemas, QStringList{u"main"_s});
    QCOMPARE(catalog.engine, Engine::Sqlite);
}

void tst_SqliteCatalogReader::columnsAreReadAsDeclared()
{
    create(u"CREATE TABLE t(id INTEGER PRIMARY KEY, name VARCHAR(20) NOT NULL DEFAULT 'it''s', n, d DEFAULT NULL,"
           " at TEXT DEFAULT (datetime('now')), \"order\" NUMERIC(12, 3) DEFAULT -1)"_s);
    const Catalog catalog = read();
    const CatalogTable *table = catalog.table(u"T"_s);
    QVERIFY(table);
    QCOMPARE(table->columns.size(), 6u);
    QCOMPARE(table->columns[0].type, u"INTEGER"_s);
    QCOMPARE(table->columns[0].primaryKeyPosition, 1);
    QVERIFY(!table->columns[0].notNull && !table->columns[0].defaultSql);
    QCOMPARE(table->columns[1].type, u"VARCHAR(20)"_s);
    QVERIFY(table->columns[1].notNull);
    QCOMPARE(table->columns[1].defaultSql, u"'it''s'"_s);
    QCOMPARE(table->columns[2].type, QString());
    QVERIFY(!table->columns[2].defaultSql);
    QCOMPARE(table->columns[3].defaultSql, u"NULL"_s);
    QCOMPARE(table->columns[4].defaultSql, u"datetime('now')"_s);
    QCOMPARE(table->columns[5].name, u"order"_s);
    QCOMPARE(table->columns[5].defaultSql, u"-1"_s);
    QCOMPARE(table->rowidAlias(), u"id"_s);
    QVERIFY(table->sql.startsWith(u"CREATE TABLE t("));
    QCOMPARE(table->estimatedRows, -1);
    QCOMPARE(table->sizeBytes, -1);
}

void tst_SqliteCatalogReader::generatedColumnsHaveTheirExpressions()
{
    create(u"CREATE TABLE t(a INT, b INT GENERATED ALWAYS AS (a * (2)) STORED, c TEXT AS (a || ')') VIRTUAL NOT NULL)"_s);
    const Catalog catalog = read();
    const std::vector<CatalogColumn> &columns = catalog.table(u"t"_s)->columns;
    QVERIFY(!columns[0].generated);
    QVERIFY(columns[1].generated && !columns[1].hidden && !columns[1].defaultSql);
    QCOMPARE(columns[1].generatedSql, u"a * (2)"_s);
    QCOMPARE(columns[1].type, u"INT"_s);
    QVERIFY(columns[2].generated && columns[2].notNull);
    QCOMPARE(columns[2].generatedSql, u"a || ')'"_s);
}

void tst_SqliteCatalogReader::keysAndTableOptionsAreRead()
{
    create(u"CREATE TABLE auto(id INTEGER PRIMARY KEY AUTOINCREMENT);"
           "CREATE TABLE pair(a INT, b TEXT, c, PRIMARY KEY (c, a)) WITHOUT ROWID;"
           "CREATE TABLE strict_one(a INT, u TEXT NOT NULL UNIQUE) STRICT;"
           "CREATE TABLE down(id INTEGER PRIMARY KEY DESC);"
           "CREATE TABLE bare(a)"_s);
    const Catalog catalog = read();
    QCOMPARE(names(catalog), (QStringList{u"auto"_s, u"pair"_s, u"strict_one"_s, u"down"_s, u"bare"_s}));
    QVERIFY(catalog.table(u"auto"_s)->autoincrement);
    QVERIFY(!catalog.table(u"down"_s)->autoincrement);
    const CatalogTable *pair = catalog.table(u"pair"_s);
    QVERIFY(pair->withoutRowid && !pair->hasRowid());
    QCOMPARE(pair->primaryKey, (QStringList{u"c"_s, u"a"_s}));
    QCOMPARE(pair->indexes.size(), 1u);
    QVERIFY(pair->indexes[0].primary && pair->indexes[0].unique && pair->indexes[0].fromConstraint);
    QCOMPARE(pair->indexes[0].columns, (QStringList{u"c"_s, u"a"_s}));
    const CatalogTable *strict = catalog.table(u"strict_one"_s);
    QVERIFY(strict->strict && strict->hasRowid());
    QCOMPARE(strict->primaryKey, QStringList());
    QCOMPARE(strict->identityColumns(), QStringList{u"u"_s});
    QCOMPARE(catalog.table(u"down"_s)->rowidAlias(), QString());
    QCOMPARE(catalog.table(u"auto"_s)->rowidAlias(), u"id"_s);
    QCOMPARE(catalog.table(u"bare"_s)->identityColumns(), QStringList());
}

void tst_SqliteCatalogReader::foreignKeysAreResolved()
{
    create(u"CREATE TABLE Parent(Id INTEGER PRIMARY KEY);"
           "CREATE TABLE pair(x, y, z, PRIMARY KEY (y, x));"
           "CREATE TABLE child(p INT CONSTRAINT to_parent REFERENCES PARENT ON DELETE CASCADE ON UPDATE SET NULL, a, b,"
           " self INT REFERENCES child(SELF) ON DELETE RESTRICT, lost REFERENCES nowhere, lost2 REFERENCES nowhere(q),"
           " CONSTRAINT \"the pair\" FOREIGN KEY (a, b) REFERENCES pair ON DELETE SET DEFAULT, FOREIGN KEY (a) REFERENCES pair)"_s);
    const Catalog catalog = read();
    const std::vector<CatalogForeignKey> &keys = catalog.table(u"child"_s)->foreignKeys;
    QCOMPARE(keys.size(), 6u);
    QCOMPARE(keys[0].name, u"to_parent"_s);
    QCOMPARE(keys[0].referencedSchema, u"main"_s);
    QCOMPARE(keys[0].referencedTable, u"Parent"_s);
    QCOMPARE(keys[0].referencedColumns, QStringList{u"Id"_s});
    QCOMPARE(keys[0].onDelete, ForeignKeyAction::Cascade);
    QCOMPARE(keys[0].onUpdate, ForeignKeyAction::SetNull);
    QCOMPARE(keys[1].columns, QStringList{u"self"_s});
    QCOMPARE(keys[1].referencedColumns, QStringList{u"self"_s});
    QCOMPARE(keys[1].onDelete, ForeignKeyAction::Restrict);
    QCOMPARE(keys[2].referencedTable, u"nowhere"_s);
    QCOMPARE(keys[2].referencedColumns, QStringList());
    QCOMPARE(keys[3].referencedColumns, QStringList{u"q"_s});
    QCOMPARE(keys[4].name, u"the pair"_s);
    QCOMPARE(keys[4].columns, (QStringList{u"a"_s, u"b"_s}));
    QCOMPARE(keys[4].referencedColumns, (QStringList{u"y"_s, u"x"_s}));
    QCOMPARE(keys[4].onDelete, ForeignKeyAction::SetDefault);
    QCOMPARE(keys[5].referencedColumns, QStringList()); // one column against a key of two
}

void tst_SqliteCatalogReader::checksHaveNames()
{
    create(u"CREATE TABLE t(a INT CONSTRAINT positive CHECK (a > 0), b TEXT CHECK (b <> ')'), CONSTRAINT \"b c\" CHECK (length(b) < (10)))"_s);
    create(u"ALTER TABLE t ADD COLUMN c INT CHECK (c <> 5)"_s);
    const Catalog catalog = read();
    const std::vector<CatalogCheck> &checks = catalog.table(u"t"_s)->checks;
    QCOMPARE(checks.size(), 4u);
    QCOMPARE(checks[0].name, u"positive"_s);
    QCOMPARE(checks[0].expression, u"a > 0"_s);
    QCOMPARE(checks[1].expression, u"b <> ')'"_s);
    QCOMPARE(checks[2].expression, u"c <> 5"_s); // SQLite puts a new column behind the last one
    QCOMPARE(checks[3].name, u"b c"_s);
    QCOMPARE(checks[3].expression, u"length(b) < (10)"_s);
}

void tst_SqliteCatalogReader::indexesAreReadInFull()
{
    create(u"CREATE TABLE t(a INT, b TEXT, c TEXT UNIQUE, UNIQUE (a, b));"
           "CREATE INDEX plain ON T(b DESC, a);"
           "CREATE UNIQUE INDEX part ON t(a) WHERE b IS NOT NULL;"
           "CREATE INDEX expr ON t(lower(b), a, coalesce(c, ',') COLLATE NOCASE DESC)"_s);
    const Catalog catalog = read();
    const std::vector<CatalogIndex> &indexes = catalog.table(u"t"_s)->indexes;
    QCOMPARE(indexes.size(), 5u);
    QVERIFY(indexes[0].unique && indexes[0].fromConstraint && !indexes[0].primary && indexes[0].sql.isEmpty());
    QCOMPARE(indexes[0].columns, QStringList{u"c"_s});
    QCOMPARE(indexes[1].columns, (QStringList{u"a"_s, u"b"_s}));
    QCOMPARE(indexes[2].name, u"plain"_s);
    QCOMPARE(indexes[2].columns, (QStringList{u"b"_s, u"a"_s}));
    QVERIFY(!indexes[2].unique && !indexes[2].fromConstraint && !indexes[2].hasExpressions);
    QCOMPARE(indexes[2].sql, u"CREATE INDEX plain ON T(b DESC, a)"_s);
    QCOMPARE(indexes[2].method, u"btree"_s);
    QCOMPARE(indexes[3].predicate, u"b IS NOT NULL"_s);
    QVERIFY(indexes[3].unique);
    QCOMPARE(indexes[4].columns, (QStringList{u"lower(b)"_s, u"a"_s, u"coalesce(c, ',') COLLATE NOCASE"_s}));
    QVERIFY(indexes[4].hasExpressions);
}

void tst_SqliteCatalogReader::triggersBelongToTheirTables()
{
    create(u"CREATE TABLE T(a); CREATE VIEW v AS SELECT a FROM t;"
           "CREATE TRIGGER one AFTER INSERT ON t BEGIN SELECT 1; END; CREATE TRIGGER two INSTEAD OF DELETE ON V BEGIN SELECT 2; END"_s);
    const Catalog catalog = read();
    QCOMPARE(catalog.table(u"t"_s)->triggers.size(), 1u);
    QCOMPARE(catalog.table(u"t"_s)->triggers[0].name, u"one"_s);
    QCOMPARE(catalog.table(u"v"_s)->triggers[0].sql, u"CREATE TRIGGER two INSTEAD OF DELETE ON V BEGIN SELECT 2; END"_s);
}

void tst_SqliteCatalogReader::viewsHaveColumns()
{
    create(u"CREATE TABLE t(a INT, b VARCHAR(3)); CREATE VIEW v AS SELECT b, a + 1 AS next FROM t"_s);
    const Catalog catalog = read();
    const CatalogTable *view = catalog.table(u"v"_s);
    QCOMPARE(view->kind, TableKind::View);
    QCOMPARE(view->columns.size(), 2u);
    QCOMPARE(view->columns[0].type, u"VARCHAR(3)"_s);
    QCOMPARE(view->columns[1].name, u"next"_s);
    QCOMPARE(view->sql, u"CREATE VIEW v AS SELECT b, a + 1 AS next FROM t"_s);
    QVERIFY(!view->hasRowid());
}

void tst_SqliteCatalogReader::aBrokenViewSpoilsNothingElse()
{
    create(u"CREATE TABLE t(a); CREATE VIEW good AS SELECT a FROM t; CREATE VIEW bad AS SELECT b FROM t;"
           "CREATE VIEW loop1 AS SELECT * FROM loop2; CREATE VIEW loop2 AS SELECT * FROM loop1; CREATE VIEW good2 AS SELECT a FROM good"_s);
    const Catalog catalog = read();
    QCOMPARE(catalog.table(u"bad"_s)->problem, u"no such column: b"_s);
    QVERIFY(catalog.table(u"bad"_s)->columns.empty());
    QVERIFY(catalog.table(u"loop1"_s)->problem.contains(u"circularly"));
    for (const QString &name : {u"t"_s, u"good"_s, u"good2"_s}) {
        QCOMPARE(catalog.table(name)->problem, QString());
        QCOMPARE(catalog.table(name)->columns.size(), 1u);
    }
}

void tst_SqliteCatalogReader::aMissingModuleSpoilsNothingElse()
{
    create(u"CREATE TABLE t(a INT PRIMARY KEY); CREATE VIRTUAL TABLE f USING fts5(body);"
           "CREATE TABLE x_rowids(a); CREATE TABLE x_vector_chunks00(a); CREATE TABLE x_other(a);"
           "PRAGMA writable_schema = ON;"
           "INSERT INTO sqlite_schema VALUES('table', 'broken', 'broken', 0, 'CREATE VIRTUAL TABLE broken USING nosuchmodule(a, b)'),"
           " ('table', 'x', 'x', 0, 'CREATE VIRTUAL TABLE x USING vec0(embedding float[3])');"
           "PRAGMA writable_schema = OFF;"_s);
    create(u"CREATE VIEW v AS SELECT * FROM broken"_s);
    const Catalog catalog = read();
    const CatalogTable *broken = catalog.table(u"broken"_s);
    QCOMPARE(broken->kind, TableKind::VirtualTable);
    QCOMPARE(broken->problem, u"no such module: nosuchmodule"_s);
    QCOMPARE(broken->module, u"nosuchmodule"_s);
    QCOMPARE(catalog.table(u"v"_s)->problem, u"no such module: nosuchmodule"_s);
    QCOMPARE(catalog.table(u"x_rowids"_s)->kind, TableKind::Shadow);
    QCOMPARE(catalog.table(u"x_vector_chunks00"_s)->kind, TableKind::Shadow);
    QCOMPARE(catalog.table(u"x_other"_s)->kind, TableKind::Table);
    QCOMPARE(catalog.table(u"t"_s)->problem, QString());
    QCOMPARE(catalog.table(u"t"_s)->primaryKey, QStringList{u"a"_s});
    QCOMPARE(catalog.table(u"f"_s)->problem, QString());
    QVERIFY(catalog.table(u"f"_s)->hasColumn(u"body"_s));
}

void tst_SqliteCatalogReader::shadowTablesAreFlagged()
{
    create(u"CREATE VIRTUAL TABLE f USING fts5(title, body); CREATE TABLE f_mine(a)"_s);
    const Catalog catalog = read();
    const CatalogTable *fts = catalog.table(u"f"_s);
    QCOMPARE(fts->kind, TableKind::VirtualTable);
    QCOMPARE(fts->module, u"fts5"_s);
    QVERIFY(!fts->column(u"title"_s)->hidden);
    QVERIFY(fts->column(u"rank"_s)->hidden);
    QVERIFY(fts->hasRowid());
    QCOMPARE(catalog.table(u"f_data"_s)->kind, TableKind::Shadow);
    QVERIFY(catalog.table(u"f_config"_s)->withoutRowid);
    QCOMPARE(catalog.table(u"f_mine"_s)->kind, TableKind::Table);
}

void tst_SqliteCatalogReader::weirdNamesSurvive()
{
    const QStringList weird{u"a \"b\""_s, u"it's"_s, u"select"_s, u"Ünïcode 表 🙂"_s, u"x.y"_s, u" "_s, u"%1"_s, u"[b]"_s, u"semi;colon"_s};
    QString sql = u"CREATE TABLE parent(id INTEGER PRIMARY KEY);"_s;
    for (const QString &name : weird) {
        const QString quoted = Connection::quoted(name);
        sql += u"CREATE TABLE "_s + quoted + u"("_s + quoted + u" INT NOT NULL REFERENCES parent CONSTRAINT "_s + quoted + u" CHECK ("_s + quoted
            + u" > 0));CREATE INDEX "_s + Connection::quoted(u"i"_s + name) + u" ON "_s + quoted + u"("_s + quoted + u");"_s;
    }
    create(sql);
    const Catalog catalog = read();
    QCOMPARE(names(catalog), QStringList{u"parent"_s} + weird);
    for (const QString &name : weird) {
        const CatalogTable *table = catalog.table(name);
        QVERIFY(table);
        QCOMPARE(table->problem, QString());
        QCOMPARE(table->columns.size(), 1u);
        QCOMPARE(table->columns[0].name, name);
        QCOMPARE(table->foreignKeys.size(), 1u);
        QCOMPARE(table->foreignKeys[0].columns, QStringList{name});
        QCOMPARE(table->foreignKeys[0].referencedColumns, QStringList{u"id"_s});
        QCOMPARE(table->checks.size(), 1u);
        QCOMPARE(table->checks[0].name, name);
        QCOMPARE(table->indexes.size(), 1u);
        QCOMPARE(table->indexes[0].columns, QStringList{name});
    }
}

void tst_SqliteCatalogReader::internalAttachedAndTemporaryTablesAreLeftOut()
{
    create(u"CREATE TABLE t(id INTEGER PRIMARY KEY AUTOINCREMENT); INSERT INTO t VALUES(1); CREATE INDEX i ON t(id); ANALYZE"_s);
    const QString other = m_folder->filePath(u"other.db"_s);
    QCOMPARE(executeSql(other, u"CREATE TABLE t(other, b); CREATE TABLE elsewhere(a)"_s), QString());
    const std::unique_ptr<Connection> connection = open(false);
    QVERIFY(connection->execute(u"ATTACH DATABASE '%1' AS aside"_s.arg(other)));
    QVERIFY(connection->execute(u"CREATE TEMP TABLE t(hidden, behind, it)"_s));
    const Result<Catalog> catalog = readCatalog(*connection);
    QVERIFY(catalog);
    QCOMPARE(names(*catalog), QStringList{u"t"_s});
    QCOMPARE(catalog->tables[0].columns.size(), 1u);
    QCOMPARE(catalog->tables[0].columns[0].name, u"id"_s);
}

void tst_SqliteCatalogReader::estimatesComeFromAnalyze()
{
    create(u"CREATE TABLE t(a INT, b INT); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)"
           " INSERT INTO t SELECT i, i FROM n; CREATE INDEX part ON t(a) WHERE a < 10; CREATE INDEX whole ON t(b);"
           "CREATE TABLE other(a); INSERT INTO other VALUES(1), (2); ANALYZE; CREATE TABLE later(a)"_s);
    const Catalog catalog = read();
    QCOMPARE(catalog.table(u"t"_s)->estimatedRows, 100);
    QCOMPARE(catalog.table(u"other"_s)->estimatedRows, 2);
    QCOMPARE(catalog.table(u"later"_s)->estimatedRows, -1);
}

void tst_SqliteCatalogReader::brokenStatisticsAreIgnored()
{
    create(u"CREATE TABLE t(a); CREATE INDEX i ON t(a); INSERT INTO t VALUES(1); ANALYZE;"
           "UPDATE sqlite_stat1 SET stat = 'nonsense'; INSERT INTO sqlite_stat1 VALUES(NULL, NULL, NULL), ('gone', 'x', '5'), ('t', x'00', 7.5)"_s);
    const Catalog catalog = read();
    QCOMPARE(catalog.table(u"t"_s)->estimatedRows, -1);
    QCOMPARE(catalog.table(u"t"_s)->problem, QString());
}

void tst_SqliteCatalogReader::sizesAreMeasured()
{
    create(u"CREATE TABLE small(a); CREATE TABLE big(a UNIQUE); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)"
           " INSERT INTO big SELECT i || hex(zeroblob(100)) FROM n"_s);
    const std::unique_ptr<Connection> connection = open();
    Result<std::vector<TableSize>> sizes = readTableSizes(*connection);
    QVERIFY(sizes);
    QCOMPARE(sizes->size(), 2u);
    std::ranges::sort(*sizes, {}, &TableSize::name);
    QCOMPARE((*sizes)[0].name, u"big"_s);
    const std::int64_t pageSize = sqlValue(m_path, u"PRAGMA page_size"_s).toLongLong();
    const std::int64_t pages = sqlValue(m_path, u"PRAGMA page_count"_s).toLongLong();
    QCOMPARE((*sizes)[1].bytes, pageSize);
    QCOMPARE((*sizes)[0].bytes, (pages - 2) * pageSize); // all but the schema's page and the small table's
}

void tst_SqliteCatalogReader::aWriterTakesNoWriteLock()
{
    create(u"CREATE TABLE t(a)"_s);
    sqlite3 *other = nullptr;
    QCOMPARE(sqlite3_open(m_path.toUtf8().constData(), &other), SQLITE_OK);
    QCOMPARE(sqlite3_exec(other, "BEGIN IMMEDIATE; INSERT INTO t VALUES(1)", nullptr, nullptr, nullptr), SQLITE_OK);
    const std::unique_ptr<Connection> connection = open(false);
    const Result<Catalog> catalog = readCatalog(*connection);
    QVERIFY2(catalog, catalog ? "" : qPrintable(catalog.error().message));
    QVERIFY(!connection->isInTransaction());
    QCOMPARE(sqlite3_exec(other, "COMMIT", nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(other);
}

void tst_SqliteCatalogReader::anOpenTransactionStaysOpen()
{
    create(u"CREATE TABLE t(a)"_s);
    const std::unique_ptr<Connection> connection = open(false);
    QVERIFY(connection->begin());
    QVERIFY(connection->execute(u"CREATE TABLE fresh(a)"_s));
    const Result<Catalog> catalog = readCatalog(*connection);
    QVERIFY(catalog);
    QVERIFY(catalog->table(u"fresh"_s));
    QVERIFY(connection->isInTransaction());
    QVERIFY(connection->commit());
}

void tst_SqliteCatalogReader::cancellingEndsTheRead()
{
    create(u"CREATE TABLE t(a); CREATE VIEW v AS SELECT a FROM t"_s);
    const std::unique_ptr<Connection> connection = open();
    std::stop_source stop;
    stop.request_stop();
    connection->setStopToken(stop.get_token());
    const Result<Catalog> catalog = readCatalog(*connection);
    QVERIFY(!catalog);
    QCOMPARE(catalog.error().code, ErrorCode::Cancelled);
    connection->setStopToken({});
    QVERIFY(readCatalog(*connection));
}

void tst_SqliteCatalogReader::aDamagedSchemaIsAnError()
{
    create(u"CREATE TABLE t(a); CREATE TABLE u(a)"_s);
    const std::unique_ptr<Connection> connection = open();
    QVERIFY(readCatalog(*connection));
    create(u"PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = 'CREATE TABLE t(' WHERE name = 't'; PRAGMA schema_version = 99"_s);
    const Result<Catalog> catalog = readCatalog(*connection);
    QVERIFY(!catalog);
    QCOMPARE(catalog.error().code, ErrorCode::Corrupt);
    QVERIFY(!connection->isInTransaction());
}

void tst_SqliteCatalogReader::tenThousandTablesAreReadAlmostAsFastAsTheyAreOpened()
{
    constexpr int tableCount = 10'000;
    // CREATE TABLE searches the whole schema each time; so the rows of the schema are written directly. All tables
    // share the (empty) pages of the first, which nobody notices who only reads.
    create(u"CREATE TABLE t0(id INTEGER PRIMARY KEY, name TEXT NOT NULL, value REAL DEFAULT 0, parent INTEGER REFERENCES t0(id),"
           " CONSTRAINT named CHECK (value >= 0)); CREATE INDEX i0 ON t0(name); PRAGMA writable_schema = ON;"
           "INSERT INTO sqlite_schema WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %1)"
           " SELECT s.type, substr(s.name, 1, 1) || i, 't' || i, s.rootpage, replace(replace(s.sql, 't0(id)', 't' || (i - 1) || '(id)'),"
           " 't0(', 't' || i || '(') FROM n CROSS JOIN sqlite_schema AS s ORDER BY i, s.rootpage;"
           "UPDATE sqlite_schema SET sql = replace(sql, 'INDEX i0', 'INDEX ' || name) WHERE type = 'index'"_s.arg(tableCount - 1));

    QElapsedTimer timer;
    timer.start();
    const std::unique_ptr<Connection> connection = open();
    const qint64 openNs = timer.nsecsElapsed();
    const Result<Catalog> catalog = readCatalog(*connection);
    const qint64 readNs = timer.nsecsElapsed();
    QVERIFY(catalog);
    QCOMPARE(catalog->tables.size(), std::size_t(tableCount));
    QCOMPARE(catalog->tables.back().columns.size(), 4u);
    QCOMPARE(catalog->tables.back().foreignKeys[0].referencedTable, u"t9998"_s);
    QCOMPARE(catalog->tables.back().checks[0].name, u"named"_s);
    QCOMPARE(catalog->tables.back().indexes[0].columns, QStringList{u"name"_s});

    sqlite3 *plain = nullptr;
    timer.start();
    QCOMPARE(sqlite3_open(m_path.toUtf8().constData(), &plain), SQLITE_OK);
    for (int i = 0; i < tableCount; ++i) {
        sqlite3_stmt *statement = nullptr;
        sqlite3_prepare_v2(plain, ("SELECT * FROM t" + QByteArray::number(i) + " LIMIT 0").constData(), -1, &statement, nullptr);
        sqlite3_finalize(statement);
    }
    sqlite3_close(plain);
    const qint64 plainNs = timer.nsecsElapsed();

    timer.start();
    qsizetype found = 0;
    for (int i = 0; i < tableCount; ++i)
        found += catalog->table(u"T%1"_s.arg(i)) != nullptr ? 1 : 0;
    const qint64 lookupNs = timer.nsecsElapsed();
    QCOMPARE(found, tableCount);

    qInfo("%d tables: opening and catalog %.0f ms (opening %.0f ms), opening and preparing a SELECT on each %.0f ms, looking each up %.1f ms",
          tableCount, double(readNs) / 1e6, double(openNs) / 1e6, double(plainNs) / 1e6, double(lookupNs) / 1e6);
    QVERIFY2(readNs <= 10 * plainNs, "reading the catalog takes more than ten times as long as preparing a SELECT on each table");
    QVERIFY2(lookupNs <= readNs, "the lookup is no hash");
}

QTEST_GUILESS_MAIN(tst_SqliteCatalogReader)
#include "tst_sqlitecatalogreader.moc"
