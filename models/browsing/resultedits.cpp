// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/browsing/resultedits.h"

#include "models/items/rowsource.h"

#include <utility>

namespace turnstone {

namespace {

/// The key of a staged row by the columns that name it in the result; empty if they are not known of it.
RowKey keyOf(const StagedRow &row, const ResultTrace::Key &by)
{
    if (by.isAddress)
        return row.address.key;
    RowKey key;
    for (const QString &column : by.columns) {
        const auto witness = row.witness.find(column);
        const auto cell = row.cells.find(column);
        if (cell != row.cells.end() && cell->second.before)
            key.push_back(*cell->second.before);
        else if (witness != row.witness.end())
            key.push_back(witness->second);
        else
            return {};
    }
    return key;
}

QByteArray idOf(const QString &schema, const QString &table, RowKey key)
{
    return RowAddress{schema, table, std::move(key), 0}.id();
}

} // namespace

ResultEdits::ResultEdits(EditSession &session, ResultTrace trace, QObject *parent) : RowOverlay(parent), m_session(session), m_trace(std::move(trace))
{
    read();
    connect(&session.buffer(), &EditBuffer::changed, this, [this] {
        const bool wasEmpty = isEmpty();
        read();
        if (!wasEmpty || !isEmpty())
            emit changed();
    });
    connect(&session, &EditSession::problemsChanged, this, &RowOverlay::changed);
    connect(&session, &EditSession::saved, this, &ResultEdits::keepSaved);
}

void ResultEdits::read()
{
    const Rows before = std::exchange(m_rows, {});
    for (const auto &[name, key] : m_trace.keys) {
        for (const StagedRow &row : m_session.buffer().rowsOf(name.first, name.second)) {
            RowKey own = row.kind == StagedRow::Kind::Added ? RowKey() : keyOf(row, key);
            if (own.empty())
                continue;
            Known known{row.address, row.kind == StagedRow::Kind::Deleted, {}};
            for (const auto &[column, cell] : row.cells) {
                if (!known.isDeleted)
                    known.values.emplace(column, cell.after);
            }
            m_rows.emplace(idOf(name.first, name.second, std::move(own)), std::move(known));
        }
    }
    if (m_vanished.empty() && !before.empty())
        QMetaObject::invokeMethod(this, [this] { m_vanished.clear(); }, Qt::QueuedConnection);
    for (const auto &[id, known] : before) {
        if (!m_rows.contains(id))
            m_vanished.insert_or_assign(id, known);
    }
}

void ResultEdits::keepSaved()
{
    for (const auto &[id, known] : std::exchange(m_vanished, {})) {
        Known &saved = m_saved[id];
        saved.address = known.address;
        saved.isDeleted = known.isDeleted;
        for (const auto &[column, value] : known.values)
            saved.values.insert_or_assign(column, value);
    }
    if (!m_saved.empty())
        emit changed();
}

RowKey ResultEdits::keyAt(const RowPage &page, int row, int column) const
{
    const TracedColumn &traced = m_trace.columns[static_cast<std::size_t>(column)];
    const auto found = m_trace.keys.find({traced.schema, traced.table});
    RowKey key;
    if (found == m_trace.keys.end())
        return key;
    for (const int position : found->second.positions) {
        const ValueRef part = page.value(row, position);
        if (part.isNull() || !page.isWhole(row, position))
            return {};
        key.emplace_back(part);
    }
    return key;
}

const Value *ResultEdits::savedValue(const RowImage &row, const TracedColumn &column) const
{
    for (const auto &[id, known] : m_saved) {
        if (known.address == row.address) {
            const auto value = known.values.find(column.column);
            return value == known.values.end() ? nullptr : &value->second;
        }
    }
    return nullptr;
}

QByteArray ResultEdits::idAt(const RowPage &page, int row, int column) const
{
    const TracedColumn &traced = m_trace.columns[static_cast<std::size_t>(column)];
    RowKey key = keyAt(page, row, column);
    return key.empty() ? QByteArray() : idOf(traced.schema, traced.table, std::move(key));
}

RowOverlay::State ResultEdits::state(const RowPage &page, int row) const
{
    State state = State::None;
    for (const auto &[name, key] : m_trace.keys) {
        const QByteArray id = idAt(page, row, key.positions.front());
        const auto staged = m_rows.find(id);
        if (staged != m_rows.end() && m_session.problem(staged->second.address) != nullptr)
            return State::Refused;
        if (const auto saved = m_saved.find(id); (staged != m_rows.end() && staged->second.isDeleted) || (saved != m_saved.end() && saved->second.isDeleted))
            state = State::Deleted;
        else if (staged != m_rows.end() && state == State::None)
            state = State::Changed;
    }
    return state;
}

const Value *ResultEdits::value(const RowPage &page, int row, int column) const
{
    const TracedColumn &traced = m_trace.columns[static_cast<std::size_t>(column)];
    if (traced.column.isEmpty())
        return nullptr;
    const QByteArray id = idAt(page, row, column);
    for (const Rows *rows : {&m_rows, &m_saved}) {
        const auto known = rows->find(id);
        if (id.isEmpty() || known == rows->end())
            continue;
        if (const auto value = known->second.values.find(traced.column); value != known->second.values.end())
            return &value->second;
    }
    return nullptr;
}

QString ResultEdits::problem(const RowPage &page, int row, int column) const
{
    const auto known = m_rows.find(idAt(page, row, column));
    const SaveProblem *problem = known == m_rows.end() ? nullptr : m_session.problem(known->second.address);
    return problem != nullptr && (problem->column.isEmpty() || problem->column == m_trace.columns[static_cast<std::size_t>(column)].column) ? problem->sentence : QString();
}

} // namespace turnstone
