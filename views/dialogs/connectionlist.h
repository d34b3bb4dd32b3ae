// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;
class QListWidget;
class QToolButton;

namespace turnstone {

/// The saved connections at the left of the dialog, with buttons to add, copy and remove one, and to take the last removal
/// back. It only shows titles and asks; what the entries are is known to its owner.
class ConnectionList final : public QWidget
{
    Q_OBJECT

public:
    explicit ConnectionList(QWidget *parent = nullptr);

    int currentRow() const;
    void setCurrentRow(int row);
    void insertEntry(int row, const QString &title);
    void removeEntry(int row);
    /// An entry that is not saved, or not as it is now, is marked.
    void setEntry(int row, const QString &title, const QString &place, bool isSaved);
    /// Offers to take back the removal of `title`; an empty one ends the offer.
    void offerUndo(const QString &title);

signals:
    void currentRowChanged(int row);
    void chosen();
    void newRequested();
    void duplicateRequested();
    void removeRequested();
    void undoRequested();

private:
    QToolButton *addButton(const QString &name, const QString &text, const QString &accessibleName);

    QListWidget *m_list;
    QWidget *m_undoRow;
    QLabel *m_removed;
};

} // namespace turnstone
