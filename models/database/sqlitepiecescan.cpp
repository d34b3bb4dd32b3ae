// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/database/sqlitepiecescan.h"

#include "models/database/sqliteconnection.h"
#include "models/database/sqliterowreader.h"
#include "models/database/sqlitescan.h"
#include "models/database/sqlitevalues.h"

#include <QCoreApplication>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr const char *functionName = "turnstone_piece";
constexpr int smallCacheKilobytes = 400;

void finishPiece(sqlite3_context *) {}

} // namespace

SqlitePieceScan::SqlitePieceScan(SqliteConnection &connection) : m_connection(connection) {}

SqlitePieceScan::~SqlitePieceScan()
{
    if (m_statement) {
        sqlite3_finalize(m_statement);
        sqlite3_create_function_v2(m_connection.handle(), functionName, -1, SQLITE_UTF8, nullptr, nullptr, nullptr, nullptr, nullptr);
    }
    if (m_usualCacheSize != 0)
        setCacheSize(m_usualCacheSize);
}

/// As PRAGMA cache_size has it: pages, or KiB below zero.
void SqlitePieceScan::setCacheSize(int size)
{
    const QByteArray sql = "PRAGMA cache_size = " + QByteArray::number(size);
    sqlite3_exec(m_connection.handle(), sql.constData(), nullptr, nullptr, nullptr);
}

void SqlitePieceScan::take(sqlite3_context *context, int count, sqlite3_value **values)
{
    auto *scan = static_cast<SqlitePieceScan *>(sqlite3_user_data(context));
    if (scan->m_hasEnough)
        return;
    ValueRef *const row = scan->m_row.data();
    for (int i = 0; i < count; ++i)
        row[i] = sqliteValueInPlace(values[i]);
    const std::int64_t rowid = row[count - 1].integer();
    scan->m_isOutOfOrder = scan->m_hasRow && rowid <= scan->m_last;
    scan->m_hasRow = true;
    scan->m_last = rowid;
    if (scan->m_isOutOfOrder || !scan->m_visitor->visit(row)) {
        scan->m_hasEnough = true;
        sqlite3_result_error_code(context, SQLITE_ABORT);
    }
}

Result<> SqlitePieceScan::prepareInside(const QStringList &columns, const QString &rowid, const QString &from)
{
    if (sqlite3_create_function_v2(m_connection.handle(), functionName, -1, SQLITE_UTF8 | SQLITE_DIRECTONLY, this, nullptr, take, finishPiece, nullptr)
        != SQLITE_OK)
        return tl::unexpected(m_connection.lastError());
    const QString sql = u"SELECT %1(%2, %3) FROM %4 NOT INDEXED WHERE %3 BETWEEN ?1 AND ?2"_s.arg(QLatin1String(functionName), columns.join(u", "_s), rowid, from);
    const QByteArray utf8 = sql.toUtf8();
    if (sqlite3_prepare_v3(m_connection.handle(), utf8.constData(), static_cast<int>(utf8.size()), SQLITE_PREPARE_PERSISTENT, &m_statement, nullptr) != SQLITE_OK)
        return tl::unexpected(m_connection.lastError(sql));
    m_row.resize(static_cast<std::size_t>(columns.size()) + 1);
    return {};
}

Result<std::unique_ptr<SqlitePieceScan>> SqlitePieceScan::prepare(SqliteConnection &connection, const QStringList &columns, const QString &rowid, const QString &from)
{
    std::unique_ptr<SqlitePieceScan> scan(new SqlitePieceScan(connection));
    const Result<Value> encoding = connection.queryValue(u"PRAGMA encoding"_s);
    if (!encoding)
        return failure(encoding);
    if (const Result<Value> usual = connection.queryValue(u"PRAGMA cache_size"_s); usual && usual->integer() != 0) {
        scan->m_usualCacheSize = static_cast<int>(usual->integer());
        scan->setCacheSize(-smallCacheKilobytes);
    }
    if (encoding->bytes() == "UTF-8" && columns.size() < mostScanned) {
        if (const Result<> prepared = scan->prepareInside(columns, rowid, from); !prepared)
            return failure(prepared);
        return scan;
    }
    auto stepped = SqliteRepeatedQuery::prepare(connection, u"SELECT %1, %2 FROM %3 NOT INDEXED WHERE %2 BETWEEN ?1 AND ?2 ORDER BY %2"_s.arg(columns.join(u", "_s), rowid, from), {});
    if (!stepped)
        return failure(stepped);
    scan->m_stepped = std::move(*stepped);
    return scan;
}

Result<bool> SqlitePieceScan::visit(std::int64_t first, std::int64_t last, RowVisitor &visitor)
{
    if (m_stepped) {
        if (const Result<> begun = m_stepped->start({first, last}); !begun)
            return failure(begun);
        Result<bool> more = m_stepped->visit(visitor);
        m_stepped->stop();
        return more;
    }
    if (m_connection.stopped())
        return failure(ErrorCode::Cancelled, QCoreApplication::translate("Connection", "The work was stopped."));
    m_visitor = &visitor;
    m_hasRow = m_hasEnough = m_isOutOfOrder = false;
    if (sqlite3_bind_int64(m_statement, 1, first) != SQLITE_OK || sqlite3_bind_int64(m_statement, 2, last) != SQLITE_OK)
        return tl::unexpected(m_connection.lastError());
    const int status = sqlite3_step(m_statement);
    // The error belongs to the handle until the next call on it.
    const Error error = status == SQLITE_ROW || m_hasEnough ? Error() : m_connection.lastError();
    sqlite3_reset(m_statement);
    if (m_isOutOfOrder)
        return failure(ErrorCode::Internal, QCoreApplication::translate("Connection", "The rows did not come in the order of their rowids."));
    if (m_hasEnough)
        return true;
    if (status != SQLITE_ROW)
        return tl::unexpected(error);
    return false;
}

} // namespace turnstone
