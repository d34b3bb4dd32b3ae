// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/leaderboard/boardview.h"

#include "models/rating/ratingsystems.h"

#include <QCoreApplication>
#include <QHash>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;
using rating::ContestLog;

namespace {

QString translatedText(const char *text)
{
    return QCoreApplication::translate("BoardView", text);
}

/// Groups as competitors: their names, and who belongs to which.
struct Grouping
{
    std::vector<LeaderboardRow> rows;
    std::vector<std::uint32_t> groupOf; ///< by competitor
};

Grouping groupBy(const Leaderboard &board, int group)
{
    Grouping result;
    QHash<QString, std::uint32_t> numbers;
    result.groupOf.resize(board.rows.size());
    for (const LeaderboardRow &member : board.rows) {
        const QString name = member.groups.value(group);
        auto it = numbers.find(name);
        if (it == numbers.end()) {
            it = numbers.insert(name, static_cast<std::uint32_t>(result.rows.size()));
            LeaderboardRow &row = result.rows.emplace_back();
            row.number = *it;
            row.label = name.isEmpty() ? translatedText("(none)") : name;
        }
        ++result.rows[*it].members;
        result.groupOf[member.number] = *it;
    }
    return result;
}

bool isShown(const LeaderboardRow &row, const BoardSettings &settings)
{
    if (settings.active && row.active.has_value() && *row.active != *settings.active)
        return false;
    for (std::size_t i = 0; i < settings.shownGroups.size(); ++i) {
        const QStringList &shown = settings.shownGroups[i];
        if (!shown.isEmpty() && !shown.contains(row.groups.value(static_cast<qsizetype>(i))))
            return false;
    }
    return true;
}

bool isGroupShown(const LeaderboardRow &row, const BoardSettings &settings)
{
    const auto group = static_cast<std::size_t>(settings.groupBy);
    return group >= settings.shownGroups.size() || settings.shownGroups[group].isEmpty() || settings.shownGroups[group].contains(row.label);
}

/// Whether the ratings that came with the board are the ones asked for.
bool isAsRead(const Leaderboard &board, const BoardSettings &settings)
{
    return settings.groupBy < 0 && settings.isWholeTime() && settings.system == board.system && settings.parameters == board.parameters;
}

class Maker
{
public:
    Maker(std::shared_ptr<const Leaderboard> board, const BoardSettings &settings, const std::stop_token &stop, const LeaderboardProgress &progress)
        : m_board(std::move(board)), m_settings(settings), m_stop(stop), m_progress(progress), m_view(std::make_shared<BoardView>())
    {
    }

    Result<std::shared_ptr<const BoardView>> make()
    {
        m_view->settings = m_settings;
        m_view->board = m_board;
        m_view->system = rating::makeRatingSystem(m_settings.system, m_settings.parameters);
        if (!m_view->system)
            return failure(ErrorCode::InvalidInput, translatedText("There is no rating system \"%1\".").arg(QString::fromStdString(m_settings.system)));
        const bool isStoredAsked = m_settings.source == RatingSource::Stored && m_board->lens.stored && m_settings.groupBy < 0 && m_settings.isWholeTime();
        m_view->source = isStoredAsked ? RatingSource::Stored : RatingSource::Replayed;
        chooseContests();
        if (isAsRead(*m_board, m_settings)) {
            m_view->replay = {m_board, &m_board->replay};
        } else if (!replay()) {
            return failure(ErrorCode::Cancelled, translatedText("Stopped."));
        }
        addResults();
        filter();
        rankRows(m_view->rows, m_view->source, *m_view->system);
        m_view->places.assign(m_all.size(), -1);
        for (std::size_t i = 0; i < m_view->rows.size(); ++i)
            m_view->places[m_view->rows[i].number] = static_cast<int>(i);
        for (std::size_t i = 0; i < std::min(BoardView::mostPaired, m_view->rows.size()); ++i)
            m_view->paired.push_back(m_view->rows[i].number);
        m_view->pairs = talliesByPair(*m_view->log, m_view->paired);
        m_view->balance = rating::balanceOverTime(*m_view->log, std::clamp<std::size_t>(m_view->log->size() / BoardView::contestsPerStretch, 1, BoardView::balanceStretches));
        return std::shared_ptr<const BoardView>(std::move(m_view));
    }

private:
    void chooseContests()
    {
        const ContestLog &whole = m_board->contests.log;
        const std::size_t first = m_settings.isWholeTime() ? 0 : whole.firstAt(m_settings.from);
        const std::size_t last = m_settings.until == std::numeric_limits<std::int64_t>::max() ? whole.size() : whole.firstAt(m_settings.until);
        if (m_settings.groupBy >= 0) {
            Grouping grouping = groupBy(*m_board, m_settings.groupBy);
            m_all = std::move(grouping.rows);
            m_view->log = std::make_shared<const ContestLog>(whole.selected(first, last, grouping.groupOf));
            return;
        }
        m_all = m_board->rows;
        if (first == 0 && last == whole.size())
            m_view->log = {m_board, &m_board->contests.log};
        else
            m_view->log = std::make_shared<const ContestLog>(whole.selected(first, last));
    }

