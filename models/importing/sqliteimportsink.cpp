// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/importing/sqliteimportsink.h"

#include "models/database/sqliteconnection.h"

#include <QCoreApplication>

#include <sqlite3.h>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

struct SqliteImportSinkText
{
    Q_DECLARE_TR_FUNCTIONS(SqliteImportSink)
};

} // namespace

Result<> SqliteImportSink::begin()
{
    if (const auto deferred = m_connection.execute(u"PRAGMA defer_foreign_keys = ON"_s); !deferred)
        return failure(deferred);
    m_written = 0;
    if (m_insert)
        return {};
    const Result<QString> conflict = conflictClause();
    if (!conflict)
        return failure(conflict);
    QStringList marks;
    for (qsizetype i = 0; i < m_target.columns.size(); ++i)
        marks.append(u"?"_s);
    auto insert = m_connection.prepare(u"INSERT INTO %1 (%2) VALUES (%3)%4"_s.arg(tableName(), columnList(), marks.join(u", "_s), *conflict));
    if (!insert)
        return failure(insert);
    m_insert = std::move(*insert);
    m_values.resize(static_cast<std::size_t>(m_target.columns.size()));
    return {};
}

Result<> SqliteImportSink::write(const RecordBlock &block, int firstRow, int rows)
{
    const std::size_t count = m_values.size();
    for (int row = firstRow; row < firstRow + rows; ++row) {
        for (std::size_t i = 0; i < count; ++i)
            m_values[i] = block.rows.at(row, m_target.sourceColumns[i]);
        const Result<ExecuteOutcome> done = m_insert->execute(m_values.data(), static_cast<int>(count));
        if (!done) {
            Error error = done.error();
            if (error.code != ErrorCode::Cancelled)
                error.message = SqliteImportSinkText::tr("\"%1\", line %2: %3").arg(m_target.fileName).arg(block.lines[static_cast<std::size_t>(row)]).arg(error.message);
            return tl::unexpected(error);
        }
        m_written += done->rowsAffected;
    }
    return {};
}

Result<qint64> SqliteImportSink::finish()
{
    if (const Result<> checked = checkOpenForeignKeys(m_connection, m_target.table); !checked)
        return failure(checked);
    return m_written;
}

Result<> checkOpenForeignKeys(Connection &connection, const CatalogTable &table)
{
    if (table.foreignKeys.empty())
        return {};
    // Only what this transaction left open; a table may have had orphans before.
    int open = 0;
    int unused = 0;
    sqlite3_db_status(static_cast<SqliteConnection &>(connection).handle(), SQLITE_DBSTATUS_DEFERRED_FKS, &open, &unused, 0);
    if (open == 0)
        return {};
    QString first;
    qint64 count = 0;
    const Result<> read = connection.forEachRow(u"SELECT \"rowid\", \"parent\" FROM pragma_foreign_key_check(?)"_s, {Value::text(table.name)},
                                                  [&](const RowBlock &block, int row) {
                                                      if (count++ == 0)
                                                          first = SqliteImportSinkText::tr("the row with rowid %1 points to a row of %2 that is not there").arg(Value(block.at(row, 0)).toDisplayText(), Value(block.at(row, 1)).toDisplayText());
                                                      return count < 1000;
                                                  });
    if (!read)
        return read;
    if (count == 0)
        return {};
    return failure(ErrorCode::Constraint, SqliteImportSinkText::tr("In %3, %1 (%L2 such rows).").arg(first).arg(count).arg(table.name));
}

} // namespace turnstone
