// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/catalog/catalogreader.h"
#include "tests/support/testdatabase.h"

#include <QElapsedTimer>
#include <QTest>
#include <QUrl>

#include <algorithm>
#include <memory>
#include <thread>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_PostgresCatalogReader : public QObject
{
    Q_OBJECT

private slots:
    void anEmptyDatabaseHasNoTables();
    void kindsAndCommentsAreRead();
    void columnsAreReadAsTheServerPrintsThem();
    void enumsGiveTheirLabels();
    void keysAreReadInKeyOrder();
    void foreignKeysAreResolved();
    void foreignKeysToPartitionedTablesAreListedOnce();
    void checksHaveNames();
    void indexesAreReadInFull();
    void composedIndexTextsAreTheServers();
    void invalidIndexesIdentifyNothing();
    void triggersAndViewsHaveTheirText();
    void partitionsNameTheirParent();
    void schemasFollowTheSearchPath();
    void weirdNamesSurvive();
    void aHostileSearchPathChangesNothing();
    void tablesWithoutPermissionSaySo();
    void aLockedTableDelaysNothing();
    void estimatesAndSizesAreRead();
    void whatExtensionsOwnIsLeftOut();
    void vectorColumnsAndIndexesAreRead();
    void concurrentDropsSpoilNothing();
    void moreViewsThanLocksAreRead();
    void tenThousandTablesAreReadInBoundedTimePerTable();

private:
    static std::unique_ptr<Connection> open(const QString &url, int lockTimeoutMs = 500)
    {
        const Result<DatabaseUrl> parsed = DatabaseUrl::parse(url);
        if (!parsed)
            qFatal("%s", qPrintable(parsed.error().message));
        ConnectionOptions options;
        options.lockTimeout = std::chrono::milliseconds(lockTimeoutMs);
        auto opened = Connection::open(*parsed, options);
        if (!opened)
            qFatal("%s", qPrintable(opened.error().message + opened.error().detail));
        return std::move(*opened);
    }
    static Catalog read(const QString &url)
    {
        const std::unique_ptr<Connection> connection = open(url);
        const Result<Catalog> catalog = readCatalog(*connection);
        if (!catalog)
            qFatal("%s", qPrintable(catalog.error().message + catalog.error().detail));
        return *catalog;
    }
    static QStringList names(const Catalog &catalog)
    {
        QStringList names;
        for (const CatalogTable &table : catalog.tables)
            names.append(table.schema + u'.' + table.name);
        return names;
    }
    static const CatalogIndex *index(const CatalogTable *table, const QString &name)
    {
        const auto it = std::ranges::find(table->indexes, name, &CatalogIndex::name);
        return it == table->indexes.end() ? nullptr : &*it;
    }
};

#define EXECUTE(database, sql) \
    do { \
        const QString problem = (database).execute(sql); \
        QVERIFY2(problem.isEmpty(), qPrintable(problem)); \
    } while (false)

void tst_PostgresCatalogReader::anEmptyDatabaseHasNoTables()
{
    const TestDatabase database;
    REQUIRE_DATABASE(database);
    const Catalog catalog = read(database.url());
    QCOMPARE(catalog.engine, Engine::PostgreSql);
    QVERIFY(catalog.tables.empty());
    QVERIFY(catalog.enums.empty());
    QCOMPARE(catalog.schemas, QStringList{u"public"_s});
    QCOMPARE(catalog.extensions.size(), 1);
    QVERIFY(catalog.extensions[0].startsWith(u"plpgsql "));
}

void tst_PostgresCatalogReader::kindsAndCommentsAreRead()
{
    const TestDatabase database;
    REQUIRE_DATABASE(database);
    EXECUTE(database, u"CREATE TABLE t(a int); COMMENT ON TABLE t IS 'it''s one'; COMMENT ON COLUMN t.a IS 'first'; CREATE VIEW v AS SELECT a FROM t;"
                      "CREATE MATERIALIZED VIEW m AS SELECT a FROM t; CREATE TABLE p(a int) PARTITION BY RANGE (a);"
                      "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w; CREATE FOREIGN TABLE f(a int) SERVER s;"
                      "CREATE SEQUENCE q; CREATE TYPE composite AS (a int)"_s);
    const Catalog catalog = read(database.url());
    QCOMPARE(names(catalog), (QStringList{u"public.f"_s, u"public.m"_s, u"public.p"_s, u"public.t"_s, u"public.v"_s}));
    QCOMPARE(catalog.table(u"t"_s)->kind, TableKind::Table);
    QCOMPARE(catalog.table(u"t"_s)->engine, Engine::PostgreSql);
    QCOMPARE(catalog.table(u"t"_s)->comment, u"it's one"_s);
    QCOMPARE(catalog.table(u"t"_s)->columns[0].comment, u"first"_s);
    QCOMPARE(catalog.table(u"v"_s)->kind, TableKind::View);
    QCOMPARE(catalog.table(u"m"_s)->kind, TableKind::MaterializedView);
    QCOMPARE(catalog.table(u"p"_s)->kind, TableKind::Partitioned);
    QCOMPARE(catalog.table(u"f"_s)->kind, TableKind::ForeignTable);
    for (const CatalogTable &table : catalog.tables) {
        QCOMPARE(table.columns.size(), 1u);
        QCOMPARE(table.problem, QString());
    }
}

