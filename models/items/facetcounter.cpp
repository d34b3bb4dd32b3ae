// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/facetcounter.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace turnstone {

namespace {

/// A real that is an integer as well, as SQLite groups them.
bool isWhole(double value)
{
    return value >= -9007199254740992.0 && value <= 9007199254740992.0 && std::floor(value) == value;
}

QByteArray keyOf(const ValueRef &value)
{
    if (value.type() == ValueType::Real) {
        const double real = value.real();
        return 'r' + QByteArray(reinterpret_cast<const char *>(&real), sizeof real);
    }
    return (value.type() == ValueType::Text ? 't' : 'b') + value.bytes().toByteArray();
}

Value valueOf(const QByteArray &key)
{
    if (key.front() == 't')
        return Value::text(key.mid(1));
    if (key.front() == 'b')
        return Value::blob(key.mid(1));
    double real = 0;
    std::memcpy(&real, key.constData() + 1, sizeof real);
    return Value::real(real);
}

bool isLess(const ValueRef &a, const ValueRef &b)
{
    if (a.type() == ValueType::Integer && b.type() == ValueType::Integer)
        return a.integer() < b.integer();
    const auto real = [](const ValueRef &value) {
        return value.type() == ValueType::Integer ? static_cast<long double>(value.integer()) : static_cast<long double>(value.real());
    };
    return real(a) < real(b); // 64 bits of mantissa: exact
}

} // namespace

void FacetCounter::add(const ValueRef &value, qint64 count)
{
    m_rows += count;
    switch (value.type()) {
    case ValueType::Null: m_nulls += count; return;
    case ValueType::Integer:
    case ValueType::Real: widen(m_numbers, value); break;
    default:
        if (value.bytes().size() > longestValue) {
            m_long += count;
            return;
        }
    }
    const bool isInteger = value.type() == ValueType::Integer || (value.type() == ValueType::Real && isWhole(value.real()));
    const bool mayAdd = m_integers.size() + m_others.size() < m_limits.distinct;
    if (isInteger) {
        const qint64 integer = value.type() == ValueType::Integer ? value.integer() : static_cast<qint64>(value.real());
        if (const auto found = m_integers.find(integer); found != m_integers.end())
            *found += count;
        else if (mayAdd)
            m_integers.insert(integer, count);
        else
            m_isFull = true;
        return;
    }
    const QByteArray key = keyOf(value);
    if (const auto found = m_others.find(key); found != m_others.end())
        *found += count;
    else if (mayAdd)
        m_others.insert(key, count);
    else
        m_isFull = true;
}

void FacetCounter::widen(Range &range, const ValueRef &value) const
{
    if (range.isEmpty || isLess(value, range.least.ref()))
        range.least = Value(value);
    if (range.isEmpty || isLess(range.greatest.ref(), value))
        range.greatest = Value(value);
    range.isEmpty = false;
}

Facets FacetCounter::facets(bool isAll) const
{
    Facets facets;
    facets.isExact = isAll;
    facets.rows = m_rows;
    facets.longRows = m_long;
    facets.isDistinctExact = isAll && !m_isFull && m_long == 0;
    if (m_nulls > 0)
        facets.values.push_back({Value::null(), m_nulls});
    for (auto it = m_integers.cbegin(); it != m_integers.cend(); ++it)
        facets.values.push_back({Value::integer(it.key()), it.value()});
    for (auto it = m_others.cbegin(); it != m_others.cend(); ++it)
        facets.values.push_back({valueOf(it.key()), it.value()});
    facets.distinct = static_cast<qint64>(facets.values.size());
    const auto isBefore = [](const FacetValue &a, const FacetValue &b) {
        return a.count != b.count ? a.count > b.count : a.value.toDisplayText() < b.value.toDisplayText();
    };
    const auto shown = std::min<std::size_t>(facets.values.size(), static_cast<std::size_t>(std::max(m_limits.values, 0)));
    std::partial_sort(facets.values.begin(), facets.values.begin() + static_cast<std::ptrdiff_t>(shown), facets.values.end(), isBefore);
    facets.values.resize(shown);
    if (!m_numbers.isEmpty) {
        facets.least = m_numbers.least;
        facets.greatest = m_numbers.greatest;
    }
    return facets;
}

} // namespace turnstone
