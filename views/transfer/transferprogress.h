// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QTimer>
#include <QWidget>

#include <atomic>
#include <functional>
#include <memory>
#include <stop_token>

class QLabel;
class QProgressBar;
class QPushButton;

namespace turnstone {

class Tasks;

/// How far work is, as the working thread last said.
struct TransferState
{
    std::atomic<qint64> rows = 0;
    std::atomic<double> fraction = -1;
};

/// A bar with rows, rows a second, time left and Stop, for the foot of a dialog; the status bar of the window shows the
/// same work. Hidden while nothing runs. GUI thread only, except the state.
class TransferProgress final : public QWidget
{
    Q_OBJECT

public:
    explicit TransferProgress(Tasks &tasks, QWidget *parent = nullptr);
    /// Stops what runs.
    ~TransferProgress() override;

    /// Begins; the state is for the job, the token for everything that can be stopped.
    std::shared_ptr<TransferState> begin(const QString &what);
    std::stop_token stopToken() const { return m_stop.get_token(); }
    void end();
    bool isRunning() const { return m_task >= 0; }
    void stop();

private:
    void update();

    Tasks &m_tasks;
    QLabel *m_text;
    QProgressBar *m_bar;
    QPushButton *m_stopButton;
    QTimer m_timer;
    QElapsedTimer m_since;
    std::shared_ptr<TransferState> m_state;
    std::stop_source m_stop;
    int m_task = -1;
};

} // namespace turnstone
