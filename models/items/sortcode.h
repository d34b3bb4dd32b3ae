// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/rowblock.h"
#include "models/items/columncode.h"
#include "models/items/sortdictionary.h"

#include <memory>
#include <optional>
#include <vector>

namespace turnstone {

/// A column to sort by.
struct SortColumn
{
    TextOrder textOrder = TextOrder::Binary;
    bool isReversed = false;
};

/// Of each sort column the values that one reader has met; null for a column that needs none.
using SortDictionaries = std::vector<std::unique_ptr<SortDictionary>>;

/// Makes of the values of all sort columns and of the rowid one number of 128 bits, so that sorting rows is sorting numbers.
///
/// How the bits are shared out is learned from a sample of the rows: ranges of integers, the bytes that occur at each place of a
/// text. A bad sample costs ties, never order: entries of the same code that is not At must be ordered by their values.
/// Columns of few values that would leave no room get a SortDictionary; their entries must be settled before they are compared,
/// but each bound that is an entry of the sample lies right between unsettled entries, too.
/// A value type; of() may be called in several threads, with dictionaries of their own.
class SortCode
{
public:
    /// `sample` has a column for each of `columns`, and those of which it seems to show few values `haveFewValues`. Rowids must be
    /// from `firstRow` to `lastRow`.
    SortCode(const std::vector<SortColumn> &columns, const RowBlock &sample, const std::vector<bool> &haveFewValues, std::int64_t firstRow,
             std::int64_t lastRow);
    /// For rows of the same code in `before`, whose group's number is the first part of the code: goes on where that left them
    /// Open, or begins anew with another sample for those that were rounded.
    SortCode(const SortCode &before, const RowBlock &sample, std::uint64_t groups, bool areOpen);

    bool hasDictionaries() const;
    /// Empty ones, for one reader, which share the room and hold up to `mostValues` each.
    SortDictionaries dictionaries(std::size_t mostValues) const;

    /// Empty if the row is not in the range of rows or there are too many values for a dictionary. `group` is below the number of groups.
    std::optional<SortWord> of(std::int64_t row, const ValueRef *values, SortDictionaries &dictionaries, std::uint64_t group = 0) const;
    /// Puts what the dictionaries know when all values are met into entries that were made with them.
    void settle(SortWord *begin, const SortWord *end, const SortDictionaries &dictionaries) const;

    bool isInside(std::int64_t row) const { return ((static_cast<std::uint64_t>(row) - m_firstRow) & ~m_rowMask) == 0; }
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
    struct Column
    {
        ColumnCode code;
        std::shared_ptr<const KnownValues> known; // null: has no dictionary, whatever the room
        bool hasDictionary = false;               // instead of the code
        SortWord size = 1;
        int shift = 0; // of a dictionary's codes in an entry
        bool isWhole() const { return hasDictionary || code.isWhole(); }
    };
    using Values = std::vector<std::vector<ValueRef>>; // of each column

    static Values valuesOf(const RowBlock &sample, std::size_t columns);
    void learn(const Values &values, const std::vector<ColumnCode::Said> &said);
    /// Whether the code leaves none of the sample's values open.
    bool tryToLearn(const Values &values, const std::vector<ColumnCode::Said> &said, bool isGenerous);
    /// Gives the first column that takes too much room a dictionary; false if there is none.
    bool addDictionary(const Values &values, const std::vector<bool> &haveFewValues);

    std::vector<SortColumn> m_sortColumns;
    std::vector<Column> m_columns;
    SortWord m_groups = 1;
    std::uint64_t m_firstRow = 0;
    std::uint64_t m_rowMask = 0;
    int m_rowBits = 0;
    int m_spareBits = 0;
};

} // namespace turnstone
