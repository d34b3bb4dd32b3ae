// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/schemadiff/schemadiff.h"

#include "models/schemadiff/normalsql.h"

#include <QCoreApplication>
#include <QMap>
#include <QRegularExpression>
#include <QSet>

#include <algorithm>
#include <functional>

namespace turnstone {

namespace {

using namespace Qt::StringLiterals;
using Kind = SchemaChange::Kind;

struct SchemaDiffText
{
    Q_DECLARE_TR_FUNCTIONS(SchemaDiff)
};

QString actionText(ForeignKeyAction action)
{
    switch (action) {
    case ForeignKeyAction::NoAction: return {};
    case ForeignKeyAction::Restrict: return u"restrict"_s;
    case ForeignKeyAction::Cascade: return u"cascade"_s;
    case ForeignKeyAction::SetNull: return u"set null"_s;
    case ForeignKeyAction::SetDefault: return u"set default"_s;
    }
    return {};
}

bool isView(const CatalogTable &table)
{
    return table.kind == TableKind::View || table.kind == TableKind::MaterializedView;
}

class Comparison
{
public:
    Comparison(const SchemaView &from, const SchemaView &to, const SchemaCompareOptions &options)
        : m_from(from), m_to(to), m_options(options), m_engine(to.catalog.engine)
    {
    }

    SchemaDiff run()
    {
        compareEnums();
        std::vector<const CatalogTable *> gone;
        std::vector<const CatalogTable *> added;
        for (const CatalogTable *table : m_from.tables()) {
            if (!isIgnored(table->name) && !counterpart(*table))
                gone.push_back(table);
        }
        for (const CatalogTable *table : m_to.tables()) {
            if (!isIgnored(table->name) && !m_from.table(oldName(table->name)))
                added.push_back(table);
        }
        askTables(gone, added);
        for (const CatalogTable *table : gone)
            note(isView(*table) ? Kind::DropView : Kind::DropTable, table->name, {}, isView(*table) ? table->sql : columnList(*table), {});
        for (const CatalogTable *table : added)
            note(isView(*table) ? Kind::AddView : Kind::AddTable, table->name, {}, {}, isView(*table) ? table->sql : columnList(*table));
        for (const CatalogTable *table : m_to.tables()) {
            const CatalogTable *old = isIgnored(table->name) ? nullptr : m_from.table(oldName(table->name));
            if (old)
                compareTables(*old, *table);
        }
        for (const auto &[before, after] : m_options.renames) {
            if (!m_used.contains(before + u'=' + after))
                m_diff.unusedRenames.append(before + u'=' + after);
        }
        return std::move(m_diff);
    }

private:
    bool isIgnored(const QString &name) const { return m_options.ignoredTables.contains(name, Qt::CaseInsensitive); }

    void note(Kind kind, const QString &table, const QString &object, const QString &before, const QString &after)
    {
        m_diff.changes.push_back({kind, table, object, before, after});
    }

    static QString columnList(const CatalogTable &table)
    {
        QStringList names;
        for (const CatalogColumn &column : table.columns)
            names.append(column.name);
        return names.join(u", "_s);
    }

    QString oldName(const QString &name)
    {
        for (const auto &[before, after] : m_options.renames) {
            if (after == name && !before.contains(u'.') && m_from.table(before) && !m_to.table(before)) {
                m_used.insert(before + u'=' + after);
                return before;
            }
        }
        return name;
    }

    const CatalogTable *counterpart(const CatalogTable &old) const
    {
        for (const auto &[before, after] : m_options.renames) {
            if (before == old.name && m_to.table(after))
                return m_to.table(after);
        }
        return m_to.table(old.name);
    }

    QString oldColumn(const CatalogTable &old, const CatalogTable &table, const QString &name)
    {
        for (const auto &[before, after] : m_options.renames) {
            const QString column = before.section(u'.', 1);
            if (after == table.name + u'.' + name && before.contains(u'.') && old.hasColumn(column) && !table.hasColumn(column)) {
                m_used.insert(before + u'=' + after);
                return column;
            }
        }
        return name;
    }

