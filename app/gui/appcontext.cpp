// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/appcontext.h"

#include "models/connections/keyringsecretstore.h"
#include "models/connections/memorysecretstore.h"

#include <QStandardPaths>
#include <QtConcurrent>

namespace turnstone {

using namespace Qt::StringLiterals;

AppContext::AppContext(bool isProbe)
{
    const QString folder = QStandardPaths::writableLocation(QStandardPaths::AppConfigLocation);
    m_profiles = QtConcurrent::run(&m_workers, [folder] {
        return std::shared_ptr<const ProfileRegistry>(std::make_shared<ProfileRegistry>(ProfileRegistry::load(folder + u"/profiles"_s)));
    });
    if (isProbe)
        m_temporary.emplace();
    m_settings = std::make_unique<QSettings>(isProbe ? m_temporary->filePath(u"settings.ini"_s) : folder + u"/turnstone.ini"_s, QSettings::IniFormat);
    m_connections = std::make_unique<ConnectionStore>(*m_settings);
    if (isProbe)
        m_secrets = std::make_unique<MemorySecretStore>();
    else
        m_secrets = std::make_unique<KeyringSecretStore>();
}

AppContext::~AppContext() = default;

WindowServices AppContext::services()
{
    return {m_profiles, *m_settings, m_workers, *m_connections, *m_secrets,
            QStandardPaths::writableLocation(QStandardPaths::AppLocalDataLocation) + u"/samples"_s,
            m_temporary ? m_temporary->filePath(u"data"_s) : QStandardPaths::writableLocation(QStandardPaths::AppLocalDataLocation),
            m_temporary ? m_temporary->filePath(u"cache"_s) : QStandardPaths::writableLocation(QStandardPaths::CacheLocation)};
}

} // namespace turnstone
