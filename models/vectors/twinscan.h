// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/vectors/rowidpieces.h"
#include "models/vectors/vectormerge.h"

namespace turnstone {

class SqliteConnection;

/// Several readers share the rows of a SQLite table, each with a connection of its own that sees the same state, and each does everything
/// with a row while it lies in its processor's cache.
class TwinScan
{
public:
    TwinScan(const VectorColumn &column, const VectorScan::Plan &plan, const std::stop_token &stop, VectorMerge &merge)
        : m_column(column), m_plan(plan), m_stop(stop), m_merge(merge)
    {
    }

    /// Whether rows are known by rowid.
    static bool isFor(const Connection &connection, const VectorColumn &column);

    /// By each reader, in its thread: as many rows as it can get.
    void read(SqliteConnection &connection);
    /// When all have returned.
    Result<> result() const { return m_error ? Result<>(tl::unexpected(*m_error)) : Result<>(); }

    /// By one reader alone: some `most` rows behind a rowid.
    [[nodiscard]] Result<> readBehind(SqliteConnection &connection, std::int64_t rowid, std::size_t most);

private:
    Result<> start(SqliteConnection &connection);
    Result<> readPieces(SqliteConnection &connection);
    std::int64_t rowidAt(std::uint64_t place) const { return static_cast<std::int64_t>(m_firstRowid + place); }

    const VectorColumn &m_column;
    const VectorScan::Plan &m_plan;
    const std::stop_token &m_stop;
    VectorMerge &m_merge;

    std::mutex m_mutex; // guards what follows; after start() the first three stay as they are
    bool m_isStarted = false;
    std::uint64_t m_firstRowid = 0;
    std::optional<RowidPieces> m_pieces; // none: no rows
    std::optional<Error> m_error;
};

} // namespace turnstone