    /// Tables that share more than half of their columns, columns of one type: only then a rename is likely enough to ask.
    void askTables(const std::vector<const CatalogTable *> &gone, const std::vector<const CatalogTable *> &added)
    {
        for (const CatalogTable *old : gone) {
            for (const CatalogTable *table : added) {
                const auto shared = std::count_if(old->columns.begin(), old->columns.end(), [&](const CatalogColumn &column) { return table->hasColumn(column.name); });
                const std::size_t most = std::max(old->columns.size(), table->columns.size());
                if (!isView(*old) && !isView(*table) && 2 * static_cast<std::size_t>(shared) > most)
                    m_diff.questions.push_back({{}, old->name, table->name});
            }
        }
    }

    QString typeOf(const CatalogColumn &column) const { return normalSql(column.type, m_engine); }

    QString defaultOf(const CatalogColumn &column, const QString &schema) const
    {
        return column.defaultSql ? normalSql(*column.defaultSql, m_engine, schema) : QString();
    }

    QString describe(const CatalogColumn &column, const QString &schema) const
    {
        QString text = column.type.isEmpty() ? SchemaDiffText::tr("no type") : withoutSchema(column.type, schema);
        if (column.notNull)
            text += " NOT NULL"_L1;
        if (column.generated || column.identity)
            text += column.identity ? u" GENERATED AS IDENTITY"_s : u" GENERATED AS (%1)"_s.arg(column.generatedSql);
        else if (column.defaultSql)
            text += " DEFAULT "_L1 + withoutSchema(*column.defaultSql, schema);
        return text;
    }

    bool isSame(const CatalogColumn &a, const CatalogColumn &b) const
    {
        return typeOf(a) == typeOf(b) && a.notNull == b.notNull && a.identity == b.identity && a.generated == b.generated
               && defaultOf(a, m_from.schema) == defaultOf(b, m_to.schema) && normalSql(a.generatedSql, m_engine, m_from.schema) == normalSql(b.generatedSql, m_engine, m_to.schema);
    }

    void compareTables(const CatalogTable &old, const CatalogTable &table)
    {
        if (old.name != table.name)
            note(Kind::RenameTable, table.name, {}, old.name, table.name);
        if (isView(old) || isView(table)) {
            if (normalSql(old.sql, m_engine, m_from.schema) != normalSql(table.sql, m_engine, m_to.schema))
                note(Kind::ChangeView, table.name, {}, old.sql, table.sql);
            return;
        }
        compareColumns(old, table);
        compareKeys(old, table);
        compareIndexes(old, table);
        compareTriggers(old, table);
        if (m_engine == Engine::Sqlite && (old.strict != table.strict || old.withoutRowid != table.withoutRowid || old.autoincrement != table.autoincrement))
            note(Kind::TableOptions, table.name, {}, optionsOf(old), optionsOf(table));
    }

    static QString optionsOf(const CatalogTable &table)
    {
        QStringList words;
        if (table.strict)
            words.append(u"STRICT"_s);
        if (table.withoutRowid)
            words.append(u"WITHOUT ROWID"_s);
        if (table.autoincrement)
            words.append(u"AUTOINCREMENT"_s);
        return words.isEmpty() ? SchemaDiffText::tr("none") : words.join(u", "_s);
    }

    void compareColumns(const CatalogTable &old, const CatalogTable &table)
    {
        QSet<QString> kept;
        std::vector<const CatalogColumn *> added;
        QStringList order;
        for (const CatalogColumn &column : table.columns) {
            const QString name = oldColumn(old, table, column.name);
            const CatalogColumn *before = old.column(name);
            if (!before) {
                added.push_back(&column);
                continue;
            }
            kept.insert(before->name);
            order.append(before->name);
            if (before->name != column.name)
                note(Kind::RenameColumn, table.name, column.name, before->name, column.name);
            if (!isSame(*before, column))
                note(Kind::ChangeColumn, table.name, column.name, describe(*before, m_from.schema), describe(column, m_to.schema));
        }
        QStringList oldOrder;
        for (const CatalogColumn &column : old.columns) {
            if (kept.contains(column.name)) {
                oldOrder.append(column.name);
                continue;
            }
            note(Kind::DropColumn, table.name, column.name, describe(column, m_from.schema), {});
            for (const CatalogColumn *candidate : added) {
                if (typeOf(*candidate) == typeOf(column))
                    m_diff.questions.push_back({table.name, column.name, candidate->name});
            }
        }
        for (const CatalogColumn *column : added)
            note(Kind::AddColumn, table.name, column->name, {}, describe(*column, m_to.schema));
        if (order != oldOrder)
            note(Kind::ColumnOrder, table.name, {}, oldOrder.join(u", "_s), order.join(u", "_s));
    }

