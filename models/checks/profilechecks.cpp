// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/checks/profilechecks.h"

#include "models/checks/keychecks.h"

#include <QCoreApplication>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

struct ProfileChecksText
{
    Q_DECLARE_TR_FUNCTIONS(ProfileChecks)
};

CheckSql::Where rowsWhere(const CheckSql &sql, const CatalogTable &table, const QJsonObject &where)
{
    return [sql, target = &table, conditions = conditionsFromJson(where)](SqlValues &values) {
        const QString text = sql.rows().conditions(conditions, *target, u"t"_s, values, sql.nowUtc());
        return text.isEmpty() ? (sql.isSqlite() ? u"1"_s : u"true"_s) : text;
    };
}

/// Rows without children.
CheckSql::Where childless(const CheckSql &sql, const CatalogTable &table, const CatalogTable &children, const QJsonObject &source)
{
    return [sql, target = &table, kids = &children, link = linkFromJson(source.value(u"link"_s).toObject()),
            conditions = conditionsFromJson(source.value(u"where"_s).toObject())](SqlValues &values) {
        const RowSql rows = sql.rows();
        QStringList parts;
        for (const auto &[own, parent] : link)
            parts.append(rows.equal(*kids, u"k"_s, own, *target, u"t"_s, parent));
        if (const QString also = rows.conditions(conditions, *kids, u"k"_s, values, sql.nowUtc()); !also.isEmpty())
            parts.append(also);
        return u"NOT EXISTS (SELECT 1 FROM %1 AS k WHERE %2)"_s.arg(rows.tableName(*kids), parts.join(u" AND "_s));
    };
}

/// Rows that share the values of these columns with another row.
CheckSql::Where repeated(const CheckSql &sql, const CatalogTable &table, const QStringList &columns)
{
    return [sql, target = &table, columns](SqlValues &) {
        QStringList own;
        QStringList inner;
        QStringList present;
        for (const QString &name : columns) {
            own.append(RowSql::column(u"t"_s, name));
            inner.append(RowSql::column(u"d"_s, name));
            present.append(RowSql::column(u"d"_s, name) + u" IS NOT NULL"_s);
        }
        const QString list = own.size() == 1 ? own.front() : u'(' + own.join(u", "_s) + u')';
        const QString names = inner.join(u", "_s);
        return u"%1 IN (SELECT %2 FROM %3 AS d WHERE %4 GROUP BY %2 HAVING count(*) > 1)"_s.arg(list, names, sql.rows().tableName(*target), present.join(u" AND "_s));
    };
}

/// Rows whose key a statement of the profile gives.
CheckSql::Where keysOf(const CheckSql &sql, const CatalogTable &table, const QString &statement)
{
    return [sql, target = &table, statement](SqlValues &) {
        QStringList own;
        for (const QString &name : sql.rows().identity(*target))
            own.append(RowSql::column(u"t"_s, name));
        const QString list = own.size() == 1 ? own.front() : u'(' + own.join(u", "_s) + u')';
        return u"%1 IN (%2)"_s.arg(list, statement);
    };
}

/// Nothing where the check cannot be made on this database.
CheckSql::Where whereOf(const CheckSql &sql, const ProfileCheck &check, const CatalogTable &table)
{
    const QJsonObject &details = check.details;
    if (check.kind == u"orphans") {
        const CatalogTable *parent = sql.rows().table(details.value(u"references"_s).toString());
        const ColumnLink link = linkFromJson(details.value(u"link"_s).toObject());
        return parent && !link.empty() ? orphanCondition(sql, table, *parent, link) : CheckSql::Where();
    }
    if (check.kind == u"stuck" || check.kind == u"rows")
        return rowsWhere(sql, table, details.value(u"where"_s).toObject());
    if (check.kind == u"missing") {
        const QJsonObject source = details.value(u"children"_s).toObject();
        const CatalogTable *children = sql.rows().table(source.value(u"table"_s).toString());
        return children ? childless(sql, table, *children, source) : CheckSql::Where();
    }
    if (check.kind == u"duplicates") {
        QStringList columns;
        for (const QJsonValue &column : details.value(u"columns"_s).toArray())
            columns.append(column.toString());
        return columns.isEmpty() ? CheckSql::Where() : repeated(sql, table, columns);
    }
    const QString statement = details.value(u"sql"_s).toString();
    return check.kind == u"sql" && !statement.isEmpty() && !sql.rows().identity(table).isEmpty() ? keysOf(sql, table, statement) : CheckSql::Where();
}

/// Which column a check is about, where it is about one.
QString columnOf(const ProfileCheck &check)
{
    if (check.kind == u"orphans") {
        QStringList names;
        for (const auto &[own, parent] : linkFromJson(check.details.value(u"link"_s).toObject()))
            names.append(own);
        return names.join(u", "_s);
    }
    if (check.kind == u"stuck" || check.kind == u"rows") {
        const auto conditions = conditionsFromJson(check.details.value(u"where"_s).toObject());
        return conditions.empty() ? QString() : conditions.front().column;
    }
    return {};
}

