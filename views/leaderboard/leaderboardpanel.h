// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/leaderboard/boardview.h"
#include "models/leaderboard/usagereader.h"
#include "views/charts/chartspec.h"
#include "views/panels/panel.h"
#include "views/panels/panelkind.h"

#include <QFuture>

#include <atomic>
#include <stop_token>

class QLabel;
class QProgressBar;
class QSplitter;
class QStackedWidget;
class QTabWidget;
class QTimer;
class QToolButton;

namespace turnstone {

class BoardControls;
class BoardModel;
class BoardTable;
class ChartWidget;
class ComparePage;
class DriftPage;
class MessageBar;
class PairsView;

/// The leaderboard of a database: a table of competitors with intervals, and charts of what lies behind it. Contests are
/// read once; every choice makes a new BoardView in the worker pool. GUI thread only.
class LeaderboardPanel final : public Panel
{
    Q_OBJECT

public:
    LeaderboardPanel(const PanelServices &services, DatabaseContext context, const QVariantMap &arguments, QWidget *parent = nullptr);
    ~LeaderboardPanel() override;

    QString title() const override { return tr("Leaderboard"); }
    QString path() const override { return QStringLiteral("#leaderboard"); }
    std::optional<TablePlace> subject() const override;
    QString reasonToStay() const override;
    QVariantMap saveState() const override;
    void restoreState(const QVariantMap &state) override;
    void copy(const QString &format) override;
    void find() override;
    const std::shared_ptr<const BoardView> &board() const { return m_view; }

public slots:
    void reload() override;
    void refresh() override;

private:
    // leaderboardpanel.cpp
    void buildTop();
    void buildPages();
    void connectPages();
    void showView();
    void showChosen();
    void showPage();
    void showDistribution();
    void draw(ChartWidget &chart, std::function<ChartSpec()> make);
    void linkHovering();
    void emphasise(qint64 competitor);
    void tellSettled();
    void showState(const QString &sentence);
    void showRowMenu(int row, int column, const QPoint &globalPlace);
    void saveTable(const QString &ending);
    QFuture<QByteArray> tableBytes(const QString &format) const;
    std::vector<std::uint32_t> chosenOrBest() const;
    QString summary() const;
    QString contestWords(std::size_t count) const;

    // leaderboardjobs.cpp
    void read();
    void rate();
    void editPrices();
    void readUsageOf(const std::shared_ptr<const Leaderboard> &board);
    void beginWork(const QString &text);
    void endWork();
    void stopWork();
    void openContests(std::function<ContestChoice(const rating::ContestLog &)> choose, const QString &what);
    void openChoice(const ContestChoice &choice, const QString &what);
    void openContest(std::size_t index);
    void openRow(int row, int column);
    void askToWrite();
    void write();

    const PanelServices m_services;
    QString m_boardId;
    RowKey m_wanted; ///< competitor to be chosen once the board is here
    std::shared_ptr<const Leaderboard> m_board;
    std::shared_ptr<const LeaderboardUsage> m_usage;
    std::shared_ptr<const BoardView> m_view;

    std::stop_source m_stop;
    std::stop_source m_usageStop;
    quint64 m_generation = 0;
    std::shared_ptr<std::atomic<int>> m_progress;
    int m_task = 0;
    QTimer *m_progressTimer;
    bool m_isWriting = false;
    bool m_isFitted = false;
    int m_drawing = 0; ///< charts that are being made
    bool m_isSettling = false;
    int m_shownGroup = -1; ///< of the chart of groups
    std::vector<std::uint32_t> m_lastChosen;

    BoardModel *m_model;
    BoardControls *m_controls;
    MessageBar *m_message;
    QLabel *m_sentence;
    QLabel *m_summary;
    QProgressBar *m_bar;
    QToolButton *m_stopButton;
    QToolButton *m_menu;
    QStackedWidget *m_stack;
    QSplitter *m_splitter;
    BoardTable *m_table;
    QTabWidget *m_pages;
    ChartWidget *m_history;
    PairsView *m_pairs;
    QWidget *m_distributionPage;
    ChartWidget *m_distribution;
    ChartWidget *m_groups;
    ChartWidget *m_balance;
    ComparePage *m_compare;
    DriftPage *m_drift;
};

PanelKind leaderboardPanelKind();

} // namespace turnstone
