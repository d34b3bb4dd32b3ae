// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"
#include "models/database/connection.h"
#include "models/items/rowsource.h"
#include "models/items/tablequery.h"

#include <atomic>
#include <vector>

namespace turnstone {

/// Which columns of a SQLite table hold texts or blobs so big that a page must not read them whole.
///
/// SQLite loads all of a value for any function of it, so a page of 256 rows with 10 MB each would read
/// 2.5 GB to show their beginnings. A column in which a statement has met a big value is left out of the
/// statements that follow, and its beginnings are read through a blob handle, which touches only the first
/// pages of each. Shared by the reads of one source; thread-safe.
class BigCells
{
public:
    static constexpr qint64 bigBytes = 32 * 1024;

    explicit BigCells(const TableQuery &query);

    /// For TableQuery::values().
    std::vector<bool> columns() const;
    /// Notes the column of a big value; true if none was known in it.
    bool notice(std::size_t column, qint64 bytes)
    {
        if (bytes <= bigBytes || !m_isReachable || m_states[column] != Small)
            return false;
        m_states[column] = Big;
        return true;
    }
    /// Puts the beginnings of values that the statement left out into the page; to be called in the
    /// transaction in which it was read. True if blob handles cannot read some column: then the page must be
    /// read again, with columns() as they are now.
    [[nodiscard]] Result<bool> fill(Connection &connection, RowPage &page);

private:
    enum State : std::uint8_t { Small, Big, OutOfReach };

    const QString m_table;
    const QStringList m_names;
    const bool m_isReachable; // rows have a rowid
    std::vector<std::atomic<std::uint8_t>> m_states;
};

} // namespace turnstone
