// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/lenses/transcript.h"

namespace turnstone {

/// A text of a finding with what is marked in it.
struct FindingText
{
    QString title; ///< who said it
    QString text;
    qsizetype start = -1; ///< UTF-16; -1: what it is about does not stand in it word for word
    qsizetype length = 0;
};

/// A contradiction, a loop or a citation, with what it is about.
struct LensFinding
{
    enum class Kind { Contradiction, Loop, Citation };
    Kind kind = Kind::Contradiction;
    QString table;
    RowKey key;
    QString title;
    QString state;       ///< "open", "resolved", "verified" …
    bool isOpen = false; ///< somebody should look at it
    std::vector<FindingText> texts; ///< the two messages, the members of the loop, the citing message
    QString explanation;
    QString suggestion;
    QString url;
};

bool hasFindings(const ResolvedProfile &profile);
/// The lens of findings of that table: null if there is none.
const Lens *findingLensFor(const ResolvedProfile &profile, const QString &table);
/// All findings of the database, open ones first, at most `limit` of each kind, without their texts. Blocks.
[[nodiscard]] Result<std::vector<LensFinding>> listFindings(const LensScope &scope, int limit = 500);
/// One of them with its texts. Blocks. Errors: NotFound.
[[nodiscard]] Result<LensFinding> readFinding(const LensScope &scope, const Lens &lens, const RowKey &key);

} // namespace turnstone
