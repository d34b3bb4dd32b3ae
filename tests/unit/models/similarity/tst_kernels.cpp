// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/similarity/kernels.h"

#include "models/similarity/codekernels.h"
#include "tests/unit/models/similarity/codedvectors.h"

#include <QtTest>

#include <hwy/targets.h>

#include <cmath>
#include <random>

using namespace turnstone::similarity;

/// Every instruction set that this processor has, against plain loops.
class tst_Kernels : public QObject
{
    Q_OBJECT

private slots:
    void everyInstructionSetAgreesWithPlainLoops_data();
    void everyInstructionSetAgreesWithPlainLoops();
    void whatQuantisationLosesStaysWithinItsBound_data();
    void whatQuantisationLosesStaysWithinItsBound();
    void halfFloatsAreExact();
    void theLargestCodesDoNotOverflow();
    void cleanup() { hwy::SetSupportedTargetsForTest(0); }
};

void tst_Kernels::everyInstructionSetAgreesWithPlainLoops_data()
{
    QTest::addColumn<qulonglong>("target");
    for (const int64_t target : hwy::SupportedAndGeneratedTargets())
        QTest::newRow(hwy::TargetName(target)) << static_cast<qulonglong>(target);
}

void tst_Kernels::everyInstructionSetAgreesWithPlainLoops()
{
    QFETCH(qulonglong, target);
    hwy::SetSupportedTargetsForTest(static_cast<int64_t>(target));
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    std::mt19937 random(7);
    std::normal_distribution<float> normal;
    for (const std::size_t n : {1UL, 3UL, 15UL, 16UL, 17UL, 63UL, 64UL, 65UL, 384UL, 1001UL, 1536UL}) {
        const std::size_t stride = strideOf(n);
        constexpr std::size_t rows = 11;
        std::vector<float> x(rows * n);
        std::vector<float> y(n);
        for (float &value : x)
            value = normal(random);
        for (float &value : y)
            value = normal(random);
        double plain = 0;
        for (std::size_t i = 0; i < n; ++i)
            plain += static_cast<double>(x[i]) * static_cast<double>(y[i]);
        const double norms = std::sqrt(kernels::squaredNorm(x.data(), n) * kernels::squaredNorm(y.data(), n));
        QVERIFY(std::abs(static_cast<double>(kernels::dot(x.data(), y.data(), n)) - plain) <= kernels::dotErrorFactor(n) * norms);
        std::vector<double> wide(n);
        kernels::widen(y.data(), n, wide.data());
        QVERIFY(std::abs(kernels::dotExact(wide.data(), x.data(), n) - plain) <= 1e-12 * norms);

        std::vector<std::int16_t> query(stride);
        std::vector<std::int8_t> coarse(stride);
        for (std::size_t i = 0; i < n; ++i) {
            query[i] = static_cast<std::int16_t>(static_cast<int>(random() % 20001) - 10000);
            coarse[i] = static_cast<std::int8_t>(static_cast<int>(random() % 255) - 127);
        }
        const turnstone::CodedVectors coded(x, n);
        std::vector<std::int32_t> upper(rows);
        kernels::scanHigh(coded.view().planes(0).high, stride, rows, coarse.data(), upper.data());
        std::vector<std::int16_t> a(rows * stride);
        for (std::size_t r = 0; r < rows; ++r)
            kernels::widenCodes(coded.view().planes(r), stride, &a[r * stride]);
        std::vector<std::int32_t> tile(rows * rows);
        kernels::tile(a.data(), rows, a.data(), rows, stride, tile.data());
        for (std::size_t r = 0; r < rows; ++r) {
            std::int32_t expected = 0;
            std::int32_t expectedUpper = 0;
            for (std::size_t i = 0; i < stride; ++i) {
                const int code = a[r * stride + i];
                const float scaled = i < n ? x[r * n + i] / coded.rows[r].scale : 0;
                QVERIFY(std::abs(static_cast<float>(code) - scaled) < 0.501F);
                expected += code * query[i];
                expectedUpper += ((code + 128) >> 4) * coarse[i];
            }
            QCOMPARE(kernels::dotCodes(coded.view().planes(r), stride, query.data()), expected);
            QCOMPARE(upper[r], expectedUpper);
            for (std::size_t c = 0; c < rows; ++c) {
                std::int32_t product = 0;
                for (std::size_t i = 0; i < stride; ++i)
                    product += a[r * stride + i] * a[c * stride + i];
                QCOMPARE(tile[r * rows + c], product);
            }
        }
    }
}

