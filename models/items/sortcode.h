// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/rowblock.h"
#include "models/items/columncode.h"

#include <optional>
#include <vector>

namespace turnstone {

/// A column to sort by.
struct SortColumn
{
    TextOrder textOrder = TextOrder::Binary;
    bool isReversed = false;
};

/// Makes of the values of all sort columns and of the rowid one number of 128 bits, so that sorting rows is sorting numbers.
///
/// How the bits are shared out is learned from a sample of the rows: ranges of integers, the bytes that occur at each place of a
/// text. A bad sample costs ties, never order: entries of which isTie() holds must be ordered by their values.
/// A value type; of() may be called in several threads.
class SortCode
{
public:
    /// `sample` has a column for each of `columns`. Rowids must be from `firstRow` to `lastRow`.
    SortCode(const std::vector<SortColumn> &columns, const RowBlock &sample, std::int64_t firstRow, std::int64_t lastRow);
    /// For rows of the same code in `before`, whose group's number is the first part of the code: goes on where that left them
    /// Open, or begins anew with another sample for those that were rounded.
    SortCode(const SortCode &before, const RowBlock &sample, std::uint64_t groups, bool areOpen);

    /// Empty if the row is not in the range of rows. `group` is below the number of groups.
    std::optional<SortWord> of(std::int64_t row, const ValueRef *values, std::uint64_t group = 0) const;

    int rowBits() const { return m_rowBits; }
    std::int64_t rowOf(SortWord entry) const
    {
        return static_cast<std::int64_t>(m_firstRow + (static_cast<std::uint64_t>(entry >> m_spareBits) & m_rowMask));
    }
    /// Whether the order of two entries is that of their rows' values, if they are not the same: else it is that of the rows.
    bool isSameCode(SortWord a, SortWord b) const { return ((a ^ b) >> (m_spareBits + m_rowBits)) == 0; }
    SortCoded::Rest restOf(SortWord entry) const
    {
        return static_cast<SortCoded::Rest>(static_cast<unsigned>(entry >> (m_spareBits + m_rowBits)) & 3u);
    }
    /// The least entry with the same code.
    SortWord firstOfCode(SortWord entry) const { return entry >> (m_spareBits + m_rowBits) << (m_spareBits + m_rowBits); }

private:
    void learn(const RowBlock &sample, const std::vector<ColumnCode::Said> &said);

    std::vector<SortColumn> m_sortColumns;
    std::vector<ColumnCode> m_columns;
    SortWord m_groups = 1;
    std::uint64_t m_firstRow = 0;
    std::uint64_t m_rowMask = 0;
    int m_rowBits = 0;
    int m_spareBits = 0;
};

} // namespace turnstone
