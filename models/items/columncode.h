// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/value.h"
#include "models/items/valueorder.h"

#include <array>
#include <cstdint>
#include <vector>

namespace turnstone {

__extension__ using SortWord = unsigned __int128;

/// A code, and how the value lies to it: codes never contradict the order of the values, but values of the same code may
/// differ. Of these, the ones Below come first and the ones Above last; values At it are equal to each other; of Open ones
/// nothing is known, and none is At the same code.
struct SortCoded
{
    enum class Rest : std::uint8_t { Below, At, Open, Above };
    SortWord code = 0;
    Rest rest = Rest::At;
};

/// Numbers as SQLite compares them, reals and integers exactly, from a range learned from some of them.
class NumberCode
{
public:
    void learn(const std::vector<ValueRef> &sample, bool isGenerous);
    /// Gives up the last digits if need be; `capacity` above 0.
    void fit(SortWord capacity);

    SortWord size() const { return m_size; }
    bool isWhole() const { return m_isUnknown || m_shift == 0; }
    SortCoded of(const ValueRef &number) const;

private:
    SortCoded ofOrdered(std::uint64_t ordered) const;

    bool m_isReal = false;
    std::uint64_t m_from = 0;
    std::uint64_t m_last = 0; // as far from m_from
    SortWord m_size = 1;
    int m_shift = 0;
    bool m_isUnknown = true; // nothing was learned: one code, and all are Above it
};

/// Texts or blobs, byte by byte. At each place only the bytes that some of them have there get digits of their own, so that
/// what all have in common takes no room; a text with another byte is rounded to the next code. Texts of which nothing is left
/// unsaid by the code are At it.
class BytesCode
{
public:
    explicit BytesCode(TextOrder order = TextOrder::Binary)
        : m_order(order)
    {
    }

    /// The first `skipped` bytes of all are the same, or not to be looked at.
    void learn(const std::vector<ValueRef> &sample, qsizetype skipped, SortWord capacity);

    SortWord size() const { return m_size; }
    bool isWhole() const { return m_isUnknown || m_isWhole; }
    /// Texts that are Open have the same bytes up to here if their codes are the same.
    qsizetype saidBytes() const { return m_skipped + static_cast<qsizetype>(m_places.size()); }
    SortCoded of(QByteArrayView bytes) const;

private:
    struct Place
    {
        std::array<std::uint16_t, 256> digits{}; // and isRounded, isBeyond
        std::uint64_t radix = 1;
        std::uint64_t behind = 1; // the product of the radices that follow in the group
        std::uint64_t group = 1;  // the product of all in the group
        SortWord behindGroup = 1; // the product of all groups that follow
        bool isLastOfGroup = false;
        bool hasEnd = false; // some text ends here: the digit 0
    };

    QByteArrayView trimmed(QByteArrayView bytes) const;
    void group();

    TextOrder m_order;
    qsizetype m_skipped = 0;
    std::vector<Place> m_places;
    QByteArray m_start; // what all have in common, which has no digits
    SortWord m_size = 1;
    bool m_isWhole = false;
    bool m_isUnknown = true; // as NumberCode's
};

/// The values of one column, of all types: NULL, numbers, texts, blobs. A value type.
class ColumnCode
{
public:
    /// How much of a column an earlier code has said already of the rows that it left Open.
    struct Said
    {
        bool isAll = false;      // they are equal
        bool areNumbers = false; // nothing is left to say about them
        qsizetype textBytes = 0;
        qsizetype blobBytes = 0;
    };

    ColumnCode(TextOrder order, bool isReversed)
        : m_isReversed(isReversed)
        , m_texts(order)
    {
    }

    /// From some values; the code takes no more than `capacity`. Generous: with room for numbers that are far from these.
    void learn(const std::vector<ValueRef> &sample, const Said &said, SortWord capacity, bool isGenerous);

    SortWord size() const { return m_size; }
    /// Whether values like those learned from are never Open.
    bool isWhole() const { return m_isWhole; }
    Said said() const;
    SortCoded of(const ValueRef &value) const;

private:
    SortCoded forward(const ValueRef &value) const;

    bool m_isReversed;
    bool m_isWhole = false;
    bool m_areNumbersSaid = false;
    Said m_before;
    NumberCode m_numbers;
    BytesCode m_texts;
    BytesCode m_blobs;
    SortWord m_size = 1;
};

} // namespace turnstone
