// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/rating/replay.h"

#include <algorithm>
#include <cmath>

namespace turnstone::rating {

namespace {

constexpr std::size_t contestsPerReport = 4096;
constexpr std::uint32_t absent = std::numeric_limits<std::uint32_t>::max();

/// Keeps the points whose ordinal is a multiple of a stride, and the last one. The stride doubles when
/// there are `limit` of them.
class Thinner
{
public:
    Thinner(std::size_t limit, std::size_t competitors) : m_limit(limit), m_states(limit > 0 ? competitors : 0) {}

    void add(std::uint32_t competitor, std::vector<HistoryPoint> &history, const HistoryPoint &point)
    {
        if (m_limit == 0)
            return;
        State &state = m_states[competitor];
        const std::uint32_t ordinal = state.count++;
        if (ordinal >= m_limit * state.stride) {
            state.stride *= 2;
            std::size_t kept = 0;
            for (std::size_t i = 0; i < history.size(); i += 2)
                history[kept++] = history[i];
            history.resize(kept);
        }
        // The histories together are more than the processor's caches hold: only what stays goes there.
        state.isKept = (ordinal & (state.stride - 1)) == 0;
        if (state.isKept)
            history.push_back(point);
        else
            state.last = point;
    }

    /// After all points.
    void end(std::uint32_t competitor, std::vector<HistoryPoint> &history) const
    {
        if (m_limit > 0 && !m_states[competitor].isKept)
            history.push_back(m_states[competitor].last);
    }

private:
    struct State
    {
        std::uint32_t count = 0;
        std::uint32_t stride = 1; ///< a power of two
        HistoryPoint last;
        bool isKept = true; ///< the last one, in the history
    };

    std::size_t m_limit;
    std::vector<State> m_states;
};

/// The players of one contest and the teams over them, reused from contest to contest.
struct Table
{
    std::vector<Player> players;
    std::vector<Team> teams;

