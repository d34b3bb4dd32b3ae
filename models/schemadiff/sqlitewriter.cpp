// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/schemadiff/sqlitewriter.h"

#include "models/database/connection.h"
#include "models/sql/sqllexer.h"

#include <QCoreApplication>

#include <algorithm>

namespace turnstone {

namespace {

using namespace Qt::StringLiterals;
using Kind = SchemaChange::Kind;

struct SqliteWriterText
{
    Q_DECLARE_TR_FUNCTIONS(SqliteWriter)
};

bool isView(const CatalogTable &table)
{
    return table.kind == TableKind::View || table.kind == TableKind::MaterializedView;
}

/// A CREATE TABLE text for another name.
QString withName(const QString &sql, const QString &name)
{
    SqlLexer lexer(sql, SqlDialect::Sqlite);
    bool afterTable = false;
    while (!lexer.atEnd()) {
        const SqlToken token = lexer.next();
        if (!token.isSignificant())
            continue;
        const QStringView word = QStringView(sql).mid(token.start, token.length);
        if (afterTable && word.compare("if"_L1, Qt::CaseInsensitive) != 0 && word.compare("not"_L1, Qt::CaseInsensitive) != 0 && word.compare("exists"_L1, Qt::CaseInsensitive) != 0)
            return sql.left(token.start) + Connection::quoted(name) + sql.mid(token.end());
        afterTable = afterTable || word.compare("table"_L1, Qt::CaseInsensitive) == 0;
    }
    return sql;
}

/// What ALTER TABLE … ADD COLUMN takes: nothing that has to be checked against rows that are there.
bool isConstant(const QString &sql)
{
    return !sql.contains(u'(') && !sql.startsWith("current_"_L1, Qt::CaseInsensitive);
}

bool canBeAdded(const CatalogColumn &column)
{
    return column.primaryKeyPosition == 0 && !column.generated && (!column.defaultSql || isConstant(*column.defaultSql)) && (!column.notNull || (column.defaultSql && column.defaultSql->compare("null"_L1, Qt::CaseInsensitive) != 0));
}

} // namespace

QString SqliteWriter::oldNameOf(const QString &table) const
{
    for (const SchemaChange &change : m_byTable.value(table)) {
        if (change.kind == Kind::RenameTable)
            return change.before;
    }
    return table;
}

SqliteWriter::Way SqliteWriter::wayOf(const QString &table) const
{
    const CatalogTable &target = *m_to.table(table);
    const std::vector<SchemaChange> changes = m_byTable.value(table);
    qsizetype added = 0;
    for (const SchemaChange &change : changes) {
        switch (change.kind) {
        case Kind::RenameTable:
        case Kind::RenameColumn:
        case Kind::AddIndex:
        case Kind::DropIndex:
        case Kind::ChangeIndex:
        case Kind::AddTrigger:
        case Kind::DropTrigger:
        case Kind::ChangeTrigger:
        case Kind::ColumnOrder: continue;
        case Kind::AddColumn:
            if (!canBeAdded(*target.column(change.object)))
                return Way::Rebuild;
            ++added;
            continue;
        default: return Way::Rebuild;
        }
    }
    // ALTER adds at the end only.
    const auto isAdded = [&](const CatalogColumn &column) {
        return std::any_of(changes.begin(), changes.end(), [&](const SchemaChange &change) { return change.kind == Kind::AddColumn && change.object == column.name; });
    };
    const auto &columns = target.columns;
    for (std::size_t i = columns.size() - static_cast<std::size_t>(added); i < columns.size(); ++i) {
        if (!isAdded(columns[i]))
            return Way::Rebuild;
    }
    return Way::Alter;
}

void SqliteWriter::makeTable(const CatalogTable &table)
{
    m_sql += table.sql + u";\n"_s;
    for (const CatalogIndex &index : table.indexes) {
        if (!index.sql.isEmpty())
            m_sql += index.sql + u";\n"_s;
    }
    for (const CatalogTrigger &trigger : table.triggers)
        m_sql += trigger.sql + u";\n"_s;
    m_sql += u'\n';
}

void SqliteWriter::alter(const QString &table)
{
    const CatalogTable &target = *m_to.table(table);
    const QString name = Connection::quoted(table);
    const QString before = m_sql;
    for (const SchemaChange &change : m_byTable.value(table)) {
        const QString object = Connection::quoted(change.object);
        switch (change.kind) {
        case Kind::RenameTable: m_sql += u"ALTER TABLE %1 RENAME TO %2;\n"_s.arg(Connection::quoted(change.before), name); break;
        case Kind::RenameColumn: m_sql += u"ALTER TABLE %1 RENAME COLUMN %2 TO %3;\n"_s.arg(name, Connection::quoted(change.before), object); break;
        case Kind::AddColumn: {
            const CatalogColumn &column = *target.column(change.object);
            m_sql += u"ALTER TABLE %1 ADD COLUMN %2"_s.arg(name, object);
            if (!column.type.isEmpty())
                m_sql += u' ' + column.type;
            if (column.notNull)
                m_sql += " NOT NULL"_L1;
            if (column.defaultSql)
                m_sql += " DEFAULT "_L1 + *column.defaultSql;
            m_sql += u";\n"_s;
            break;
        }
        case Kind::DropIndex: m_sql += u"DROP INDEX %1;\n"_s.arg(object); break;
        case Kind::ChangeIndex: m_sql += u"DROP INDEX %1;\n%2;\n"_s.arg(object, change.after); break;
        case Kind::AddIndex: m_sql += change.after + u";\n"_s; break;
        case Kind::DropTrigger: m_sql += u"DROP TRIGGER %1;\n"_s.arg(object); break;
        case Kind::ChangeTrigger: m_sql += u"DROP TRIGGER %1;\n%2;\n"_s.arg(object, change.after); break;
        case Kind::AddTrigger: m_sql += change.after + u";\n"_s; break;
        default: break;
        }
    }
    if (m_sql != before)
        m_sql += u'\n';
}

QString SqliteWriter::sourceOf(const CatalogTable &old, const CatalogTable &table, const CatalogColumn &column, QStringList &remarks) const
{
    for (const SchemaChange &change : m_byTable.value(table.name)) {
        if (change.object != column.name)
            continue;
        if (change.kind == Kind::RenameColumn)
            return Connection::quoted(change.before);
        if (change.kind == Kind::AddColumn && column.defaultSql)
            return *column.defaultSql;
        if (change.kind == Kind::AddColumn && column.notNull && !column.defaultSql) {
            remarks.append(SqliteWriterText::tr("%1.%2 must have a value and has no default: say in the copy what rows that are there get.").arg(table.name, column.name));
            return u"NULL"_s;
        }
        if (change.kind == Kind::AddColumn)
            return u"NULL"_s;
        if (change.kind == Kind::ChangeColumn && column.notNull && column.defaultSql && !old.column(column.name)->notNull)
            return u"coalesce(%1, %2)"_s.arg(Connection::quoted(column.name), *column.defaultSql);
    }
    return Connection::quoted(column.name);
}

void SqliteWriter::rebuild(const QString &table, QStringList &remarks)
{
    const CatalogTable &target = *m_to.table(table);
    const QString oldName = oldNameOf(table);
    const CatalogTable &old = *m_from.table(oldName);
    const QString temporary = table + "_new"_L1;
    QStringList columns;
    QStringList sources;
    for (const CatalogColumn &column : target.columns) {
        if (column.generated)
            continue;
        columns.append(Connection::quoted(column.name));
        sources.append(sourceOf(old, target, column, remarks));
    }
    m_sql += withName(target.sql, temporary) + u";\n"_s;
    m_sql += u"INSERT INTO %1 (%2)\n  SELECT %3\n    FROM %4;\n"_s.arg(Connection::quoted(temporary), columns.join(u", "_s), sources.join(u", "_s), Connection::quoted(oldName));
    m_sql += u"DROP TABLE %1;\nALTER TABLE %2 RENAME TO %3;\n"_s.arg(Connection::quoted(oldName), Connection::quoted(temporary), Connection::quoted(table));
    for (const CatalogIndex &index : target.indexes) {
        if (!index.sql.isEmpty())
            m_sql += index.sql + u";\n"_s;
    }
    for (const CatalogTrigger &trigger : target.triggers)
        m_sql += trigger.sql + u";\n"_s;
    m_sql += u'\n';
}

QString SqliteWriter::write(QStringList &remarks)
{
    const SchemaDiff diff = compareSchemas(m_from, m_to, m_options);
    QStringList dropped;
    QStringList added;
    bool changesTables = false;
    for (const SchemaChange &change : diff.changes) {
        m_byTable[change.table].push_back(change);
        if (change.kind == Kind::DropTable)
            dropped.append(change.table);
        else if (change.kind == Kind::AddTable)
            added.append(change.table);
        changesTables = changesTables || change.kind == Kind::DropTable || change.kind == Kind::RenameTable;
    }
    QStringList rebuilt;
    QStringList altered;
    for (const CatalogTable *table : m_to.tables()) {
        if (!m_byTable.contains(table->name) || added.contains(table->name) || isView(*table))
            continue;
        (wayOf(table->name) == Way::Rebuild ? rebuilt : altered).append(table->name);
    }
    // While a table is away, SQLite renames nothing if some view reads it: so views go first and come back last.
    const bool movesViews = changesTables || !rebuilt.isEmpty();
    for (const CatalogTable *view : m_from.tables()) {
        const std::vector<SchemaChange> changes = m_byTable.value(view->name);
        const bool isChanged = std::any_of(changes.begin(), changes.end(), [](const SchemaChange &change) { return change.kind == Kind::DropView || change.kind == Kind::ChangeView; });
        if (isView(*view) && (movesViews || isChanged))
            m_sql += u"DROP VIEW %1;\n"_s.arg(Connection::quoted(view->name));
    }
    for (const CatalogTable *table : m_to.tables()) {
        if (added.contains(table->name))
            makeTable(*table);
    }
    for (const QString &table : std::as_const(altered))
        alter(table);
    for (const QString &table : std::as_const(rebuilt))
        rebuild(table, remarks);
    for (const QString &table : std::as_const(dropped))
        m_sql += u"DROP TABLE %1;\n"_s.arg(Connection::quoted(table));
    for (const CatalogTable *view : m_to.tables()) {
        const std::vector<SchemaChange> changes = m_byTable.value(view->name);
        const bool isChanged = std::any_of(changes.begin(), changes.end(), [](const SchemaChange &change) { return change.kind == Kind::AddView || change.kind == Kind::ChangeView; });
        if (isView(*view) && (movesViews || isChanged))
            m_sql += view->sql + u";\n"_s;
    }
    return m_sql;
}

} // namespace turnstone
