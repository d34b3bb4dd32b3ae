// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/rating/normal.h"

#include <QtTest>

#include <cmath>

using namespace turnstone::rating;

class tst_Normal : public QObject
{
    Q_OBJECT

private slots:
    void quantileInvertsTheDistribution();
    void quantileOfImpossibleProbabilities();
    void millsRatioIsSmoothWhereTheMethodsMeet();
    void truncationAgreesWithNumericalIntegration_data();
    void truncationAgreesWithNumericalIntegration();
    void truncationStaysSensibleFarOut();
};

namespace {

bool isNear(double a, double b, double relative)
{
    return std::abs(a - b) <= relative * std::max({1.0, std::abs(a), std::abs(b)});
}

/// Mean and variance of N(mean, 1) restricted to [from, to], by Simpson's rule on the density relative
/// to its highest value in the range.
std::pair<double, double> moments(double mean, double from, double to)
{
    const double peak = std::clamp(mean, from, to);
    const double top = -0.5 * (peak - mean) * (peak - mean);
    constexpr int steps = 200'000;
    const double width = (to - from) / steps;
    double mass = 0;
    double first = 0;
    double second = 0;
    for (int i = 0; i <= steps; ++i) {
        const double x = from + i * width;
        const double weight = i == 0 || i == steps ? 1 : i % 2 == 1 ? 4 : 2;
        const double density = weight * std::exp(-0.5 * (x - mean) * (x - mean) - top);
        mass += density;
        first += density * (x - mean);
        second += density * (x - mean) * (x - mean);
    }
    const double shift = first / mass;
    return {shift, second / mass - shift * shift};
}

} // namespace

void tst_Normal::quantileInvertsTheDistribution()
{
    for (const double p : {1e-300, 1e-20, 1e-6, 0.01, 0.024, 0.025, 0.3, 0.5, 0.55, 0.975, 0.9999}) {
        const double x = normalQuantile(p);
        QVERIFY2(std::abs(normalBelow(x) - p) <= 1e-12 * p, qPrintable(QString::number(p)));
    }
    QCOMPARE(normalQuantile(0.5), 0.0);
    QVERIFY(isNear(normalQuantile(0.975), 1.959963984540054, 1e-14));
}

void tst_Normal::quantileOfImpossibleProbabilities()
{
    QVERIFY(std::isinf(normalQuantile(0)) && normalQuantile(0) < 0);
    QVERIFY(std::isinf(normalQuantile(1)) && normalQuantile(1) > 0);
    QVERIFY(std::isnan(normalQuantile(-0.1)));
    QVERIFY(std::isnan(normalQuantile(1.1)));
    QVERIFY(std::isnan(normalQuantile(std::nan(""))));
}

void tst_Normal::millsRatioIsSmoothWhereTheMethodsMeet()
{
    const double before = millsRatio(std::nextafter(30.0, 0.0));
    const double after = millsRatio(30.0);
    QVERIFY(std::abs(before / after - 1) < 1e-10);
    QVERIFY(isNear(millsRatio(0), 1.2533141373155003, 1e-14));
    QVERIFY(std::abs(millsRatio(1e8) * 1e8 - 1) < 1e-12);
}

void tst_Normal::truncationAgreesWithNumericalIntegration_data()
{
    QTest::addColumn<double>("mean");
    QTest::addColumn<double>("margin");
    for (const double mean : {-40.0, -31.0, -29.0, -8.0, -1.0, -0.01, 0.0, 0.5, 3.0, 9.0})
        for (const double margin : {0.0, 0.001, 0.3, 2.0, 6.0})
            QTest::addRow("%g %g", mean, margin) << mean << margin;
}

void tst_Normal::truncationAgreesWithNumericalIntegration()
{
    QFETCH(double, mean);
    QFETCH(double, margin);
    const auto [aboveShift, aboveVariance] = moments(mean, margin, std::max(margin, mean) + 12);
    const Truncation above = truncatedAbove(mean, margin);
    QVERIFY2(isNear(above.shift, aboveShift, 1e-6), qPrintable(QString::number(above.shift, 'g', 12)));
    QVERIFY2(std::abs(1 - above.shrink - aboveVariance) < 1e-6, qPrintable(QString::number(above.shrink, 'g', 12)));
    if (margin == 0.0)
        return;
    const auto [withinShift, withinVariance] = moments(mean, -margin, margin);
    const Truncation within = truncatedWithin(mean, margin);
    QVERIFY2(isNear(within.shift, withinShift, 1e-6), qPrintable(QString::number(within.shift, 'g', 12)));
    QVERIFY2(std::abs(1 - within.shrink - withinVariance) < 1e-6, qPrintable(QString::number(within.shrink, 'g', 12)));
}

void tst_Normal::truncationStaysSensibleFarOut()
{
    for (const double mean : {-1e12, -1e6, -500.0, -38.0, 38.0, 500.0, 1e6, 1e12}) {
        for (const double margin : {0.0, 1e-12, 1e-6, 1.0, 100.0}) {
            for (const Truncation &known : {truncatedAbove(mean, margin), truncatedWithin(mean, margin)}) {
                QVERIFY(std::isfinite(known.shift));
                QVERIFY(known.shrink >= 0 && known.shrink < 1);
            }
            // The mean moves just across the edge and no further.
            const double above = mean + truncatedAbove(mean, margin).shift;
            QVERIFY(above >= margin - 1e-3 && (mean > margin || above < margin + 1.3));
            QVERIFY(std::abs(mean + truncatedWithin(mean, margin).shift) <= margin + 1e-3);
        }
    }
}

QTEST_APPLESS_MAIN(tst_Normal)
#include "tst_normal.moc"
