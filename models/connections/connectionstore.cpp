// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/connections/connectionstore.h"

#include <QSettings>
#include <QUuid>

#include <algorithm>

namespace turnstone {

namespace {

using namespace Qt::StringLiterals;

struct StoredConnection
{
    qlonglong position = 0;
    SavedConnection connection;
};

/// Numbers that a hand has spoilt count as not given.
int numberIn(const QSettings &settings, const QString &key, int least, int otherwise)
{
    bool isNumber = false;
    const int number = settings.value(key).toInt(&isNumber);
    return isNumber && number >= least ? number : otherwise;
}

} // namespace

ConnectionOptions SavedConnection::options() const
{
    ConnectionOptions options;
    options.readOnly = readOnly;
    bool isNumber = false;
    const int seconds = url.parameter(u"connect_timeout"_s).toInt(&isNumber);
    if (isNumber)
        options.connectTimeout = std::chrono::seconds(seconds);
    return options;
}

QList<SavedConnection> ConnectionStore::connections() const
{
    QList<StoredConnection> stored;
    m_settings.beginGroup(u"connections"_s);
    for (const QString &id : m_settings.childGroups()) {
        m_settings.beginGroup(id);
        StoredConnection entry;
        entry.position = m_settings.value(u"position"_s).toLongLong();
        SavedConnection &connection = entry.connection;
        connection.id = id;
        connection.name = m_settings.value(u"name"_s).toString();
        connection.readOnly = m_settings.value(u"readOnly"_s, true).toBool();
        connection.keepsPassword = m_settings.value(u"keepsPassword"_s, false).toBool();
        connection.pool.size = numberIn(m_settings, u"poolSize"_s, 1, connection.pool.size);
        connection.pool.overflow = numberIn(m_settings, u"poolOverflow"_s, 0, connection.pool.overflow);
        connection.pool.recycle = std::chrono::seconds(numberIn(m_settings, u"poolRecycle"_s, 0, int(connection.pool.recycle.count())));
        connection.pool.acquireTimeout = std::chrono::milliseconds(numberIn(m_settings, u"poolTimeoutMs"_s, 1, int(connection.pool.acquireTimeout.count())));
        const Result<DatabaseUrl> url = DatabaseUrl::parse(m_settings.value(u"url"_s).toString());
        if (url) {
            connection.url = url->withoutSecrets();
            stored.append(entry);
        }
        m_settings.endGroup();
    }
    m_settings.endGroup();
    std::stable_sort(stored.begin(), stored.end(), [](const auto &a, const auto &b) { return a.position < b.position; });
    QList<SavedConnection> connections;
    for (const StoredConnection &entry : std::as_const(stored))
        connections.append(entry.connection);
    return connections;
}

SavedConnection ConnectionStore::save(SavedConnection connection)
{
    connection.url = connection.url.withoutSecrets();
    if (connection.id.isEmpty())
        connection.id = QUuid::createUuid().toString(QUuid::WithoutBraces);
    m_settings.beginGroup(u"connections"_s);
    qlonglong position = m_settings.value(connection.id + "/position"_L1, -1).toLongLong();
    if (position < 0)
        for (const QString &id : m_settings.childGroups())
            position = std::max(position, m_settings.value(id + "/position"_L1).toLongLong());
    const bool isNew = !m_settings.contains(connection.id + "/position"_L1);
    m_settings.beginGroup(connection.id);
    m_settings.setValue(u"position"_s, isNew ? position + 1 : position);
    m_settings.setValue(u"name"_s, connection.name);
    m_settings.setValue(u"url"_s, connection.url.toUrlWithSecrets()); // there are none: see above
    m_settings.setValue(u"readOnly"_s, connection.readOnly);
    m_settings.setValue(u"keepsPassword"_s, connection.keepsPassword);
    m_settings.setValue(u"poolSize"_s, connection.pool.size);
    m_settings.setValue(u"poolOverflow"_s, connection.pool.overflow);
    m_settings.setValue(u"poolRecycle"_s, qlonglong(connection.pool.recycle.count()));
    m_settings.setValue(u"poolTimeoutMs"_s, qlonglong(connection.pool.acquireTimeout.count()));
    m_settings.endGroup();
    m_settings.endGroup();
    return connection;
}

void ConnectionStore::remove(const QString &id)
{
    if (!id.isEmpty())
        m_settings.remove("connections/"_L1 + id);
}

std::optional<SavedConnection> ConnectionStore::connectionTo(const DatabaseUrl &url) const
{
    const QString place = url.withoutSecrets().displayText();
    std::optional<SavedConnection> found;
    for (const SavedConnection &connection : connections()) {
        if (connection.url.displayText() == place && (!found || connection.readOnly))
            found = connection;
    }
    return found;
}

QStringList ConnectionStore::recentPlaces() const
{
    return m_settings.value(u"recent"_s).toStringList();
}

void ConnectionStore::addRecentPlace(const DatabaseUrl &url)
{
    const QString place = url.displayText();
    QStringList recent = recentPlaces();
    recent.removeAll(place);
    recent.prepend(place);
    m_settings.setValue(u"recent"_s, recent.mid(0, maxRecentPlaces));
}

} // namespace turnstone