QString literalOf(const CheckSql &sql, const QJsonValue &value)
{
    if (value.isObject()) {
        const QJsonObject object = value.toObject();
        if (object.contains(u"now"_s))
            return u"CURRENT_TIMESTAMP"_s;
        if (object.contains(u"uuid"_s))
            return sql.isSqlite() ? u"lower(hex(randomblob(16)))"_s : u"gen_random_uuid()"_s;
        if (object.contains(u"column"_s))
            return Connection::quoted(object.value(u"column"_s).toString());
        if (object.contains(u"parameter"_s))
            return u':' + object.value(u"parameter"_s).toString();
        return object.value(u"sql"_s).toString(u"NULL"_s);
    }
    if (value.isBool())
        return sql.isSqlite() ? (value.toBool() ? u"1"_s : u"0"_s) : (value.toBool() ? u"true"_s : u"false"_s);
    if (value.isDouble())
        return valueFromJson(value).toDisplayText();
    return value.isNull() || value.isUndefined() ? u"NULL"_s : sqlLiteral(value.toString());
}

/// A condition with its values written out, for reading.
QString written(QString condition, const SqlValues &values, bool isSqlite)
{
    for (qsizetype i = static_cast<qsizetype>(values.values().size()); i > 0; --i) {
        const Value &value = values.values()[static_cast<std::size_t>(i - 1)];
        const QString text = value.type() == ValueType::Text ? sqlLiteral(value.toDisplayText()) : value.toDisplayText();
        condition.replace((isSqlite ? u'?' : u'$') + QString::number(i), text);
    }
    return condition.replace(u"t.\""_s, u"\""_s);
}

QString updateSql(const CheckSql &sql, const CatalogTable &table, const QJsonObject &set, const QString &where)
{
    QStringList assignments;
    for (auto it = set.begin(); it != set.end(); ++it)
        assignments.append(u"%1 = %2"_s.arg(Connection::quoted(it.key()), literalOf(sql, it.value())));
    return u"UPDATE %1 SET %2%3;"_s.arg(sql.rows().tableName(table), assignments.join(u", "_s), where.isEmpty() ? QString() : u" WHERE "_s + where);
}

QString whereText(const CheckSql &sql, const CatalogTable &table, const QJsonObject &where)
{
    SqlValues values(sql.catalog().engine);
    const QString text = sql.rows().conditions(conditionsFromJson(where), table, u"t"_s, values, sql.nowUtc());
    return written(text, values, sql.isSqlite());
}

} // namespace

QString actionSql(const CheckSql &sql, const QString &actionId)
{
    const ProfileAction *action = sql.profile().action(actionId);
    const CatalogTable *table = action ? sql.rows().table(action->table) : nullptr;
    if (!table)
        return {};
    QString where = whereText(sql, *table, action->details.value(u"where"_s).toObject());
    if (action->rows == u"selection") {
        QStringList keys;
        for (const QString &name : sql.rows().identity(*table))
            keys.append(u"%1 = :%2"_s.arg(Connection::quoted(name), name));
        where = keys.join(u" AND "_s);
    }
    QStringList statements;
    if (const QJsonObject set = action->details.value(u"set"_s).toObject(); !set.isEmpty())
        statements.append(updateSql(sql, *table, set, where));
    for (const QJsonValue &entry : action->details.value(u"steps"_s).toArray()) {
        const QJsonObject step = entry.toObject();
        const QString what = step.value(u"do"_s).toString();
        const CatalogTable *target = sql.rows().table(step.value(u"table"_s).toString(table->name));
        if (what == u"sql")
            statements.append(step.value(u"sql"_s).toString() + u';');
        else if (target && what == u"update")
            statements.append(updateSql(sql, *target, step.value(u"set"_s).toObject(), whereText(sql, *target, step.value(u"where"_s).toObject())));
        else if (target && what == u"delete" && step.contains(u"where"_s))
            statements.append(u"DELETE FROM %1 WHERE %2;"_s.arg(sql.rows().tableName(*target), whereText(sql, *target, step.value(u"where"_s).toObject())));
    }
    return statements.join(u'\n');
}

std::vector<CheckStep> profileChecks(const CheckSql &sql)
{
    std::vector<CheckStep> steps;
    for (const ProfileCheck &check : sql.profile().checks) {
        const CatalogTable *table = sql.rows().table(check.table);
        const CheckSql::Where where = table ? whereOf(sql, check, *table) : CheckSql::Where();
        if (!where)
            continue;
        Finding base;
        base.check = check.id;
        base.title = check.title;
        base.explanation = check.about;
        base.severity = severityFromName(check.severity);
        base.fixAction = check.fix;
        base = CheckSql::at(*table, columnOf(check), base);
        if (const ProfileAction *action = check.fix.isEmpty() ? nullptr : sql.profile().action(check.fix)) {
            base.fixSql = actionSql(sql, check.fix);
            base.repairs = {*action};
        }
        steps.push_back({check.title, [sql, table, where, base](Connection &connection) { return sql.find(connection, *table, where, {}, base); }});
    }
    return steps;
}

} // namespace turnstone