void tst_Kernels::whatQuantisationLosesStaysWithinItsBound_data()
{
    QTest::addColumn<double>("size");
    QTest::addColumn<bool>("hasOutlier");
    for (const double size : {1e-30, 1e-12, 1e-9, 1e-3, 1.0, 1e5, 1e14, 1e18, 1e30}) {
        QTest::addRow("%g", size) << size << false;
        QTest::addRow("%g with an outlier", size) << size << true;
    }
}

void tst_Kernels::whatQuantisationLosesStaysWithinItsBound()
{
    QFETCH(double, size);
    QFETCH(bool, hasOutlier);
    std::mt19937 random(11);
    std::normal_distribution<double> normal;
    for (const std::size_t n : {1UL, 5UL, 64UL, 1536UL}) {
        std::vector<float> x(n);
        for (float &value : x)
            value = static_cast<float>(size * normal(random));
        if (hasOutlier)
            x[n / 2] *= 500;
        const turnstone::CodedVectors coded(x, n);
        const CodedRow row = coded.rows.front();
        std::vector<std::int16_t> codes(strideOf(n));
        kernels::widenCodes(coded.view().planes(0), codes.size(), codes.data());
        long double lost = 0;
        long double coarselyLost = 0;
        long double squares = 0;
        for (std::size_t i = 0; i < n; ++i) {
            const long double rest = static_cast<long double>(x[i]) - static_cast<long double>(row.scale) * codes[i];
            lost += rest * rest;
            const long double coarseRest = static_cast<long double>(x[i]) - static_cast<long double>(row.scale) * (16 * ((codes[i] + 128) >> 4) - 120.5L);
            coarselyLost += coarseRest * coarseRest;
            squares += static_cast<long double>(x[i]) * static_cast<long double>(x[i]);
        }
        QVERIFY2(std::sqrt(lost) <= static_cast<long double>(row.error), qPrintable(QString::number(static_cast<double>(std::sqrt(lost)))));
        QVERIFY2(std::sqrt(coarselyLost) <= static_cast<long double>(row.coarseError), qPrintable(QString::number(static_cast<double>(std::sqrt(coarselyLost)))));
        QVERIFY(std::abs(row.norm - static_cast<double>(std::sqrt(squares))) <= 1e-12 * row.norm);
        for (std::size_t i = n; i < codes.size(); ++i)
            QCOMPARE(static_cast<int>(codes[i]), 0);
    }
    std::vector<float> zero(70, 0.0F);
    const turnstone::CodedVectors coded(zero, zero.size());
    QCOMPARE(coded.rows.front().norm, 0.0);
    std::vector<std::int16_t> codes(strideOf(zero.size()), 1);
    kernels::widenCodes(coded.view().planes(0), codes.size(), codes.data());
    QVERIFY(std::all_of(codes.begin(), codes.end(), [](std::int16_t code) { return code == 0; }));
}

void tst_Kernels::halfFloatsAreExact()
{
    // One, minus two, the largest, the smallest normal and subnormal numbers, zeros, infinity.
    const std::vector<std::uint16_t> halves{0x3c00, 0xc000, 0x7bff, 0x0400, 0x0001, 0x03ff, 0x0000, 0x8000, 0x7c00};
    const std::vector<double> expected{1, -2, 65504, 0x1p-14, 0x1p-24, 0x3ffp-24, 0, -0.0, HUGE_VAL};
    std::vector<float> values(halves.size());
    kernels::halfToFloat(halves.data(), halves.size(), values.data());
    for (std::size_t i = 0; i < halves.size(); ++i) {
        QCOMPARE(static_cast<double>(values[i]), expected[i]);
        QCOMPARE(std::signbit(values[i]), std::signbit(expected[i]));
    }
    const std::uint16_t notANumber = 0x7e00;
    float value = 0;
    kernels::halfToFloat(&notANumber, 1, &value);
    QVERIFY(std::isnan(value));
}

void tst_Kernels::theLargestCodesDoNotOverflow()
{
    constexpr std::size_t n = 4096;
    const std::vector<std::uint8_t> plane(n, 0xff); // of two rows; 15 and 15, together 127
    const auto most = static_cast<std::int16_t>(2147483647.0 / 127.0 / n);
    const std::vector<std::int16_t> query(n, most);
    QCOMPARE(kernels::dotCodes({plane.data(), plane.data()}, n, query.data()), 127 * static_cast<int>(n) * most);
    for (const int sign : {1, -1}) {
        const std::vector<std::int8_t> coarse(n, static_cast<std::int8_t>(sign * 127));
        std::vector<std::int32_t> dots(2);
        kernels::scanHigh(plane.data(), n, 2, coarse.data(), dots.data());
        QCOMPARE(dots[0], 15 * static_cast<int>(n) * sign * 127);
        QCOMPARE(dots[1], dots[0]);
    }
}

QTEST_APPLESS_MAIN(tst_Kernels)
#include "tst_kernels.moc"
