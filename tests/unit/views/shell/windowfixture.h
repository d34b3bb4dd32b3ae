// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/connections/connectionstore.h"
#include "models/connections/memorysecretstore.h"
#include "views/shell/mainwindow.h"

#include <QSettings>
#include <QTemporaryDir>
#include <QThreadPool>
#include <QtConcurrent>

namespace turnstone {

/// What a window needs, in a folder of the test's own. Windows made with it must go before it does.
class WindowFixture
{
public:
    WindowServices services()
    {
        return {m_profiles, settings, m_workers, m_connections, m_secrets, path(QStringLiteral("samples")), path(QStringLiteral("data")), path(QStringLiteral("cache"))};
    }
    QString path(const QString &name) const { return m_folder.filePath(name); }

private:
    QTemporaryDir m_folder;

public:
    QSettings settings{m_folder.filePath(QStringLiteral("settings.ini")), QSettings::IniFormat};

private:
    QThreadPool m_workers;
    ProfilesFuture m_profiles =
        QtConcurrent::run(&m_workers, [] { return std::shared_ptr<const ProfileRegistry>(std::make_shared<ProfileRegistry>(ProfileRegistry::load())); });
    ConnectionStore m_connections{settings};
    MemorySecretStore m_secrets;
};

} // namespace turnstone
