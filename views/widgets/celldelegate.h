// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyledItemDelegate>

#include <memory>

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
    struct Fonts;
    const Fonts &fontsFor(const QFont &font) const;

    bool m_isForm = false;
    mutable std::shared_ptr<const Fonts> m_fonts; // made from the font that was painted with last
};

} // namespace turnstone