    QStringList renamed(const CatalogTable &old, const CatalogTable &table, QStringList columns)
    {
        for (QString &column : columns) {
            for (const CatalogColumn &other : table.columns) {
                if (oldColumn(old, table, other.name) == column)
                    column = other.name;
            }
        }
        return columns;
    }

    using Things = QMap<QString, QString>; ///< what identifies a thing → its name for sentences

    void compareThings(const Things &before, const Things &after, Kind dropped, Kind added, const QString &table)
    {
        for (auto it = before.cbegin(); it != before.cend(); ++it) {
            if (!after.contains(it.key()))
                note(dropped, table, it.value(), it.key(), {});
        }
        for (auto it = after.cbegin(); it != after.cend(); ++it) {
            if (!before.contains(it.key()))
                note(added, table, it.value(), {}, it.key());
        }
    }

    QString named(const QString &name, const QString &what) const { return m_engine == Engine::PostgreSql && !name.isEmpty() ? name + u": "_s + what : what; }

    Things uniques(const CatalogTable &table, const std::function<QStringList(QStringList)> &rename) const
    {
        Things things;
        for (const CatalogIndex &index : table.indexes) {
            if (index.fromConstraint && index.unique && !index.primary)
                things.insert(named(index.name, u"UNIQUE (%1)"_s.arg(rename(index.columns).join(u", "_s))), m_engine == Engine::PostgreSql ? index.name : index.columns.join(u", "_s));
        }
        return things;
    }

    Things checks(const CatalogTable &table, const QString &schema) const
    {
        Things things;
        for (const CatalogCheck &check : table.checks) {
            // The name of a check counts on both engines, where it has one: error messages show it.
            const QString what = u"CHECK (%1)"_s.arg(normalSql(check.expression, m_engine, schema));
            things.insert(check.name.isEmpty() ? what : check.name + u": "_s + what, check.name);
        }
        return things;
    }

    Things foreignKeys(const CatalogTable &table, const std::function<QStringList(QStringList)> &rename, bool isOld)
    {
        Things things;
        for (const CatalogForeignKey &key : table.foreignKeys) {
            QString target = key.referencedTable;
            if (isOld) {
                for (const auto &[before, after] : m_options.renames) {
                    if (before == target && !after.contains(u'.'))
                        target = after;
                }
            }
            QString what = u"FOREIGN KEY (%1) REFERENCES %2 (%3)"_s.arg(rename(key.columns).join(u", "_s), target, key.referencedColumns.join(u", "_s));
            if (!actionText(key.onDelete).isEmpty())
                what += u" ON DELETE "_s + actionText(key.onDelete).toUpper();
            if (!actionText(key.onUpdate).isEmpty())
                what += u" ON UPDATE "_s + actionText(key.onUpdate).toUpper();
            things.insert(named(key.name, what), m_engine == Engine::PostgreSql ? key.name : key.columns.join(u", "_s));
        }
        return things;
    }

    void compareKeys(const CatalogTable &old, const CatalogTable &table)
    {
        const auto rename = [&](const QStringList &columns) { return renamed(old, table, columns); };
        const auto same = [](const QStringList &columns) { return columns; };
        if (rename(old.primaryKey) != table.primaryKey)
            note(Kind::PrimaryKey, table.name, {}, old.primaryKey.join(u", "_s), table.primaryKey.join(u", "_s));
        compareThings(uniques(old, rename), uniques(table, same), Kind::DropUnique, Kind::AddUnique, table.name);
        compareThings(checks(old, m_from.schema), checks(table, m_to.schema), Kind::DropCheck, Kind::AddCheck, table.name);
        compareThings(foreignKeys(old, rename, true), foreignKeys(table, same, false), Kind::DropForeignKey, Kind::AddForeignKey, table.name);
    }

