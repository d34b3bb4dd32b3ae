// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/sortbuckets.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <new>

#include <sys/mman.h>

namespace turnstone {

namespace {

constexpr std::size_t blockEntries = 4096;
constexpr std::size_t blockBytes = blockEntries * sizeof(SortWord);
constexpr std::ptrdiff_t smallRange = 256;
constexpr std::ptrdiff_t worthAsking = 100'000;

} // namespace

SortSplitters::SortSplitters()
    : m_firsts(buckets - 1, ~SortWord(0)) // which no entry is: its lowest bits are a row's or 0
{
}

SortSplitters::SortSplitters(const std::vector<SortWord> &sample, const std::function<SortWord(SortWord)> &firstOfCode)
    : SortSplitters()
{
    if (sample.size() < buckets)
        return;
    for (std::size_t i = 1; i < buckets; ++i)
        m_firsts[i - 1] = firstOfCode(sample[i * sample.size() / buckets]);
}

SortBuckets::~SortBuckets()
{
    for (const Bucket &bucket : m_buckets) {
        for (SortWord *block : bucket.blocks)
            ::munmap(block, blockBytes);
    }
}

void SortBuckets::grow(Bucket &bucket)
{
    // Straight from the system, and back to it: the allocator would keep blocks of this size for itself.
    void *memory = ::mmap(nullptr, blockBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        throw std::bad_alloc();
    bucket.next = static_cast<SortWord *>(memory);
    bucket.end = bucket.next + blockEntries;
    bucket.blocks.push_back(bucket.next);
}

std::size_t SortBuckets::size(std::size_t bucket) const
{
    const Bucket &of = m_buckets[bucket];
    return of.blocks.size() * blockEntries - static_cast<std::size_t>(of.end - of.next);
}

SortWord *SortBuckets::take(std::size_t bucket, SortWord *to)
{
    Bucket &of = m_buckets[bucket];
    for (SortWord *block : of.blocks) {
        const std::size_t count = block == of.blocks.back() ? blockEntries - static_cast<std::size_t>(of.end - of.next) : blockEntries;
        std::memcpy(to, block, count * sizeof(SortWord));
        to += count;
        ::munmap(block, blockBytes);
    }
    of = {};
    return to;
}

namespace {

bool radixSort(SortWord *begin, SortWord *end, const std::function<bool()> &isStopped)
{
    if (end - begin <= smallRange) {
        std::sort(begin, end);
        return true;
    }
    if (end - begin > worthAsking && isStopped())
        return false;
    SortWord differing = 0;
    bool isSorted = true;
    for (const SortWord *word = begin + 1; word != end; ++word) {
        differing |= *word ^ *begin;
        isSorted = isSorted && word[-1] <= *word;
    }
    if (isSorted)
        return true;
    // The first eight bits in which they differ: none is wasted on what all have in common.
    const auto high = static_cast<std::uint64_t>(differing >> 64);
    const int leading = high != 0 ? std::countl_zero(high) : 64 + std::countl_zero(static_cast<std::uint64_t>(differing));
    const int shift = std::max(0, 120 - leading);
    const auto digitOf = [shift](SortWord word) { return static_cast<std::size_t>(static_cast<std::uint64_t>(word >> shift) & 0xff); };
    std::array<std::ptrdiff_t, 257> bounds{};
    for (const SortWord *word = begin; word != end; ++word)
        ++bounds[digitOf(*word) + 1];
    std::array<SortWord *, 256> next{};
    for (std::size_t digit = 0; digit < 256; ++digit) {
        bounds[digit + 1] += bounds[digit];
        next[digit] = begin + bounds[digit];
    }
    for (std::size_t digit = 0; digit < 256; ++digit) { // an American flag sort's step: in place
        SortWord *const bound = begin + bounds[digit + 1];
        while (next[digit] != bound) {
            SortWord held = *next[digit];
            for (std::size_t other = digitOf(held); other != digit; other = digitOf(held))
                std::swap(held, *next[other]++);
            *next[digit]++ = held;
        }
    }
    for (std::size_t digit = 0; digit < 256; ++digit) {
        if (bounds[digit + 1] - bounds[digit] > 1 && !radixSort(begin + bounds[digit], begin + bounds[digit + 1], isStopped))
            return false;
    }
    return true;
}

} // namespace

bool sortWords(SortWord *begin, SortWord *end, const std::function<bool()> &isStopped)
{
    return begin == end || radixSort(begin, end, isStopped);
}

} // namespace turnstone
