// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/browsing/databasecontext.h"
#include "models/edit/editsession.h"
#include "models/items/record.h"
#include "models/items/rowoverlay.h"

namespace turnstone {

/// A record as edits see it: its address, and those of its values that are here whole. Without an address (no key) the table
/// cannot be edited.
RowImage imageOf(const DatabaseContext &context, const CatalogTable &table, const Record &record);

/// The staged edits of one table, for its TableRowModel. The session must outlive it.
class TableEdits final : public RowOverlay
{
    Q_OBJECT

public:
    /// `columns` as the model's source has them.
    TableEdits(EditSession &session, const CatalogTable &table, QStringList columns, QObject *parent = nullptr);

    /// The column by which rows are ordered by hand, if the table is shown in that order; empty: it is not.
    void setHandOrder(const QString &column);

    bool isEmpty() const override { return m_count == static_cast<int>(m_added.size()); }
    State state(const RowPage &page, int row) const override;
    const Value *value(const RowPage &page, int row, int column) const override;
    QString problem(const RowPage &page, int row, int column) const override;
    std::vector<int> order(const RowPage &page) const override;
    int addedCount() const override { return static_cast<int>(m_added.size()); }
    quint64 added(int index) const override;
    const Value *addedValue(int index, int column) const override;
    QString addedProblem(int index, int column) const override;

private:
    void read();
    QString problemOf(const RowAddress &address, int column) const;

    EditSession &m_session;
    const QString m_schema;
    const QString m_table;
    const QStringList m_columns;
    int m_handOrder = -1; // a column
    int m_count = 0;
    std::vector<StagedRow> m_added; // in the order in which they were made
};

} // namespace turnstone
