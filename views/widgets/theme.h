// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QFont>
#include <QPalette>

class QApplication;

namespace turnstone {

enum class ThemeMode { System, Light, Dark };

/// The colours of the program. Nothing else names one.
struct Tokens
{
    QColor ground, surface, raised, line;
    QColor text, muted, faint;
    QColor accent, selection;
    QColor brand;
    QColor good, warn, bad;
    bool isDark = false;

    static const Tokens &light();
    static const Tokens &dark();
    /// Those that belong to a widget's palette.
    static const Tokens &of(const QPalette &palette);
};

/// Of speakers and series by number, told apart by people who see few colours (Okabe and Ito); lighter in the dark. The number wraps around.
QColor seriesColor(int number, const Tokens &tokens);

/// Sizes in logical pixels.
namespace metrics {
constexpr int captionPx = 11;
constexpr int bodyPx = 13;
constexpr int readingPx = 14;
constexpr int headingPx = 15;
constexpr int titlePx = 20;
constexpr int space1 = 4;
constexpr int space2 = 8;
constexpr int space3 = 12;
constexpr int space4 = 16;
constexpr int space5 = 24;
constexpr int radius = 6;
constexpr int rowHeight = 26;
constexpr int compactRow = 22;
constexpr int roomyRow = 32;
constexpr int focusRing = 2;
constexpr int readingCharacters = 78;
constexpr int icon = 16;
constexpr int bigIcon = 20;
constexpr int minColumn = 56;
constexpr int maxColumn = 300;
} // namespace metrics

enum class Density { Compact, Normal, Roomy };

/// How much larger than life everything is set, 0.5 … 3, and how high rows are. The setters tell every widget (fonts, and
/// an event StyleChange). GUI thread.
double zoom();
void setZoom(double zoom);
Density density();
void setDensity(Density density);
/// A size of metrics under the zoom.
int scaled(int pixels);
/// Of a row in tables and trees.
int rowHeight();

/// The application's font in a size of metrics under the zoom, and the fixed one.
QFont sizedFont(const QFont &base, int pixels, QFont::Weight weight = QFont::Normal);
QFont fixedFont(int pixels = metrics::bodyPx);

/// Sets palette and font of the whole program. What the desktop prefers is read when first called.
void applyTheme(QApplication &application, ThemeMode mode);

} // namespace turnstone