void tst_PostgresCatalogReader::columnsAreReadAsTheServerPrintsThem()
{
    const TestDatabase database;
    REQUIRE_DATABASE(database);
    EXECUTE(database, u"CREATE DOMAIN known AS text NOT NULL; CREATE TABLE t(id serial, gone int, n numeric(12,3) NOT NULL DEFAULT 1.50,"
                      " at timestamptz DEFAULT now(), i bigint GENERATED ALWAYS AS IDENTITY, g numeric GENERATED ALWAYS AS ((n * 2) + (1)) STORED,"
                      " a varchar(5)[] DEFAULT '{}', d known, z text DEFAULT NULL); ALTER TABLE t DROP COLUMN gone"_s);
    const Catalog catalog = read(database.url());
    const CatalogTable *table = catalog.table(u"t"_s);
    QCOMPARE(table->columns.size(), 8u);
    QCOMPARE(table->column(u"id"_s)->defaultSql, u"nextval('t_id_seq'::regclass)"_s);
    QVERIFY(table->column(u"id"_s)->notNull && !table->column(u"id"_s)->identity);
    QCOMPARE(table->column(u"n"_s)->type, u"numeric(12,3)"_s);
    QVERIFY(table->column(u"n"_s)->notNull);
    QCOMPARE(table->column(u"n"_s)->defaultSql, u"1.50"_s);
    QCOMPARE(table->column(u"at"_s)->type, u"timestamp with time zone"_s);
    QCOMPARE(table->column(u"at"_s)->defaultSql, u"now()"_s);
    QVERIFY(!table->column(u"at"_s)->notNull);
    QVERIFY(table->column(u"i"_s)->identity && table->column(u"i"_s)->generated && table->column(u"i"_s)->generatedSql.isEmpty());
    QVERIFY(table->column(u"g"_s)->generated && !table->column(u"g"_s)->identity && !table->column(u"g"_s)->defaultSql);
    QCOMPARE(table->column(u"g"_s)->generatedSql, u"(n * (2)::numeric) + (1)::numeric"_s);
    QCOMPARE(table->column(u"a"_s)->type, u"character varying(5)[]"_s);
    QVERIFY(table->column(u"d"_s)->notNull);
}

void tst_PostgresCatalogReader::enumsGiveTheirLabels()
{
    const TestDatabase database;
    REQUIRE_DATABASE(database);
    EXECUTE(database, u"CREATE TYPE mood AS ENUM ('sad', 'happy'); ALTER TYPE mood ADD VALUE 'it''s, ok' BEFORE 'happy';"
                      "CREATE TYPE nothing AS ENUM (); CREATE DOMAIN m1 AS mood; CREATE DOMAIN m2 AS m1;"
                      "CREATE TABLE t(a mood, b mood[], c m2, d nothing, e text)"_s);
    const Catalog catalog = read(database.url());
    const QStringList labels{u"sad"_s, u"it's, ok"_s, u"happy"_s};
    QCOMPARE(catalog.enums.size(), 2u);
    QCOMPARE(catalog.enumType(u"mood"_s)->labels, labels);
    QCOMPARE(catalog.enumType(u"nothing"_s, u"public"_s)->labels, QStringList());
    const std::vector<CatalogColumn> &columns = catalog.table(u"t"_s)->columns;
    QCOMPARE(columns[0].enumLabels, labels);
    QCOMPARE(columns[1].enumLabels, QStringList());
    QCOMPARE(columns[2].enumLabels, labels);
    QCOMPARE(columns[3].enumLabels, QStringList());
}

