// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/browse/tablepanel.h"

#include "models/items/tablerowsource.h"
#include "views/browse/filterbar.h"
#include "views/browse/filtertext.h"
#include "views/widgets/columnheader.h"
#include "views/widgets/messagebar.h"
#include "views/widgets/theme.h"

#include <QApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QMenu>
#include <QProgressBar>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

TablePanel::TablePanel(SessionPool &pool, const CatalogTable &table, QWidget *parent)
    : QWidget(parent), m_pool(pool), m_table(table), m_model(new TableRowModel(makeRowSource(pool, table), this)), m_view(new RowTableView(this)),
      m_message(new MessageBar(this)), m_empty(new QLabel(this)), m_count(new QLabel(this)), m_filters(new FilterBar(table, this)),
      m_progress(new QProgressBar(this)), m_stop(new QToolButton(this))
{
    setObjectName(u"tablePanel"_s);
    m_view->setModel(m_model);
    m_view->table()->setAccessibleName(tr("Rows of %1").arg(table.name));
    m_view->table()->setContextMenuPolicy(Qt::CustomContextMenu);
    m_empty->setObjectName(u"emptySentence"_s);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setForegroundRole(QPalette::PlaceholderText);
    m_empty->setText(tr("Reading…"));
    m_count->setObjectName(u"rowCount"_s);
    m_count->setFont(sizedFont(font(), metrics::captionPx));
    m_count->setForegroundRole(QPalette::PlaceholderText);
    m_progress->setObjectName(u"orderProgress"_s);
    m_progress->setAccessibleName(tr("Progress of the order"));
    m_progress->setMaximumSize(120, metrics::space3);
    m_progress->setTextVisible(false);
    m_stop->setObjectName(u"stopOrder"_s);
    m_stop->setText(tr("Stop"));
    m_stop->setAccessibleName(tr("Stop filtering and sorting"));

    auto *foot = new QHBoxLayout;
    foot->setContentsMargins(metrics::space2, metrics::space1, metrics::space2, metrics::space1);
    foot->addWidget(m_count, 1);
    foot->addWidget(m_progress);
    foot->addWidget(m_stop);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_message);
    layout->addWidget(m_filters);
    layout->addWidget(m_empty, 1);
    layout->addWidget(m_view, 1);
    layout->addLayout(foot);
    m_view->hide();
    m_progress->hide();
    m_stop->hide();

    connect(m_model, &TableRowModel::extentChanged, this, &TablePanel::updateExtent);
    connect(m_model, &TableRowModel::sourceChanged, this, [this] {
        m_shown = m_selection;
        showSortMarks();
        showProgress(0, 0);
        acceptRows();
        if (m_model->totalRows() > 0)
            m_view->setCurrentRow(0);
    });
    connect(m_model, &TableRowModel::progressed, this, &TablePanel::showProgress);
    connect(m_model, &QAbstractItemModel::dataChanged, this, &TablePanel::acceptRows);
    connect(m_model, &TableRowModel::failed, this, [this](const Error &error) {
        showProgress(0, 0);
        // What was shown before stays; the bar and the marks go back to it.
        if (m_selection != m_shown) {
            m_selection = m_shown;
            m_filters->setFilters(m_selection.filters);
            showSortMarks();
        }
        m_message->showError(error, tr("Try again"));
        m_empty->setText(tr("The rows could not be read."));
        emit failed(error);
    });
    connect(m_message, &MessageBar::actionTriggered, this, &TablePanel::reload);
    connect(m_view, &RowTableView::currentRowChanged, this, &TablePanel::selectRecord);
    connect(m_view->table()->horizontalHeader(), &QHeaderView::sectionClicked, this,
            [this](int section) { sortBy(section, QApplication::keyboardModifiers() & (Qt::ShiftModifier | Qt::ControlModifier)); });
    connect(m_view->table(), &QWidget::customContextMenuRequested, this, &TablePanel::showCellMenu);
    connect(m_filters, &FilterBar::filtersChanged, this, [this] {
        RowSelection selection = m_selection;
        selection.filters = m_filters->filters();
        setRowSelection(selection);
    });
    connect(m_stop, &QToolButton::clicked, this, &TablePanel::stopChange);
}

