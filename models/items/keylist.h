// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/rowblock.h"
#include "models/database/value.h"

#include <memory>
#include <vector>

namespace turnstone {

/// The keys of rows in an order of any kind, in parts that are never changed once made: a copy shares them
/// and may be used in another thread. A key of one integer takes 8 bytes, others their values and some 10
/// bytes more.
class KeyList
{
public:
    /// Some keys in order.
    class Part
    {
    public:
        Part() = default;
        /// Takes over `count` integers; `areText` for PostgreSQL's, which come as text.
        Part(std::shared_ptr<const std::int64_t> integers, std::int64_t count, bool areText = false)
            : m_integers(std::move(integers)), m_count(count), m_areText(areText)
        {
        }
        /// Every row of the block as a key of its first `columns`.
        Part(const RowBlock &block, int columns);

        std::int64_t size() const { return m_count; }
        RowKey at(std::int64_t index) const;
        /// The position of an integer key, -1 if it is not there or the keys are of another kind.
        std::int64_t find(const RowKey &key) const;

    private:
        friend class KeyList; // allocatedBytes(), isOfIntegers()

        std::shared_ptr<const std::int64_t> m_integers;
        std::shared_ptr<const RowBlock> m_block;
        std::int64_t m_count = 0;
        int m_columns = 0;
        bool m_areText = false;
    };

    std::int64_t size() const { return m_ends.empty() ? 0 : m_ends.back(); }
    /// Whether all keys are single integers.
    bool isOfIntegers() const;
    void clear();
    void append(Part part);
    /// `index` below size().
    RowKey at(std::int64_t index) const;
    /// Looks at every key: not for the GUI thread. -1 if it is not there.
    std::int64_t find(const RowKey &key) const;
    std::int64_t allocatedBytes() const;

private:
    std::vector<Part> m_parts;
    std::vector<std::int64_t> m_ends; // of each part the position behind it
};

} // namespace turnstone
