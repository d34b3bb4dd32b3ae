// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/items/sortedrun.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace turnstone {

/// The ties of several runs, to be ordered by reading their rows once more: says of each row in which tie it stands, 8 bytes
/// a row. The ties are numbered in the order of the runs, or against it.
class TiedRows
{
public:
    /// Rowids are from `firstRow` on, in `rowBits` bits. Check isPossible() first.
    TiedRows(const std::vector<SortedRun> &runs, std::int64_t firstRow, bool isReversed);
    static bool isPossible(const std::vector<SortedRun> &runs, int rowBits);
    static std::size_t count(const std::vector<SortedRun> &runs);
    static bool areOpen(const std::vector<SortedRun> &runs);

    std::uint64_t ties() const { return m_ties; }
    std::size_t size() const { return m_rows.size(); }
    std::int64_t row(std::size_t index) const { return static_cast<std::int64_t>(m_firstRow + (m_rows[index] >> m_tieBits)); }
    std::uint64_t tie(std::size_t index) const { return m_rows[index] & ((std::uint64_t(1) << m_tieBits) - 1); }
    /// The first index of a row not before `row`, which is not before the first row.
    std::size_t from(std::int64_t row) const;

    /// Puts the rows of `ordered`, which are those of the ties of `runs`, where they belong. What is tied in them is tied in
    /// `runs` then, nothing else.
    static void pour(const std::vector<SortedRun> &ordered, std::vector<SortedRun> &runs);

private:
    std::vector<std::uint64_t> m_rows; // ascending; in the lower bits the tie
    std::uint64_t m_firstRow;
    std::uint64_t m_ties = 0;
    int m_tieBits = 0;
};

} // namespace turnstone
