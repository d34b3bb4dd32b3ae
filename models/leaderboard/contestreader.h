// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/database/connection.h"
#include "models/leaderboard/leaderboardlens.h"
#include "models/leaderboard/valueinterner.h"
#include "models/rating/contestlog.h"

#include <QStringList>

#include <functional>
#include <map>

namespace turnstone {

/// The contests of a database and what its numbers stand for.
struct Contests
{
    rating::ContestLog log; ///< in order of time; those without a time first, then by their order in the table
    ValueInterner ids;         ///< of ContestLog::ids
    ValueInterner competitors; ///< of Entry::competitor
    QStringList sides;         ///< of Entry::side
    std::vector<double> sideWeights;
    /// The key of the record that each of `ids` belongs to, if that is not the id itself.
    ValueInterner records;
    std::vector<std::uint32_t> recordOf;

    /// The key in the lens's table of the record that a contest (of ContestLog::ids) belongs to; nothing if it has several columns.
    std::optional<Value> recordKey(std::uint32_t id) const;
    /// Whether `ids` holds keys of several columns as one.
    bool isCompound = false;
    /// Why contests were left out, and how many.
    std::map<QString, int> leftOut;
};

/// Called with rows read.
using ContestProgress = std::function<void(std::int64_t)>;

/// Reads what the lens describes. Blocks; the connection's stop token ends it with Cancelled.
/// A contest counts if it has at least two teams, every player has a competitor and a side that a team
/// includes, and the winner's name or the players' rewards tell how it ended.
[[nodiscard]] Result<Contests> readContests(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile,
                                            const LeaderboardLens &lens, const ContestProgress &progress = {});

} // namespace turnstone
