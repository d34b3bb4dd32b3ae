// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/value.h"

#include <QString>

#include <vector>

namespace turnstone {

enum class FilterOperator {
    Equals,
    NotEquals, ///< NULL is not equal to anything and passes
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Between, ///< two values, both included
    In,
    Contains, ///< of the value's text
    NotContains, ///< NULL passes
    StartsWith,
    IsNull,
    IsNotNull,
    PointsNowhere ///< one value, the name of a column of the same table: NULL there, or no row has it there, or only the row itself
};

/// A condition on one column. `values` has as many as the operator takes.
struct RowFilter
{
    QString column;
    FilterOperator op = FilterOperator::Equals;
    std::vector<Value> values;
    /// For Contains, NotContains and StartsWith.
    bool isCaseSensitive = false;

    friend bool operator==(const RowFilter &, const RowFilter &) = default;
};

struct SortTerm
{
    QString column;
    bool isDescending = false;

    friend bool operator==(const SortTerm &, const SortTerm &) = default;
};

/// Which rows of a table, and in which order: all filters hold; rows are ordered by the terms and then
/// by their key, forwards or backwards as the index has it that carries the order, else in the direction of
/// the first term. Without terms, in the key's order. NULL comes first ascending and last descending, on
/// both engines.
struct RowSelection
{
    std::vector<RowFilter> filters;
    std::vector<SortTerm> order;

    bool isEmpty() const { return filters.empty() && order.empty(); }
    friend bool operator==(const RowSelection &, const RowSelection &) = default;
};

} // namespace turnstone
