// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/value.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace turnstone {

/// The value as a number if it is an integer, or a text that reads exactly so.
std::optional<std::int64_t> integerOf(const ValueRef &value);

/// The keys of a table's rows 0, 256, 512, …: enough to reach any position by a range of keys.
/// Keys of one integer, rowids above all, take 8 bytes each; PostgreSQL's too, though they come as text.
class AnchorMap
{
public:
    std::int64_t size() const { return static_cast<std::int64_t>(m_integers.empty() ? m_keys.size() : m_integers.size()); }
    /// Whether all keys are single integers.
    bool isOfIntegers() const { return m_keys.empty(); }
    void clear();
    void append(const RowKey &key);
    /// `index` below size().
    RowKey at(std::int64_t index) const;

private:
    Value valueOf(std::int64_t integer) const;

    bool m_isText = false; // the integers came as text
    // One of the two is empty.
    std::vector<std::int64_t> m_integers;
    std::vector<RowKey> m_keys;
};

} // namespace turnstone
