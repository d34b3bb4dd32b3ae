// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/connection.h"
#include "models/edit/editrules.h"
#include "models/edit/stagedrow.h"

#include <QDateTime>

#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace turnstone {

/// What an intent to change values comes to, by the rules of the table and its application. Pure functions except where a
/// connection is asked for; those block.
struct PlannedEdit
{
    /// The values wanted, and those that the application sets together with them.
    std::vector<std::pair<QString, Value>> values;
    std::vector<RuleBreach> breaches;
    /// A column among them is never changed in place.
    std::optional<EditRules::Immutable> immutable;

    /// The first breach that forbids it; null if none does.
    const RuleBreach *refusal() const;
};
PlannedEdit planEdit(const CatalogTable &table, const TableProfile *profile, const std::map<QString, Value> &row, const std::vector<std::pair<QString, Value>> &wanted, const QDateTime &nowUtc);

/// A new row with the application's defaults and `given`.
PlannedEdit planAddition(const CatalogTable &table, const TableProfile *profile, const std::map<QString, Value> &given, const QDateTime &nowUtc);

/// A new row in the place of an immutable one: its values with the changes, pointing to it. `identity` names it.
std::map<QString, Value> forkOf(const CatalogTable &table, const TableProfile *profile, const EditRules::Immutable &rule, const std::map<QString, Value> &row, const RowKey &identity,
                                const std::vector<std::pair<QString, Value>> &changes, const QDateTime &nowUtc);

/// The rows of an ordered table in their new order, and what their order column becomes. Empty where nothing changes, or where
/// the profile does not say that the table is ordered.
struct PlannedOrder
{
    QString column;
    std::vector<std::pair<std::size_t, Value>> changes; ///< position in `rows`
};
PlannedOrder planOrder(const CatalogTable &table, const TableProfile *profile, const std::vector<std::map<QString, Value>> &rows);

/// The column by which the profile says a table is ordered; empty if it does not.
QString orderColumn(const TableProfile *profile);
/// All rows that `row` is ordered with, in their order as stored. Errors: Unsupported for more than `most`.
[[nodiscard]] Result<std::vector<RowImage>> readOrdered(Connection &connection, const CatalogTable &table, const TableProfile *profile, const RowImage &row, int most = 2000);

/// One row, whole, by the columns that name it for the application; its address is the one that edits use.
/// Errors: NotFound, Unsupported if its table cannot be edited.
[[nodiscard]] Result<RowImage> readImage(Connection &connection, const CatalogTable &table, const TableProfile *profile, const QStringList &identity, const RowKey &key);

/// A text of another row that names the row that is being renamed, before and after.
struct MentionChange
{
    RowImage image;
    QString column;
    Value before;
    Value after;
};
/// The texts that the profile says mention `table`.`column`, where they name `before`. Errors: Unsupported for more than `most`.
[[nodiscard]] Result<std::vector<MentionChange>> planRename(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, const CatalogTable &table, const QString &column,
                                                            const Value &before, const Value &after, int most = 5000);
/// `text` with every mention of `before` replaced; the same if there is none.
QString renamedMentions(const QString &text, const QString &pattern, const QString &before, const QString &after);

} // namespace turnstone
