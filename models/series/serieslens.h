// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"
#include "models/profiles/resolvedprofile.h"

#include <optional>
#include <vector>

namespace turnstone {

/// What can be drawn of one table: a lens of kind `series`, or a source of a lens `totals`
/// (resources/profiles/README.md), as types.
struct SeriesLens
{
    /// Unique in the profile; of paths and sessions.
    QString id;
    QString title;
    /// The table whose records the points belong to; empty: of none in particular.
    QString recordTable;
    QString table;
    ColumnLink link; ///< the point's columns → the record's
    std::vector<ProfileCondition> where;
    std::optional<FieldRef> time;
    std::optional<FieldRef> ordinal;
    std::optional<FieldRef> by;
    /// Column that identifies the point's row.
    std::optional<FieldRef> key;

    enum class Kind { Field, Duration, Cost };
    struct Figure
    {
        Kind kind = Kind::Field;
        FieldRef field;
        /// Duration: the time at which it ended. Milliseconds are shown.
        std::optional<FieldRef> until;
        QString title;
        /// Of the column, as the profile means it: "score-100", "duration-ms", …
        QString meaning;
        std::optional<double> minimum;
        std::optional<double> maximum;
        /// 1: high is good, -1: low is good, 0: neither.
        int good = 0;
    };
    std::vector<Figure> figures;
    // For Cost.
    std::optional<FieldRef> tokensIn;
    std::optional<FieldRef> tokensOut;
    std::optional<FieldRef> tokens;

    /// Errors: InvalidInput if the lens is none of this kind or lacks a part.
    [[nodiscard]] static Result<SeriesLens> from(const Lens &lens, const ResolvedProfile &profile);
};

/// Everything that can be drawn, in the profile's order; broken lenses are left out.
[[nodiscard]] std::vector<SeriesLens> seriesOf(const ResolvedProfile &profile);

} // namespace turnstone
