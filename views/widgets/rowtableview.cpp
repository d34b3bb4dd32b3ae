// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/widgets/rowtableview.h"

#include "views/widgets/celldelegate.h"
#include "views/widgets/columnheader.h"
#include "views/widgets/theme.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QScrollBar>
#include <QTableView>

#include <algorithm>
#include <limits>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int rowsMeasured = 200;
// So near to an end of the window it is moved on.
constexpr int nearRows = 5'000;

/// The scroll bar counts in int; beyond that a step is several rows.
qint64 rowsPerStep(qint64 total)
{
    return total / std::numeric_limits<int>::max() + 1;
}

} // namespace

RowTableView::RowTableView(QWidget *parent) : QWidget(parent), m_table(new QTableView(this)), m_bar(new QScrollBar(Qt::Vertical, this))
{
    m_table->setObjectName(u"rows"_s);
    m_table->setAccessibleName(tr("Rows"));
    m_table->setHorizontalHeader(new ColumnHeader(m_table));
    m_table->setItemDelegate(new CellDelegate(m_table));
    m_table->setShowGrid(false);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setVerticalScrollMode(QAbstractItemView::ScrollPerItem);
    m_table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_table->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_table->setWordWrap(false);
    m_table->setTabKeyNavigation(false);
    m_table->setCornerButtonEnabled(false);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_table->verticalHeader()->setMinimumSectionSize(metrics::rowHeight);
    m_table->verticalHeader()->setDefaultSectionSize(metrics::rowHeight);
    m_table->installEventFilter(this);
    m_bar->setObjectName(u"rowScrollBar"_s);
    m_bar->setAccessibleName(tr("Position in the table"));
    setFocusProxy(m_table);

    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_table);
    layout->addWidget(m_bar);

    connect(m_bar, &QScrollBar::valueChanged, this, [this](int value) {
        if (!m_moving && m_model != nullptr)
            setTopRow(value * rowsPerStep(m_model->totalRows()));
    });
    connect(m_table->verticalScrollBar(), &QScrollBar::valueChanged, this, &RowTableView::followTable);
    connect(m_table->verticalScrollBar(), &QScrollBar::rangeChanged, this, &RowTableView::updateBar);
}

void RowTableView::setModel(TableRowModel *model)
{
    if (m_model != nullptr)
        m_model->disconnect(this);
    m_model = model;
    m_table->setModel(model);
    if (model == nullptr)
        return;
    connect(model, &TableRowModel::extentChanged, this, &RowTableView::updateBar);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this] { emit currentRowChanged(currentRow()); });
    updateBar();
}

int RowTableView::visibleRows() const
{
    return std::max(m_table->viewport()->height() / metrics::rowHeight, 1);
}

qint64 RowTableView::topRow() const
{
    return m_model == nullptr ? 0 : m_model->windowFirst() + m_table->verticalScrollBar()->value();
}

qint64 RowTableView::currentRow() const
{
    const QModelIndex current = m_table->currentIndex();
    return m_model == nullptr || !current.isValid() ? -1 : m_model->windowFirst() + current.row();
}

void RowTableView::setTopRow(qint64 row)
{
    if (m_model == nullptr || m_moving)
        return;
    m_moving = true;
    row = std::clamp<qint64>(row, 0, std::max<qint64>(m_model->totalRows() - visibleRows(), 0));
    const qint64 inWindow = row - m_model->windowFirst();
    if (inWindow < 0 || inWindow + visibleRows() > m_model->rowCount())
        m_model->setWindowFirst(row - m_model->rowCount() / 2);
    m_table->verticalScrollBar()->setValue(static_cast<int>(row - m_model->windowFirst()));
    m_moving = false;
    updateBar();
}

void RowTableView::setCurrentRow(qint64 row, int column)
{
    if (m_model == nullptr || m_model->totalRows() == 0)
        return;
    row = std::clamp<qint64>(row, 0, m_model->totalRows() - 1);
    if (row < topRow() || row >= topRow() + visibleRows())
        setTopRow(row - visibleRows() / 2);
    const int inWindow = static_cast<int>(row - m_model->windowFirst());
    m_table->setCurrentIndex(m_model->index(inWindow, column >= 0 ? column : std::max(m_table->currentIndex().column(), 0)));
}

void RowTableView::updateBar()
{
    if (m_model == nullptr || m_moving)
        return;
    m_moving = true;
    const qint64 step = rowsPerStep(m_model->totalRows());
    const qint64 last = std::max<qint64>(m_model->totalRows() - visibleRows(), 0);
    m_bar->setRange(0, static_cast<int>(last / step));
    m_bar->setPageStep(static_cast<int>(std::max<qint64>(visibleRows() / step, 1)));
    m_bar->setSingleStep(1);
    m_bar->setValue(static_cast<int>(topRow() / step));
    m_bar->setVisible(last > 0);
    m_moving = false;
}

void RowTableView::followTable()
{
    if (m_moving)
        return;
    updateBar();
    // Not now: the table is in the middle of scrolling.
    QMetaObject::invokeMethod(this, &RowTableView::moveWindowIfNear, Qt::QueuedConnection);
}

void RowTableView::moveWindowIfNear()
{
    if (m_model == nullptr || m_model->totalRows() <= m_model->rowCount())
        return;
    const qint64 top = topRow();
    const qint64 inWindow = top - m_model->windowFirst();
    const bool nearStart = inWindow < nearRows && m_model->windowFirst() > 0;
    const bool nearEnd = inWindow + visibleRows() > m_model->rowCount() - nearRows
        && m_model->windowFirst() + m_model->rowCount() < m_model->totalRows();
    if (!nearStart && !nearEnd)
        return;
    m_moving = true;
    m_model->setWindowFirst(top - m_model->rowCount() / 2);
    m_table->verticalScrollBar()->setValue(static_cast<int>(top - m_model->windowFirst()));
    m_moving = false;
    updateBar();
}

void RowTableView::fitColumns()
{
    if (m_model == nullptr)
        return;
    const int rows = std::min(m_model->rowCount(), rowsMeasured);
    QStyleOptionViewItem option;
    option.font = m_table->font();
    for (int column = 0; column < m_model->columnCount(); ++column) {
        int width = std::max(metrics::minColumn, m_table->horizontalHeader()->sectionSizeHint(column));
        for (int row = 0; row < rows; ++row)
            width = std::max(width, m_table->itemDelegate()->sizeHint(option, m_model->index(row, column)).width());
        m_table->setColumnWidth(column, std::min(width, metrics::maxColumn));
    }
}

bool RowTableView::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::KeyPress && m_model != nullptr) {
        const auto *key = static_cast<QKeyEvent *>(event);
        if (key->modifiers() == Qt::ControlModifier && (key->key() == Qt::Key_Home || key->key() == Qt::Key_End)) {
            setCurrentRow(key->key() == Qt::Key_Home ? 0 : m_model->totalRows() - 1);
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

void RowTableView::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    updateBar();
}

} // namespace turnstone
