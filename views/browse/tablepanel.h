// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/items/tablerowmodel.h"
#include "views/panels/cellediting.h"
#include "views/panels/panel.h"
#include "views/widgets/rowtableview.h"

class QLabel;
class QProgressBar;
class QToolButton;

namespace turnstone {

class CellEditing;
class ColumnLayout;
class FilterBar;
class MessageBar;
class TableEdits;

/// The rows of one table or view: ordered, filtered, copied, followed to other tables. The context's pool must outlive
/// the panel. GUI thread only.
class TablePanel final : public Panel
{
    Q_OBJECT

public:
    TablePanel(DatabaseContext context, const CatalogTable &table, QWidget *parent = nullptr);
    ~TablePanel() override;

    const CatalogTable &catalogTable() const { return m_table; }
    TablePlace place() const { return {m_table.schema, m_table.name, m_selection}; }
    QString title() const override { return m_table.name; }
    std::optional<TablePlace> subject() const override { return place(); }
    /// The current row as far as it is here.
    std::optional<Record> currentRecord() const override;
    bool showsRecords() const override { return true; }
    /// Which rows are shown, and in which order.
    const RowSelection &rowSelection() const { return m_selection; }
    void setRowSelection(const RowSelection &selection);
    /// Makes the row current once its place among the rows shown is known; says so if it is not among them. The key is the
    /// application's (see identityOf()), not the rowid.
    void goToKey(const RowKey &key);
    /// Position from 0 among the rows shown.
    void goToRow(qint64 row);
    /// Moves the current row, by `step`.
    void stepRecord(int step);
    void setShownZone(ShownZone zone) override;
    void setEditing(CellEditing &editing) override;
    bool canEdit(EditCommand) const override { return m_editing != nullptr; }
    void edit(EditCommand command) override;
    /// While following, rows added at the end are scrolled to.
    void setFollowing(bool isFollowing) override { m_isFollowing = isFollowing; }
    void copy(const QString &format) override { copyRows(format.isEmpty() ? QStringLiteral("tsv") : format); }
    void find() override { writeFilter(); }
    /// Copies the selected rows, shown columns only, as "tsv", "csv", "json", "markdown" or "sql".
    void copyRows(const QString &format);
    /// Copies the current cell's value, whole and exactly.
    /// Of the chosen rows that are here, as the application names them.
    std::vector<RowKey> chosenKeys() const;
    void copyCell();
    /// Goes where the current cell points to; nothing happens if it points nowhere.
    void followReference();
    void showFacets();
    /// Columns, filters, order, position.
    QVariantMap saveState() const override;
    void restoreState(const QVariantMap &state) override;
    /// Columns only, to be remembered for the table.
    QVariantMap saveColumns() const;

public slots:
    void reload() override;
    /// Learns about rows that were added or changed, keeping what is shown.
    void refresh() override;
    /// Orders by the current column; again turns the order round, a third time ends it.
    void sortByCurrentColumn();
    void writeFilter();

signals:
    void rowSelectionChanged();
    void columnsChanged();

private:
    void updateExtent();
    /// A row of the model's window, as far as it is here.
    std::optional<Record> recordAt(int row) const;
    void acceptRows();
    void selectRecord();
    void applySelection();
    void showProgress(qint64 rows, qint64 total);
    void stopChange();
    void sortBy(int section, bool isAdded);
    void showSortMarks();
    void addComparison(QMenu &menu);
    void showCellMenu(const QModelIndex &index, const QPoint &globalPlace);
    void showHeaderMenu(int section, const QPoint &globalPlace);
    void showFacetsOf(int section);
    void requestReference(const QModelIndex &index);
    void applyPosition();
    void returnToPlace();
    const RowColumn &column(int section) const;
    CellReader reader(const QString &column) const;
    bool isSecret(const QString &column) const;
    void addFilter(const RowFilter &filter);
    QString orderText() const;

    std::optional<EditTarget> targetAt(const QModelIndex &index) const;
    std::vector<RowImage> chosenImages() const;
    /// Rows that the profile says are ordered by hand.
    void letMoveRows(const QString &orderColumn);
    void dropRow(int from, int before);
    void showHandOrder();

    const CatalogTable m_table;
    CellEditing *m_editing = nullptr;
    TableEdits *m_edits = nullptr;
    QString m_handOrder; // the column of an order made by hand, if there is one
    TableRowModel *m_model;
    RowTableView *m_view;
    MessageBar *m_message;
    QLabel *m_empty;
    QLabel *m_count;
    FilterBar *m_filters;
    ColumnLayout *m_columns;
    ShownZone m_zone = ShownZone::Utc;
    std::vector<ColumnReference> m_references; // by column
    QVariantMap m_wantedColumns;               // once the rows are here
    qint64 m_wantedRow = -1;
    std::optional<RowKey> m_wantedKey;
    /// Where the cursor was when the rows were read again.
    struct Place
    {
        RowKey key; // empty if the row has none
        qint64 row = 0;
        int column = 0;
    };
    std::optional<Place> m_left;
    bool m_isFollowing = false;
    qint64 m_followedRows = 0;
    QProgressBar *m_progress;
    QToolButton *m_stop;
    RowSelection m_selection; // as asked for
    RowSelection m_shown;     // as the rows on the screen are
    bool m_isSettled = false;
    bool m_isPlaced = false; // somebody said which row, since the rows were asked for
    bool m_recordPending = false;
};

} // namespace turnstone