void tst_PostgresCatalogReader::keysAreReadInKeyOrder()
{
    const TestDatabase database;
    REQUIRE_DATABASE(database);
    EXECUTE(database, u"CREATE TABLE t(a int, b int, c int, PRIMARY KEY (c, a)); CREATE TABLE u(a int, b int NOT NULL UNIQUE)"_s);
    const Catalog catalog = read(database.url());
    const CatalogTable *table = catalog.table(u"t"_s);
    QCOMPARE(table->primaryKey, (QStringList{u"c"_s, u"a"_s}));
    QCOMPARE(table->column(u"a"_s)->primaryKeyPosition, 2);
    QCOMPARE(table->column(u"b"_s)->primaryKeyPosition, 0);
    QCOMPARE(table->column(u"c"_s)->primaryKeyPosition, 1);
    QVERIFY(index(table, u"t_pkey"_s)->primary && index(table, u"t_pkey"_s)->fromConstraint && index(table, u"t_pkey"_s)->unique);
    QCOMPARE(catalog.table(u"u"_s)->identityColumns(), QStringList{u"b"_s});
    QVERIFY(index(catalog.table(u"u"_s), u"u_b_key"_s)->fromConstraint);
}

void tst_PostgresCatalogReader::foreignKeysAreResolved()
{
    const TestDatabase database;
    REQUIRE_DATABASE(database);
    EXECUTE(database, u"CREATE SCHEMA \"Other\"; CREATE TABLE \"Other\".\"Pair\"(x int, y int, PRIMARY KEY (y, x));"
                      "CREATE TABLE child(id int PRIMARY KEY, a int, b int, up int REFERENCES child ON DELETE SET NULL,"
                      " CONSTRAINT \"the pair\" FOREIGN KEY (a, b) REFERENCES \"Other\".\"Pair\" ON UPDATE CASCADE ON DELETE RESTRICT)"_s);
    const Catalog catalog = read(database.url());
    const CatalogTable *child = catalog.table(u"child"_s);
    QCOMPARE(child->foreignKeys.size(), 2u);
    const auto pair = std::ranges::find(child->foreignKeys, u"the pair"_s, &CatalogForeignKey::name);
    QVERIFY(pair != child->foreignKeys.end());
    QCOMPARE(pair->columns, (QStringList{u"a"_s, u"b"_s}));
    QCOMPARE(pair->referencedSchema, u"Other"_s);
    QCOMPARE(pair->referencedTable, u"Pair"_s);
    QCOMPARE(pair->referencedColumns, (QStringList{u"y"_s, u"x"_s}));
    QCOMPARE(pair->onUpdate, ForeignKeyAction::Cascade);
    QCOMPARE(pair->onDelete, ForeignKeyAction::Restrict);
    const auto up = std::ranges::find(child->foreignKeys, u"child_up_fkey"_s, &CatalogForeignKey::name);
    QCOMPARE(up->referencedColumns, QStringList{u"id"_s});
    QCOMPARE(up->onDelete, ForeignKeyAction::SetNull);
    QCOMPARE(up->onUpdate, ForeignKeyAction::NoAction);
}

void tst_PostgresCatalogReader::foreignKeysToPartitionedTablesAreListedOnce()
{
    const TestDatabase database;
    REQUIRE_DATABASE(database);
    EXECUTE(database, u"CREATE TABLE p(a int PRIMARY KEY) PARTITION BY RANGE (a); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (9);"
                      "CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (9) TO (99); CREATE TABLE child(a int REFERENCES p)"_s);
    const Catalog catalog = read(database.url());
    QCOMPARE(catalog.table(u"child"_s)->foreignKeys.size(), 1u);
    QCOMPARE(catalog.table(u"child"_s)->foreignKeys[0].referencedTable, u"p"_s);
}

void tst_PostgresCatalogReader::checksHaveNames()
{
    const TestDatabase database;
    REQUIRE_DATABASE(database);
    EXECUTE(database, u"CREATE TABLE t(a int CONSTRAINT positive CHECK (a > 0), b text CHECK (b <> ')' OR (b) = '('), c int NOT NULL)"_s);
    const Catalog catalog = read(database.url());
    const std::vector<CatalogCheck> &checks = catalog.table(u"t"_s)->checks;
    QCOMPARE(checks.size(), 2u);
    const auto positive = std::ranges::find(checks, u"positive"_s, &CatalogCheck::name);
    QVERIFY(positive != checks.end());
    QCOMPARE(positive->expression, u"a > 0"_s);
    const auto other = std::ranges::find(checks, u"t_b_check"_s, &CatalogCheck::name);
    QVERIFY(other != checks.end());
    QCOMPARE(other->expression, u"(b <> ')'::text) OR (b = '('::text)"_s);
}