    void seat(std::span<const ContestLog::Entry> entries, const std::vector<Replay::Standing> &standings, const std::vector<double> &weights)
    {
        players.resize(entries.size());
        teams.clear();
        for (std::size_t i = 0; i < entries.size(); ++i) {
            const ContestLog::Entry &entry = entries[i];
            players[i] = {standings[entry.competitor].rating, entry.side < weights.size() ? weights[entry.side] : 1.0};
        }
        for (std::size_t begin = 0; begin < entries.size();) {
            std::size_t end = begin + 1;
            while (end < entries.size() && entries[end].team == entries[begin].team)
                ++end;
            teams.push_back({std::span(players).subspan(begin, end - begin), entries[begin].rank});
            begin = end;
        }
    }
};

/// One rating from several parts in a contest: what each part learnt, as the product of its evidence.
Rating joined(const Rating &before, std::span<const ContestLog::Entry> entries, const std::vector<Player> &players, std::uint32_t competitor)
{
    const double prior = 1 / (before.sigma * before.sigma);
    double precision = prior;
    double weighted = prior * before.mu;
    double widest = 0;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (entries[i].competitor != competitor)
            continue;
        const Rating &after = players[i].rating;
        const double own = 1 / (after.sigma * after.sigma);
        precision += own - prior;
        weighted += own * after.mu - prior * before.mu;
        widest = std::max(widest, after.sigma);
    }
    if (!(precision > 0)) // every part has only lost certainty by the drift of skills
        return {before.mu, widest};
    return {weighted / precision, std::min(widest, 1 / std::sqrt(precision))};
}

bool hasTwice(std::span<const ContestLog::Entry> entries)
{
    for (std::size_t i = 1; i < entries.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (entries[i].competitor == entries[j].competitor)
                return true;
    return false;
}

void count(Tally &tally, Outcome outcome)
{
    ++tally.contests;
    tally.wins += outcome == Outcome::Won ? 1 : 0;
    tally.draws += outcome == Outcome::Drew ? 1 : 0;
}

} // namespace

std::optional<Replay> replay(const ContestLog &log, const RatingSystem &system, const ReplayOptions &options, const std::stop_token &stop,
                             const ReplayProgress &progress)
{
    Replay result;
    result.standings.resize(log.competitorCount);
    for (Replay::Standing &standing : result.standings)
        standing.rating = system.initial();
    Table table;
    Thinner thinner(options.historyPoints, log.competitorCount);
    for (std::size_t index = 0; index < log.size(); ++index) {
        if (index % contestsPerReport == 0) {
            if (stop.stop_requested())
                return std::nullopt;
            if (progress)
                progress(index);
        }
        const std::span<const ContestLog::Entry> entries = log.contest(index);
        table.seat(entries, result.standings, options.sideWeights);
        system.update(table.teams);
        const bool isRepeated = hasTwice(entries);
        const BestRank best(entries);
        const auto note = [&](std::uint32_t competitor, Replay::Standing &standing) {
            standing.lastTime = std::max(standing.lastTime, log.times[index]);
            thinner.add(competitor, standing.history,
                        {static_cast<std::uint32_t>(index), static_cast<float>(standing.rating.mu), static_cast<float>(standing.rating.sigma)});
        };
        for (std::size_t i = 0; i < entries.size(); ++i) {
            Replay::Standing &standing = result.standings[entries[i].competitor];
            count(standing.total, best.of(entries[i]));
            if (isRepeated)
                continue;
            standing.rating = table.players[i].rating;
            note(entries[i].competitor, standing);
        }
        for (std::size_t i = 0; isRepeated && i < entries.size(); ++i) {
            const std::uint32_t competitor = entries[i].competitor;
            const bool isFirst = std::none_of(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(i),
                                              [competitor](const ContestLog::Entry &other) { return other.competitor == competitor; });
            if (!isFirst)
                continue;
            Replay::Standing &standing = result.standings[competitor];
            standing.rating = joined(standing.rating, entries, table.players, competitor);
            note(competitor, standing);
        }
    }
    for (std::uint32_t competitor = 0; competitor < log.competitorCount; ++competitor)
        thinner.end(competitor, result.standings[competitor].history);
    if (progress)
        progress(log.size());
    return result;
}

std::vector<Tally> talliesBySide(const ContestLog &log)
{
    std::vector<Tally> tallies(std::size_t(log.competitorCount) * log.sideCount);
    for (std::size_t index = 0; index < log.size(); ++index) {
        const std::span<const ContestLog::Entry> entries = log.contest(index);
        const BestRank best(entries);
        for (const ContestLog::Entry &entry : entries)
            count(tallies[std::size_t(entry.competitor) * log.sideCount + entry.side], best.of(entry));
    }
    return tallies;
}

std::vector<Tally> talliesByPair(const ContestLog &log, const std::vector<std::uint32_t> &competitors)
{
    std::vector<std::uint32_t> places(log.competitorCount, absent);
    for (std::size_t i = 0; i < competitors.size(); ++i) {
        if (competitors[i] < places.size())
            places[competitors[i]] = static_cast<std::uint32_t>(i);
    }
    std::vector<Tally> tallies(competitors.size() * competitors.size());
    for (std::size_t index = 0; index < log.size(); ++index) {
        const std::span<const ContestLog::Entry> entries = log.contest(index);
        for (const ContestLog::Entry &one : entries) {
            if (places[one.competitor] == absent)
                continue;
            for (const ContestLog::Entry &other : entries) {
                if (other.team == one.team || places[other.competitor] == absent || other.competitor == one.competitor)
                    continue;
                const Outcome outcome = one.rank < other.rank ? Outcome::Won : one.rank == other.rank ? Outcome::Drew : Outcome::Lost;
                count(tallies[places[one.competitor] * competitors.size() + places[other.competitor]], outcome);
            }
        }
    }
    return tallies;
}

Share wilsonShare(double successes, double trials)
{
    if (!(trials > 0))
        return {};
    constexpr double z = 1.959963984540054;
    const double p = successes / trials;
    const double scale = 1 + z * z / trials;
    const double middle = (p + z * z / (2 * trials)) / scale;
    const double half = z * std::sqrt(p * (1 - p) / trials + z * z / (4 * trials * trials)) / scale;
    return {p, std::max(0.0, middle - half), std::min(1.0, middle + half)};
}

} // namespace turnstone::rating