    /// pgvector's default parameters, spelled out or not, are the same index.
    QString indexText(const CatalogIndex &index, const QString &schema) const
    {
        QString text = normalSql(index.sql, m_engine, schema);
        static const QRegularExpression defaults(u" with \\( m = '16' , ef_construction = '64' \\)"_s);
        return text.remove(defaults);
    }

    void compareIndexes(const CatalogTable &old, const CatalogTable &table)
    {
        const auto own = [](const CatalogTable &of) {
            QMap<QString, const CatalogIndex *> indexes;
            for (const CatalogIndex &index : of.indexes) {
                if (!index.fromConstraint && !index.primary)
                    indexes.insert(index.name, &index);
            }
            return indexes;
        };
        const auto before = own(old);
        const auto after = own(table);
        for (auto it = before.cbegin(); it != before.cend(); ++it) {
            if (!after.contains(it.key()))
                note(Kind::DropIndex, table.name, it.key(), it.value()->sql, {});
        }
        for (auto it = after.cbegin(); it != after.cend(); ++it) {
            const CatalogIndex *known = before.value(it.key());
            if (!known)
                note(Kind::AddIndex, table.name, it.key(), {}, it.value()->sql);
            else if (old.name == table.name && indexText(*known, m_from.schema) != indexText(*it.value(), m_to.schema))
                note(Kind::ChangeIndex, table.name, it.key(), known->sql, it.value()->sql);
        }
    }

    void compareTriggers(const CatalogTable &old, const CatalogTable &table)
    {
        QMap<QString, QString> before;
        for (const CatalogTrigger &trigger : old.triggers)
            before.insert(trigger.name, trigger.sql);
        QSet<QString> seen;
        for (const CatalogTrigger &trigger : table.triggers) {
            seen.insert(trigger.name);
            if (!before.contains(trigger.name))
                note(Kind::AddTrigger, table.name, trigger.name, {}, trigger.sql);
            else if (normalSql(before[trigger.name], m_engine, m_from.schema) != normalSql(trigger.sql, m_engine, m_to.schema))
                note(Kind::ChangeTrigger, table.name, trigger.name, before[trigger.name], trigger.sql);
        }
        for (auto it = before.cbegin(); it != before.cend(); ++it) {
            if (!seen.contains(it.key()))
                note(Kind::DropTrigger, table.name, it.key(), it.value(), {});
        }
    }

    void compareEnums()
    {
        QMap<QString, QStringList> before;
        QMap<QString, QStringList> after;
        for (const CatalogEnum *type : m_from.enums())
            before.insert(type->name, type->labels);
        for (const CatalogEnum *type : m_to.enums())
            after.insert(type->name, type->labels);
        for (auto it = before.cbegin(); it != before.cend(); ++it) {
            if (!after.contains(it.key()))
                note(Kind::DropEnum, {}, it.key(), it.value().join(u", "_s), {});
        }
        for (auto it = after.cbegin(); it != after.cend(); ++it) {
            if (!before.contains(it.key()))
                note(Kind::AddEnum, {}, it.key(), {}, it.value().join(u", "_s));
            else if (before[it.key()] != it.value())
                note(Kind::ChangeEnum, {}, it.key(), before[it.key()].join(u", "_s), it.value().join(u", "_s));
        }
    }

