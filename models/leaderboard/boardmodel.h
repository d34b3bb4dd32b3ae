// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/leaderboard/boardview.h"
#include "models/leaderboard/usagereader.h"

#include <QAbstractTableModel>

namespace turnstone {

/// The rows of a BoardView as a table that can be ordered by every column. Values are semantic: a delegate draws intervals and
/// shares. GUI thread only.
class BoardModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum class Kind { Rank, Name, Interval, Figure, Count, Share, Text, Flag, Milliseconds, Dollars };
    Q_ENUM(Kind)
    enum Role {
        KindRole = Qt::UserRole + 1,
        NumberRole, ///< what is ordered by; invalid if there is none
        LowRole,    ///< of intervals and shares
        HighRole
    };
    struct Column
    {
        enum class What { Rank, Name, Interval, Conservative, Mu, Sigma, Games, Wins, WinRate, Team, Side, Group, Active, Members, Stored, Drift, Tokens, Latency, Cost };
        What what;
        int index = 0; ///< of the team, side or group
        Kind kind = Kind::Text;
        QString title;
        QString about; ///< tool tip of the header
    };

    explicit BoardModel(QObject *parent = nullptr) : QAbstractTableModel(parent) {}

    void setBoard(std::shared_ptr<const BoardView> view, std::shared_ptr<const LeaderboardUsage> usage);
    const std::shared_ptr<const BoardView> &board() const { return m_view; }
    const std::vector<Column> &columns() const { return m_columns; }
    /// -1 if there is none.
    int columnOf(Column::What what) const;
    const LeaderboardRow &row(int at) const { return m_view->rows[static_cast<std::size_t>(m_order[static_cast<std::size_t>(at)])]; }
    /// Place of a competitor in the present order; -1 if it is not shown.
    int placeOf(std::uint32_t competitor) const;
    int sortColumn() const { return m_sortColumn; }
    Qt::SortOrder sortOrder() const { return m_sortOrder; }
    /// What the axis of the intervals spans: all of them.
    double axisLow() const { return m_axisLow; }
    double axisHigh() const { return m_axisHigh; }

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;

    /// All rows in the present order, every column with all its digits; shares and intervals with their ends.
    QByteArray toCsv() const;
    QByteArray toJson() const;

private:
    struct Span
    {
        double value = 0;
        double low = 0;
        double high = 0;
        bool isThere = false;
    };

    void buildColumns();
    const CompetitorUsage *usageOf(const LeaderboardRow &row) const;
    Span spanAt(const LeaderboardRow &row, const Column &column) const;
    rating::Tally tallyAt(const LeaderboardRow &row, const Column &column) const;
    QVariant numberAt(const LeaderboardRow &row, const Column &column) const;
    QString incompleteCost(const LeaderboardRow &row) const;
    QString textAt(const LeaderboardRow &row, const Column &column) const;
    QString tipAt(const LeaderboardRow &row, const Column &column) const;
    void reorder();

    std::shared_ptr<const BoardView> m_view;
    std::shared_ptr<const LeaderboardUsage> m_usage;
    std::vector<CompetitorUsage> m_groupUsage; ///< where groups are the competitors
    std::vector<Column> m_columns;
    std::vector<int> m_order;  // row of the view by place
    std::vector<int> m_places; // and back
    int m_sortColumn = 0;
    Qt::SortOrder m_sortOrder = Qt::AscendingOrder;
    double m_axisLow = 0;
    double m_axisHigh = 1;
};

} // namespace turnstone