void tst_PostgresCatalogReader::indexesAreReadInFull()
{
    const TestDatabase database;
    REQUIRE_DATABASE(database);
    EXECUTE(database, u"CREATE TABLE t(a int, b text, c jsonb, EXCLUDE USING btree (a WITH =)); CREATE INDEX plain ON t(b, a);"
                      "CREATE UNIQUE INDEX part ON t(a) INCLUDE (b) WHERE (b IS NOT NULL); CREATE INDEX expr ON t(lower(b) DESC, a, (a + 1));"
                      "CREATE INDEX doc ON t USING gin (c)"_s);
    const Catalog catalog = read(database.url());
    const CatalogTable *table = catalog.table(u"t"_s);
    QCOMPARE(table->indexes.size(), 5u);
    QCOMPARE(index(table, u"plain"_s)->columns, (QStringList{u"b"_s, u"a"_s}));
    QCOMPARE(index(table, u"plain"_s)->method, u"btree"_s);
    QCOMPARE(index(table, u"plain"_s)->sql, u"CREATE INDEX plain ON public.t USING btree (b, a)"_s);
    QVERIFY(!index(table, u"plain"_s)->unique && !index(table, u"plain"_s)->fromConstraint);
    const CatalogIndex *part = index(table, u"part"_s);
    QVERIFY(part->unique);
    QCOMPARE(part->columns, QStringList{u"a"_s});
    QCOMPARE(part->includedColumns, QStringList{u"b"_s});
    QCOMPARE(part->predicate, u"b IS NOT NULL"_s);
    const CatalogIndex *expr = index(table, u"expr"_s);
    QVERIFY(expr->hasExpressions);
    QCOMPARE(expr->columns, (QStringList{u"lower(b)"_s, u"a"_s, u"a + 1"_s}));
    QCOMPARE(expr->sql, u"CREATE INDEX expr ON public.t USING btree (lower(b) DESC, a, ((a + 1)))"_s);
    QCOMPARE(index(table, u"doc"_s)->method, u"gin"_s);
    QVERIFY(index(table, u"t_a_excl"_s)->fromConstraint);
    QVERIFY(table->primaryKey.isEmpty() && table->identityColumns().isEmpty());
}

void tst_PostgresCatalogReader::composedIndexTextsAreTheServers()
{
    const TestDatabase database;
    REQUIRE_DATABASE(database);
    EXECUTE(database, u"CREATE TABLE t(id int, name text, v varchar(9), c char(3), \"user\" int, \"Big\" int, j jsonb, ar int[]);"
                      "CREATE INDEX i1 ON t(id); CREATE INDEX i2 ON t(name text_pattern_ops); CREATE INDEX i3 ON t(v); CREATE INDEX i4 ON t(c);"
                      "CREATE INDEX i5 ON t(\"user\"); CREATE INDEX i6 ON t(\"Big\"); CREATE INDEX i7 ON t(id DESC, name NULLS FIRST);"
                      "CREATE INDEX i8 ON t USING gin (j jsonb_path_ops); CREATE INDEX i9 ON t USING gin (ar); CREATE INDEX i10 ON t USING hash (v);"
                      "CREATE INDEX i11 ON t(name COLLATE \"C\"); CREATE INDEX i12 ON t(id) WITH (fillfactor = 50); CREATE INDEX \"I 13\" ON t(id);"
                      "CREATE UNIQUE INDEX i14 ON t(id); CREATE INDEX \"table\" ON t(v varchar_ops); CREATE INDEX \"between\" ON t(id);"
                      "CREATE INDEX i17 ON t USING brin (id); CREATE INDEX i18 ON t(c bpchar_pattern_ops); CREATE INDEX i19 ON t((c::text));"
                      "CREATE TABLE p(a int) PARTITION BY RANGE (a); CREATE INDEX pi ON p(a);"
                      "CREATE INDEX i20 ON t(id, v, name)"_s);
    const Catalog catalog = read(database.url());
    QCOMPARE(catalog.table(u"t"_s)->indexes.size(), 20u);
    for (const CatalogTable &table : catalog.tables) {
        for (const CatalogIndex &index : table.indexes) {
            const QString expected = database.value(
                u"SELECT pg_get_indexdef(c.oid) FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relname = '%1'"_s.arg(index.name));
            QVERIFY(!expected.isEmpty());
            QCOMPARE(index.sql, expected);
        }
    }
}

void tst_PostgresCatalogReader::invalidIndexesIdentifyNothing()
{
    const TestDatabase database;
    REQUIRE_DATABASE(database);
    EXECUTE(database, u"CREATE TABLE t(a int NOT NULL); INSERT INTO t VALUES (1), (1)"_s);
    QVERIFY(!database.execute(u"CREATE UNIQUE INDEX CONCURRENTLY u ON t(a)"_s).isEmpty());
    const Catalog catalog = read(database.url());
    const CatalogTable *table = catalog.table(u"t"_s);
    QCOMPARE(table->indexes.size(), 1u);
    QVERIFY(!table->indexes[0].valid);
    QCOMPARE(table->identityColumns(), QStringList());
}

