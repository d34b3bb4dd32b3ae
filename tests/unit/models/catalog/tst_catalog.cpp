// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/catalog/catalog.h"

#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

namespace {

CatalogColumn column(const QString &name, bool notNull = false, const QString &type = u"TEXT"_s)
{
    CatalogColumn made;
    made.name = name;
    made.type = type;
    made.notNull = notNull;
    return made;
}

CatalogTable table(const QString &schema, const QString &name, Engine engine = Engine::Sqlite)
{
    CatalogTable made;
    made.engine = engine;
    made.schema = schema;
    made.name = name;
    return made;
}

CatalogIndex uniqueIndex(const QStringList &columns)
{
    CatalogIndex made;
    made.unique = true;
    made.columns = columns;
    return made;
}

Catalog sqliteCatalog()
{
    Catalog catalog;
    catalog.engine = Engine::Sqlite;
    catalog.schemas = {u"main"_s};
    catalog.tables = {table(u"main"_s, u"Users"_s), table(u"main"_s, u"ÄRGER"_s)};
    return catalog;
}

Catalog postgresCatalog()
{
    Catalog catalog;
    catalog.engine = Engine::PostgreSql;
    catalog.schemas = {u"zoo"_s, u"attic"_s};
    catalog.tables = {table(u"attic"_s, u"users"_s, Engine::PostgreSql), table(u"attic"_s, u"Users"_s, Engine::PostgreSql),
                      table(u"zoo"_s, u"users"_s, Engine::PostgreSql)};
    catalog.enums = {{u"attic"_s, u"mood"_s, {u"old"_s}}, {u"zoo"_s, u"mood"_s, {u"new"_s}}};
    return catalog;
}

} // namespace

class tst_Catalog : public QObject
{
    Q_OBJECT

private slots:
    void sqliteNamesIgnoreAsciiCaseOnly_data() { addIndexedRows(); }
    void sqliteNamesIgnoreAsciiCaseOnly();
    void postgresNamesAreExact_data() { addIndexedRows(); }
    void postgresNamesAreExact();
    void withoutSchemaTheFirstSchemaWins_data() { addIndexedRows(); }
    void withoutSchemaTheFirstSchemaWins();
    void lookupsStayRightAfterTablesChanged();
    void aCopyFindsItsOwnTables();
    void columnsCompareAsTheirEngineDoes();
    void thePrimaryKeyIdentifiesRows();
    void theShortestUniqueKeyOfNotNullColumnsIdentifiesRows();
    void keysThatDoNotHoldForAllRowsIdentifyNothing_data();
    void keysThatDoNotHoldForAllRowsIdentifyNothing();
    void rowidNameAvoidsColumns();
    void onlySqliteTablesHaveRowids();
    void onlyAnIntegerPrimaryKeyIsTheRowid();

private:
    static void addIndexedRows()
    {
        QTest::addColumn<bool>("indexed");
        QTest::newRow("indexed") << true;
        QTest::newRow("searched") << false;
    }
};

void tst_Catalog::sqliteNamesIgnoreAsciiCaseOnly()
{
    QFETCH(bool, indexed);
    Catalog catalog = sqliteCatalog();
    if (indexed)
        catalog.indexTables();
    QCOMPARE(catalog.table(u"uSERS"_s), &catalog.tables[0]);
    QCOMPARE(catalog.table(u"users"_s, u"MAIN"_s), &catalog.tables[0]);
    QCOMPARE(catalog.table(u"Ärger"_s), &catalog.tables[1]);
    QCOMPARE(catalog.table(u"ärger"_s), nullptr);
    QCOMPARE(catalog.table(u"users"_s, u"other"_s), nullptr);
    QCOMPARE(catalog.table(u""_s), nullptr);
}

void tst_Catalog::postgresNamesAreExact()
{
    QFETCH(bool, indexed);
    Catalog catalog = postgresCatalog();
    if (indexed)
        catalog.indexTables();
    QCOMPARE(catalog.table(u"Users"_s), &catalog.tables[1]);
    QCOMPARE(catalog.table(u"USERS"_s), nullptr);
    QCOMPARE(catalog.table(u"users"_s, u"Attic"_s), nullptr);
    QCOMPARE(catalog.table(u"users"_s, u"attic"_s), &catalog.tables[0]);
}

void tst_Catalog::withoutSchemaTheFirstSchemaWins()
{
    QFETCH(bool, indexed);
    Catalog catalog = postgresCatalog();
    if (indexed)
        catalog.indexTables();
    QCOMPARE(catalog.table(u"users"_s), &catalog.tables[2]);
    QCOMPARE(catalog.enumType(u"mood"_s)->labels, QStringList{u"new"_s});
    QCOMPARE(catalog.enumType(u"mood"_s, u"attic"_s)->labels, QStringList{u"old"_s});
    QCOMPARE(catalog.enumType(u"Mood"_s), nullptr);
}

void tst_Catalog::lookupsStayRightAfterTablesChanged()
{
    Catalog catalog = sqliteCatalog();
    catalog.indexTables();
    catalog.tables.insert(catalog.tables.begin(), table(u"main"_s, u"first"_s));
    QCOMPARE(catalog.table(u"first"_s), &catalog.tables[0]);
    QCOMPARE(catalog.table(u"users"_s), &catalog.tables[1]);
    catalog.tables.resize(1);
    QCOMPARE(catalog.table(u"users"_s), nullptr);
    catalog.tables[0].name = u"renamed"_s;
    QCOMPARE(catalog.table(u"first"_s), nullptr);
    QCOMPARE(catalog.table(u"renamed"_s), &catalog.tables[0]);
}

