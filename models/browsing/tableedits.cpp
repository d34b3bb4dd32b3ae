// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/browsing/tableedits.h"

#include "models/edit/rowidentity.h"

#include <algorithm>

namespace turnstone {

RowImage imageOf(const DatabaseContext &context, const CatalogTable &table, const Record &record)
{
    const RowIdentity identity = rowIdentityOf(table, tableProfile(*context.profile, table));
    RowImage image{{table.schema, table.name, record.key, 0}, identity.columns, {}, {}};
    for (const RecordField &field : record.fields) {
        if (field.isWhole())
            image.values.emplace(field.column.name, field.value);
    }
    if (image.address.key.empty()) {
        for (const QString &column : identity.columns) {
            const auto part = image.values.find(column);
            if (part == image.values.end())
                return {};
            image.address.key.push_back(part->second);
        }
    }
    if (identity.kind == RowIdentity::Kind::Rowid && table.rowidAlias().isEmpty())
        image.witnessColumns = table.identityColumns();
    return image;
}

TableEdits::TableEdits(EditSession &session, const CatalogTable &table, QObject *parent)
    : RowOverlay(parent), m_session(session), m_schema(table.schema), m_table(table.name), m_count(session.buffer().countOf(table.schema, table.name))
{
    connect(&session.buffer(), &EditBuffer::changed, this, [this] {
        const int before = m_count;
        m_count = m_session.buffer().countOf(m_schema, m_table);
        if (before != 0 || m_count != 0)
            emit changed();
    });
    connect(&session, &EditSession::problemsChanged, this, &RowOverlay::changed);
}

RowOverlay::State TableEdits::state(const RowKey &key) const
{
    const RowAddress address{m_schema, m_table, key, 0};
    const StagedRow *row = m_session.buffer().row(address);
    if (row == nullptr)
        return State::None;
    if (m_session.problem(address) != nullptr)
        return State::Refused;
    return row->kind == StagedRow::Kind::Deleted ? State::Deleted : State::Changed;
}

const Value *TableEdits::value(const RowKey &key, const QString &column) const
{
    const StagedRow *row = m_session.buffer().row({m_schema, m_table, key, 0});
    if (row == nullptr || row->kind == StagedRow::Kind::Deleted)
        return nullptr;
    const auto cell = row->cells.find(column);
    return cell == row->cells.end() ? nullptr : &cell->second.after;
}

QString TableEdits::problem(const RowKey &key, const QString &column) const
{
    const SaveProblem *problem = m_session.problem({m_schema, m_table, key, 0});
    return problem != nullptr && (problem->column.isEmpty() || problem->column == column) ? problem->sentence : QString();
}

} // namespace turnstone
