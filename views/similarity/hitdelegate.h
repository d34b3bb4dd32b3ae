// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyledItemDelegate>

namespace turnstone {

/// Paints a row of HitListModel as a card in two lines: the score as figure and bar, the text with the words in common marked, who said it
/// where and when. Headings of groups are one line.
class HitDelegate final : public QStyledItemDelegate
{
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;

private:
    void paintScore(QPainter *painter, const QRect &place, const QStyleOptionViewItem &option, double score) const;
    void paintText(QPainter *painter, const QRect &place, const QStyleOptionViewItem &option, const QString &text, const QStringList &words) const;
};

} // namespace turnstone
