// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/similarity/codekernels.h"

#include <algorithm>
#include <cmath>
#include <cstring>

// Highway compiles what lies between BEFORE and AFTER once for each instruction set by including this file again.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/similarity/codekernels.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace turnstone::similarity::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

constexpr std::size_t block = codeAlignment;
constexpr std::size_t halfBlock = block / 2;

/// Codes of up to a block of numbers, zeros behind them; returns the sum of the squares of what is lost.
float codesOfBlock(const float *HWY_RESTRICT x, std::size_t n, float scale, float inverse, std::int8_t *HWY_RESTRICT codes)
{
    const hn::ScalableTag<float> d;
    const hn::Rebind<std::int8_t, decltype(d)> db;
    const std::size_t lanes = hn::Lanes(d);
    const auto s = hn::Set(d, scale);
    const auto r = hn::Set(d, inverse);
    auto lost = hn::Zero(d);
    std::size_t i = 0;
    for (; i + lanes <= n; i += lanes) {
        const auto v = hn::LoadU(d, x + i);
        const auto code = hn::NearestInt(hn::Mul(v, r)); // |v · r| ≤ 127.0001: never 128
        const auto rest = hn::Sub(v, hn::Mul(hn::ConvertTo(d, code), s));
        lost = hn::MulAdd(rest, rest, lost);
        hn::StoreU(hn::DemoteTo(db, code), db, codes + i);
    }
    float sum = hn::GetLane(hn::SumOfLanes(d, lost));
    for (; i < n; ++i) {
        const float code = std::nearbyint(x[i] * inverse);
        const float rest = x[i] - code * scale;
        sum += rest * rest;
        codes[i] = static_cast<std::int8_t>(code);
    }
    for (; i < block; ++i)
        codes[i] = 0;
    return sum;
}

/// Σ(2·l − 15)² over the lower halves l of n codes: four times the square of what the upper halves alone lose.
std::uint32_t lowerSquares(const std::int8_t *HWY_RESTRICT codes, std::size_t n)
{
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < n; ++i) {
        const auto rest = static_cast<std::int16_t>(2 * (codes[i] & 15) - 15);
        sum += static_cast<std::uint32_t>(rest * rest);
    }
    return sum;
}

/// Writes the planes and returns the sum of the squares of what is lost.
float writeCodes(const float *HWY_RESTRICT x, std::size_t n, std::size_t stride, float scale, float inverse, std::uint8_t *HWY_RESTRICT high, std::uint8_t *HWY_RESTRICT low,
                 std::uint64_t *squares)
{
    HWY_ALIGN std::int8_t codes[block];
    float lost = 0;
    for (std::size_t at = 0; at < stride; at += block) {
        const std::size_t count = at < n ? std::min(block, n - at) : 0;
        lost += codesOfBlock(x + std::min(at, n), count, scale, inverse, codes);
        *squares += lowerSquares(codes, count);
        std::uint8_t *upper = high + at / 2;
        std::uint8_t *lower = low + at / 2;
        for (std::size_t i = 0; i < halfBlock; ++i) {
            const auto first = static_cast<std::uint8_t>(codes[i] ^ 0x80);
            const auto second = static_cast<std::uint8_t>(codes[i + halfBlock] ^ 0x80);
            upper[i] = static_cast<std::uint8_t>((first >> 4) | (second & 0xf0));
            lower[i] = static_cast<std::uint8_t>((first & 0x0f) | (second << 4));
        }
    }
    return lost;
}

/// A block of codes, widened.
HWY_INLINE void widenBlock(const std::uint8_t *HWY_RESTRICT high, const std::uint8_t *HWY_RESTRICT low, std::int16_t *HWY_RESTRICT out)
{
    for (std::size_t i = 0; i < halfBlock; ++i)
        out[i] = static_cast<std::int8_t>(static_cast<std::uint8_t>(((high[i] << 4) | (low[i] & 0x0f)) ^ 0x80));
    for (std::size_t i = 0; i < halfBlock; ++i)
        out[halfBlock + i] = static_cast<std::int8_t>(static_cast<std::uint8_t>(((high[i] & 0xf0) | (low[i] >> 4)) ^ 0x80));
}

