// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"
#include "models/database/connection.h"
#include "models/items/keylist.h"
#include "models/items/orderedquery.h"

#include <atomic>
#include <mutex>
#include <vector>

namespace turnstone {

/// What a KeyListMaker has done so far, shared between its thread and the GUI's.
class KeyListProgress
{
public:
    /// Rows looked at, and how many there will be (-1: unknown).
    std::atomic<qint64> rows = 0;
    std::atomic<qint64> total = -1;
    /// The engine puts them in order: the first rows are better asked for by a statement of their own.
    std::atomic<bool> isByEngine = false;

    /// Begins anew: a connection was lost, and the work is done once more.
    void restart()
    {
        const std::lock_guard lock(m_mutex);
        m_parts.clear();
        ++m_attempt;
        rows = 0;
    }
    void add(KeyList::Part part)
    {
        const std::lock_guard lock(m_mutex);
        m_parts.push_back(std::move(part));
    }
    /// Parts since the last call; `attempt` changes when all parts taken before are void.
    std::vector<KeyList::Part> take(int &attempt)
    {
        const std::lock_guard lock(m_mutex);
        attempt = m_attempt;
        return std::exchange(m_parts, {});
    }

private:
    std::mutex m_mutex; // guards everything below
    std::vector<KeyList::Part> m_parts;
    int m_attempt = 0;
};

/// Makes the list of all keys of an OrderedQuery in one pass, in a connection's thread.
///
/// RowSorter sorts SQLite tables that have a rowid. Everything else is ordered by the engine; where that can deliver in order
/// without sorting, keys come as it goes. Stops when the connection is interrupted.
class KeyListMaker
{
public:
    static Result<qint64> make(Connection &connection, const OrderedQuery &query, KeyListProgress &progress);

private:
    static Result<> makeByEngine(Connection &connection, const OrderedQuery &query, KeyListProgress &progress);
};

} // namespace turnstone
