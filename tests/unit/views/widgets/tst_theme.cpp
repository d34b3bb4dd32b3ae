// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/widgets/theme.h"

#include <QTest>

#include <cmath>

using namespace turnstone;

namespace {

/// Relative luminance of a colour, as WCAG 2 defines it.
double luminance(const QColor &color)
{
    const auto linear = [](double channel) { return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4); };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
}

double contrast(const QColor &a, const QColor &b)
{
    const double la = luminance(a);
    const double lb = luminance(b);
    return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

/// `over` at an opacity on `ground`.
QColor tinted(const QColor &ground, const QColor &over, double opacity)
{
    const auto mix = [opacity](float a, float b) { return static_cast<float>(a + (b - a) * opacity); };
    return QColor::fromRgbF(mix(ground.redF(), over.redF()), mix(ground.greenF(), over.greenF()), mix(ground.blueF(), over.blueF()));
}

} // namespace

class tst_Theme : public QObject
{
    Q_OBJECT

private slots:
    void textCanBeRead_data()
    {
        QTest::addColumn<bool>("isDark");
        QTest::newRow("light") << false;
        QTest::newRow("dark") << true;
    }

    void textCanBeRead()
    {
        QFETCH(bool, isDark);
        const Tokens &tokens = isDark ? Tokens::dark() : Tokens::light();
        constexpr double aa = 4.5;
        constexpr double aaa = 7;
        constexpr double ofShapes = 3;
        constexpr double tint = 0.14;
        const auto atLeast = [](double wanted, const QColor &front, const QColor &back, const char *what) {
            const double got = contrast(front, back);
            QVERIFY2(got >= wanted, qPrintable(QStringLiteral("%1: %2 on %3 is %4, wanted %5").arg(QLatin1String(what), front.name(), back.name()).arg(got).arg(wanted)));
        };
        for (const QColor &ground : {tokens.ground, tokens.surface, tokens.raised}) {
            atLeast(aaa, tokens.text, ground, "body text");
            atLeast(aa, tokens.muted, ground, "muted text");
            atLeast(aa, tokens.accent, ground, "links");
            atLeast(aa, tokens.good, ground, "good");
            atLeast(aa, tokens.warn, ground, "warn");
            atLeast(aa, tokens.bad, ground, "bad");
            atLeast(ofShapes, tokens.accent, ground, "focus ring");
        }
        atLeast(aaa, tokens.text, tokens.selection, "text of a chosen row");
        for (const QColor &staged : {tokens.warn, tokens.good, tokens.bad})
            atLeast(aaa, tokens.text, tinted(tokens.ground, staged, tint), "text of a changed row");
        atLeast(aa, tokens.brand, tokens.ground, "brand");
    }

    void blackOnWhiteIsTheMost()
    {
        QCOMPARE(qRound(contrast(Qt::black, Qt::white)), 21);
        QCOMPARE(qRound(contrast(Qt::white, Qt::white)), 1);
    }
};

QTEST_MAIN(tst_Theme)
#include "tst_theme.moc"
