// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTableView>

#include <cstdint>
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
    /// Widths from the header and the first rows.
    void fitColumns();

signals:
    void chosenChanged();
    /// A row's contests are wanted; `column` is the one that was clicked or entered.
    void contestsRequested(int row, int column);
    void menuRequested(int row, int column, const QPoint &globalPlace);

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void changeEvent(QEvent *event) override;
    void selectionChanged(const QItemSelection &selected, const QItemSelection &deselected) override;

private:
    void applyRowHeight();

    BoardModel &m_model;
};

} // namespace turnstone
