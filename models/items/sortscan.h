// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/sqliteconnection.h"
#include "models/items/orderedquery.h"
#include "models/items/sortedrun.h"
#include "models/items/tiedrows.h"

#include <atomic>
#include <functional>

namespace turnstone {

/// Reads a table for a RowSorter, in pieces that its readers take in turn.
class SortScan
{
public:
    /// Why it ended, beside errors.
    enum class End {
        Done,         ///< or stopped
        RowOutside,   ///< of the range of rows: one that came since the first look at the table
        TooManyValues ///< for a dictionary
    };
    struct Round
    {
        const SortCode &code;
        const TiedRows *tied; ///< not null: only of these
        std::function<void(qint64)> tellRows;
        std::function<bool()> isStopped;
    };

    /// All rows from `firstRow` to `lastRow`, those before and behind it, too.
    SortScan(const OrderedQuery &query, const QString &columnList, std::int64_t firstRow, std::int64_t lastRow, std::uint64_t pieces)
        : m_query(query)
        , m_columnList(columnList)
        , m_firstRow(static_cast<std::uint64_t>(firstRow))
        , m_span(static_cast<std::uint64_t>(lastRow) - m_firstRow)
        , m_pieces(pieces)
    {
    }

    /// Once in each reader's thread.
    [[nodiscard]] Result<End> read(SqliteConnection &connection, const Round &round, SortEntries &entries);
    void startOver()
    {
        m_nextPiece = 0;
        m_anyRest = false;
    }
    /// Whether an entry since the last start is not settled by its code alone.
    bool anyRest() const { return m_anyRest; }

private:
    Result<End> readPiece(SqliteConnection &connection, std::uint64_t piece, const Round &round, SortEntries &entries);
    std::int64_t beginOf(std::uint64_t piece) const { return static_cast<std::int64_t>(m_firstRow + m_span / m_pieces * piece); }

    const OrderedQuery &m_query;
    const QString m_columnList; // the rowid and the sort columns, quoted
    const std::uint64_t m_firstRow;
    const std::uint64_t m_span;
    const std::uint64_t m_pieces;
    std::atomic<std::uint64_t> m_nextPiece = 0;
    std::atomic<bool> m_anyRest = false;
};

} // namespace turnstone
