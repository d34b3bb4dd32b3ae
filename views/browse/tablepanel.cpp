// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/browse/tablepanel.h"

#include "models/browsing/recordidentity.h"
#include "models/core/async.h"
#include "models/edit/rowidentity.h"
#include "models/items/celltext.h"
#include "models/items/tablerowsource.h"
#include "views/browse/columnlayout.h"
#include "views/browse/filterbar.h"
#include "views/browse/filterstate.h"
#include "views/browse/filtertext.h"
#include "views/panels/panelkind.h"
#include "views/widgets/messagebar.h"
#include "views/widgets/theme.h"

#include <QApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QProgressBar>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

TablePanel::TablePanel(DatabaseContext context, const CatalogTable &table, QWidget *parent)
    : Panel(std::move(context), parent), m_table(table), m_model(new TableRowModel(makeRowSource(*Panel::context().pool, table), this)),
      m_view(new RowTableView(this)),
      m_message(new MessageBar(this)), m_empty(new QLabel(this)), m_count(new QLabel(this)), m_filters(new FilterBar(table, this)), m_columns(new ColumnLayout(*m_view, this)),
      m_progress(new QProgressBar(this)), m_stop(new QToolButton(this))
{
    setObjectName(u"tablePanel"_s);
    m_view->setModel(m_model);
    m_view->table()->setAccessibleName(tr("Rows of %1").arg(table.name));
    std::vector<bool> links;
    for (const RowColumn &each : m_model->source().columns()) {
        m_references.push_back(referenceOf(table, each.name, *Panel::context().catalog, *Panel::context().profile));
        links.push_back(!m_references.back().isEmpty());
    }
    m_model->setLinks(std::move(links));
    setShownZone(m_zone);
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
    foot->setSpacing(metrics::space2);
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
        showHandOrder();
        showSortMarks();
        showProgress(0, 0);
        acceptRows();
        if (m_wantedKey || m_wantedRow >= 0)
            applyPosition();
        else if (m_model->totalRows() > 0 && !m_isPlaced)
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
    connect(m_view, &RowTableView::headerClicked, this,
            [this](int section) { sortBy(section, QApplication::keyboardModifiers() & (Qt::ShiftModifier | Qt::ControlModifier)); });
    connect(m_view, &RowTableView::cellMenuRequested, this, &TablePanel::showCellMenu);
    connect(m_view, &RowTableView::headerMenuRequested, this, &TablePanel::showHeaderMenu);
    connect(m_view->table(), &QAbstractItemView::activated, this, [this](const QModelIndex &index) {
        if (m_editing == nullptr || index.data(TableRowModel::LinkRole).toBool())
            requestReference(index);
        else
            edit(EditCommand::Value);
    });
    connect(m_columns, &ColumnLayout::changed, this, &TablePanel::columnsChanged);
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
    if (m_view->currentRow() >= 0) { // else a reload that is still under way knows it
        const std::optional<Record> record = currentRecord();
        m_left = Place{record ? record->key : RowKey(), m_view->currentRow(), m_view->table()->currentIndex().column()};
    }
    m_model->reload();
}

void TablePanel::returnToPlace()
{
    const Place left = *std::exchange(m_left, std::nullopt);
    const auto stand = [this, column = left.column](qint64 row) {
        if (m_view->currentRow() < 0) // nobody went elsewhere meanwhile
            m_view->setCurrentRow(row, column);
    };
    if (left.key.empty()) {
        stand(left.row);
        return;
    }
    // A row that is gone leaves its place to the next.
    onResult(m_model->positionOf(left.key), this, [this, stand, row = left.row](const Result<qint64> &position) { stand(position ? m_model->shownPosition(*position) : row); });
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
    m_isPlaced = false;
    m_model->setSource(makeRowSource(*context().pool, m_table, m_selection));
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
    m_view->setSortSections(sections);
}

void TablePanel::addFilter(const RowFilter &filter)
{
    RowSelection selection = m_selection;
    selection.filters.push_back(filter);
    setRowSelection(selection);
}

const RowColumn &TablePanel::column(int section) const
{
    return m_model->source().columns()[static_cast<std::size_t>(section)];
}

bool TablePanel::isSecret(const QString &name) const
{
    const ColumnProfile *meant = meaningOf(m_table, name, *context().profile);
    return meant != nullptr && meant->meaning == u"secret";
}

CellReader TablePanel::reader(const QString &name) const
{
    const ColumnProfile *meant = meaningOf(m_table, name, *context().profile);
    return meant == nullptr ? CellReader() : readerOf(*meant, m_zone);
}

void TablePanel::setShownZone(ShownZone zone)
{
    m_zone = zone;
    std::vector<CellReader> readers;
    for (const RowColumn &each : m_model->source().columns())
        readers.push_back(reader(each.name));
    m_model->setReaders(std::move(readers));
}

void TablePanel::goToRow(qint64 row)
{
    m_wantedRow = row;
    applyPosition();
}

void TablePanel::goToKey(const RowKey &key)
{
    m_wantedKey = key;
    applyPosition();
}

