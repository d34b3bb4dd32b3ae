// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/browsing/hierarchyplace.h"

#include <algorithm>
#include <optional>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

using Test = ProfileCondition::Test;

/// "x%" and nothing else with a meaning in a pattern.
std::optional<QString> prefixOf(const QString &pattern)
{
    if (!pattern.endsWith(u'%') || pattern.chopped(1).contains(u'%') || pattern.contains(u'_') || pattern.contains(u'\\'))
        return {};
    return pattern.chopped(1);
}

/// Nothing if filters have no word for the condition.
std::optional<RowFilter> filterOf(const ProfileCondition &condition)
{
    RowFilter filter;
    filter.column = condition.column;
    std::vector<Value> values;
    for (const QJsonValue &value : condition.values)
        values.push_back(valueFromJson(value));
    const bool isOne = values.size() == 1;
    const bool isNull = isOne && values.front().isNull();
    switch (condition.test) {
    case Test::Equal: filter.op = isNull ? FilterOperator::IsNull : isOne ? FilterOperator::Equals : FilterOperator::In; break;
    case Test::Not:
        if (!isOne)
            return {};
        filter.op = isNull ? FilterOperator::IsNotNull : FilterOperator::NotEquals;
        break;
    case Test::Less: filter.op = FilterOperator::Less; break;
    case Test::LessOrEqual: filter.op = FilterOperator::LessOrEqual; break;
    case Test::Greater: filter.op = FilterOperator::Greater; break;
    case Test::GreaterOrEqual: filter.op = FilterOperator::GreaterOrEqual; break;
    case Test::Like: {
        const std::optional<QString> prefix = isOne ? prefixOf(condition.values.front().toString()) : std::nullopt;
        if (!prefix)
            return {};
        filter.op = FilterOperator::StartsWith;
        values = {Value::text(*prefix)};
        break;
    }
    default: return {};
    }
    if (filter.op != FilterOperator::IsNull && filter.op != FilterOperator::IsNotNull)
        filter.values = std::move(values);
    return filter;
}

std::vector<SortTerm> sortOf(const std::vector<OrderColumn> &order)
{
    std::vector<SortTerm> terms;
    for (const OrderColumn &column : order)
        terms.push_back({column.column, column.descending});
    return terms;
}

/// No row at all for NULL, which a key does not match.
RowFilter equalTo(const QString &column, const Value &value)
{
    if (value.isNull())
        return {column, FilterOperator::In, {}, false};
    return {column, FilterOperator::Equals, {value}, false};
}

} // namespace

Result<GroupPlace> placeOfGroup(Hierarchy &hierarchy, const TreePath &group)
{
    const Result<TreeGroupRows> rows = hierarchy.groupRows(group);
    if (!rows)
        return failure(rows);
    GroupPlace found;
    TablePlace &place = found.place;
    place.schema = rows->schema;
    place.table = rows->table;
    if (!rows->junction.isEmpty() && !rows->targets) {
        place.schema = rows->junctionSchema;
        place.table = rows->junction;
        for (const auto &[column, value] : rows->link)
            place.selection.filters.push_back(equalTo(column, value));
        place.selection.order = sortOf(rows->group->via->order);
        found.isExact = rows->group->where.empty();
        return found;
    }
    place.selection.order = sortOf(rows->group->order);
    if (rows->targets) {
        place.selection.filters.push_back({rows->group->via->to.front().second, FilterOperator::In, *rows->targets, false});
    } else {
        for (const auto &[column, value] : rows->link)
            place.selection.filters.push_back(equalTo(column, value));
    }
    // What is written with slashes around it, or NULL for the empty one, has no word in a filter.
    if (rows->folder && rows->folder->endsWith(u'/')) {
        place.selection.filters.push_back({rows->group->fold, FilterOperator::StartsWith, {Value::text(rows->folder->chopped(1))}, false});
        found.isExact = false;
    } else if (rows->folder) {
        place.selection.filters.push_back({rows->group->fold, FilterOperator::Equals, {Value::text(*rows->folder)}, false});
        found.isExact = !rows->folder->isEmpty();
    }
    if (rows->isSelf)
        return found;
    // The roots of a tree of one table.
    if (const ColumnLink &self = rows->group->selfLink; self.size() == 1)
        place.selection.filters.push_back({self.front().first, FilterOperator::PointsNowhere, {Value::text(self.front().second)}, false});
    else
        found.isExact = found.isExact && self.empty();
    for (const ProfileCondition &condition : rows->group->where) {
        if (std::optional<RowFilter> filter = filterOf(condition))
            place.selection.filters.push_back(std::move(*filter));
        else
            found.isExact = false;
    }
    return found;
}

} // namespace turnstone
