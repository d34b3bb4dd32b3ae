// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/lenses/lenssource.h"
#include "models/profiles/pricelist.h"

namespace turnstone {

class Hierarchy;
class TreePath;

/// Sums over the calls or messages below a record.
struct TotalsLine
{
    QString model; ///< empty: the application does not say which
    std::int64_t rows = 0;
    /// Absent: no row has them.
    std::optional<double> tokensIn, tokensOut, tokens, latencyMs;
    /// Absent: the price is unknown, or the counts that it needs are.
    std::optional<double> cost;
    /// Rows without any count of tokens.
    std::int64_t uncounted = 0;
};

struct Totals
{
    std::vector<TotalsLine> lines; ///< by model, the most tokens first
    TotalsLine all;                ///< its cost is absent as soon as that of one model is
    /// What is known of the cost, where not all of it is.
    double knownCost = 0;
    bool isEmpty() const { return all.rows == 0; }
};

/// Whether totals can be given of rows of the table: a totals lens sums it, or the trees lead from it down to what one sums.
bool hasTotals(const ResolvedProfile &profile, const QString &table);
bool hasTotals(const ResolvedProfile &profile);

/// Sums what stands below one record along the profile's trees; one statement for each source. Blocks.
/// Errors: NotFound if there is no such record, or nothing to sum below it.
[[nodiscard]] Result<Totals> readTotals(const LensScope &scope, const QString &table, const RowKey &key, const PriceList &prices);
/// The same at a place in the trees: below a record, below the rows of a group, or of everything there is where the path is empty.
/// The hierarchy is one of the same connection.
[[nodiscard]] Result<Totals> readTotals(const LensScope &scope, Hierarchy &hierarchy, const TreePath &place, const PriceList &prices);

/// "12,480 tokens · 3 min 20 s · $0.0312", or "cost unknown"; for one line.
QString tokensAndCost(const TotalsLine &line);
/// Of everything: "at least $0.0103" where only a part of the cost is known.
QString tokensAndCost(const Totals &totals);
QString costText(std::optional<double> dollars);

} // namespace turnstone
