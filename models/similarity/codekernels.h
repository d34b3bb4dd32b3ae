// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/similarity/codes.h"
#include "models/similarity/kernels.h"

#include <cstddef>
#include <cstdint>

namespace turnstone::similarity {

/// What the quantisation of one vector came to: x = scale · codes + e with ‖e‖ ≤ error, ‖x‖ = norm; and from the upper halves of the
/// codes alone, x = scale · (16 · high − 120.5) + e' with ‖e'‖ ≤ coarseError.
struct QuantisedRow
{
    double norm = 0; ///< NaN or infinite if a component is
    float scale = 0;
    float error = 0;
    float coarseError = 0;
};

/// Loops over codes (see CodePlanes), compiled for several instruction sets, chosen when first called. Pure functions; any thread.
/// `stride` is a multiple of codeAlignment, and what belongs to a row has as many elements, zeros at its end.
namespace kernels {

/// Writes n codes from −127 to 127, and zeros up to `stride`, as two planes of stride / 2 bytes.
QuantisedRow quantise(const float *x, std::size_t n, const Magnitude &magnitude, std::size_t stride, std::uint8_t *high, std::uint8_t *low);
inline QuantisedRow quantise(const float *x, std::size_t n, std::size_t stride, std::uint8_t *high, std::uint8_t *low)
{
    return quantise(x, n, magnitudeOf(x, n), stride, high, low);
}

/// dots[r] = ⟨query, upper halves of row r⟩, rows stride / 2 bytes apart; they are 0 to 15. Nothing overflows if 15 · Σ|query| < 2³¹.
void scanHigh(const std::uint8_t *high, std::size_t stride, std::size_t rows, const std::int8_t *query, std::int32_t *dots);
/// ⟨query, codes⟩ of one row. Nothing overflows if 127 · Σ|query| < 2³¹.
std::int32_t dotCodes(CodePlanes row, std::size_t stride, const std::int16_t *query);
void widenCodes(CodePlanes row, std::size_t stride, std::int16_t *out);

/// dots[i · columns + j] = ⟨row i of a, row j of b⟩: the inner loop of all pairs, on widened codes, `stride` apart;
/// 127² · stride < 2³¹.
void tile(const std::int16_t *a, std::size_t rows, const std::int16_t *b, std::size_t columns, std::size_t stride, std::int32_t *dots);

/// For benchmarks: multiply–adds of tile() that read nothing.
std::int64_t multiplyAddOnly(std::size_t steps, std::size_t *multiplications);

} // namespace kernels
} // namespace turnstone::similarity
