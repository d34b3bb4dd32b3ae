// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/importing/importsink.h"

#include "models/importing/postgresimportsink.h"
#include "models/importing/sqliteimportsink.h"

#include <QCoreApplication>

namespace turnstone {

using namespace Qt::StringLiterals;

std::unique_ptr<ImportSink> ImportSink::make(Connection &connection, Target target)
{
    if (connection.engine() == Engine::Sqlite)
        return std::make_unique<SqliteImportSink>(connection, std::move(target));
    return std::make_unique<PostgresImportSink>(static_cast<PostgresConnection &>(connection), std::move(target));
}

QString ImportSink::tableName() const
{
    return Connection::quoted(m_target.table.schema, m_target.table.name);
}

QString ImportSink::columnList() const
{
    QStringList names;
    for (const QString &column : m_target.columns)
        names.append(Connection::quoted(column));
    return names.join(u", "_s);
}

Result<QString> conflictClauseFor(const CatalogTable &table, const QStringList &columns, ImportConflict conflict)
{
    if (conflict == ImportConflict::Abort)
        return QString();
    if (conflict == ImportConflict::Skip)
        return u" ON CONFLICT DO NOTHING"_s;
    const QStringList key = table.identityColumns();
    if (key.isEmpty()) {
        return failure(ErrorCode::InvalidInput, QCoreApplication::translate("ImportSink", "%1 has no key by which its rows could be replaced or updated.").arg(table.name));
    }
    QStringList quotedKey;
    for (const QString &column : key) {
        if (!columns.contains(column)) {
            return failure(ErrorCode::InvalidInput,
                           QCoreApplication::translate("ImportSink", "Rows of %1 are told apart by %2, which the file does not have.").arg(table.name, column));
        }
        quotedKey.append(Connection::quoted(column));
    }
    QStringList sets;
    for (const CatalogColumn &column : table.columns) {
        const bool isGiven = columns.contains(column.name);
        const bool isWritten = isGiven || (conflict == ImportConflict::Replace && !column.generated && !column.hidden);
        if (isWritten && !key.contains(column.name))
            sets.append(u"%1 = excluded.%1"_s.arg(Connection::quoted(column.name)));
    }
    if (sets.isEmpty())
        return u" ON CONFLICT DO NOTHING"_s;
    return u" ON CONFLICT (%1) DO UPDATE SET %2"_s.arg(quotedKey.join(u", "_s), sets.join(u", "_s));
}

} // namespace turnstone
