// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/items/tablerowmodel.h"

#include <QWidget>

#include <utility>
#include <vector>

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

    /// So many of the first visible columns stay when the others are scrolled aside.
    void setFrozenColumns(int count);
    int frozenColumns() const { return m_frozenColumns; }
    void setSortSections(const std::vector<std::pair<int, bool>> &sections);

signals:
    void currentRowChanged(qint64 row);
    void headerClicked(int section);
    void headerMenuRequested(int section, const QPoint &globalPlace);
    void cellMenuRequested(const QModelIndex &index, const QPoint &globalPlace);

protected:
    void changeEvent(QEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void updateBar();
    void followTable();
    void moveWindowIfNear();
    int visibleRows() const;
    void connectTable(QTableView *table);
    void showMenuAt(QTableView *table, const QPoint &place);
    void applyRowHeight();
    void syncFrozen();
    void keepCurrentInView();

    QTableView *m_table;
    QTableView *m_frozen = nullptr; // over the left part of m_table
    int m_frozenColumns = 0;
    bool m_syncing = false;
    QScrollBar *m_bar;
    TableRowModel *m_model = nullptr;
    bool m_moving = false;
};

} // namespace turnstone
