// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace turnstone::similarity {

/// What is kept of a vector beside its codes (see kernels::quantise). As it stands in the file of a copy.
struct CodedRow
{
    std::int64_t key = 0; ///< the rowid, or where the key's text lies
    std::uint64_t hash = 0; ///< of the stored bytes: how a change is noticed
    double norm = 0;
    float scale = 0;
    float error = 0;
    float coarseError = 0;
    std::uint32_t unused = 0;
};
static_assert(sizeof(CodedRow) == 40);

/// The codes of one row, 8-bit numbers c + 128 cut in two: of each 128 codes, a byte i of `high` has the upper 4 bits of number i in its
/// lower half and those of number 64 + i in its upper half, `low` the lower 4 bits in the same way. The upper halves are of use alone.
struct CodePlanes
{
    const std::uint8_t *high = nullptr;
    const std::uint8_t *low = nullptr;
};

constexpr std::size_t codeAlignment = 128;
/// Rows whose planes lie together: first all of `high`, then all of `low`. The last group may be smaller.
constexpr std::size_t groupRows = 256;

/// Codes of a vector, and bytes that both planes of it take.
constexpr std::size_t strideOf(std::size_t dimension)
{
    return (dimension + codeAlignment - 1) / codeAlignment * codeAlignment;
}

/// Quantised vectors somewhere in memory, in groups. `live` has a bit for each row, or is null: all.
struct CodesView
{
    const CodedRow *rows = nullptr;
    const std::uint8_t *codes = nullptr;
    std::size_t count = 0;
    std::size_t dimension = 0;
    std::size_t stride = 0;
    const std::uint64_t *live = nullptr;

    bool isLive(std::size_t row) const { return live == nullptr || ((live[row / 64] >> (row % 64)) & 1) != 0; }
    CodePlanes planes(std::size_t row) const
    {
        const std::size_t first = row / groupRows * groupRows;
        const std::uint8_t *high = codes + first * stride + (row - first) * (stride / 2);
        return {high, high + std::min(groupRows, count - first) * (stride / 2)};
    }
};

} // namespace turnstone::similarity
