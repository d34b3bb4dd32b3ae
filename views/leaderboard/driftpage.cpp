// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/leaderboard/driftpage.h"

#include "views/charts/chartwidget.h"
#include "views/leaderboard/boardcharts.h"
#include "views/widgets/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>

#include <algorithm>
#include <cmath>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

/// A smaller difference is one of digits.
constexpr double noDrift = 1e-6;

} // namespace

std::vector<StoredRatings::Change> ratingsToWrite(const BoardView &view)
{
    std::vector<StoredRatings::Change> changes;
    for (const LeaderboardRow &row : view.board->rows) {
        if (row.number < view.replay->standings.size() && view.replay->standings[row.number].total.contests > 0)
            changes.push_back({row.competitor, view.replay->standings[row.number].rating});
    }
    return changes;
}

QString reasonNotToWrite(const BoardView &view)
{
    if (!view.board->lens.stored)
        return DriftPage::tr("The application keeps no ratings.");
    if (view.settings.groupBy >= 0 || !view.settings.isWholeTime())
        return DriftPage::tr("Only ratings of everybody, from all games, can be written.");
    return view.log->size() == 0 ? DriftPage::tr("There are no games to replay.") : QString();
}

DriftPage::DriftPage(QWidget *parent) : QWidget(parent), m_text(new QLabel(this)), m_write(new QPushButton(tr("Write ratings…"), this)), m_chart(new ChartWidget(this))
{
    setObjectName(u"driftPage"_s);
    m_text->setObjectName(u"driftText"_s);
    m_text->setWordWrap(true);
    m_text->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_text->setTextFormat(Qt::PlainText);
    m_write->setObjectName(u"writeRatings"_s);
    m_chart->setObjectName(u"driftChart"_s);
    auto *left = new QVBoxLayout;
    left->addWidget(m_text);
    left->addWidget(m_write, 0, Qt::AlignLeft);
    left->addStretch(1);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base); // as the chart
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(metrics::space3, metrics::space2, metrics::space3, metrics::space2);
    layout->setSpacing(metrics::space4);
    layout->addLayout(left, 2);
    layout->addWidget(m_chart, 3);
    connect(m_write, &QPushButton::clicked, this, &DriftPage::writeRequested);
}

void DriftPage::setWriting(bool isWriting)
{
    m_isWriting = isWriting;
    if (m_view)
        update();
}

void DriftPage::setBoard(std::shared_ptr<const BoardView> view)
{
    m_view = std::move(view);
    update();
}

void DriftPage::update()
{
    const QString reason = reasonNotToWrite(*m_view);
    m_chart->setVisible(m_view->board->lens.stored.has_value());
    m_write->setVisible(m_view->board->lens.stored.has_value());
    m_write->setEnabled(reason.isEmpty() && !m_isWriting);
    m_write->setToolTip(reason);
    if (!m_view->board->lens.stored) {
        m_text->setText(reason + u' ' + tr("What is shown was replayed from %1 contests.").arg(QLocale().toString(static_cast<qint64>(m_view->log->size()))));
        return;
    }
    double largest = 0;
    int drifted = 0;
    int both = 0;
    int onlyReplayed = 0;
    for (const LeaderboardRow &row : m_view->board->rows) {
        const bool isReplayed = row.number < m_view->replay->standings.size() && m_view->replay->standings[row.number].total.contests > 0;
        onlyReplayed += isReplayed && !row.stored ? 1 : 0;
        if (!isReplayed || !row.stored)
            continue;
        const double drift = std::abs(row.stored->mu - m_view->replay->standings[row.number].rating.mu);
        ++both;
        drifted += drift > noDrift ? 1 : 0;
        largest = std::max(largest, drift);
    }
    const QLocale locale;
    QStringList lines;
    lines.append(drifted == 0 ? tr("All %1 stored ratings are what replaying the games gives.").arg(locale.toString(both))
                              : tr("%1 of %2 stored ratings differ from what replaying the games gives, by %3 at most.").arg(locale.toString(drifted), locale.toString(both), locale.toString(largest, 'f', 3)));
    if (onlyReplayed > 0)
        lines.append(tr("%1 have played and have no stored rating.").arg(locale.toString(onlyReplayed)));
    if (!reason.isEmpty())
        lines.append(reason);
    m_text->setText(lines.join(u"\n\n"_s));
}

} // namespace turnstone
