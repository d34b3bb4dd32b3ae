// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/rowreader.h"
#include "models/database/sqliteconnection.h"
#include "models/items/orderedquery.h"
#include "models/items/sortbuckets.h"
#include "models/items/sortcode.h"
#include "models/items/tiedrows.h"

#include <optional>
#include <vector>

namespace turnstone {

/// How the columns of an order are compared; empty if one of them in a way that SortCode does not know.
std::optional<std::vector<SortColumn>> sortColumnsOf(SqliteConnection &connection, const OrderedQuery &query);

/// Some rows of a table, from which a SortCode and the bounds of its buckets are learned: some 4,000 from as many as 256 places, fewer
/// if they are long.
class SortSample final : private RowVisitor
{
public:
    static constexpr int mostPlaces = 256;

    explicit SortSample(int columns, int places = mostPlaces)
        : m_columns(columns)
        , m_places(places)
    {
        m_values.clear(columns);
    }

    /// From all over the table; `sql` selects the rowid and the columns from a rowid on.
    Result<> readPlaces(SqliteConnection &connection, const QString &sql, std::int64_t firstRow, std::int64_t lastRow);
    /// Some of the tied rows; `sql` selects the rowid and the columns of one rowid.
    Result<> readTied(SqliteConnection &connection, const QString &sql, const TiedRows &tied);

    const RowBlock &values() const { return m_values; }
    /// Of each column whether a table of `rows` rows seems to have so few values of it that a SortDictionary holds them, and each of
    /// them more than once. Only for places.
    std::vector<bool> haveFewValues(std::uint64_t rows) const;
    SortSplitters splitters(const SortCode &code) const;

private:
    bool visit(const ValueRef *values) override;
    bool isFull() const;
    bool hasFewValues(int column, double rows) const;

    const int m_columns;
    const int m_places;
    RowBlock m_values;
    std::vector<std::int64_t> m_rows;
    std::vector<int> m_placeOfRow;
    int m_place = 0;
    std::vector<std::uint64_t> m_ties; // of tied rows
};

} // namespace turnstone
