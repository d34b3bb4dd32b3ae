// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/widgets/celldelegate.h"

#include "models/items/celltext.h"
#include "models/items/tablerowmodel.h"
#include "views/widgets/theme.h"

#include <QApplication>
#include <QPainter>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

/// Of the average width of a character; Latin i and l are about 0.4.
constexpr double narrowest = 0.35;

void drawPill(QPainter *painter, const QRect &area, const QString &text, const QColor &color, bool framed, Qt::Alignment alignment)
{
    const QFontMetrics metrics(painter->font());
    const int width = metrics.horizontalAdvance(text) + (framed ? 2 * metrics::space1 + 2 : 0);
    QRect pill(0, 0, std::min(width, area.width()), metrics.height() + 2);
    pill.moveCenter(area.center());
    if (alignment.testFlag(Qt::AlignRight))
        pill.moveRight(area.right());
    else
        pill.moveLeft(area.left());
    if (framed) {
        QColor line = color;
        line.setAlphaF(0.55F);
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(line);
        painter->drawRoundedRect(QRectF(pill).adjusted(0.5, 0.5, -0.5, -0.5), pill.height() / 2.0, pill.height() / 2.0);
    }
    painter->setPen(color);
    painter->drawText(pill, Qt::AlignCenter, text);
}

QColor toneColor(const QString &tone, const Tokens &tokens)
{
    return tone == u"good" ? tokens.good : tone == u"warn" ? tokens.warn : tone == u"bad" ? tokens.bad : tokens.muted;
}

/// A mark of its own shape for each tone, so that it is not told by colour alone.
int drawTone(QPainter *painter, const QRect &area, const QString &tone, const Tokens &tokens)
{
    const int size = scaled(7);
    const QRectF mark(area.left(), area.center().y() - size / 2 + 1, size, size);
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    painter->setBrush(toneColor(tone, tokens));
    if (tone == u"good")
        painter->drawEllipse(mark);
    else if (tone == u"warn")
        painter->drawPolygon(QPolygonF{mark.bottomLeft(), mark.bottomRight(), QPointF(mark.center().x(), mark.top())});
    else if (tone == u"bad")
        painter->drawRect(mark);
    else
        painter->drawRoundedRect(mark.adjusted(0, size / 3.0, 0, -size / 3.0), 1, 1);
    return size + metrics::space1 + 2;
}

constexpr float stagedTint = 0.14F;

/// What is staged: changed cells tinted, deleted rows struck through, a mark at the row's edge. Returns whether to strike out.
bool drawStaged(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index, const Tokens &tokens)
{
    const auto state = static_cast<RowOverlay::State>(index.data(TableRowModel::StagedRole).toInt());
    if (state == RowOverlay::State::None)
        return false;
    const bool isDeleted = state == RowOverlay::State::Deleted;
    QColor color = state == RowOverlay::State::Changed ? tokens.warn : state == RowOverlay::State::Added ? tokens.good : tokens.bad;
    QColor tint = color;
    tint.setAlphaF(stagedTint);
    if (isDeleted || index.data(TableRowModel::ChangedRole).toBool())
        painter->fillRect(option.rect.adjusted(0, 0, 0, -1), tint);
    if (index.column() == 0)
        painter->fillRect(QRect(option.rect.left(), option.rect.top() + 1, 3, option.rect.height() - 2), color);
    return isDeleted;
}

} // namespace

void CellDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const Tokens &tokens = Tokens::of(option.palette);
    painter->save();
    QApplication::style()->drawPrimitive(QStyle::PE_PanelItemViewItem, &option, painter, option.widget);
    const bool isStruckOut = drawStaged(painter, option, index, tokens);
    QColor hair = tokens.line;
    hair.setAlphaF(0.6F);
    painter->setPen(hair);
    painter->drawLine(option.rect.bottomLeft(), option.rect.bottomRight());
    if (option.state.testFlag(QStyle::State_HasFocus) && option.state.testFlag(QStyle::State_Active)) {
        painter->setPen(QPen(tokens.accent, metrics::focusRing));
        painter->drawRect(option.rect.adjusted(1, 1, -1, -2));
    }

    QRect area = option.rect.adjusted(metrics::space2, 0, -metrics::space2, -1);
    const QVariant kindValue = index.data(TableRowModel::KindRole);
    const QString text = index.data().toString();
    const QFont captionFont = sizedFont(option.font, metrics::captionPx);
    if (!kindValue.isValid()) {
        const QVariant state = index.data(TableRowModel::LoadStateRole);
        painter->setPen(state.isValid() ? tokens.faint : tokens.muted);
        QString shown = text;
        if (state.isValid()) {
            const auto load = state.value<TableRowModel::LoadState>();
            shown = load == TableRowModel::LoadState::Pending ? u"·"_s : load == TableRowModel::LoadState::Gone && index.column() == 0 ? tr("deleted") : QString();
        }
        painter->setFont(option.font);
        painter->drawText(area, Qt::AlignVCenter | Qt::AlignLeft, QFontMetrics(option.font).elidedText(shown, Qt::ElideRight, area.width()));
        painter->restore();
        return;
    }

    const auto kind = kindValue.value<CellKind>();
    const QString type = index.data(TableRowModel::TypeRole).toString();
    const bool atRight = !m_isForm && (kind == CellKind::Number || ((kind == CellKind::Null || kind == CellKind::Empty) && isNumericType(type)));
    const Qt::Alignment alignment = Qt::AlignVCenter | (atRight ? Qt::AlignRight : Qt::AlignLeft);
    const QVariant fraction = index.data(TableRowModel::FractionRole);
    if (fraction.isValid() && fraction.toDouble() >= 0) {
        QRectF bar(area.left(), option.rect.bottom() - scaled(4), area.width(), scaled(2));
        painter->fillRect(bar, tokens.line);
        bar.setWidth(bar.width() * fraction.toDouble());
        painter->fillRect(bar, tokens.accent);
    }
    const QString tone = index.data(TableRowModel::ToneRole).toString();
    if (!tone.isEmpty() && area.width() > 3 * metrics::space2)
        area.setLeft(area.left() + drawTone(painter, area, tone, tokens));
    const bool isLink = index.data(TableRowModel::LinkRole).toBool();
    switch (kind) {
    case CellKind::Null:
        painter->setFont(sizedFont(option.font, metrics::captionPx - 1));
        drawPill(painter, area, u"NULL"_s, tokens.faint, true, alignment);
        break;
    case CellKind::Empty:
        painter->setFont(captionFont);
        drawPill(painter, area, tr("empty"), tokens.faint, false, alignment);
        break;
    case CellKind::Undecodable:
        painter->setFont(captionFont);
        drawPill(painter, area, text, tokens.warn, true, alignment);
        break;
    case CellKind::Bytes:
        painter->setFont(captionFont);
        drawPill(painter, area, text, tokens.muted, false, alignment);
        break;
    case CellKind::Boolean:
        painter->setFont(option.font);
        painter->setPen(text == u"✓"_s ? tokens.text : tokens.muted);
        painter->drawText(area, alignment, text);
        break;
    case CellKind::Number:
    case CellKind::Code:
    case CellKind::Text: {
        QFont textFont = kind == CellKind::Code ? fixedFont(metrics::bodyPx - 1) : option.font;
        textFont.setStrikeOut(isStruckOut);
        painter->setFont(textFont);
        painter->setPen(isLink ? tokens.accent : tokens.text);
        const QFontMetrics fontMetrics(painter->font());
        const bool isWhole = index.data(TableRowModel::WholeRole).toBool();
        // Shaping is most of the work of a page: no more characters than can be seen, if they were all narrow ones.
        const int visible = static_cast<int>(area.width() / (narrowest * fontMetrics.averageCharWidth())) + 1;
        if (isWhole && text.size() <= visible && fontMetrics.horizontalAdvance(text) <= area.width()) {
            painter->drawText(area, alignment, text);
            break;
        }
        // Too long: the end says how long. Texts that nearly fit keep the room.
        const qint64 bytes = index.data(TableRowModel::FullBytesRole).toLongLong();
        const QString length = bytes >= 200 ? sizeText(bytes) : QString();
        const QFontMetrics captionMetrics(captionFont);
        const int room = length.isEmpty() ? 0 : captionMetrics.horizontalAdvance(length) + metrics::space1;
        QRect textArea = area;
        textArea.setRight(area.right() - room);
        const QString beginning = text.left(visible);
        QString elided = fontMetrics.elidedText(beginning, Qt::ElideRight, textArea.width());
        if (elided.size() == beginning.size() && beginning.size() < text.size())
            elided += u'…'; // narrower still
        painter->drawText(textArea, Qt::AlignVCenter | Qt::AlignLeft, elided);
        if (room > 0) {
            painter->setFont(captionFont);
            painter->setPen(tokens.muted);
            painter->drawText(area, Qt::AlignVCenter | Qt::AlignRight, length);
        }
        break;
    }
    }
    painter->restore();
}

QSize CellDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const QString text = index.data().toString().left(120);
    const int mark = index.data(TableRowModel::ToneRole).toString().isEmpty() ? 0 : scaled(7) + metrics::space1 + 2;
    return {QFontMetrics(option.font).horizontalAdvance(text) + mark + 2 * metrics::space2 + metrics::space2, rowHeight()};
}

} // namespace turnstone
