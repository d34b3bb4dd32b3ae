// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/items/keylist.h"

#include <QtGlobal>

#include <functional>
#include <memory>
#include <vector>

namespace turnstone {

/// SQLite's built-in collations.
enum class TextOrder { Binary, NoCase, TrimmedRight };

/// An array of pairs in which sorting needs no second array: 16 bytes a row, half of which are given back
/// when only the rowids are left.
class SortPairs
{
public:
    struct Pair
    {
        std::uint64_t key;
        std::int64_t row;
    };

    SortPairs() = default;
    ~SortPairs();
    Q_DISABLE_COPY_MOVE(SortPairs)

    std::size_t size() const { return m_size; }
    Pair *begin() { return m_pairs; }
    Pair *end() { return m_pairs + m_size; }
    void add(std::uint64_t key, std::int64_t row)
    {
        if (m_size == m_capacity)
            grow();
        m_pairs[m_size++] = {key, row};
    }
    /// By key, then by row, both ascending; in place. False if `isStopped` said so.
    bool sort(const std::function<bool()> &isStopped);
    /// The rows alone; the array is empty then.
    KeyList::Part takeRows(bool reversed);

private:
    void grow();

    Pair *m_pairs = nullptr;
    std::size_t m_size = 0;
    std::size_t m_capacity = 0;
};

/// Sorts rows by a value of any of SQLite's types exactly as SQLite does: NULL, numbers (integers and reals
/// compared exactly), texts by one of the built-in collations, blobs; rows of equal values by rowid.
///
/// Numbers take 16 bytes a row. Of texts and blobs everything is kept, up to `maxBytes` together: add()
/// refuses more, and texts over 64 kB or with a NUL (where the collations differ).
class ValueSorter
{
public:
    static constexpr std::size_t maxBytes = 160u << 20;

    explicit ValueSorter(TextOrder textOrder) : m_textOrder(textOrder) {}

    [[nodiscard]] bool add(std::int64_t row, const ValueRef &value);
    /// Hands over the rows in order, part by part. False if `isStopped` said so meanwhile.
    bool finish(bool isDescending, const std::function<bool()> &isStopped, const std::function<void(KeyList::Part)> &take);

private:
    struct Bytes // in m_arena, before the bytes themselves
    {
        std::int64_t row;
        std::int32_t size;
    };

    bool addBytes(SortPairs &to, std::int64_t row, QByteArrayView bytes);
    void sortEqualBytes(SortPairs &pairs) const;
    Bytes bytesAt(std::int64_t place, const char **data) const;
    KeyList::Part takeNumbers(bool reversed);

    const TextOrder m_textOrder;
    SortPairs m_nulls;
    SortPairs m_numbers; // all reals, and integers that are reals as well
    SortPairs m_wide;    // integers beyond 2^53
    SortPairs m_texts;   // the first eight bytes, and a place in m_arena
    SortPairs m_blobs;
    std::vector<std::unique_ptr<char[]>> m_arena;
    std::size_t m_used = 0; // of the last chunk
    QByteArray m_folded;
};

} // namespace turnstone