void tst_PostgresCatalogReader::triggersAndViewsHaveTheirText()
{
    const TestDatabase database;
    REQUIRE_DATABASE(database);
    EXECUTE(database, u"CREATE TABLE t(a int PRIMARY KEY, b int REFERENCES t); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
                      "CREATE TRIGGER touch BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f(); CREATE VIEW v AS SELECT a AS one FROM t"_s);
    const Catalog catalog = read(database.url());
    const CatalogTable *table = catalog.table(u"t"_s);
    QCOMPARE(table->triggers.size(), 1u); // those of the foreign key are the server's own
    QCOMPARE(table->triggers[0].name, u"touch"_s);
    QCOMPARE(table->triggers[0].sql, u"CREATE TRIGGER touch BEFORE UPDATE ON public.t FOR EACH ROW EXECUTE FUNCTION f()"_s);
    const CatalogTable *view = catalog.table(u"v"_s);
    QVERIFY(view->sql.contains(u"AS one"));
    QCOMPARE(view->columns[0].name, u"one"_s);
    QCOMPARE(view->columns[0].type, u"integer"_s);
}

void tst_PostgresCatalogReader::partitionsNameTheirParent()
{
    const TestDatabase database;
    REQUIRE_DATABASE(database);
    EXECUTE(database, u"CREATE SCHEMA parts; CREATE TABLE p(a int PRIMARY KEY) PARTITION BY RANGE (a);"
                      "CREATE TABLE parts.p1 PARTITION OF p FOR VALUES FROM (0) TO (9)"_s);
    const Catalog catalog = read(database.url());
    const CatalogTable *part = catalog.table(u"p1"_s);
    QCOMPARE(part->kind, TableKind::Table);
    QCOMPARE(part->parentSchema, u"public"_s);
    QCOMPARE(part->parentTable, u"p"_s);
    QCOMPARE(part->primaryKey, QStringList{u"a"_s});
    QCOMPARE(catalog.table(u"p"_s)->parentTable, QString());
    QCOMPARE(catalog.table(u"p"_s)->primaryKey, QStringList{u"a"_s});
}

void tst_PostgresCatalogReader::schemasFollowTheSearchPath()
{
    const TestDatabase database;
    REQUIRE_DATABASE(database);
    EXECUTE(database, u"CREATE SCHEMA alpha; CREATE SCHEMA zeta; CREATE TABLE alpha.t(a int); CREATE TABLE zeta.t(z int);"
                      "ALTER DATABASE \"%1\" SET search_path = zeta, public"_s.arg(database.name()));
    const Catalog catalog = read(database.url());
    QCOMPARE(catalog.schemas, (QStringList{u"zeta"_s, u"public"_s, u"alpha"_s}));
    QCOMPARE(names(catalog), (QStringList{u"alpha.t"_s, u"zeta.t"_s}));
    QCOMPARE(catalog.table(u"t"_s)->schema, u"zeta"_s);
    QVERIFY(catalog.table(u"t"_s, u"alpha"_s)->hasColumn(u"a"_s));
}

void tst_PostgresCatalogReader::weirdNamesSurvive()
{
    const TestDatabase database;
    REQUIRE_DATABASE(database);
    const QStringList weird{u"a \"b\""_s, u"it's"_s, u"select"_s, u"Ünïcode 表 🙂"_s, u"x.y"_s, u" "_s, u"%1"_s, u"{1,2}"_s, u":name"_s, u"$1"_s, u"back\\slash"_s};
    QString sql = u"CREATE TABLE parent(id int PRIMARY KEY);"_s;
    for (const QString &name : weird) {
        const QString quoted = Connection::quoted(name);
        sql += u"CREATE SCHEMA "_s + quoted + u"; CREATE TABLE "_s + quoted + u'.' + quoted + u"("_s + quoted
            + u" int NOT NULL REFERENCES public.parent CONSTRAINT "_s + quoted + u" CHECK ("_s + quoted + u" > 0));CREATE INDEX "_s
            + Connection::quoted(u"i"_s + name) + u" ON "_s + quoted + u'.' + quoted + u"(("_s + quoted + u"+1), "_s + quoted + u");"_s;
    }
    EXECUTE(database, sql);
    const Catalog catalog = read(database.url());
    for (const QString &name : weird) {
        const CatalogTable *table = catalog.table(name, name);
        QVERIFY2(table, qPrintable(name));
        QCOMPARE(table->columns[0].name, name);
        QCOMPARE(table->foreignKeys[0].columns, QStringList{name});
        QCOMPARE(table->foreignKeys[0].referencedColumns, QStringList{u"id"_s});
        QCOMPARE(table->checks[0].name, name);
        QCOMPARE(table->indexes[0].columns[1], name);
        QVERIFY(table->indexes[0].columns[0].contains(u"+ 1"));
    }
}

