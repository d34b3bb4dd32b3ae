// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/value.h"
#include "models/find/textmatcher.h"

#include <QStringList>

#include <cstdint>
#include <vector>

namespace turnstone {

/// What to find and where.
struct FindQuery
{
    FindWords words;
    /// Only in this table; empty: everywhere.
    QString table;
    QString schema; ///< of `table`
    /// Whether full-text indexes of the database answer for the columns that they hold. They know whole words and
    /// beginnings of words only.
    bool usesIndexes = true;
    /// So many hits in one table, and in all; then it ends.
    int mostInTable = 1000;
    int most = 10'000;
};

/// A value in which something was found.
struct FindHit
{
    QString schema;
    QString table;
    QStringList keyColumns;
    RowKey key; ///< the application's; empty if rows have no identity
    QString column;
    Excerpt excerpt;
    /// Its place among all hits: that of the piece of work, then within it.
    std::int64_t order = 0;
};

/// How it ended.
struct FindSummary
{
    int hits = 0;
    /// There are more than were wanted.
    bool isCut = false;
    std::int64_t rowsRead = 0;
    /// Names of the full-text indexes that were used.
    QStringList indexes;
    /// Tables that could not be searched, with the reason.
    QStringList problems;
};

} // namespace turnstone