TablePanel::~TablePanel()
{
    m_view->setModel(nullptr);
}

void TablePanel::reload()
{
    m_message->clear();
    m_empty->setText(tr("Reading…"));
    m_model->reload();
}

void TablePanel::setRowSelection(const RowSelection &selection)
{
    if (selection == m_selection)
        return;
    m_selection = selection;
    m_filters->setFilters(selection.filters);
    showSortMarks();
    applySelection();
    emit rowSelectionChanged();
}

void TablePanel::applySelection()
{
    m_message->clear();
    m_model->setSource(makeRowSource(m_pool, m_table, m_selection));
    if (m_model->isChangingSource())
        showProgress(0, -1);
}

void TablePanel::showProgress(qint64 rows, qint64 total)
{
    const bool isWorking = m_model->isChangingSource() || (total != 0 && rows != total);
    m_progress->setVisible(isWorking);
    m_stop->setVisible(isWorking);
    if (!isWorking) {
        updateExtent();
        return;
    }
    m_progress->setRange(0, total > 0 ? 1000 : 0);
    if (total > 0)
        m_progress->setValue(static_cast<int>(1000.0 * static_cast<double>(rows) / static_cast<double>(total)));
    m_count->setText(rows > 0 ? tr("Ordering, %1 rows read…").arg(QLocale().toString(rows)) : tr("Filtering and ordering…"));
}

void TablePanel::stopChange()
{
    if (m_model->isChangingSource()) {
        m_model->cancelSource();
        m_selection = m_shown;
        m_filters->setFilters(m_selection.filters);
        showSortMarks();
        emit rowSelectionChanged();
    } else {
        // The order is half made: back to the table's own.
        RowSelection plain = m_selection;
        plain.order.clear();
        setRowSelection(plain);
    }
    showProgress(0, 0);
}

void TablePanel::sortBy(int section, bool isAdded)
{
    const std::vector<RowColumn> &columns = m_model->source().columns();
    if (section < 0 || section >= static_cast<int>(columns.size()))
        return;
    const QString &name = columns[static_cast<std::size_t>(section)].name;
    RowSelection selection = m_selection;
    const auto it = std::ranges::find(selection.order, name, &SortTerm::column);
    const std::optional<SortTerm> present = it == selection.order.end() ? std::nullopt : std::optional(*it);
    if (!isAdded)
        selection.order.clear();
    if (!present)
        selection.order.push_back({name, false});
    else if (!isAdded && !present->isDescending)
        selection.order.push_back({name, true});
    else if (isAdded && !present->isDescending)
        std::ranges::find(selection.order, name, &SortTerm::column)->isDescending = true;
    else if (isAdded)
        std::erase_if(selection.order, [&name](const SortTerm &term) { return term.column == name; });
    setRowSelection(selection);
}

void TablePanel::sortByCurrentColumn()
{
    sortBy(m_view->table()->currentIndex().column(), false);
}

void TablePanel::writeFilter()
{
    const QModelIndex current = m_view->table()->currentIndex();
    const std::vector<RowColumn> &columns = m_model->source().columns();
    m_filters->write(current.isValid() ? columns[static_cast<std::size_t>(current.column())].name + u' ' : QString());
}

void TablePanel::showSortMarks()
{
    const std::vector<RowColumn> &columns = m_model->source().columns();
    std::vector<std::pair<int, bool>> sections;
    for (const SortTerm &term : m_selection.order) {
        const auto it = std::ranges::find(columns, term.column, &RowColumn::name);
        if (it != columns.end())
            sections.emplace_back(static_cast<int>(it - columns.begin()), term.isDescending);
    }
    static_cast<ColumnHeader *>(m_view->table()->horizontalHeader())->setSortSections(std::move(sections));
}

void TablePanel::addFilter(const RowFilter &filter)
{
    RowSelection selection = m_selection;
    selection.filters.push_back(filter);
    setRowSelection(selection);
}

