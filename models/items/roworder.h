// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/core/result.h"
#include "models/items/boundsql.h"
#include "models/items/rowselection.h"
#include "models/items/tablequery.h"

#include <vector>

namespace turnstone {

/// A complete order of a table's rows: sort columns, then the key, so that no two rows are equal. A row's
/// place in it is its tuple: the values of all these columns.
///
/// The rows behind a tuple are several ranges of an index one after the other ("same a, same b, greater
/// key", "same a, greater b", "greater a"), with the NULLs of a column as a range of their own. Each range is
/// a short statement that both engines answer from an index, whatever the directions. NULL comes first
/// ascending and last descending. A value type.
class RowOrder
{
public:
    /// One range: equal in the first `equal` columns, and a condition on the next.
    struct Range
    {
        enum class Bound { All, Behind, AtOrBehind, NotNull, OnlyNull };
        int equal = 0;
        Bound bound = Bound::All;
    };

    struct Column
    {
        QString name; ///< quoted
        bool isDescending = false;
        bool isNullable = false;
    };

    /// `keyDescending` is the direction of the key behind the sort columns.
    RowOrder(const CatalogTable &table, const TableQuery &query, const std::vector<SortTerm> &terms, bool keyDescending);

    static Result<> check(const CatalogTable &table, const std::vector<SortTerm> &terms);

    /// Those of a tuple; none twice.
    const std::vector<Column> &columns() const { return m_columns; }
    int size() const { return static_cast<int>(m_columns.size()); }
    /// Whether it is the key's own order, forwards.
    bool isNatural() const { return m_isNatural; }
    /// The columns of a tuple, quoted, with commas.
    QString columnList() const;
    /// The order's clause, for rows of one range.
    QString orderBy(const Range &range) const;
    /// The same for all rows.
    QString orderBy() const { return orderBy({-1, Range::Bound::All}); }
    /// A row's key out of its tuple.
    RowKey key(const RowKey &tuple) const;

    /// All rows, as ranges in order.
    std::vector<Range> all() const;
    /// The rows behind the tuple, or from it on, as ranges in order.
    std::vector<Range> from(const RowKey &tuple, bool inclusive) const;
    /// The range's condition; empty if it is all rows.
    QString condition(const Range &range, const RowKey &tuple, BoundSql &sql) const;
    /// True for rows before the tuple; false or NULL for it and those behind.
    QString isBefore(const RowKey &tuple, BoundSql &sql) const;

private:
    Engine m_engine;
    std::vector<Column> m_columns;
    std::vector<int> m_keyAt; // where in a tuple the key's columns stand
    bool m_isNatural = true;
};

} // namespace turnstone
