// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

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
};
static_assert(sizeof(CodedRow) == 32);

/// Quantised vectors somewhere in memory, rows `stride` bytes apart. `live` has a bit for each row, or is null: all.
struct CodesView
{
    const CodedRow *rows = nullptr;
    const std::int8_t *codes = nullptr;
    std::size_t count = 0;
    std::size_t dimension = 0;
    std::size_t stride = 0;
    const std::uint64_t *live = nullptr;

    bool isLive(std::size_t row) const { return live == nullptr || ((live[row / 64] >> (row % 64)) & 1) != 0; }
};

constexpr std::size_t strideOf(std::size_t dimension)
{
    return (dimension + 63) / 64 * 64;
}

} // namespace turnstone::similarity
