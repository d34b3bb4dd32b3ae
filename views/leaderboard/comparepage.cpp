// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/leaderboard/comparepage.h"

#include "models/core/async.h"
#include "models/rating/normal.h"
#include "views/charts/chartwidget.h"
#include "views/leaderboard/boardcharts.h"
#include "views/widgets/theme.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QThreadPool>
#include <QtConcurrent>

#include <algorithm>
#include <cmath>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

enum Figure { Better, Wins, Quality, Met };

QString percent(double share)
{
    return QLocale().toString(100 * share, 'f', 1) + u" %"_s;
}

/// The matrix knows it of the best; for others the contests must be counted.
std::optional<rating::Tally> knownTally(const BoardView &view, std::uint32_t one, std::uint32_t other)
{
    const auto first = std::ranges::find(view.paired, one);
    const auto second = std::ranges::find(view.paired, other);
    if (first != view.paired.end() && second != view.paired.end())
        return view.pairs[static_cast<std::size_t>(first - view.paired.begin()) * view.paired.size() + static_cast<std::size_t>(second - view.paired.begin())];
    return std::nullopt;
}

} // namespace

double chanceToBeBetter(const rating::Rating &one, const rating::Rating &other)
{
    return rating::normalBelow((one.mu - other.mu) / std::hypot(one.sigma, other.sigma));
}

ComparePage::ComparePage(QThreadPool &workers, QWidget *parent)
    : QWidget(parent), m_workers(workers), m_figures(new QWidget(this)), m_heading(new QLabel(this)), m_contests(new QPushButton(tr("Their games"), this)), m_chart(new ChartWidget(this))
{
    setObjectName(u"comparePage"_s);
    m_heading->setObjectName(u"compareHeading"_s);
    m_heading->setFont(sizedFont(font(), metrics::headingPx, QFont::DemiBold));
    m_heading->setWordWrap(true);
    m_heading->setTextFormat(Qt::PlainText);
    auto *grid = new QGridLayout(m_figures);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(metrics::space3);
    addFigure(u"chanceBetter"_s, tr("The first is the better one"));
    addFigure(u"chanceWins"_s, tr("It wins a game of one against one"));
    addFigure(u"matchQuality"_s, tr("How open such a game is"));
    addFigure(u"headToHead"_s, tr("Games against each other"));
    grid->setColumnStretch(1, 1);
    m_contests->setObjectName(u"theirGames"_s);
    m_chart->setObjectName(u"skillsChart"_s);
    auto *left = new QVBoxLayout;
    left->addWidget(m_heading);
    left->addWidget(m_figures);
    left->addWidget(m_contests, 0, Qt::AlignLeft);
    left->addStretch(1);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base); // as the chart
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(metrics::space3, metrics::space2, metrics::space3, metrics::space2);
    layout->setSpacing(metrics::space4);
    layout->addLayout(left, 2);
    layout->addWidget(m_chart, 3);
    connect(m_contests, &QPushButton::clicked, this, [this] { emit pairRequested(m_one, m_other); });
}

void ComparePage::addFigure(const QString &name, const QString &caption)
{
    auto *grid = static_cast<QGridLayout *>(m_figures->layout());
    const int row = static_cast<int>(m_values.size());
    auto *value = new QLabel(m_figures);
    value->setObjectName(name);
    value->setFont(sizedFont(font(), metrics::headingPx));
    value->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    value->setTextFormat(Qt::PlainText);
    auto *label = new QLabel(caption, m_figures);
    label->setForegroundRole(QPalette::PlaceholderText);
    label->setWordWrap(true);
    grid->addWidget(value, row, 0);
    grid->addWidget(label, row, 1);
    m_values.push_back(value);
}

void ComparePage::setBoard(std::shared_ptr<const BoardView> view, const std::vector<std::uint32_t> &chosen)
{
    m_view = std::move(view);
    const LeaderboardRow *one = nullptr;
    const LeaderboardRow *other = nullptr;
    for (const std::uint32_t competitor : chosen) {
        if (const LeaderboardRow *row = m_view ? m_view->rowOf(competitor) : nullptr)
            (one == nullptr ? one : other == nullptr ? other : row) = row;
    }
    for (std::size_t i = 0; m_view && i < m_view->rows.size() && other == nullptr; ++i) {
        const LeaderboardRow &row = m_view->rows[i];
        if (one == nullptr)
            one = &row;
        else if (&row != one && row.chosen)
            other = &row;
    }
    const bool isThere = one != nullptr && other != nullptr && one->chosen && other->chosen;
    m_figures->setVisible(isThere);
    m_contests->setVisible(isThere);
    m_chart->setVisible(isThere);
    if (!isThere) {
        m_heading->setText(tr("Choose two rows above that have a rating, to see who is better and how sure that is."));
        return;
    }
    show(*one, *other);
}

void ComparePage::show(const LeaderboardRow &one, const LeaderboardRow &other)
{
    m_one = one.number;
    m_other = other.number;
    m_heading->setText(tr("%1 and %2").arg(one.label.simplified(), other.label.simplified()));
    rating::Player first{*one.chosen, 1};
    rating::Player second{*other.chosen, 1};
    m_values[Better]->setText(percent(chanceToBeBetter(first.rating, second.rating)));
    m_values[Wins]->setText(percent(m_view->system->winProbability({&first, 1}, {&second, 1})));
    const rating::Team teams[] = {{{&first, 1}, 0}, {{&second, 1}, 1}};
    m_values[Quality]->setText(percent(m_view->system->quality(teams)));
    m_chart->setSpec(skillsChart(one, other));
    const quint64 generation = ++m_generation;
    if (const std::optional<rating::Tally> met = knownTally(*m_view, m_one, m_other))
        return showMet(*met);
    m_values[Met]->setText(u"…"_s);
    m_contests->setEnabled(false);
    onResult(QtConcurrent::run(&m_workers, [view = m_view, first = m_one, second = m_other] { return rating::talliesByPair(*view->log, {first, second})[1]; }), this,
             [this, generation](const rating::Tally &met) {
                 if (generation == m_generation)
                     showMet(met);
             });
}

void ComparePage::showMet(const rating::Tally &met)
{
    m_values[Met]->setText(met.contests == 0 ? tr("none")
                           : met.draws > 0   ? tr("%1 won, %2 drawn, %3 lost").arg(met.wins).arg(met.draws).arg(met.contests - met.wins - met.draws)
                                             : tr("%1 : %2").arg(met.wins).arg(met.contests - met.wins));
    m_contests->setEnabled(met.contests > 0);
}

} // namespace turnstone
