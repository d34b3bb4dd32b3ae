// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/profiles/profileregistry.h"

#include <QWidget>

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

private:
    static void clear(QVBoxLayout *list);

    QVBoxLayout *m_recent;
    QVBoxLayout *m_demo;
};

} // namespace turnstone