void tst_PostgresCatalogReader::aHostileSearchPathChangesNothing()
{
    const TestDatabase database;
    REQUIRE_DATABASE(database);
    EXECUTE(database, u"CREATE TABLE t(a int DEFAULT 1); CREATE SCHEMA evil; CREATE VIEW evil.pg_class AS SELECT 1 AS oid;"
                      "CREATE FUNCTION evil.format_type(oid, int) RETURNS text LANGUAGE sql AS 'SELECT ''evil'' || 1/0';"
                      "CREATE FUNCTION evil.left(name, int) RETURNS text LANGUAGE sql AS 'SELECT (1/0)::text';"
                      "CREATE VIEW evil.pg_type AS SELECT 2 AS oid"_s);
    const std::unique_ptr<Connection> connection = open(database.url());
    QVERIFY(connection->execute(u"SET search_path = evil, pg_catalog, public"_s));
    const Result<Catalog> catalog = readCatalog(*connection);
    QVERIFY2(catalog, catalog ? "" : qPrintable(catalog.error().message));
    QCOMPARE(names(*catalog), (QStringList{u"evil.pg_class"_s, u"evil.pg_type"_s, u"public.t"_s}));
    QCOMPARE(catalog->table(u"t"_s)->columns[0].type, u"integer"_s);
}

void tst_PostgresCatalogReader::tablesWithoutPermissionSaySo()
{
    const TestDatabase database;
    REQUIRE_DATABASE(database);
    const QString role = database.name() + u"_reader"_s;
    EXECUTE(database, u"CREATE SCHEMA closed; CREATE TABLE closed.t(a int PRIMARY KEY); CREATE TABLE open_one(a int REFERENCES closed.t);"
                      "CREATE TABLE half(a int, b int); CREATE TABLE secret(a int);"
                      "CREATE ROLE \"%1\" LOGIN PASSWORD 'reader'; GRANT SELECT ON open_one TO \"%1\"; GRANT SELECT (a) ON half TO \"%1\""_s.arg(role));
    QUrl url(database.url());
    url.setUserName(role);
    url.setPassword(u"reader"_s);
    {
        const Catalog catalog = read(url.toString(QUrl::FullyEncoded));
        QCOMPARE(catalog.schemas, QStringList{u"public"_s});
        QCOMPARE(names(catalog), (QStringList{u"public.half"_s, u"public.open_one"_s, u"public.secret"_s}));
        QCOMPARE(catalog.table(u"open_one"_s)->problem, QString());
        QCOMPARE(catalog.table(u"open_one"_s)->foreignKeys[0].referencedTable, u"t"_s);
        QCOMPARE(catalog.table(u"open_one"_s)->foreignKeys[0].referencedColumns, QStringList{u"a"_s});
        QCOMPARE(catalog.table(u"half"_s)->problem, QString());
        QVERIFY(catalog.table(u"secret"_s)->problem.contains(u"permission"));
        QCOMPARE(catalog.table(u"secret"_s)->columns.size(), 1u);
    }
    EXECUTE(database, u"DROP OWNED BY \"%1\"; DROP ROLE \"%1\""_s.arg(role));
}

void tst_PostgresCatalogReader::aLockedTableDelaysNothing()
{
    const TestDatabase database;
    REQUIRE_DATABASE(database);
    EXECUTE(database, u"CREATE TABLE free(a int CHECK (a > 0)); CREATE TABLE held(a int CHECK (a > 0), g int GENERATED ALWAYS AS (a + 1) STORED);"
                      "CREATE INDEX e ON held((a + 2)); CREATE VIEW v AS SELECT a FROM held; CREATE VIEW w AS SELECT a FROM free"_s);
    ConnectionOptions options;
    options.readOnly = false;
    auto locker = Connection::open(*DatabaseUrl::parse(database.url()), options);
    QVERIFY(locker);
    QVERIFY((*locker)->begin());
    QVERIFY((*locker)->execute(u"LOCK TABLE held IN ACCESS EXCLUSIVE MODE"_s));
    const std::unique_ptr<Connection> connection = open(database.url()); // gives up on locks after half a second
    const Result<Catalog> catalog = readCatalog(*connection);
    QVERIFY2(catalog, catalog ? "" : qPrintable(catalog.error().message));
    QVERIFY(catalog->table(u"held"_s)->problem.contains(u"locked"));
    QCOMPARE(catalog->table(u"held"_s)->columns.size(), 2u);
    QCOMPARE(catalog->table(u"free"_s)->problem, QString());
    QCOMPARE(catalog->table(u"free"_s)->checks.size(), 1u);
    QVERIFY(!catalog->table(u"w"_s)->sql.isEmpty());
    const Result<std::vector<TableSize>> sizes = readTableSizes(*connection);
    QVERIFY(sizes);
    QCOMPARE(sizes->size(), 1u);
    (*locker)->rollback();
    QCOMPARE(readCatalog(*connection)->table(u"held"_s)->problem, QString());
    QCOMPARE(readTableSizes(*connection)->size(), 2u);
}

