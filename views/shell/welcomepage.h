// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/profiles/profileregistry.h"

#include <QWidget>

class QLabel;
class QVBoxLayout;

namespace turnstone {

/// What stands in the window while no database is open: open, recent ones, demo databases.
class WelcomePage final : public QWidget
{
    Q_OBJECT

public:
    explicit WelcomePage(QWidget *parent = nullptr);

    void setRecent(const QStringList &places);
    /// A sample for each system.
    void setSystems(const ProfileRegistry &registry);

signals:
    void openTriggered();
    void connectTriggered();
    void databaseChosen(const QString &place);
    void demoChosen(const QString &system);

protected:
    void changeEvent(QEvent *event) override;

private:
    void showLogo();
    static void clear(QVBoxLayout *list);

    QLabel *m_logo;
    QVBoxLayout *m_recent;
    QVBoxLayout *m_demo;
};

} // namespace turnstone