void widenRow(const std::uint8_t *HWY_RESTRICT high, const std::uint8_t *HWY_RESTRICT low, std::size_t stride, std::int16_t *HWY_RESTRICT out)
{
    for (std::size_t at = 0; at < stride; at += block)
        widenBlock(high + at / 2, low + at / 2, out + at);
}

std::int32_t dotRow(const std::uint8_t *HWY_RESTRICT high, const std::uint8_t *HWY_RESTRICT low, std::size_t stride, const std::int16_t *HWY_RESTRICT query)
{
    HWY_ALIGN std::int16_t codes[block];
    const hn::ScalableTag<std::int16_t> d16;
    const hn::RepartitionToWide<decltype(d16)> d32;
    auto sum = hn::Zero(d32), unused = hn::Zero(d32);
    for (std::size_t at = 0; at < stride; at += block) {
        widenBlock(high + at / 2, low + at / 2, codes);
        for (std::size_t i = 0; i < block; i += hn::Lanes(d16))
            sum = hn::ReorderWidenMulAccumulate(d32, hn::Load(d16, codes + i), hn::LoadU(d16, query + at + i), sum, unused);
    }
    return hn::GetLane(hn::SumOfLanes(d32, hn::Add(sum, unused)));
}

#undef TURNSTONE_HAS_BYTE_PRODUCTS // of the instruction set before
#if HWY_ARCH_X86 && (HWY_TARGET <= HWY_AVX3 || HWY_TARGET == HWY_AVX2)
#define TURNSTONE_HAS_BYTE_PRODUCTS 1
using Bytes = hn::ScalableTag<std::uint8_t>;
using SignedBytes = hn::ScalableTag<std::int8_t>;
using Sums = hn::ScalableTag<std::int32_t>;

/// sums + products of bytes from 0 to 15 and signed bytes, added by fours. Highway has no name for this in version 1.0.3.
HWY_INLINE hn::Vec<Sums> addProducts(hn::Vec<Sums> sums, hn::Vec<Bytes> a, hn::Vec<SignedBytes> b)
{
#if HWY_TARGET <= HWY_AVX3_DL
    return hn::Vec<Sums>{_mm512_dpbusd_epi32(sums.raw, a.raw, b.raw)};
#elif HWY_TARGET <= HWY_AVX3
    return hn::Vec<Sums>{_mm512_add_epi32(sums.raw, _mm512_madd_epi16(_mm512_maddubs_epi16(a.raw, b.raw), _mm512_set1_epi16(1)))};
#else
    return hn::Vec<Sums>{_mm256_add_epi32(sums.raw, _mm256_madd_epi16(_mm256_maddubs_epi16(a.raw, b.raw), _mm256_set1_epi16(1)))};
#endif
}
#else
#define TURNSTONE_HAS_BYTE_PRODUCTS 0
#endif

/// Two rows at a time, half of the rows apart: two streams through memory, each in order, which the processor reads ahead better
/// than one, and much better than neighbouring rows side by side.
void scanUpper(const std::uint8_t *HWY_RESTRICT high, std::size_t stride, std::size_t rows, const std::int8_t *HWY_RESTRICT query, std::int32_t *HWY_RESTRICT dots)
{
    const std::size_t bytes = stride / 2;
    std::size_t done = 0;
#if TURNSTONE_HAS_BYTE_PRODUCTS
    const Bytes d8;
    const SignedBytes ds8;
    const Sums d32;
    const auto mask = hn::Set(d8, std::uint8_t(15));
    const std::size_t lanes = hn::Lanes(d8);
    const std::size_t half = rows / 2;
    for (std::size_t row = 0; row < half; ++row) {
        const std::uint8_t *near = high + row * bytes;
        const std::uint8_t *far = near + half * bytes;
        auto a0 = hn::Zero(d32), a1 = hn::Zero(d32), b0 = hn::Zero(d32), b1 = hn::Zero(d32);
        for (std::size_t at = 0; at < bytes; at += halfBlock) {
            for (std::size_t i = 0; i < halfBlock; i += lanes) {
                const auto first = hn::LoadU(ds8, query + 2 * at + i);
                const auto second = hn::LoadU(ds8, query + 2 * at + halfBlock + i);
                const auto a = hn::LoadU(d8, near + at + i);
                const auto b = hn::LoadU(d8, far + at + i);
                a0 = addProducts(a0, hn::And(a, mask), first);
                a1 = addProducts(a1, hn::ShiftRight<4>(a), second);
                b0 = addProducts(b0, hn::And(b, mask), first);
                b1 = addProducts(b1, hn::ShiftRight<4>(b), second);
            }
        }
        dots[row] = hn::GetLane(hn::SumOfLanes(d32, hn::Add(a0, a1)));
        dots[row + half] = hn::GetLane(hn::SumOfLanes(d32, hn::Add(b0, b1)));
    }
    done = 2 * half;
#endif
    for (std::size_t row = done; row < rows; ++row) {
        const std::uint8_t *upper = high + row * bytes;
        std::int32_t sum = 0;
        for (std::size_t at = 0; at < bytes; at += halfBlock) {
            for (std::size_t i = 0; i < halfBlock; ++i)
                sum += static_cast<std::int16_t>(upper[at + i] & 15) * query[2 * at + i];
            for (std::size_t i = 0; i < halfBlock; ++i)
                sum += static_cast<std::int16_t>(upper[at + i] >> 4) * query[2 * at + halfBlock + i];
        }
        dots[row] = sum;
    }
}

