// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/widgets/stylepaint.h"

#include "views/widgets/turnstonestyle.h"

#include <QPainter>
#include <QStyleOption>
#include <QWidget>

namespace turnstone::stylepaint {

using namespace Qt::StringLiterals;

namespace {

/// Of what floats: its shadow is the desktop's to draw, which not every desktop does.
QColor floatingEdge(const Tokens &tokens)
{
    return tokens.isDark ? tokens.faint : tokens.line;
}

} // namespace

void drawRounded(QPainter *painter, const QRect &rect, const QColor &fill, const QColor &line, qreal width, qreal radius)
{
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setBrush(fill.isValid() ? QBrush(fill) : Qt::NoBrush);
    painter->setPen(line.isValid() ? QPen(line, width) : Qt::NoPen);
    const qreal inset = width / 2;
    painter->drawRoundedRect(QRectF(rect).adjusted(inset, inset, -inset, -inset), radius, radius);
    painter->restore();
}

void drawChevron(QPainter *painter, const QRect &rect, Qt::ArrowType arrow, const QColor &color)
{
    const QPointF middle = QRectF(rect).center();
    const qreal half = 3.5;
    const qreal depth = 2;
    const bool isVertical = arrow == Qt::DownArrow || arrow == Qt::UpArrow;
    const qreal tip = arrow == Qt::DownArrow || arrow == Qt::RightArrow ? depth : -depth;
    const auto point = [&](qreal along, qreal across) { return middle + (isVertical ? QPointF(along, across) : QPointF(across, along)); };
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(QPen(color, 1.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter->drawPolyline(QPolygonF{point(-half, -tip), point(0, tip), point(half, -tip)});
    painter->restore();
}

void drawFloating(QPainter *painter, const QRect &rect, const Tokens &tokens)
{
    painter->save();
    painter->setPen(floatingEdge(tokens));
    painter->setBrush(tokens.raised);
    painter->drawRect(rect.adjusted(0, 0, -1, -1));
    painter->restore();
}

QColor hovered(const Tokens &tokens)
{
    QColor color = tokens.text;
    color.setAlphaF(0.07F);
    return color;
}

bool showsMenuArrow(const QStyleOptionToolButton *button)
{
    return button != nullptr && button->features.testFlag(QStyleOptionToolButton::HasMenu)
           && !button->features.testFlag(QStyleOptionToolButton::MenuButtonPopup) && !button->text.isEmpty() && button->text != u"⋯"_s
           && (button->toolButtonStyle != Qt::ToolButtonIconOnly || button->icon.isNull());
}

bool isChip(const QWidget *widget)
{
    return widget != nullptr && widget->property(chipProperty).toBool();
}

bool isFloating(const QWidget *widget)
{
    return widget != nullptr && (widget->windowType() == Qt::Popup || widget->windowFlags().testFlag(Qt::FramelessWindowHint) || widget->property(floatingProperty).toBool());
}

} // namespace turnstone::stylepaint
