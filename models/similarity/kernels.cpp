// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/similarity/kernels.h"

#include <cmath>
#include <cstring>

// Highway compiles what lies between BEFORE and AFTER once for each instruction set by including this file again.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/similarity/kernels.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace turnstone::similarity::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

float dotFloat(const float *HWY_RESTRICT a, const float *HWY_RESTRICT b, std::size_t n)
{
    const hn::ScalableTag<float> d;
    const std::size_t lanes = hn::Lanes(d);
    auto s0 = hn::Zero(d), s1 = hn::Zero(d), s2 = hn::Zero(d), s3 = hn::Zero(d);
    std::size_t i = 0;
    for (; i + 4 * lanes <= n; i += 4 * lanes) {
        s0 = hn::MulAdd(hn::LoadU(d, a + i), hn::LoadU(d, b + i), s0);
        s1 = hn::MulAdd(hn::LoadU(d, a + i + lanes), hn::LoadU(d, b + i + lanes), s1);
        s2 = hn::MulAdd(hn::LoadU(d, a + i + 2 * lanes), hn::LoadU(d, b + i + 2 * lanes), s2);
        s3 = hn::MulAdd(hn::LoadU(d, a + i + 3 * lanes), hn::LoadU(d, b + i + 3 * lanes), s3);
    }
    for (; i + lanes <= n; i += lanes)
        s0 = hn::MulAdd(hn::LoadU(d, a + i), hn::LoadU(d, b + i), s0);
    float sum = hn::GetLane(hn::SumOfLanes(d, hn::Add(hn::Add(s0, s1), hn::Add(s2, s3))));
    for (; i < n; ++i)
        sum += a[i] * b[i];
    return sum;
}

double dotDoubles(const double *HWY_RESTRICT a, const double *HWY_RESTRICT b, std::size_t n)
{
    double sums[4] = {};
    std::size_t i = 0;
#if HWY_HAVE_FLOAT64
    const hn::ScalableTag<double> d;
    const std::size_t lanes = hn::Lanes(d);
    auto s0 = hn::Zero(d), s1 = hn::Zero(d);
    for (; i + 2 * lanes <= n; i += 2 * lanes) {
        s0 = hn::MulAdd(hn::LoadU(d, a + i), hn::LoadU(d, b + i), s0);
        s1 = hn::MulAdd(hn::LoadU(d, a + i + lanes), hn::LoadU(d, b + i + lanes), s1);
    }
    sums[1] = hn::GetLane(hn::SumOfLanes(d, hn::Add(s0, s1)));
#endif
    for (; i < n; ++i)
        sums[0] += a[i] * b[i];
    return sums[0] + sums[1];
}

double dotMixed(const double *HWY_RESTRICT a, const float *HWY_RESTRICT b, std::size_t n)
{
    double sums[2] = {};
    std::size_t i = 0;
#if HWY_HAVE_FLOAT64
    const hn::ScalableTag<double> d;
    const hn::Rebind<float, decltype(d)> df;
    const std::size_t lanes = hn::Lanes(d);
    auto s0 = hn::Zero(d), s1 = hn::Zero(d);
    for (; i + 2 * lanes <= n; i += 2 * lanes) {
        s0 = hn::MulAdd(hn::LoadU(d, a + i), hn::PromoteTo(d, hn::LoadU(df, b + i)), s0);
        s1 = hn::MulAdd(hn::LoadU(d, a + i + lanes), hn::PromoteTo(d, hn::LoadU(df, b + i + lanes)), s1);
    }
    sums[1] = hn::GetLane(hn::SumOfLanes(d, hn::Add(s0, s1)));
#endif
    for (; i < n; ++i)
        sums[0] += a[i] * static_cast<double>(b[i]);
    return sums[0] + sums[1];
}

