// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/rowblock.h"
#include "models/items/valueorder.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace turnstone {

/// The different values that a sample shows of a column, in order. Never changed; shared by threads.
class KnownValues
{
public:
    KnownValues(const std::vector<ValueRef> &sample, TextOrder order, bool isReversed);

    /// 2 k + 1 for the k-th value and those equal to it, 2 k for what lies before it and behind the one before that.
    std::uint32_t placeOf(const ValueRef &value) const;
    static bool isAmongThem(std::uint32_t place) { return place % 2 == 1; }
    /// In the direction of the order.
    int compare(const ValueRef &a, const ValueRef &b) const;

private:
    RowBlock m_values;
    TextOrder m_order;
    bool m_isReversed;
};

/// The different values of a column of which there are not too many, as one reader meets them. A value's code is its place among the
/// known values and a number; those that share a place get other numbers in the order of their values once all are met (settle()),
/// so that codes then say everything of values, however long these are.
class SortDictionary
{
public:
    static constexpr int numberBits = 19;
    static constexpr int codeBits = 32;
    static constexpr std::size_t mostKnown = (std::size_t(1) << (codeBits - numberBits - 1)) - 1;
    static constexpr std::size_t mostValues = (std::size_t(1) << (numberBits - 1)) - 1; ///< two readers may have others
    static constexpr qsizetype mostBytes = 16 << 20;

    /// Holds a `share`-th of the most values and bytes; `limit` values if that is less.
    SortDictionary(std::shared_ptr<const KnownValues> known, std::size_t limit, int share = 1);

    /// Empty if there are too many values; then no more are asked for.
    std::optional<std::uint32_t> codeOf(const ValueRef &value);
    /// Of dictionaries with the same known values, which have met all of theirs.
    static void settle(const std::vector<SortDictionary *> &all);
    /// What stands for a number when settled; the order of values whose place is the same.
    std::uint32_t settled(std::uint32_t number) const { return m_settled[number]; }
    /// Whether numbers stay what they are.
    bool isSettled() const { return m_count == 0; }

private:
    struct Slot
    {
        std::uint32_t hash = 0;
        std::uint32_t behind = 0; // the index of the value that stands before it; 0: none
        std::uint32_t code = 0;   // the value's
    };

    std::size_t hashOf(const ValueRef &value) const;
    std::optional<std::uint32_t> add(const ValueRef &value, std::size_t hash);
    void place(std::uint32_t index);

    std::shared_ptr<const KnownValues> m_known;
    const std::size_t m_limit;
    const qsizetype m_limitBytes;
    const std::size_t m_seed;
    std::vector<Slot> m_slots; // open addressing, half empty
    RowBlock m_values;
    std::vector<std::uint32_t> m_hashes; // of the values
    std::vector<std::uint32_t> m_codes;
    std::uint32_t m_count = 0; // numbers given; 0 is for those whose place says all
    std::vector<std::uint32_t> m_settled;
};

} // namespace turnstone
