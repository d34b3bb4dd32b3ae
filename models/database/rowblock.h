// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/value.h"

#include <cstring>
#include <memory>
#include <vector>

namespace turnstone {

/// A batch of rows in one compact arena: 16 bytes a cell, and the bytes of texts and blobs one
/// after the other. A reader fills it, a consumer reads it, and both reuse it for the next batch,
/// so a scan of any length touches the same few hundred kilobytes.
///
/// Movable, not copyable. Not thread-safe; hand it over whole.
class RowBlock
{
public:
    /// A batch is full when it has so many rows or so many bytes of text and blobs.
    struct Limits
    {
        int rows = 1024;
        qsizetype bytes = 256 * 1024;
    };

    RowBlock() = default;
    RowBlock(RowBlock &&) noexcept = default;
    RowBlock &operator=(RowBlock &&) noexcept = default;

    int columnCount() const { return m_columns; }
    int rowCount() const { return m_rows; }
    bool isEmpty() const { return m_rows == 0; }
    /// Bytes of texts and blobs held.
    qsizetype payloadBytes() const { return m_used; }
    /// Memory held, for cache budgets.
    qsizetype allocatedBytes() const
    {
        return m_capacity + static_cast<qsizetype>(m_cells.capacity() * sizeof(Cell));
    }

    /// `row` and `column` must be inside; the reference lives until the block changes.
    ValueRef at(int row, int column) const
    {
        const Cell &cell = m_cells[static_cast<std::size_t>(row) * static_cast<std::size_t>(m_columns)
                                   + static_cast<std::size_t>(column)];
        switch (cell.type) {
        case ValueType::Null: break;
        case ValueType::Integer: return ValueRef::integer(cell.integer);
        case ValueType::Real: return ValueRef::real(cell.real);
        case ValueType::Text:
        case ValueType::Blob: return ValueRef::bytes(cell.type, m_arena.get() + cell.offset, cell.size);
        }
        return {};
    }

    // For readers: clear(columns), then for each row endRow() after as many add…() as columns.

    /// Empties the block but keeps its memory, unless one huge value made it grow past 4 MB.
    void clear(int columns);
    void addNull() { m_cells.push_back({}); }
    void addInteger(std::int64_t value)
    {
        Cell &cell = m_cells.emplace_back();
        cell.integer = value;
        cell.type = ValueType::Integer;
    }
    void addReal(double value)
    {
        Cell &cell = m_cells.emplace_back();
        cell.real = value;
        cell.type = ValueType::Real;
    }
    /// `size` below 2^31, as both engines guarantee.
    void addBytes(ValueType type, const char *data, qsizetype size)
    {
        if (m_used + size > m_capacity)
            grow(size);
        if (size > 0)
            std::memcpy(m_arena.get() + m_used, data, static_cast<std::size_t>(size));
        Cell &cell = m_cells.emplace_back();
        cell.offset = m_used;
        cell.size = static_cast<std::int32_t>(size);
        cell.type = type;
        m_used += size;
    }
    void add(const ValueRef &value);
    void endRow() { ++m_rows; }
    bool isFull(const Limits &limits) const { return m_rows >= limits.rows || m_used >= limits.bytes; }

private:
    struct Cell
    {
        union {
            std::int64_t integer = 0;
            double real;
            std::int64_t offset;
        };
        std::int32_t size = 0;
        ValueType type = ValueType::Null;
    };
    static_assert(sizeof(Cell) == 16);

    void grow(qsizetype extra);

    std::vector<Cell> m_cells;
    std::unique_ptr<char[]> m_arena;
    qsizetype m_used = 0;
    qsizetype m_capacity = 0;
    int m_columns = 0;
    int m_rows = 0;
};

} // namespace turnstone
