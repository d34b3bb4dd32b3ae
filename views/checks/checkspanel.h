// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/checks/databasechecks.h"
#include "views/panels/panel.h"
#include "views/panels/panelkind.h"

#include <stop_token>

class QHBoxLayout;
class QLabel;
class QPlainTextEdit;
class QProgressBar;
class QPushButton;
class QToolButton;
class QTreeWidget;
class QTreeWidgetItem;

namespace turnstone {

class MessageBar;

/// What is wrong with a database: findings as they come, with what they mean, the first rows at fault and what would repair
/// them. GUI thread only; each check is a job of its own in the pool.
class ChecksPanel final : public Panel
{
    Q_OBJECT

public:
    ChecksPanel(DatabaseContext context, QWidget *parent = nullptr);
    ~ChecksPanel() override;

    QString title() const override;
    void reload() override;
    void copy(const QString &format) override;

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void build();
    void next();
    void finish();
    void add(const std::vector<Finding> &findings);
    void showFinding();
    void open(QTreeWidgetItem *item, int column);
    void showRepairs(const Finding &finding);
    void fitFix();
    void repair(const Finding &finding, const ProfileAction &action);

    std::optional<DatabaseChecks> m_checks;
    CheckReport m_report;
    std::vector<Finding> m_shown; ///< by row of the list
    std::size_t m_step = 0;
    std::stop_source m_stop;
    bool m_isRunning = false;
    MessageBar *m_message;
    QTreeWidget *m_list;
    QLabel *m_empty;
    QLabel *m_state;
    QLabel *m_explanation;
    QPlainTextEdit *m_fix;
    QHBoxLayout *m_repairs;
    QPushButton *m_openFix;
    QToolButton *m_stopButton;
    QProgressBar *m_progress;
    QWidget *m_details;
};

PanelKind checksPanelKind();

} // namespace turnstone
