// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/lenses/transcript.h"

namespace turnstone {

/// One value over time: of a lens of kind `series`, or a score of the entries themselves.
struct Series
{
    QString title;
    QString by; ///< the model, the speaker; empty if it is not told apart
    std::optional<double> minimum, maximum;
    bool isHighGood = true;

    struct Point
    {
        double value = 0;
        int entry = -1; ///< of the transcript; -1: none is near
        std::optional<std::int64_t> time;
    };
    std::vector<Point> points;
};

/// The series that belong to a transcript: the profile's for its record or its chapters, each point placed at its entry (by the
/// entry's key, else by time), then the entries' own scores. Empty series are left out. Blocks.
[[nodiscard]] Result<std::vector<Series>> readSeries(const LensScope &scope, const TranscriptLens &lens, const Transcript &transcript, const RowKey &record);

} // namespace turnstone
