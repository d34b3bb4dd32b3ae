// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"

#include <QList>
#include <QString>

#include <utility>

namespace turnstone {

enum class Engine { Sqlite, PostgreSql };

/// Where a database is: a SQLite file or a PostgreSQL connection with all libpq parameters.
///
/// Understands file paths, `sqlite:///relative.db`, `sqlite:////absolute.db`, `postgresql://` and
/// `postgres://` URLs with several hosts, IPv6, percent-encoding and any libpq parameter, and the
/// SQLAlchemy dialect forms (`postgresql+psycopg2://`, `sqlite+aiosqlite:///`). A value type;
/// thread-safe as such. Nothing that it prints holds the password.
class DatabaseUrl
{
public:
    /// libpq keyword and value.
    using Parameter = std::pair<QString, QString>;

    DatabaseUrl() = default;

    /// Errors: InvalidInput, with a sentence that says which part is wrong and never repeats a password.
    [[nodiscard]] static Result<DatabaseUrl> parse(const QString &text);
    /// As parse(), with relative SQLite paths relative to `folder`.
    [[nodiscard]] static Result<DatabaseUrl> parse(const QString &text, const QString &folder);
    /// Reads DATABASE_URL, CONSENSUS_ENGINE_DB_URL or DB_HOST/DB_PORT/DB_NAME/DB_USER/DB_PASSWORD from
    /// a .env file; a relative SQLite path is relative to the folder of that file. Blocks on the disk.
    [[nodiscard]] static Result<DatabaseUrl> fromEnvFile(const QString &path);
    /// The path as it is, nothing decoded; `~` and relative paths are made absolute.
    [[nodiscard]] static DatabaseUrl forFile(const QString &path);
    [[nodiscard]] static DatabaseUrl forServer(const QList<Parameter> &parameters);

    Engine engine() const { return m_engine; }
    /// SQLite: absolute path of the file.
    QString filePath() const { return m_filePath; }
    /// PostgreSQL: keyword and value of every parameter given except the password, in libpq's words
    /// (host, port, dbname, user, sslmode, target_session_attrs, …); several hosts are comma lists.
    /// SQLite: of `mode` (ro, rw, rwc), `timeout` (seconds), `immutable` and `nolock` (1) those given.
    const QList<Parameter> &parameters() const { return m_parameters; }
    QString parameter(const QString &keyword) const;
    /// An empty value removes the parameter; `password` goes to setPassword().
    void setParameter(const QString &keyword, const QString &value);
    QString password() const { return m_password; }
    void setPassword(const QString &password) { m_password = password; }

    /// The same place without the password and the other secrets among the parameters: what may be kept in settings.
    DatabaseUrl withoutSecrets() const;
    /// For titles, logs and messages: a path, or a URL without password and other secrets.
    QString displayText() const;
    /// Identifies the place for settings and caches: as displayText(), normalised (canonical path;
    /// default port written out, parameters that only say how to get there left out). SQLite: blocks
    /// on the disk.
    QString identity() const;
    /// The complete URL with the password, percent-encoded; for handing to the same user's programs only.
    QString toUrlWithSecrets() const;

    friend bool operator==(const DatabaseUrl &a, const DatabaseUrl &b) = default;

private:
    Engine m_engine = Engine::Sqlite;
    QString m_filePath;
    QList<Parameter> m_parameters;
    QString m_password;
};

} // namespace turnstone
