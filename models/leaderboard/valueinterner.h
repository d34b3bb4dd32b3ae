// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/value.h"

#include <QHash>

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

namespace turnstone {

/// Numbers distinct values from 0 in the order in which they come. Integers (also as PostgreSQL writes
/// them) cost 12 bytes or less; dense ones are found by position.
class ValueInterner
{
public:
    static constexpr std::uint32_t none = 0xffffffff;

    std::uint32_t intern(const ValueRef &value)
    {
        const std::uint32_t known = findDense(value);
        return known != none ? known : internSlowly(value);
    }
    /// none if the value never came.
    std::uint32_t find(const ValueRef &value) const
    {
        const std::uint32_t known = findDense(value);
        return known != none ? known : findSlowly(value);
    }
    std::uint32_t size() const { return static_cast<std::uint32_t>(m_places.size()); }
    Value value(std::uint32_t id) const;

private:
    struct Place
    {
        bool isInteger = false;
        std::int64_t at = 0; ///< the integer, or index into m_others
    };

    /// What nearly every value is.
    std::uint32_t findDense(const ValueRef &value) const
    {
        if (value.type() != ValueType::Integer || m_integersAre != ValueType::Integer)
            return none;
        const auto at = static_cast<std::uint64_t>(value.integer()); // a negative one is beyond any table
        return at < m_dense.size() ? m_dense[at] : none;
    }
    std::uint32_t internSlowly(const ValueRef &value);
    std::uint32_t findSlowly(const ValueRef &value) const;
    /// The integer that a value is, or that its text is the canonical form of.
    std::optional<std::int64_t> integerOf(const ValueRef &value) const;
    std::uint32_t *dense(std::int64_t integer);

    std::vector<Place> m_places;
    std::vector<std::uint32_t> m_dense;
    std::unordered_map<std::int64_t, std::uint32_t> m_sparse;
    QHash<QByteArray, std::uint32_t> m_index; // type and bytes of all others
    std::vector<Value> m_others;
    ValueType m_integersAre = ValueType::Null; // the type that came first; others do not count as integers
};

} // namespace turnstone
