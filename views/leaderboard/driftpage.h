// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/leaderboard/boardview.h"

#include <QWidget>

class QLabel;
class QPushButton;

namespace turnstone {

class ChartWidget;

/// How far the stored ratings are from what the contests say, and the way to write the replayed ones back. GUI thread only.
class DriftPage final : public QWidget
{
    Q_OBJECT

public:
    explicit DriftPage(QWidget *parent = nullptr);

    /// All but the chart, which the panel draws.
    void setBoard(std::shared_ptr<const BoardView> view);
    /// While a write is under way nothing can be started.
    void setWriting(bool isWriting);
    ChartWidget *chart() const { return m_chart; }

signals:
    void writeRequested();

private:
    void update();

    std::shared_ptr<const BoardView> m_view;
    bool m_isWriting = false;
    QLabel *m_text;
    QPushButton *m_write;
    ChartWidget *m_chart;
};

/// Ratings that the view would write: those of its system, of everybody, from all contests.
std::vector<StoredRatings::Change> ratingsToWrite(const BoardView &view);
/// Why there are none to be written; empty if there are.
QString reasonNotToWrite(const BoardView &view);

} // namespace turnstone
