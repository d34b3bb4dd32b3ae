// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/keylist.h"

#include "models/items/anchormap.h"
#include "models/items/orderedquery.h"

#include <algorithm>

namespace turnstone {

KeyList::Part::Part(const RowBlock &block, int columns) : m_count(block.rowCount()), m_columns(columns)
{
    if (columns == 1 && m_count > 0) {
        std::shared_ptr<std::int64_t> integers(new std::int64_t[static_cast<std::size_t>(m_count)], std::default_delete<std::int64_t[]>());
        const ValueType type = block.at(0, 0).type();
        int row = 0;
        for (; row < block.rowCount(); ++row) {
            const ValueRef value = block.at(row, 0);
            const auto integer = value.type() == type ? integerOf(value) : std::nullopt;
            if (!integer)
                break;
            integers.get()[row] = *integer;
        }
        if (row == block.rowCount()) {
            m_integers = std::move(integers);
            m_areText = type == ValueType::Text;
            return;
        }
    }
    auto copy = std::make_shared<RowBlock>();
    copy->clear(columns);
    for (int row = 0; row < block.rowCount(); ++row) {
        for (int column = 0; column < columns; ++column)
            copy->add(block.at(row, column));
        copy->endRow();
    }
    m_block = std::move(copy);
}

RowKey KeyList::Part::at(std::int64_t index) const
{
    if (m_block)
        return OrderedQuery::rowOf(*m_block, static_cast<int>(index), m_columns);
    const std::int64_t integer = m_integers.get()[index];
    return {m_areText ? Value::text(QByteArray::number(static_cast<qlonglong>(integer))) : Value::integer(integer)};
}

std::int64_t KeyList::Part::find(const RowKey &key) const
{
    if (m_integers) {
        const auto wanted = key.size() == 1 ? integerOf(key.front().ref()) : std::nullopt;
        const std::int64_t *const end = m_integers.get() + m_count;
        const std::int64_t *const found = wanted ? std::find(m_integers.get(), end, *wanted) : end;
        return found == end ? -1 : found - m_integers.get();
    }
    for (std::int64_t i = 0; i < m_count; ++i) {
        if (OrderedQuery::isSameKey(at(i), key))
            return i;
    }
    return -1;
}

bool KeyList::isOfIntegers() const
{
    return std::ranges::all_of(m_parts, [](const Part &part) { return part.m_integers != nullptr; });
}

void KeyList::clear()
{
    m_parts.clear();
    m_ends.clear();
}

void KeyList::append(Part part)
{
    if (part.size() == 0)
        return;
    m_ends.push_back(size() + part.size());
    m_parts.push_back(std::move(part));
}

RowKey KeyList::at(std::int64_t index) const
{
    const auto part = static_cast<std::size_t>(std::ranges::upper_bound(m_ends, index) - m_ends.begin());
    return m_parts[part].at(index - (part == 0 ? 0 : m_ends[part - 1]));
}

std::int64_t KeyList::find(const RowKey &key) const
{
    for (std::size_t i = 0; i < m_parts.size(); ++i) {
        if (const std::int64_t at = m_parts[i].find(key); at >= 0)
            return at + (i == 0 ? 0 : m_ends[i - 1]);
    }
    return -1;
}

std::int64_t KeyList::allocatedBytes() const
{
    std::int64_t bytes = 0;
    for (const Part &part : m_parts)
        bytes += part.m_block ? part.m_block->allocatedBytes() : part.m_count * static_cast<std::int64_t>(sizeof(std::int64_t));
    return bytes;
}

} // namespace turnstone
