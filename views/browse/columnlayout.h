// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QVariantMap>

class QMenu;

namespace turnstone {

class RowTableView;

/// Which columns a table shows, in which order and width, and how many of them stay when the others are scrolled aside.
/// Columns are remembered by name, so a changed schema does no harm. GUI thread only; `view` must outlive it.
class ColumnLayout final : public QObject
{
    Q_OBJECT

public:
    explicit ColumnLayout(RowTableView &view, QObject *parent = nullptr);

    QVariantMap save() const;
    void restore(const QVariantMap &state);
    /// All columns, in the table's order, as wide as they need.
    void reset();

    void hide(int section);
    void show(int section);
    /// The columns up to this one stay.
    void freezeThrough(int section);
    void unfreeze();
    /// Moves a column by one place.
    void move(int section, int step);
    /// Entries for the header's menu.
    void fill(QMenu &menu, int section);
    /// Logical indexes of the shown columns as they stand from left to right.
    QList<int> shownSections() const;

signals:
    void changed();

private:
    QString name(int section) const;

    RowTableView &m_view;
};

} // namespace turnstone
