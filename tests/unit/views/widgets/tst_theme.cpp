// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/widgets/theme.h"

#include "views/widgets/turnstonestyle.h"

#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFrame>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QRadioButton>
#include <QTest>
#include <QToolButton>
#include <QVBoxLayout>

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

    void whatFloatsHasAnEdge_data() { textCanBeRead_data(); }

    /// A frame over others, whether a window or not, is told apart from what lies beneath; one in a layout has no line.
    void whatFloatsHasAnEdge()
    {
        QFETCH(bool, isDark);
        QApplication::setStyle(new TurnstoneStyle); // NOLINT: the application takes it
        applyTheme(*qApp, isDark ? ThemeMode::Dark : ThemeMode::Light);
        const Tokens &tokens = isDark ? Tokens::dark() : Tokens::light();
        QWidget window;
        QFrame popup(&window, Qt::Dialog | Qt::FramelessWindowHint);
        QFrame over(&window);
        over.setProperty(floatingProperty, true);
        QFrame plain(&window);
        QMenu menu(&window);
        menu.addAction(QStringLiteral("an action"));
        const auto edge = [](QWidget &widget) {
            widget.resize(100, 60);
            const QImage image = widget.grab().toImage();
            return image.pixelColor(image.width() / 2, 0);
        };
        const double seen = isDark ? 3.0 : 1.25; // on white a shadow helps
        for (QFrame *each : {&popup, &over, &plain})
            each->setFrameShape(QFrame::StyledPanel);
        QVERIFY2(contrast(edge(popup), tokens.ground) >= seen, qPrintable(edge(popup).name()));
        QVERIFY2(contrast(edge(over), tokens.ground) >= seen, qPrintable(edge(over).name()));
        QVERIFY2(contrast(edge(menu), tokens.ground) >= seen, qPrintable(edge(menu).name()));
        QCOMPARE(edge(plain), tokens.surface);
        menu.popup({});
        menu.setActiveAction(menu.actions().constFirst());
        QCOMPARE(menu.grab().toImage().pixelColor(menu.width() - 8, menu.actionGeometry(menu.actions().constFirst()).center().y()), tokens.selection);
    }

    void theKeyboardSeesWhereItIs_data() { textCanBeRead_data(); }

    /// Whatever takes the keyboard draws more of the accent when it has it.
    void theKeyboardSeesWhereItIs()
    {
        QFETCH(bool, isDark);
        QApplication::setStyle(new TurnstoneStyle); // NOLINT: the application takes it
        applyTheme(*qApp, isDark ? ThemeMode::Dark : ThemeMode::Light);
        const QColor accent = (isDark ? Tokens::dark() : Tokens::light()).accent;
        QWidget window;
        auto *layout = new QVBoxLayout(&window);
        auto *combo = new QComboBox;
        combo->addItems({QStringLiteral("one"), QStringLiteral("two")});
        auto *flat = new QToolButton;
        flat->setAutoRaise(true);
        flat->setText(QStringLiteral("tool"));
        flat->setFocusPolicy(Qt::StrongFocus);
        const QList<QWidget *> all{new QPushButton(QStringLiteral("push")), flat, new QLineEdit, combo, new QDoubleSpinBox, new QCheckBox(QStringLiteral("check")), new QRadioButton(QStringLiteral("radio"))};
        for (QWidget *each : all)
            layout->addWidget(each);
        window.show();
        window.activateWindow();
        QTRY_VERIFY(window.isActiveWindow());
        const auto accents = [&accent](QWidget *widget) {
            const QImage image = widget->grab().toImage();
            int count = 0;
            for (int y = 0; y < image.height(); ++y) {
                for (int x = 0; x < image.width(); ++x) {
                    const QColor at = image.pixelColor(x, y);
                    count += std::abs(at.red() - accent.red()) + std::abs(at.green() - accent.green()) + std::abs(at.blue() - accent.blue()) < 24 ? 1 : 0;
                }
            }
            return count;
        };
        for (QWidget *each : all) {
            all.front()->setFocus();
            (each == all.front() ? all.back() : all.front())->setFocus();
            const int without = accents(each);
            // By the keyboard: from the one before.
            for (int i = 0; i < 20 && !each->hasFocus(); ++i)
                QTest::keyClick(QApplication::focusWidget() ? QApplication::focusWidget() : &window, Qt::Key_Tab);
            QVERIFY(each->hasFocus());
            const int with = accents(each);
            QVERIFY2(with > without + 20, qPrintable(QStringLiteral("%1: %2 pixels, %3 without").arg(QLatin1String(each->metaObject()->className())).arg(with).arg(without)));
        }
    }
};

QTEST_MAIN(tst_Theme)
#include "tst_theme.moc"
