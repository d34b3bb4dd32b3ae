// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/shell/treedelegate.h"

#include "models/items/databasetreemodel.h"
#include "views/widgets/icons.h"
#include "views/widgets/theme.h"

#include <QApplication>
#include <QLocale>
#include <QPainter>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

QString iconOf(const QModelIndex &index)
{
    if (index.data(DatabaseTreeModel::TableIndexRole).toInt() < 0)
        return u"database"_s;
    if (!index.data(DatabaseTreeModel::ProblemRole).toString().isEmpty())
        return u"warning"_s;
    switch (index.data(DatabaseTreeModel::TableKindRole).value<TableKind>()) {
    case TableKind::View:
    case TableKind::MaterializedView: return u"view"_s;
    case TableKind::VirtualTable:
    case TableKind::ForeignTable: return u"virtual"_s;
    default: return u"table"_s;
    }
}

} // namespace

void TreeDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const Tokens &tokens = Tokens::of(option.palette);
    painter->save();
    QApplication::style()->drawPrimitive(QStyle::PE_PanelItemViewItem, &option, painter, option.widget);
    QRect area = option.rect.adjusted(metrics::space1, 0, -metrics::space2, 0);
    const bool isDatabase = index.data(DatabaseTreeModel::TableIndexRole).toInt() < 0;
    themedIcon(iconOf(index), isDatabase ? tokens.accent : tokens.muted)
        .paint(painter, QRect(area.left(), area.center().y() - metrics::icon / 2 + 1, metrics::icon, metrics::icon));
    area.setLeft(area.left() + metrics::icon + metrics::space2);
    const qint64 count = isDatabase ? -1 : index.data(DatabaseTreeModel::CountRole).toLongLong();
    if (count >= 0) {
        const bool isExact = index.data(DatabaseTreeModel::CountExactRole).toBool();
        const QString text = QLocale().toString(count) + (isExact ? u""_s : u"+"_s);
        painter->setFont(sizedFont(option.font, metrics::captionPx));
        painter->setPen(tokens.muted);
        painter->drawText(area, Qt::AlignVCenter | Qt::AlignRight, text);
        area.setRight(area.right() - QFontMetrics(painter->font()).horizontalAdvance(text) - metrics::space2);
    }
    painter->setFont(sizedFont(option.font, metrics::bodyPx, isDatabase ? QFont::DemiBold : QFont::Normal));
    painter->setPen(tokens.text);
    painter->drawText(area, Qt::AlignVCenter | Qt::AlignLeft,
                      QFontMetrics(painter->font()).elidedText(index.data().toString(), Qt::ElideMiddle, area.width()));
    painter->restore();
}

QSize TreeDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    return {QStyledItemDelegate::sizeHint(option, index).width(), metrics::rowHeight};
}

} // namespace turnstone
