// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QThreadPool;
class QVBoxLayout;

namespace turnstone {

/// What stands in the window while no database is open: open, recent ones, demo databases.
class WelcomePage final : public QWidget
{
    Q_OBJECT

public:
    explicit WelcomePage(QThreadPool &workers, QWidget *parent = nullptr);

    void setRecent(const QStringList &places);

signals:
    void openTriggered();
    void connectTriggered();
    void databaseChosen(const QString &place);

private:
    void fill(QVBoxLayout *list, const QStringList &places, const QString &emptySentence);

    QVBoxLayout *m_recent;
    QVBoxLayout *m_demo;
};

} // namespace turnstone
