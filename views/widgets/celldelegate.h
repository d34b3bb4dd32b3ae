// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyledItemDelegate>

namespace turnstone {

/// Paints the values of TableRowModel and RecordModel so that what is stored can be told apart: NULL
/// as a pill, `empty`, `bytes · 12`, figures at the right, one line with an ellipsis and the length of
/// what is longer. What is staged is tinted, with a mark at the row's edge. Cells of other models are painted as plain text.
class CellDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    /// Whether figures stand at the left as in a form.
    void setFormAlignment(bool isForm) { m_isForm = isForm; }

private:
    bool m_isForm = false;
};

} // namespace turnstone
