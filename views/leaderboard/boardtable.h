// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTableView>

#include <cstdint>
#include <unordered_set>
#include <vector>

namespace turnstone {

class BoardModel;

/// The table of a leaderboard. GUI thread only.
class BoardTable final : public QTableView
{
    Q_OBJECT

public:
    /// `model` outlives the table.
    explicit BoardTable(BoardModel &model, QWidget *parent = nullptr);

    /// Competitors of the selected rows, from the top down.
    std::vector<std::uint32_t> chosen() const;
    void choose(const std::vector<std::uint32_t> &competitors);
    /// Rows that stand out because the pointer is at them somewhere else.
    void mark(const std::vector<std::uint32_t> &competitors);
    bool isMarked(int row) const;
    /// Widths from the header and the first rows.
    void fitColumns();

signals:
    void chosenChanged();
    /// The row under the pointer: its competitor; -1 if it has left.
    void hovered(qint64 competitor);
    /// A row's contests are wanted; `column` is the one that was clicked or entered.
    void contestsRequested(int row, int column);
    void menuRequested(int row, int column, const QPoint &globalPlace);

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void changeEvent(QEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    bool viewportEvent(QEvent *event) override;
    void selectionChanged(const QItemSelection &selected, const QItemSelection &deselected) override;

private:
    void applyRowHeight();

    void hover(qint64 competitor);

    BoardModel &m_model;
    std::unordered_set<std::uint32_t> m_marked;
    qint64 m_hovered = -1;
};

} // namespace turnstone
