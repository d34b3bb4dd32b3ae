// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/leaderboard/pairsview.h"

#include "views/widgets/theme.h"

#include <QHeaderView>
#include <QKeyEvent>
#include <QLocale>
#include <QMouseEvent>
#include <QPainter>
#include <QStyledItemDelegate>

#include <algorithm>
#include <cmath>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int cellWidth = 58;
constexpr int nameWidth = 180;

QString percent(double share)
{
    return QLocale().toString(std::lround(100 * share)) + u" %"_s;
}

class PairDelegate final : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const Tokens &tokens = Tokens::of(option.palette);
        painter->save();
        painter->fillRect(option.rect, tokens.ground);
        const QRect cell = option.rect.adjusted(1, 1, -1, -1);
        const QVariant share = index.data(PairsModel::ShareRole);
        if (index.row() == index.column()) {
            painter->fillRect(cell, tokens.surface);
        } else if (share.isValid()) {
            // Blue wins, vermilion loses; few games are pale. The figure says it, too.
            const double lead = share.toDouble() - 0.5;
            QColor tint = seriesColor(lead >= 0 ? 0 : 3, tokens);
            const double sureness = std::min(1.0, std::sqrt(index.data(PairsModel::ContestsRole).toDouble() / 20));
            tint.setAlphaF(static_cast<float>(std::min(0.75, std::abs(lead) * 2 * 0.75) * (0.4 + 0.6 * sureness)));
            painter->fillRect(cell, tint);
            painter->setPen(tokens.text);
            painter->setFont(sizedFont(option.font, metrics::captionPx + 1));
            painter->drawText(cell, Qt::AlignCenter, index.data().toString());
        }
        // A line on either side of the row and of the column that stand out.
        const auto *view = qobject_cast<const PairsView *>(option.widget);
        painter->setPen(QPen(tokens.accent, 1));
        if (view != nullptr && view->isMarked(index.row())) {
            painter->drawLine(option.rect.topLeft(), option.rect.topRight());
            painter->drawLine(option.rect.bottomLeft(), option.rect.bottomRight());
        }
        if (view != nullptr && view->isMarked(index.column())) {
            painter->drawLine(option.rect.topLeft(), option.rect.bottomLeft());
            painter->drawLine(option.rect.topRight(), option.rect.bottomRight());
        }
        if (option.state.testFlag(QStyle::State_HasFocus)) {
            painter->setPen(QPen(tokens.accent, metrics::focusRing));
            painter->drawRect(cell);
        }
        painter->restore();
    }
};

} // namespace

void PairsModel::setBoard(std::shared_ptr<const BoardView> view)
{
    beginResetModel();
    m_view = std::move(view);
    endResetModel();
}

int PairsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() || !m_view ? 0 : static_cast<int>(m_view->paired.size());
}

QString PairsModel::nameOf(int at) const
{
    return m_view->rowOf(competitor(at))->label.simplified();
}

double PairsModel::chanceOf(int row, int column) const
{
    const LeaderboardRow *one = m_view->rowOf(competitor(row));
    const LeaderboardRow *other = m_view->rowOf(competitor(column));
    if (!one->chosen || !other->chosen)
        return 0.5;
    const rating::Player first{*one->chosen, 1};
    const rating::Player second{*other->chosen, 1};
    return m_view->system->winProbability({&first, 1}, {&second, 1});
}

QVariant PairsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const rating::Tally &tally = m_view->pairs[static_cast<std::size_t>(index.row()) * m_view->paired.size() + static_cast<std::size_t>(index.column())];
    const bool isThere = index.row() != index.column() && tally.contests > 0;
    const double share = isThere ? (tally.wins + 0.5 * tally.draws) / tally.contests : 0;
    switch (role) {
    case Qt::DisplayRole: return isThere ? QVariant(percent(share)) : QVariant();
    case ShareRole: return isThere ? QVariant(share) : QVariant();
    case ContestsRole: return tally.contests;
    case ChanceRole: return chanceOf(index.row(), index.column());
    case Qt::ToolTipRole:
    case Qt::AccessibleTextRole: {
        if (index.row() == index.column())
            return nameOf(index.row());
        const QString names = tr("%1 against %2").arg(nameOf(index.row()), nameOf(index.column()));
        const QString chance = tr("one against one, %1 by their ratings").arg(percent(chanceOf(index.row(), index.column())));
        if (!isThere)
            return names + u'\n' + tr("never met") + u'\n' + chance;
        const rating::Share wilson = rating::wilsonShare(tally.wins + 0.5 * tally.draws, tally.contests);
        return names + u'\n' + tr("%1 won, %2 drawn of %3: %4, with 95 % certainty from %5 to %6").arg(tally.wins).arg(tally.draws).arg(tally.contests).arg(percent(share), percent(wilson.low), percent(wilson.high)) + u'\n' + chance;
    }
    default: return {};
    }
}

