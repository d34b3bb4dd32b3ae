// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/leaderboard/boardview.h"

#include <QVariantMap>
#include <QWidget>

class QComboBox;
class QDateEdit;
class QMenu;
class QSpinBox;
class QToolButton;

namespace turnstone {

/// What can be chosen above a leaderboard. GUI thread only.
class BoardControls final : public QWidget
{
    Q_OBJECT

public:
    explicit BoardControls(QWidget *parent = nullptr);

    /// Ids and titles of the leaderboards of the database; hidden if it is one.
    void setBoards(const std::vector<std::pair<QString, QString>> &boards, const QString &current);
    /// Offers what this one can be filtered and grouped by. Choices that it has stay.
    void setLeaderboard(const std::shared_ptr<const Leaderboard> &board);
    const BoardSettings &settings() const { return m_settings; }

    QVariantMap save() const;
    void restore(const QVariantMap &state);
    /// Moves the keyboard to the first control.
    void takeFocus();

signals:
    void changed();
    void boardChosen(const QString &id);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    QComboBox *addCombo(const QString &name, const QString &label);
    void fillGroups();
    void fillFilters();
    void showFilterCount();
    void applyPeriod();
    void change(const std::function<void(BoardSettings &)> &edit);

    QComboBox *m_boards;
    QComboBox *m_source;
    QComboBox *m_system;
    QComboBox *m_groupBy;
    QComboBox *m_period;
    QDateEdit *m_from;
    QDateEdit *m_until;
    QSpinBox *m_fewest;
    QToolButton *m_filters;
    QMenu *m_filterMenu;
    std::shared_ptr<const Leaderboard> m_board;
    BoardSettings m_settings;
    QVariantMap m_wanted; // groups by name, until the board is here
    bool m_isFilling = false;
    bool m_isSourceChosen = false; ///< by somebody, now or before
};

} // namespace turnstone
