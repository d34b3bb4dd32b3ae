// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/lenses/transcript.h"

namespace turnstone {

/// A record that needs somebody, with the last that happened in it.
struct FailedRecord
{
    RowKey key;
    QString title;
    QStringList badges;
    QString last; ///< the beginning of it
};

struct FailedList
{
    QString title;
    QString table;
    std::vector<FailedRecord> records;
    bool hasMore = false;

    static constexpr int most = 200;
};

bool hasFailedLists(const ResolvedProfile &profile);
/// All lists of the profile's lenses of kind `failed-first`, each with its newest records. Blocks.
[[nodiscard]] Result<std::vector<FailedList>> readFailedLists(const LensScope &scope);

} // namespace turnstone
