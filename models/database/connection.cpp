// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/database/connection.h"

#include "models/database/postgresconnection.h"
#include "models/database/sqliteconnection.h"

#include <QCoreApplication>
#include <QUuid>

namespace turnstone {

Connection::Connection(DatabaseUrl url, ConnectionOptions options) : m_url(std::move(url)), m_options(options) {}

Connection::~Connection()
{
    if (!m_database.isValid())
        return;
    const QString name = m_database.connectionName();
    m_database.close();
    m_database = QSqlDatabase(); // removeDatabase() wants no copy left
    QSqlDatabase::removeDatabase(name);
}

Result<std::unique_ptr<Connection>> Connection::open(const DatabaseUrl &url, const ConnectionOptions &options)
{
    switch (url.engine()) {
    case Engine::Sqlite: return SqliteConnection::openFile(url, options);
    case Engine::PostgreSql: return PostgresConnection::openServer(url, options);
    }
    return failure(ErrorCode::Internal, QStringLiteral("unknown engine"));
}

QString Connection::quoted(const QString &identifier)
{
    QString inner = identifier;
    inner.replace(u'"', QLatin1String("\"\""));
    return u'"' + inner + u'"';
}

QString Connection::quoted(const QString &schema, const QString &name)
{
    return schema.isEmpty() ? quoted(name) : quoted(schema) + u'.' + quoted(name);
}

Result<Value> Connection::queryValue(const QString &sql, const Parameters &parameters)
{
    Value value;
    const Result<> read = forEachRow(sql, parameters, [&](const RowBlock &block, int row) {
        if (block.columnCount() > 0)
            value = Value(block.at(row, 0));
        return false;
    });
    if (!read)
        return failure(read);
    return value;
}

Result<> Connection::forEachRow(const QString &sql, const Parameters &parameters,
                                const std::function<bool(const RowBlock &, int)> &row)
{
    auto reader = query(sql, parameters);
    if (!reader)
        return failure(reader);
    RowBlock block;
    for (;;) {
        const Result<bool> more = (*reader)->read(block);
        if (!more)
            return failure(more);
        for (int i = 0; i < block.rowCount(); ++i) {
            if (!row(block, i))
                return {};
        }
        if (!*more)
            return {};
    }
}

void Connection::setStopToken(std::stop_token token)
{
    m_stop = std::move(token);
}

tl::unexpected<Error> Connection::cancelled()
{
    return failure(ErrorCode::Cancelled, QCoreApplication::translate("Connection", "The work was stopped."));
}

} // namespace turnstone
