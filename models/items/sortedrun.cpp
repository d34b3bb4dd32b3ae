// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/sortedrun.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

namespace turnstone {

namespace {

std::vector<SortedRun::Tie> tiesOf(const SortWord *words, std::size_t size, const SortCode &code)
{
    using Rest = SortCoded::Rest;
    std::vector<SortedRun::Tie> ties;
    for (std::size_t begin = 0; begin < size;) {
        std::size_t behind = begin + 1;
        while (behind < size && code.isSameCode(words[begin], words[behind]))
            ++behind;
        if (behind - begin > 1 && code.restOf(words[begin]) != Rest::At)
            ties.push_back({begin, behind - begin, code.restOf(words[begin]) == Rest::Open});
        begin = behind;
    }
    return ties;
}

} // namespace

std::size_t SortedRun::tiedRows() const
{
    std::size_t tied = 0;
    for (const Tie &tie : ties)
        tied += tie.count;
    return tied;
}

std::optional<SortedRun> SortedRun::make(std::size_t bucket, std::vector<SortEntries> &readers, const Making &making)
{
    SortedRun run;
    for (const SortEntries &read : readers)
        run.size += read.buckets->size(bucket);
    if (run.size == 0)
        return run;
    auto *const words = static_cast<SortWord *>(std::malloc(run.size * sizeof(SortWord)));
    if (words == nullptr)
        throw std::bad_alloc();
    std::unique_ptr<void, decltype(&std::free)> memory(words, &std::free);
    SortWord *end = words;
    for (const SortEntries &read : readers) {
        SortWord *const begin = end;
        end = read.buckets->take(bucket, begin);
        making.code.settle(begin, end, read.dictionaries);
    }
    if (!sortWords(words, end, making.isStopped))
        return {};
    if (making.anyRest)
        run.ties = tiesOf(words, run.size, making.code);
    // The rows take the lower half of the same memory, and the rest is given back.
    auto *const bytes = static_cast<char *>(memory.release());
    for (std::size_t i = 0; i < run.size; ++i) {
        SortWord word;
        std::memcpy(&word, bytes + i * sizeof word, sizeof word);
        const std::int64_t row = making.code.rowOf(word);
        std::memcpy(bytes + i * sizeof row, &row, sizeof row);
    }
    void *const shrunk = std::realloc(bytes, run.size * sizeof(std::int64_t));
    auto *const rows = static_cast<std::int64_t *>(shrunk != nullptr ? shrunk : bytes);
    if (making.isDescending) {
        std::reverse(rows, rows + run.size);
        std::ranges::reverse(run.ties);
        for (Tie &tie : run.ties)
            tie.begin = run.size - tie.begin - tie.count;
    }
    run.rows = std::shared_ptr<std::int64_t>(rows, [](std::int64_t *of) { std::free(of); });
    return run;
}

} // namespace turnstone
