// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/catalog/sqlitecatalogreader.h"

#include "models/catalog/sqliteddl.h"
#include "models/core/logging.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>

namespace turnstone {
using namespace Qt::StringLiterals;

namespace {

QString textAt(const RowBlock &block, int row, int column)
{
    return QString::fromUtf8(textOf(block.at(row, column)));
}

std::int64_t integerAt(const RowBlock &block, int row, int column)
{
    const ValueRef value = block.at(row, column);
    return value.type() == ValueType::Integer ? value.integer() : 0;
}

ForeignKeyAction actionFrom(QByteArrayView text)
{
    if (text == "CASCADE")
        return ForeignKeyAction::Cascade;
    if (text == "SET NULL")
        return ForeignKeyAction::SetNull;
    if (text == "SET DEFAULT")
        return ForeignKeyAction::SetDefault;
    if (text == "RESTRICT")
        return ForeignKeyAction::Restrict;
    return ForeignKeyAction::NoAction;
}

/// Whether an error concerns the object that was read and not the whole connection.
bool isOfOneObject(const Error &error)
{
    switch (error.code) {
    case ErrorCode::Cancelled:
    case ErrorCode::Connection:
    case ErrorCode::ConnectionLost:
    case ErrorCode::Busy:
    case ErrorCode::NotADatabase:
    case ErrorCode::Io: return false;
    default: return true;
    }
}

/// Endings of the tables in which a module keeps its data. SQLite itself knows the shadow tables of
/// the modules that are loaded only.
QStringList shadowEndings(const QString &module)
{
    const QString name = module.toLower();
    if (name == u"fts5")
        return {u"data"_s, u"idx"_s, u"content"_s, u"docsize"_s, u"config"_s};
    if (name == u"fts3" || name == u"fts4")
        return {u"content"_s, u"segments"_s, u"segdir"_s, u"docsize"_s, u"stat"_s};
    if (name == u"rtree" || name == u"rtree_i32" || name == u"geopoly")
        return {u"node"_s, u"rowid"_s, u"parent"_s};
    if (name == u"spellfix1")
        return {u"vocab"_s};
    if (name == u"vss0")
        return {u"index"_s, u"data"_s};
    if (name != u"vec0")
        return {};
    QStringList endings{u"info"_s, u"chunks"_s, u"rowids"_s, u"auxiliary"_s};
    constexpr int maxVec0Columns = 16;
    for (int i = 0; i < maxVec0Columns; ++i) {
        for (const QString &ending : {u"vector_chunks"_s, u"metadatachunks"_s, u"metadatatext"_s})
            endings.append(ending + u"%1"_s.arg(i, 2, 10, QChar(u'0')));
    }
    return endings;
}

QString translated(const char *text)
{
    return QCoreApplication::translate("SqliteCatalogReader", text);
}

/// Keeps the schema the same over several statements; joins the transaction that is open already.
class ReadTransaction
{
public:
    explicit ReadTransaction(Connection &connection) : m_connection(connection) {}
    ~ReadTransaction()
    {
        if (m_isOurs)
            m_connection.rollback(); // there is nothing to commit
    }
    Q_DISABLE_COPY_MOVE(ReadTransaction)

