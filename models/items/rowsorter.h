// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/sqliteconnection.h"
#include "models/items/keylist.h"
#include "models/items/orderedquery.h"
#include "models/items/sortbuckets.h"
#include "models/items/sortcode.h"
#include "models/items/sortedrun.h"
#include "models/items/sortsample.h"
#include "models/items/sortscan.h"
#include "models/items/tieasker.h"
#include "models/items/tiedrows.h"

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace turnstone {

class KeyListProgress;

/// Sorts the rows of a SQLite table by the values of some columns, exactly as the engine's ORDER BY, without an index and
/// without keeping the values.
///
/// A sample of the rows teaches a SortCode. Then two readers (runTwins) share the table, make a number of 128 bits of each row
/// and throw it into one of 256 buckets; each bucket is sorted by itself, and its rows are handed on in order: the first as
/// soon as all rows are read. Rows whose codes are the same although their values may differ are put in order by the
/// engine if they are few; if they are many, they are read once more for the next part of their values. If a column seems to have few
/// values and they are too long for a code, they are collected (SortDictionary); should they turn out to be many, all is begun anew
/// without that.
///
/// 16 bytes a row and some 50 MB while it works, up to 100 MB more for collected values; 8 bytes a row afterwards. The read
/// transaction ends before the sorting unless values must be looked at again. For a connection's thread; stops with its stop token.
class RowSorter
{
public:
    struct Limits
    {
        std::size_t mostOpen = 400'000;     ///< rows that the code left open and the engine puts in order; fewer of a small table
        std::size_t mostRounded = 400'000;  ///< and those that it rounded
        std::uint64_t worthTwins = 200'000; ///< rows that two readers share
        std::size_t mostValues = SortDictionary::mostValues; ///< of a column, to be collected; 0: none are
        int samplePlaces = SortSample::mostPlaces;
    };

    /// Whether the query is of a kind that may be sorted here: asks nobody.
    static bool isFor(const OrderedQuery &query);
    /// Parts go to `progress` in order. False if it cannot be done here; then nothing that went there counts.
    static Result<bool> sort(SqliteConnection &connection, const OrderedQuery &query, KeyListProgress &progress, const Limits &limits);

    RowSorter(const OrderedQuery &query, std::vector<SortColumn> columns, KeyListProgress &progress, const Limits &limits,
              std::stop_token stop);
    ~RowSorter();
    Q_DISABLE_COPY_MOVE(RowSorter)

private:
    enum class Outcome { Sorted, NotHere, Again, AgainWithoutDictionaries };
    struct Meeting;

    Result<Outcome> run(SqliteConnection &connection);
    Result<> learn(SqliteConnection &connection);
    void learnMore(SqliteConnection &connection);
    void work(SqliteConnection &connection, Meeting &meeting);
    void read(SqliteConnection &connection, SortEntries &entries);
    void settleDictionaries();
    void sortBuckets(SqliteConnection &connection);
    void finish(std::size_t index, SortedRun run);
    void endRound();
    void hand(SortedRun run);
    void guarded(const std::function<void()> &step);
    void fail(const Error &error);
    void giveUp(Outcome outcome);
    bool isStopped() const { return m_stop.stop_requested() || m_hasFailed; }

    const OrderedQuery &m_query;
    KeyListProgress &m_progress;
    const Limits m_limits;
    const std::stop_token m_stop;
    const std::vector<SortColumn> m_columns;
    const QString m_columnList; // the rowid and the sort columns, quoted
    const bool m_isDescending;
    std::int64_t m_firstRow = 0;
    std::int64_t m_lastRow = -1;
    std::optional<SortScan> m_scan;
    std::optional<TieAsker> m_asker;

    // Of one round; changed between rounds only.
    std::optional<SortCode> m_code;
    std::optional<TiedRows> m_tied; // of a later round: the rows that it is about
    SortSplitters m_splitters;
    std::vector<SortEntries> m_read; // of each reader

    std::atomic<std::size_t> m_nextBucket = 0;
    std::atomic<bool> m_hasFailed = false;

    std::mutex m_mutex;                           // guards everything below
    std::vector<std::optional<SortedRun>> m_done; // of this round
    std::size_t m_handed = 0;
    std::vector<SortedRun> m_held; // in order, from the first on that has ties
    std::optional<Error> m_error;
    Outcome m_outcome = Outcome::Sorted;
};

} // namespace turnstone
