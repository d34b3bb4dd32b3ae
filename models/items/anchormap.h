// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/value.h"

#include <cstdint>
#include <vector>

namespace turnstone {

/// The keys of a table's rows 0, 256, 512, …: enough to reach any position by a range of keys.
/// Keys of one integer, rowids above all, take 8 bytes each.
class AnchorMap
{
public:
    std::int64_t size() const { return static_cast<std::int64_t>(m_integers.empty() ? m_keys.size() : m_integers.size()); }
    void clear();
    void append(const RowKey &key);
    /// `index` below size().
    RowKey at(std::int64_t index) const;

private:
    // One of the two is empty.
    std::vector<std::int64_t> m_integers;
    std::vector<RowKey> m_keys;
};

} // namespace turnstone
