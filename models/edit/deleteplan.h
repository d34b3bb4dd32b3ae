// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/connection.h"
#include "models/edit/editstatement.h"
#include "models/profiles/rowsql.h"

#include <QStringList>

#include <vector>

namespace turnstone {

/// Rows of another table that belong to rows that are to be deleted, and what becomes of them.
struct DeleteConsequence
{
    enum class Does { Cascade, SetNull, SetDefault, Restrict, Leave, Ask };

    Does does = Does::Leave;
    QString schema;
    QString table;
    QStringList columns;
    /// The table whose rows they belong to, and how far below the deleted rows; 1 for their own.
    QString above;
    int depth = 1;
    qint64 rows = 0;
    /// The database does it by itself.
    bool isDeclared = false;
    QString about;
};

/// What a delete takes along, through declared cascades and those that only the application knows, counted.
struct DeletePlan
{
    /// From above to below; only those with rows.
    std::vector<DeleteConsequence> consequences;
    /// To be run before the rows themselves are deleted, in this order.
    std::vector<BoundStatement> statements;
    /// Who holds the rows, as a sentence; empty if nobody does.
    QString refusal;
    /// Whether there are rows about which the user is to be asked (Does::Ask).
    bool asks = false;
    /// What the profile sets instead of deleting; empty if it has nothing of the kind.
    QJsonObject deactivate;

    /// What goes along, added up by table, as it is agreed to.
    std::vector<GoesAlong> goesAlong() const;
    /// "132 rows of messages are deleted", a line each.
    QStringList sentences() const;
};

/// `takesAsked`: the user said that rows of Does::Ask go along. Reads only. Blocks.
[[nodiscard]] Result<DeletePlan> planDelete(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, const CatalogTable &table,
                                            const QStringList &keyColumns, const std::vector<RowKey> &keys, bool takesAsked);

} // namespace turnstone
