// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"

#include <QAbstractItemModel>

#include <memory>
#include <vector>

namespace turnstone {

/// Open databases and, below each, its tables and views with their numbers of rows. GUI thread only.
class DatabaseTreeModel final : public QAbstractItemModel
{
    Q_OBJECT

public:
    enum Role {
        DatabaseIdRole = Qt::UserRole + 1, ///< int, as given to addDatabase()
        TableIndexRole,  ///< index in Catalog::tables; -1 for a database
        CountRole,       ///< qint64; -1 while unknown
        CountExactRole,  ///< false: at least so many
        TableKindRole,   ///< turnstone::TableKind
        ProblemRole      ///< why the table cannot be read
    };

    using QAbstractItemModel::QAbstractItemModel;

    /// `title` and `tooltip` name the database; hidden objects (shadow tables) are left out.
    QModelIndex addDatabase(int id, const QString &title, const QString &tooltip, const Catalog &catalog);
    void removeDatabase(int id);
    void setCount(int id, int tableIndex, qint64 rows, bool exact);
    QModelIndex indexOf(int id, int tableIndex) const;

    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    QModelIndex parent(const QModelIndex &child) const override;
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;

private:
    struct Table
    {
        int index = 0;
        QString title;
        QString problem;
        TableKind kind = TableKind::Table;
        qint64 count = -1;
        bool exact = false;
    };
    struct Database
    {
        int id = 0;
        QString title;
        QString tooltip;
        std::vector<Table> tables;
    };

    int rowOf(int id) const;

    std::vector<std::unique_ptr<Database>> m_databases; // a table's index points to its database
};

} // namespace turnstone
