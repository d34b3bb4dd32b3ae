// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/databaseargument.h"

#include <QCoreApplication>

namespace turnstone::cli {

void DatabaseArgument::declare(CLI::App &command)
{
    command.add_option("DB", m_text, "Path of a SQLite file, or a URL (sqlite:///x.db, postgresql://user@host/db)");
    command.add_option("--env", m_envFile, "Take the URL from this .env file (DATABASE_URL, …)")->type_name("FILE");
}

void DatabaseArgument::shiftInto(std::vector<std::string *> words)
{
    if (m_envFile.empty() || m_text.empty())
        return;
    std::string moving = std::move(m_text);
    m_text.clear();
    for (std::string *word : words)
        std::swap(moving, *word);
}

Result<DatabaseUrl> DatabaseArgument::url() const
{
    if (!m_envFile.empty())
        return DatabaseUrl::fromEnvFile(QString::fromStdString(m_envFile));
    if (m_text.empty())
        return failure(ErrorCode::InvalidInput, QCoreApplication::translate("DatabaseArgument", "DB is missing: give a path, a URL, or --env FILE"));
    return DatabaseUrl::parse(QString::fromStdString(m_text));
}

Result<std::unique_ptr<Connection>> DatabaseArgument::open(const ConnectionOptions &options, std::stop_token stop) const
{
    const Result<DatabaseUrl> where = url();
    if (!where)
        return failure(where);
    auto connection = Connection::open(*where, options);
    if (connection)
        (*connection)->setStopToken(std::move(stop));
    return connection;
}

StopGuard::StopGuard(Connection &connection, std::stop_token stop)
    : m_callback(std::move(stop), [&connection] { connection.interrupt(); })
{
}

} // namespace turnstone::cli
