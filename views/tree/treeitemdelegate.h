// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QIcon>
#include <QStyledItemDelegate>

namespace turnstone {

/// One line of the tree: icon, title, muted detail, at most two badges and the number of rows at the right. The title is
/// what stands before the first " · " of an item's text. What does not fit is cut, the detail first.
class TreeItemDelegate final : public QStyledItemDelegate
{
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;

private:
    const QIcon &icon(const QString &name, const QColor &color) const;
    void paintCount(QPainter *painter, QRect &area, const QModelIndex &index) const;
    void paintBadges(QPainter *painter, QRect &area, const QModelIndex &index) const;
    void paintText(QPainter *painter, const QRect &area, const QStyleOptionViewItem &option, const QModelIndex &index) const;

    mutable QHash<QString, QIcon> m_icons; ///< by name and colour
};

} // namespace turnstone
