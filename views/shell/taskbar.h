// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/panels/tasks.h"

#include <QWidget>

#include <functional>
#include <vector>

class QLabel;
class QProgressBar;
class QTimer;
class QToolButton;

namespace turnstone {

/// What is under way, in the status bar: the latest task with how far it is and a button that stops it, and how many
/// there are besides. GUI thread only.
class TaskBar final : public QWidget, public Tasks
{
    Q_OBJECT

public:
    explicit TaskBar(QWidget *parent = nullptr);

    int begin(const QString &text, std::function<void()> cancel = {}) override;
    void setProgress(int id, qint64 done, qint64 total) override;
    void setText(int id, const QString &text) override;
    void end(int id) override;
    void note(const QString &text) override;
    bool isIdle() const { return m_tasks.empty(); }

private:
    struct Task
    {
        int id;
        QString text;
        std::function<void()> cancel;
        qint64 done = 0;
        qint64 total = 0;
    };
    Task *task(int id);
    void show();
    void showSoon();

    std::vector<Task> m_tasks;
    int m_nextId = 1;
    QString m_note;
    int m_notes = 0;
    QTimer *m_delay;
    QLabel *m_text;
    QProgressBar *m_progress;
    QToolButton *m_stop;
};

} // namespace turnstone
