// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/anchormap.h"

namespace turnstone {

void AnchorMap::clear()
{
    m_integers.clear();
    m_keys.clear();
}

void AnchorMap::append(const RowKey &key)
{
    const bool isInteger = key.size() == 1 && key.front().type() == ValueType::Integer;
    if (isInteger && m_keys.empty()) {
        m_integers.push_back(key.front().integer());
        return;
    }
    for (const std::int64_t integer : m_integers)
        m_keys.push_back({Value::integer(integer)});
    m_integers.clear();
    m_integers.shrink_to_fit();
    m_keys.push_back(key);
}

RowKey AnchorMap::at(std::int64_t index) const
{
    const auto i = static_cast<std::size_t>(index);
    return m_integers.empty() ? m_keys[i] : RowKey{Value::integer(m_integers[i])};
}

} // namespace turnstone