/// One block of rows × columns that stays in registers.
template<int rows, int columns>
HWY_INLINE void tileBlock(const std::int16_t *HWY_RESTRICT a, const std::int16_t *HWY_RESTRICT b, std::size_t stride, std::int32_t *HWY_RESTRICT dots, std::size_t width)
{
    static_assert(rows == 4 && (columns == 1 || columns == 2 || columns == 4));
    const hn::ScalableTag<std::int16_t> d16;
    const hn::RepartitionToWide<decltype(d16)> d32;
    const std::size_t lanes = hn::Lanes(d16);
    using V = decltype(hn::Zero(d32));
    // Named one by one: sizeless vectors cannot stand in arrays.
    V s00 = hn::Zero(d32), s10 = hn::Zero(d32), s20 = hn::Zero(d32), s30 = hn::Zero(d32);
    V s01 = hn::Zero(d32), s11 = hn::Zero(d32), s21 = hn::Zero(d32), s31 = hn::Zero(d32);
    V s02 = hn::Zero(d32), s12 = hn::Zero(d32), s22 = hn::Zero(d32), s32 = hn::Zero(d32);
    V s03 = hn::Zero(d32), s13 = hn::Zero(d32), s23 = hn::Zero(d32), s33 = hn::Zero(d32);
    V unused = hn::Zero(d32); // of instruction sets whose multiply–add has one sum
    for (std::size_t i = 0; i < stride; i += lanes) {
        const auto a0 = hn::LoadU(d16, a + i);
        const auto a1 = hn::LoadU(d16, a + stride + i);
        const auto a2 = hn::LoadU(d16, a + 2 * stride + i);
        const auto a3 = hn::LoadU(d16, a + 3 * stride + i);
        const auto b0 = hn::LoadU(d16, b + i);
        s00 = hn::ReorderWidenMulAccumulate(d32, a0, b0, s00, unused);
        s10 = hn::ReorderWidenMulAccumulate(d32, a1, b0, s10, unused);
        s20 = hn::ReorderWidenMulAccumulate(d32, a2, b0, s20, unused);
        s30 = hn::ReorderWidenMulAccumulate(d32, a3, b0, s30, unused);
        if constexpr (columns >= 2) {
            const auto b1 = hn::LoadU(d16, b + stride + i);
            s01 = hn::ReorderWidenMulAccumulate(d32, a0, b1, s01, unused);
            s11 = hn::ReorderWidenMulAccumulate(d32, a1, b1, s11, unused);
            s21 = hn::ReorderWidenMulAccumulate(d32, a2, b1, s21, unused);
            s31 = hn::ReorderWidenMulAccumulate(d32, a3, b1, s31, unused);
        }
        if constexpr (columns >= 4) {
            const auto b2 = hn::LoadU(d16, b + 2 * stride + i);
            s02 = hn::ReorderWidenMulAccumulate(d32, a0, b2, s02, unused);
            s12 = hn::ReorderWidenMulAccumulate(d32, a1, b2, s12, unused);
            s22 = hn::ReorderWidenMulAccumulate(d32, a2, b2, s22, unused);
            s32 = hn::ReorderWidenMulAccumulate(d32, a3, b2, s32, unused);
            const auto b3 = hn::LoadU(d16, b + 3 * stride + i);
            s03 = hn::ReorderWidenMulAccumulate(d32, a0, b3, s03, unused);
            s13 = hn::ReorderWidenMulAccumulate(d32, a1, b3, s13, unused);
            s23 = hn::ReorderWidenMulAccumulate(d32, a2, b3, s23, unused);
            s33 = hn::ReorderWidenMulAccumulate(d32, a3, b3, s33, unused);
        }
    }
    const auto sum = [&](V v) { return hn::GetLane(hn::SumOfLanes(d32, v)); };
    dots[0] = sum(s00), dots[width] = sum(s10), dots[2 * width] = sum(s20), dots[3 * width] = sum(s30);
    if constexpr (columns >= 2)
        dots[1] = sum(s01), dots[width + 1] = sum(s11), dots[2 * width + 1] = sum(s21), dots[3 * width + 1] = sum(s31);
    if constexpr (columns >= 4) {
        dots[2] = sum(s02), dots[width + 2] = sum(s12), dots[2 * width + 2] = sum(s22), dots[3 * width + 2] = sum(s32);
        dots[3] = sum(s03), dots[width + 3] = sum(s13), dots[2 * width + 3] = sum(s23), dots[3 * width + 3] = sum(s33);
    }
}

