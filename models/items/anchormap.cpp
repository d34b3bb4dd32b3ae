// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/anchormap.h"

#include <charconv>

namespace turnstone {

void AnchorMap::clear()
{
    m_integers.clear();
    m_keys.clear();
}

std::optional<std::int64_t> integerOf(const ValueRef &value)
{
    if (value.type() == ValueType::Integer)
        return value.integer();
    if (value.type() != ValueType::Text)
        return {};
    std::int64_t number = 0;
    const char *end = value.bytes().data() + value.bytes().size();
    const auto [rest, error] = std::from_chars(value.bytes().data(), end, number);
    // "007" and "-0" would not come back as they are.
    const bool isCanonical = error == std::errc() && rest == end && QByteArray::number(static_cast<qlonglong>(number)) == value.bytes();
    return isCanonical ? std::optional(number) : std::nullopt;
}

void AnchorMap::append(const RowKey &key)
{
    const auto number = key.size() == 1 && m_keys.empty() ? integerOf(key.front().ref()) : std::nullopt;
    if (number && (m_integers.empty() || m_isText == (key.front().type() == ValueType::Text))) {
        m_isText = key.front().type() == ValueType::Text;
        m_integers.push_back(*number);
        return;
    }
    for (const std::int64_t integer : m_integers)
        m_keys.push_back({valueOf(integer)});
    m_integers.clear();
    m_integers.shrink_to_fit();
    m_keys.push_back(key);
}

Value AnchorMap::valueOf(std::int64_t integer) const
{
    return m_isText ? Value::text(QByteArray::number(static_cast<qlonglong>(integer))) : Value::integer(integer);
}

RowKey AnchorMap::at(std::int64_t index) const
{
    const auto i = static_cast<std::size_t>(index);
    return m_integers.empty() ? m_keys[i] : RowKey{valueOf(m_integers[i])};
}

} // namespace turnstone
