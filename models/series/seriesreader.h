// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/database/connection.h"
#include "models/profiles/pricelist.h"
#include "models/series/serieslens.h"

#include <functional>

namespace turnstone {

/// The points of a series, column by column; every list but `figures` (by figure) and `names` is as long. What is not there
/// is not a number.
struct SeriesData
{
    static constexpr std::size_t mostPoints = 500'000;

    std::vector<double> times;    ///< microseconds since 1970 UTC
    std::vector<double> ordinals;
    std::vector<std::uint32_t> by; ///< index into names
    std::vector<std::vector<double>> figures;
    std::vector<Value> keys; ///< empty if the lens knows none
    QStringList names;       ///< what `by` says; one empty name without it
    std::int64_t rows = 0;   ///< read
    std::int64_t stride = 1; ///< every so manieth row is here

    std::size_t size() const { return by.size(); }
};

/// Called with rows read.
using SeriesProgress = std::function<void(std::int64_t)>;

/// Reads the points, those of one record if `record` (by its key in the application) is not empty. Blocks; the connection's stop
/// token ends it with Cancelled. Rows without any figure are left out.
[[nodiscard]] Result<SeriesData> readSeries(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, const SeriesLens &lens,
                                            const RowKey &record, const PriceList &prices, const SeriesProgress &progress = {});

} // namespace turnstone
