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

/// Where the program keeps what is its own.
struct AppFolders
{
    QString config; ///< settings, profiles of the user's own
    QString data;   ///< samples, histories, journals
    QString cache;  ///< what can be made again

    /// As the desktop has them (XDG).
    static AppFolders standard();
    /// All below one folder, for a stick or a try.
    static AppFolders below(const QString &folder);
};

/// Builds and owns every service of the program. Nothing here waits: profiles are read in the background.
class AppContext final
{
public:
    enum class Mode {
        Desktop,
        Probe,   ///< a picture, the self-test: neither sees nor changes what the user's window looks like, asks no keyring
        Portable ///< passwords are kept for this run only, as the keyring is not in the folder
    };
    AppContext(Mode mode, AppFolders folders);
    ~AppContext();
    Q_DISABLE_COPY_MOVE(AppContext)

    QSettings &settings() { return *m_settings; }
    WindowServices services();

private:
    std::optional<QTemporaryDir> m_temporary;
    AppFolders m_folders;
    std::unique_ptr<QSettings> m_settings;
    QThreadPool m_workers;
    ProfilesFuture m_profiles;
    std::unique_ptr<ConnectionStore> m_connections;
    std::unique_ptr<SecretStore> m_secrets;
};

} // namespace turnstone
