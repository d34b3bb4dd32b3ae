// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"
#include "models/database/databaseurl.h"

#include <QStringList>

#include <optional>
#include <vector>

namespace turnstone {

/// The parts of a PostgreSQL connection that a form shows one by one.
enum class ConnectionField { Url, Hosts, Port, Database, User, Password, SslMode, RootCertificate, TargetSession, ConnectTimeout };

/// A mistake and the field it belongs to. The message never repeats a password.
struct FieldProblem
{
    ConnectionField field = ConnectionField::Url;
    QString message;
};

/// A PostgreSQL connection taken apart into the texts of a form, and put together again. What the form
/// has no field for stays in `others`, so nothing of a URL is lost. A value type without Qt widgets.
struct ConnectionFields
{
    /// One host or several with commas between them; each may bring a port: `one:5432,two`, `[::1]:5433`,
    /// `/run/postgresql`, `[/run/postgresql]:5433`.
    QString hosts;
    /// For the hosts that bring none of their own; empty is 5432.
    QString port;
    QString database;
    QString user;
    QString password;
    /// As libpq calls them; empty where the URL says nothing.
    QString sslMode;
    QString rootCertificate;
    QString targetSession;
    /// Seconds; 0 waits for ever.
    std::optional<int> connectTimeout;
    QList<DatabaseUrl::Parameter> others;

    static constexpr int maxConnectTimeout = 86'400;

    /// Errors: Unsupported for a SQLite file, InvalidInput for a value that the form cannot show.
    [[nodiscard]] static Result<ConnectionFields> fromUrl(const DatabaseUrl &url);
    /// As DatabaseUrl::parse(), then fromUrl().
    [[nodiscard]] static Result<ConnectionFields> fromText(const QString &text);

    /// The best that can be made of the fields; good for connecting if there are no problems().
    DatabaseUrl toUrl() const;
    std::vector<FieldProblem> problems() const;

    /// What libpq knows, from the most trusting to the strictest.
    static const QStringList &sslModes();
    static const QStringList &targetSessions();

    friend bool operator==(const ConnectionFields &a, const ConnectionFields &b) = default;
};

} // namespace turnstone
