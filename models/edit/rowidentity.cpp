// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/edit/rowidentity.h"

#include <QCoreApplication>

#include <algorithm>

namespace turnstone {

namespace {

struct RowIdentityText
{
    Q_DECLARE_TR_FUNCTIONS(RowIdentity)
};

QString kindRefusal(const CatalogTable &table)
{
    switch (table.kind) {
    case TableKind::View: return RowIdentityText::tr("%1 is a view: its rows are made from other tables.").arg(table.name);
    case TableKind::MaterializedView: return RowIdentityText::tr("%1 is a materialized view: its rows are made from other tables.").arg(table.name);
    case TableKind::VirtualTable: return RowIdentityText::tr("%1 is a virtual table of the module %2.").arg(table.name, table.module);
    case TableKind::ForeignTable: return RowIdentityText::tr("%1 is a foreign table: its rows are on another server.").arg(table.name);
    case TableKind::Shadow: return RowIdentityText::tr("%1 belongs to a virtual table, which alone may change it.").arg(table.name);
    case TableKind::Table:
    case TableKind::Partitioned: break;
    }
    return {};
}

bool hasAll(const CatalogTable &table, const QStringList &columns)
{
    return !columns.isEmpty() && std::ranges::all_of(columns, [&](const QString &column) { return table.hasColumn(column); });
}

} // namespace

RowIdentity rowIdentityOf(const CatalogTable &table, const TableProfile *profile, const QStringList &chosen)
{
    if (!table.problem.isEmpty())
        return {RowIdentity::Kind::None, {}, RowIdentityText::tr("%1 cannot be read: %2").arg(table.name, table.problem)};
    if (const QString refusal = kindRefusal(table); !refusal.isEmpty())
        return {RowIdentity::Kind::None, {}, refusal};
    if (const QString rowid = table.rowidName(); !rowid.isEmpty())
        return {RowIdentity::Kind::Rowid, {rowid}, {}};
    if (!table.primaryKey.isEmpty())
        return {RowIdentity::Kind::PrimaryKey, table.primaryKey, {}};
    if (const QStringList unique = table.identityColumns(); !unique.isEmpty())
        return {RowIdentity::Kind::UniqueKey, unique, {}};
    if (profile != nullptr && hasAll(table, profile->key))
        return {RowIdentity::Kind::ProfileKey, profile->key, {}};
    if (hasAll(table, chosen))
        return {RowIdentity::Kind::ChosenKey, chosen, {}};
    return {RowIdentity::Kind::None, {}, RowIdentityText::tr("Nothing tells the rows of %1 apart: it has no primary key and no unique key without NULLs.").arg(table.name)};
}

QString columnRefusal(const CatalogTable &table, const QString &name)
{
    const CatalogColumn *column = table.column(name);
    if (column == nullptr)
        return RowIdentityText::tr("%1 has no column %2.").arg(table.name, name);
    if (column->hidden)
        return RowIdentityText::tr("%1 is hidden.").arg(name);
    if (column->generated && !column->identity)
        return RowIdentityText::tr("The database computes %1 itself: %2").arg(name, column->generatedSql);
    if (column->generated && column->identity)
        return RowIdentityText::tr("The database numbers %1 itself.").arg(name);
    return {};
}

const TableProfile *tableProfile(const ResolvedProfile &profile, const CatalogTable &table)
{
    return profile.schema.isEmpty() || profile.schema == table.schema ? profile.table(table.name) : nullptr;
}

} // namespace turnstone