double normAndMaximum(const float *HWY_RESTRICT x, std::size_t n, float *largest)
{
    double squares = 0;
    float maximum = 0;
    std::size_t i = 0;
#if HWY_HAVE_FLOAT64
    const hn::ScalableTag<double> d;
    const hn::Rebind<float, decltype(d)> df;
    const std::size_t lanes = hn::Lanes(d);
    auto s0 = hn::Zero(d), s1 = hn::Zero(d);
    auto m = hn::Zero(df);
    for (; i + 2 * lanes <= n; i += 2 * lanes) {
        const auto x0 = hn::LoadU(df, x + i);
        const auto x1 = hn::LoadU(df, x + i + lanes);
        m = hn::Max(m, hn::Max(hn::Abs(x0), hn::Abs(x1)));
        const auto w0 = hn::PromoteTo(d, x0);
        const auto w1 = hn::PromoteTo(d, x1);
        s0 = hn::MulAdd(w0, w0, s0);
        s1 = hn::MulAdd(w1, w1, s1);
    }
    squares = hn::GetLane(hn::SumOfLanes(d, hn::Add(s0, s1)));
    maximum = hn::GetLane(hn::MaxOfLanes(df, m));
#endif
    for (; i < n; ++i) {
        squares += static_cast<double>(x[i]) * static_cast<double>(x[i]);
        maximum = std::fmax(maximum, std::fabs(x[i]));
    }
    *largest = maximum;
    return squares;
}

/// Writes the codes and returns the sum of the squares of what is lost.
float writeCodes(const float *HWY_RESTRICT x, std::size_t n, float scale, float inverse, std::int8_t *HWY_RESTRICT codes)
{
    const hn::ScalableTag<float> d;
    const hn::Rebind<std::int32_t, decltype(d)> di;
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
    (void)di;
    float sum = hn::GetLane(hn::SumOfLanes(d, lost));
    for (; i < n; ++i) {
        const float code = std::nearbyint(x[i] * inverse);
        const float rest = x[i] - code * scale;
        sum += rest * rest;
        codes[i] = static_cast<std::int8_t>(code);
    }
    return sum;
}