    const SchemaView &m_from;
    const SchemaView &m_to;
    const SchemaCompareOptions &m_options;
    const Engine m_engine;
    SchemaDiff m_diff;
    QSet<QString> m_used;
};

} // namespace

SchemaDiff compareSchemas(const SchemaView &from, const SchemaView &to, const SchemaCompareOptions &options)
{
    return Comparison(from, to, options).run();
}

std::vector<const CatalogTable *> SchemaView::tables() const
{
    std::vector<const CatalogTable *> found;
    for (const CatalogTable &table : catalog.tables) {
        if (table.schema == schema && table.kind != TableKind::Shadow && !table.name.startsWith("sqlite_"_L1))
            found.push_back(&table);
    }
    return found;
}

const CatalogTable *SchemaView::table(const QString &name) const
{
    return catalog.table(name, schema);
}

std::vector<const CatalogEnum *> SchemaView::enums() const
{
    std::vector<const CatalogEnum *> found;
    for (const CatalogEnum &type : catalog.enums) {
        if (type.schema == schema)
            found.push_back(&type);
    }
    return found;
}

QString RenameQuestion::word() const
{
    const QString prefix = table.isEmpty() ? QString() : table + u'.';
    return prefix + from + u'=' + prefix + to;
}

bool SchemaDiff::isSame() const
{
    return std::all_of(changes.begin(), changes.end(), [](const SchemaChange &change) { return change.isHarmless(); });
}

bool SchemaChange::losesData() const
{
    return kind == Kind::DropTable || kind == Kind::DropColumn || kind == Kind::ChangeColumn || kind == Kind::DropEnum;
}

QString SchemaChange::sentence() const
{
    const QString place = object.isEmpty() || table.isEmpty() ? table + object : table + u'.' + object;
    switch (kind) {
    case Kind::AddTable: return SchemaDiffText::tr("table %1 is missing (%2)").arg(table, after);
    case Kind::DropTable: return SchemaDiffText::tr("table %1 is extra (%2)").arg(table, before);
    case Kind::RenameTable: return SchemaDiffText::tr("table %1 is called %2").arg(after, before);
    case Kind::AddColumn: return SchemaDiffText::tr("column %1 is missing (%2)").arg(place, after);
    case Kind::DropColumn: return SchemaDiffText::tr("column %1 is extra (%2)").arg(place, before);
    case Kind::RenameColumn: return SchemaDiffText::tr("column %1 is called %2").arg(place, before);
    case Kind::ChangeColumn: return SchemaDiffText::tr("column %1 is %2, expected %3").arg(place, before, after);
    case Kind::PrimaryKey: return SchemaDiffText::tr("the primary key of %1 is (%2), expected (%3)").arg(table, before, after);
    case Kind::AddUnique:
    case Kind::AddCheck:
    case Kind::AddForeignKey: return SchemaDiffText::tr("%1: constraint is missing: %2").arg(table, after);
    case Kind::DropUnique:
    case Kind::DropCheck:
    case Kind::DropForeignKey: return SchemaDiffText::tr("%1: constraint is extra: %2").arg(table, before);
    case Kind::AddIndex: return SchemaDiffText::tr("index %1 on %2 is missing").arg(object, table);
    case Kind::DropIndex: return SchemaDiffText::tr("index %1 on %2 is extra").arg(object, table);
    case Kind::ChangeIndex: return SchemaDiffText::tr("index %1 on %2 is another: %3").arg(object, table, before.simplified());
    case Kind::AddTrigger: return SchemaDiffText::tr("trigger %1 on %2 is missing").arg(object, table);
    case Kind::DropTrigger: return SchemaDiffText::tr("trigger %1 on %2 is extra").arg(object, table);
    case Kind::ChangeTrigger: return SchemaDiffText::tr("trigger %1 on %2 is another").arg(object, table);
    case Kind::AddView: return SchemaDiffText::tr("view %1 is missing").arg(table);
    case Kind::DropView: return SchemaDiffText::tr("view %1 is extra").arg(table);
    case Kind::ChangeView: return SchemaDiffText::tr("view %1 is another").arg(table);
    case Kind::AddEnum: return SchemaDiffText::tr("type %1 is missing (%2)").arg(object, after);
    case Kind::DropEnum: return SchemaDiffText::tr("type %1 is extra (%2)").arg(object, before);
    case Kind::ChangeEnum: return SchemaDiffText::tr("type %1 has %2, expected %3").arg(object, before, after);
    case Kind::ColumnOrder: return SchemaDiffText::tr("%1: the columns stand in another order").arg(table);
    case Kind::TableOptions: return SchemaDiffText::tr("%1: options are %2, expected %3").arg(table, before, after);
    }
    return {};
}

} // namespace turnstone
