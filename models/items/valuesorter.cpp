// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/valuesorter.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <new>
#include <thread>

namespace turnstone {

namespace {

using Pair = SortPairs::Pair;

constexpr std::size_t chunkBytes = 1u << 20;
constexpr qsizetype longestText = 64 * 1024;
constexpr std::int64_t exactInReals = std::int64_t(1) << 53;
constexpr std::ptrdiff_t smallBucket = 48;
constexpr std::ptrdiff_t worthAThread = 1'000'000;
constexpr std::uint64_t signBit = std::uint64_t(1) << 63;

std::uint64_t orderedBits(double value)
{
    const auto bits = std::bit_cast<std::uint64_t>(value == 0 ? 0.0 : value); // −0 equals 0
    return (bits & signBit) != 0 ? ~bits : bits | signBit;
}

double realOf(std::uint64_t ordered)
{
    return std::bit_cast<double>((ordered & signBit) != 0 ? ordered & ~signBit : ~ordered);
}

std::uint64_t orderedBits(std::int64_t value)
{
    return static_cast<std::uint64_t>(value) ^ signBit;
}

bool isLess(const Pair &a, const Pair &b)
{
    return a.key != b.key ? a.key < b.key : a.row < b.row;
}

template<bool byRow>
std::uint64_t wordOf(const Pair &pair)
{
    return byRow ? orderedBits(pair.row) : pair.key;
}

/// Where the 256 buckets of a range begin and end after partition().
struct Buckets
{
    std::array<Pair *, 257> at{};
};

/// One step of an American flag sort: by the eight bits from `shift` on.
template<bool byRow>
Buckets partition(Pair *begin, Pair *end, int shift)
{
    const auto bucketOf = [shift](const Pair &pair) { return static_cast<std::size_t>((wordOf<byRow>(pair) >> shift) & 0xff); };
    std::array<std::ptrdiff_t, 256> counts{};
    for (const Pair *pair = begin; pair != end; ++pair)
        ++counts[bucketOf(*pair)];
    Buckets buckets;
    buckets.at[0] = begin;
    for (std::size_t i = 0; i < 256; ++i)
        buckets.at[i + 1] = buckets.at[i] + counts[i];
    std::array<Pair *, 256> next{};
    std::copy_n(buckets.at.begin(), 256, next.begin());
    for (std::size_t i = 0; i < 256; ++i) {
        while (next[i] != buckets.at[i + 1]) {
            Pair held = *next[i];
            for (std::size_t bucket = bucketOf(held); bucket != i; bucket = bucketOf(held))
                std::swap(held, *next[bucket]++);
            *next[i]++ = held;
        }
    }
    return buckets;
}

template<bool byRow>
bool radixSort(Pair *begin, Pair *end, const std::function<bool()> &isStopped);

/// Sorts each bucket; big ones are shared by two threads.
template<bool byRow>
bool sortBuckets(const Buckets &buckets, const std::function<bool()> &isStopped)
{
    std::atomic<std::size_t> next = 0;
    std::atomic<bool> done = true;
    const auto work = [&] {
        for (std::size_t i = next++; i < 256 && done; i = next++) {
            if (buckets.at[i + 1] - buckets.at[i] > 1 && !radixSort<byRow>(buckets.at[i], buckets.at[i + 1], isStopped))
                done = false;
        }
    };
    if (buckets.at[256] - buckets.at[0] > worthAThread) {
        const std::jthread other(work);
        work();
    } else {
        work();
    }
    return done;
}

/// By key, then by row: from the first bits in which the pairs differ.
template<bool byRow>
bool radixSort(Pair *begin, Pair *end, const std::function<bool()> &isStopped)
{
    if (end - begin <= smallBucket) {
        std::sort(begin, end, isLess);
        return true;
    }
    if (end - begin > 100'000 && isStopped())
        return false;
    std::uint64_t differing = 0;
    const std::uint64_t first = wordOf<byRow>(*begin);
    bool isSorted = true;
    for (const Pair *pair = begin + 1; pair != end; ++pair) {
        differing |= wordOf<byRow>(*pair) ^ first;
        isSorted = isSorted && !isLess(*pair, pair[-1]);
    }
    if (isSorted)
        return true;
    if (differing != 0) // no bit of a bucket's number is wasted on what all have in common
        return sortBuckets<byRow>(partition<byRow>(begin, end, std::max(0, 56 - std::countl_zero(differing))), isStopped);
    if constexpr (byRow)
        return true;
    else
        return radixSort<true>(begin, end, isStopped);
}

/// As SQLite compares an integer with a real: exactly.
bool isIntegerLess(std::int64_t integer, double real)
{
    constexpr double beyond = 9223372036854775808.0;
    if (real >= beyond)
        return true;
    if (real < -beyond)
        return false;
    const auto whole = static_cast<std::int64_t>(real);
    return integer != whole ? integer < whole : real > static_cast<double>(whole);
}

bool isEqual(std::int64_t integer, double real)
{
    return real >= -9223372036854775808.0 && real < 9223372036854775808.0 && static_cast<double>(static_cast<std::int64_t>(real)) == real
        && static_cast<std::int64_t>(real) == integer;
}

std::uint64_t prefixOf(QByteArrayView bytes)
{
    std::uint64_t prefix = 0;
    for (qsizetype i = 0; i < 8; ++i)
        prefix = prefix << 8 | (i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0u);
    return prefix;
}

} // namespace

SortPairs::~SortPairs()
{
    std::free(m_pairs);
}

void SortPairs::grow()
{
    // realloc moves big blocks by their page table; what is not yet touched costs nothing.
    const std::size_t capacity = std::max<std::size_t>(4096, m_capacity + m_capacity / 2);
    auto *pairs = static_cast<Pair *>(std::realloc(m_pairs, capacity * sizeof(Pair)));
    if (pairs == nullptr)
        throw std::bad_alloc();
    m_pairs = pairs;
    m_capacity = capacity;
}

bool SortPairs::sort(const std::function<bool()> &isStopped)
{
    return radixSort<false>(begin(), end(), isStopped);
}

KeyList::Part SortPairs::takeRows(bool reversed)
{
    if (m_size == 0)
        return {};
    char *const memory = reinterpret_cast<char *>(std::exchange(m_pairs, nullptr));
    for (std::size_t i = 0; i < m_size; ++i)
        std::memmove(memory + i * sizeof(std::int64_t), memory + i * sizeof(Pair) + offsetof(Pair, row), sizeof(std::int64_t));
    void *const shrunk = std::realloc(memory, m_size * sizeof(std::int64_t));
    auto *const rows = static_cast<std::int64_t *>(shrunk != nullptr ? shrunk : memory);
    if (reversed)
        std::reverse(rows, rows + m_size);
    m_capacity = 0;
    return {std::shared_ptr<const std::int64_t>(rows, [](const std::int64_t *of) { std::free(const_cast<std::int64_t *>(of)); }),
            static_cast<std::int64_t>(std::exchange(m_size, 0))};
}

bool ValueSorter::add(std::int64_t row, const ValueRef &value)
{
    switch (value.type()) {
    case ValueType::Null: m_nulls.add(0, row); return true;
    case ValueType::Integer:
        if (value.integer() >= -exactInReals && value.integer() <= exactInReals)
            m_numbers.add(orderedBits(static_cast<double>(value.integer())), row);
        else
            m_wide.add(orderedBits(value.integer()), row);
        return true;
    case ValueType::Real: m_numbers.add(orderedBits(value.real()), row); return true;
    case ValueType::Blob: return addBytes(m_blobs, row, value.bytes());
    case ValueType::Text: break;
    }
    QByteArrayView text = value.bytes();
    if (m_textOrder == TextOrder::NoCase) {
        if (text.contains('\0'))
            return false;
        m_folded.resize(text.size());
        std::ranges::transform(text, m_folded.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
        text = m_folded;
    } else if (m_textOrder == TextOrder::TrimmedRight) {
        while (text.endsWith(' '))
            text.chop(1);
    }
    return addBytes(m_texts, row, text);
}

bool ValueSorter::addBytes(SortPairs &to, std::int64_t row, QByteArrayView bytes)
{
    const std::size_t needed = sizeof(Bytes) + static_cast<std::size_t>(std::max<qsizetype>(bytes.size() - 8, 0));
    if (bytes.size() > longestText || (m_arena.size() + 1) * chunkBytes > maxBytes)
        return false;
    if (m_arena.empty() || m_used + needed > chunkBytes) {
        m_arena.emplace_back(new char[chunkBytes]);
        m_used = 0;
    }
    char *const place = m_arena.back().get() + m_used;
    const Bytes head{row, static_cast<std::int32_t>(bytes.size())};
    std::memcpy(place, &head, sizeof head);
    if (bytes.size() > 8)
        std::memcpy(place + sizeof head, bytes.data() + 8, static_cast<std::size_t>(bytes.size() - 8));
    to.add(prefixOf(bytes), static_cast<std::int64_t>((m_arena.size() - 1) * chunkBytes + m_used));
    m_used += needed;
    return true;
}

ValueSorter::Bytes ValueSorter::bytesAt(std::int64_t place, const char **data) const
{
    const char *const at = m_arena[static_cast<std::size_t>(place) / chunkBytes].get() + static_cast<std::size_t>(place) % chunkBytes;
    Bytes head;
    std::memcpy(&head, at, sizeof head);
    *data = at + sizeof head;
    return head;
}

void ValueSorter::sortEqualBytes(SortPairs &pairs) const
{
    const auto isBytesLess = [this](const Pair &a, const Pair &b) {
        const char *dataA = nullptr;
        const char *dataB = nullptr;
        const Bytes headA = bytesAt(a.row, &dataA);
        const Bytes headB = bytesAt(b.row, &dataB);
        const std::int32_t common = std::min(headA.size, headB.size) - 8;
        if (const int order = common > 0 ? std::memcmp(dataA, dataB, static_cast<std::size_t>(common)) : 0; order != 0)
            return order < 0;
        return headA.size != headB.size ? headA.size < headB.size : headA.row < headB.row;
    };
    for (Pair *begin = pairs.begin(); begin != pairs.end();) {
        Pair *end = begin + 1;
        while (end != pairs.end() && end->key == begin->key)
            ++end;
        if (end - begin > 1)
            std::sort(begin, end, isBytesLess);
        begin = end;
    }
    for (Pair &pair : pairs) {
        const char *data = nullptr;
        pair.row = bytesAt(pair.row, &data).row;
    }
}

KeyList::Part ValueSorter::takeNumbers(bool reversed)
{
    if (m_wide.size() == 0)
        return m_numbers.takeRows(reversed);
    if (m_numbers.size() == 0)
        return m_wide.takeRows(reversed);
    const std::size_t size = m_wide.size() + m_numbers.size();
    std::shared_ptr<std::int64_t> rows(new std::int64_t[size], std::default_delete<std::int64_t[]>());
    std::int64_t *out = rows.get();
    const Pair *wide = m_wide.begin();
    const Pair *number = m_numbers.begin();
    while (wide != m_wide.end() && number != m_numbers.end()) {
        const auto integer = static_cast<std::int64_t>(wide->key ^ signBit);
        const double real = realOf(number->key);
        const bool wideFirst = isEqual(integer, real) ? wide->row < number->row : isIntegerLess(integer, real);
        *out++ = wideFirst ? wide++->row : number++->row;
    }
    while (wide != m_wide.end())
        *out++ = wide++->row;
    while (number != m_numbers.end())
        *out++ = number++->row;
    if (reversed)
        std::reverse(rows.get(), out);
    return {std::move(rows), static_cast<std::int64_t>(size)};
}

bool ValueSorter::finish(bool isDescending, const std::function<bool()> &isStopped, const std::function<void(KeyList::Part)> &take)
{
    for (SortPairs *pairs : {&m_nulls, &m_numbers, &m_wide, &m_texts, &m_blobs}) {
        if (isStopped() || !pairs->sort(isStopped))
            return false;
    }
    sortEqualBytes(m_texts);
    sortEqualBytes(m_blobs);
    m_arena.clear();
    std::vector<KeyList::Part> parts;
    parts.push_back(m_nulls.takeRows(isDescending));
    parts.push_back(takeNumbers(isDescending));
    parts.push_back(m_texts.takeRows(isDescending));
    parts.push_back(m_blobs.takeRows(isDescending));
    if (isDescending)
        std::ranges::reverse(parts);
    for (KeyList::Part &part : parts)
        take(std::move(part));
    return !isStopped();
}

} // namespace turnstone
