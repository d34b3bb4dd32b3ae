// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/database/sessionpool.h"
#include "models/items/tablerowmodel.h"
#include "views/widgets/rowtableview.h"

#include <QWidget>

class QLabel;

namespace turnstone {

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

public slots:
    void reload();

signals:
    void recordSelected(const turnstone::Record &record);
    /// Rows, or the sentence that there are none, can be seen.
    void settled();
    void failed(const turnstone::Error &error);

private:
    void updateExtent();
    void acceptRows();
    void selectRecord();

    SessionPool &m_pool;
    const CatalogTable m_table;
    TableRowModel *m_model;
    RowTableView *m_view;
    MessageBar *m_message;
    QLabel *m_empty;
    QLabel *m_count;
    bool m_isSettled = false;
    bool m_recordPending = false;
};

} // namespace turnstone
