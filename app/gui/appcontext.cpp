// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/appcontext.h"

#include "models/connections/keyringsecretstore.h"
#include "models/connections/memorysecretstore.h"

#include <QStandardPaths>
#include <QtConcurrent>

namespace turnstone {

using namespace Qt::StringLiterals;

AppFolders AppFolders::standard()
{
    return {QStandardPaths::writableLocation(QStandardPaths::AppConfigLocation), QStandardPaths::writableLocation(QStandardPaths::AppLocalDataLocation),
            QStandardPaths::writableLocation(QStandardPaths::CacheLocation)};
}

AppFolders AppFolders::below(const QString &folder)
{
    return {folder + u"/config"_s, folder + u"/data"_s, folder + u"/cache"_s};
}

AppContext::AppContext(Mode mode, AppFolders folders) : m_folders(std::move(folders))
{
    const bool isProbe = mode == Mode::Probe;
    m_profiles = QtConcurrent::run(&m_workers, [folder = m_folders.config] {
        return std::shared_ptr<const ProfileRegistry>(std::make_shared<ProfileRegistry>(ProfileRegistry::load(folder + u"/profiles"_s)));
    });
    if (isProbe)
        m_folders = AppFolders::below(m_temporary.emplace().path());
    m_settings = std::make_unique<QSettings>(m_folders.config + u"/turnstone.ini"_s, QSettings::IniFormat);
    m_connections = std::make_unique<ConnectionStore>(*m_settings);
    if (mode != Mode::Desktop)
        m_secrets = std::make_unique<MemorySecretStore>();
    else
        m_secrets = std::make_unique<KeyringSecretStore>();
}

AppContext::~AppContext() = default;

WindowServices AppContext::services()
{
    return {m_profiles, *m_settings, m_workers, *m_connections, *m_secrets, m_folders.data + u"/samples"_s, m_folders.data, m_folders.cache};
}

} // namespace turnstone
