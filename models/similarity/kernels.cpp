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
HWY_EXPORT(halfFloats);
HWY_EXPORT(swapFloats);
HWY_EXPORT(sumOnce);
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

Magnitude magnitudeOf(const float *x, std::size_t n)
{
    Magnitude magnitude;
    magnitude.squares = HWY_DYNAMIC_DISPATCH(normAndMaximum)(x, n, &magnitude.largest);
    return magnitude;
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

const char *instructionSet()
{
    return HWY_DYNAMIC_DISPATCH(targetName)();
}

double readOnce(const float *x, std::size_t n)
{
    return HWY_DYNAMIC_DISPATCH(sumOnce)(x, n);
}

} // namespace turnstone::similarity::kernels
#endif