/// Two rows at a time, half of the rows apart: two streams through memory, each in order, which the processor reads ahead better
/// than one, and much better than neighbouring rows side by side. Codes are widened to 16 bits, products added in 32.
void scanRows(const std::int8_t *HWY_RESTRICT codes, std::size_t stride, std::size_t rows, const std::int16_t *HWY_RESTRICT query, std::int32_t *HWY_RESTRICT dots)
{
    const hn::ScalableTag<std::int16_t> d16;
    const hn::Rebind<std::int8_t, decltype(d16)> d8;
    const hn::RepartitionToWide<decltype(d16)> d32;
    const std::size_t lanes = hn::Lanes(d16);
    const std::size_t half = rows / 2;
    for (std::size_t row = 0; row < half; ++row) {
        const std::int8_t *near = codes + row * stride;
        const std::int8_t *far = near + half * stride;
        auto a0 = hn::Zero(d32), a1 = hn::Zero(d32), b0 = hn::Zero(d32), b1 = hn::Zero(d32);
        auto unused0 = hn::Zero(d32), unused1 = hn::Zero(d32);
        for (std::size_t i = 0; i < stride; i += 2 * lanes) {
            const auto q0 = hn::LoadU(d16, query + i);
            const auto q1 = hn::LoadU(d16, query + i + lanes);
            a0 = hn::ReorderWidenMulAccumulate(d32, hn::PromoteTo(d16, hn::LoadU(d8, near + i)), q0, a0, unused0);
            a1 = hn::ReorderWidenMulAccumulate(d32, hn::PromoteTo(d16, hn::LoadU(d8, near + i + lanes)), q1, a1, unused0);
            b0 = hn::ReorderWidenMulAccumulate(d32, hn::PromoteTo(d16, hn::LoadU(d8, far + i)), q0, b0, unused1);
            b1 = hn::ReorderWidenMulAccumulate(d32, hn::PromoteTo(d16, hn::LoadU(d8, far + i + lanes)), q1, b1, unused1);
        }
        dots[row] = hn::GetLane(hn::SumOfLanes(d32, hn::Add(hn::Add(a0, a1), unused0)));
        dots[row + half] = hn::GetLane(hn::SumOfLanes(d32, hn::Add(hn::Add(b0, b1), unused1)));
    }
    for (std::size_t row = 2 * half; row < rows; ++row) {
        auto a = hn::Zero(d32), b = hn::Zero(d32);
        for (std::size_t i = 0; i < stride; i += lanes)
            a = hn::ReorderWidenMulAccumulate(d32, hn::PromoteTo(d16, hn::LoadU(d8, codes + row * stride + i)), hn::LoadU(d16, query + i), a, b);
        dots[row] = hn::GetLane(hn::SumOfLanes(d32, hn::Add(a, b)));
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

void widenRow(const std::int8_t *HWY_RESTRICT codes, std::size_t n, std::int16_t *HWY_RESTRICT out)
{
    for (std::size_t i = 0; i < n; ++i)
        out[i] = codes[i];
}

void halfFloats(const std::uint16_t *HWY_RESTRICT half, std::size_t n, float *HWY_RESTRICT out)
{
    for (std::size_t i = 0; i < n; ++i) {
        // The exponent is moved by a multiplication, which also makes subnormals right; infinities and NaN apart.
        const std::uint32_t magnitude = static_cast<std::uint32_t>(half[i] & 0x7fffU) << 13;
        std::uint32_t bits = magnitude;
        float value;
        std::memcpy(&value, &bits, sizeof value);
        value *= 0x1p112F;
        if ((half[i] & 0x7c00U) == 0x7c00U) {
            bits = magnitude | 0x7f800000U;
            std::memcpy(&value, &bits, sizeof value);
        }
        std::memcpy(&bits, &value, sizeof bits);
        bits |= static_cast<std::uint32_t>(half[i] & 0x8000U) << 16;
        std::memcpy(out + i, &bits, sizeof bits);
    }
}

void swapFloats(const unsigned char *HWY_RESTRICT bytes, std::size_t n, float *HWY_RESTRICT out)
{
    for (std::size_t i = 0; i < n; ++i) {
        std::uint32_t bits;
        std::memcpy(&bits, bytes + 4 * i, sizeof bits);
        bits = __builtin_bswap32(bits);
        std::memcpy(out + i, &bits, sizeof bits);
    }
}

double sumOnce(const float *HWY_RESTRICT x, std::size_t n)
{
    const hn::ScalableTag<float> d;
    const std::size_t lanes = hn::Lanes(d);
    auto s0 = hn::Zero(d), s1 = hn::Zero(d), s2 = hn::Zero(d), s3 = hn::Zero(d);
    std::size_t i = 0;
    for (; i + 4 * lanes <= n; i += 4 * lanes) {
        s0 = hn::Add(s0, hn::LoadU(d, x + i));
        s1 = hn::Add(s1, hn::LoadU(d, x + i + lanes));
        s2 = hn::Add(s2, hn::LoadU(d, x + i + 2 * lanes));
        s3 = hn::Add(s3, hn::LoadU(d, x + i + 3 * lanes));
    }
    return static_cast<double>(hn::GetLane(hn::SumOfLanes(d, hn::Add(hn::Add(s0, s1), hn::Add(s2, s3)))));
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

const char *targetName()
{
    return hwy::TargetName(HWY_TARGET);
}

} // namespace turnstone::similarity::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace turnstone::similarity {

HWY_EXPORT(dotFloat);
HWY_EXPORT(dotDoubles);
HWY_EXPORT(dotMixed);
HWY_EXPORT(normAndMaximum);
HWY_EXPORT(writeCodes);
HWY_EXPORT(scanRows);
HWY_EXPORT(tileRows);
HWY_EXPORT(widenRow);
HWY_EXPORT(halfFloats);
HWY_EXPORT(swapFloats);
HWY_EXPORT(sumOnce);
HWY_EXPORT(multiplyAdds);
HWY_EXPORT(targetName);

} // namespace turnstone::similarity

namespace turnstone::similarity::kernels {

float dot(const float *a, const float *b, std::size_t n)
{
    return HWY_DYNAMIC_DISPATCH(dotFloat)(a, b, n);
}

double dotErrorFactor(std::size_t n)
{
    // A product and at most n/16 + 24 additions lie on the way of a term to the sum (four sums of at least four lanes, but
    // for the portable code, which adds one after the other), each with a relative error of 2⁻²⁴.
    return (static_cast<double>(n) + 24) * 0x1p-24 * 1.001;
}

double dotExact(const double *query, const double *x, std::size_t n)
{
    return HWY_DYNAMIC_DISPATCH(dotDoubles)(query, x, n);
}

double dotExact(const double *query, const float *x, std::size_t n)
{
    return HWY_DYNAMIC_DISPATCH(dotMixed)(query, x, n);
}

double squaredNorm(const float *x, std::size_t n)
{
    float largest = 0;
    return HWY_DYNAMIC_DISPATCH(normAndMaximum)(x, n, &largest);
}

void widen(const float *x, std::size_t n, double *out)
{
    for (std::size_t i = 0; i < n; ++i)
        out[i] = static_cast<double>(x[i]);
}

void narrow(const double *x, std::size_t n, float *out)
{
    for (std::size_t i = 0; i < n; ++i)
        out[i] = static_cast<float>(x[i]);
}

void halfToFloat(const std::uint16_t *half, std::size_t n, float *out)
{
    HWY_DYNAMIC_DISPATCH(halfFloats)(half, n, out);
}

void bigEndianFloats(const unsigned char *bytes, std::size_t n, float *out)
{
    HWY_DYNAMIC_DISPATCH(swapFloats)(bytes, n, out);
}

QuantisedRow quantise(const float *x, std::size_t n, std::int8_t *codes, std::size_t stride)
{
    float largest = 0;
    QuantisedRow row;
    row.norm = std::sqrt(HWY_DYNAMIC_DISPATCH(normAndMaximum)(x, n, &largest));
    if (stride > n)
        std::memset(codes + n, 0, stride - n);
    // Beyond these, the squares of what is lost leave the range of float32. Such vectors have no code: they are candidates by their norm.
    if (!(largest > 1e-10F && largest < 1e15F)) {
        std::memset(codes, 0, n);
        row.error = std::nextafter(static_cast<float>(row.norm * 1.000001), INFINITY);
        return row;
    }
    row.scale = largest / 127.0F;
    const float lost = HWY_DYNAMIC_DISPATCH(writeCodes)(x, n, row.scale, 1.0F / row.scale, codes);
    // The sum of squares was rounded n times, each rest once by at most 2⁻²³ · |x|; a float64 component was rounded to float32.
    const double error = std::sqrt(static_cast<double>(lost)) * (1 + static_cast<double>(n) * 0x1p-24) + 4e-7 * row.norm;
    row.error = std::nextafter(static_cast<float>(error), INFINITY);
    return row;
}

void scan(const std::int8_t *codes, std::size_t stride, std::size_t rows, const std::int16_t *query, std::int32_t *dots)
{
    HWY_DYNAMIC_DISPATCH(scanRows)(codes, stride, rows, query, dots);
}

void tile(const std::int16_t *a, std::size_t rows, const std::int16_t *b, std::size_t columns, std::size_t stride, std::int32_t *dots)
{
    HWY_DYNAMIC_DISPATCH(tileRows)(a, rows, b, columns, stride, dots);
}

void widenCodes(const std::int8_t *codes, std::size_t n, std::int16_t *out)
{
    HWY_DYNAMIC_DISPATCH(widenRow)(codes, n, out);
}

const char *instructionSet()
{
    return HWY_DYNAMIC_DISPATCH(targetName)();
}

double readOnce(const float *x, std::size_t n)
{
    return HWY_DYNAMIC_DISPATCH(sumOnce)(x, n);
}

std::int64_t multiplyAddOnly(std::size_t steps, std::size_t *multiplications)
{
    return HWY_DYNAMIC_DISPATCH(multiplyAdds)(steps, multiplications);
}

} // namespace turnstone::similarity::kernels
#endif
