// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/browsing/databasecontext.h"
#include "models/profiles/treepath.h"

#include <QModelIndex>
#include <QVariantMap>
#include <QWidget>

class QLabel;
class QLineEdit;
class QMenu;
class QTimer;

namespace turnstone {

class HierarchyFilterModel;
class HierarchyModel;
class HierarchyView;
class TotalsStrip;
class TreeItemDelegate;

/// Where am I: the open databases, what their profiles make of them, and their tables. A click or Enter on an item tells
/// which rows to show; walking over records with the arrow keys does so after a moment. What is shown from outside
/// (showTable(), showPath()) is not told back. The field above finds among what is loaded.
class TreePanel final : public QWidget
{
    Q_OBJECT

public:
    explicit TreePanel(QWidget *parent = nullptr);
    ~TreePanel() override;

    /// The user's prices, for the totals below the tree.
    void setPriceList(const QString &path);
    void addDatabase(const DatabaseContext &context, const QString &title, const QString &tooltip);
    void removeDatabase(int id);
    void setCount(int id, int tableIndex, qint64 rows, bool exact);
    void recountRoots(int id);

    void showTable(int id, int tableIndex);
    /// Expands down to a group or record and makes it current once it is loaded; failed() if it is not there.
    void showPath(int id, const TreePath &path);
    /// The same for a record of a table, by the shortest path; nothing happens if no tree holds it. `keyColumns` are those
    /// of `key`; left out, what identifies the table's rows.
    void showRecord(int id, const QString &table, const RowKey &key, const QStringList &keyColumns = {});
    /// Reads what is expanded again.
    void reload(int id);

    /// What is expanded of a database and what is current, by paths.
    QVariantMap saveState(int id) const;
    /// Expands again as far as it is still there, one after the other.
    void restoreState(int id, const QVariantMap &state);

    /// Whether the current item is one of the list of tables.
    bool isAtTable() const;
    void focusTree();
    void focusFilter();

    HierarchyModel &model() const { return *m_model; }

signals:
    void tableActivated(int id, int tableIndex);
    /// `place`: the rows of the group.
    void groupActivated(int id, const turnstone::TreePath &path, const turnstone::TablePlace &place);
    /// `siblings`: the rows of the group that the record stands in.
    void recordActivated(int id, const turnstone::TreePath &path, const turnstone::TablePlace &siblings, const turnstone::RowKey &key);
    /// A menu for a record is about to be shown; the window adds what can be done with it.
    void recordMenuOpening(QMenu *menu, int id, const QString &table, const turnstone::RowKey &key);
    /// Tokens, time and cost by model at a place: a record, a group (then `key` is empty), or the whole database (then `path` is, too).
    void totalsRequested(int id, const turnstone::TreePath &path, const QString &table, const turnstone::RowKey &key);
    void closeRequested(int id);
    void failed(const turnstone::Error &error);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void activate(const QModelIndex &source);
    void currentMoved(const QModelIndex &current, const QModelIndex &previous);
    void setFilter(const QString &text);
    void updateNote();
    void showTotals(const QModelIndex &current);
    /// Current without telling.
    void setCurrent(const QModelIndex &source);
    void expandTo(const QModelIndex &source);
    void openMenu(const QModelIndex &index, const QPoint &place);
    QModelIndex toSource(const QModelIndex &index) const;
    QModelIndex toView(const QModelIndex &source) const;
    bool isFiltering() const;
    void restoreNext(int id, QStringList expanded, const QString &current, int shown);

    HierarchyModel *m_model;
    HierarchyFilterModel *m_filtered;
    QLineEdit *m_filter;
    QLabel *m_note;
    HierarchyView *m_view;
    TreeItemDelegate *m_delegate;
    TotalsStrip *m_totals;
    QTimer *m_walking; ///< a record that the arrow keys came to is told when this ends
    QList<QPersistentModelIndex> m_expanded; ///< while filtering
    QPersistentModelIndex m_kept; ///< what was current before the filtered items changed
    bool m_isQuiet = false;
    int m_shown = 0; ///< the latest of what is to be shown wins, and who walks on wins over it
    int m_activated = 0; ///< the latest activation wins
};

} // namespace turnstone
