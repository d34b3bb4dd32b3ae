// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/pagerows.h"

#include <algorithm>

namespace turnstone {

PageRows::PageRows(const TableQuery &query, const TableQuery::Values &values, BigCells &bigCells, RowBlock &to)
    : m_values(values)
    , m_bigCells(bigCells)
    , m_to(to)
    , m_keyColumns(static_cast<int>(query.keyColumns().size()))
{
}

Result<bool> PageRows::read(RowReader &reader, const Belongs &belongs)
{
    m_columns = static_cast<int>(reader.columns().size());
    m_belongs = belongs;
    if (m_to.isEmpty())
        m_to.clear(m_columns + static_cast<int>(std::ranges::count(m_values.areWhole, true)));
    const Result<bool> read = reader.visit(*this);
    if (!read)
        return failure(read);
    return !m_metBigCell;
}

bool PageRows::visit(const ValueRef *values)
{
    if (m_belongs && !m_belongs(values[m_columns - 1]))
        return false;
    int from = 0;
    for (; from < m_keyColumns; ++from)
        m_to.add(values[from]);
    for (std::size_t column = 0; column < m_values.areWhole.size(); ++column) {
        const ValueRef &value = values[from++];
        if (!m_values.areWhole[column]) {
            m_to.add(value);
            m_to.add(values[from++]);
        } else if (value.type() == ValueType::Text || value.type() == ValueType::Blob) {
            const QByteArrayView bytes = value.bytes();
            m_metBigCell = m_bigCells.notice(column, bytes.size()) || m_metBigCell;
            m_to.addBytes(value.type(), bytes.data(), std::min<qsizetype>(bytes.size(), RowSource::prefixBytes));
            m_to.addInteger(bytes.size());
        } else {
            m_to.add(value);
            m_to.addNull();
        }
    }
    for (; from < m_columns; ++from)
        m_to.add(values[from]);
    m_to.endRow();
    return !m_metBigCell;
}

} // namespace turnstone