    bool replay()
    {
        const auto total = static_cast<double>(std::max<std::size_t>(m_view->log->size(), 1));
        std::optional<rating::Replay> result =
            rating::replay(*m_view->log, *m_view->system, {m_board->contests.sideWeights, m_board->historyPoints}, m_stop, [&](std::size_t done) {
                if (m_progress)
                    m_progress(static_cast<double>(done) / total);
            });
        if (!result)
            return false;
        m_view->replay = std::make_shared<const rating::Replay>(std::move(*result));
        return true;
    }

    void addResults()
    {
        const bool isCounted = m_settings.groupBy < 0 && m_settings.isWholeTime();
        for (LeaderboardRow &row : m_all) {
            if (!isCounted) {
                row.total = {};
                row.sides.clear();
            }
            row.replayed.reset();
            if (row.number < m_view->replay->standings.size()) {
                const rating::Replay::Standing &standing = m_view->replay->standings[row.number];
                row.total = standing.total;
                if (standing.total.contests > 0)
                    row.replayed = standing.rating;
            }
        }
        if (!isCounted)
            countSides(m_all, *m_view->log);
    }

    void filter()
    {
        for (LeaderboardRow &row : m_all) {
            const bool isIn = m_settings.groupBy < 0 ? isShown(row, m_settings) : isGroupShown(row, m_settings);
            const bool hasEnough = row.total.contests >= m_settings.fewestContests;
            m_view->hiddenByContests += isIn && !hasEnough ? 1 : 0;
            m_view->hidden += isIn && hasEnough ? 0 : 1;
            if (isIn && hasEnough)
                m_view->rows.push_back(row);
        }
    }

    const std::shared_ptr<const Leaderboard> m_board;
    const BoardSettings &m_settings;
    const std::stop_token &m_stop;
    const LeaderboardProgress &m_progress;
    std::shared_ptr<BoardView> m_view;
    std::vector<LeaderboardRow> m_all;
};

bool takesPart(std::span<const ContestLog::Entry> entries, std::uint32_t competitor)
{
    return std::ranges::any_of(entries, [competitor](const ContestLog::Entry &entry) { return entry.competitor == competitor; });
}

template<typename Fits>
ContestChoice choose(const ContestLog &log, std::size_t most, Fits fits)
{
    ContestChoice choice;
    for (std::size_t index = log.size(); index-- > 0;) {
        if (!fits(log.contest(index)))
            continue;
        ++choice.total;
        if (choice.contests.size() < most)
            choice.contests.push_back(index);
    }
    return choice;
}

} // namespace

bool BoardSettings::isWholeTime() const
{
    return from == std::numeric_limits<std::int64_t>::min() && until == std::numeric_limits<std::int64_t>::max();
}

const LeaderboardRow *BoardView::rowOf(std::uint32_t competitor) const
{
    const int place = competitor < places.size() ? places[competitor] : -1;
    return place < 0 ? nullptr : &rows[static_cast<std::size_t>(place)];
}

QString BoardView::teamName(std::uint16_t team) const
{
    const auto &teams = board->lens.teams;
    if (team < teams.size())
        return teams[team].first;
    return teams.empty() && team < board->contests.sides.size() ? board->contests.sides[team] : QString::number(team + 1);
}

Result<std::shared_ptr<const BoardView>> makeBoardView(std::shared_ptr<const Leaderboard> board, const BoardSettings &settings,
                                                       const std::stop_token &stop, const LeaderboardProgress &progress)
{
    return Maker(std::move(board), settings, stop, progress).make();
}

ContestChoice contestsOf(const ContestLog &log, std::uint32_t competitor, std::optional<std::uint16_t> side, std::size_t most)
{
    return choose(log, most, [&](std::span<const ContestLog::Entry> entries) {
        return std::ranges::any_of(entries, [&](const ContestLog::Entry &entry) { return entry.competitor == competitor && (!side || entry.side == *side); });
    });
}

ContestChoice contestsBetween(const ContestLog &log, std::uint32_t one, std::uint32_t other, std::size_t most)
{
    return choose(log, most, [&](std::span<const ContestLog::Entry> entries) {
        if (!takesPart(entries, one) || !takesPart(entries, other))
            return false;
        for (const ContestLog::Entry &a : entries) {
            for (const ContestLog::Entry &b : entries) {
                if (a.competitor == one && b.competitor == other && a.team != b.team)
                    return true;
            }
        }
        return false;
    });
}

} // namespace turnstone
