// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/database/sessionpool.h"
#include "models/items/rowselection.h"
#include "models/items/tablerowmodel.h"
#include "views/widgets/rowtableview.h"

#include <QWidget>

class QLabel;
class QProgressBar;
class QToolButton;

namespace turnstone {

class FilterBar;
class MessageBar;

/// The rows of one table or view. `pool` must outlive the panel. GUI thread only.
class TablePanel final : public QWidget
{
    Q_OBJECT

public:
    TablePanel(SessionPool &pool, const CatalogTable &table, QWidget *parent = nullptr);
    ~TablePanel() override;

    const CatalogTable &catalogTable() const { return m_table; }
    SessionPool &pool() const { return m_pool; }
    /// The current row as far as it is here.
    std::optional<Record> currentRecord() const;
    /// Which rows are shown, and in which order.
    const RowSelection &rowSelection() const { return m_selection; }
    void setRowSelection(const RowSelection &selection);

public slots:
    void reload();
    /// Orders by the current column; again turns the order round, a third time ends it.
    void sortByCurrentColumn();
    void writeFilter();

signals:
    void recordSelected(const turnstone::Record &record);
    void rowSelectionChanged();
    /// Rows, or the sentence that there are none, can be seen.
    void settled();
    void failed(const turnstone::Error &error);

private:
    void updateExtent();
    void acceptRows();
    void selectRecord();
    void applySelection();
    void showProgress(qint64 rows, qint64 total);
    void stopChange();
    void sortBy(int section, bool isAdded);
    void showSortMarks();
    void showCellMenu(const QPoint &place);
    void addFilter(const RowFilter &filter);
    QString orderText() const;

    SessionPool &m_pool;
    const CatalogTable m_table;
    TableRowModel *m_model;
    RowTableView *m_view;
    MessageBar *m_message;
    QLabel *m_empty;
    QLabel *m_count;
    FilterBar *m_filters;
    QProgressBar *m_progress;
    QToolButton *m_stop;
    RowSelection m_selection; // as asked for
    RowSelection m_shown;     // as the rows on the screen are
    bool m_isSettled = false;
    bool m_recordPending = false;
};

} // namespace turnstone
