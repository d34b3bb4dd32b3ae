// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QProxyStyle>

class QStyleOptionComboBox;
class QStyleOptionSpinBox;
class QStyleOptionToolButton;

namespace turnstone {

/// A tool button with this property set to true is drawn as a chip: something that is in force and can be taken away.
inline constexpr const char *chipProperty = "turnstoneChip";
/// A frame with this property set to true floats over others, as every frame does that is a window of its own: it is drawn raised,
/// with an edge that is seen in the dark, too.
inline constexpr const char *floatingProperty = "turnstoneFloating";

/// Fusion, quieter: hair lines for frames, flat buttons, tabs, headers and scroll bars, and a focus
/// ring of two pixels in the accent colour. Colours come from the palette's Tokens.
class TurnstoneStyle final : public QProxyStyle
{
    Q_OBJECT

public:
    TurnstoneStyle();

    void drawPrimitive(PrimitiveElement element, const QStyleOption *option, QPainter *painter, const QWidget *widget) const override;
    void drawControl(ControlElement element, const QStyleOption *option, QPainter *painter, const QWidget *widget) const override;
    void drawComplexControl(ComplexControl control, const QStyleOptionComplex *option, QPainter *painter, const QWidget *widget) const override;
    QRect subControlRect(ComplexControl control, const QStyleOptionComplex *option, SubControl subControl, const QWidget *widget) const override;
    QRect subElementRect(SubElement element, const QStyleOption *option, const QWidget *widget) const override;
    QSize sizeFromContents(ContentsType type, const QStyleOption *option, const QSize &size, const QWidget *widget) const override;
    QIcon standardIcon(StandardPixmap icon, const QStyleOption *option, const QWidget *widget) const override;
    int pixelMetric(PixelMetric metric, const QStyleOption *option, const QWidget *widget) const override;
    int styleHint(StyleHint hint, const QStyleOption *option, const QWidget *widget, QStyleHintReturn *returnData) const override;

private:
    void drawMenuButton(const QStyleOptionToolButton &button, QPainter *painter, const QWidget *widget) const;
    void drawComboBox(const QStyleOptionComboBox &box, QPainter *painter, const QWidget *widget) const;
    void drawSpinBox(const QStyleOptionSpinBox &box, QPainter *painter, const QWidget *widget) const;
};

} // namespace turnstone
