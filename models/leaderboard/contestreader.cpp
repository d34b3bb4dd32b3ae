// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/leaderboard/contestreader.h"

#include "models/core/timestamp.h"
#include "models/leaderboard/blockpipe.h"
#include "models/profiles/rowsql.h"

#include <QCoreApplication>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <thread>
#include <utility>

namespace turnstone {

using namespace Qt::StringLiterals;
using rating::ContestLog;

namespace {

QString translated(const char *text)
{
    return QCoreApplication::translate("ContestReader", text);
}

constexpr std::uint16_t noSide = 0xffff;
constexpr std::size_t mostSides = 0xfff0;

constexpr std::size_t cacheLine = 64;

/// A hint only; any address will do.
void prefetch(const void *address)
{
#if defined(__GNUC__)
    __builtin_prefetch(address);
#else
    static_cast<void>(address);
#endif
}

std::optional<double> numberOf(const ValueRef &value)
{
    if (value.type() == ValueType::Integer)
        return static_cast<double>(value.integer());
    if (value.type() == ValueType::Real)
        return std::isfinite(value.real()) ? std::optional(value.real()) : std::nullopt;
    double number = 0;
    const QByteArrayView text = textOf(value);
    const auto [end, error] = std::from_chars(text.begin(), text.end(), number);
    return error == std::errc() && end == text.end() && std::isfinite(number) ? std::optional(number) : std::nullopt;
}

/// Microseconds, whatever a number counts: only order and differences matter for epochs in other units.
std::int64_t timeOf(const ValueRef &value, const QString &meaning)
{
    if (value.isNull())
        return ContestLog::noTime;
    if (meaning == u"epoch-s" || meaning == u"epoch-ms") {
        const std::optional<double> number = numberOf(value);
        const double scaled = number.value_or(0) * (meaning == u"epoch-s" ? 1e6 : 1e3);
        return number && std::abs(scaled) < 9e18 ? static_cast<std::int64_t>(scaled) : ContestLog::noTime;
    }
    if (value.type() == ValueType::Integer)
        return value.integer();
    return microsecondsUtc(textOf(value)).value_or(ContestLog::noTime);
}

/// Numbers the names of sides, and knows the team of each.
class Sides
{
public:
    explicit Sides(const LeaderboardLens &lens) : m_lens(lens)
    {
        for (const auto &[winner, names] : lens.teams) {
            for (const QString &name : names)
                number(name.toUtf8());
        }
    }

    /// noSide if there are too many.
    std::uint16_t number(QByteArrayView name)
    {
        // Mostly a handful, of which one compares faster than it hashes.
        const std::size_t few = std::min<std::size_t>(m_utf8.size(), 8);
        for (std::size_t i = 0; i < few; ++i) {
            if (m_utf8[i] == name)
                return static_cast<std::uint16_t>(i);
        }
        const auto it = m_numbers.constFind(QByteArray::fromRawData(name.data(), name.size()));
        if (it != m_numbers.cend())
            return *it;
        if (m_names.size() >= static_cast<qsizetype>(mostSides))
            return noSide;
        const auto next = static_cast<std::uint16_t>(m_names.size());
        m_numbers.insert(name.toByteArray(), next);
        m_utf8.push_back(name.toByteArray());
        m_names.append(QString::fromUtf8(name));
        std::uint16_t team = m_lens.teams.empty() ? next : noSide;
        for (std::size_t i = 0; i < m_lens.teams.size(); ++i) {
            if (m_lens.teams[i].second.contains(m_names.last()))
                team = static_cast<std::uint16_t>(i);
        }
        m_teams.push_back(team);
        return next;
    }
    /// noSide for a side that belongs to no team.
    std::uint16_t team(std::uint16_t side) const { return m_teams[side]; }
    /// The team that a winner's name stands for; noSide for none.
    std::uint16_t winningTeam(QByteArrayView winner)
    {
        if (winner != m_lastWinner) {
            m_lastTeam = findTeam(QString::fromUtf8(winner));
            m_lastWinner = winner.toByteArray();
        }
        return m_lastTeam;
    }
    const QStringList &names() const { return m_names; }

private:
    std::uint16_t findTeam(const QString &winner)
    {
        for (std::size_t i = 0; i < m_lens.teams.size(); ++i) {
            if (m_lens.teams[i].first.compare(winner, Qt::CaseInsensitive) == 0)
                return static_cast<std::uint16_t>(i);
        }
        return m_lens.teams.empty() ? number(winner.toUtf8()) : noSide;
    }

