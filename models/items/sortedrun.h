// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/items/sortbuckets.h"
#include "models/items/sortcode.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace turnstone {

/// What one reader of a table makes of its rows.
struct SortEntries
{
    std::unique_ptr<SortBuckets> buckets;
    SortDictionaries dictionaries;
};

/// Rows in order but for some runs, the ties, of which only the place is known.
struct SortedRun
{
    struct Tie
    {
        std::size_t begin;
        std::size_t count;
        bool isOpen; ///< the code says the same of all; else they were rounded to it (see SortCoded)
    };

    std::shared_ptr<std::int64_t> rows;
    std::size_t size = 0;
    std::vector<Tie> ties; // one behind the other

    std::size_t tiedRows() const;

    struct Making
    {
        const SortCode &code;
        bool isDescending; ///< the rows from the last one on
        bool anyRest;      ///< false: there are no ties
        std::function<bool()> isStopped;
    };
    /// Takes one bucket of all readers, whose dictionaries are settled. Empty if stopped; std::bad_alloc.
    static std::optional<SortedRun> make(std::size_t bucket, std::vector<SortEntries> &readers, const Making &making);
};

} // namespace turnstone
