// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/database/sqlitescan.h"

#include "models/database/sqliteconnection.h"
#include "models/database/sqlitevalues.h"

#include <vector>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

struct Scan
{
    RowVisitor &visitor;
    std::vector<ValueRef> row;
    bool hasEnough = false;
};

void take(sqlite3_context *context, int count, sqlite3_value **values)
{
    auto *scan = static_cast<Scan *>(sqlite3_user_data(context));
    if (scan->hasEnough)
        return;
    scan->row.resize(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i)
        scan->row[static_cast<std::size_t>(i)] = sqliteValueInPlace(values[i]);
    if (!scan->visitor.visit(scan->row.data())) {
        scan->hasEnough = true;
        sqlite3_result_error_code(context, SQLITE_ABORT);
    }
}

void finish(sqlite3_context *) {}

} // namespace

Result<bool> scanSqlite(SqliteConnection &connection, const QString &columns, const QString &rest, const Parameters &parameters,
                        RowVisitor &visitor)
{
    constexpr const char *name = "turnstone_take";
    Scan scan{visitor, {}};
    if (sqlite3_create_function_v2(connection.handle(), name, -1, SQLITE_UTF8 | SQLITE_DIRECTONLY, &scan, nullptr, take, finish, nullptr)
        != SQLITE_OK)
        return tl::unexpected(connection.lastError());
    auto reader = connection.query(u"SELECT turnstone_take(%1) %2"_s.arg(columns, rest), parameters);
    Result<bool> read = reader ? Result<bool>(true) : Result<bool>(failure(reader));
    RowBlock block;
    while (read && *read)
        read = (*reader)->read(block);
    if (reader)
        reader->reset();
    sqlite3_create_function_v2(connection.handle(), name, -1, SQLITE_UTF8, nullptr, nullptr, nullptr, nullptr, nullptr);
    if (!read && !scan.hasEnough)
        return failure(read);
    return scan.hasEnough;
}

} // namespace turnstone