void tst_PostgresCatalogReader::estimatesAndSizesAreRead()
{
    const TestDatabase database;
    REQUIRE_DATABASE(database);
    EXECUTE(database, u"CREATE TABLE t(a int PRIMARY KEY, b text); INSERT INTO t SELECT i, repeat(md5(i::text), 200) FROM generate_series(1, 1000) i;"
                      "ALTER TABLE t ALTER b SET STORAGE EXTERNAL; UPDATE t SET b = b || 'x'; CREATE TABLE never(a int)"_s);
    EXECUTE(database, u"ANALYZE t"_s);
    EXECUTE(database, u"VACUUM t"_s);
    const std::unique_ptr<Connection> connection = open(database.url());
    const Result<Catalog> catalog = readCatalog(*connection);
    QVERIFY(catalog);
    QCOMPARE(catalog->table(u"t"_s)->estimatedRows, 1000);
    QCOMPARE(catalog->table(u"never"_s)->estimatedRows, -1);
    QCOMPARE(catalog->table(u"never"_s)->sizeBytes, -1);
    Result<std::vector<TableSize>> sizes = readTableSizes(*connection);
    QVERIFY(sizes);
    QCOMPARE(sizes->size(), 2u);
    QCOMPARE((*sizes)[1].name, u"t"_s);
    const qint64 exact = database.value(u"SELECT pg_total_relation_size('t')"_s).toLongLong();
    QCOMPARE((*sizes)[1].bytes, exact);
    // The catalog's figure leaves out the index of the TOAST table and the maps.
    const std::int64_t estimated = catalog->table(u"t"_s)->sizeBytes;
    QVERIFY2(estimated <= exact && estimated >= exact * 9 / 10, qPrintable(u"%1 of %2"_s.arg(estimated).arg(exact)));
}

void tst_PostgresCatalogReader::whatExtensionsOwnIsLeftOut()
{
    const TestDatabase database;
    REQUIRE_DATABASE(database);
    EXECUTE(database, u"CREATE TABLE mine(a int); CREATE TABLE theirs(a int PRIMARY KEY); CREATE TYPE their_mood AS ENUM ('x');"
                      "CREATE TABLE uses(a their_mood, b int REFERENCES theirs);"
                      "ALTER EXTENSION plpgsql ADD TABLE theirs; ALTER EXTENSION plpgsql ADD TYPE their_mood"_s);
    const Catalog catalog = read(database.url());
    QCOMPARE(names(catalog), (QStringList{u"public.mine"_s, u"public.uses"_s}));
    QVERIFY(catalog.enums.empty());
    QCOMPARE(catalog.table(u"uses"_s)->columns[0].enumLabels, QStringList{u"x"_s});
    QCOMPARE(catalog.table(u"uses"_s)->foreignKeys[0].referencedColumns, QStringList{u"a"_s});
}

void tst_PostgresCatalogReader::vectorColumnsAndIndexesAreRead()
{
    const TestDatabase database(TestDatabase::vectorForOneSession());
    REQUIRE_DATABASE(database);
    EXECUTE(database, u"CREATE EXTENSION vector; CREATE TABLE e(id bigint PRIMARY KEY, v vector(3) NOT NULL, h halfvec(4), n int NOT NULL,"
                      " twice int GENERATED ALWAYS AS (n * 2));"
                      "CREATE INDEX near ON e USING hnsw (v vector_cosine_ops) WITH (m = 8)"_s.replace(
                          u"(n * 2)"_s, database.value(u"SHOW server_version_num"_s).toInt() >= 180000 ? u"(n * 2) VIRTUAL"_s : u"(n * 2) STORED"_s));
    const Catalog catalog = read(database.url());
    QCOMPARE(names(catalog), QStringList{u"public.e"_s});
    QVERIFY(std::ranges::any_of(catalog.extensions, [](const QString &name) { return name.startsWith(u"vector "); }));
    const CatalogTable *table = catalog.table(u"e"_s);
    QCOMPARE(table->column(u"v"_s)->type, u"vector(3)"_s);
    QCOMPARE(table->column(u"h"_s)->type, u"halfvec(4)"_s);
    QVERIFY(table->column(u"twice"_s)->generated);
    QCOMPARE(table->column(u"twice"_s)->generatedSql, u"n * 2"_s);
    QVERIFY(table->checks.empty()); // PostgreSQL 18 keeps NOT NULL among the constraints
    QCOMPARE(index(table, u"near"_s)->method, u"hnsw"_s);
    QCOMPARE(index(table, u"near"_s)->columns, QStringList{u"v"_s});
    QVERIFY(index(table, u"near"_s)->sql.contains(u"vector_cosine_ops"));
}