void tst_Catalog::aCopyFindsItsOwnTables()
{
    Catalog catalog = sqliteCatalog();
    catalog.indexTables();
    const Catalog copy = catalog;
    QCOMPARE(copy.table(u"users"_s), &copy.tables[0]);
}

void tst_Catalog::columnsCompareAsTheirEngineDoes()
{
    CatalogTable users = table(u"main"_s, u"users"_s);
    users.columns = {column(u"Name"_s)};
    QVERIFY(users.hasColumn(u"NAME"_s));
    users.engine = Engine::PostgreSql;
    QVERIFY(!users.hasColumn(u"NAME"_s));
    QVERIFY(users.hasColumn(u"Name"_s));
}

void tst_Catalog::thePrimaryKeyIdentifiesRows()
{
    CatalogTable users = table(u"main"_s, u"users"_s);
    users.columns = {column(u"a"_s, true), column(u"b"_s), column(u"c"_s)};
    QCOMPARE(users.identityColumns(), QStringList());
    users.indexes = {uniqueIndex({u"a"_s})};
    users.primaryKey = {u"c"_s, u"b"_s};
    QCOMPARE(users.identityColumns(), (QStringList{u"c"_s, u"b"_s}));
}

void tst_Catalog::theShortestUniqueKeyOfNotNullColumnsIdentifiesRows()
{
    CatalogTable users = table(u"main"_s, u"users"_s);
    users.columns = {column(u"a"_s, true), column(u"b"_s, true), column(u"c"_s, false)};
    users.indexes = {uniqueIndex({u"c"_s}), uniqueIndex({u"a"_s, u"b"_s}), uniqueIndex({u"B"_s})};
    QCOMPARE(users.identityColumns(), QStringList{u"B"_s});
}

void tst_Catalog::keysThatDoNotHoldForAllRowsIdentifyNothing_data()
{
    QTest::addColumn<CatalogIndex>("index");
    CatalogIndex index = uniqueIndex({u"a"_s});
    index.predicate = u"a > 0"_s;
    QTest::newRow("partial") << index;
    index = uniqueIndex({u"a"_s});
    index.hasExpressions = true;
    QTest::newRow("expression") << index;
    index = uniqueIndex({u"a"_s});
    index.valid = false;
    QTest::newRow("invalid") << index;
    index = uniqueIndex({u"a"_s});
    index.unique = false;
    QTest::newRow("not unique") << index;
    QTest::newRow("nullable") << uniqueIndex({u"b"_s});
    QTest::newRow("unknown column") << uniqueIndex({u"x"_s});
    QTest::newRow("no columns") << uniqueIndex({});
}

void tst_Catalog::keysThatDoNotHoldForAllRowsIdentifyNothing()
{
    QFETCH(CatalogIndex, index);
    CatalogTable users = table(u"main"_s, u"users"_s);
    users.columns = {column(u"a"_s, true), column(u"b"_s)};
    users.indexes = {index};
    QCOMPARE(users.identityColumns(), QStringList());
}

void tst_Catalog::rowidNameAvoidsColumns()
{
    CatalogTable users = table(u"main"_s, u"users"_s);
    QCOMPARE(users.rowidName(), u"rowid"_s);
    users.columns = {column(u"RowId"_s)};
    QCOMPARE(users.rowidName(), u"_rowid_"_s);
    users.columns = {column(u"RowId"_s), column(u"_ROWID_"_s), column(u"oid"_s)};
    QVERIFY(!users.hasRowid());
    users.columns.push_back(column(u"id"_s, false, u"integer"_s));
    users.primaryKey = {u"id"_s};
    QCOMPARE(users.rowidName(), u"id"_s);
    users.columns = {column(u"rowid"_s, false, u"INTEGER"_s)};
    users.primaryKey = {u"rowid"_s};
    QCOMPARE(users.rowidName(), u"rowid"_s);
}

void tst_Catalog::onlySqliteTablesHaveRowids()
{
    CatalogTable users = table(u"main"_s, u"users"_s);
    QVERIFY(users.hasRowid());
    users.withoutRowid = true;
    QVERIFY(!users.hasRowid());
    users = table(u"main"_s, u"users"_s);
    users.kind = TableKind::View;
    QVERIFY(!users.hasRowid());
    users = table(u"main"_s, u"users"_s);
    users.problem = u"no such module"_s;
    QVERIFY(!users.hasRowid());
    QVERIFY(!table(u"public"_s, u"users"_s, Engine::PostgreSql).hasRowid());
}

void tst_Catalog::onlyAnIntegerPrimaryKeyIsTheRowid()
{
    CatalogTable users = table(u"main"_s, u"users"_s);
    users.columns = {column(u"id"_s, false, u"INTEGER"_s)};
    QCOMPARE(users.rowidAlias(), QString());
    users.primaryKey = {u"id"_s};
    QCOMPARE(users.rowidAlias(), u"id"_s);
    users.columns[0].type = u"INT"_s;
    QCOMPARE(users.rowidAlias(), QString());
    users.columns[0].type = u"INTEGER"_s;
    users.indexes = {uniqueIndex({u"id"_s})};
    users.indexes[0].primary = true; // INTEGER PRIMARY KEY DESC
    QCOMPARE(users.rowidAlias(), QString());
}

QTEST_APPLESS_MAIN(tst_Catalog)
#include "tst_catalog.moc"
