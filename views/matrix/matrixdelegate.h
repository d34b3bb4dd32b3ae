// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyledItemDelegate>

namespace turnstone {

/// Paints an answer as far as it fits: words that the baseline does not have tinted, the score as a bar in the corner and its
/// difference from the baseline's, a missing answer hatched, the chosen one marked.
class MatrixDelegate final : public QStyledItemDelegate
{
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
};

} // namespace turnstone