void tst_PostgresCatalogReader::concurrentDropsSpoilNothing()
{
    const TestDatabase database;
    REQUIRE_DATABASE(database);
    EXECUTE(database, u"CREATE TABLE stays(a int CHECK (a > 0)); CREATE VIEW v AS SELECT a FROM stays"_s);
    const std::unique_ptr<Connection> connection = open(database.url(), 10'000);
    QString churnProblem;
    std::jthread churn([&database, &churnProblem](const std::stop_token &stop) {
        QString sql;
        for (int i = 0; i < 50; ++i)
            sql += u"DROP TABLE IF EXISTS c%1 CASCADE; CREATE TABLE c%1(a serial CHECK (a > 0), b int); CREATE INDEX ON c%1((a + b)) WHERE b > 0;"
                   "CREATE VIEW v%1 AS SELECT a FROM c%1;"_s.arg(i);
        while (!stop.stop_requested()) {
            churnProblem = database.execute(sql);
            if (!churnProblem.isEmpty())
                return;
        }
    });
    for (int i = 0; i < 40; ++i) {
        const Result<Catalog> catalog = readCatalog(*connection);
        QVERIFY2(catalog, catalog ? "" : qPrintable(catalog.error().message + catalog.error().detail));
        QCOMPARE(catalog->table(u"stays"_s)->checks.size(), 1u);
        const Result<std::vector<TableSize>> sizes = readTableSizes(*connection);
        QVERIFY2(sizes, sizes ? "" : qPrintable(sizes.error().message + sizes.error().detail));
    }
    churn.request_stop();
    churn.join();
    QCOMPARE(churnProblem, QString()); // a reader must not make the writer fail
}

void tst_PostgresCatalogReader::moreViewsThanLocksAreRead()
{
    const TestDatabase database;
    REQUIRE_DATABASE(database);
    // A server allows some 6,400 locks at a time.
    for (int i = 0; i < 8000; i += 1000) {
        EXECUTE(database, u"DO $$ BEGIN FOR i IN %1..%2 LOOP EXECUTE format('CREATE TABLE t%s(a int CHECK (a > 0)); CREATE VIEW v%s AS SELECT a FROM t%s',"
                          " i, i, i); END LOOP; END $$"_s.arg(i).arg(i + 999));
    }
    const Catalog catalog = read(database.url());
    QCOMPARE(catalog.tables.size(), 16'000u);
    for (const CatalogTable &table : catalog.tables)
        QVERIFY(table.kind == TableKind::View ? !table.sql.isEmpty() : table.checks.size() == 1);
}

void tst_PostgresCatalogReader::tenThousandTablesAreReadInBoundedTimePerTable()
{
    const TestDatabase database;
    REQUIRE_DATABASE(database);
    const auto grow = [&database](int from, int to) {
        QString problem;
        for (int i = from; i < to && problem.isEmpty(); i += 500) // a transaction cannot hold locks on all at once
            problem = database.execute(u"DO $$ BEGIN FOR i IN %1..%2 LOOP EXECUTE format('CREATE TABLE t%s(id int PRIMARY KEY, name text NOT NULL,"
                                       " value float8 DEFAULT 0, at timestamptz DEFAULT now()); CREATE INDEX i%s ON t%s(name)', i, i, i);"
                                       " END LOOP; END $$"_s.arg(i).arg(std::min(i + 500, to) - 1));
        return problem;
    };
    const auto millisecondsOfRead = [&database](std::size_t tables) {
        const std::unique_ptr<Connection> connection = open(database.url());
        double best = -1;
        for (int i = 0; i < 3; ++i) {
            QElapsedTimer timer;
            timer.start();
            const Result<Catalog> catalog = readCatalog(*connection);
            const double milliseconds = double(timer.nsecsElapsed()) / 1e6;
            if (!catalog || catalog->tables.size() != tables)
                return -1.0;
            best = best < 0 ? milliseconds : std::min(best, milliseconds);
        }
        return best;
    };
    QCOMPARE(grow(0, 1000), QString());
    const double small = millisecondsOfRead(1000);
    QCOMPARE(grow(1000, 10'000), QString());
    const double large = millisecondsOfRead(10'000);
    qInfo("1,000 tables: %.0f ms, 10,000 tables: %.0f ms", small, large);
    QVERIFY(small > 0 && large > 0);
    QVERIFY2(large <= 40 * small, "the time grows faster than the number of tables");
}

QTEST_GUILESS_MAIN(tst_PostgresCatalogReader)
#include "tst_postgrescatalogreader.moc"
