// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/core/result.h"
#include "models/database/sessionpool.h"
#include "models/items/rowselection.h"

#include <QFuture>

#include <chrono>
#include <optional>
#include <stop_token>
#include <vector>

namespace turnstone {

/// How often one value occurs in a column.
struct FacetValue
{
    Value value; // NULL too
    qint64 count = 0;
};

/// Which values a column has among the rows that pass filters, and how often.
struct Facets
{
    /// The most frequent first.
    std::vector<FacetValue> values;
    /// Whether the counts are over all rows; else each reads "at least".
    bool isExact = false;
    /// Rows counted.
    qint64 rows = 0;
    /// Rows whose value is too long to be one of a few.
    qint64 longRows = 0;
    /// Different values seen, and whether those are all.
    qint64 distinct = 0;
    bool isDistinctExact = false;
    /// Of numbers and times: the least and the greatest, as far as they are known.
    std::optional<Value> least;
    std::optional<Value> greatest;
};

struct FacetLimits
{
    int values = 50;
    /// Beyond so many different values only those already seen are counted further.
    int distinct = 10'000;
    std::chrono::milliseconds time{1000};
};

/// Counts the values of a column among the rows that pass all filters, for at most about `limits.time`. On
/// SQLite texts count by their bytes, whatever the collation, and 1 counts with 1.0. Errors: NotFound,
/// InvalidInput and what the engine says; Cancelled by `stop`. `pool` must outlive the future.
[[nodiscard]] QFuture<Result<Facets>> readFacets(SessionPool &pool, const CatalogTable &table, const QString &column,
                                                 const std::vector<RowFilter> &filters, const FacetLimits &limits = {}, std::stop_token stop = {});

} // namespace turnstone
