// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/leaderboard/leaderboard.h"

#include "models/profiles/rowsql.h"
#include "models/rating/ratingsystems.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <thread>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

/// More sides than a table has room for are not told apart.
constexpr std::uint16_t mostSidesShown = 32;
/// The shares of the whole work that reading and replaying take, as measured on a million games.
constexpr double readingShare = 0.8;

QString translated(const char *text)
{
    return QCoreApplication::translate("Leaderboard", text);
}

/// Names and groups of the competitors from their own table; rows are added for those who never took part.
class CompetitorReader
{
public:
    CompetitorReader(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, Leaderboard &board)
        : m_connection(connection), m_board(board), m_sql(catalog, profile)
    {
    }

    Result<> read(const LeaderboardLens::Competitors &lens)
    {
        const CatalogTable *table = m_sql.table(lens.table);
        if (!table)
            return failure(ErrorCode::NotFound, translated("There is no table \"%1\".").arg(lens.table));
        const QStringList key = m_sql.identity(*table);
        if (key.size() != 1)
            return failure(ErrorCode::Unsupported, translated("The rows of %1 are not identified by one column.").arg(lens.table));
        QStringList columns{RowSql::column(u"a"_s, key.front())};
        for (const LabelTemplate::Part &part : lens.label.parts()) {
            if (!part.alternatives.empty())
                columns.append(m_sql.labelPart(part, *table, u"a"_s));
        }
        const int labels = static_cast<int>(columns.size());
        for (const auto &[title, field] : lens.groups) {
            m_board.groupTitles.append(title);
            columns.append(m_sql.text(m_sql.field(field, *table, u"a"_s), 200));
        }
        columns.append(lens.active ? m_sql.field(*lens.active, *table, u"a"_s) : u"NULL"_s);
        const QString select = u"SELECT %1 FROM %2 AS a"_s.arg(columns.join(u", "_s), m_sql.tableName(*table));
        return m_connection.forEachRow(select, {}, [&](const RowBlock &block, int at) {
            const auto text = [&](int column) { return QString::fromUtf8(textOf(block.at(at, column))); };
            LeaderboardRow &row = rowOf(block.at(at, 0));
            QStringList parts;
            for (int column = 1; column < labels; ++column)
                parts.append(Value(block.at(at, column)).isNull() ? QString() : Value(block.at(at, column)).toDisplayText());
            row.label = lens.label.render(parts);
            for (int i = 0; i < m_board.groupTitles.size(); ++i)
                row.groups.append(text(labels + i));
            if (const Value active(block.at(at, labels + static_cast<int>(m_board.groupTitles.size()))); !active.isNull())
                row.active = active.type() == ValueType::Text ? active.bytes() == "t" || active.bytes() == "1" : active.integer() != 0;
            return true;
        });
    }

    LeaderboardRow &rowOf(const ValueRef &competitor)
    {
        const std::uint32_t number = m_board.contests.competitors.intern(competitor);
        while (m_board.rows.size() <= number) {
            LeaderboardRow &row = m_board.rows.emplace_back();
            row.number = static_cast<std::uint32_t>(m_board.rows.size() - 1);
            row.competitor = m_board.contests.competitors.value(row.number);
            row.label = row.competitor.toDisplayText();
        }
        return m_board.rows[number];
    }

private:
    Connection &m_connection;
    Leaderboard &m_board;
    const RowSql m_sql;
};

/// `sides` as rating::talliesBySide() gives them; none if there are too many to show.
void spreadSides(std::vector<LeaderboardRow> &rows, const rating::ContestLog &log, const std::vector<rating::Tally> &sides)
{
    for (LeaderboardRow &row : rows) {
        if (sides.empty() || row.number >= log.competitorCount)
            continue;
        const auto first = sides.begin() + static_cast<std::ptrdiff_t>(std::size_t(row.number) * log.sideCount);
        row.sides.assign(first, first + log.sideCount);
    }
}

std::vector<rating::Tally> shownSides(const rating::ContestLog &log)
{
    return log.sideCount > mostSidesShown ? std::vector<rating::Tally>() : talliesBySide(log);
}

void addResults(Leaderboard &board, const std::vector<rating::Tally> &sides)
{
    for (std::uint32_t number = 0; number < board.contests.log.competitorCount; ++number) {
        LeaderboardRow &row = board.rows[number];
        const rating::Replay::Standing &standing = board.replay.standings[number];
        row.total = standing.total;
        if (standing.total.contests > 0)
            row.replayed = standing.rating;
    }
    spreadSides(board.rows, board.contests.log, sides);
}

/// Where everybody plays one side only, and few sides have many players, the side is what tells them apart.
void groupBySide(Leaderboard &board)
{
    const QStringList &sides = board.contests.sides;
    if (sides.size() < 2 || sides.size() > mostSidesShown || static_cast<std::size_t>(sides.size()) >= board.rows.size())
        return;
    QStringList names;
    for (const LeaderboardRow &row : board.rows) {
        const auto plays = [](const rating::Tally &side) { return side.contests > 0; };
        if (std::ranges::count_if(row.sides, plays) != 1)
            return;
        names.append(sides[std::ranges::find_if(row.sides, plays) - row.sides.begin()]);
    }
    board.groupTitles.append(translated("side"));
    for (LeaderboardRow &row : board.rows)
        row.groups.append(names[static_cast<qsizetype>(row.number)]);
}

} // namespace

