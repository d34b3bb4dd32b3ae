// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace turnstone::similarity {

/// The k closest of what is added, ties by the smaller id. A value type.
class TopK
{
public:
    struct Entry
    {
        double closeness = 0;
        std::uint64_t id = 0;
    };

    explicit TopK(std::size_t k, double least = -std::numeric_limits<double>::infinity()) : m_k(k), m_least(least) {}

    /// What is below this cannot get in any more.
    double bar() const { return m_entries.size() < m_k || m_k == 0 ? m_least : std::max(m_least, m_entries.front().closeness); }
    std::size_t size() const { return m_entries.size(); }

    /// Whether it belongs to the k closest so far. NaN is never close.
    bool add(double closeness, std::uint64_t id)
    {
        if (!(closeness >= m_least) || m_k == 0)
            return false;
        const Entry entry{closeness, id};
        if (m_entries.size() == m_k) {
            if (!isBefore(entry, m_entries.front()))
                return false;
            std::pop_heap(m_entries.begin(), m_entries.end(), isBefore);
            m_entries.back() = entry;
        } else {
            m_entries.push_back(entry);
        }
        std::push_heap(m_entries.begin(), m_entries.end(), isBefore);
        return true;
    }

    /// Nearest first.
    std::vector<Entry> sorted() const
    {
        std::vector<Entry> result = m_entries;
        std::sort(result.begin(), result.end(), isBefore);
        return result;
    }

private:
    static bool isBefore(const Entry &a, const Entry &b) { return a.closeness != b.closeness ? a.closeness > b.closeness : a.id < b.id; }

    std::size_t m_k;
    double m_least;
    std::vector<Entry> m_entries; // a heap whose first is the farthest
};

} // namespace turnstone::similarity
