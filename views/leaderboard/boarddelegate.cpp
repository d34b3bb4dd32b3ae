// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/leaderboard/boarddelegate.h"

#include "models/leaderboard/boardmodel.h"
#include "views/charts/axisticks.h"
#include "views/leaderboard/boardtable.h"
#include "views/widgets/theme.h"

#include <QApplication>
#include <QPainter>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int intervalWidth = 260;
constexpr int shareBarWidth = 64;
constexpr int dotRadius = 4;

/// Where the axis of the intervals stands in a cell.
QRectF axisArea(const QRect &cell)
{
    return QRectF(cell).adjusted(metrics::space3, 0, -metrics::space3, 0);
}

double placeOn(const QRectF &axis, const BoardModel &model, double value)
{
    const double length = model.axisHigh() - model.axisLow();
    return axis.left() + (length > 0 ? (value - model.axisLow()) / length : 0.5) * axis.width();
}

void drawInterval(QPainter *painter, const QRect &cell, const QModelIndex &index, const Tokens &tokens)
{
    const auto &model = *static_cast<const BoardModel *>(index.model());
    const QRectF axis = axisArea(cell);
    QColor grid = tokens.line;
    grid.setAlphaF(0.6F);
    painter->setPen(QPen(grid, 1));
    for (const AxisTick &tick : axisTicks(AxisKind::Number, model.axisLow(), model.axisHigh(), 6)) {
        const double x = std::round(placeOn(axis, model, tick.value)) + 0.5;
        painter->drawLine(QPointF(x, cell.top()), QPointF(x, cell.bottom()));
    }
    const QVariant middle = index.data(BoardModel::NumberRole);
    if (!middle.isValid())
        return;
    const double low = placeOn(axis, model, index.data(BoardModel::LowRole).toDouble());
    const double high = placeOn(axis, model, index.data(BoardModel::HighRole).toDouble());
    const double mu = placeOn(axis, model, middle.toDouble());
    const double y = cell.center().y() + 0.5;
    painter->setRenderHint(QPainter::Antialiasing);
    QColor bar = tokens.accent;
    bar.setAlphaF(0.38F);
    painter->setPen(Qt::NoPen);
    painter->setBrush(bar);
    const double thick = scaled(4);
    painter->drawRoundedRect(QRectF(low, y - thick / 2, high - low, thick), thick / 2, thick / 2);
    painter->setBrush(tokens.accent);
    painter->drawEllipse(QPointF(mu, y), scaled(dotRadius), scaled(dotRadius));
    // The conservative rating is where the bar begins: an end that can be seen.
    painter->drawRect(QRectF(low, y - scaled(4), scaled(2), scaled(8)));
}

void drawShare(QPainter *painter, const QRect &cell, const QModelIndex &index, const Tokens &tokens, const QString &text)
{
    QRectF area = QRectF(cell).adjusted(metrics::space2, 0, -metrics::space2, 0);
    painter->setPen(index.data(BoardModel::NumberRole).isValid() ? tokens.text : tokens.faint);
    painter->drawText(area, Qt::AlignVCenter | Qt::AlignRight, text);
    const QVariant share = index.data(BoardModel::NumberRole);
    const double width = std::min<double>(scaled(shareBarWidth), area.width() - painter->fontMetrics().horizontalAdvance(u"100.0 %"_s) - metrics::space2);
    if (!share.isValid() || width < scaled(16))
        return;
    const double y = cell.center().y() + 0.5;
    const QRectF track(area.left(), y - 1, width, 2);
    painter->fillRect(track, tokens.line);
    const auto at = [&](double value) { return track.left() + value * track.width(); };
    QColor bar = tokens.accent;
    bar.setAlphaF(0.38F);
    painter->setRenderHint(QPainter::Antialiasing);
    painter->fillRect(QRectF(QPointF(at(index.data(BoardModel::LowRole).toDouble()), y - 3), QPointF(at(index.data(BoardModel::HighRole).toDouble()), y + 3)), bar);
    painter->setPen(Qt::NoPen);
    painter->setBrush(tokens.accent);
    painter->drawEllipse(QPointF(at(share.toDouble()), y), scaled(3), scaled(3));
}

} // namespace

void BoardDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const Tokens &tokens = Tokens::of(option.palette);
    painter->save();
    QApplication::style()->drawPrimitive(QStyle::PE_PanelItemViewItem, &option, painter, option.widget);
    const auto *table = qobject_cast<const BoardTable *>(option.widget);
    if (table != nullptr && !option.state.testFlag(QStyle::State_Selected) && table->isMarked(index.row())) {
        QColor tint = tokens.selection;
        tint.setAlphaF(0.6F);
        painter->fillRect(option.rect, tint);
    }
    QColor hair = tokens.line;
    hair.setAlphaF(0.6F);
    painter->setPen(hair);
    painter->drawLine(option.rect.bottomLeft(), option.rect.bottomRight());
    const auto kind = index.data(BoardModel::KindRole).value<BoardModel::Kind>();
    const QString text = index.data().toString();
    painter->setFont(option.font);
    if (kind == BoardModel::Kind::Interval) {
        drawInterval(painter, option.rect, index, tokens);
    } else if (kind == BoardModel::Kind::Share) {
        drawShare(painter, option.rect, index, tokens, text);
    } else {
        const QRect area = option.rect.adjusted(metrics::space2, 0, -metrics::space2, 0);
        const bool isQuiet = text == u"–"_s || kind == BoardModel::Kind::Rank || kind == BoardModel::Kind::Text;
        painter->setPen(isQuiet ? tokens.muted : tokens.text);
        if (kind == BoardModel::Kind::Name)
            painter->setFont(sizedFont(option.font, metrics::bodyPx, QFont::Medium));
        const auto alignment = Qt::Alignment(index.data(Qt::TextAlignmentRole).toInt());
        painter->drawText(area, alignment, painter->fontMetrics().elidedText(text.simplified(), Qt::ElideRight, area.width()));
    }
    if (option.state.testFlag(QStyle::State_HasFocus) && option.state.testFlag(QStyle::State_Active)) {
        painter->setRenderHint(QPainter::Antialiasing, false);
        painter->setBrush(Qt::NoBrush);
        painter->setPen(QPen(tokens.accent, metrics::focusRing));
        painter->drawRect(option.rect.adjusted(1, 1, -1, -2));
    }
    painter->restore();
}

QSize BoardDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const auto kind = index.data(BoardModel::KindRole).value<BoardModel::Kind>();
    const QFontMetrics fontMetrics(option.font);
    if (kind == BoardModel::Kind::Interval)
        return {scaled(intervalWidth), rowHeight()};
    int width = fontMetrics.horizontalAdvance(index.data().toString().left(60)) + 2 * metrics::space2 + 2;
    if (kind == BoardModel::Kind::Share)
        width = fontMetrics.horizontalAdvance(u"100.0 %"_s) + scaled(shareBarWidth) + 3 * metrics::space2;
    return {std::min(width, scaled(metrics::maxColumn)), rowHeight()};
}

BoardHeader::BoardHeader(QWidget *parent) : QHeaderView(Qt::Horizontal, parent)
{
    setSectionsMovable(true);
    setSectionsClickable(true);
    setSortIndicatorShown(true);
    setHighlightSections(false);
    setMinimumSectionSize(scaled(36));
}

void BoardHeader::paintSection(QPainter *painter, const QRect &rect, int section) const
{
    const Tokens &tokens = Tokens::of(palette());
    const auto *board = qobject_cast<const BoardModel *>(model());
    if (board == nullptr || section >= board->columnCount())
        return;
    painter->save();
    painter->fillRect(rect, tokens.surface);
    painter->setPen(tokens.line);
    painter->drawLine(rect.bottomLeft(), rect.bottomRight());
    const QFont caption = sizedFont(font(), metrics::captionPx, QFont::Medium);
    painter->setFont(caption);
    const BoardModel::Column &column = board->columns()[static_cast<std::size_t>(section)];
    QRect area = rect.adjusted(metrics::space2, 0, -metrics::space2, 0);
    const bool isSorted = sortIndicatorSection() == section;
    const QString mark = isSorted ? (sortIndicatorOrder() == Qt::AscendingOrder ? u" ↑"_s : u" ↓"_s) : QString();
    painter->setPen(isSorted ? tokens.text : tokens.muted);
    if (column.kind == BoardModel::Kind::Interval) {
        painter->drawText(area.adjusted(metrics::space1, 2, 0, 0), Qt::AlignTop | Qt::AlignLeft, column.title + mark);
        painter->setFont(sizedFont(font(), metrics::captionPx - 1));
        painter->setPen(tokens.muted);
        const QRectF axis = axisArea(rect);
        for (const AxisTick &tick : axisTicks(AxisKind::Number, board->axisLow(), board->axisHigh(), 6)) {
            const double x = placeOn(axis, *board, tick.value);
            painter->drawText(QRectF(x - 40, rect.top(), 80, rect.height() - 2), Qt::AlignBottom | Qt::AlignHCenter, tick.label);
        }
    } else {
        const auto alignment = Qt::Alignment(board->headerData(section, Qt::Horizontal, Qt::TextAlignmentRole).toInt());
        painter->drawText(area, alignment, painter->fontMetrics().elidedText(column.title, Qt::ElideRight, area.width() - painter->fontMetrics().horizontalAdvance(mark)) + mark);
    }
    painter->restore();
}

QSize BoardHeader::sectionSizeFromContents(int section) const
{
    const QFontMetrics fontMetrics(sizedFont(font(), metrics::captionPx, QFont::Medium));
    const QString title = model() != nullptr ? model()->headerData(section, Qt::Horizontal).toString() : QString();
    return {fontMetrics.horizontalAdvance(title + u" ↓"_s) + 2 * metrics::space2 + 2, scaled(36)};
}

} // namespace turnstone
