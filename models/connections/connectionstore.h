// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/connectionoptions.h"
#include "models/database/databaseurl.h"

#include <QList>
#include <QStringList>

#include <optional>

class QSettings;

namespace turnstone {

/// A connection that the user gave a name. The URL never holds a password or another secret.
struct SavedConnection
{
    QString id; ///< given by the store; empty for a new one
    QString name;
    DatabaseUrl url;
    PoolOptions pool;
    bool readOnly = true;
    /// The password is in the SecretStore under secretKey(url).
    bool keepsPassword = false;

    ConnectionOptions options() const;
};

/// Saved connections and recent places, kept in the settings given to it, never with a password:
/// whatever a URL brings along is taken out before it is written.
///
/// Every connection has a group of its own, so two running programs do not overwrite each other's.
/// An entry that cannot be read is left where it is and not listed. GUI thread.
class ConnectionStore
{
public:
    static constexpr int maxRecentPlaces = 10;

    /// `settings` must outlive the store.
    explicit ConnectionStore(QSettings &settings) : m_settings(settings) {}

    /// In the order in which they were added.
    QList<SavedConnection> connections() const;
    /// Adds it, or replaces the one with its id. Returns it as it was stored: with its id and without secrets.
    SavedConnection save(SavedConnection connection);
    void remove(const QString &id);
    /// The one with this place; if there are several, one that is read-only.
    std::optional<SavedConnection> connectionTo(const DatabaseUrl &url) const;

    /// Latest first, as DatabaseUrl::displayText().
    QStringList recentPlaces() const;
    void addRecentPlace(const DatabaseUrl &url);

private:
    QSettings &m_settings;
};

} // namespace turnstone
