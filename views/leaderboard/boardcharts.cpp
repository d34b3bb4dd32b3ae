// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/leaderboard/boardcharts.h"

#include "models/rating/distribution.h"
#include "models/rating/normal.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>
#include <cmath>
#include <map>

namespace turnstone {

using rating::ContestLog;

namespace {

struct ChartsText
{
    Q_DECLARE_TR_FUNCTIONS(BoardCharts)
};

constexpr std::size_t mostHistories = 8;
constexpr int bins = 24;
constexpr std::size_t densityPoints = 200;
constexpr std::size_t mostGroups = 8;
constexpr double bandSigmas = 2;

bool hasTimes(const BoardView &view)
{
    return !view.log->times.empty() && view.log->times.back() != ContestLog::noTime;
}

double whenOf(const BoardView &view, std::size_t contest)
{
    const std::int64_t time = view.log->times[contest];
    return hasTimes(view) ? time == ContestLog::noTime ? ChartPoint::none : static_cast<double>(time) : static_cast<double>(contest + 1);
}

ChartAxis timeAxis(const BoardView &view)
{
    return hasTimes(view) ? ChartAxis{ChartsText::tr("Time (UTC)"), AxisKind::Time} : ChartAxis{ChartsText::tr("Contest"), AxisKind::Count};
}

rating::Histogram conservativeHistogram(const BoardView &view)
{
    std::vector<double> values;
    for (const LeaderboardRow &row : view.rows) {
        if (row.chosen)
            values.push_back(row.conservative);
    }
    return rating::histogram(std::move(values), bins);
}

ChartLine densityLine(const QString &name, const std::vector<rating::Rating> &ratings, const ChartRange &range, double scale)
{
    ChartLine line;
    line.name = name;
    const std::vector<double> density = rating::skillDensity(ratings, range.low, range.high, densityPoints);
    for (std::size_t i = 0; i < density.size(); ++i)
        line.points.push_back({range.low + range.length() * static_cast<double>(i) / static_cast<double>(densityPoints - 1), density[i] * scale});
    return line;
}

ChartRange skillRange(const std::vector<rating::Rating> &ratings)
{
    ChartRange range{std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
    for (const rating::Rating &rating : ratings) {
        range.low = std::min(range.low, rating.mu - 3 * rating.sigma);
        range.high = std::max(range.high, rating.mu + 3 * rating.sigma);
    }
    return range;
}

} // namespace

ChartSpec historyChart(const BoardView &view, const std::vector<std::uint32_t> &competitors)
{
    ChartSpec spec;
    spec.title = ChartsText::tr("Rating history");
    spec.x = timeAxis(view);
    spec.y = {ChartsText::tr("mu"), AxisKind::Number};
    spec.bandName = ChartsText::tr("± 2 sigma");
    spec.emptySentence = ChartsText::tr("Choose rows above to see how their ratings came about.");
    for (const std::uint32_t competitor : competitors) {
        const LeaderboardRow *row = view.rowOf(competitor);
        if (row == nullptr || competitor >= view.replay->standings.size() || spec.lines.size() == mostHistories)
            continue;
        ChartLine line;
        line.name = row->label.simplified();
        line.id = competitor;
        line.hasMarks = true;
        for (const rating::HistoryPoint &at : view.replay->standings[competitor].history) {
            const double mu = static_cast<double>(at.mu);
            const double band = bandSigmas * static_cast<double>(at.sigma);
            const double when = whenOf(view, at.contest);
            if (std::isfinite(when))
                line.points.push_back({when, mu, mu - band, mu + band, static_cast<std::int64_t>(at.contest), {}});
        }
        if (!line.points.empty())
            spec.lines.push_back(std::move(line));
    }
    return spec;
}

ChartSpec distributionChart(const BoardView &view)
{
    ChartSpec spec;
    spec.title = ChartsText::tr("How ratings are spread");
    spec.x = {ChartsText::tr("Conservative rating, mu − 3 sigma"), AxisKind::Number};
    spec.y = {ChartsText::tr("Competitors"), AxisKind::Count};
    spec.emptySentence = ChartsText::tr("Nobody has a rating yet.");
    const rating::Histogram histogram = conservativeHistogram(view);
    ChartLine bars;
    bars.name = ChartsText::tr("competitors");
    bars.shape = ChartLine::Shape::Bars;
    bars.barWidth = histogram.width;
    std::uint32_t most = 0;
    for (std::size_t i = 0; i < histogram.counts.size(); ++i) {
        const double low = histogram.low + histogram.width * static_cast<double>(i);
        const QLocale locale;
        bars.points.push_back({low + histogram.width / 2, static_cast<double>(histogram.counts[i]), ChartPoint::none, ChartPoint::none, static_cast<std::int64_t>(i),
                               ChartsText::tr("from %1 to %2").arg(locale.toString(low, 'g', 6), locale.toString(low + histogram.width, 'g', 6))});
        most = std::max(most, histogram.counts[i]);
    }
    if (bars.points.empty())
        return spec;
    spec.lines.push_back(std::move(bars));
    std::vector<double> values;
    for (const LeaderboardRow &row : view.rows) {
        if (row.chosen)
            values.push_back(row.conservative);
    }
    spec.guides.push_back({rating::fiveNumbers(std::move(values)).median, ChartsText::tr("median"), true});
    spec.y.low = 0;
    spec.y.high = most * 1.1;
    return spec;
}

ChartSpec groupChart(const BoardView &view, int group)
{
    ChartSpec spec;
    spec.title = ChartsText::tr("Skill by %1").arg(view.board->groupTitles.value(group));
    spec.x = {ChartsText::tr("Skill"), AxisKind::Number};
    spec.y = {ChartsText::tr("Density"), AxisKind::Number, 0.0, std::nullopt};
    spec.emptySentence = ChartsText::tr("Nobody has a rating yet.");
    std::map<QString, std::vector<rating::Rating>> groups;
    std::map<QString, std::uint32_t> anyOf;
    std::vector<rating::Rating> all;
    for (const LeaderboardRow &row : view.rows) {
        if (!row.chosen)
            continue;
        groups[row.groups.value(group)].push_back(*row.chosen);
        anyOf.try_emplace(row.groups.value(group), row.number);
        all.push_back(*row.chosen);
    }
    if (all.empty())
        return spec;
    std::vector<std::pair<QString, std::vector<rating::Rating>>> biggest(groups.begin(), groups.end());
    std::ranges::stable_sort(biggest, std::greater(), [](const auto &entry) { return entry.second.size(); });
    if (biggest.size() > mostGroups) {
        spec.title = ChartsText::tr("Skill by %1, the %2 biggest of %3").arg(view.board->groupTitles.value(group)).arg(mostGroups).arg(biggest.size());
        biggest.resize(mostGroups);
    }
    const ChartRange range = skillRange(all);
    for (const auto &[name, ratings] : biggest) {
        spec.lines.push_back(densityLine(ChartsText::tr("%1 (%2)").arg(name.isEmpty() ? ChartsText::tr("(none)") : name).arg(ratings.size()), ratings, range, 1));
        spec.lines.back().id = anyOf[name];
    }
    return spec;
}

std::int64_t binOf(const BoardView &view, std::uint32_t competitor)
{
    const LeaderboardRow *row = view.rowOf(competitor);
    const rating::Histogram histogram = conservativeHistogram(view);
    return row != nullptr && row->chosen ? static_cast<std::int64_t>(std::floor((row->conservative - histogram.low) / histogram.width)) : -1;
}

std::vector<std::uint32_t> competitorsInBin(const BoardView &view, std::int64_t bin)
{
    const rating::Histogram histogram = conservativeHistogram(view);
    std::vector<std::uint32_t> result;
    for (const LeaderboardRow &row : view.rows) {
        if (row.chosen && static_cast<std::int64_t>(std::floor((row.conservative - histogram.low) / histogram.width)) == bin)
            result.push_back(row.number);
    }
    return result;
}

ChartSpec balanceChart(const BoardView &view)
{
    ChartSpec spec;
    spec.title = ChartsText::tr("Who wins, over time");
    spec.x = timeAxis(view);
    spec.y = {ChartsText::tr("Contests won"), AxisKind::Share, 0.0, 1.0};
    spec.bandName = ChartsText::tr("95 %");
    spec.emptySentence = ChartsText::tr("No contest counts yet.");
    std::size_t teams = 0;
    for (const rating::BalanceStretch &stretch : view.balance)
        teams = std::max(teams, stretch.teams.size());
    for (std::size_t team = 0; team < teams; ++team) {
        ChartLine line;
        line.name = view.teamName(static_cast<std::uint16_t>(team));
        line.hasMarks = true;
        for (std::size_t i = 0; i < view.balance.size(); ++i) {
            const rating::BalanceStretch &stretch = view.balance[i];
            const double when = whenOf(view, stretch.first + (stretch.last - stretch.first) / 2);
            if (team >= stretch.teams.size() || stretch.teams[team].contests == 0 || !std::isfinite(when))
                continue;
            const rating::Tally &tally = stretch.teams[team];
            const rating::Share share = rating::wilsonShare(tally.wins, tally.contests);
            const QLocale locale;
            line.points.push_back({when, share.value, share.low, share.high, static_cast<std::int64_t>(i),
                                   ChartsText::tr("%1 of %2 contests").arg(locale.toString(tally.wins), locale.toString(tally.contests))});
        }
        if (!line.points.empty())
            spec.lines.push_back(std::move(line));
    }
    if (spec.lines.size() == 2) {
        // The second is the first upside down: one band says it.
        for (ChartPoint &point : spec.lines[1].points)
            point.low = point.high = ChartPoint::none;
    }
    if (spec.lines.size() == 2)
        spec.guides.push_back({0.5, ChartsText::tr("even"), false});
    return spec;
}

ChartSpec driftChart(const BoardView &view)
{
    ChartSpec spec;
    spec.title = ChartsText::tr("Stored against replayed");
    spec.x = {ChartsText::tr("Replayed mu"), AxisKind::Number};
    spec.y = {ChartsText::tr("Stored mu"), AxisKind::Number};
    spec.emptySentence = ChartsText::tr("Nobody has both a stored rating and a contest that counts.");
    ChartLine dots;
    dots.shape = ChartLine::Shape::Dots;
    for (const LeaderboardRow &row : view.rows) {
        if (!row.stored || !row.replayed)
            continue;
        dots.points.push_back({row.replayed->mu, row.stored->mu, ChartPoint::none, ChartPoint::none, static_cast<std::int64_t>(row.number),
                               ChartsText::tr("%1: drift %2").arg(row.label.simplified(), QLocale().toString(row.stored->mu - row.replayed->mu, 'f', 4))});
    }
    if (dots.points.empty())
        return spec;
    spec.lines.push_back(std::move(dots));
    spec.guides.push_back({0, {}, false, true});
    return spec;
}

ChartSpec skillsChart(const LeaderboardRow &one, const LeaderboardRow &other)
{
    ChartSpec spec;
    spec.title = ChartsText::tr("What is believed of both skills");
    spec.x = {ChartsText::tr("Skill"), AxisKind::Number};
    spec.y = {ChartsText::tr("Density"), AxisKind::Number, 0.0, std::nullopt};
    spec.emptySentence = ChartsText::tr("Both need a rating.");
    if (!one.chosen || !other.chosen)
        return spec;
    const ChartRange range = skillRange({*one.chosen, *other.chosen});
    for (const LeaderboardRow *row : {&one, &other}) {
        spec.lines.push_back(densityLine(row->label.simplified(), {*row->chosen}, range, 1));
        spec.lines.back().id = row->number;
    }
    return spec;
}

} // namespace turnstone
