// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/query/resultediting.h"

#include "models/core/async.h"
#include "models/edit/rowidentity.h"
#include "models/items/tablerowmodel.h"
#include "views/panels/editdelegate.h"
#include "views/widgets/rowtableview.h"

#include <QTableView>

#include <algorithm>

namespace turnstone {

ResultEditing::ResultEditing(const DatabaseContext &context, CellEditing &editing, const QString &sql, std::vector<ResultColumn> columns, RowTableView &view, TableRowModel &model,
                             QObject *parent)
    : QObject(parent), m_context(context), m_editing(editing), m_columns(std::move(columns)), m_view(view), m_model(model)
{
    const auto job = [context, sql, columns = m_columns](Connection &connection) { return traceResult(connection, sql, columns, *context.catalog, *context.profile); };
    onResult(context.pool->read(job, m_stop.get_token()), this, [this](const Result<ResultTrace> &trace) {
        if (trace)
            accept(*trace);
    });
}

ResultEditing::~ResultEditing()
{
    m_stop.request_stop();
    if (m_edits != nullptr)
        m_model.setOverlay(nullptr);
}

void ResultEditing::accept(const ResultTrace &trace)
{
    QStringList notes;
    for (const TracedColumn &column : trace.columns)
        notes.append(column.isEditable() ? tr("Can be edited: %1 of %2").arg(column.column, column.table) : tr("Cannot be edited. %1").arg(column.refusal));
    const auto editable = std::ranges::count_if(trace.columns, &TracedColumn::isEditable);
    m_summary = editable == 0 ? tr("no column can be edited") : tr("%1 of %2 columns can be edited").arg(editable).arg(trace.columns.size());
    m_edits = new ResultEdits(*m_context.edits, trace, this);
    m_model.setColumnNotes(notes);
    m_model.setOverlay(m_edits);
    m_model.setEditable(true);
    const auto target = [this](const QModelIndex &index) { return QModelIndex(m_index) == index ? m_target : std::nullopt; };
    m_view.table()->setItemDelegate(new EditDelegate(m_editing, target, m_view.table()));
    connect(m_view.table(), &QAbstractItemView::activated, this, [this] { edit(EditCommand::Value); });
    emit traced();
}

void ResultEditing::edit(EditCommand command)
{
    const QModelIndex index = m_view.table()->currentIndex();
    const std::optional<Record> record = index.isValid() ? m_model.record(index.row(), {}) : std::nullopt;
    if (m_edits == nullptr || !record || !knows(command))
        return;
    const int column = index.column();
    const TracedColumn traced = m_edits->trace().columns[static_cast<std::size_t>(column)];
    if (!traced.isEditable()) {
        emit refused(tr("%1 cannot be edited. %2").arg(m_columns[static_cast<std::size_t>(column)].name, traced.refusal));
        return;
    }
    std::vector<Value> shown;
    for (const RecordField &field : record->fields)
        shown.push_back(field.value);
    const RowKey key = m_edits->trace().keyOf(column, shown);
    if (key.empty()) {
        emit refused(tr("There is no row of %1 here to be edited.").arg(traced.table));
        return;
    }
    // Long values are here by their beginning only: those are not held against what is stored.
    for (std::size_t i = 0; i < shown.size(); ++i) {
        if (!record->fields[i].isWhole())
            shown[i] = Value::null();
    }
    m_stop.request_stop();
    m_stop = {};
    const auto read = [context = m_context, traced, key, columns = m_edits->trace().keys.at({traced.schema, traced.table}).columns](Connection &connection) {
        const CatalogTable *table = context.catalog->table(traced.table, traced.schema);
        return readImage(connection, *table, tableProfile(*context.profile, *table), columns, key);
    };
    onResult(m_context.pool->read(read, m_stop.get_token()), this, [this, command, traced, shown, column, place = QPersistentModelIndex(index)](const Result<RowImage> &image) {
        if (!image) {
            if (image.error().code != ErrorCode::Cancelled)
                emit refused(image.error().message);
            return;
        }
        if (const QString other = difference(*image, column, shown); !other.isEmpty()) {
            emit refused(other);
            return;
        }
        if (!place.isValid())
            return;
        m_index = place;
        m_target = EditTarget{m_context, m_context.catalog->table(traced.table, traced.schema), *image, traced.column, m_zone};
        run(command, *m_target);
    });
}

void ResultEditing::run(EditCommand command, const EditTarget &target)
{
    switch (command) {
    case EditCommand::Value: m_view.table()->edit(m_index); break;
    case EditCommand::LargeValue: m_editing.editLarge(target); break;
    case EditCommand::MakeNull: m_editing.setNull(target); break;
    case EditCommand::MakeEmpty: m_editing.setEmpty(target); break;
    case EditCommand::Revert: m_editing.revert(target); break;
    default: break;
    }
}

QString ResultEditing::difference(const RowImage &image, int column, const std::vector<Value> &shown) const
{
    const std::vector<TracedColumn> &traced = m_edits->trace().columns;
    const TracedColumn &own = traced[static_cast<std::size_t>(column)];
    for (std::size_t i = 0; i < traced.size(); ++i) {
        const auto stored = image.values.find(traced[i].column);
        if (traced[i].table != own.table || traced[i].schema != own.schema || stored == image.values.end() || shown[i] == stored->second)
            continue;
        // A value of which only the beginning came, and one that was saved since.
        const bool isCut = shown[i].isNull() && !stored->second.isNull() && stored->second.bytes().size() > RowSource::prefixBytes;
        const Value *saved = m_edits->savedValue(image, traced[i]);
        if (!isCut && (saved == nullptr || *saved != stored->second))
            return tr("%1 of this row of %2 is no longer as the result shows it. Run the query again to see what is stored now.").arg(traced[i].column, own.table);
    }
    return {};
}

} // namespace turnstone
