// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <functional>
#include <vector>

class QLabel;
class QProgressBar;
class QToolButton;

namespace turnstone {

/// What is under way, in the status bar: the latest task with how far it is and a button that stops it, and how many
/// there are besides. GUI thread only.
class TaskBar final : public QWidget
{
    Q_OBJECT

public:
    explicit TaskBar(QWidget *parent = nullptr);

    /// `cancel` may be empty: then it cannot be stopped. Returns an id.
    int begin(const QString &text, std::function<void()> cancel = {});
    /// Of `total`; 0 or less: unknown.
    void setProgress(int id, qint64 done, qint64 total);
    void setText(int id, const QString &text);
    void end(int id);
    bool isIdle() const { return m_tasks.empty(); }
    /// A line for a few seconds.
    void note(const QString &text);

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

    std::vector<Task> m_tasks;
    int m_nextId = 1;
    QString m_note;
    int m_notes = 0;
    QLabel *m_text;
    QProgressBar *m_progress;
    QToolButton *m_stop;
};

} // namespace turnstone
