// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/databasetreemodel.h"

#include <QLocale>

namespace turnstone {

using namespace Qt::StringLiterals;

QModelIndex DatabaseTreeModel::addDatabase(int id, const QString &title, const QString &tooltip, const Catalog &catalog)
{
    auto database = std::make_unique<Database>();
    database->id = id;
    database->title = title;
    database->tooltip = tooltip;
    const QString mainSchema = catalog.schemas.isEmpty() ? QString() : catalog.schemas.front();
    for (int i = 0; i < static_cast<int>(catalog.tables.size()); ++i) {
        const CatalogTable &table = catalog.tables[static_cast<std::size_t>(i)];
        if (table.kind == TableKind::Shadow)
            continue;
        Table row;
        row.index = i;
        row.title = table.schema == mainSchema ? table.name : table.schema + u'.' + table.name;
        row.problem = table.problem;
        row.kind = table.kind;
        database->tables.push_back(row);
    }
    const int row = static_cast<int>(m_databases.size());
    beginInsertRows({}, row, row);
    m_databases.push_back(std::move(database));
    endInsertRows();
    return index(row, 0);
}

void DatabaseTreeModel::removeDatabase(int id)
{
    const int row = rowOf(id);
    if (row < 0)
        return;
    beginRemoveRows({}, row, row);
    const auto removed = std::move(m_databases[static_cast<std::size_t>(row)]);
    m_databases.erase(m_databases.begin() + row);
    endRemoveRows();
}

void DatabaseTreeModel::setCount(int id, int tableIndex, qint64 rows, bool exact)
{
    const QModelIndex changed = indexOf(id, tableIndex);
    if (!changed.isValid())
        return;
    Table &table = static_cast<Database *>(changed.internalPointer())->tables[static_cast<std::size_t>(changed.row())];
    table.count = rows;
    table.exact = exact;
    emit dataChanged(changed, changed);
}

QModelIndex DatabaseTreeModel::indexOf(int id, int tableIndex) const
{
    const int row = rowOf(id);
    if (row < 0)
        return {};
    if (tableIndex < 0)
        return index(row, 0);
    const Database &database = *m_databases[static_cast<std::size_t>(row)];
    for (int i = 0; i < static_cast<int>(database.tables.size()); ++i) {
        if (database.tables[static_cast<std::size_t>(i)].index == tableIndex)
            return index(i, 0, index(row, 0));
    }
    return {};
}

int DatabaseTreeModel::rowOf(int id) const
{
    for (int i = 0; i < static_cast<int>(m_databases.size()); ++i) {
        if (m_databases[static_cast<std::size_t>(i)]->id == id)
            return i;
    }
    return -1;
}

QModelIndex DatabaseTreeModel::index(int row, int column, const QModelIndex &parent) const
{
    if (!hasIndex(row, column, parent))
        return {};
    // A database has no pointer; a table has that of its database.
    return parent.isValid() ? createIndex(row, column, m_databases[static_cast<std::size_t>(parent.row())].get()) : createIndex(row, column);
}

QModelIndex DatabaseTreeModel::parent(const QModelIndex &child) const
{
    if (!child.isValid() || child.internalPointer() == nullptr)
        return {};
    return createIndex(rowOf(static_cast<Database *>(child.internalPointer())->id), 0);
}

int DatabaseTreeModel::rowCount(const QModelIndex &parent) const
{
    if (!parent.isValid())
        return static_cast<int>(m_databases.size());
    if (parent.column() != 0 || parent.internalPointer() != nullptr)
        return 0;
    return static_cast<int>(m_databases[static_cast<std::size_t>(parent.row())]->tables.size());
}

int DatabaseTreeModel::columnCount(const QModelIndex &) const
{
    return 1;
}

QVariant DatabaseTreeModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const auto *database = static_cast<const Database *>(index.internalPointer());
    if (database == nullptr) {
        const Database &own = *m_databases[static_cast<std::size_t>(index.row())];
        switch (role) {
        case Qt::DisplayRole: return own.title;
        case Qt::ToolTipRole: return own.tooltip;
        case DatabaseIdRole: return own.id;
        case TableIndexRole: return -1;
        default: return {};
        }
    }
    const Table &table = database->tables[static_cast<std::size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole: return table.title;
    case Qt::ToolTipRole: return table.problem.isEmpty() ? QVariant() : QVariant(table.problem);
    case Qt::AccessibleTextRole:
        return table.count < 0 ? table.title : tr("%1, %2 rows").arg(table.title, QLocale().toString(table.count));
    case DatabaseIdRole: return database->id;
    case TableIndexRole: return table.index;
    case CountRole: return table.count;
    case CountExactRole: return table.exact;
    case TableKindRole: return QVariant::fromValue(table.kind);
    case ProblemRole: return table.problem;
    default: return {};
    }
}

} // namespace turnstone
