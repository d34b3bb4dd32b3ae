// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/widgets/turnstonestyle.h"

#include "views/widgets/icons.h"
#include "views/widgets/stylepaint.h"
#include "views/widgets/theme.h"

#include <QPainter>
#include <QStyleFactory>
#include <QStyleOption>
#include <QWidget>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;
using namespace stylepaint;

namespace {

constexpr int controlHeight = metrics::space5 + metrics::space1; // of buttons, fields and boxes that stand in one line
constexpr int headerPadding = metrics::space2;

} // namespace

TurnstoneStyle::TurnstoneStyle() : QProxyStyle(QStyleFactory::create(u"Fusion"_s)) {}

void TurnstoneStyle::drawPrimitive(PrimitiveElement element, const QStyleOption *option, QPainter *painter, const QWidget *widget) const
{
    const Tokens &tokens = Tokens::of(option->palette);
    switch (element) {
    case PE_FrameFocusRect: drawRounded(painter, option->rect, {}, tokens.accent, metrics::focusRing); return;
    case PE_Frame:
        if (isFloating(widget))
            drawFloating(painter, option->rect, tokens);
        return;
    case PE_FrameTabWidget:
    case PE_FrameStatusBarItem:
    case PE_FrameDockWidget:
    case PE_PanelToolBar:
    case PE_PanelMenuBar:
    case PE_FrameTabBarBase: return;
    case PE_FrameMenu: return; // PE_PanelMenu has drawn it
    case PE_PanelMenu:
    case PE_PanelTipLabel: drawFloating(painter, option->rect, tokens); return;
    case PE_PanelStatusBar:
        painter->setPen(tokens.line);
        painter->drawLine(option->rect.topLeft(), option->rect.topRight());
        return;
    case PE_PanelLineEdit:
    case PE_FrameLineEdit:
        if (const auto *frame = qstyleoption_cast<const QStyleOptionFrame *>(option); frame != nullptr && frame->lineWidth == 0)
            return; // the field inside a spin box, which has a frame of its own
        if (element == PE_PanelLineEdit) {
            const bool hasFocus = option->state.testFlag(State_HasFocus);
            drawRounded(painter, option->rect, tokens.ground, hasFocus ? tokens.accent : tokens.line, hasFocus ? metrics::focusRing : 1);
        }
        return;
    case PE_IndicatorCheckBox: {
        const bool isOn = option->state.testFlag(State_On);
        const bool isEnabled = option->state.testFlag(State_Enabled);
        QRect box(0, 0, metrics::space3 + 2, metrics::space3 + 2);
        box.moveCenter(option->rect.center());
        const QColor ink = isEnabled ? tokens.accent : tokens.faint;
        drawRounded(painter, box, isOn ? ink : tokens.ground, isOn ? ink : isEnabled ? tokens.muted : tokens.line, 1, metrics::radius / 2.0);
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(QPen(isOn ? tokens.ground : ink, 1.75, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        const QPointF middle = QRectF(box).center();
        if (isOn)
            painter->drawPolyline(QPolygonF{middle + QPointF(-3.5, 0), middle + QPointF(-1, 2.5), middle + QPointF(3.5, -2.5)});
        else if (option->state.testFlag(State_NoChange))
            painter->drawLine(middle - QPointF(3, 0), middle + QPointF(3, 0));
        painter->restore();
        return;
    }
    case PE_PanelButtonCommand: {
        const auto *button = qstyleoption_cast<const QStyleOptionButton *>(option);
        const bool isDefault = button != nullptr && button->features.testFlag(QStyleOptionButton::DefaultButton);
        const bool isFlat = button != nullptr && button->features.testFlag(QStyleOptionButton::Flat);
        QColor fill = isDefault ? tokens.selection : tokens.raised;
        if (option->state.testFlag(State_Sunken))
            fill = tokens.line;
        drawRounded(painter, option->rect, isFlat && !option->state.testFlag(State_Sunken) ? QColor() : fill,
                    isFlat ? QColor() : isDefault ? tokens.accent : tokens.line);
        if (option->state.testFlag(State_MouseOver))
            drawRounded(painter, option->rect, hovered(tokens), {});
        if (option->state.testFlag(State_HasFocus) && option->state.testFlag(State_KeyboardFocusChange))
            drawRounded(painter, option->rect, {}, tokens.accent, metrics::focusRing);
        return;
    }
    case PE_PanelButtonTool:
        if (isChip(widget))
            drawRounded(painter, option->rect, tokens.selection, tokens.line);
        if (option->state.testFlag(State_On) || option->state.testFlag(State_Sunken))
            drawRounded(painter, option->rect, tokens.selection, {});
        else if (option->state.testFlag(State_MouseOver))
            drawRounded(painter, option->rect, hovered(tokens), {});
        return;
    case PE_PanelScrollAreaCorner: painter->fillRect(option->rect, tokens.ground); return;
    case PE_IndicatorBranch:
        if (option->state.testFlag(State_Children))
            drawChevron(painter, option->rect,
                        option->state.testFlag(State_Open)      ? Qt::DownArrow
                        : option->direction == Qt::RightToLeft ? Qt::LeftArrow
                                                               : Qt::RightArrow,
                        tokens.muted);
        return;
    case PE_PanelItemViewRow: // the place before the text, where branches are drawn
        if (option->state.testFlag(State_Selected) && widget != nullptr && widget->inherits("QTreeView"))
            painter->fillRect(option->rect, tokens.selection);
        return;
    case PE_IndicatorToolBarHandle:
    case PE_IndicatorToolBarSeparator: return;
    case PE_PanelItemViewItem:
        if (option->state.testFlag(State_Selected))
            painter->fillRect(option->rect, tokens.selection);
        else if (option->state.testFlag(State_MouseOver))
            painter->fillRect(option->rect, hovered(tokens));
        return;
    case PE_IndicatorTabClose: {
        if (option->state.testFlag(State_MouseOver) && option->state.testFlag(State_Enabled))
            drawRounded(painter, option->rect, hovered(tokens), {});
        QRectF cross(0, 0, metrics::space2, metrics::space2);
        cross.moveCenter(QRectF(option->rect).center());
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(QPen(tokens.muted, 1.5, Qt::SolidLine, Qt::RoundCap));
        painter->drawLine(cross.topLeft(), cross.bottomRight());
        painter->drawLine(cross.topRight(), cross.bottomLeft());
        painter->restore();
        return;
    }
    default: QProxyStyle::drawPrimitive(element, option, painter, widget);
    }
}

void TurnstoneStyle::drawControl(ControlElement element, const QStyleOption *option, QPainter *painter, const QWidget *widget) const
{
    const Tokens &tokens = Tokens::of(option->palette);
    switch (element) {
    case CE_TabBarTabShape: {
        const bool isSelected = option->state.testFlag(State_Selected);
        painter->fillRect(option->rect, isSelected ? tokens.ground : tokens.surface);
        if (!isSelected && option->state.testFlag(State_MouseOver))
            painter->fillRect(option->rect, hovered(tokens));
        if (isSelected)
            painter->fillRect(QRect(option->rect.left(), option->rect.top(), option->rect.width(), 2), tokens.accent);
        painter->setPen(tokens.line);
        painter->drawLine(option->rect.topRight(), option->rect.bottomRight());
        return;
    }
    case CE_Splitter:
        painter->fillRect(option->rect, tokens.line);
        return;
    case CE_HeaderSection:
    case CE_HeaderEmptyArea: {
        painter->fillRect(option->rect, tokens.surface);
        painter->setPen(tokens.line);
        painter->drawLine(option->rect.bottomLeft(), option->rect.bottomRight());
        return;
    }
    case CE_HeaderLabel: {
        const auto *header = qstyleoption_cast<const QStyleOptionHeader *>(option);
        if (header == nullptr)
            return;
        QStyleOptionHeader quiet = *header;
        quiet.palette.setColor(QPalette::ButtonText, tokens.muted);
        painter->save();
        painter->setFont(sizedFont(painter->font(), metrics::captionPx, QFont::DemiBold));
        quiet.fontMetrics = painter->fontMetrics();
        const int more = headerPadding - pixelMetric(PM_HeaderMargin, option, widget); // in line with the cells below
        quiet.rect.adjust(more, 0, -more, 0);
        QProxyStyle::drawControl(element, &quiet, painter, widget);
        painter->restore();
        return;
    }
    case CE_ToolButtonLabel: {
        const auto *button = qstyleoption_cast<const QStyleOptionToolButton *>(option);
        if (button == nullptr || (!isChip(widget) && !showsMenuArrow(button))) {
            QProxyStyle::drawControl(element, option, painter, widget);
            return;
        }
        QStyleOptionToolButton inset = *button;
        if (isChip(widget))
            inset.rect.adjust(metrics::space2, 0, -metrics::space1, 0);
        if (showsMenuArrow(button))
            inset.rect.setRight(inset.rect.right() - menuArrowWidth);
        QProxyStyle::drawControl(element, &inset, painter, widget);
        return;
    }
    case CE_DockWidgetTitle: {
        const auto *dock = qstyleoption_cast<const QStyleOptionDockWidget *>(option);
        painter->save();
        painter->setFont(sizedFont(painter->font(), metrics::captionPx, QFont::DemiBold));
        painter->setPen(tokens.muted);
        if (dock != nullptr)
            painter->drawText(option->rect.adjusted(metrics::space3, 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft, dock->title);
        painter->restore();
        return;
    }
    case CE_MenuBarItem: {
        const auto *item = qstyleoption_cast<const QStyleOptionMenuItem *>(option);
        painter->fillRect(option->rect, option->state.testFlag(State_Selected) ? tokens.selection : tokens.surface);
        if (item != nullptr)
            drawItemText(painter, item->rect, Qt::AlignCenter | Qt::TextShowMnemonic | Qt::TextDontClip | Qt::TextSingleLine, item->palette,
                         item->state.testFlag(State_Enabled), item->text, QPalette::Text);
        return;
    }
    case CE_MenuItem:
        if (const auto *item = qstyleoption_cast<const QStyleOptionMenuItem *>(option); item != nullptr && item->menuItemType == QStyleOptionMenuItem::Separator && item->text.isEmpty()) {
            const int y = option->rect.center().y();
            painter->setPen(tokens.line);
            painter->drawLine(option->rect.left() + metrics::space2, y, option->rect.right() - metrics::space2, y);
            return;
        }
        QProxyStyle::drawControl(element, option, painter, widget);
        return;
    case CE_ToolBar:
        painter->fillRect(option->rect, tokens.surface);
        painter->setPen(tokens.line);
        painter->drawLine(option->rect.bottomLeft(), option->rect.bottomRight());
        return;
    case CE_MenuBarEmptyArea:
        painter->fillRect(option->rect, tokens.surface);
        return;
    default: QProxyStyle::drawControl(element, option, painter, widget);
    }
}

QRect TurnstoneStyle::subControlRect(ComplexControl control, const QStyleOptionComplex *option, SubControl subControl, const QWidget *widget) const
{
    const auto *slider = qstyleoption_cast<const QStyleOptionSlider *>(option);
    if (control != CC_ScrollBar || slider == nullptr)
        return QProxyStyle::subControlRect(control, option, subControl, widget);
    const bool isVertical = slider->orientation == Qt::Vertical;
    const int length = isVertical ? slider->rect.height() : slider->rect.width();
    const int thickness = isVertical ? slider->rect.width() : slider->rect.height();
    const qint64 range = static_cast<qint64>(slider->maximum) - slider->minimum;
    const qint64 wanted = range > 0 ? static_cast<qint64>(length) * slider->pageStep / (range + slider->pageStep) : length;
    const int size = static_cast<int>(std::clamp<qint64>(wanted, std::min(length, 28), length));
    const int start = sliderPositionFromValue(slider->minimum, slider->maximum, slider->sliderPosition, length - size, slider->upsideDown);
    const auto part = [&](int from, int extent) { return isVertical ? QRect(0, from, thickness, extent) : QRect(from, 0, extent, thickness); };
    switch (subControl) {
    case SC_ScrollBarSlider: return part(start, size).translated(slider->rect.topLeft());
    case SC_ScrollBarGroove: return slider->rect;
    case SC_ScrollBarSubPage: return part(0, start).translated(slider->rect.topLeft());
    case SC_ScrollBarAddPage: return part(start + size, length - start - size).translated(slider->rect.topLeft());
    default: return {};
    }
}

QRect TurnstoneStyle::subElementRect(SubElement element, const QStyleOption *option, const QWidget *widget) const
{
    const QRect rect = QProxyStyle::subElementRect(element, option, widget);
    switch (element) {
    case SE_DockWidgetCloseButton:
    case SE_DockWidgetFloatButton: return rect.translated(option->direction == Qt::RightToLeft ? metrics::space2 : -metrics::space2, 0);
    case SE_LineEditContents:
        if (const auto *frame = qstyleoption_cast<const QStyleOptionFrame *>(option); frame != nullptr && frame->lineWidth > 0)
            return rect.adjusted(metrics::space1, 0, -metrics::space1, 0);
        return rect;
    default: return rect;
    }
}

QSize TurnstoneStyle::sizeFromContents(ContentsType type, const QStyleOption *option, const QSize &size, const QWidget *widget) const
{
    QSize needed = QProxyStyle::sizeFromContents(type, option, size, widget);
    switch (type) {
    case CT_ToolButton:
        if (showsMenuArrow(qstyleoption_cast<const QStyleOptionToolButton *>(option)))
            needed.rwidth() += menuArrowWidth;
        return isChip(widget) ? needed + QSize(metrics::space3, 0) : needed;
    case CT_HeaderSection:
        needed.rwidth() += 2 * (headerPadding - pixelMetric(PM_HeaderMargin, option, widget));
        return needed.expandedTo({0, rowHeight()});
    case CT_ItemViewItem: return needed.expandedTo({0, rowHeight()});
    case CT_PushButton: needed.setHeight(std::max(size.height() + metrics::space2, scaled(controlHeight))); return needed;
    case CT_LineEdit:
        if (const auto *frame = qstyleoption_cast<const QStyleOptionFrame *>(option); frame != nullptr && frame->lineWidth == 0)
            return needed; // within a box, which is as high as it has to be
        return needed.expandedTo({0, scaled(controlHeight)});
    case CT_ComboBox:
    case CT_SpinBox: return needed.expandedTo({0, scaled(controlHeight)});
    default: return needed;
    }
}

QIcon TurnstoneStyle::standardIcon(StandardPixmap icon, const QStyleOption *option, const QWidget *widget) const
{
    if (icon == SP_TitleBarNormalButton)
        return themedIcon(u"float"_s, &Tokens::faint);
    if (icon == SP_LineEditClearButton) // the desktop's costs reading the folders of an icon theme
        return themedIcon(u"close"_s, &Tokens::muted);
    return QProxyStyle::standardIcon(icon, option, widget);
}

int TurnstoneStyle::pixelMetric(PixelMetric metric, const QStyleOption *option, const QWidget *widget) const
{
    switch (metric) {
    case PM_ScrollBarExtent: return 12;
    case PM_SplitterWidth:
    case PM_DockWidgetSeparatorExtent: return 1;
    case PM_TabBarTabShiftVertical:
    case PM_TabBarBaseOverlap:
    case PM_TabBarTabOverlap:
    case PM_DockWidgetFrameWidth: return 0;
    case PM_DefaultFrameWidth: return widget != nullptr && widget->inherits("QAbstractScrollArea") && !isFloating(widget) ? 0 : QProxyStyle::pixelMetric(metric, option, widget);
    case PM_TabBarTabHSpace: return metrics::space5;
    case PM_TabBarTabVSpace: return metrics::space4;
    case PM_DockWidgetTitleMargin: return metrics::space2;
    case PM_ButtonMargin: return metrics::space4;
    case PM_FocusFrameHMargin: return metrics::space2 - 1; // beside the text of a cell
    case PM_HeaderDefaultSectionSizeVertical: return rowHeight();
    case PM_MenuPanelWidth: return 1;
    case PM_MenuVMargin: return metrics::space1;
    case PM_MenuBarItemSpacing: return metrics::space1;
    case PM_TabCloseIndicatorWidth:
    case PM_TabCloseIndicatorHeight: return metrics::icon;
    case PM_SmallIconSize:
    case PM_TabBarIconSize: return metrics::icon;
    case PM_ToolBarIconSize: return metrics::bigIcon;
    case PM_ToolBarItemSpacing: return metrics::space1;
    default: return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int TurnstoneStyle::styleHint(StyleHint hint, const QStyleOption *option, const QWidget *widget, QStyleHintReturn *returnData) const
{
    switch (hint) {
    case SH_EtchDisabledText: return 0;
    case SH_ItemView_ShowDecorationSelected: return 1;
    case SH_ScrollBar_Transient:
    case SH_DialogButtonBox_ButtonsHaveIcons: return 0;
    default: return QProxyStyle::styleHint(hint, option, widget, returnData);
    }
}

} // namespace turnstone
