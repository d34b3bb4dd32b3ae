// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/checks/columnrepairs.h"

#include <QCoreApplication>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

struct RepairText
{
    Q_DECLARE_TR_FUNCTIONS(ColumnRepairs)
};

QString nameOf(const CatalogTable &table)
{
    return table.engine == Engine::PostgreSql ? Connection::quoted(table.schema, table.name) : Connection::quoted(table.name);
}

} // namespace

ProfileAction repairBy(const CatalogTable &table, const QString &title, const QString &about, const QString &sql, const QString &preview)
{
    ProfileAction action;
    action.id = u"repair"_s;
    action.title = title;
    action.about = about;
    action.table = table.name;
    action.rows = u"database"_s;
    action.details = {{u"steps"_s, QJsonArray{QJsonObject{{u"do"_s, u"sql"_s}, {u"sql"_s, sql}}}}, {u"preview"_s, preview}, {u"confirm"_s, true}};
    return action;
}

QString repairSql(const ProfileAction &repair)
{
    return repair.details.value(u"steps"_s).toArray().first().toObject().value(u"sql"_s).toString() + u';';
}

ProfileAction timeRepair(const CheckSql &sql, const CatalogTable &table, const CatalogColumn &column, TimeForm right, bool isUtc)
{
    const QString name = Connection::quoted(column.name);
    const bool hasZone = right == TimeForm::SpacedZone || right == TimeForm::WithTAndZone;
    const bool hasT = right == TimeForm::WithT || right == TimeForm::WithTAndZone;
    const QString ownZone = sql.isSqlite() ? u"substr(%1, 12) GLOB '*[-+Z]*'"_s.arg(name) : u"substr(%1, 12) ~ '[-+Z]'"_s.arg(name);
    const QString zoneless = u"replace(replace(substr(%1, 12), '+00:00', ''), 'Z', '')"_s.arg(name);
    const QString noOtherZone = sql.isSqlite() ? u"%1 NOT GLOB '*[-+]*'"_s.arg(zoneless) : u"%1 !~ '[-+]'"_s.arg(zoneless);
    const QString time = !isUtc ? u"substr(%1, 12)"_s.arg(name) : hasZone ? u"%1 || '%2'"_s.arg(zoneless, hasT ? u"Z"_s : u"+00:00"_s) : zoneless;
    const QString whole = u"substr(%1, 1, 10) || '%2' || %3"_s.arg(name, hasT ? u"T"_s : u" "_s, time);
    QStringList where{u"substr(%1, 11, 1) IN (' ', 'T')"_s.arg(name), isUtc ? noOtherZone : (hasZone ? u"%1"_s : u"NOT (%1)"_s).arg(ownZone), u"%1 <> %2"_s.arg(name, whole)};
    if (sql.isSqlite())
        where.prepend(u"typeof(%1) = 'text'"_s.arg(name));
    return repairBy(table, RepairText::tr("Write the times alike"),
                    isUtc ? RepairText::tr("All times are UTC: they stay the same moments.") : RepairText::tr("Only the letter between date and time changes; times with and without a zone stay apart."),
                    u"UPDATE %1 SET %2 = %3 WHERE %4"_s.arg(nameOf(table), name, whole, where.join(u" AND "_s)), RepairText::tr("{count} times are written like the others."));
}

ProfileAction numberRepair(const CatalogTable &table, const CatalogColumn &column)
{
    const QString name = Connection::quoted(column.name);
    return repairBy(table, RepairText::tr("Make numbers of them"), RepairText::tr("Texts that are whole numbers become numbers; others stay."),
                    u"UPDATE %1 SET %2 = CAST(%2 AS INTEGER) WHERE typeof(%2) = 'text' AND CAST(CAST(%2 AS INTEGER) AS TEXT) = %2"_s.arg(nameOf(table), name),
                    RepairText::tr("{count} texts become numbers."));
}

ProfileAction truthRepair(const CatalogTable &table, const CatalogColumn &column)
{
    const QString name = Connection::quoted(column.name);
    return repairBy(table, RepairText::tr("Make 1 and 0 of them"), RepairText::tr("true, yes and on become 1; false, no and off become 0; others stay."),
                    u"UPDATE %1 SET %2 = lower(%2) IN ('true', 'yes', 'on', 't', 'y') WHERE typeof(%2) = 'text' AND lower(%2) IN ('true', 'yes', 'on', 't', 'y', 'false', 'no', 'off', 'f', 'n')"_s.arg(nameOf(table), name),
                    RepairText::tr("{count} words become 1 or 0."));
}

ProfileAction deleteRepair(const CatalogTable &table, const QString &condition)
{
    return repairBy(table, RepairText::tr("Delete the rows"), RepairText::tr("Rows of %1 that lead to nothing are deleted, with what belongs to them.").arg(table.name),
                    u"DELETE FROM %1 AS t WHERE %2"_s.arg(nameOf(table), condition), RepairText::tr("{count} rows of %1 are deleted.").arg(table.name));
}

ProfileAction clearRepair(const CatalogTable &table, const QString &column, const QString &condition)
{
    return repairBy(table, RepairText::tr("Make %1 NULL").arg(column), RepairText::tr("The rows stay, but lead nowhere."),
                    u"UPDATE %1 AS t SET %2 = NULL WHERE %3"_s.arg(nameOf(table), Connection::quoted(column), condition), RepairText::tr("{count} rows of %1 lead nowhere any more.").arg(table.name));
}

} // namespace turnstone
