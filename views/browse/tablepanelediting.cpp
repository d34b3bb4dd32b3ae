// SPDX-License-Identifier: GPL-3.0-or-later
// How rows of TablePanel are edited: values, rows moved by hand, what is chosen.
#include "views/browse/tablepanel.h"

#include "models/browsing/recordidentity.h"
#include "models/browsing/tableedits.h"
#include "models/edit/editplan.h"
#include "models/edit/rowidentity.h"
#include "views/browse/rowdrag.h"
#include "views/panels/editdelegate.h"

#include <QJsonArray>
#include <QTableView>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

void TablePanel::setEditing(CellEditing &editing)
{
    if (context().edits == nullptr || m_editing != nullptr)
        return;
    m_editing = &editing;
    QStringList names;
    for (const RowColumn &each : m_model->source().columns())
        names.append(each.name);
    auto *edits = new TableEdits(*context().edits, m_table, names, this);
    m_edits = edits;
    m_model->setOverlay(edits);
    if (const QString by = orderColumn(tableProfile(*context().profile, m_table)); names.contains(by))
        letMoveRows(by);
    m_model->setEditable(true);
    // A row that was just made is gone to; whoever looks at another tab meanwhile finds it there.
    connect(edits, &RowOverlay::changed, this, [this, edits, before = edits->addedCount()]() mutable {
        const int now = edits->addedCount();
        if (now > std::exchange(before, now) && isVisible() && m_isSettled)
            m_view->setCurrentRow(m_model->totalRows() - 1);
    });
    m_view->table()->setItemDelegate(new EditDelegate(editing, [this](const QModelIndex &index) { return targetAt(index); }, m_view->table()));
    connect(context().edits, &EditSession::saved, this, &TablePanel::refresh);
}

void TablePanel::letMoveRows(const QString &orderColumn)
{
    m_handOrder = orderColumn;
    const auto &columns = m_model->source().columns();
    const auto place = std::ranges::find(columns, orderColumn, &RowColumn::name) - columns.begin();
    auto *drag = new RowDrag(*m_view->table(), static_cast<int>(place), this);
    connect(drag, &RowDrag::dropped, this, &TablePanel::dropRow);
    QStringList notes(static_cast<qsizetype>(columns.size()));
    notes[place] = tr("Drag a row by this column to another place, or use Ctrl+Shift+Up and Down");
    m_model->setColumnNotes(notes);
    showHandOrder();
}

void TablePanel::showHandOrder()
{
    if (m_edits != nullptr)
        m_edits->setHandOrder(m_shown.order.size() == 1 && m_shown.order.front() == SortTerm{m_handOrder, false} ? m_handOrder : QString());
}

void TablePanel::dropRow(int from, int before)
{
    const std::optional<EditTarget> target = targetAt(m_model->index(from, 0));
    // Before the row below the line, if that is one of its own; else behind the row above it.
    const auto below = targetAt(m_model->index(before, 0));
    const auto above = targetAt(m_model->index(before - 1, 0));
    if (!target)
        return;
    const TableProfile *profile = tableProfile(*context().profile, m_table);
    const auto isOwn = [&](const std::optional<EditTarget> &other) {
        const QJsonArray within = profile->details.value(u"ordered"_s).toObject().value(u"within"_s).toArray();
        return other && std::ranges::all_of(within, [&](const QJsonValue &column) {
            const auto mine = target->image.values.find(column.toString());
            const auto theirs = other->image.values.find(column.toString());
            return mine != target->image.values.end() && theirs != other->image.values.end() && mine->second == theirs->second;
        });
    };
    if (isOwn(below) || !above)
        m_editing->moveTo(*target, below ? below->image : target->image, false);
    else
        m_editing->moveTo(*target, above->image, true);
    if (m_shown.order.size() != 1 || m_shown.order.front().column != m_handOrder)
        emit noted(tr("Order the table by %1 to see its rows as they will stand.").arg(m_handOrder));
}

std::optional<EditTarget> TablePanel::targetAt(const QModelIndex &index) const
{
    const std::optional<Record> record = index.isValid() ? recordAt(index.row()) : std::nullopt;
    const CatalogTable *known = context().catalog->table(m_table.name, m_table.schema);
    if (!record || known == nullptr)
        return std::nullopt;
    return EditTarget{context(), known, imageOf(context(), *known, *record), column(index.column()).name, m_zone};
}

std::vector<RowImage> TablePanel::chosenImages() const
{
    std::vector<RowImage> images;
    QModelIndexList rows = m_view->table()->selectionModel()->selectedRows();
    std::ranges::sort(rows, {}, &QModelIndex::row);
    for (const QModelIndex &row : rows) {
        if (const std::optional<EditTarget> target = targetAt(row); target && (!target->image.address.key.empty() || target->image.address.added != 0))
            images.push_back(target->image);
    }
    return images;
}

std::vector<RowKey> TablePanel::chosenKeys() const
{
    std::vector<RowKey> keys;
    QModelIndexList rows = m_view->table()->selectionModel()->selectedRows();
    std::ranges::sort(rows, {}, &QModelIndex::row);
    for (const QModelIndex &row : rows) {
        const std::optional<Record> record = recordAt(row.row());
        RowKey key = record ? identityOf(context(), m_table, *record) : RowKey();
        if (!key.empty())
            keys.push_back(std::move(key));
    }
    return keys;
}

void TablePanel::edit(EditCommand command)
{
    if (m_editing == nullptr)
        return;
    if (command == EditCommand::AddRow)
        return m_editing->addRow(context(), m_table, {});
    if (command == EditCommand::DeleteRows)
        return m_editing->deleteRows(context(), m_table, chosenImages());
    const QModelIndex current = m_view->table()->currentIndex();
    const std::optional<EditTarget> target = targetAt(current);
    if (!target)
        return;
    switch (command) {
    case EditCommand::Value: m_view->table()->edit(current); break; // links open their editor as well; only a double click follows
    case EditCommand::LargeValue: m_editing->editLarge(*target); break;
    case EditCommand::MakeNull: m_editing->setNull(*target); break;
    case EditCommand::MakeEmpty: m_editing->setEmpty(*target); break;
    case EditCommand::Revert: m_editing->revert(*target); break;
    case EditCommand::DuplicateRow: m_editing->addRow(context(), m_table, target->image); break;
    case EditCommand::MoveUp: m_editing->move(*target, -1); break;
    case EditCommand::MoveDown: m_editing->move(*target, 1); break;
    case EditCommand::AddRow:
    case EditCommand::DeleteRows: break;
    }
}

} // namespace turnstone
