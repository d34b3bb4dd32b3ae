// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/leaderboard/boardview.h"

#include <QWidget>

class QLabel;
class QPushButton;
class QThreadPool;

namespace turnstone {

class ChartWidget;

/// Two competitors side by side: how likely one is better, what a game between them would be, how they fared. GUI thread only.
class ComparePage final : public QWidget
{
    Q_OBJECT

public:
    explicit ComparePage(QThreadPool &workers, QWidget *parent = nullptr);

    /// The first two of `chosen`; the next best joins one that is alone.
    void setBoard(std::shared_ptr<const BoardView> view, const std::vector<std::uint32_t> &chosen);
    ChartWidget *chart() const { return m_chart; }

signals:
    void pairRequested(std::uint32_t one, std::uint32_t other);

private:
    void addFigure(const QString &name, const QString &caption);
    void show(const LeaderboardRow &one, const LeaderboardRow &other);
    void showMet(const rating::Tally &met);

    QThreadPool &m_workers;
    std::shared_ptr<const BoardView> m_view;
    quint64 m_generation = 0;
    std::uint32_t m_one = 0;
    std::uint32_t m_other = 0;
    QWidget *m_figures;
    std::vector<QLabel *> m_values;
    QLabel *m_heading;
    QPushButton *m_contests;
    ChartWidget *m_chart;
};

/// Chance that the first one's skill is above the second's.
double chanceToBeBetter(const rating::Rating &one, const rating::Rating &other);

} // namespace turnstone