void TablePanel::applyPosition()
{
    if (m_model->isChangingSource() || !m_isSettled)
        return; // once the rows are here
    if (m_wantedKey) {
        const RowKey key = *std::exchange(m_wantedKey, std::nullopt);
        m_wantedRow = -1;
        m_isPlaced = true;
        const auto tell = [this](const Error &error) {
            if (error.code == ErrorCode::NotFound)
                m_message->showNote(tr("That row is not among those shown here."));
        };
        onResult(rowKeyOf(context(), m_table, key), this, [this, tell](const Result<RowKey> &rowKey) {
            if (!rowKey)
                return tell(rowKey.error());
            onResult(m_model->positionOf(*rowKey), this, [this, tell](const Result<qint64> &position) {
                if (!position)
                    return tell(position.error());
                m_view->setCurrentRow(m_model->shownPosition(*position));
            });
        });
        return;
    }
    if (m_wantedRow < 0)
        return;
    // While rows are still being counted, the wanted one may come yet.
    if (m_wantedRow >= m_model->totalRows() && !m_model->source().isComplete())
        return;
    m_isPlaced = true;
    m_view->setCurrentRow(std::exchange(m_wantedRow, -1));
}

void TablePanel::stepRecord(int step)
{
    if (m_view->currentRow() >= 0)
        m_view->setCurrentRow(m_view->currentRow() + step);
}

void TablePanel::refresh()
{
    if (!m_model->isChangingSource())
        m_model->refresh();
}

QVariantMap TablePanel::saveColumns() const
{
    return m_isSettled ? m_columns->save() : m_wantedColumns;
}

QVariantMap TablePanel::saveState() const
{
    QVariantList filters;
    for (const RowFilter &filter : m_selection.filters)
        filters.append(filterState(filter));
    QVariantList order;
    for (const SortTerm &term : m_selection.order)
        order.append(QVariantMap{{u"column"_s, term.column}, {u"down"_s, term.isDescending}});
    return {{u"schema"_s, m_table.schema}, {u"table"_s, m_table.name},   {u"columns"_s, saveColumns()},
            {u"filters"_s, filters},       {u"order"_s, order},          {u"row"_s, m_wantedRow >= 0 ? m_wantedRow : std::max<qint64>(m_view->currentRow(), 0)}};
}

void TablePanel::restoreState(const QVariantMap &state)
{
    m_wantedColumns = state.value(u"columns"_s).toMap();
    RowSelection selection;
    for (const QVariant &entry : state.value(u"filters"_s).toList()) {
        // The first versions wrote a filter as its chip words it.
        const bool isWords = entry.typeId() == QMetaType::QString;
        const auto ofWords = isWords ? filterFromText(entry.toString(), m_table) : Result<RowFilter>();
        const std::optional<RowFilter> filter = !isWords ? filterFromState(entry.toMap(), m_table) : ofWords ? std::optional(*ofWords) : std::nullopt;
        if (filter)
            selection.filters.push_back(*filter);
    }
    for (const QVariant &entry : state.value(u"order"_s).toList()) {
        const QVariantMap term = entry.toMap();
        if (m_table.hasColumn(term.value(u"column"_s).toString()))
            selection.order.push_back({term.value(u"column"_s).toString(), term.value(u"down"_s).toBool()});
    }
    if (state.contains(u"row"_s))
        m_wantedRow = state.value(u"row"_s).toLongLong();
    if (m_isSettled && !m_wantedColumns.isEmpty())
        m_columns->restore(m_wantedColumns);
    setRowSelection(selection);
    applyPosition();
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
    const qint64 rows = m_model->storedRows();
    const qint64 added = m_model->totalRows() - rows;
    const bool isComplete = m_model->source().isComplete();
    m_view->setVisible(rows + added > 0);
    m_empty->setVisible(rows + added == 0);
    if (rows == 0 && isComplete)
        m_empty->setText(m_shown.filters.empty() ? tr("This table has no rows yet.") : tr("No row passes these filters."));
    const QString number = QLocale().toString(rows);
    QStringList parts{!isComplete ? tr("%1 rows so far, counting…").arg(number) : rows == 1 ? tr("1 row") : tr("%1 rows").arg(number)};
    if (added > 0)
        parts.append(added == 1 ? tr("1 new row at the end") : tr("%1 new rows at the end").arg(QLocale().toString(added)));
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
    if (m_isFollowing && m_isSettled && m_shown.order.empty() && isComplete && rows > m_followedRows)
        m_view->setCurrentRow(rows - 1);
    if (isComplete)
        m_followedRows = rows;
    if (m_wantedRow >= 0)
        applyPosition();
    if (m_left && rows > 0 && !m_model->isChangingSource())
        returnToPlace();
    if (rows > 0 && !m_isSettled)
        m_model->loadState(0); // asks for the first page, shown or not
    if (rows == 0 && added > 0 && isComplete)
        acceptRows();
    if (rows + added == 0 && isComplete && !m_isSettled) {
        m_isSettled = true;
        emit settled();
    }
}

void TablePanel::acceptRows()
{
    if (!m_isSettled && m_model->loadState(0) == TableRowModel::LoadState::Ready) {
        m_isSettled = true;
        {
            const QSignalBlocker quiet(m_columns); // nobody moved them
            m_view->fitColumns();
            if (!m_wantedColumns.isEmpty())
                m_columns->restore(m_wantedColumns);
        }
        m_view->setCurrentRow(0, 0);
        applyPosition();
        emit settled();
    }
    if (m_recordPending)
        selectRecord();
}

std::optional<Record> TablePanel::currentRecord() const
{
    const qint64 row = m_view->currentRow();
    return row < 0 ? std::nullopt : recordAt(static_cast<int>(row - m_model->windowFirst()));
}

std::optional<Record> TablePanel::recordAt(int row) const
{
    std::optional<Record> record = m_model->record(row, m_table.name);
    if (record)
        record->schema = m_table.schema;
    return record;
}

void TablePanel::selectRecord()
{
    const std::optional<Record> record = currentRecord();
    m_recordPending = !record && m_view->currentRow() >= 0;
    if (record)
        emit recordSelected(*record);
}

} // namespace turnstone
