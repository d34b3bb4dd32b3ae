// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/database/rowblock.h"

#include <algorithm>

namespace turnstone {

namespace {
constexpr qsizetype smallestArena = 64 * 1024;
constexpr qsizetype largestKeptArena = 4 * 1024 * 1024;
} // namespace

void RowBlock::clear(int columns)
{
    m_cells.clear();
    m_columns = columns;
    m_rows = 0;
    m_used = 0;
    if (m_capacity > largestKeptArena) {
        m_arena.reset();
        m_capacity = 0;
    }
}

void RowBlock::add(const ValueRef &value)
{
    switch (value.type()) {
    case ValueType::Null: return addNull();
    case ValueType::Integer: return addInteger(value.integer());
    case ValueType::Real: return addReal(value.real());
    case ValueType::Text:
    case ValueType::Blob: return addBytes(value.type(), value.bytes().data(), value.bytes().size());
    }
}

void RowBlock::grow(qsizetype extra)
{
    const qsizetype capacity = std::max({smallestArena, m_capacity * 2, m_used + extra});
    auto arena = std::make_unique_for_overwrite<char[]>(static_cast<std::size_t>(capacity));
    if (m_used > 0)
        std::memcpy(arena.get(), m_arena.get(), static_cast<std::size_t>(m_used));
    m_arena = std::move(arena);
    m_capacity = capacity;
}

} // namespace turnstone