    /// Not Connection::begin(): that takes the write lock on a connection that may write.
    Result<> begin()
    {
        if (m_connection.isInTransaction())
            return {};
        const Result<ExecuteOutcome> begun = m_connection.execute(u"BEGIN DEFERRED"_s);
        if (!begun)
            return failure(begun);
        m_isOurs = true;
        return {};
    }

private:
    Connection &m_connection;
    bool m_isOurs = false;
};

} // namespace

Result<Catalog> SqliteCatalogReader::read()
{
    m_catalog = {};
    m_catalog.engine = Engine::Sqlite;
    m_catalog.schemas = {u"main"_s};
    m_positions.clear();
    ReadTransaction transaction(m_connection);
    if (const Result<> begun = transaction.begin(); !begun)
        return failure(begun);
    if (const Result<> done = readAll(); !done)
        return failure(done);
    m_catalog.indexTables();
    resolveReferences();
    return std::move(m_catalog);
}

Result<> SqliteCatalogReader::readAll()
{
    for (const auto step : {&SqliteCatalogReader::readObjects, &SqliteCatalogReader::readKinds, &SqliteCatalogReader::readColumns,
                            &SqliteCatalogReader::readForeignKeys, &SqliteCatalogReader::readIndexes}) {
        if (const Result<> done = (this->*step)(); !done)
            return done;
    }
    readDefinitions();
    flagShadowsOfMissingModules();
    return readEstimates();
}

Result<> SqliteCatalogReader::readObjects()
{
    // Tables and views first: a trigger may stand before its table after a VACUUM or ALTER.
    const QString sql = u"SELECT type, name, tbl_name, sql FROM main.sqlite_schema"
                        " ORDER BY type NOT IN ('table', 'view'), rowid"_s;
    m_hasStatistics = false;
    return m_connection.forEachRow(sql, {}, [this](const RowBlock &block, int row) {
        addObject(block, row);
        return true;
    });
}

void SqliteCatalogReader::addObject(const RowBlock &block, int row)
{
    const QByteArrayView type = textOf(block.at(row, 0));
    const QString name = textAt(block, row, 1);
    const bool isInternal = name.startsWith(u"sqlite_", Qt::CaseInsensitive);
    if (type == "table" || type == "view") {
        if (isInternal) {
            m_hasStatistics |= name.compare(u"sqlite_stat1", Qt::CaseInsensitive) == 0;
            return;
        }
        CatalogTable &table = m_catalog.tables.emplace_back();
        table.schema = m_catalog.schemas.first();
        table.name = name;
        table.kind = type == "view" ? TableKind::View : TableKind::Table;
        table.sql = textAt(block, row, 3);
        m_positions.insert(textOf(block.at(row, 1)).toByteArray(), m_catalog.tables.size() - 1);
        return;
    }
    CatalogTable *table = find(textOf(block.at(row, 2)));
    if (table == nullptr)
        return;
    if (type == "trigger") {
        table->triggers.push_back({name, textAt(block, row, 3)});
    } else if (type == "index") {
        CatalogIndex &index = table->indexes.emplace_back();
        index.name = name;
        index.sql = textAt(block, row, 3);
        index.fromConstraint = index.sql.isEmpty();
    }
}

CatalogTable *SqliteCatalogReader::find(QByteArrayView name)
{
    const auto it = m_positions.constFind(QByteArray::fromRawData(name.data(), name.size()));
    if (it != m_positions.cend())
        return &m_catalog.tables[*it];
    // A trigger keeps the name of its table as its author spelt it.
    for (auto other = m_positions.cbegin(); other != m_positions.cend(); ++other) {
        if (other.key().size() == name.size() && name.compare(other.key(), Qt::CaseInsensitive) == 0)
            return &m_catalog.tables[*other];
    }
    return nullptr;
}

Result<> SqliteCatalogReader::forEachTableRow(const QString &sql, const Parameters &parameters, const RowHandler &handle)
{
    QByteArray lastName;
    CatalogTable *table = nullptr;
    return m_connection.forEachRow(sql, parameters, [&](const RowBlock &block, int row) {
        const QByteArrayView name = textOf(block.at(row, 0));
        if (table == nullptr || name != lastName) {
            lastName = name.toByteArray();
            table = find(name);
        }
        if (table != nullptr)
            handle(*table, block, row);
        return true;
    });
}

Result<> SqliteCatalogReader::readKinds()
{
    std::vector<bool> seen(m_catalog.tables.size(), false);
    const QString sql = u"SELECT name, type, wr, strict FROM pragma_table_list WHERE schema = 'main'"_s;
    const Result<> done = forEachTableRow(sql, {}, [&](CatalogTable &table, const RowBlock &block, int row) {
        seen[static_cast<std::size_t>(&table - m_catalog.tables.data())] = true;
        const QByteArrayView type = textOf(block.at(row, 1));
        table.kind = type == "view" ? TableKind::View
            : type == "virtual"     ? TableKind::VirtualTable
            : type == "shadow"      ? TableKind::Shadow
                                    : TableKind::Table;
        table.withoutRowid = integerAt(block, row, 2) != 0;
        table.strict = integerAt(block, row, 3) != 0;
    });
    for (std::size_t i = 0; i < seen.size(); ++i) {
        if (!seen[i])
            m_catalog.tables[i].problem = translated("SQLite does not know this object although the schema lists it.");
    }
    return done;
}

Result<> SqliteCatalogReader::readColumns()
{
    if (const Result<> done = readColumnsOf(TableKind::Table, u"l.type IN ('table', 'shadow')"_s); !done)
        return done;
    if (const Result<> done = readColumnsOf(TableKind::View, u"l.type = 'view'"_s); !done)
        return done;
    return readColumnsOf(TableKind::VirtualTable, u"l.type = 'virtual'"_s);
}

Result<> SqliteCatalogReader::readColumnsOf(TableKind kind, const QString &where)
{
    const QString fields = u"x.name, x.type, x.\"notnull\", x.dflt_value, x.pk, x.hidden"_s;
    const auto handle = [](CatalogTable &table, const RowBlock &block, int row) {
        CatalogColumn &column = table.columns.emplace_back();
        column.name = textAt(block, row, 1);
        column.type = textAt(block, row, 2);
        column.notNull = integerAt(block, row, 3) != 0;
        if (!block.at(row, 4).isNull())
            column.defaultSql = textAt(block, row, 4);
        column.primaryKeyPosition = static_cast<int>(integerAt(block, row, 5));
        const std::int64_t hidden = integerAt(block, row, 6);
        column.hidden = hidden == 1;
        column.generated = hidden == 2 || hidden == 3;
    };
    const auto isOfKind = [kind](const CatalogTable &table) {
        return table.kind == kind || (kind == TableKind::Table && table.kind == TableKind::Shadow);
    };
    if (std::ranges::none_of(m_catalog.tables, isOfKind))
        return {};
    const QString all = u"SELECT l.name, %1 FROM pragma_table_list AS l CROSS JOIN pragma_table_xinfo(l.name, 'main') AS x"
                        " WHERE l.schema = 'main' AND %2"_s.arg(fields, where);
    const Result<> together = forEachTableRow(all, {}, handle);
    if (together || !isOfOneObject(together.error()))
        return together;

    const QString one = u"SELECT ?1, %1 FROM pragma_table_xinfo(?1, 'main') AS x"_s.arg(fields);
    for (CatalogTable &table : m_catalog.tables) {
        if (!isOfKind(table))
            continue;
        table.columns.clear();
        const Result<> alone = forEachTableRow(one, {Value::text(table.name)}, handle);
        if (!alone && !isOfOneObject(alone.error()))
            return alone;
        if (!alone)
            table.problem = alone.error().message;
    }
    return {};
}

Result<> SqliteCatalogReader::readForeignKeys()
{
    const QString sql = u"SELECT s.name, x.seq, x.\"table\", x.\"from\", x.\"to\", x.on_update, x.on_delete"
                        " FROM main.sqlite_schema AS s CROSS JOIN pragma_foreign_key_list(s.name, 'main') AS x"
                        " WHERE s.type = 'table' AND s.sql LIKE '%references%'"_s;
    const Result<> done = forEachTableRow(sql, {}, [](CatalogTable &table, const RowBlock &block, int row) {
        if (integerAt(block, row, 1) == 0 || table.foreignKeys.empty()) {
            CatalogForeignKey &key = table.foreignKeys.emplace_back();
            key.referencedSchema = table.schema;
            key.referencedTable = textAt(block, row, 2);
            key.onUpdate = actionFrom(textOf(block.at(row, 5)));
            key.onDelete = actionFrom(textOf(block.at(row, 6)));
        }
        CatalogForeignKey &key = table.foreignKeys.back();
        key.columns.append(textAt(block, row, 3));
        if (!block.at(row, 4).isNull())
            key.referencedColumns.append(textAt(block, row, 4));
    });
    for (CatalogTable &table : m_catalog.tables)
        std::ranges::reverse(table.foreignKeys); // the pragma lists the last one first
    return done;
}

Result<> SqliteCatalogReader::readIndexes()
{
    const QString sql = u"SELECT s.tbl_name, s.name, x.cid, x.name FROM main.sqlite_schema AS s"
                        " CROSS JOIN pragma_index_xinfo(s.name, 'main') AS x WHERE s.type = 'index' AND x.key"_s;
    const Result<> done = forEachTableRow(sql, {}, [](CatalogTable &table, const RowBlock &block, int row) {
        const QString name = textAt(block, row, 1);
        const auto index = std::ranges::find(table.indexes, name, &CatalogIndex::name);
        if (index == table.indexes.end())
            return;
        constexpr std::int64_t rowid = -1;
        constexpr std::int64_t expression = -2;
        const std::int64_t columnId = integerAt(block, row, 2);
        index->hasExpressions |= columnId == expression;
        index->columns.append(columnId == rowid ? u"rowid"_s : textAt(block, row, 3));
    });
    return done ? readConstraintIndexes() : done;
}

Result<> SqliteCatalogReader::readConstraintIndexes()
{
    // Asking each table takes as long as reading its columns, so only those are asked that have such an index.
    const QString sql = u"SELECT s.name, l.name FROM main.sqlite_schema AS s CROSS JOIN pragma_index_list(s.name, 'main') AS l"
                        " WHERE s.type = 'table' AND l.origin = 'pk' AND (s.sql LIKE '%without%rowid%'"
                        " OR s.name IN (SELECT tbl_name FROM main.sqlite_schema WHERE type = 'index' AND sql IS NULL))"_s;
    return forEachTableRow(sql, {}, [](CatalogTable &table, const RowBlock &block, int row) {
        const QString name = textAt(block, row, 1);
        auto index = std::ranges::find(table.indexes, name, &CatalogIndex::name);
        if (index == table.indexes.end()) { // the key of a WITHOUT ROWID table is the table itself and not in the schema
            index = table.indexes.emplace(table.indexes.begin());
            index->name = name;
            index->fromConstraint = true;
        }
        index->primary = true;
    });
}

Result<> SqliteCatalogReader::readEstimates()
{
    if (!m_hasStatistics)
        return {};
    // The first number is the rows of an index, and a partial index has fewer than its table.
    const QString sql = u"SELECT tbl, stat FROM main.sqlite_stat1"_s;
    const Result<> done = forEachTableRow(sql, {}, [](CatalogTable &table, const RowBlock &block, int row) {
        const QByteArrayView stat = textOf(block.at(row, 1));
        const qsizetype space = stat.indexOf(' ');
        bool isNumber = false;
        const qlonglong rows = stat.first(space < 0 ? stat.size() : space).toByteArray().toLongLong(&isNumber);
        if (isNumber)
            table.estimatedRows = std::max<std::int64_t>(table.estimatedRows, rows);
    });
    if (!done && isOfOneObject(done.error())) {
        qCWarning(catalogLog) << "the statistics cannot be read:" << done.error().detail;
        return {};
    }
    return done;
}

void SqliteCatalogReader::readDefinitions()
{
    for (CatalogTable &table : m_catalog.tables) {
        for (const CatalogColumn &column : table.columns) {
            if (column.primaryKeyPosition > 0)
                table.primaryKey.resize(std::max<qsizetype>(table.primaryKey.size(), column.primaryKeyPosition));
        }
        for (const CatalogColumn &column : table.columns) {
            if (column.primaryKeyPosition > 0)
                table.primaryKey[column.primaryKeyPosition - 1] = column.name;
        }
        for (CatalogIndex &index : table.indexes) {
            index.method = u"btree"_s;
            if (index.fromConstraint) {
                index.unique = true;
                if (index.columns.isEmpty())
                    index.columns = table.primaryKey;
                continue;
            }
            const SqliteIndexDdl ddl = SqliteIndexDdl::parse(index.sql);
            index.unique = ddl.unique;
            index.predicate = ddl.predicate;
            for (qsizetype i = 0; i < std::min(index.columns.size(), ddl.terms.size()); ++i) {
                if (index.columns[i].isEmpty())
                    index.columns[i] = ddl.terms[i];
            }
        }
        if (table.kind == TableKind::View)
            continue;
        SqliteTableDdl ddl = SqliteTableDdl::parse(table.sql);
        table.checks = std::move(ddl.checks);
        table.autoincrement = ddl.autoincrement;
        table.module = ddl.module;
        for (const auto &[name, expression] : ddl.generated) {
            const auto column = std::ranges::find_if(table.columns, [&](const CatalogColumn &known) { return known.name == name; });
            if (column != table.columns.end() && column->generated)
                column->generatedSql = expression;
        }
        for (std::size_t i = 0; i < table.foreignKeys.size() && table.foreignKeys.size() == ddl.foreignKeys.size(); ++i)
            table.foreignKeys[i].name = ddl.foreignKeys[i].name;
    }
}

void SqliteCatalogReader::resolveReferences()
{
    for (CatalogTable &table : m_catalog.tables) {
        for (CatalogForeignKey &key : table.foreignKeys) {
            const CatalogTable *parent = m_catalog.table(key.referencedTable);
            if (parent == nullptr)
                continue;
            key.referencedTable = parent->name;
            if (key.referencedColumns.isEmpty() && parent->primaryKey.size() == key.columns.size())
                key.referencedColumns = parent->primaryKey;
            for (QString &name : key.referencedColumns) {
                if (const CatalogColumn *column = parent->column(name))
                    name = column->name;
            }
        }
    }
}

void SqliteCatalogReader::flagShadowsOfMissingModules()
{
    for (const CatalogTable &table : m_catalog.tables) {
        if (table.kind != TableKind::VirtualTable || table.problem.isEmpty())
            continue;
        for (const QString &ending : shadowEndings(table.module)) {
            CatalogTable *shadow = find((table.name + u'_' + ending).toUtf8());
            if (shadow != nullptr && shadow->kind == TableKind::Table)
                shadow->kind = TableKind::Shadow;
        }
    }
}

Result<std::vector<TableSize>> SqliteCatalogReader::readSizes()
{
    ReadTransaction transaction(m_connection);
    if (const Result<> begun = transaction.begin(); !begun)
        return failure(begun);
    QHash<QString, QString> owners; // table or index → table
    std::vector<TableSize> sizes;
    QHash<QString, std::size_t> positions;
    const QString objects = u"SELECT name, tbl_name FROM main.sqlite_schema WHERE type IN ('table', 'index') AND rootpage > 0"_s;
    if (const Result<> done = m_connection.forEachRow(objects, {}, [&](const RowBlock &block, int row) {
            const QString owner = textAt(block, row, 1);
            if (!owner.startsWith(u"sqlite_", Qt::CaseInsensitive))
                owners.insert(textAt(block, row, 0), owner);
            return true;
        }); !done)
        return failure(done);
    // Aggregated: one row for each b-tree.
    const QString pages = u"SELECT name, pgsize FROM dbstat WHERE schema = 'main' AND aggregate = 1"_s;
    if (const Result<> done = m_connection.forEachRow(pages, {}, [&](const RowBlock &block, int row) {
            const auto owner = owners.constFind(textAt(block, row, 0));
            if (owner == owners.cend())
                return true;
            if (!positions.contains(*owner)) {
                positions.insert(*owner, sizes.size());
                sizes.push_back({u"main"_s, *owner, 0});
            }
            sizes[positions.value(*owner)].bytes += integerAt(block, row, 1);
            return true;
        }); !done)
        return failure(done);
    return sizes;
}

} // namespace turnstone
