// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/database/connection.h"
#include "models/leaderboard/leaderboardlens.h"
#include "models/rating/ratingsystem.h"

#include <QDateTime>

namespace turnstone {

/// The ratings that the application keeps in its own table.
class StoredRatings
{
public:
    struct Row
    {
        Value competitor;
        /// As stored, to tell later whether somebody changed them.
        Value mu;
        Value sigma;
        /// Nothing if they are no usable numbers.
        std::optional<rating::Rating> rating;
    };
    struct Change
    {
        Value competitor;
        rating::Rating rating;
    };

    /// The lens must have Stored. Keeps references to all three.
    StoredRatings(const Catalog &catalog, const ResolvedProfile &profile, const LeaderboardLens::Stored &lens);

    [[nodiscard]] Result<std::vector<Row>> read(Connection &connection) const;
    /// Writes `changes` in one transaction: rows of `before` are updated if they still hold what they
    /// held, others are inserted. Returns how many rows were written. Errors: Conflict if a row was changed
    /// or appeared meanwhile (nothing is written then), ReadOnly, Constraint, ….
    [[nodiscard]] Result<int> write(Connection &connection, const std::vector<Row> &before, const std::vector<Change> &changes,
                                    const QDateTime &nowUtc) const;

private:
    Result<int> writeInTransaction(Connection &connection, const std::vector<Row> &before, const std::vector<Change> &changes,
                                   const QDateTime &nowUtc) const;
    Value moment(const QDateTime &nowUtc) const;

    const Catalog &m_catalog;
    const ResolvedProfile &m_profile;
    const LeaderboardLens::Stored &m_lens;
};

} // namespace turnstone
