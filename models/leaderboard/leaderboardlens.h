// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"
#include "models/profiles/resolvedprofile.h"

#include <map>
#include <optional>

namespace turnstone {

/// A lens of kind `leaderboard` (resources/profiles/README.md) as types. Fields that the lens leaves out
/// are nothing.
struct LeaderboardLens
{
    QString id;
    QString title;
    /// The table of the contests.
    QString table;

    struct Contest
    {
        FieldRef time;
        std::optional<FieldRef> winner;
        std::vector<ProfileCondition> where;
    };
    struct Players
    {
        QString table;
        ColumnLink link; ///< player's columns → contest's
        std::vector<ProfileCondition> where;
        FieldRef competitor;
        std::optional<FieldRef> side;
        std::optional<FieldRef> reward;
    };
    /// Instead of contest and players: gives contest, at, competitor, side, rank, and perhaps the key of the record that the
    /// contest belongs to if that is not the contest.
    QString sql;
    Contest contest;
    Players players;
    /// Value of the winner → the sides that won then.
    std::vector<std::pair<QString, QStringList>> teams;
    std::map<QString, double> weights;

    struct Stored
    {
        QString table;
        QString competitor;
        QString mu;
        QString sigma;
        QString updated; ///< may be empty
    };
    std::optional<Stored> stored;

    struct Competitors
    {
        QString table;
        LabelTemplate label;
        std::vector<std::pair<QString, FieldRef>> groups;
        std::optional<FieldRef> active;
    };
    std::optional<Competitors> competitors;

    struct Calls
    {
        QString table;
        ColumnLink link; ///< call's columns → usage's
        std::optional<FieldRef> model;
        std::optional<FieldRef> tokensIn;
        std::optional<FieldRef> tokensOut;
        std::optional<FieldRef> tokens;
        std::optional<FieldRef> time;
    };
    struct Usage
    {
        QString table;
        ColumnLink link; ///< usage's columns → contest's
        std::optional<FieldRef> player; ///< the same in the table of the players
        std::optional<FieldRef> tokens;
        std::optional<FieldRef> latency;
        std::optional<Calls> calls;
    };
    std::optional<Usage> usage;
    /// Instead of usage: gives competitor, contests, tokens, records with tokens, milliseconds, records with milliseconds.
    QString usageSql;

    /// Errors: InvalidInput if the lens is none of this kind or lacks a part.
    [[nodiscard]] static Result<LeaderboardLens> from(const Lens &lens);
};

/// The profile's first leaderboard, or that of `id`. Errors: NotFound.
[[nodiscard]] Result<LeaderboardLens> leaderboardOf(const ResolvedProfile &profile, const QString &id = {});

} // namespace turnstone