void TablePanel::showCellMenu(const QPoint &place)
{
    const QModelIndex index = m_view->table()->indexAt(place);
    if (!index.isValid())
        return;
    const QString column = m_model->source().columns()[static_cast<std::size_t>(index.column())].name;
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const Value value = index.data(TableRowModel::ValueRole).value<Value>();
    const bool isReady = m_model->loadState(index.row()) == TableRowModel::LoadState::Ready;
    const bool isWhole = isReady && (value.isNull() || index.data(TableRowModel::WholeRole).toBool());
    const auto addValueFilter = [&](const QString &text, FilterOperator op, FilterOperator nullOp) {
        QAction *action = menu->addAction(text, this, [this, column, value, op, nullOp] {
            RowFilter filter{column, value.isNull() ? nullOp : op, {}, false};
            if (!value.isNull())
                filter.values.push_back(value);
            addFilter(filter);
        });
        action->setEnabled(isWhole);
    };
    const QString shown = filterText({column, value.isNull() ? FilterOperator::IsNull : FilterOperator::Equals, {value}, false});
    addValueFilter(tr("Only rows with %1").arg(shown), FilterOperator::Equals, FilterOperator::IsNull);
    addValueFilter(tr("Leave such rows out"), FilterOperator::NotEquals, FilterOperator::IsNotNull);
    menu->addAction(tr("Filter by %1…").arg(column), this, [this, column] { m_filters->write(column + u' '); });
    menu->addSeparator();
    menu->addAction(tr("Order by %1").arg(column), this, [this, column] { setRowSelection({m_selection.filters, {{column, false}}}); });
    menu->addAction(tr("Order by %1, downwards").arg(column), this, [this, column] { setRowSelection({m_selection.filters, {{column, true}}}); });
    menu->popup(m_view->table()->viewport()->mapToGlobal(place));
}

QString TablePanel::orderText() const
{
    QStringList columns;
    for (const SortTerm &term : m_shown.order)
        columns.append(term.isDescending ? tr("%1 downwards").arg(term.column) : term.column);
    return columns.isEmpty() ? QString() : tr("ordered by %1").arg(columns.join(u", "_s));
}

void TablePanel::updateExtent()
{
    const qint64 rows = m_model->totalRows();
    const bool isComplete = m_model->source().isComplete();
    m_view->setVisible(rows > 0);
    m_empty->setVisible(rows == 0);
    if (rows == 0 && isComplete)
        m_empty->setText(m_shown.filters.empty() ? tr("This table has no rows yet.") : tr("No row passes these filters."));
    const QString number = QLocale().toString(rows);
    QStringList parts{!isComplete ? tr("%1 rows so far, counting…").arg(number) : rows == 1 ? tr("1 row") : tr("%1 rows").arg(number)};
    if (!m_shown.filters.empty())
        parts.append(tr("filtered"));
    if (const QString order = orderText(); !order.isEmpty())
        parts.append(order);
    if (const QString plan = m_model->source().plan(); !plan.isEmpty())
        parts.append(plan);
    if (!m_model->isChangingSource())
        m_count->setText(parts.join(u" · "_s));
    if (const QString limitation = m_model->source().limitation(); !limitation.isEmpty())
        m_message->showNote(limitation);
    if (rows > 0 && !m_isSettled)
        m_model->loadState(0); // asks for the first page, shown or not
    if (rows == 0 && isComplete && !m_isSettled) {
        m_isSettled = true;
        emit settled();
    }
}

void TablePanel::acceptRows()
{
    if (!m_isSettled && m_model->loadState(0) == TableRowModel::LoadState::Ready) {
        m_isSettled = true;
        m_view->fitColumns();
        m_view->setCurrentRow(0, 0);
        emit settled();
    }
    if (m_recordPending)
        selectRecord();
}

std::optional<Record> TablePanel::currentRecord() const
{
    const qint64 row = m_view->currentRow();
    return row < 0 ? std::nullopt : m_model->record(static_cast<int>(row - m_model->windowFirst()), m_table.name);
}

void TablePanel::selectRecord()
{
    const std::optional<Record> record = currentRecord();
    m_recordPending = !record && m_view->currentRow() >= 0;
    if (record)
        emit recordSelected(*record);
}

} // namespace turnstone
