// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/widgets/theme.h"

#include <QApplication>
#include <QEvent>
#include <QFontDatabase>
#include <QWidget>

#include <algorithm>
#include <cmath>

namespace turnstone {

namespace {

double currentZoom = 1;
Density currentDensity = Density::Normal;

void tellEveryWidget()
{
    for (QWidget *widget : QApplication::allWidgets()) {
        QEvent event(QEvent::StyleChange);
        QApplication::sendEvent(widget, &event);
        widget->updateGeometry();
        widget->update();
    }
}

} // namespace

double zoom()
{
    return currentZoom;
}

void setZoom(double zoom)
{
    zoom = std::clamp(zoom, 0.5, 3.0);
    const double before = currentZoom;
    if (zoom == before)
        return;
    currentZoom = zoom;
    // Fonts that widgets chose themselves do not follow the program's; their size at zoom 1 is kept, so that nothing drifts.
    for (QWidget *widget : QApplication::allWidgets()) {
        if (!widget->testAttribute(Qt::WA_SetFont) || widget->font().pixelSize() <= 0)
            continue;
        QVariant base = widget->property("unzoomedPx");
        if (!base.isValid()) {
            base = static_cast<int>(std::lround(widget->font().pixelSize() / before));
            widget->setProperty("unzoomedPx", base);
        }
        QFont font = widget->font();
        font.setPixelSize(scaled(base.toInt()));
        widget->setFont(font);
    }
    QApplication::setFont(sizedFont(QApplication::font(), metrics::bodyPx));
    tellEveryWidget();
}

Density density()
{
    return currentDensity;
}

void setDensity(Density density)
{
    if (density == currentDensity)
        return;
    currentDensity = density;
    tellEveryWidget();
}

int scaled(int pixels)
{
    return static_cast<int>(std::lround(pixels * currentZoom));
}

int rowHeight()
{
    switch (currentDensity) {
    case Density::Compact: return scaled(metrics::compactRow);
    case Density::Roomy: return scaled(metrics::roomyRow);
    case Density::Normal: break;
    }
    return scaled(metrics::rowHeight);
}

const Tokens &Tokens::light()
{
    static const Tokens tokens = {
        QColor(0xFFFFFF), QColor(0xF6F7F8), QColor(0xFFFFFF), QColor(0xD9DCE0), QColor(0x1B1E22), QColor(0x5A6470), QColor(0x8A939D),
        QColor(0x0F6E78), QColor(0xDCEEF0), QColor(0xB5522A), QColor(0x2E7D32), QColor(0x9A6700), QColor(0xB3261E), false};
    return tokens;
}

const Tokens &Tokens::dark()
{
    static const Tokens tokens = {
        QColor(0x16181B), QColor(0x1E2125), QColor(0x262A2F), QColor(0x363B42), QColor(0xE6E8EA), QColor(0x9AA4AF), QColor(0x6C7680),
        QColor(0x4FB7C2), QColor(0x21444A), QColor(0xE0814F), QColor(0x7BC67E), QColor(0xE3B341), QColor(0xF28B82), true};
    return tokens;
}

const Tokens &Tokens::of(const QPalette &palette)
{
    return palette.color(QPalette::Window).lightness() < 128 ? dark() : light();
}

QColor seriesColor(int number, const Tokens &tokens)
{
    static const QColor light[] = {QColor(0x0072B2), QColor(0xE69F00), QColor(0x009E73), QColor(0xD55E00), QColor(0xCC79A7), QColor(0x56B4E9), QColor(0xC9B800), QColor(0x7A7A7A)};
    static const QColor dark[] = {QColor(0x4FA8DC), QColor(0xF2BC4B), QColor(0x3DC9A0), QColor(0xF08A4B), QColor(0xDFA3C3), QColor(0x8CCDF2), QColor(0xF0E442), QColor(0xA8A8A8)};
    const int at = ((number % 8) + 8) % 8;
    return tokens.isDark ? dark[at] : light[at];
}

QFont sizedFont(const QFont &base, int pixels, QFont::Weight weight)
{
    QFont font = base;
    font.setPixelSize(scaled(pixels));
    font.setWeight(weight);
    return font;
}

QFont fixedFont(int pixels)
{
    QFont font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    font.setPixelSize(scaled(pixels));
    return font;
}

void applyTheme(QApplication &application, ThemeMode mode)
{
    static const bool desktopIsDark = QApplication::palette().color(QPalette::Window).lightness() < 128;
    const bool isDark = mode == ThemeMode::Dark || (mode == ThemeMode::System && desktopIsDark);
    const Tokens &tokens = isDark ? Tokens::dark() : Tokens::light();

    QPalette palette;
    palette.setColor(QPalette::Window, tokens.surface);
    palette.setColor(QPalette::Base, tokens.ground);
    palette.setColor(QPalette::AlternateBase, tokens.surface);
    palette.setColor(QPalette::Button, tokens.raised);
    palette.setColor(QPalette::ToolTipBase, tokens.raised);
    for (const QPalette::ColorRole role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::ToolTipText, QPalette::HighlightedText,
                                           QPalette::BrightText}) {
        palette.setColor(role, tokens.text);
        palette.setColor(QPalette::Disabled, role, tokens.faint);
    }
    palette.setColor(QPalette::PlaceholderText, tokens.muted);
    palette.setColor(QPalette::Highlight, tokens.selection);
    palette.setColor(QPalette::Link, tokens.accent);
    palette.setColor(QPalette::LinkVisited, tokens.accent);
    palette.setColor(QPalette::Light, tokens.raised);
    palette.setColor(QPalette::Midlight, tokens.line);
    palette.setColor(QPalette::Mid, tokens.line);
    palette.setColor(QPalette::Dark, tokens.line);
    palette.setColor(QPalette::Shadow, tokens.line);
    QApplication::setPalette(palette);
    QApplication::setFont(sizedFont(application.font(), metrics::bodyPx));
}

} // namespace turnstone
