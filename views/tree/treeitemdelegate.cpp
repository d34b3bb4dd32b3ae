// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/tree/treeitemdelegate.h"

#include "models/browsing/hierarchymodel.h"
#include "views/widgets/icons.h"
#include "views/widgets/theme.h"

#include <QApplication>
#include <QLocale>
#include <QPainter>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

using Model = HierarchyModel;

constexpr std::size_t maximumBadges = 2;
/// The title keeps so much room before badges show; before those without a tone, half of the line.
constexpr int minimumTitle = 72;
constexpr qreal textShare = 0.5;

Model::Kind kindOf(const QModelIndex &index)
{
    return index.data(Model::KindRole).value<Model::Kind>();
}

QColor toneColor(BadgeTone tone, const Tokens &tokens)
{
    switch (tone) {
    case BadgeTone::Good: return tokens.good;
    case BadgeTone::Warn: return tokens.warn;
    case BadgeTone::Bad: return tokens.bad;
    case BadgeTone::Neutral: break;
    }
    return tokens.muted;
}

} // namespace

const QIcon &TreeItemDelegate::icon(const QString &name, const QColor &color) const
{
    QIcon &cached = m_icons[name + color.name()];
    if (cached.isNull())
        cached = themedIcon(name, color);
    return cached;
}

void TreeItemDelegate::paintCount(QPainter *painter, QRect &area, const QModelIndex &index) const
{
    const bool isPending = index.data(Model::LoadStateRole).value<Model::LoadState>() == Model::LoadState::Pending;
    const qint64 count = index.data(Model::CountRole).toLongLong();
    if (kindOf(index) == Model::Kind::Message || (count < 0 && !isPending))
        return;
    QString text = isPending ? u"…"_s : QLocale().toString(count);
    if (!isPending && !index.data(Model::CountExactRole).toBool())
        text += u'+';
    painter->setPen(Tokens::of(QApplication::palette()).muted);
    painter->drawText(area, Qt::AlignVCenter | Qt::AlignRight, text);
    area.setRight(area.right() - painter->fontMetrics().horizontalAdvance(text) - scaled(metrics::space2));
}

void TreeItemDelegate::paintBadges(QPainter *painter, QRect &area, const QModelIndex &index) const
{
    const Tokens &tokens = Tokens::of(QApplication::palette());
    const auto badges = index.data(Model::BadgesRole).value<std::vector<HierarchyBadge>>();
    const QFontMetrics metricsOf = painter->fontMetrics();
    const int height = metricsOf.height() + scaled(2);
    painter->setRenderHint(QPainter::Antialiasing);
    // The first one is the most telling: it gets its room first and stands at the left of the second.
    std::vector<std::pair<HierarchyBadge, int>> shown;
    const int textWidth = QFontMetrics(sizedFont(painter->font(), scaled(metrics::bodyPx))).horizontalAdvance(index.data().toString()) + scaled(metrics::space2);
    const int wanted = std::max(scaled(minimumTitle), std::min(textWidth, qRound(area.width() * textShare)));
    int used = 0;
    bool isCrowded = false;
    for (const HierarchyBadge &badge : badges) {
        const int width = metricsOf.horizontalAdvance(badge.text) + scaled(metrics::space3);
        const bool isNeutral = badge.tone == BadgeTone::Neutral;
        if (shown.size() == maximumBadges)
            break;
        if (used + width > area.width() - (isNeutral ? wanted : scaled(minimumTitle)) || (isNeutral && isCrowded)) {
            isCrowded = true; // a lesser one does not take the place of a better one; one with a tone may
            continue;
        }
        used += width + scaled(metrics::space1);
        shown.emplace_back(badge, width);
    }
    for (auto badge = shown.rbegin(); badge != shown.rend(); ++badge) {
        const QColor color = toneColor(badge->first.tone, tokens);
        QColor ground = color;
        ground.setAlphaF(0.14F);
        const QRect chip(area.right() - badge->second + 1, area.center().y() - height / 2 + 1, badge->second, height);
        painter->setPen(Qt::NoPen);
        painter->setBrush(ground);
        painter->drawRoundedRect(chip, height / 2.0, height / 2.0);
        painter->setPen(badge->first.tone == BadgeTone::Neutral ? tokens.muted : color);
        painter->drawText(chip, Qt::AlignCenter, badge->first.text);
        area.setRight(chip.left() - scaled(metrics::space1) - 1);
    }
    painter->setBrush(Qt::NoBrush);
}

