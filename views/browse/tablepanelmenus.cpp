// SPDX-License-Identifier: GPL-3.0-or-later
// Menus of TablePanel, and what they do: facets, references, copies.
#include "views/browse/tablepanel.h"

#include "models/browsing/recordidentity.h"
#include "models/browsing/rowcopy.h"
#include "models/core/async.h"
#include "models/items/celltext.h"
#include "views/browse/columnlayout.h"
#include "views/browse/facetpopup.h"
#include "views/browse/filterbar.h"
#include "views/browse/filtertext.h"
#include "views/panels/panelkind.h"
#include "views/widgets/messagebar.h"

#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QLocale>
#include <QMenu>
#include <QTableView>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

/// Two to six chosen rows, side by side.
void TablePanel::addComparison(QMenu &menu)
{
    constexpr int most = 6;
    const std::vector<RowKey> keys = chosenKeys();
    const auto count = static_cast<int>(keys.size());
    if (count < 2 || count > most)
        return;
    QVariantMap arguments = recordArguments(m_table.name, keys.front());
    QVariantList others;
    for (auto key = keys.begin() + 1; key != keys.end(); ++key)
        others.append(recordArguments(m_table.name, *key).value(u"key"_s));
    arguments[u"with"_s] = others;
    QAction *action = menu.addAction(tr("Compare the %n rows", nullptr, count), this, [this, arguments] { emit panelRequested(u"compare"_s, arguments); });
    action->setObjectName(u"compareRows"_s);
}

void TablePanel::showCellMenu(const QModelIndex &index, const QPoint &globalPlace)
{
    const QString name = column(index.column()).name;
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const Value value = index.data(TableRowModel::ValueRole).value<Value>();
    const bool isReady = m_model->loadState(index.row()) == TableRowModel::LoadState::Ready;
    const bool isWhole = isReady && (value.isNull() || index.data(TableRowModel::WholeRole).toBool());
    const auto addValueFilter = [&](const QString &text, FilterOperator op, FilterOperator nullOp) {
        QAction *action = menu->addAction(text, this, [this, name, value, op, nullOp] {
            RowFilter filter{name, value.isNull() ? nullOp : op, {}, false};
            if (!value.isNull())
                filter.values.push_back(value);
            addFilter(filter);
        });
        action->setEnabled(isWhole);
    };
    const QString shown = filterText({name, value.isNull() ? FilterOperator::IsNull : FilterOperator::Equals, {value}, false});
    addValueFilter(tr("Only rows with %1").arg(shown), FilterOperator::Equals, FilterOperator::IsNull);
    addValueFilter(tr("Leave such rows out"), FilterOperator::NotEquals, FilterOperator::IsNotNull);
    menu->addAction(tr("Filter by %1…").arg(name), this, [this, name] { m_filters->write(name + u' '); });
    menu->addAction(tr("Values of %1…").arg(name), this, [this, section = index.column()] { showFacetsOf(section); });
    menu->addSeparator();
    menu->addAction(tr("Order by %1").arg(name), this, [this, name] { setRowSelection({m_selection.filters, {{name, false}}}); });
    menu->addAction(tr("Order by %1, downwards").arg(name), this, [this, name] { setRowSelection({m_selection.filters, {{name, true}}}); });
    const ColumnReference &reference = m_references[static_cast<std::size_t>(index.column())];
    if (!reference.isEmpty() && isWhole && !value.isNull()) {
        menu->addSeparator();
        menu->addAction(tr("Go to %1 %2").arg(reference.table, value.toDisplayText().left(40)), this, [this, index = QPersistentModelIndex(index)] { requestReference(index); });
    }
    if (const std::optional<Record> record = recordAt(index.row())) {
        menu->addSeparator();
        emit recordMenuOpening(menu, m_table.name, identityOf(context(), m_table, *record));
    }
    addComparison(*menu);
    if (const std::optional<EditTarget> target = m_editing ? targetAt(index) : std::nullopt) {
        menu->addSeparator();
        m_editing->fillMenu(*menu, *target, chosenImages());
    }
    menu->addSeparator();
    menu->addAction(tr("Copy the value"), this, &TablePanel::copyCell);
    QMenu *copies = menu->addMenu(tr("Copy the rows as"));
    for (const auto &[format, text] : {std::pair(u"tsv"_s, tr("TSV, for spreadsheets")), std::pair(u"csv"_s, tr("CSV")), std::pair(u"json"_s, tr("JSON")),
                                       std::pair(u"markdown"_s, tr("Markdown")), std::pair(u"sql"_s, tr("SQL"))})
        copies->addAction(text, this, [this, asFormat = format] { copyRows(asFormat); });
    menu->popup(globalPlace);
}