QVariant PairsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (section < 0 || section >= rowCount())
        return {};
    const int rank = m_view->rowOf(competitor(section))->rank;
    const QString number = rank > 0 ? QString::number(rank) : u"–"_s;
    if (role == Qt::DisplayRole)
        return orientation == Qt::Horizontal ? number : number + u"  "_s + nameOf(section);
    if (role == Qt::ToolTipRole)
        return nameOf(section);
    if (role == Qt::TextAlignmentRole)
        return QVariant(Qt::AlignVCenter | (orientation == Qt::Horizontal ? Qt::AlignHCenter : Qt::AlignLeft));
    return {};
}

QByteArray PairsModel::toCsv() const
{
    const auto quoted = [](const QString &text) { return '"' + text.toUtf8().replace('"', "\"\"") + '"'; };
    QByteArray out = "name";
    for (int column = 0; column < columnCount(); ++column)
        out += ',' + quoted(nameOf(column));
    out += '\n';
    for (int row = 0; row < rowCount(); ++row) {
        out += quoted(nameOf(row));
        for (int column = 0; column < columnCount(); ++column) {
            const QVariant share = data(index(row, column), ShareRole);
            out += ',' + (share.isValid() ? QByteArray::number(share.toDouble(), 'g', 17) : QByteArray());
        }
        out += '\n';
    }
    return out;
}

PairsView::PairsView(QWidget *parent) : QTableView(parent), m_model(new PairsModel(this))
{
    setObjectName(u"pairsView"_s);
    setAccessibleName(tr("The best against each other"));
    setModel(m_model);
    setItemDelegate(new PairDelegate(this));
    setFrameShape(QFrame::NoFrame);
    setShowGrid(false);
    setSelectionMode(QAbstractItemView::NoSelection);
    setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    setMouseTracking(true);
    horizontalHeader()->setDefaultSectionSize(scaled(cellWidth));
    horizontalHeader()->setMinimumSectionSize(scaled(24));
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setFont(sizedFont(font(), metrics::captionPx));
    verticalHeader()->setDefaultSectionSize(scaled(metrics::compactRow));
    verticalHeader()->setFixedWidth(scaled(nameWidth));
    verticalHeader()->setTextElideMode(Qt::ElideRight);
    verticalHeader()->setFont(sizedFont(font(), metrics::captionPx + 1));
    connect(this, &QAbstractItemView::clicked, this, &PairsView::request);
}

void PairsView::setBoard(std::shared_ptr<const BoardView> view)
{
    m_model->setBoard(std::move(view));
}

void PairsView::mark(qint64 competitor)
{
    if (competitor == m_marked)
        return;
    m_marked = competitor;
    viewport()->update();
}

bool PairsView::isMarked(int at) const
{
    return m_marked >= 0 && static_cast<qint64>(m_model->competitor(at)) == m_marked;
}

void PairsView::mouseMoveEvent(QMouseEvent *event)
{
    QTableView::mouseMoveEvent(event);
    const QModelIndex index = indexAt(event->pos());
    if (index == m_hoveredCell)
        return;
    m_hoveredCell = index;
    emit hovered(index.isValid() ? std::vector<std::uint32_t>{m_model->competitor(index.row()), m_model->competitor(index.column())} : std::vector<std::uint32_t>());
}

bool PairsView::viewportEvent(QEvent *event)
{
    if (event->type() == QEvent::Leave && m_hoveredCell.isValid()) {
        m_hoveredCell = QModelIndex();
        emit hovered({});
    }
    return QTableView::viewportEvent(event);
}

void PairsView::request(const QModelIndex &index)
{
    if (index.isValid() && index.row() != index.column() && index.data(PairsModel::ContestsRole).toUInt() > 0)
        emit pairRequested(m_model->competitor(index.row()), m_model->competitor(index.column()));
}

void PairsView::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
        return request(currentIndex());
    QTableView::keyPressEvent(event);
}

void PairsView::paintEvent(QPaintEvent *event)
{
    QTableView::paintEvent(event);
    if (m_model->rowCount() > 1)
        return;
    QPainter painter(viewport());
    painter.setPen(Tokens::of(palette()).muted);
    painter.drawText(viewport()->rect(), Qt::AlignCenter | Qt::TextWordWrap, tr("Nobody has met anybody yet."));
}

} // namespace turnstone