double Leaderboard::largestDrift() const
{
    double largest = 0;
    for (const LeaderboardRow &row : rows) {
        if (row.stored && row.replayed)
            largest = std::max(largest, std::abs(row.stored->mu - row.replayed->mu));
    }
    return largest;
}

void countSides(std::vector<LeaderboardRow> &rows, const rating::ContestLog &log)
{
    spreadSides(rows, log, shownSides(log));
}

void rankLeaderboard(Leaderboard &board, RatingSource source, const rating::RatingSystem &system)
{
    board.source = source;
    rankRows(board.rows, source, system);
}

void rankRows(std::vector<LeaderboardRow> &rows, RatingSource source, const rating::RatingSystem &system)
{
    for (LeaderboardRow &row : rows) {
        row.chosen = source == RatingSource::Stored ? row.stored : row.replayed ? row.replayed : row.stored;
        row.conservative = row.chosen ? system.conservative(*row.chosen) : 0;
        row.rank = 0;
    }
    std::ranges::stable_sort(rows, [](const LeaderboardRow &a, const LeaderboardRow &b) {
        if (a.chosen.has_value() != b.chosen.has_value())
            return a.chosen.has_value();
        if (a.chosen && a.conservative != b.conservative)
            return a.conservative > b.conservative;
        return a.label < b.label;
    });
    for (std::size_t i = 0; i < rows.size() && rows[i].chosen; ++i) {
        const bool isEqual = i > 0 && rows[i].conservative == rows[i - 1].conservative;
        rows[i].rank = isEqual ? rows[i - 1].rank : static_cast<int>(i + 1);
    }
}

Result<Leaderboard> readLeaderboard(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, const LeaderboardLens &lens,
                                    const LeaderboardOptions &options, const std::stop_token &stop, const LeaderboardProgress &progress)
{
    Leaderboard board;
    board.lens = lens;
    // How many rows there will be is only estimated; the bar waits short of the end rather than run back.
    double expected = 1e5;
    for (const QString &name : {lens.table, lens.players.table}) {
        if (const CatalogTable *table = catalog.table(name, profile.schema))
            expected += static_cast<double>(std::max<std::int64_t>(table->estimatedRows, 0));
    }
    const auto read = [&](std::int64_t rows) {
        if (progress)
            progress(readingShare * (1 - std::exp(-2 * static_cast<double>(rows) / expected)));
    };
    Result<Contests> contests = readContests(connection, catalog, profile, lens, read);
    if (!contests)
        return failure(contests);
    board.contests = std::move(*contests);
    const std::unique_ptr<rating::RatingSystem> system = rating::makeRatingSystem(options.system, options.parameters);
    if (!system)
        return failure(ErrorCode::InvalidInput, translated("There is no rating system \"%1\".").arg(QString::fromStdString(options.system)));
    board.parameters = options.parameters;
    board.system = options.system;
    board.historyPoints = options.historyPoints;
    const auto replayed = [&](std::size_t done) {
        if (progress)
            progress(readingShare + (1 - readingShare) * static_cast<double>(done) / static_cast<double>(std::max<std::size_t>(board.contests.log.size(), 1)));
    };
    // Counting goes through the contests as well, and needs nothing of the ratings.
    std::vector<rating::Tally> sides;
    std::jthread counting([&] { sides = shownSides(board.contests.log); });
    std::optional<rating::Replay> replay =
        rating::replay(board.contests.log, *system, {board.contests.sideWeights, options.historyPoints}, stop, replayed);
    if (!replay)
        return failure(ErrorCode::Cancelled, translated("Stopped."));
    board.replay = std::move(*replay);
    counting.join();

    CompetitorReader competitors(connection, catalog, profile, board);
    for (std::uint32_t number = 0; number < board.contests.competitors.size(); ++number)
        (void)competitors.rowOf(board.contests.competitors.value(number).ref());
    if (lens.competitors) {
        if (const Result<> done = competitors.read(*lens.competitors); !done)
            return failure(done);
    }
    addResults(board, sides);
    if (!lens.competitors)
        groupBySide(board);
    RatingSource source = options.source;
    if (lens.stored) {
        Result<std::vector<StoredRatings::Row>> stored = StoredRatings(catalog, profile, *lens.stored).read(connection);
        if (!stored)
            return failure(stored);
        board.stored = std::move(*stored);
        for (const StoredRatings::Row &row : board.stored) {
            if (row.rating)
                competitors.rowOf(row.competitor.ref()).stored = row.rating;
        }
    } else {
        source = RatingSource::Replayed;
    }
    rankLeaderboard(board, source, *system);
    return board;
}

} // namespace turnstone