    const LeaderboardLens &m_lens;
    std::vector<QByteArray> m_utf8;
    QByteArray m_lastWinner;
    std::uint16_t m_lastTeam = noSide;
    QHash<QByteArray, std::uint16_t> m_numbers;
    QStringList m_names;
    std::vector<std::uint16_t> m_teams;
};

struct Participation
{
    std::uint32_t contest = 0;
    std::uint32_t competitor = ValueInterner::none;
    float reward = 0;
    std::uint16_t side = noSide;
    bool hasReward = false;
};

struct StoredContest
{
    std::int64_t time = ContestLog::noTime;
    std::uint32_t first = 0; ///< of its judged entries
    std::uint32_t count = 0; ///< none: it does not count
    std::uint16_t winner = noSide; ///< a team
    bool hasWinner = false;
    bool hasPlayers = false;
};

/// Contests and players are read one after the other, players as they lie in the database. Those of a contest mostly lie together: then
/// a contest is judged as soon as its last player has come, while the next rows are read. Once one does not, all are
/// judged at the end, sorted.
class Collector
{
public:
    Collector(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, const LeaderboardLens &lens, const ContestProgress &progress)
        : m_connection(connection), m_catalog(catalog), m_profile(profile), m_lens(lens), m_progress(progress), m_sql(m_catalog, m_profile), m_sides(lens)
    {
    }

    Result<Contests> collect()
    {
        const Result<> read = m_lens.sql.isEmpty() ? readStored() : readQuery();
        if (!read)
            return failure(read);
        m_result.sides = m_sides.names();
        for (const QString &side : m_result.sides) {
            const auto weight = m_lens.weights.find(side);
            m_result.sideWeights.push_back(weight == m_lens.weights.end() ? 1.0 : weight->second);
        }
        return std::move(m_result);
    }

private:
    template<typename Take>
    Result<> scan(const QString &sql, const Parameters &parameters, Take take)
    {
        auto reader = m_connection.query(sql, parameters);
        if (!reader)
            return failure(reader);
        const std::int64_t before = m_rows;
        return readOverlapped(
            **reader,
            [&take](const RowBlock &block) {
                for (int row = 0; row < block.rowCount(); ++row)
                    take(block, row);
            },
            [this, before](std::int64_t rows) {
                m_rows = before + rows;
                if (m_progress)
                    m_progress(m_rows);
            });
    }

    /// The columns that make a contest's identity, as one value to intern.
    ValueRef identityAt(const RowBlock &block, int row, int columns)
    {
        if (columns == 1)
            return block.at(row, 0);
        m_identity.clear();
        for (int column = 0; column < columns; ++column) {
            const QByteArray text = Value(block.at(row, column)).toDisplayText().toUtf8();
            m_identity += QByteArray::number(text.size()) + ':' + text;
        }
        return ValueRef::bytes(ValueType::Blob, m_identity.constData(), m_identity.size());
    }

    Result<> readStored();
    Result<> readContestRows(const CatalogTable &contests);
    Result<> readPlayerRows(const CatalogTable &players);
    Result<> readQuery();
    void follow(const Participation &player);
    void endRun();
    void judgeSorted();
    void assemble();
    void judge(std::uint32_t id, std::span<const Participation> players);
    bool rank(std::uint32_t id, std::span<const Participation> players);
    QString rankByRewards(std::span<const Participation> players);
    bool leaveOut(const QString &why)
    {
        ++m_result.leftOut[why];
        return false;
    }

