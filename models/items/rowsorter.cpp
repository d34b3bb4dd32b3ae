// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/rowsorter.h"

#include "models/database/sqlitescan.h"
#include "models/database/twinreaders.h"
#include "models/items/keylistmaker.h"
#include "models/items/rowfiltersql.h"
#include "models/items/sortsample.h"

#include <QCoreApplication>

#include <algorithm>
#include <barrier>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>

namespace turnstone {

using namespace Qt::StringLiterals;
using Rest = SortCoded::Rest;

namespace {

constexpr std::uint64_t piecesOfTable = 64;
constexpr std::uint64_t spareRows = 65'536; // that may be added between looking and reading
constexpr std::size_t askedAtOnce = 4096;
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
    for (int attempt = 0; attempt < mostAttempts; ++attempt) {
        progress.restart();
        RowSorter sorter(query, *columns, progress, limits, connection.stopToken());
        const Result<Outcome> sorted = sorter.run(connection);
        if (!sorted)
            return failure(sorted);
        if (*sorted != Outcome::Again)
            return *sorted == Outcome::Sorted;
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
    const bool alone = !isWhole || static_cast<std::uint64_t>(m_lastRow) - static_cast<std::uint64_t>(m_firstRow) < m_limits.worthTwins;
    m_pieces = alone ? 1 : piecesOfTable;
    std::optional<Meeting> meeting;
    std::once_flag made;
    const Result<int> readers = runTwins(
        connection, m_stop,
        [&](Connection &reading, int count) {
            std::call_once(made, [&] {
                m_buckets.resize(static_cast<std::size_t>(count));
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
        guarded([&] {
            m_buckets[static_cast<std::size_t>(reader)] = std::make_unique<SortBuckets>(m_splitters);
            read(connection, *m_buckets[static_cast<std::size_t>(reader)]);
        });
        if (!meeting.wait())
            return;
        if (!m_anyRest)
            connection.rollback(); // nothing will be looked at again
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
    const int columns = static_cast<int>(m_columns.size());
    SortSample sample(columns);
    if (const Result<> read =
            sample.readPlaces(connection, u"SELECT %1 FROM %2 WHERE %3 >= ?1"_s.arg(m_columnList, from, rowid), m_firstRow, m_lastRow);
        !read)
        return read;
    const std::uint64_t room = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max() - std::max<std::int64_t>(m_lastRow, 0));
    m_code.emplace(m_columns, sample.values(), m_firstRow, m_lastRow + static_cast<std::int64_t>(std::min(room, spareRows)));
    m_splitters = sample.splitters(*m_code);
    m_done.resize(SortSplitters::buckets);
    m_mostOpen = static_cast<std::size_t>(std::clamp<std::uint64_t>(span / readForOneAsked, std::min(askedAtOnce, m_limits.mostOpen), m_limits.mostOpen));
    if (m_query.selection().filters.empty() && span < 1'000'000'000'000)
        m_progress.total = static_cast<qint64>(span) + 1;
    return {};
}

namespace {

/// Makes entries of rows; of a later round only of those that it is about.
class EntryMaker final : public RowVisitor
{
public:
    EntryMaker(const SortCode &code, const TiedRows *tied, std::int64_t firstRow, SortBuckets &buckets)
        : m_code(code)
        , m_tied(tied)
        , m_next(tied != nullptr ? tied->from(firstRow) : 0)
        , m_buckets(buckets)
    {
    }
    bool visit(const ValueRef *values) override
    {
        ++m_rows;
        const std::int64_t row = values[0].integer();
        std::uint64_t tie = 0;
        if (m_tied != nullptr) {
            while (m_next < m_tied->size() && m_tied->row(m_next) < row)
                ++m_next;
            if (m_next == m_tied->size() || m_tied->row(m_next) != row)
                return true;
            tie = m_tied->tie(m_next);
        }
        const std::optional<SortWord> entry = m_code.of(row, values + 1, tie);
        m_isOutside = !entry;
        if (m_isOutside)
            return false;
        m_anyRest = m_anyRest || m_code.restOf(*entry) != Rest::At;
        m_buckets.add(*entry);
        return true;
    }

    qint64 rows() const { return m_rows; }
    bool anyRest() const { return m_anyRest; }
    bool isOutside() const { return m_isOutside; }

private:
    const SortCode &m_code;
    const TiedRows *m_tied;
    std::size_t m_next;
    SortBuckets &m_buckets;
    qint64 m_rows = 0;
    bool m_anyRest = false;
    bool m_isOutside = false;
};

} // namespace

void RowSorter::read(SqliteConnection &connection, SortBuckets &buckets)
{
    const CatalogTable &table = m_query.table();
    const QString rowid = m_query.query().keyList();
    const std::uint64_t span = static_cast<std::uint64_t>(m_lastRow) - static_cast<std::uint64_t>(m_firstRow);
    for (std::uint64_t piece = m_nextPiece++; piece < m_pieces && !isStopped(); piece = m_nextPiece++) {
        const auto beginOf = [&](std::uint64_t of) {
            return static_cast<std::int64_t>(static_cast<std::uint64_t>(m_firstRow) + span / m_pieces * of);
        };
        BoundSql sql(table.engine);
        QStringList conditions;
        if (const QString filters = RowFilterSql::where(table, m_query.selection().filters, sql); !filters.isEmpty())
            conditions.append(filters);
        if (piece > 0)
            conditions.append(rowid + u" >= "_s + sql.place(Value::integer(beginOf(piece))));
        if (piece + 1 < m_pieces)
            conditions.append(rowid + u" < "_s + sql.place(Value::integer(beginOf(piece + 1))));
        const QString where = conditions.isEmpty() ? QString() : u" WHERE "_s + conditions.join(u" AND "_s);
        EntryMaker maker(*m_code, m_tied ? &*m_tied : nullptr, beginOf(piece), buckets);
        const Result<bool> read = scanSqlite(connection, m_columnList, u"FROM "_s + m_query.query().from() + where, sql.parameters, maker);
        if (!read)
            return fail(read.error());
        if (maker.isOutside())
            return giveUp(Outcome::Again);
        if (maker.anyRest())
            m_anyRest = true;
        if (!m_tied)
            m_progress.rows += maker.rows();
    }
}

std::optional<SortedRun> RowSorter::sortBucket(std::size_t bucket)
{
    std::size_t size = 0;
    for (const auto &read : m_buckets)
        size += read->size(bucket);
    SortedRun run;
    run.size = size;
    if (size == 0)
        return run;
    auto *const words = static_cast<SortWord *>(std::malloc(size * sizeof(SortWord)));
    if (words == nullptr)
        throw std::bad_alloc();
    std::unique_ptr<void, decltype(&std::free)> memory(words, &std::free);
    SortWord *end = words;
    for (const auto &read : m_buckets)
        end = read->take(bucket, end);
    if (!sortWords(words, end, [this] { return isStopped(); }))
        return {};
    for (std::size_t begin = 0; m_anyRest && begin < size;) {
        std::size_t behind = begin + 1;
        while (behind < size && m_code->isSameCode(words[begin], words[behind]))
            ++behind;
        if (behind - begin > 1 && m_code->restOf(words[begin]) != Rest::At)
            run.ties.push_back({m_isDescending ? size - behind : begin, behind - begin, m_code->restOf(words[begin]) == Rest::Open});
        begin = behind;
    }
    if (m_isDescending)
        std::ranges::reverse(run.ties);
    // The rows take the lower half of the same memory, and the rest is given back.
    auto *const bytes = static_cast<char *>(memory.release());
    for (std::size_t i = 0; i < size; ++i) {
        SortWord word;
        std::memcpy(&word, bytes + i * sizeof word, sizeof word);
        const std::int64_t row = m_code->rowOf(word);
        std::memcpy(bytes + i * sizeof row, &row, sizeof row);
    }
    void *const shrunk = std::realloc(bytes, size * sizeof(std::int64_t));
    auto *const rows = static_cast<std::int64_t *>(shrunk != nullptr ? shrunk : bytes);
    if (m_isDescending)
        std::reverse(rows, rows + size);
    run.rows = std::shared_ptr<std::int64_t>(rows, [](std::int64_t *of) { std::free(of); });
    return run;
}

void RowSorter::sortBuckets(SqliteConnection &connection)
{
    for (std::size_t index = m_nextBucket++; index < SortSplitters::buckets && !isStopped(); index = m_nextBucket++) {
        std::optional<SortedRun> run = sortBucket(m_isDescending ? SortSplitters::buckets - 1 - index : index);
        if (!run)
            return;
        if (const Result<> ordered = orderTies(connection, *run); !ordered)
            return fail(ordered.error());
        finish(index, std::move(*run));
    }
}

Result<> RowSorter::orderTies(SqliteConnection &connection, SortedRun &run)
{
    // Many that are Open are better read once more; those that were rounded have little in common.
    const auto isAsked = [this](const SortedRun::Tie &tie) {
        return tie.isOpen ? (m_askedOpen += tie.count) <= m_mostOpen : (m_askedRounded += tie.count) <= m_limits.mostRounded;
    };
    std::vector<SortedRun::Tie> asked;
    std::vector<SortedRun::Tie> left;
    for (const SortedRun::Tie &tie : run.ties)
        (isAsked(tie) ? asked : left).push_back(tie);
    run.ties = std::move(left);
    for (auto first = asked.cbegin(); first != asked.cend();) {
        std::size_t count = 0;
        auto behind = first;
        for (; behind != asked.cend() && count < askedAtOnce; ++behind)
            count += behind->count;
        if (const Result<> ordered = askFor(connection, std::span(first, behind), run.rows.get()); !ordered)
            return ordered;
        first = behind;
    }
    return {};
}

/// Of several ties at once: they are in order already.
Result<> RowSorter::askFor(SqliteConnection &connection, std::span<const SortedRun::Tie> ties, std::int64_t *rows) const
{
    QByteArray list = "[";
    for (const SortedRun::Tie &tie : ties) {
        for (std::size_t i = tie.begin; i < tie.begin + tie.count; ++i)
            list += QByteArray::number(static_cast<qlonglong>(rows[i])) + ',';
    }
    list.back() = ']';
    const QString sql = u"SELECT %1 FROM %2 WHERE %1 IN (SELECT value FROM json_each(?1)) ORDER BY %3"_s.arg(
        m_query.query().keyList(), m_query.query().from(), m_query.order().orderBy());
    auto tie = ties.begin();
    std::size_t at = 0;
    const Result<> read = connection.forEachRow(sql, {Value::text(list)}, [&](const RowBlock &block, int row) {
        if (tie == ties.end())
            return false;
        rows[tie->begin + at] = block.at(row, 0).integer();
        if (++at == tie->count) {
            ++tie;
            at = 0;
        }
        return true;
    });
    if (read && tie != ties.end()) {
        return failure(ErrorCode::Corrupt,
                       QCoreApplication::translate("RowSorter", "Rows of \"%1\" are not found by their rowid: the file is damaged.")
                           .arg(m_query.table().name));
    }
    return read;
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
    m_nextPiece = 0;
    m_nextBucket = 0;
    m_askedOpen = 0;
    m_askedRounded = 0;
}

} // namespace turnstone
