// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/connections/envimport.h"

#include "models/database/envfile.h"

#include <QCoreApplication>
#include <QDir>

#include <array>
#include <utility>

namespace turnstone {

namespace {

using namespace Qt::StringLiterals;

struct EnvImportText
{
    Q_DECLARE_TR_FUNCTIONS(EnvImport)
};

using EnvSetting = std::pair<QLatin1StringView, QLatin1StringView>;

constexpr std::array clientSettings{EnvSetting{"PGHOST"_L1, "host"_L1},
                                    EnvSetting{"PGHOSTADDR"_L1, "hostaddr"_L1},
                                    EnvSetting{"PGPORT"_L1, "port"_L1},
                                    EnvSetting{"PGDATABASE"_L1, "dbname"_L1},
                                    EnvSetting{"PGUSER"_L1, "user"_L1},
                                    EnvSetting{"PGPASSWORD"_L1, "password"_L1},
                                    EnvSetting{"PGPASSFILE"_L1, "passfile"_L1},
                                    EnvSetting{"PGSERVICE"_L1, "service"_L1},
                                    EnvSetting{"PGOPTIONS"_L1, "options"_L1},
                                    EnvSetting{"PGAPPNAME"_L1, "application_name"_L1},
                                    EnvSetting{"PGSSLMODE"_L1, "sslmode"_L1},
                                    EnvSetting{"PGSSLROOTCERT"_L1, "sslrootcert"_L1},
                                    EnvSetting{"PGSSLCERT"_L1, "sslcert"_L1},
                                    EnvSetting{"PGSSLKEY"_L1, "sslkey"_L1},
                                    EnvSetting{"PGCONNECT_TIMEOUT"_L1, "connect_timeout"_L1},
                                    EnvSetting{"PGTARGETSESSIONATTRS"_L1, "target_session_attrs"_L1}};
constexpr std::array imageSettings{EnvSetting{"POSTGRES_HOST"_L1, "host"_L1}, EnvSetting{"POSTGRES_PORT"_L1, "port"_L1},
                                   EnvSetting{"POSTGRES_DB"_L1, "dbname"_L1}, EnvSetting{"POSTGRES_USER"_L1, "user"_L1},
                                   EnvSetting{"POSTGRES_PASSWORD"_L1, "password"_L1}};

/// NotFound if none of the settings is there.
template<typename Settings>
Result<DatabaseUrl> fromSettings(const EnvFile &env, const Settings &settings)
{
    DatabaseUrl url = DatabaseUrl::forServer({});
    int firstLine = 0;
    for (const auto &[key, keyword] : settings) {
        const Result<QString> value = env.value(key);
        if (!value)
            return failure(value);
        if (value->isEmpty())
            continue;
        firstLine = firstLine == 0 ? env.line(key) : firstLine;
        url.setParameter(keyword, *value);
    }
    if (firstLine == 0)
        return failure(ErrorCode::NotFound, EnvImportText::tr("%1 names no database: it sets neither DATABASE_URL nor DB_NAME, PGDATABASE or POSTGRES_DB.")
                                                .arg(QDir::toNativeSeparators(env.name())));
    const bool hasPlace = !url.parameter(u"host"_s).isEmpty() || !url.parameter(u"hostaddr"_s).isEmpty() || !url.parameter(u"service"_s).isEmpty();
    if (!hasPlace)
        url.setParameter(u"host"_s, u"localhost"_s);
    if (url.parameter(u"dbname"_s).isEmpty()) // as PostgreSQL itself does
        url.setParameter(u"dbname"_s, url.parameter(u"user"_s));
    if (const Result<DatabaseUrl> checked = DatabaseUrl::parse(url.toUrlWithSecrets()); !checked)
        return failure(checked.error().code,
                       EnvImportText::tr("%1, line %2: %3").arg(env.name(), QString::number(firstLine), checked.error().message));
    return url;
}

} // namespace

Result<DatabaseUrl> readEnvConnection(const QString &path)
{
    Result<DatabaseUrl> url = DatabaseUrl::fromEnvFile(path);
    if (url || url.error().code != ErrorCode::NotFound)
        return url;
    const Result<EnvFile> env = EnvFile::read(path);
    if (!env)
        return failure(env);
    url = fromSettings(*env, clientSettings);
    if (!url && url.error().code == ErrorCode::NotFound)
        url = fromSettings(*env, imageSettings);
    return url;
}

} // namespace turnstone
