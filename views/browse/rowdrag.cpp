// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/browse/rowdrag.h"

#include "views/widgets/theme.h"

#include <QApplication>
#include <QFrame>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QScrollBar>
#include <QTableView>
#include <QTimer>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int scrollMs = 60;

} // namespace

RowDrag::RowDrag(QTableView &table, int orderColumn, QObject *parent)
    : QObject(parent), m_table(table), m_orderColumn(orderColumn), m_line(new QFrame(table.viewport())), m_scrolling(new QTimer(this))
{
    m_line->setObjectName(u"dropLine"_s);
    m_line->setAutoFillBackground(true);
    m_line->hide();
    m_scrolling->setInterval(scrollMs);
    connect(m_scrolling, &QTimer::timeout, this, &RowDrag::scrollIfNear);
    table.viewport()->installEventFilter(this);
    table.installEventFilter(this);
}

bool RowDrag::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == &m_table) {
        const bool isEscape = m_isDragging && event->type() == QEvent::KeyPress && static_cast<QKeyEvent *>(event)->key() == Qt::Key_Escape;
        if (isEscape)
            end(false);
        return isEscape;
    }
    const auto *mouse = static_cast<QMouseEvent *>(event);
    switch (event->type()) {
    case QEvent::MouseButtonPress:
        if (mouse->button() == Qt::LeftButton && mouse->modifiers() == Qt::NoModifier)
            press(mouse->position().toPoint());
        return false;
    case QEvent::MouseMove:
        if (m_from < 0 || !(mouse->buttons() & Qt::LeftButton))
            return false;
        drag(mouse->position().toPoint());
        return true; // it would choose rows
    case QEvent::MouseButtonRelease:
        end(m_isDragging);
        return false;
    default: return false;
    }
}

void RowDrag::press(const QPoint &place)
{
    const QModelIndex index = m_table.indexAt(place);
    const bool isHandle = index.isValid() && (index.column() == m_orderColumn || index.row() == m_table.currentIndex().row());
    m_from = isHandle ? index.row() : -1;
    m_pressed = place;
}

void RowDrag::drag(const QPoint &place)
{
    m_place = place;
    if (!m_isDragging) {
        if ((place - m_pressed).manhattanLength() < QApplication::startDragDistance())
            return;
        m_isDragging = true;
        m_table.viewport()->setCursor(Qt::ClosedHandCursor);
        QPalette colors = m_table.palette();
        colors.setColor(QPalette::Window, Tokens::of(colors).accent);
        m_line->setPalette(colors);
        m_scrolling->start();
    }
    const int rows = m_table.model()->rowCount();
    const int over = m_table.rowAt(std::clamp(place.y(), 0, m_table.viewport()->height() - 1));
    m_before = over < 0 ? rows : over;
    int y = m_table.rowViewportPosition(over < 0 ? rows - 1 : over) + (over < 0 ? m_table.rowHeight(rows - 1) : 0);
    if (over >= 0 && place.y() > y + m_table.rowHeight(over) / 2) {
        m_before = over + 1;
        y += m_table.rowHeight(over);
    }
    m_line->setGeometry(0, std::max(y - 1, 0), m_table.viewport()->width(), 2);
    m_line->show();
    m_line->raise();
}

void RowDrag::scrollIfNear()
{
    const int near = m_table.rowHeight(0);
    QScrollBar *bar = m_table.verticalScrollBar();
    const int step = m_place.y() < near ? -1 : m_place.y() > m_table.viewport()->height() - near ? 1 : 0;
    if (step == 0)
        return;
    bar->setValue(bar->value() + step);
    drag(m_place);
}

void RowDrag::end(bool isDropped)
{
    const int from = std::exchange(m_from, -1);
    if (!std::exchange(m_isDragging, false))
        return;
    m_scrolling->stop();
    m_line->hide();
    m_table.viewport()->unsetCursor();
    if (isDropped && m_before != from && m_before != from + 1)
        emit dropped(from, m_before);
}

} // namespace turnstone
