// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/connections/connectionstore.h"
#include "models/connections/secretstore.h"
#include "views/shell/mainwindow.h"

#include <QSettings>
#include <QTemporaryDir>
#include <QThreadPool>

#include <memory>
#include <optional>

namespace turnstone {

/// Builds and owns every service of the program. Nothing here waits: profiles are read in the background.
class AppContext final
{
public:
    /// A probe (a picture, the self-test) neither sees nor changes what the user's window looks like, and asks no keyring.
    explicit AppContext(bool isProbe);
    ~AppContext();
    Q_DISABLE_COPY_MOVE(AppContext)

    QSettings &settings() { return *m_settings; }
    WindowServices services();

private:
    std::optional<QTemporaryDir> m_temporary;
    std::unique_ptr<QSettings> m_settings;
    QThreadPool m_workers;
    ProfilesFuture m_profiles;
    std::unique_ptr<ConnectionStore> m_connections;
    std::unique_ptr<SecretStore> m_secrets;
};

} // namespace turnstone
