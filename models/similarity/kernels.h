// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>

namespace turnstone::similarity {

/// Loops over numbers, compiled for several instruction sets, chosen when first called. Pure functions; any thread.
/// Lengths need not be multiples of anything; pointers need no alignment.
namespace kernels {

/// Inner product in float32. Its error is at most dotErrorFactor(n) · ‖a‖ · ‖b‖.
float dot(const float *a, const float *b, std::size_t n);
double dotErrorFactor(std::size_t n);
/// The same in float64.
double dotExact(const double *query, const double *x, std::size_t n);
double dotExact(const double *query, const float *x, std::size_t n);
/// ‖x‖² in float64, and the largest |component|.
struct Magnitude
{
    double squares = 0; ///< NaN or infinite if a component is
    float largest = 0;
};
Magnitude magnitudeOf(const float *x, std::size_t n);
inline double squaredNorm(const float *x, std::size_t n)
{
    return magnitudeOf(x, n).squares;
}

void widen(const float *x, std::size_t n, double *out);
void narrow(const double *x, std::size_t n, float *out);
void halfToFloat(const std::uint16_t *half, std::size_t n, float *out);
/// From network byte order, as PostgreSQL sends it.
void bigEndianFloats(const unsigned char *bytes, std::size_t n, float *out);

/// The name of the instruction set in use: "AVX3", "AVX2", "SSE4", …
const char *instructionSet();
/// For benchmarks: a sum that reads all of it.
double readOnce(const float *x, std::size_t n);

} // namespace kernels
} // namespace turnstone::similarity
