// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/items/tablerowmodel.h"

#include <QWidget>

class QScrollBar;
class QTableView;

namespace turnstone {

/// Shows a TableRowModel of any size. A QTableView shows the model's window; the scroll bar at the
/// right spans all rows, and the window follows. Positions are 64 bits wide.
class RowTableView final : public QWidget
{
    Q_OBJECT

public:
    explicit RowTableView(QWidget *parent = nullptr);

    /// Not taken over; must outlive the view or be replaced by another or null.
    void setModel(TableRowModel *model);
    QTableView *table() const { return m_table; }

    qint64 topRow() const;
    void setTopRow(qint64 row);
    /// Of the whole table; -1 if none.
    qint64 currentRow() const;
    /// Makes the row current and visible; `column` -1 keeps the column.
    void setCurrentRow(qint64 row, int column = -1);
    /// Widths from the header and the first rows that are here.
    void fitColumns();

signals:
    void currentRowChanged(qint64 row);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void updateBar();
    void followTable();
    void moveWindowIfNear();
    int visibleRows() const;

    QTableView *m_table;
    QScrollBar *m_bar;
    TableRowModel *m_model = nullptr;
    bool m_moving = false;
};

} // namespace turnstone
