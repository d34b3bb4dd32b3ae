// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/checks/checksql.h"

namespace turnstone {

/// A question about the values of one column that a single pass over the table answers, together with
/// all others of that table.
struct ColumnProbe
{
    /// Rows of a kind. `name` shows the kind to the user where a probe has several.
    struct Kind
    {
        QString name;
        CheckSql::Where where;
    };
    enum class Judge {
        AnyIsWrong, ///< rows of the first kind are at fault
        OneKindOnly ///< all rows should be of one kind; those that are not of the most frequent are at fault
    };

    Finding base;
    Judge judge = Judge::AnyIsWrong;
    std::vector<Kind> kinds;
    QString shown; ///< expression for the sample
    /// Of OneKindOnly: the kind that is right whatever is most frequent; -1: none.
    int expected = -1;
    /// What makes the others like the kind that is right.
    std::function<std::vector<ProfileAction>(std::size_t right)> repairs;
};

/// Everything that the declarations and the profile say about the columns of a table.
std::vector<ColumnProbe> columnProbes(const CheckSql &sql, const CatalogTable &table);
/// The rules of the profile for a table, as far as the engine can check them.
std::vector<ColumnProbe> ruleProbes(const CheckSql &sql, const CatalogTable &table);
/// CHECK constraints of a SQLite table: integrity_check leaves them out on a read-only connection, which does
/// not even parse them.
std::vector<ColumnProbe> constraintProbes(const CheckSql &sql, const CatalogTable &table);
/// One pass for the counts, and a statement for each sample.
Result<std::vector<Finding>> runProbes(Connection &connection, const CheckSql &sql, const CatalogTable &table, const std::vector<ColumnProbe> &probes);

/// Whether the profile takes the column for a point in time, or it is declared as one.
bool isTimeColumn(const CatalogColumn &column, const ColumnProfile *meaning);
bool isNumericColumn(const CatalogColumn &column);
bool isTextColumn(const CatalogColumn &column);

} // namespace turnstone
