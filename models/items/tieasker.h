// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/sqliteconnection.h"
#include "models/items/orderedquery.h"
#include "models/items/sortedrun.h"

#include <atomic>
#include <span>

namespace turnstone {

/// Has the engine put ties in order as long as these are few. Many that are open are better read once more; those that were
/// rounded have little in common. Several readers may use it at once, each with its connection.
class TieAsker
{
public:
    /// So many rows are asked for of each kind.
    TieAsker(const OrderedQuery &query, std::size_t mostOpen, std::size_t mostRounded)
        : m_query(query)
        , m_mostOpen(mostOpen)
        , m_mostRounded(mostRounded)
    {
    }

    /// Leaves the ties in `run` that are too many.
    [[nodiscard]] Result<> order(SqliteConnection &connection, SortedRun &run);
    void startOver()
    {
        m_open = 0;
        m_rounded = 0;
    }

private:
    Result<> askFor(SqliteConnection &connection, std::span<const SortedRun::Tie> ties, std::int64_t *rows) const;

    const OrderedQuery &m_query;
    const std::size_t m_mostOpen;
    const std::size_t m_mostRounded;
    std::atomic<std::size_t> m_open = 0; // rows asked for
    std::atomic<std::size_t> m_rounded = 0;
};

} // namespace turnstone