/// Where the multiply–add of the instruction set has two sums (NEON, portable code), the plain loop.
void tilePlain(const std::int16_t *a, std::size_t rows, const std::int16_t *b, std::size_t columns, std::size_t stride, std::size_t width, std::int32_t *dots)
{
    const hn::ScalableTag<std::int16_t> d16;
    const hn::RepartitionToWide<decltype(d16)> d32;
    const std::size_t lanes = hn::Lanes(d16);
    for (std::size_t r = 0; r < rows; ++r) {
        for (std::size_t c = 0; c < columns; ++c) {
            auto s = hn::Zero(d32), t = hn::Zero(d32);
            for (std::size_t i = 0; i < stride; i += lanes)
                s = hn::ReorderWidenMulAccumulate(d32, hn::LoadU(d16, a + r * stride + i), hn::LoadU(d16, b + c * stride + i), s, t);
            dots[r * width + c] = hn::GetLane(hn::SumOfLanes(d32, hn::Add(s, t)));
        }
    }
}

void tileRows(const std::int16_t *HWY_RESTRICT a, std::size_t rows, const std::int16_t *HWY_RESTRICT b, std::size_t columns, std::size_t stride, std::int32_t *HWY_RESTRICT dots)
{
#if HWY_ARCH_X86 && HWY_TARGET != HWY_SCALAR && HWY_TARGET != HWY_EMU128
    constexpr std::size_t step = HWY_TARGET <= HWY_AVX3 ? 4 : 2; // 32 registers or 16
    std::size_t r = 0;
    for (; r + 4 <= rows; r += 4) {
        std::size_t c = 0;
        for (; c + step <= columns; c += step)
            tileBlock<4, step>(a + r * stride, b + c * stride, stride, dots + r * columns + c, columns);
        for (; c < columns; ++c)
            tileBlock<4, 1>(a + r * stride, b + c * stride, stride, dots + r * columns + c, columns);
    }
    tilePlain(a + r * stride, rows - r, b, columns, stride, columns, dots + r * columns);
#else
    tilePlain(a, rows, b, columns, stride, columns, dots);
#endif
}