    Connection &m_connection;
    const Catalog &m_catalog;
    const ResolvedProfile &m_profile;
    const LeaderboardLens &m_lens;
    const ContestProgress &m_progress;
    const RowSql m_sql;
    Sides m_sides;
    Contests m_result;
    std::vector<StoredContest> m_contests;
    std::vector<Participation> m_players;
    std::vector<ContestLog::Entry> m_entries;
    std::vector<ContestLog::Entry> m_judged; ///< contest after contest, as they were read
    std::vector<std::pair<std::int64_t, std::uint32_t>> m_order; ///< contests by time
    std::uint32_t m_run = ValueInterner::none; ///< contest of the players that come now
    std::size_t m_runBegin = 0;
    bool m_isScattered = false;
    QByteArray m_identity;
    std::int64_t m_rows = 0;
};

Result<> Collector::readStored()
{
    const CatalogTable *contests = m_sql.table(m_lens.table);
    const CatalogTable *players = m_sql.table(m_lens.players.table);
    if (!contests || !players)
        return failure(ErrorCode::NotFound, translated("There is no table \"%1\".").arg(contests ? m_lens.players.table : m_lens.table));
    if (const Result<> read = readContestRows(*contests); !read)
        return read;
    // What order they are replayed in is known by now.
    std::jthread sorter([this] {
        m_order.reserve(m_contests.size());
        for (std::uint32_t id = 0; id < m_contests.size(); ++id)
            m_order.emplace_back(m_contests[id].time, id);
        if (!std::ranges::is_sorted(m_order))
            std::ranges::sort(m_order);
    });
    if (const Result<> read = readPlayerRows(*players); !read)
        return read;
    endRun();
    if (m_isScattered)
        judgeSorted();
    sorter.join();
    assemble();
    return {};
}

Result<> Collector::readContestRows(const CatalogTable &contests)
{
    SqlValues values(m_connection.engine());
    QStringList columns;
    for (const auto &[own, of] : m_lens.players.link)
        columns.append(RowSql::column(u"c"_s, of));
    const int keys = static_cast<int>(columns.size());
    m_result.isCompound = keys > 1;
    columns.append(m_sql.field(m_lens.contest.time, contests, u"c"_s));
    columns.append(m_lens.contest.winner ? m_sql.field(*m_lens.contest.winner, contests, u"c"_s) : u"NULL"_s);
    QString sql = u"SELECT %1 FROM %2 AS c"_s.arg(columns.join(u", "_s), m_sql.tableName(contests));
    const QString where = m_sql.conditions(m_lens.contest.where, contests, u"c"_s, values, QDateTime::currentDateTimeUtc());
    if (!where.isEmpty())
        sql += u" WHERE "_s + where;
    const TableProfile *known = m_profile.table(contests.name);
    const ColumnProfile *timeColumn = known && m_lens.contest.time.hops.empty() ? known->column(m_lens.contest.time.column) : nullptr;
    const QString meaning = timeColumn ? timeColumn->meaning : QString();
    return scan(sql, Parameters(values.values()), [&](const RowBlock &block, int row) {
        const std::uint32_t id = m_result.ids.intern(identityAt(block, row, keys));
        m_contests.resize(std::max<std::size_t>(m_contests.size(), id + 1));
        StoredContest &contest = m_contests[id];
        contest.time = timeOf(block.at(row, keys), meaning);
        if (const QByteArrayView winner = textOf(block.at(row, keys + 1)); !winner.isEmpty()) {
            contest.hasWinner = true;
            contest.winner = m_sides.winningTeam(winner);
        }
    });
}

Result<> Collector::readPlayerRows(const CatalogTable &players)
{
    SqlValues values(m_connection.engine());
    QStringList columns;
    for (const auto &[own, of] : m_lens.players.link)
        columns.append(RowSql::column(u"p"_s, own));
    const int keys = static_cast<int>(columns.size());
    columns.append(m_sql.field(m_lens.players.competitor, players, u"p"_s));
    columns.append(m_lens.players.side ? m_sql.field(*m_lens.players.side, players, u"p"_s) : u"NULL"_s);
    columns.append(m_lens.players.reward ? m_sql.field(*m_lens.players.reward, players, u"p"_s) : u"NULL"_s);
    QString sql = u"SELECT %1 FROM %2 AS p"_s.arg(columns.join(u", "_s), m_sql.tableName(players));
    const QString where = m_sql.conditions(m_lens.players.where, players, u"p"_s, values, QDateTime::currentDateTimeUtc());
    if (!where.isEmpty())
        sql += u" WHERE "_s + where;
    return scan(sql, Parameters(values.values()), [&](const RowBlock &block, int row) {
        Participation player;
        player.contest = m_result.ids.find(identityAt(block, row, keys));
        if (player.contest == ValueInterner::none) // of a contest that does not count
            return;
        if (!block.at(row, keys).isNull())
            player.competitor = m_result.competitors.intern(block.at(row, keys));
        if (const QByteArrayView side = textOf(block.at(row, keys + 1)); !side.isEmpty())
            player.side = m_sides.number(side);
        if (const std::optional<double> reward = numberOf(block.at(row, keys + 2))) {
            player.reward = static_cast<float>(*reward);
            player.hasReward = true;
        }
        m_players.push_back(player);
        if (!m_isScattered)
            follow(player);
    });
}

void Collector::follow(const Participation &player)
{
    if (player.contest == m_run)
        return;
    m_players.pop_back(); // not of the run that ends
    endRun();
    m_players.push_back(player);
    m_run = player.contest;
    m_runBegin = m_players.size() - 1;
    m_isScattered = std::exchange(m_contests[m_run].hasPlayers, true);
}

void Collector::endRun()
{
    if (m_run != ValueInterner::none && !m_isScattered)
        judge(m_run, std::span(m_players).subspan(m_runBegin));
    m_run = ValueInterner::none;
}

Result<> Collector::readQuery()
{
    struct Row
    {
        std::uint32_t contest = 0;
        std::int64_t time = 0;
        ContestLog::Entry entry;
    };
    std::vector<Row> rows;
    const Result<> read = scan(m_lens.sql, {}, [&](const RowBlock &block, int row) {
        if (block.columnCount() < 5 || block.at(row, 0).isNull() || block.at(row, 2).isNull())
            return;
        Row one;
        one.contest = m_result.ids.intern(block.at(row, 0));
        if (block.columnCount() > 5) {
            m_result.recordOf.resize(m_result.ids.size());
            m_result.recordOf[one.contest] = m_result.records.intern(block.at(row, 5));
        }
        one.time = timeOf(block.at(row, 1), {});
        one.entry.competitor = m_result.competitors.intern(block.at(row, 2));
        one.entry.side = m_sides.number(Value(block.at(row, 3)).toDisplayText().toUtf8());
        one.entry.team = one.entry.side;
        one.entry.rank = static_cast<std::uint16_t>(std::clamp(numberOf(block.at(row, 4)).value_or(1), 0.0, 65535.0));
        rows.push_back(one);
    });
    if (!read)
        return read;
    // All rows of a contest together, and contests by the time of their first row.
    std::vector<std::int64_t> times(m_result.ids.size(), std::numeric_limits<std::int64_t>::max());
    for (const Row &row : rows)
        times[row.contest] = std::min(times[row.contest], row.time);
    std::ranges::stable_sort(rows, [&times](const Row &a, const Row &b) {
        return std::tuple(times[a.contest], a.contest, a.entry.team) < std::tuple(times[b.contest], b.contest, b.entry.team);
    });
    for (auto begin = rows.begin(); begin != rows.end();) {
        const auto end = std::find_if(begin, rows.end(), [begin](const Row &row) { return row.contest != begin->contest; });
        m_entries.clear();
        for (auto it = begin; it != end; ++it) {
            // A team has one rank: its best.
            if (!m_entries.empty() && m_entries.back().team == it->entry.team)
                it->entry.rank = std::min(m_entries.back().rank, it->entry.rank);
            m_entries.push_back(it->entry);
            for (ContestLog::Entry &entry : m_entries) {
                if (entry.team == it->entry.team)
                    entry.rank = it->entry.rank;
            }
        }
        if (m_entries.front().team == m_entries.back().team)
            leaveOut(translated("only one side took part"));
        else
            m_result.log.add(begin->contest, times[begin->contest], m_entries);
        begin = end;
    }
    return {};
}

void Collector::judgeSorted()
{
    // Players by contest: a counting sort.
    std::vector<std::uint32_t> first(m_contests.size() + 1, 0);
    for (const Participation &player : m_players)
        ++first[player.contest + 1];
    std::partial_sum(first.begin(), first.end(), first.begin());
    std::vector<Participation> sorted(m_players.size());
    std::vector<std::uint32_t> next(first.begin(), first.end() - 1);
    for (const Participation &player : m_players)
        sorted[next[player.contest]++] = player;
    m_players = {};
    m_judged.clear();
    m_result.leftOut.clear();
    for (std::uint32_t id = 0; id < m_contests.size(); ++id) {
        m_contests[id].hasPlayers = first[id + 1] > first[id];
        if (m_contests[id].hasPlayers)
            judge(id, std::span(sorted).subspan(first[id], first[id + 1] - first[id]));
    }
}

void Collector::assemble()
{
    m_players = {};
    m_result.log.reserve(m_contests.size(), m_judged.size());
    // In order of time they lie all over the memory: each is asked for some contests ahead.
    constexpr std::size_t ahead = 16;
    for (std::size_t i = 0; i < m_order.size(); ++i) {
        if (i + 2 * ahead < m_order.size())
            prefetch(&m_contests[m_order[i + 2 * ahead].second]);
        if (i + ahead < m_order.size()) {
            const ContestLog::Entry *entries = m_judged.data() + m_contests[m_order[i + ahead].second].first;
            prefetch(entries);
            prefetch(entries + cacheLine / sizeof(ContestLog::Entry));
        }
        const auto &[time, id] = m_order[i];
        const StoredContest &contest = m_contests[id];
        if (!contest.hasPlayers)
            leaveOut(translated("fewer than two players"));
        else if (contest.count > 0)
            m_result.log.add(id, time, std::span(m_judged).subspan(contest.first, contest.count));
    }
}

void Collector::judge(std::uint32_t id, std::span<const Participation> players)
{
    StoredContest &contest = m_contests[id];
    contest.count = 0;
    if (!rank(id, players))
        return;
    contest.first = static_cast<std::uint32_t>(m_judged.size());
    contest.count = static_cast<std::uint32_t>(m_entries.size());
    m_judged.insert(m_judged.end(), m_entries.begin(), m_entries.end());
}

/// Makes m_entries of the players, ranked and by team; false if the contest does not count.
bool Collector::rank(std::uint32_t id, std::span<const Participation> players)
{
    if (players.size() < 2)
        return leaveOut(translated("fewer than two players"));
    m_entries.clear();
    for (std::size_t i = 0; i < players.size(); ++i) {
        const Participation &player = players[i];
        if (player.competitor == ValueInterner::none)
            return leaveOut(translated("a player is unknown"));
        ContestLog::Entry entry;
        entry.competitor = player.competitor;
        entry.team = static_cast<std::uint16_t>(i); // everybody alone
        if (m_lens.players.side) {
            if (player.side == noSide)
                return leaveOut(translated("a player has no role"));
            entry.side = player.side;
            entry.team = m_sides.team(player.side);
            if (entry.team == noSide)
                return leaveOut(translated("a player's role belongs to no team"));
        }
        m_entries.push_back(entry);
    }
    const StoredContest &contest = m_contests[id];
    const bool isWinnerHere = contest.hasWinner
        && std::ranges::any_of(m_entries, [&contest](const ContestLog::Entry &entry) { return entry.team == contest.winner; });
    if (isWinnerHere) {
        for (ContestLog::Entry &entry : m_entries)
            entry.rank = entry.team == contest.winner ? 0 : 1;
    } else if (const QString why = rankByRewards(players); !why.isEmpty()) {
        return leaveOut(why);
    }
    // Few and often in order; the library's stable sort would take memory each time.
    for (std::size_t i = 1; i < m_entries.size(); ++i) {
        for (std::size_t j = i; j > 0 && m_entries[j].team < m_entries[j - 1].team; --j)
            std::swap(m_entries[j], m_entries[j - 1]);
    }
    if (m_entries.front().team == m_entries.back().team)
        return leaveOut(translated("only one side took part"));
    return true;
}

/// Teams by the mean reward of their members, the highest first. A sentence if there are none.
QString Collector::rankByRewards(std::span<const Participation> players)
{
    std::map<std::uint16_t, std::pair<double, int>> sums;
    for (std::size_t i = 0; i < players.size(); ++i) {
        if (!players[i].hasReward)
            return translated("it has no winner and no rewards");
        auto &[sum, count] = sums[m_entries[i].team];
        sum += static_cast<double>(players[i].reward);
        ++count;
    }
    std::vector<double> means;
    for (const auto &[team, of] : sums)
        means.push_back(of.first / of.second);
    std::ranges::sort(means, std::greater());
    means.erase(std::unique(means.begin(), means.end()), means.end());
    for (ContestLog::Entry &entry : m_entries) {
        const auto &[sum, count] = sums[entry.team];
        entry.rank = static_cast<std::uint16_t>(std::ranges::find(means, sum / count) - means.begin());
    }
    return {};
}

} // namespace

std::optional<Value> Contests::recordKey(std::uint32_t id) const
{
    if (isCompound)
        return std::nullopt;
    return id < recordOf.size() ? records.value(recordOf[id]) : ids.value(id);
}

Result<Contests> readContests(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, const LeaderboardLens &lens,
                              const ContestProgress &progress)
{
    return Collector(connection, catalog, profile, lens, progress).collect();
}

} // namespace turnstone
