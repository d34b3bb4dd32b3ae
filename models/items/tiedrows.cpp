// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/tiedrows.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

namespace turnstone {

namespace {

std::uint64_t tiesOf(const std::vector<SortedRun> &runs)
{
    std::uint64_t ties = 0;
    for (const SortedRun &run : runs)
        ties += run.ties.size();
    return ties;
}

/// By the bits from `shift` on, digit by digit, the lowest first: in time proportional to the number of entries.
void sortFrom(int shift, std::vector<std::uint64_t> &entries)
{
    constexpr int digitBits = 11;
    constexpr std::uint64_t mask = (1 << digitBits) - 1;
    const std::uint64_t largest = entries.empty() ? 0 : *std::ranges::max_element(entries);
    std::vector<std::uint64_t> others(entries.size());
    for (; shift < 64 && largest >> shift != 0; shift += digitBits) {
        std::array<std::size_t, mask + 1> places{};
        for (const std::uint64_t entry : entries)
            ++places[entry >> shift & mask];
        std::size_t next = 0;
        for (std::size_t &place : places)
            next += std::exchange(place, next);
        for (const std::uint64_t entry : entries)
            others[places[entry >> shift & mask]++] = entry;
        entries.swap(others);
    }
}

} // namespace

bool TiedRows::isPossible(const std::vector<SortedRun> &runs, int rowBits)
{
    return rowBits + static_cast<int>(std::bit_width(tiesOf(runs))) <= 64;
}

std::size_t TiedRows::count(const std::vector<SortedRun> &runs)
{
    std::size_t rows = 0;
    for (const SortedRun &run : runs)
        rows += run.tiedRows();
    return rows;
}

bool TiedRows::areOpen(const std::vector<SortedRun> &runs)
{
    return std::ranges::all_of(runs, [](const SortedRun &run) { return std::ranges::all_of(run.ties, &SortedRun::Tie::isOpen); });
}

TiedRows::TiedRows(const std::vector<SortedRun> &runs, std::int64_t firstRow, bool isReversed)
    : m_firstRow(static_cast<std::uint64_t>(firstRow))
    , m_ties(tiesOf(runs))
    , m_tieBits(static_cast<int>(std::bit_width(m_ties)))
{
    m_rows.reserve(count(runs));
    std::uint64_t number = 0;
    for (const SortedRun &run : runs) {
        for (const SortedRun::Tie &tie : run.ties) {
            const std::uint64_t of = isReversed ? m_ties - 1 - number : number;
            for (std::size_t i = tie.begin; i < tie.begin + tie.count; ++i)
                m_rows.push_back((static_cast<std::uint64_t>(run.rows.get()[i]) - m_firstRow) << m_tieBits | of);
            ++number;
        }
    }
    sortFrom(m_tieBits, m_rows); // a row stands in one tie only
}

std::size_t TiedRows::from(std::int64_t row) const
{
    const std::uint64_t wanted = (static_cast<std::uint64_t>(row) - m_firstRow) << m_tieBits;
    return static_cast<std::size_t>(std::ranges::lower_bound(m_rows, wanted) - m_rows.begin());
}

void TiedRows::pour(const std::vector<SortedRun> &ordered, std::vector<SortedRun> &runs)
{
    auto from = ordered.begin();
    std::size_t next = 0;    // in its rows
    std::size_t nextTie = 0; // in its ties
    for (SortedRun &run : runs) {
        const std::vector<SortedRun::Tie> ties = std::exchange(run.ties, {});
        for (const SortedRun::Tie &tie : ties) {
            for (std::size_t at = tie.begin; at < tie.begin + tie.count; ++at) {
                while (from != ordered.end() && next == from->size) {
                    ++from;
                    next = 0;
                    nextTie = 0;
                }
                if (from == ordered.end())
                    return; // cannot be: they are as many
                if (nextTie < from->ties.size() && from->ties[nextTie].begin == next) {
                    run.ties.push_back({at, from->ties[nextTie].count, from->ties[nextTie].isOpen});
                    ++nextTie;
                }
                run.rows.get()[at] = from->rows.get()[next++];
            }
        }
    }
}

} // namespace turnstone
