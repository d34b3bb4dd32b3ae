// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/widgets/flowlayout.h"

#include <QWidget>

#include <algorithm>
#include <utility>

namespace turnstone {

FlowLayout::FlowLayout(QWidget *parent) : QLayout(parent) {}

FlowLayout::~FlowLayout() = default;

void FlowLayout::insertWidget(int index, QWidget *widget)
{
    addChildWidget(widget);
    m_items.insert(m_items.begin() + index, std::make_unique<QWidgetItem>(widget));
    invalidate();
}

void FlowLayout::addItem(QLayoutItem *item)
{
    m_items.emplace_back(item);
}

QLayoutItem *FlowLayout::itemAt(int index) const
{
    return index < 0 || index >= count() ? nullptr : m_items[static_cast<std::size_t>(index)].get();
}

QLayoutItem *FlowLayout::takeAt(int index)
{
    if (index < 0 || index >= count())
        return nullptr;
    QLayoutItem *taken = m_items[static_cast<std::size_t>(index)].release();
    m_items.erase(m_items.begin() + index);
    invalidate();
    return taken;
}

int FlowLayout::heightForWidth(int width) const
{
    return arrange(QRect(0, 0, width, 0), false);
}

QSize FlowLayout::minimumSize() const
{
    QSize size;
    for (const auto &item : m_items) {
        if (!item->isEmpty())
            size = size.expandedTo(item->minimumSize());
    }
    const QMargins margins = contentsMargins();
    return size.grownBy(margins);
}

QSize FlowLayout::sizeHint() const
{
    int width = 0;
    int height = 0;
    for (const auto &item : m_items) {
        if (item->isEmpty())
            continue;
        width += item->sizeHint().width() + (width > 0 ? spacing() : 0);
        height = std::max(height, item->sizeHint().height());
    }
    return QSize(width, height).grownBy(contentsMargins());
}

void FlowLayout::setGeometry(const QRect &rect)
{
    QLayout::setGeometry(rect);
    arrange(rect, true);
}

int FlowLayout::arrange(const QRect &rect, bool isApplied) const
{
    const QRect area = rect.marginsRemoved(contentsMargins());
    const int gap = std::max(spacing(), 0);
    int y = area.y();
    std::size_t at = 0;
    bool isFirstLine = true;
    while (at < m_items.size()) {
        // One line: as many as fit, at least one.
        std::vector<QLayoutItem *> line;
        int width = 0;
        int height = 0;
        for (; at < m_items.size(); ++at) {
            QLayoutItem *item = m_items[at].get();
            if (item->isEmpty())
                continue;
            const QSize size = item->sizeHint();
            const int wanted = width + (line.empty() ? 0 : gap) + size.width();
            if (!line.empty() && wanted > area.width())
                break;
            line.push_back(item);
            width = wanted;
            height = std::max(height, size.height());
        }
        if (line.empty())
            break;
        if (!isFirstLine)
            y += gap;
        isFirstLine = false;
        int spare = std::max(area.width() - width, 0);
        int x = area.x();
        for (QLayoutItem *item : line) {
            int taken = std::min(item->sizeHint().width(), area.width());
            if (item->expandingDirections().testFlag(Qt::Horizontal))
                taken += std::exchange(spare, 0);
            const int itemHeight = item->sizeHint().height();
            if (isApplied) {
                const QRect place(x, y + (height - itemHeight) / 2, taken, itemHeight);
                const QWidget *widget = item->widget();
                const bool isMirrored = widget != nullptr && widget->parentWidget() != nullptr && widget->parentWidget()->layoutDirection() == Qt::RightToLeft;
                item->setGeometry(isMirrored ? QRect(area.left() + area.right() - place.right(), place.y(), place.width(), place.height()) : place);
            }
            x += taken + gap;
        }
        y += height;
    }
    return y - rect.y() + contentsMargins().bottom();
}

} // namespace turnstone
