// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QPoint>

class QFrame;
class QTableView;
class QTimer;

namespace turnstone {

/// Lets rows of a table be dragged to another place by the mouse: a press on the current row, or on any cell of the column that
/// holds the order, and a move. A line shows where the row would go; Escape leaves it where it is. Nothing is moved here.
class RowDrag final : public QObject
{
    Q_OBJECT

public:
    RowDrag(QTableView &table, int orderColumn, QObject *parent = nullptr);

    bool isDragging() const { return m_isDragging; }

signals:
    /// The row `from` was dropped before the row `before`, which is one past the last for the end.
    void dropped(int from, int before);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void press(const QPoint &place);
    void drag(const QPoint &place);
    void end(bool isDropped);
    void scrollIfNear();

    QTableView &m_table;
    const int m_orderColumn;
    QFrame *m_line;
    QTimer *m_scrolling;
    QPoint m_pressed;
    QPoint m_place;
    int m_from = -1;
    int m_before = -1;
    bool m_isDragging = false;
};

} // namespace turnstone
