// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/vectors/rowidpieces.h"

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

double RowidRange::fractionAt(std::int64_t rowid) const
{
    const double all = static_cast<double>(last) - static_cast<double>(first);
    return all > 0 ? (static_cast<double>(rowid) - static_cast<double>(first)) / all : -1;
}

Result<std::optional<RowidRange>> rowidRange(Connection &connection, const VectorColumn &column)
{
    RowidRange range;
    for (std::int64_t *end : {&range.first, &range.last}) { // each by itself is one look at the tree
        const QString function = end == &range.first ? u"min"_s : u"max"_s;
        const Result<Value> value = connection.queryValue(u"SELECT %1(%2) FROM %3"_s.arg(function, column.key.front(), Connection::quoted(column.table)));
        if (!value)
            return failure(value);
        if (value->type() != ValueType::Integer)
            return std::optional<RowidRange>();
        *end = value->integer();
    }
    return std::optional(range);
}

std::optional<RowidPieces::Piece> RowidPieces::take()
{
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [this] { return m_isOver || !m_free.empty() || m_taken == 0; });
    if (m_isOver || m_free.empty())
        return std::nullopt;
    const auto front = m_free.begin();
    Piece piece{front->first, front->second};
    m_free.erase(front);
    if (piece.last - piece.first >= m_width) {
        m_free.emplace(piece.first + m_width, piece.last);
        piece.last = piece.first + m_width - 1;
    }
    ++m_taken;
    return piece;
}

void RowidPieces::wasRead(const Piece &piece, std::uint64_t readTo, std::size_t bytes)
{
    const std::lock_guard lock(m_mutex);
    if (readTo < piece.last)
        m_free.emplace(readTo + 1, piece.last);
    const double span = static_cast<double>(readTo - piece.first) + 1;
    const double growth = bytes == 0 ? 8 : std::min(8.0, static_cast<double>(aimedBytes) / static_cast<double>(bytes));
    m_width = static_cast<std::uint64_t>(std::clamp(span * growth, 16.0, 4e18));
    --m_taken;
    m_changed.notify_all();
}

void RowidPieces::stop()
{
    const std::lock_guard lock(m_mutex);
    m_isOver = true;
    m_changed.notify_all();
}

} // namespace turnstone
