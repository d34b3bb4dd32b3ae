// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/connections/connectiontest.h"

#include <QWidget>

class QGridLayout;
class QLabel;

namespace turnstone {

class MessageBar;

/// What the test of a connection found: nothing yet, at work with a button that stops it, the server's health, or what failed
/// with what to do and the server's own words under "Details".
class ConnectionReportView final : public QWidget
{
    Q_OBJECT

public:
    explicit ConnectionReportView(QWidget *parent = nullptr);

    void clear();
    void showRunning(const QString &place);
    void showReport(const ConnectionReport &report);
    void showError(const Error &error);
    void showNote(const QString &note);

signals:
    void stopRequested();

protected:
    void changeEvent(QEvent *event) override;

private:
    void addFact(const QString &name, const QString &caption, const QString &value);
    void applyColors();

    QWidget *m_running;
    QLabel *m_runningText;
    MessageBar *m_message;
    QWidget *m_facts;
    QLabel *m_verdict;
    QLabel *m_silent;
    QGridLayout *m_factGrid;
    int m_factCount = 0;
};

} // namespace turnstone
