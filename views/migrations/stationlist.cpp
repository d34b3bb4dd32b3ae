// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/migrations/stationlist.h"

#include "views/widgets/theme.h"

#include <QPainter>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int trackWidth = 40;
constexpr int stationRadius = 6;
constexpr int lineWidth = 2;
constexpr int sideTrack = 11;

QString stateWords(const Station &station)
{
    switch (station.kind) {
    case Station::Kind::Applied: return StationModel::tr("run");
    case Station::Kind::Current: return StationModel::tr("current");
    case Station::Kind::Pending: return StationModel::tr("pending");
    case Station::Kind::Unknown: return StationModel::tr("not known here");
    case Station::Kind::Conversion: return StationModel::tr("conversion");
    }
    return {};
}

} // namespace

void StationModel::setStations(std::vector<Station> stations)
{
    beginResetModel();
    m_stations = std::move(stations);
    endResetModel();
}

void StationModel::setDrift(int count)
{
    const int row = currentRow();
    if (row < 0)
        return;
    m_stations[static_cast<std::size_t>(row)].drift = count;
    emit dataChanged(index(row), index(row));
}

const Station *StationModel::at(const QModelIndex &index) const
{
    return index.isValid() && index.row() < rowCount() ? &m_stations[static_cast<std::size_t>(index.row())] : nullptr;
}

int StationModel::currentRow() const
{
    for (std::size_t i = 0; i < m_stations.size(); ++i) {
        if (m_stations[i].kind == Station::Kind::Current)
            return static_cast<int>(i);
    }
    return -1;
}

int StationModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_stations.size());
}

QVariant StationModel::data(const QModelIndex &index, int role) const
{
    const Station *station = at(index);
    if (!station)
        return {};
    if (role == StationRole)
        return QVariant::fromValue(*station);
    if (role == Qt::ToolTipRole)
        return station->title;
    if (role != Qt::DisplayRole && role != Qt::AccessibleTextRole)
        return {};
    QString text = tr("%1, %2: %3").arg(station->revision, stateWords(*station), station->title);
    if (station->drift > 0)
        text += tr(", %n differences", nullptr, station->drift);
    return text;
}

QSize StationDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &) const
{
    const int words = QFontMetrics(sizedFont(option.font, metrics::bodyPx)).height() + QFontMetrics(sizedFont(option.font, metrics::captionPx)).height();
    return {scaled(160), words + scaled(metrics::space3)};
}

void StationDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const Station station = index.data(StationModel::StationRole).value<Station>();
    const Tokens &tokens = Tokens::of(option.palette);
    painter->save();
    if (option.state & QStyle::State_Selected)
        painter->fillRect(option.rect, tokens.selection);
    const int width = scaled(trackWidth);
    painter->setRenderHint(QPainter::Antialiasing);
    paintTrack(painter, QRect(option.rect.topLeft(), QSize(width, option.rect.height())), station, index, option.palette);
    paintWords(painter, option.rect.adjusted(width, 0, -scaled(metrics::space2), 0), station, option);
    if ((option.state & QStyle::State_HasFocus) && (option.state & QStyle::State_KeyboardFocusChange)) {
        painter->setPen(QPen(tokens.accent, metrics::focusRing));
        painter->setBrush(Qt::NoBrush);
        painter->drawRect(option.rect.adjusted(1, 1, -1, -1));
    }
    painter->restore();
}

