// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/vectors/vectorcolumn.h"

#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>

namespace turnstone {

/// From the smallest rowid of a table to its largest.
struct RowidRange
{
    std::int64_t first = 0;
    std::int64_t last = 0;

    std::uint64_t span() const { return static_cast<std::uint64_t>(last) - static_cast<std::uint64_t>(first); }
    /// Below 0 if it cannot be told.
    double fractionAt(std::int64_t rowid) const;
};

/// Nothing if there are no rows. The column's key must be the rowid of a SQLite table.
[[nodiscard]] Result<std::optional<RowidRange>> rowidRange(Connection &connection, const VectorColumn &column);

/// The places of a range, counted from 0, cut into pieces of some megabytes of vectors, as far as can be told from how densely the rows
/// lay before. A piece that turns out to be crowded is cut off and its rest given back, so that every reader has work. Thread-safe.
class RowidPieces
{
public:
    static constexpr std::size_t aimedBytes = 4 << 20;

    struct Piece
    {
        std::uint64_t first = 0;
        std::uint64_t last = 0;
    };

    explicit RowidPieces(const RowidRange &range) : m_free{{0, range.span()}} {}

    /// The first one that nobody has; waits for what others may give back. Nothing: all is read.
    std::optional<Piece> take();
    /// `readTo` is before the end of the piece if it was cut off.
    void wasRead(const Piece &piece, std::uint64_t readTo, std::size_t bytes);
    void stop();

private:
    std::mutex m_mutex; // guards everything below
    std::condition_variable m_changed;
    std::map<std::uint64_t, std::uint64_t> m_free; // first and last place
    std::uint64_t m_width = 256;
    int m_taken = 0;
    bool m_isOver = false;
};

} // namespace turnstone
