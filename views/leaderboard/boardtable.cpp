// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/leaderboard/boardtable.h"

#include "models/leaderboard/boardmodel.h"
#include "views/leaderboard/boarddelegate.h"
#include "views/widgets/theme.h"

#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QMouseEvent>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

BoardTable::BoardTable(BoardModel &model, QWidget *parent) : QTableView(parent), m_model(model)
{
    setObjectName(u"boardTable"_s);
    setAccessibleName(tr("Leaderboard"));
    setHorizontalHeader(new BoardHeader(this));
    setModel(&model);
    setItemDelegate(new BoardDelegate(this));
    verticalHeader()->hide();
    setShowGrid(false);
    setFrameShape(QFrame::NoFrame);
    setWordWrap(false);
    setSelectionBehavior(QAbstractItemView::SelectRows);
    setSelectionMode(QAbstractItemView::ExtendedSelection);
    setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    setSortingEnabled(true);
    horizontalHeader()->setSortIndicator(0, Qt::AscendingOrder);
    horizontalHeader()->setResizeContentsPrecision(50);
    setMouseTracking(true);
    applyRowHeight();
    connect(&model, &QAbstractItemModel::modelAboutToBeReset, this, [this] {
        m_marked.clear();
        m_hovered = -1;
    });
    connect(this, &QAbstractItemView::doubleClicked, this, [this](const QModelIndex &index) { emit contestsRequested(index.row(), index.column()); });
}

std::vector<std::uint32_t> BoardTable::chosen() const
{
    std::vector<std::uint32_t> result;
    QModelIndexList rows = selectionModel()->selectedRows();
    std::ranges::sort(rows, {}, &QModelIndex::row);
    for (const QModelIndex &row : rows)
        result.push_back(m_model.row(row.row()).number);
    return result;
}

void BoardTable::choose(const std::vector<std::uint32_t> &competitors)
{
    QItemSelection selection;
    int first = -1;
    for (const std::uint32_t competitor : competitors) {
        const int row = m_model.placeOf(competitor);
        if (row < 0)
            continue;
        selection.select(m_model.index(row, 0), m_model.index(row, 0));
        first = first < 0 ? row : first;
    }
    if (first >= 0)
        selectionModel()->setCurrentIndex(m_model.index(first, 0), QItemSelectionModel::NoUpdate);
    selectionModel()->select(selection, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    if (first >= 0)
        scrollTo(m_model.index(first, 0));
}

void BoardTable::mark(const std::vector<std::uint32_t> &competitors)
{
    std::unordered_set<std::uint32_t> marked(competitors.begin(), competitors.end());
    if (marked == m_marked)
        return;
    m_marked = std::move(marked);
    viewport()->update();
}

bool BoardTable::isMarked(int row) const
{
    const std::uint32_t competitor = m_model.row(row).number;
    return m_hovered == static_cast<qint64>(competitor) || m_marked.contains(competitor);
}

void BoardTable::hover(qint64 competitor)
{
    if (competitor == m_hovered)
        return;
    m_hovered = competitor;
    viewport()->update();
    emit hovered(competitor);
}

void BoardTable::mouseMoveEvent(QMouseEvent *event)
{
    QTableView::mouseMoveEvent(event);
    const QModelIndex index = indexAt(event->pos());
    hover(index.isValid() ? static_cast<qint64>(m_model.row(index.row()).number) : -1);
}

bool BoardTable::viewportEvent(QEvent *event)
{
    if (event->type() == QEvent::Leave)
        hover(-1);
    return QTableView::viewportEvent(event);
}

void BoardTable::fitColumns()
{
    for (int column = 0; column < m_model.columnCount(); ++column) {
        int width = std::max(horizontalHeader()->sectionSizeHint(column), sizeHintForColumn(column));
        if (m_model.columns()[static_cast<std::size_t>(column)].kind == BoardModel::Kind::Name)
            width = std::clamp(width, scaled(140), scaled(metrics::maxColumn));
        setColumnWidth(column, std::min(width, scaled(metrics::maxColumn)));
    }
}

void BoardTable::selectionChanged(const QItemSelection &selected, const QItemSelection &deselected)
{
    QTableView::selectionChanged(selected, deselected);
    emit chosenChanged();
}

void BoardTable::keyPressEvent(QKeyEvent *event)
{
    if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && currentIndex().isValid()) {
        emit contestsRequested(currentIndex().row(), currentIndex().column());
        return;
    }
    QTableView::keyPressEvent(event);
}

void BoardTable::contextMenuEvent(QContextMenuEvent *event)
{
    const bool byKey = event->reason() == QContextMenuEvent::Keyboard;
    const QModelIndex index = byKey ? currentIndex() : indexAt(viewport()->mapFromGlobal(event->globalPos()));
    if (index.isValid())
        emit menuRequested(index.row(), index.column(), byKey ? viewport()->mapToGlobal(visualRect(index).center()) : event->globalPos());
}

void BoardTable::applyRowHeight()
{
    verticalHeader()->setMinimumSectionSize(turnstone::rowHeight());
    verticalHeader()->setDefaultSectionSize(turnstone::rowHeight());
}

void BoardTable::changeEvent(QEvent *event)
{
    QTableView::changeEvent(event);
    if (event->type() == QEvent::StyleChange)
        applyRowHeight();
}

} // namespace turnstone
