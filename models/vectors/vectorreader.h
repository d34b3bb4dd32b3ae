// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/vectors/vectorcolumn.h"

#include <functional>

namespace turnstone {

/// Reads the rows of a column of vectors as RowBlocks: the key's columns, then the vector, a Text (its text form) or a Blob (in
/// VectorColumn::form). PostgreSQL sends binary by COPY. Rows whose vector is NULL are left out. The connection's thread.
class VectorReader
{
public:
    /// Takes a block and gives another one to be filled; empty: stop.
    using Sink = std::function<std::optional<RowBlock>(RowBlock &&block)>;

    VectorReader(Connection &connection, const VectorColumn &column) : m_connection(connection), m_column(column) {}

    /// Every row, by ascending rowid where that is the key.
    [[nodiscard]] Result<> scan(const Sink &sink);
    /// The rows of these keys, in any order; those that are gone are missing.
    [[nodiscard]] Result<> fetch(const std::vector<RowKey> &keys, const std::function<void(const RowBlock &, int row)> &take);
    /// Key and what tells of a change (PostgreSQL: which transaction wrote the row); no vector.
    [[nodiscard]] Result<> scanVersions(const std::function<void(const RowKey &key, std::string_view version)> &take);

    /// The key of a row of the blocks above.
    RowKey keyOf(const RowBlock &block, int row) const;
    std::size_t keySize() const { return static_cast<std::size_t>(m_column.key.size()); }

private:
    Result<> scanValues(const Sink &sink);
    Result<> scanVec0(const Sink &sink);
    Result<> scanCopy(const QString &where, const Sink &sink);
    Result<> fetchVec0(const std::vector<RowKey> &keys, const std::function<void(const RowBlock &, int)> &take);
    QString from() const;
    QString keyList(const QString &cast = {}) const;
    QString keysIn(const std::vector<RowKey> &keys, std::size_t first, std::size_t count, Parameters *parameters) const;

    Connection &m_connection;
    const VectorColumn &m_column;
};

} // namespace turnstone
