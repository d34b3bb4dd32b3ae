// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/tree/hierarchyview.h"

#include "views/widgets/theme.h"

#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QPainter>

namespace turnstone {

HierarchyView::HierarchyView(QWidget *parent) : QTreeView(parent)
{
    setHeaderHidden(true);
    setUniformRowHeights(true);
    setIndentation(metrics::space4);
    setEditTriggers(NoEditTriggers);
    setExpandsOnDoubleClick(true);
    setAllColumnsShowFocus(true);
    setVerticalScrollMode(ScrollPerItem);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    connect(this, &QAbstractItemView::clicked, this, &HierarchyView::chosen);
}

void HierarchyView::changeEvent(QEvent *event)
{
    QTreeView::changeEvent(event);
    if (event->type() != QEvent::StyleChange)
        return;
    setIndentation(scaled(metrics::space4)); // zoom or height of rows
    doItemsLayout();
}

void HierarchyView::reset()
{
    QTreeView::reset();
    emit wasReset();
}

void HierarchyView::drawBranches(QPainter *painter, const QRect &rect, const QModelIndex &index) const
{
    const Tokens &tokens = Tokens::of(palette());
    if (selectionModel() != nullptr && selectionModel()->isSelected(index))
        painter->fillRect(rect, tokens.selection);
    if (index.model() == nullptr || !index.model()->hasChildren(index))
        return;
    const qreal arm = 3.5 * zoom();
    const QPointF middle(rect.right() + 1 - indentation() / 2.0, rect.center().y() + 0.5);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(QPen(tokens.muted, 1.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    const bool pointsLeft = isRightToLeft();
    const QPointF along = isExpanded(index) ? QPointF(0, arm / 2) : QPointF(pointsLeft ? -arm / 2 : arm / 2, 0);
    const QPointF across = isExpanded(index) ? QPointF(arm, 0) : QPointF(0, arm);
    const QPointF corners[] = {middle - along - across, middle + along, middle - along + across};
    painter->drawPolyline(corners, 3);
    painter->restore();
}

void HierarchyView::currentChanged(const QModelIndex &current, const QModelIndex &previous)
{
    QTreeView::currentChanged(current, previous);
    emit currentMoved(current, previous);
}

void HierarchyView::keyPressEvent(QKeyEvent *event)
{
    const bool isEnter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (isEnter && event->modifiers() == Qt::NoModifier && currentIndex().isValid()) {
        event->accept();
        emit chosen(currentIndex());
        return;
    }
    QTreeView::keyPressEvent(event);
}

void HierarchyView::contextMenuEvent(QContextMenuEvent *event)
{
    const bool isKey = event->reason() == QContextMenuEvent::Keyboard;
    const QModelIndex index = isKey ? currentIndex() : indexAt(event->pos());
    if (index.isValid())
        emit menuWanted(index, isKey ? visualRect(index).bottomLeft() : event->pos());
}

} // namespace turnstone