void TablePanel::showHeaderMenu(int section, const QPoint &globalPlace)
{
    const QString name = column(section).name;
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(tr("Order by %1").arg(name), this, [this, name] { setRowSelection({m_selection.filters, {{name, false}}}); });
    menu->addAction(tr("Order by %1, downwards").arg(name), this, [this, name] { setRowSelection({m_selection.filters, {{name, true}}}); });
    menu->addAction(tr("Then by %1").arg(name), this, [this, section] { sortBy(section, true); })->setEnabled(!m_selection.order.empty());
    menu->addAction(tr("End the order"), this, [this] { setRowSelection({m_selection.filters, {}}); })->setEnabled(!m_selection.order.empty());
    menu->addSeparator();
    menu->addAction(tr("Filter by %1…").arg(name), this, [this, name] { m_filters->write(name + u' '); });
    menu->addAction(tr("Values of %1…").arg(name), this, [this, section] { showFacetsOf(section); });
    menu->addSeparator();
    m_columns->fill(*menu, section);
    menu->popup(globalPlace);
}

void TablePanel::showFacets()
{
    showFacetsOf(std::max(m_view->table()->currentIndex().column(), 0));
}

void TablePanel::showFacetsOf(int section)
{
    if (section >= m_model->columnCount())
        return;
    const QString name = column(section).name;
    // The column's own filters would hide the values to choose from.
    std::vector<RowFilter> others = m_shown.filters;
    std::erase_if(others, [&name](const RowFilter &filter) { return filter.column == name; });
    auto *popup = new FacetPopup(*context().pool, m_table, name, others, reader(name), this);
    connect(popup, &FacetPopup::filterChosen, this, [this, others](const RowFilter &filter) {
        RowSelection selection{others, m_selection.order};
        selection.filters.push_back(filter);
        setRowSelection(selection);
    });
    const QHeaderView *header = m_view->table()->horizontalHeader();
    popup->move(header->viewport()->mapToGlobal(QPoint(header->sectionViewportPosition(section), header->height())));
    popup->show();
}

void TablePanel::requestReference(const QModelIndex &index)
{
    if (!index.isValid())
        return;
    const ColumnReference &reference = m_references[static_cast<std::size_t>(index.column())];
    const Value value = index.data(TableRowModel::ValueRole).value<Value>();
    if (reference.isEmpty() || value.isNull() || !index.data(TableRowModel::WholeRole).toBool())
        return;
    emit placeRequested(context().id, {reference.schema, reference.table, {{{reference.column, FilterOperator::Equals, {value}, false}}, {}}}, {});
}

void TablePanel::followReference()
{
    requestReference(m_view->table()->currentIndex());
}

void TablePanel::copyCell()
{
    const QModelIndex index = m_view->table()->currentIndex();
    const std::optional<Record> record = currentRecord();
    if (!index.isValid() || !record)
        return;
    const RecordField &field = record->fields[static_cast<std::size_t>(index.column())];
    if (isSecret(field.column.name)) {
        m_message->showNote(tr("%1 is a secret. Show it in the record to copy it.").arg(field.column.name));
        return;
    }
    if (field.isWhole() || record->key.empty()) {
        QApplication::clipboard()->setText(copiedText(field.value.ref()));
        return;
    }
    onResult(readValue(*context().pool, m_table, record->key, index.column(), {}), this, [this](const Result<Value> &value) {
        if (value)
            QApplication::clipboard()->setText(copiedText(value->ref()));
        else
            m_message->showError(value.error());
    });
}

void TablePanel::copyRows(const QString &format)
{
    QModelIndexList rows = m_view->table()->selectionModel()->selectedRows();
    std::ranges::sort(rows, {}, &QModelIndex::row);
    std::vector<RowKey> keys;
    for (const QModelIndex &row : rows) {
        const std::optional<Record> record = m_model->record(row.row(), m_table.name);
        if (!record || record->key.empty()) {
            m_message->showNote(record && record->added != 0 ? tr("New rows can be copied once they are saved.")
                                : record                     ? tr("Rows of %1 have no key to be read by; copy single values.").arg(m_table.name)
                                       : tr("Some of the chosen rows are not read yet. Scroll over them, then copy."));
            return;
        }
        keys.push_back(record->key);
    }
    if (keys.empty())
        return;
    QStringList names;
    for (const int section : m_columns->shownSections())
        names.append(column(section).name);
    const qsizetype secrets = names.removeIf([this](const QString &name) { return isSecret(name); });
    if (names.isEmpty())
        return;
    const auto count = static_cast<qint64>(keys.size());
    onResult(turnstone::copyRows(*context().pool, m_table, std::move(keys), names, format), this, [this, count, secrets](const Result<QByteArray> &text) {
        if (!text) {
            m_message->showError(text.error());
            return;
        }
        QApplication::clipboard()->setText(QString::fromUtf8(*text));
        const QString copied = count == 1 ? tr("1 row copied") : tr("%1 rows copied").arg(QLocale().toString(count));
        emit noted(secrets == 0 ? copied : copied + tr(", without secrets"));
    });
}

} // namespace turnstone
