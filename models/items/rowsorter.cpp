// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/rowsorter.h"

#include "models/database/sqlitescan.h"
#include "models/database/twinreaders.h"
#include "models/items/keylistmaker.h"

#include <QCoreApplication>

#include <algorithm>
#include <barrier>
#include <limits>
#include <new>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr std::uint64_t piecesOfTable = 64;
constexpr std::uint64_t spareRows = 65'536; // that may be added between looking and reading
constexpr std::size_t alwaysAsked = 4096; // rows that are open, however few the table has
constexpr std::uint64_t readForOneAsked = 32; // estimated: rows read in the time that the engine needs for one it is asked for
constexpr std::size_t freeBytes = 150 << 20; // beside 16 bytes a row
constexpr int mostRounds = 8;
constexpr int mostAttempts = 3;

QString columnListOf(const OrderedQuery &query)
{
    QStringList names{query.query().keyList()};
    for (const RowOrder::Column &column : query.order().columns())
        names.append(column.name);
    names.removeLast(); // the key again
    return names.join(u", "_s);
}

} // namespace

/// Where the readers wait for each other. `goOn` says to all the same, whatever happens meanwhile.
struct RowSorter::Meeting
{
    struct Note
    {
        Meeting *meeting;
        void operator()() const noexcept { meeting->goOn = !meeting->sorter->m_hasFailed && !meeting->sorter->m_stop.stop_requested(); }
    };

    Meeting(RowSorter *of, int readers)
        : sorter(of)
        , barrier(readers, Note{this})
    {
    }
    bool wait()
    {
        barrier.arrive_and_wait();
        return goOn;
    }

    RowSorter *sorter;
    std::barrier<Note> barrier;
    bool goOn = true;
    std::atomic<int> nextReader = 0;
};

bool RowSorter::isFor(const OrderedQuery &query)
{
    return query.table().engine == Engine::Sqlite && query.query().isKeyRowid() && query.order().size() > 1
           && query.order().size() <= mostScanned && query.order().columns().back().name == query.query().keyList();
}

Result<bool> RowSorter::sort(SqliteConnection &connection, const OrderedQuery &query, KeyListProgress &progress, const Limits &limits)
{
    const std::optional<std::vector<SortColumn>> columns = isFor(query) ? sortColumnsOf(connection, query) : std::nullopt;
    if (!columns)
        return false;
    Limits limited = limits;
    for (int attempt = 0; attempt < mostAttempts; ++attempt) {
        progress.restart();
        RowSorter sorter(query, *columns, progress, limited, connection.stopToken());
        const Result<Outcome> sorted = sorter.run(connection);
        if (!sorted)
            return failure(sorted);
        if (*sorted == Outcome::Sorted || *sorted == Outcome::NotHere)
            return *sorted == Outcome::Sorted;
        if (*sorted == Outcome::AgainWithoutDictionaries)
            limited.mostValues = 0;
    }
    return false;
}

RowSorter::RowSorter(const OrderedQuery &query, std::vector<SortColumn> columns, KeyListProgress &progress, const Limits &limits,
                     std::stop_token stop)
    : m_query(query)
    , m_progress(progress)
    , m_limits(limits)
    , m_stop(std::move(stop))
    , m_columns(std::move(columns))
    , m_columnList(columnListOf(query))
    , m_isDescending(query.order().columns().back().isDescending)
{
}

RowSorter::~RowSorter() = default;

