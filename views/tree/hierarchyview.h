// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTreeView>

namespace turnstone {

/// A tree of one-line items that asks the model at each paint whether an item can be expanded: a huge level does not know
/// that of a row before it is read, and QTreeView would ask once.
class HierarchyView final : public QTreeView
{
    Q_OBJECT

public:
    explicit HierarchyView(QWidget *parent = nullptr);

    void reset() override;

signals:
    /// After a new model or a model reset: nothing is expanded or current.
    void wasReset();
    /// A click or Enter.
    void chosen(const QModelIndex &index);
    void currentMoved(const QModelIndex &current, const QModelIndex &previous);
    /// The menu key, or the right button; `place` is in the viewport.
    void menuWanted(const QModelIndex &index, const QPoint &place);

protected:
    void changeEvent(QEvent *event) override;
    void drawBranches(QPainter *painter, const QRect &rect, const QModelIndex &index) const override;
    void currentChanged(const QModelIndex &current, const QModelIndex &previous) override;
    void keyPressEvent(QKeyEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;

private:
};

} // namespace turnstone
