// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/checks/keychecks.h"

#include "models/checks/columnrepairs.h"

#include <QCoreApplication>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

struct KeyChecksText
{
    Q_DECLARE_TR_FUNCTIONS(KeyChecks)
};

QStringList childColumns(const ColumnLink &link)
{
    QStringList names;
    for (const auto &[own, parent] : link)
        names.append(own);
    return names;
}

bool isSame(const ColumnLink &a, const ColumnLink &b)
{
    return std::ranges::is_permutation(a, b, [](const auto &x, const auto &y) {
        return x.first.compare(y.first, Qt::CaseInsensitive) == 0 && x.second.compare(y.second, Qt::CaseInsensitive) == 0;
    });
}

/// Whether the profile has a check of its own for the key: one that knows what it means and what repairs it.
bool isLeftToProfile(const CheckSql &sql, const CatalogTable &child, const CatalogTable &parent, const ColumnLink &link)
{
    if (!sql.meaning(child))
        return false;
    return std::ranges::any_of(sql.profile().checks, [&](const ProfileCheck &check) {
        return check.kind == u"orphans" && check.table == child.name && check.details.value(u"references"_s).toString() == parent.name
               && isSame(linkFromJson(check.details.value(u"link"_s).toObject()), link);
    });
}

CheckStep orphanStep(const CheckSql &sql, const CatalogTable &child, const CatalogTable &parent, const ColumnLink &link, bool isDeclared)
{
    const QString columns = childColumns(link).join(u", "_s);
    Finding base;
    base.check = isDeclared ? u"foreign-key"_s : u"orphans"_s;
    base.title = KeyChecksText::tr("Rows of %1 whose %2 leads to no row of %3").arg(child.name, columns, parent.name);
    base.explanation = isDeclared ? KeyChecksText::tr("The database declares this key, but was written without enforcing it.")
                                  : KeyChecksText::tr("The database does not declare this key; the application uses it as one.");
    base.severity = isDeclared ? FindingSeverity::Error : FindingSeverity::Warning;
    const CheckSql::Where where = orphanCondition(sql, child, parent, link);
    SqlValues none(sql.catalog().engine);
    const QString condition = where(none);
    const CatalogColumn *column = link.size() == 1 ? child.column(link.front().first) : nullptr;
    base.repairs = {deleteRepair(child, condition)};
    if (column != nullptr && !column->notNull && !child.primaryKey.contains(column->name))
        base.repairs.insert(base.repairs.begin(), clearRepair(child, column->name, condition));
    base.fixSql = repairSql(base.repairs.front());
    QString shown = RowSql::column(u"t"_s, link.front().first);
    return {base.title, [sql, table = &child, where, shown, base = CheckSql::at(child, columns, base)](Connection &connection) {
                return sql.find(connection, *table, where, shown, base);
            }};
}

CheckStep missingTableStep(const CheckSql &sql, const CatalogTable &child, const CatalogForeignKey &key)
{
    Finding base;
    base.check = u"foreign-key"_s;
    base.title = KeyChecksText::tr("%1 of %2 is a key to the table %3, which is not there").arg(key.columns.join(u", "_s), child.name, key.referencedTable);
    base.explanation = KeyChecksText::tr("With enforced foreign keys no row of the table can be written.");
    base.severity = FindingSeverity::Error;
    const QString column = RowSql::column(u"t"_s, key.columns.front());
    return {base.title, [sql, table = &child, column, base = CheckSql::at(child, key.columns.join(u", "_s), base)](Connection &connection) {
                return sql.find(connection, *table, [column](SqlValues &) { return column + u" IS NOT NULL"_s; }, column, base);
            }};
}

void addDeclared(const CheckSql &sql, const CatalogTable &child, std::vector<CheckStep> &steps)
{
    for (const CatalogForeignKey &key : child.foreignKeys) {
        const CatalogTable *parent = sql.catalog().table(key.referencedTable, key.referencedSchema);
        if (!parent) {
            steps.push_back(missingTableStep(sql, child, key));
            continue;
        }
        if (key.columns.isEmpty() || key.columns.size() != key.referencedColumns.size())
            continue;
        ColumnLink link;
        for (qsizetype i = 0; i < key.columns.size(); ++i)
            link.emplace_back(key.columns[i], key.referencedColumns[i]);
        const bool isUsable = std::ranges::all_of(link, [&](const auto &pair) { return child.hasColumn(pair.first) && parent->hasColumn(pair.second); });
        if (isUsable && !isLeftToProfile(sql, child, *parent, link))
            steps.push_back(orphanStep(sql, child, *parent, link, true));
    }
}

void addVirtual(const CheckSql &sql, const CatalogTable &child, std::vector<CheckStep> &steps)
{
    const TableProfile *known = sql.meaning(child);
    if (!known)
        return;
    for (const ColumnProfile &column : known->columns) {
        const CatalogTable *parent = column.referencedTable.isEmpty() ? nullptr : sql.rows().table(column.referencedTable);
        if (!parent || !child.hasColumn(column.name) || !parent->hasColumn(column.referencedColumn))
            continue;
        const bool isDeclared = std::ranges::any_of(child.foreignKeys, [&](const CatalogForeignKey &key) {
            return key.columns.size() == 1 && key.columns.front().compare(column.name, Qt::CaseInsensitive) == 0;
        });
        const ColumnLink link{{column.name, column.referencedColumn}};
        if (!isDeclared && !isLeftToProfile(sql, child, *parent, link))
            steps.push_back(orphanStep(sql, child, *parent, link, false));
    }
}

} // namespace

CheckSql::Where orphanCondition(const CheckSql &sql, const CatalogTable &child, const CatalogTable &parent, const ColumnLink &link)
{
    return [sql, table = &child, target = &parent, link](SqlValues &) {
        const RowSql rows = sql.rows();
        QStringList present;
        QStringList equal;
        QStringList targets;
        for (const auto &[own, other] : link) {
            present.append(RowSql::column(u"t"_s, own) + u" IS NOT NULL"_s);
            equal.append(rows.equal(*target, u"p"_s, other, *table, u"t"_s, own));
            targets.append(other);
        }
        const QString from = rows.tableName(*target);
        // Without an index EXISTS would read the whole table for every row; a list of keys is made once.
        if (sql.isSqlite() && link.size() == 1 && !RowSql::isIndexed(*target, targets)) {
            const QString key = RowSql::column(u"p"_s, targets.front());
            return u"%1 AND %2 NOT IN (SELECT %3 FROM %4 AS p WHERE %3 IS NOT NULL)"_s.arg(present.front(), RowSql::column(u"t"_s, link.front().first), key, from);
        }
        return u"%1 AND NOT EXISTS (SELECT 1 FROM %2 AS p WHERE %3)"_s.arg(present.join(u" AND "_s), from, equal.join(u" AND "_s));
    };
}

std::vector<CheckStep> keyChecks(const CheckSql &sql)
{
    std::vector<CheckStep> steps;
    for (const CatalogTable *table : sql.tables()) {
        addDeclared(sql, *table, steps);
        addVirtual(sql, *table, steps);
    }
    return steps;
}

} // namespace turnstone
