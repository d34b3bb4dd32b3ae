// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/browsing/columnmeaning.h"
#include "models/lenses/transcript.h"
#include "views/reading/readingview.h"

namespace turnstone {

/// How a transcript is shown.
struct TranscriptLook
{
    bool withRoles = true;
    /// Thinking, observations and the like: folded lines, or not at all.
    bool withAsides = true;
    bool areAsidesOpen = false;
    ShownZone zone = ShownZone::Utc;
};

/// The lines of a reading view for a transcript, and which of them is what.
struct TranscriptHeads
{
    std::vector<ReadingHead> heads;
    /// Of each head: an entry, or -1 - n for fact n, or `none`.
    std::vector<int> meaning;
    std::vector<int> headOfEntry;
    static constexpr int none = -1'000'000;
};

TranscriptHeads transcriptHeads(const Transcript &transcript, const TranscriptLook &look);
/// The texts of an entry, with citations and hits marked.
std::vector<ReadingPart> transcriptParts(const Transcript &transcript, int entry, const TranscriptBody &body, const TranscriptLook &look, const QString &format,
                                         const QRegularExpression &sections, const std::vector<TranscriptHit> &hits, qsizetype hitLength, const Tokens &tokens);
/// "1,204 tokens"; in and out where both are known.
QString tokensText(const TranscriptEntry &entry);

} // namespace turnstone