void TreeItemDelegate::paintText(QPainter *painter, const QRect &area, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const Tokens &tokens = Tokens::of(option.palette);
    const Model::Kind kind = kindOf(index);
    const QString text = index.data().toString().simplified();
    const bool isFailed = index.data(Model::LoadStateRole).value<Model::LoadState>() == Model::LoadState::Failed;
    const qsizetype border = kind == Model::Kind::Record && !isFailed ? text.indexOf(u" · "_s) : -1;
    QString title = border < 0 ? text : text.left(border);
    const bool isHeavy = kind == Model::Kind::Database || kind == Model::Kind::Group || kind == Model::Kind::Tables;
    painter->setFont(sizedFont(option.font, metrics::bodyPx, isHeavy ? QFont::DemiBold : QFont::Normal));
    const QFontMetrics metricsOf = painter->fontMetrics();
    title = metricsOf.elidedText(title, kind == Model::Kind::Table ? Qt::ElideMiddle : Qt::ElideRight, area.width());
    const bool isEmpty = kind == Model::Kind::Group && index.data(Model::CountRole).toLongLong() == 0;
    painter->setPen(isFailed ? tokens.bad : kind == Model::Kind::Message || isEmpty ? tokens.muted : tokens.text);
    painter->drawText(area, Qt::AlignVCenter | Qt::AlignLeft, title);
    if (border < 0)
        return;
    const QRect rest = area.adjusted(metricsOf.horizontalAdvance(title) + scaled(metrics::space2), 0, 0, 0);
    if (rest.width() < scaled(metrics::space4))
        return;
    painter->setPen(tokens.muted);
    painter->drawText(rest, Qt::AlignVCenter | Qt::AlignLeft, metricsOf.elidedText(text.mid(border + 3), Qt::ElideRight, rest.width()));
}

void TreeItemDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const Tokens &tokens = Tokens::of(option.palette);
    const QStyle *style = option.widget == nullptr ? QApplication::style() : option.widget->style();
    painter->save();
    style->drawPrimitive(QStyle::PE_PanelItemViewItem, &option, painter, option.widget);
    QRect area = option.rect.adjusted(scaled(metrics::space1), 0, -scaled(metrics::space2), 0);
    const QString name = index.data(Model::IconRole).toString();
    if (!name.isEmpty()) {
        const int size = scaled(metrics::icon);
        const Model::Kind kind = kindOf(index);
        const bool isFailed = index.data(Model::LoadStateRole).value<Model::LoadState>() == Model::LoadState::Failed;
        const QColor color = isFailed ? tokens.bad : kind == Model::Kind::Database ? tokens.accent : kind == Model::Kind::Record ? tokens.faint : tokens.muted;
        icon(isFailed ? u"warning"_s : name, color).paint(painter, QRect(area.left(), area.center().y() - size / 2 + 1, size, size));
        area.setLeft(area.left() + size + scaled(metrics::space2));
    }
    painter->setFont(sizedFont(option.font, metrics::captionPx));
    paintCount(painter, area, index);
    paintBadges(painter, area, index);
    paintText(painter, area, option, index);
    painter->restore();
}

QSize TreeItemDelegate::sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const
{
    // Lines are cut to the width of the view, so none asks for more.
    return {scaled(minimumTitle), rowHeight()};
}

} // namespace turnstone