void StationDelegate::paintTrack(QPainter *painter, const QRect &area, const Station &station, const QModelIndex &index, const QPalette &palette) const
{
    const Tokens &tokens = Tokens::of(palette);
    const QPointF centre(area.left() + scaled(metrics::space4), area.center().y());
    const double radius = scaled(stationRadius);
    const bool isOnLine = station.kind != Station::Kind::Conversion;
    const auto next = index.siblingAtRow(index.row() + 1).data(StationModel::StationRole).value<Station>();
    const bool hasNext = index.row() + 1 < index.model()->rowCount() && next.kind != Station::Kind::Conversion;
    const auto segment = [&](double from, double to, bool isPending) {
        QPen pen(isPending ? tokens.line : tokens.accent, lineWidth);
        if (isPending)
            pen.setStyle(Qt::DotLine);
        painter->setPen(pen);
        painter->drawLine(QPointF(centre.x(), from), QPointF(centre.x(), to));
    };
    const bool isPending = station.kind == Station::Kind::Pending;
    if (isOnLine && index.row() > 0)
        segment(area.top(), centre.y() - radius, isPending);
    if (isOnLine && hasNext)
        segment(centre.y() + radius, area.bottom() + 1, next.kind == Station::Kind::Pending);
    if (station.drift > 0) { // a side track that leaves the line and comes back to nothing
        const QPointF end(centre.x() + scaled(sideTrack), centre.y() - scaled(sideTrack));
        painter->setPen(QPen(tokens.warn, lineWidth));
        painter->drawLine(centre, end);
        painter->setBrush(tokens.warn);
        painter->drawEllipse(end, radius / 2, radius / 2);
    }
    switch (station.kind) {
    case Station::Kind::Applied:
        painter->setPen(Qt::NoPen);
        painter->setBrush(tokens.accent);
        painter->drawEllipse(centre, radius * 0.7, radius * 0.7);
        break;
    case Station::Kind::Current:
        painter->setPen(QPen(tokens.accent, lineWidth));
        painter->setBrush(tokens.ground);
        painter->drawEllipse(centre, radius, radius);
        painter->setPen(Qt::NoPen);
        painter->setBrush(tokens.accent);
        painter->drawEllipse(centre, radius / 2, radius / 2);
        break;
    case Station::Kind::Pending:
        painter->setPen(QPen(tokens.muted, lineWidth));
        painter->setBrush(tokens.ground);
        painter->drawEllipse(centre, radius * 0.7, radius * 0.7);
        break;
    case Station::Kind::Unknown:
        painter->setPen(Qt::NoPen);
        painter->setBrush(tokens.warn);
        painter->drawPolygon(QPolygonF{centre + QPointF(0, -radius), centre + QPointF(radius, radius), centre + QPointF(-radius, radius)});
        break;
    case Station::Kind::Conversion:
        painter->setPen(QPen(tokens.muted, lineWidth));
        painter->drawLine(centre + QPointF(-radius, 0), centre + QPointF(radius, 0));
        painter->drawLine(centre + QPointF(radius / 3, -radius / 2), centre + QPointF(radius, 0));
        painter->drawLine(centre + QPointF(radius / 3, radius / 2), centre + QPointF(radius, 0));
        break;
    }
}

void StationDelegate::paintWords(QPainter *painter, const QRect &area, const Station &station, const QStyleOptionViewItem &option) const
{
    const Tokens &tokens = Tokens::of(option.palette);
    const bool isCurrent = station.kind == Station::Kind::Current;
    const bool isPending = station.kind == Station::Kind::Pending;
    const QFont upper = sizedFont(option.font, metrics::bodyPx, isCurrent ? QFont::DemiBold : QFont::Normal);
    const QFont lower = sizedFont(option.font, metrics::captionPx);
    const int pad = scaled(metrics::space3) / 2;
    QRect line(area.left(), area.top() + pad, area.width(), QFontMetrics(upper).height());
    QString badge = station.badge;
    if (station.drift > 0)
        badge = StationModel::tr("%n differences", nullptr, station.drift);
    painter->setFont(lower);
    const int badgeWidth = badge.isEmpty() ? 0 : QFontMetrics(lower).horizontalAdvance(badge) + scaled(metrics::space2);
    painter->setPen(station.drift > 0 || station.kind == Station::Kind::Unknown ? tokens.warn : tokens.muted);
    painter->drawText(line, Qt::AlignRight | Qt::AlignVCenter, badge);
    painter->setFont(upper);
    painter->setPen(isPending ? tokens.muted : tokens.text);
    painter->drawText(line, Qt::AlignLeft | Qt::AlignVCenter, QFontMetrics(upper).elidedText(station.title.isEmpty() ? station.revision : station.title, Qt::ElideRight, line.width() - badgeWidth));
    painter->setFont(lower);
    painter->setPen(tokens.muted);
    line.translate(0, line.height());
    line.setHeight(QFontMetrics(lower).height());
    const bool isNamed = !station.title.isEmpty() && station.title != station.revision; // else the name stands above already
    const QString words = isNamed ? station.revision + u" · "_s + stateWords(station) : stateWords(station);
    painter->drawText(line, Qt::AlignLeft | Qt::AlignVCenter, QFontMetrics(lower).elidedText(words, Qt::ElideMiddle, line.width()));
}

} // namespace turnstone
