// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/leaderboard/boardview.h"

#include <QAbstractTableModel>
#include <QTableView>

namespace turnstone {

/// How the best fared against each other: a row against a column. GUI thread only.
class PairsModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Role { ShareRole = Qt::UserRole + 1, ContestsRole, ChanceRole };

    explicit PairsModel(QObject *parent = nullptr) : QAbstractTableModel(parent) {}
    void setBoard(std::shared_ptr<const BoardView> view);
    std::uint32_t competitor(int at) const { return m_view->paired[static_cast<std::size_t>(at)]; }

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override { return rowCount(parent); }
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;
    /// name, then the share won against each, empty where they never met.
    QByteArray toCsv() const;

private:
    QString nameOf(int at) const;
    double chanceOf(int row, int column) const;

    std::shared_ptr<const BoardView> m_view;
};

/// The matrix. Cells are tinted by the share won, the more the surer.
class PairsView final : public QTableView
{
    Q_OBJECT

public:
    explicit PairsView(QWidget *parent = nullptr);
    void setBoard(std::shared_ptr<const BoardView> view);
    const PairsModel &pairs() const { return *m_model; }
    /// Whose row and column stand out; -1: nobody's.
    void mark(qint64 competitor);
    bool isMarked(int at) const;

signals:
    void pairRequested(std::uint32_t one, std::uint32_t other);
    /// The cell under the pointer: its two; empty if it has left.
    void hovered(const std::vector<std::uint32_t> &pair);

protected:
    void mouseMoveEvent(QMouseEvent *event) override;
    bool viewportEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    void request(const QModelIndex &index);

    PairsModel *m_model;
    QPersistentModelIndex m_hoveredCell;
    qint64 m_marked = -1;
};

} // namespace turnstone
