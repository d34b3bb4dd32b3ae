// SPDX-License-Identifier: GPL-3.0-or-later
// Controls of several parts: buttons with a menu, boxes, scroll bars.
#include "views/widgets/stylepaint.h"
#include "views/widgets/theme.h"
#include "views/widgets/turnstonestyle.h"

#include <QAbstractSpinBox>
#include <QPainter>
#include <QStyleOption>

#include <tuple>

namespace turnstone {

using namespace stylepaint;

void TurnstoneStyle::drawComplexControl(ComplexControl control, const QStyleOptionComplex *option, QPainter *painter, const QWidget *widget) const
{
    const Tokens &tokens = Tokens::of(option->palette);
    if (const auto *button = qstyleoption_cast<const QStyleOptionToolButton *>(option);
        control == CC_ToolButton && button != nullptr && button->features.testFlag(QStyleOptionToolButton::HasMenu)) {
        drawMenuButton(*button, painter, widget);
        return;
    }
    if (const auto *box = qstyleoption_cast<const QStyleOptionSpinBox *>(option); control == CC_SpinBox && box != nullptr && box->frame) {
        drawSpinBox(*box, painter, widget);
        return;
    }
    if (const auto *box = qstyleoption_cast<const QStyleOptionComboBox *>(option); control == CC_ComboBox && box != nullptr) {
        drawComboBox(*box, painter, widget);
        return;
    }
    if (control != CC_ScrollBar) {
        QProxyStyle::drawComplexControl(control, option, painter, widget);
        return;
    }
    painter->fillRect(option->rect, tokens.ground);
    const auto *slider = qstyleoption_cast<const QStyleOptionSlider *>(option);
    if (slider == nullptr || slider->minimum >= slider->maximum)
        return;
    QRect handle = subControlRect(CC_ScrollBar, option, SC_ScrollBarSlider, widget);
    handle = slider->orientation == Qt::Vertical ? handle.adjusted(3, 2, -3, -2) : handle.adjusted(2, 3, -2, -3);
    QColor fill = tokens.muted;
    fill.setAlphaF(option->state.testFlag(State_Sunken) || option->state.testFlag(State_MouseOver) ? 0.75F : 0.4F);
    drawRounded(painter, handle, fill, {});
}

void TurnstoneStyle::drawMenuButton(const QStyleOptionToolButton &button, QPainter *painter, const QWidget *widget) const
{
    const Tokens &tokens = Tokens::of(button.palette);
    if (button.state & (State_Sunken | State_On | State_MouseOver) || isChip(widget) || !button.state.testFlag(State_AutoRaise))
        drawPrimitive(PE_PanelButtonTool, &button, painter, widget);
    if (button.state.testFlag(State_HasFocus))
        drawPrimitive(PE_FrameFocusRect, &button, painter, widget);
    const QColor ink = button.state.testFlag(State_Enabled) ? tokens.muted : tokens.faint;
    if (button.features.testFlag(QStyleOptionToolButton::MenuButtonPopup)) { // two buttons in one
        QStyleOptionToolButton label = button;
        label.rect = proxy()->subControlRect(CC_ToolButton, &button, SC_ToolButton, widget);
        drawControl(CE_ToolButtonLabel, &label, painter, widget);
        drawChevron(painter, proxy()->subControlRect(CC_ToolButton, &button, SC_ToolButtonMenu, widget), Qt::DownArrow, ink);
        return;
    }
    drawControl(CE_ToolButtonLabel, &button, painter, widget);
    if (!showsMenuArrow(&button))
        return;
    QRect arrow = button.rect;
    arrow.setLeft(arrow.right() - menuArrowWidth - metrics::space1);
    drawChevron(painter, visualRect(button.direction, button.rect, arrow), Qt::DownArrow, ink);
}

void TurnstoneStyle::drawComboBox(const QStyleOptionComboBox &box, QPainter *painter, const QWidget *widget) const
{
    const Tokens &tokens = Tokens::of(box.palette);
    const bool isEnabled = box.state.testFlag(State_Enabled);
    if (box.frame) {
        const bool hasFocus = box.state.testFlag(State_HasFocus) && (box.editable || box.state.testFlag(State_KeyboardFocusChange));
        drawRounded(painter, box.rect, box.editable ? tokens.ground : box.state.testFlag(State_On) ? tokens.line : tokens.raised, hasFocus ? tokens.accent : tokens.line,
                    hasFocus ? metrics::focusRing : 1);
        if (!box.editable && isEnabled && box.state.testFlag(State_MouseOver))
            drawRounded(painter, box.rect, hovered(tokens), {});
    }
    if (box.subControls.testFlag(SC_ComboBoxArrow))
        drawChevron(painter, proxy()->subControlRect(CC_ComboBox, &box, SC_ComboBoxArrow, widget), Qt::DownArrow, isEnabled ? tokens.muted : tokens.faint);
}

void TurnstoneStyle::drawSpinBox(const QStyleOptionSpinBox &box, QPainter *painter, const QWidget *widget) const
{
    const Tokens &tokens = Tokens::of(box.palette);
    const bool hasFocus = box.state.testFlag(State_HasFocus);
    drawRounded(painter, box.rect, tokens.ground, hasFocus ? tokens.accent : tokens.line, hasFocus ? metrics::focusRing : 1);
    if (box.buttonSymbols == QAbstractSpinBox::NoButtons)
        return;
    for (const auto &[part, step, arrow] : {std::tuple{SC_SpinBoxUp, QAbstractSpinBox::StepUpEnabled, Qt::UpArrow},
                                           std::tuple{SC_SpinBoxDown, QAbstractSpinBox::StepDownEnabled, Qt::DownArrow}}) {
        const QRect rect = proxy()->subControlRect(CC_SpinBox, &box, part, widget);
        const bool canStep = box.stepEnabled.testFlag(step) && box.state.testFlag(State_Enabled);
        if (canStep && box.activeSubControls == part && box.state.testFlag(State_MouseOver))
            drawRounded(painter, rect.adjusted(0, 1, -1, -1), hovered(tokens), {}, 1, metrics::radius / 2.0);
        drawChevron(painter, rect, arrow, canStep ? tokens.muted : tokens.line);
    }
}

} // namespace turnstone
