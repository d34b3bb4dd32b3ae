// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/query/queryrows.h"
#include "models/query/scriptrunner.h"
#include "views/panels/panel.h"

#include <QWidget>

#include <stop_token>

class QLabel;
class QThreadPool;

namespace turnstone {

class ResultEditing;
class RowTableView;
class TableRowModel;
class Tasks;

/// The rows of one statement: they appear while they come, are copied and exported whole and as they are. A click on a header
/// asks for another order. GUI thread only.
class ResultView final : public QWidget
{
    Q_OBJECT

public:
    ResultView(std::shared_ptr<QueryRows> rows, Engine engine, QString sql, QThreadPool &workers, Tasks &tasks, QWidget *parent = nullptr);
    ~ResultView() override;

    const QString &sql() const { return m_sql; }
    /// The statement ended; its time is shown.
    void finish(const StatementOutcome &outcome);
    /// Shows by which column, from 0, the statement was ordered.
    void setOrder(int column, bool isDescending);
    void copy(const QString &format);
    void exportRows();
    /// Lets values be edited where they can be traced to a table; `sql` is what gave the rows. `editing` outlives the view.
    void setEditing(const DatabaseContext &context, CellEditing &editing, ShownZone zone);
    void setShownZone(ShownZone zone);
    void edit(EditCommand command);

signals:
    /// The rows in another order: the statement has to run again.
    void orderRequested(int column, bool isDescending);
    void failed(const turnstone::Error &error);
    void noted(const QString &text);
    /// Somebody wants to edit what cannot be edited, and why it cannot.
    void refused(const QString &sentence);
    void firstRowsShown();

private:
    void showExtent();
    void showMenu(const QModelIndex &index, const QPoint &place);
    void write(const QString &path);
    std::vector<qint64> markedRows() const;

    const std::shared_ptr<QueryRows> m_rows;
    const Engine m_engine;
    const QString m_sql;
    QThreadPool &m_workers;
    Tasks &m_tasks;
    TableRowModel *m_model;
    RowTableView *m_view;
    QLabel *m_state;
    ResultEditing *m_editing = nullptr;
    QString m_time;
    int m_orderColumn = -1;
    bool m_isDescending = false;
    bool m_isFitted = false;
    std::stop_source m_stop; // of the export
    int m_task = 0;          // of the export; 0: none
};

} // namespace turnstone
