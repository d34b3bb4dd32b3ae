// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/leaderboard/valueinterner.h"

#include <bit>
#include <charconv>

namespace turnstone {

namespace {

/// Room that the dense table may take, for each integer known.
constexpr std::size_t denseFactor = 8;
constexpr std::size_t denseMinimum = 4096;

QByteArray identity(const ValueRef &value)
{
    QByteArray bytes(1, static_cast<char>(value.type()));
    if (value.type() == ValueType::Real) {
        const auto bits = std::bit_cast<std::uint64_t>(value.real());
        bytes.append(reinterpret_cast<const char *>(&bits), sizeof bits);
    } else if (value.type() == ValueType::Integer) {
        bytes.append(QByteArray::number(static_cast<qlonglong>(value.integer())));
    } else {
        bytes.append(textOf(value));
    }
    return bytes;
}

} // namespace

std::optional<std::int64_t> ValueInterner::integerOf(const ValueRef &value) const
{
    if (m_integersAre != ValueType::Null && value.type() != m_integersAre)
        return std::nullopt;
    if (value.type() == ValueType::Integer)
        return value.integer();
    if (value.type() != ValueType::Text)
        return std::nullopt;
    const QByteArrayView text = value.bytes();
    std::int64_t integer = 0;
    const auto [end, error] = std::from_chars(text.begin(), text.end(), integer);
    const bool isAll = error == std::errc() && end == text.end();
    // "007" and "-0" are texts of their own.
    const bool isCanonical = isAll && (text == "0" || (text[0] != '0' && !text.startsWith("-0")));
    return isCanonical ? std::optional(integer) : std::nullopt;
}

std::uint32_t *ValueInterner::dense(std::int64_t integer)
{
    if (integer < 0)
        return nullptr;
    const auto at = static_cast<std::size_t>(integer);
    if (at >= m_dense.size()) {
        const std::size_t allowed = std::max(denseMinimum, m_places.size() * denseFactor);
        if (at >= allowed)
            return nullptr;
        m_dense.resize(std::max(at + 1, std::min(allowed, m_dense.size() * 2)), none);
    }
    return &m_dense[at];
}

std::uint32_t ValueInterner::internSlowly(const ValueRef &value)
{
    const std::uint32_t next = size();
    if (const std::optional<std::int64_t> integer = integerOf(value)) {
        m_integersAre = value.type();
        std::uint32_t *slot = dense(*integer);
        // An integer that came while it was out of the dense table's range stays where it is.
        if (slot && *slot != none)
            return *slot;
        if (const auto it = m_sparse.find(*integer); it != m_sparse.end())
            return it->second;
        if (slot)
            *slot = next;
        else
            m_sparse.emplace(*integer, next);
        m_places.push_back({true, *integer});
        return next;
    }
    const QByteArray key = identity(value);
    if (const auto it = m_index.constFind(key); it != m_index.cend())
        return *it;
    m_index.insert(key, next);
    m_places.push_back({false, static_cast<std::int64_t>(m_others.size())});
    m_others.emplace_back(value);
    return next;
}

std::uint32_t ValueInterner::findSlowly(const ValueRef &value) const
{
    if (const std::optional<std::int64_t> integer = integerOf(value)) {
        if (*integer >= 0 && static_cast<std::size_t>(*integer) < m_dense.size() && m_dense[static_cast<std::size_t>(*integer)] != none)
            return m_dense[static_cast<std::size_t>(*integer)];
        const auto it = m_sparse.find(*integer);
        return it == m_sparse.end() ? none : it->second;
    }
    return m_index.value(identity(value), none);
}

Value ValueInterner::value(std::uint32_t id) const
{
    const Place &place = m_places[id];
    if (!place.isInteger)
        return m_others[static_cast<std::size_t>(place.at)];
    return m_integersAre == ValueType::Text ? Value::text(QByteArray::number(static_cast<qlonglong>(place.at))) : Value::integer(place.at);
}

} // namespace turnstone