Result<RowSorter::Outcome> RowSorter::run(SqliteConnection &connection)
{
    if (const Result<> learned = learn(connection); !learned)
        return failure(learned);
    const bool isWhole = m_query.selection().filters.empty();
    const std::uint64_t span = static_cast<std::uint64_t>(m_lastRow) - static_cast<std::uint64_t>(m_firstRow);
    const bool alone = !isWhole || span < m_limits.worthTwins;
    m_scan.emplace(m_query, m_columnList, m_firstRow, m_lastRow, alone ? 1 : piecesOfTable);
    const std::uint64_t mostOpen = std::clamp<std::uint64_t>(span / readForOneAsked, std::min(alwaysAsked, m_limits.mostOpen), m_limits.mostOpen);
    m_asker.emplace(m_query, static_cast<std::size_t>(mostOpen), m_limits.mostRounded);
    std::optional<Meeting> meeting;
    std::once_flag made;
    const Result<int> readers = runTwins(
        connection, m_stop,
        [&](Connection &reading, int count) {
            std::call_once(made, [&] {
                m_read.resize(static_cast<std::size_t>(count));
                meeting.emplace(this, count);
            });
            work(static_cast<SqliteConnection &>(reading), *meeting);
        },
        alone);
    if (!readers)
        return failure(readers);
    const std::lock_guard lock(m_mutex);
    if (m_error)
        return tl::unexpected(*m_error);
    if (m_stop.stop_requested())
        return failure(ErrorCode::Cancelled, QCoreApplication::translate("Connection", "The work was stopped."));
    return m_outcome;
}

void RowSorter::work(SqliteConnection &connection, Meeting &meeting)
{
    const int reader = meeting.nextReader++;
    for (int round = 0; round < mostRounds; ++round) {
        guarded([&] { read(connection, m_read[static_cast<std::size_t>(reader)]); });
        if (!meeting.wait())
            return;
        if (!m_scan->anyRest())
            connection.rollback(); // nothing will be looked at again
        if (reader == 0)
            guarded([&] { settleDictionaries(); });
        if (!meeting.wait())
            return;
        guarded([&] { sortBuckets(connection); });
        if (!meeting.wait())
            return;
        if (reader == 0)
            guarded([&] { endRound(); });
        if (!meeting.wait() || m_held.empty())
            return;
        if (reader == 0)
            guarded([&] { learnMore(connection); });
        if (!meeting.wait())
            return;
    }
    giveUp(Outcome::NotHere);
}

void RowSorter::guarded(const std::function<void()> &step)
{
    try { // who did not come to the meeting would be waited for
        step();
    } catch (const std::bad_alloc &) {
        fail({ErrorCode::Io, QCoreApplication::translate("RowSorter", "There is not enough memory to sort the rows."), {}, -1});
    }
}

void RowSorter::fail(const Error &error)
{
    const std::lock_guard lock(m_mutex);
    if (!m_error)
        m_error = error;
    m_hasFailed = true;
}

void RowSorter::giveUp(Outcome outcome)
{
    const std::lock_guard lock(m_mutex);
    m_outcome = outcome;
    m_hasFailed = true;
}

Result<> RowSorter::learn(SqliteConnection &connection)
{
    const QString rowid = m_query.query().keyList();
    const QString &from = m_query.query().from();
    for (const bool first : {true, false}) { // each by itself is one look at the tree
        const Result<Value> end = connection.queryValue(u"SELECT %1(%2) FROM %3"_s.arg(first ? u"min"_s : u"max"_s, rowid, from));
        if (!end)
            return failure(end);
        (first ? m_firstRow : m_lastRow) = end->type() == ValueType::Integer ? end->integer() : 0;
    }
    const std::uint64_t span = static_cast<std::uint64_t>(m_lastRow) - static_cast<std::uint64_t>(m_firstRow);
    SortSample sample(static_cast<int>(m_columns.size()), m_limits.samplePlaces);
    if (const Result<> read =
            sample.readPlaces(connection, u"SELECT %1 FROM %2 WHERE %3 >= ?1"_s.arg(m_columnList, from, rowid), m_firstRow, m_lastRow);
        !read)
        return read;
    const std::uint64_t room = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max() - std::max<std::int64_t>(m_lastRow, 0));
    const std::vector<bool> haveFewValues = m_limits.mostValues > 0 ? sample.haveFewValues(span) : std::vector<bool>(m_columns.size());
    m_code.emplace(m_columns, sample.values(), haveFewValues, m_firstRow, m_lastRow + static_cast<std::int64_t>(std::min(room, spareRows)));
    m_splitters = sample.splitters(*m_code);
    m_done.resize(SortSplitters::buckets);
    if (m_query.selection().filters.empty() && span < 1'000'000'000'000)
        m_progress.total = static_cast<qint64>(span) + 1;
    return {};
}

