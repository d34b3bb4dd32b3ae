// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/widgets/rowtableview.h"

#include "views/widgets/celldelegate.h"
#include "views/widgets/columnheader.h"
#include "views/widgets/theme.h"

#include <QHBoxLayout>
#include <QItemSelectionModel>
#include <QKeyEvent>
#include <QScrollBar>
#include <QTableView>

#include <algorithm>
#include <limits>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int rowsMeasured = 200;
constexpr qsizetype textsMeasured = 8; // of a column
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
    applyRowHeight();
    connectTable(m_table);
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
    if (m_frozen != nullptr) {
        m_frozen->setModel(model);
        if (model != nullptr)
            m_frozen->setSelectionModel(m_table->selectionModel());
    }
    if (model == nullptr)
        return;
    connect(m_table->selectionModel(), &QItemSelectionModel::currentChanged, this, &RowTableView::keepCurrentInView);
    connect(model, &TableRowModel::extentChanged, this, &RowTableView::updateBar);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this] { emit currentRowChanged(currentRow()); });
    updateBar();
}

int RowTableView::visibleRows() const
{
    return std::max(m_table->viewport()->height() / rowHeight(), 1);
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
    // Not by QTableView::setCurrentIndex(): with Ctrl held, as for Ctrl+Home, that would take the row out of the selection.
    m_table->selectionModel()->setCurrentIndex(m_model->index(inWindow, column >= 0 ? column : std::max(m_table->currentIndex().column(), 0)),
                                               QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
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
    const int widest = scaled(metrics::maxColumn);
    for (int column = 0; column < m_model->columnCount(); ++column) {
        int width = std::max(metrics::minColumn, m_table->horizontalHeader()->sectionSizeHint(column));
        // Measuring is what takes the time, and texts of more characters are nearly always the wider ones.
        std::vector<std::pair<qsizetype, int>> byLength;
        for (int row = 0; row < rows; ++row)
            byLength.emplace_back(-m_model->index(row, column).data().toString().size(), row);
        const auto end = byLength.begin() + std::min<qsizetype>(textsMeasured, static_cast<qsizetype>(byLength.size()));
        std::partial_sort(byLength.begin(), end, byLength.end());
        for (auto each = byLength.begin(); each != end && width < widest; ++each)
            width = std::max(width, m_table->itemDelegate()->sizeHint(option, m_model->index(each->second, column)).width());
        m_table->setColumnWidth(column, std::min(width, widest));
    }
}

void RowTableView::connectTable(QTableView *table)
{
    table->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(table, &QWidget::customContextMenuRequested, this, [this, table](const QPoint &place) { showMenuAt(table, place); });
    QHeaderView *header = table->horizontalHeader();
    header->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(header, &QWidget::customContextMenuRequested, this, [this, header](const QPoint &place) {
        const int section = header->logicalIndexAt(place);
        if (section >= 0)
            emit headerMenuRequested(section, header->viewport()->mapToGlobal(place));
    });
    connect(header, &QHeaderView::sectionClicked, this, &RowTableView::headerClicked);
    for (auto signal : {&QHeaderView::sectionResized, &QHeaderView::sectionMoved})
        connect(header, signal, this, [this, table, header](int section) {
            if (table == m_frozen && !m_syncing)
                m_table->setColumnWidth(section, header->sectionSize(section));
            syncFrozen();
        });
}

void RowTableView::showMenuAt(QTableView *table, const QPoint &place)
{
    // The menu key names no cell: the current one is meant.
    QModelIndex index = table->indexAt(place);
    if (!index.isValid())
        index = m_table->currentIndex();
    if (index.isValid())
        emit cellMenuRequested(index, table->viewport()->mapToGlobal(place));
}

void RowTableView::applyRowHeight()
{
    for (QTableView *table : {m_table, m_frozen}) {
        if (table == nullptr)
            continue;
        table->verticalHeader()->setMinimumSectionSize(rowHeight());
        table->verticalHeader()->setDefaultSectionSize(rowHeight());
    }
    syncFrozen();
}

void RowTableView::setFrozenColumns(int count)
{
    m_frozenColumns = std::max(count, 0);
    if (m_frozenColumns == 0) {
        delete m_frozen;
        m_frozen = nullptr;
        return;
    }
    if (m_frozen == nullptr) {
        m_frozen = new QTableView(m_table);
        m_frozen->setObjectName(u"frozenRows"_s);
        m_frozen->setAccessibleName(tr("Columns that stay"));
        m_frozen->setHorizontalHeader(new ColumnHeader(m_frozen));
        m_frozen->horizontalHeader()->setSectionsMovable(false);
        m_frozen->setItemDelegate(m_table->itemDelegate());
        m_frozen->setFrameShape(QFrame::NoFrame);
        m_frozen->setFocusPolicy(Qt::NoFocus);
        m_frozen->setShowGrid(false);
        m_frozen->setSelectionBehavior(QAbstractItemView::SelectRows);
        m_frozen->setSelectionMode(m_table->selectionMode());
        m_frozen->setEditTriggers(QAbstractItemView::NoEditTriggers);
        m_frozen->setVerticalScrollMode(QAbstractItemView::ScrollPerItem);
        m_frozen->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        m_frozen->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        m_frozen->setWordWrap(false);
        m_frozen->verticalHeader()->hide();
        m_frozen->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
        m_frozen->setModel(m_model);
        if (m_table->selectionModel() != nullptr)
            m_frozen->setSelectionModel(m_table->selectionModel());
        connectTable(m_frozen);
        connect(m_table->verticalScrollBar(), &QScrollBar::valueChanged, m_frozen->verticalScrollBar(), &QScrollBar::setValue);
        connect(m_frozen->verticalScrollBar(), &QScrollBar::valueChanged, m_table->verticalScrollBar(), &QScrollBar::setValue);
        static_cast<ColumnHeader *>(m_frozen->horizontalHeader())
            ->setSortSections(static_cast<ColumnHeader *>(m_table->horizontalHeader())->sortSections());
        applyRowHeight();
    }
    syncFrozen();
    m_frozen->verticalScrollBar()->setValue(m_table->verticalScrollBar()->value());
}

void RowTableView::syncFrozen()
{
    if (m_frozen == nullptr || m_model == nullptr || m_syncing)
        return;
    m_syncing = true;
    const QHeaderView *from = m_table->horizontalHeader();
    QHeaderView *to = m_frozen->horizontalHeader();
    int width = 0;
    int shown = 0;
    for (int visual = 0; visual < from->count() && visual < to->count(); ++visual) {
        const int section = from->logicalIndex(visual);
        to->moveSection(to->visualIndex(section), visual);
        const bool isShown = !from->isSectionHidden(section) && shown < m_frozenColumns;
        to->setSectionHidden(section, !isShown);
        if (!isShown)
            continue;
        ++shown;
        to->resizeSection(section, from->sectionSize(section));
        width += from->sectionSize(section);
    }
    const int frame = m_table->frameWidth();
    m_frozen->setGeometry(frame, frame, std::min(width, m_table->width() * 2 / 3), m_table->viewport()->height() + from->height());
    m_frozen->show();
    m_frozen->raise();
    m_syncing = false;
}

void RowTableView::keepCurrentInView()
{
    const QModelIndex current = m_table->currentIndex();
    if (m_frozen == nullptr || !current.isValid() || !m_frozen->isColumnHidden(current.column()))
        return;
    const int hidden = m_frozen->width() - m_table->visualRect(current).left();
    if (hidden > 0)
        m_table->horizontalScrollBar()->setValue(m_table->horizontalScrollBar()->value() - hidden);
}

void RowTableView::setSortSections(const std::vector<std::pair<int, bool>> &sections)
{
    for (QTableView *table : {m_table, m_frozen}) {
        if (table != nullptr)
            static_cast<ColumnHeader *>(table->horizontalHeader())->setSortSections(sections);
    }
}

void RowTableView::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::StyleChange || event->type() == QEvent::FontChange) {
        applyRowHeight();
        updateBar();
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
    QMetaObject::invokeMethod(this, &RowTableView::syncFrozen, Qt::QueuedConnection); // once the table has its size
}

} // namespace turnstone
