// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/items/columncode.h"

#include <QtGlobal>

#include <cstddef>
#include <functional>
#include <vector>

namespace turnstone {

/// Where one bucket ends and the next begins, learned from a sample: an entry's bucket is found in eight steps.
class SortSplitters
{
public:
    static constexpr std::size_t buckets = 256;

    /// One bucket for all.
    SortSplitters();
    /// `sample` is sorted; `firstOfCode` says where an entry would split those that must stay together.
    SortSplitters(const std::vector<SortWord> &sample, const std::function<SortWord(SortWord)> &firstOfCode);

    std::size_t bucketOf(SortWord entry) const
    {
        std::size_t bucket = 0;
        for (std::size_t step = buckets / 2; step > 0; step /= 2)
            bucket += m_firsts[bucket + step - 1] <= entry ? step : 0;
        return bucket;
    }

private:
    std::vector<SortWord> m_firsts; // of all buckets but the first
};

/// Entries to be sorted, thrown into buckets as they come: 16 bytes each, in blocks that are given back one by one.
/// One thread fills it; afterwards different buckets may be taken by different threads.
class SortBuckets
{
public:
    explicit SortBuckets(const SortSplitters &splitters)
        : m_splitters(splitters)
        , m_buckets(SortSplitters::buckets)
    {
    }
    ~SortBuckets();
    Q_DISABLE_COPY_MOVE(SortBuckets)

    void add(SortWord entry)
    {
        Bucket &bucket = m_buckets[m_splitters.bucketOf(entry)];
        if (bucket.next == bucket.end)
            grow(bucket);
        *bucket.next++ = entry;
    }
    std::size_t size(std::size_t bucket) const;
    /// Copies a bucket's entries to `to` and gives back their blocks; returns the end of the copy.
    SortWord *take(std::size_t bucket, SortWord *to);

private:
    struct Bucket
    {
        std::vector<SortWord *> blocks;
        SortWord *next = nullptr; // in the last block
        SortWord *end = nullptr;
    };

    static void grow(Bucket &bucket);

    const SortSplitters &m_splitters;
    std::vector<Bucket> m_buckets;
};

/// Ascending, in place. False if `isStopped` said so.
bool sortWords(SortWord *begin, SortWord *end, const std::function<bool()> &isStopped);

} // namespace turnstone