void RowSorter::read(SqliteConnection &connection, SortEntries &entries)
{
    entries.buckets = std::make_unique<SortBuckets>(m_splitters);
    entries.dictionaries = m_code->dictionaries(m_limits.mostValues);
    const auto tellRows = [this](qint64 rows) {
        if (!m_tied)
            m_progress.rows += rows;
    };
    const Result<SortScan::End> end =
        m_scan->read(connection, {*m_code, m_tied ? &*m_tied : nullptr, tellRows, [this] { return isStopped(); }}, entries);
    if (!end)
        return fail(end.error());
    if (*end == SortScan::End::RowOutside)
        giveUp(Outcome::Again);
    else if (*end == SortScan::End::TooManyValues)
        giveUp(Outcome::AgainWithoutDictionaries);
}

void RowSorter::settleDictionaries()
{
    for (std::size_t column = 0; column < m_columns.size(); ++column) {
        std::vector<SortDictionary *> all;
        for (const SortEntries &entries : m_read)
            all.push_back(entries.dictionaries[column].get());
        if (all.front() != nullptr)
            SortDictionary::settle(all);
    }
}

void RowSorter::sortBuckets(SqliteConnection &connection)
{
    const SortedRun::Making making{*m_code, m_isDescending, m_scan->anyRest(), [this] { return isStopped(); }};
    for (std::size_t index = m_nextBucket++; index < SortSplitters::buckets && !isStopped(); index = m_nextBucket++) {
        std::optional<SortedRun> run = SortedRun::make(m_isDescending ? SortSplitters::buckets - 1 - index : index, m_read, making);
        if (!run)
            return;
        if (const Result<> ordered = m_asker->order(connection, *run); !ordered)
            return fail(ordered.error());
        finish(index, std::move(*run));
    }
}

void RowSorter::finish(std::size_t index, SortedRun run)
{
    const std::lock_guard lock(m_mutex);
    m_done[index] = std::move(run);
    if (m_tied)
        return;
    for (; m_handed < m_done.size() && m_done[m_handed] && m_done[m_handed]->ties.empty(); ++m_handed)
        hand(std::move(*m_done[m_handed]));
}

void RowSorter::hand(SortedRun run)
{
    if (run.size > 0)
        m_progress.add(KeyList::Part(std::move(run.rows), static_cast<std::int64_t>(run.size)));
}

void RowSorter::endRound()
{
    const std::lock_guard lock(m_mutex);
    std::vector<SortedRun> runs;
    for (std::size_t i = m_tied ? 0 : m_handed; i < m_done.size(); ++i) {
        if (m_done[i])
            runs.push_back(std::move(*m_done[i]));
    }
    m_done.assign(SortSplitters::buckets, {});
    if (m_tied)
        TiedRows::pour(runs, m_held);
    else
        m_held = std::move(runs);
    m_tied.reset();
    auto next = m_held.begin();
    for (; next != m_held.end() && next->ties.empty(); ++next)
        hand(std::move(*next));
    m_held.erase(m_held.begin(), next);
}

void RowSorter::learnMore(SqliteConnection &connection)
{
    const std::size_t count = TiedRows::count(m_held);
    if (!TiedRows::isPossible(m_held, m_code->rowBits()) || count * 24 > freeBytes + static_cast<std::size_t>(m_progress.rows) * 8) {
        return giveUp(Outcome::NotHere);
    }
    m_tied.emplace(m_held, m_firstRow, m_isDescending);
    SortSample sample(static_cast<int>(m_columns.size()));
    const QString sql = u"SELECT %1 FROM %2 WHERE %3 = ?1"_s.arg(m_columnList, m_query.query().from(), m_query.query().keyList());
    if (const Result<> read = sample.readTied(connection, sql, *m_tied); !read)
        return fail(read.error());
    m_code.emplace(SortCode(*m_code, sample.values(), m_tied->ties(), TiedRows::areOpen(m_held)));
    m_splitters = sample.splitters(*m_code);
    m_scan->startOver();
    m_asker->startOver();
    m_nextBucket = 0;
}

} // namespace turnstone