std::int64_t multiplyAdds(std::size_t steps, std::size_t *multiplications)
{
    const hn::ScalableTag<std::int16_t> d16;
    const hn::RepartitionToWide<decltype(d16)> d32;
    // Every product is of numbers that changed in this step, so that the compiler can take none out of the loop.
    const auto one = hn::Set(d16, 1);
    auto x0 = hn::Set(d16, 2), x1 = hn::Set(d16, 4), x2 = hn::Set(d16, 6), x3 = hn::Set(d16, 8);
    auto s0 = hn::Zero(d32), s1 = hn::Zero(d32), s2 = hn::Zero(d32), s3 = hn::Zero(d32);
    auto s4 = hn::Zero(d32), s5 = hn::Zero(d32), s6 = hn::Zero(d32), s7 = hn::Zero(d32);
    auto unused = hn::Zero(d32);
    for (std::size_t i = 0; i < steps; ++i) {
        x0 = hn::Xor(x0, one);
        x2 = hn::Xor(x2, one);
        s0 = hn::ReorderWidenMulAccumulate(d32, x0, x1, s0, unused);
        s1 = hn::ReorderWidenMulAccumulate(d32, x0, x2, s1, unused);
        s2 = hn::ReorderWidenMulAccumulate(d32, x0, x3, s2, unused);
        s3 = hn::ReorderWidenMulAccumulate(d32, x2, x1, s3, unused);
        s4 = hn::ReorderWidenMulAccumulate(d32, x2, x3, s4, unused);
        s5 = hn::ReorderWidenMulAccumulate(d32, x0, x0, s5, unused);
        s6 = hn::ReorderWidenMulAccumulate(d32, x2, x2, s6, unused);
        s7 = hn::ReorderWidenMulAccumulate(d32, x0, one, s7, unused);
    }
    *multiplications = steps * 8 * hn::Lanes(d16);
    const auto all = hn::Add(hn::Add(hn::Add(s0, s1), hn::Add(s2, s3)), hn::Add(hn::Add(s4, s5), hn::Add(s6, s7)));
    return hn::GetLane(hn::SumOfLanes(d32, hn::Add(all, unused)));
}

} // namespace turnstone::similarity::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace turnstone::similarity {

HWY_EXPORT(writeCodes);
HWY_EXPORT(widenRow);
HWY_EXPORT(dotRow);
HWY_EXPORT(scanUpper);
HWY_EXPORT(tileRows);
HWY_EXPORT(multiplyAdds);

} // namespace turnstone::similarity

namespace turnstone::similarity::kernels {

QuantisedRow quantise(const float *x, std::size_t n, const Magnitude &magnitude, std::size_t stride, std::uint8_t *high, std::uint8_t *low)
{
    const float largest = magnitude.largest;
    QuantisedRow row;
    row.norm = std::sqrt(magnitude.squares);
    // Beyond these, the squares of what is lost leave the range of float32. Such vectors have no code: they are candidates by their norm.
    if (!(largest > 1e-10F && largest < 1e15F)) {
        std::memset(high, 0x88, stride / 2);
        std::memset(low, 0, stride / 2);
        row.error = std::nextafter(static_cast<float>(row.norm * 1.000001), INFINITY);
        row.coarseError = row.error;
        return row;
    }
    row.scale = largest / 127.0F;
    std::uint64_t squares = 0;
    const float lost = HWY_DYNAMIC_DISPATCH(writeCodes)(x, n, stride, row.scale, 1.0F / row.scale, high, low, &squares);
    // The sum of squares was rounded n times, each rest once by at most 2⁻²³ · |x|; a float64 component was rounded to float32.
    const double error = std::sqrt(static_cast<double>(lost)) * (1 + static_cast<double>(n) * 0x1p-24) + 4e-7 * row.norm;
    row.error = std::nextafter(static_cast<float>(error), INFINITY);
    // What is lost with the lower halves, if 7.5 stands for each of them, and what was lost before.
    const double coarse = error + static_cast<double>(row.scale) * std::sqrt(static_cast<double>(squares)) / 2 * (1 + 1e-9);
    row.coarseError = std::nextafter(static_cast<float>(coarse), INFINITY);
    return row;
}

void scanHigh(const std::uint8_t *high, std::size_t stride, std::size_t rows, const std::int8_t *query, std::int32_t *dots)
{
    HWY_DYNAMIC_DISPATCH(scanUpper)(high, stride, rows, query, dots);
}

std::int32_t dotCodes(CodePlanes row, std::size_t stride, const std::int16_t *query)
{
    return HWY_DYNAMIC_DISPATCH(dotRow)(row.high, row.low, stride, query);
}

void widenCodes(CodePlanes row, std::size_t stride, std::int16_t *out)
{
    HWY_DYNAMIC_DISPATCH(widenRow)(row.high, row.low, stride, out);
}

void tile(const std::int16_t *a, std::size_t rows, const std::int16_t *b, std::size_t columns, std::size_t stride, std::int32_t *dots)
{
    HWY_DYNAMIC_DISPATCH(tileRows)(a, rows, b, columns, stride, dots);
}

std::int64_t multiplyAddOnly(std::size_t steps, std::size_t *multiplications)
{
    return HWY_DYNAMIC_DISPATCH(multiplyAdds)(steps, multiplications);
}

} // namespace turnstone::similarity::kernels
#endif
