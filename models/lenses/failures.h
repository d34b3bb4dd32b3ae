// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/lenses/transcript.h"
#include "models/profiles/hierarchy.h"

namespace turnstone {

/// A record that needs somebody, with the last that happened in it.
struct FailedRecord
{
    RowKey key;
    QString title;
    std::vector<TreeBadge> badges;
};

/// One of the last things said in a record, its beginning.
struct LastEntry
{
    QString speaker;
    QString text;
};

struct FailedList
{
    QString title;
    QString table;
    std::vector<FailedRecord> records;
    bool hasMore = false;
    QJsonObject last; ///< the source of what was said last; empty if the profile names none

    static constexpr int most = 200;
    static constexpr int lastEntries = 3;
};

bool hasFailedLists(const ResolvedProfile &profile);
/// All lists of the profile's lenses of kind `failed-first`, each with its newest records. Blocks.
[[nodiscard]] Result<std::vector<FailedList>> readFailedLists(const LensScope &scope);
/// What was said last in each of some records of a list, in the order it was said. Blocks.
[[nodiscard]] Result<std::vector<std::vector<LastEntry>>> readLastEntries(const LensScope &scope, const FailedList &list, const std::vector<RowKey> &records);

} // namespace turnstone
