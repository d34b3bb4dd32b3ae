// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>

namespace turnstone::similarity {

/// What the quantisation of one vector came to: x = scale · codes + e with ‖e‖ ≤ error, ‖x‖ = norm.
struct QuantisedRow
{
    double norm = 0; ///< NaN or infinite if a component is
    float scale = 0;
    float error = 0;
};

/// Loops over numbers, compiled for several instruction sets, chosen when first called. Pure functions; any thread.
/// Lengths need not be multiples of anything; pointers need no alignment.
namespace kernels {

/// Inner product in float32. Its error is at most dotErrorFactor(n) · ‖a‖ · ‖b‖.
float dot(const float *a, const float *b, std::size_t n);
double dotErrorFactor(std::size_t n);
/// The same in float64.
double dotExact(const double *query, const double *x, std::size_t n);
double dotExact(const double *query, const float *x, std::size_t n);
/// ‖x‖² in float64.
double squaredNorm(const float *x, std::size_t n);

void widen(const float *x, std::size_t n, double *out);
void narrow(const double *x, std::size_t n, float *out);
void halfToFloat(const std::uint16_t *half, std::size_t n, float *out);
/// From network byte order, as PostgreSQL sends it.
void bigEndianFloats(const unsigned char *bytes, std::size_t n, float *out);

/// Writes n codes from −127 to 127, and zeros up to `stride`.
QuantisedRow quantise(const float *x, std::size_t n, std::int8_t *codes, std::size_t stride);

/// dots[r] = ⟨query, codes of row r⟩ for rows `stride` apart. `stride` is a multiple of codeAlignment, `query` has as many
/// elements, zeros at its end. Nothing overflows if 127 · Σ|query| < 2³¹.
constexpr std::size_t codeAlignment = 64;
void scan(const std::int8_t *codes, std::size_t stride, std::size_t rows, const std::int16_t *query, std::int32_t *dots);

/// dots[i · columns + j] = ⟨row i of a, row j of b⟩: the inner loop of all pairs, on widened codes, `stride` apart (a multiple of
/// codeAlignment); 127² · stride < 2³¹.
void tile(const std::int16_t *a, std::size_t rows, const std::int16_t *b, std::size_t columns, std::size_t stride, std::int32_t *dots);
void widenCodes(const std::int8_t *codes, std::size_t n, std::int16_t *out);

/// The name of the instruction set in use: "AVX3", "AVX2", "SSE4", …
const char *instructionSet();
/// For benchmarks: a sum that reads all of it, and multiply–adds of tile() that read nothing.
double readOnce(const float *x, std::size_t n);
std::int64_t multiplyAddOnly(std::size_t steps, std::size_t *multiplications);

} // namespace kernels
} // namespace turnstone::similarity
