// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/widgets/columnheader.h"

#include "models/items/tablerowmodel.h"
#include "views/widgets/icons.h"
#include "views/widgets/theme.h"

#include <QEvent>
#include <QPainter>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int typeIcon = 13;

} // namespace

ColumnHeader::ColumnHeader(QWidget *parent) : QHeaderView(Qt::Horizontal, parent)
{
    setSectionsMovable(true);
    setSectionsClickable(true);
    setHighlightSections(false);
    setMinimumSectionSize(metrics::minColumn / 2);
    setDefaultSectionSize(120);
    setFixedHeight(scaled(metrics::rowHeight) + 2);
}

const QIcon &ColumnHeader::icon(const QString &name, const QColor &color) const
{
    QIcon &icon = m_icons[name];
    if (icon.isNull())
        icon = themedIcon(name, color);
    return icon;
}

bool ColumnHeader::event(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange)
        m_icons.clear();
    if (event->type() == QEvent::StyleChange)
        setFixedHeight(scaled(metrics::rowHeight) + 2);
    return QHeaderView::event(event);
}

void ColumnHeader::setSortSections(std::vector<std::pair<int, bool>> sections)
{
    m_sortSections = std::move(sections);
    viewport()->update();
}

void ColumnHeader::paintSection(QPainter *painter, const QRect &rect, int section) const
{
    const Tokens &tokens = Tokens::of(palette());
    painter->save();
    painter->fillRect(rect, tokens.surface);
    painter->setPen(tokens.line);
    painter->drawLine(rect.bottomLeft(), rect.bottomRight());

    const auto header = [this, section](int role) { return model()->headerData(section, Qt::Horizontal, role); };
    const QString name = header(Qt::DisplayRole).toString();
    const auto alignment = static_cast<Qt::Alignment>(header(Qt::TextAlignmentRole).toInt());
    painter->setFont(sizedFont(font(), metrics::captionPx, QFont::DemiBold));
    painter->setPen(tokens.muted);
    QRect area = rect.adjusted(metrics::space2, 0, -metrics::space2, -1);
    const auto sorted = std::find_if(m_sortSections.begin(), m_sortSections.end(), [section](const auto &term) { return term.first == section; });
    if (sorted != m_sortSections.end()) {
        QString mark = sorted->second ? u"▼"_s : u"▲"_s;
        if (m_sortSections.size() > 1)
            mark += QString::number(sorted - m_sortSections.begin() + 1);
        painter->setPen(tokens.accent);
        painter->drawText(area, Qt::AlignVCenter | Qt::AlignRight, mark);
        area.setRight(area.right() - QFontMetrics(painter->font()).horizontalAdvance(mark) - metrics::space1);
        painter->setPen(tokens.muted);
    }
    const int iconRoom = typeIcon + metrics::space1;
    const QFontMetrics fontMetrics(painter->font());
    const QString shown = fontMetrics.elidedText(name, Qt::ElideRight, std::max(area.width() - iconRoom, 0));
    const int textWidth = fontMetrics.horizontalAdvance(shown);
    if (alignment.testFlag(Qt::AlignRight))
        area.setLeft(std::max(area.left(), area.right() - textWidth - iconRoom));
    const bool isKey = header(TableRowModel::KeyRole).toBool();
    icon(isKey ? u"key"_s : iconNameOfType(header(TableRowModel::TypeRole).toString()), tokens.muted)
        .paint(painter, QRect(area.left(), area.center().y() - typeIcon / 2, typeIcon, typeIcon));
    painter->drawText(area.adjusted(iconRoom, 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft, shown);
    painter->restore();
}

QSize ColumnHeader::sectionSizeFromContents(int section) const
{
    const QString name = model() == nullptr ? QString() : model()->headerData(section, Qt::Horizontal).toString();
    const QFontMetrics fontMetrics(sizedFont(font(), metrics::captionPx, QFont::DemiBold));
    const int markRoom = fontMetrics.horizontalAdvance(u"▼"_s) + metrics::space1; // kept free, so that ordering moves nothing
    return {fontMetrics.horizontalAdvance(name) + typeIcon + metrics::space1 + markRoom + 2 * metrics::space2 + 2, scaled(metrics::rowHeight) + 2};
}

} // namespace turnstone
