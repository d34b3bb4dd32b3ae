// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/browsing/changewatcher.h"

#include "models/core/async.h"

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

Result<QByteArray> answer(Connection &connection, const QString &sql)
{
    auto reader = connection.query(sql);
    if (!reader)
        return failure(reader);
    RowBlock block;
    if (const Result<bool> got = (*reader)->read(block); !got)
        return failure(got);
    return block.isEmpty() ? QByteArray() : Value(block.at(0, 0)).toDisplayText().toUtf8();
}

using Versions = std::pair<QByteArray, QByteArray>;

Result<Versions> readVersions(Connection &connection)
{
    const bool isSqlite = connection.engine() == Engine::Sqlite;
    const QString data = isSqlite ? u"PRAGMA data_version"_s
                                  : u"SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_insert_lsn() END::text"_s;
    const Result<QByteArray> first = answer(connection, data);
    if (!first)
        return failure(first);
    const Result<QByteArray> second = ChangeWatcher::schemaVersion(connection);
    if (!second)
        return failure(second);
    return Versions{*first, *second};
}

} // namespace

ChangeWatcher::ChangeWatcher(const DatabaseUrl &url, ConnectionOptions options, QObject *parent)
    : QObject(parent), m_session(url, [&options] {
          options.readOnly = true;
          options.createFile = false;
          return options;
      }())
{
    connect(&m_timer, &QTimer::timeout, this, &ChangeWatcher::ask);
    m_timer.setInterval(5'000);
}

Result<QByteArray> ChangeWatcher::schemaVersion(Connection &connection)
{
    if (connection.engine() == Engine::Sqlite)
        return answer(connection, u"PRAGMA schema_version"_s);
    // Tables and columns come, go and change their type through these two catalogs; system objects have the low numbers.
    return answer(connection,
                  u"SELECT (SELECT count(*) || ':' || coalesce(sum(hashtext(oid::text || relname)::bigint), 0) FROM pg_class WHERE relkind IN ('r', 'v', 'm', 'p', 'f') AND oid >= 16384)"
                  " || ':' || (SELECT coalesce(sum(hashtext(attrelid::text || attname || atttypid::text)::bigint), 0) FROM pg_attribute WHERE attnum > 0 AND attrelid >= 16384)"_s);
}

void ChangeWatcher::setInterval(int milliseconds)
{
    m_timer.setInterval(milliseconds);
}

void ChangeWatcher::start(const QByteArray &schema)
{
    m_schema = schema;
    ask();
    m_timer.start();
}

void ChangeWatcher::ask()
{
    if (m_isAsking)
        return; // a locked or slow database is not asked twice
    m_isAsking = true;
    onResult(m_session.run(readVersions, {}, Session::OnLoss::Repeat), this, [this](const Result<Versions> &versions) {
        m_isAsking = false;
        if (!versions)
            return; // gone for now; asked again
        const bool isFirst = m_data.isEmpty();
        const bool isOther = versions->first != m_data;
        const bool isOtherSchema = !m_schema.isEmpty() && versions->second != m_schema;
        m_data = versions->first;
        m_schema = versions->second;
        if (isOtherSchema)
            emit schemaChanged();
        if (isOtherSchema || (isOther && !isFirst))
            emit dataChanged();
    });
}

} // namespace turnstone
