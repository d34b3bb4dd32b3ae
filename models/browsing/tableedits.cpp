// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/browsing/tableedits.h"

#include "models/edit/profilevalues.h"
#include "models/edit/rowidentity.h"

#include <algorithm>

namespace turnstone {

RowImage imageOf(const DatabaseContext &context, const CatalogTable &table, const Record &record)
{
    const RowIdentity identity = rowIdentityOf(table, tableProfile(*context.profile, table));
    if (record.added != 0) // all that is known of it is staged
        return {{table.schema, table.name, {}, record.added}, identity.columns, {}, {}};
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

TableEdits::TableEdits(EditSession &session, const CatalogTable &table, QStringList columns, QObject *parent)
    : RowOverlay(parent), m_session(session), m_schema(table.schema), m_table(table.name), m_columns(std::move(columns))
{
    read();
    connect(&session.buffer(), &EditBuffer::changed, this, [this] {
        const int before = m_count;
        read();
        if (before != 0 || m_count != 0)
            emit changed();
    });
    connect(&session, &EditSession::problemsChanged, this, &RowOverlay::changed);
}

void TableEdits::read()
{
    m_count = m_session.buffer().countOf(m_schema, m_table);
    m_added.clear();
    if (m_count == 0)
        return;
    m_added = m_session.buffer().rowsOf(m_schema, m_table);
    std::erase_if(m_added, [](const StagedRow &row) { return row.kind != StagedRow::Kind::Added; });
}

RowOverlay::State TableEdits::state(const RowPage &page, int row) const
{
    const RowAddress address{m_schema, m_table, page.key(row), 0};
    const StagedRow *staged = m_session.buffer().row(address);
    if (staged == nullptr)
        return State::None;
    if (m_session.problem(address) != nullptr)
        return State::Refused;
    return staged->kind == StagedRow::Kind::Deleted ? State::Deleted : State::Changed;
}

const Value *TableEdits::value(const RowPage &page, int row, int column) const
{
    const StagedRow *staged = m_session.buffer().row({m_schema, m_table, page.key(row), 0});
    if (staged == nullptr || staged->kind == StagedRow::Kind::Deleted)
        return nullptr;
    const auto cell = staged->cells.find(m_columns.value(column));
    return cell == staged->cells.end() ? nullptr : &cell->second.after;
}

QString TableEdits::problemOf(const RowAddress &address, int column) const
{
    const SaveProblem *problem = m_session.problem(address);
    return problem != nullptr && (problem->column.isEmpty() || problem->column == m_columns.value(column)) ? problem->sentence : QString();
}

QString TableEdits::problem(const RowPage &page, int row, int column) const
{
    return problemOf({m_schema, m_table, page.key(row), 0}, column);
}

void TableEdits::setHandOrder(const QString &column)
{
    m_handOrder = column.isEmpty() ? -1 : static_cast<int>(m_columns.indexOf(column));
    if (m_count > 0)
        emit changed();
}

std::vector<int> TableEdits::order(const RowPage &page) const
{
    std::vector<std::pair<double, int>> rows;
    bool isMoved = false;
    for (int row = 0; row < page.rowCount() && m_handOrder >= 0 && !isEmpty(); ++row) {
        const Value *staged = value(page, row, m_handOrder);
        isMoved = isMoved || staged != nullptr;
        rows.emplace_back(numberOf(staged != nullptr ? *staged : Value(page.value(row, m_handOrder))).value_or(-1), row);
    }
    if (!isMoved)
        return {};
    std::ranges::stable_sort(rows, {}, &std::pair<double, int>::first);
    std::vector<int> order;
    for (const auto &[place, row] : rows)
        order.push_back(row);
    return order;
}

quint64 TableEdits::added(int index) const
{
    return index < addedCount() ? m_added[static_cast<std::size_t>(index)].address.added : 0;
}

const Value *TableEdits::addedValue(int index, int column) const
{
    if (index >= addedCount())
        return nullptr;
    const StagedRow &row = m_added[static_cast<std::size_t>(index)];
    const auto cell = row.cells.find(m_columns.value(column));
    return cell == row.cells.end() ? nullptr : &cell->second.after;
}

QString TableEdits::addedProblem(int index, int column) const
{
    return index < addedCount() ? problemOf(m_added[static_cast<std::size_t>(index)].address, column) : QString();
}

} // namespace turnstone
