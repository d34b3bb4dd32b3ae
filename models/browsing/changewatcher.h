// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/session.h"

#include <QByteArray>
#include <QObject>
#include <QTimer>

#include <memory>

namespace turnstone {

/// Notices that somebody else changed a database, by asking a connection of its own now and then: SQLite's data_version and
/// schema_version, PostgreSQL's WAL position and catalog. It holds no lock and no transaction in between. PostgreSQL's position
/// is that of the whole server, so dataChanged() may come although nothing changed here. GUI thread only.
class ChangeWatcher final : public QObject
{
    Q_OBJECT

public:
    /// The session opens with the first question.
    ChangeWatcher(const DatabaseUrl &url, ConnectionOptions options, QObject *parent = nullptr);

    /// Milliseconds between two questions.
    void setInterval(int milliseconds);
    /// `schema`: schemaVersion() of before what is known of the schema was read, so that no change in between is missed.
    void start(const QByteArray &schema = {});

    /// Tells two states of the schema apart; compares with others of the same database only.
    [[nodiscard]] static Result<QByteArray> schemaVersion(Connection &connection);

signals:
    void dataChanged();
    void schemaChanged();

private:
    void ask();

    Session m_session;
    QTimer m_timer;
    QByteArray m_data;
    QByteArray m_schema;
    bool m_isAsking = false;
};

} // namespace turnstone
