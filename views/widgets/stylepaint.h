// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/widgets/theme.h"

#include <QRect>

class QPainter;
class QStyleOptionToolButton;
class QWidget;

/// What the parts of TurnstoneStyle draw with.
namespace turnstone::stylepaint {

inline constexpr int menuArrowWidth = metrics::space3; ///< beside the text of a button that opens a menu

/// An invalid colour: none.
void drawRounded(QPainter *painter, const QRect &rect, const QColor &fill, const QColor &line, qreal width = 1, qreal radius = metrics::radius - 1);
/// A small arrow of one line: Qt::DownArrow, UpArrow, RightArrow or LeftArrow, in the middle of rect.
void drawChevron(QPainter *painter, const QRect &rect, Qt::ArrowType arrow, const QColor &color);
/// The ground and the edge of what floats.
void drawFloating(QPainter *painter, const QRect &rect, const Tokens &tokens);
/// Laid over what the pointer is on.
QColor hovered(const Tokens &tokens);

/// Whether a tool button opens a menu and shows so: "⋯" says it by itself.
bool showsMenuArrow(const QStyleOptionToolButton *button);
bool isChip(const QWidget *widget);
bool isFloating(const QWidget *widget);

} // namespace turnstone::stylepaint
