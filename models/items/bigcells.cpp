// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/bigcells.h"

#include "models/database/sqliteconnection.h"

#include <sqlite3.h>

#include <algorithm>
#include <memory>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

struct BlobCloser
{
    void operator()(sqlite3_blob *blob) const { sqlite3_blob_close(blob); }
};
using Blob = std::unique_ptr<sqlite3_blob, BlobCloser>;

QStringList namesOf(const TableQuery &query)
{
    QStringList names;
    for (const RowColumn &column : query.columns())
        names.append(column.name);
    return names;
}

/// What stands for a value that the statement left out; see TableQuery.
bool isLeftOut(const ValueRef &length)
{
    return length.type() == ValueType::Integer && length.integer() < 0;
}

} // namespace

BigCells::BigCells(const TableQuery &query)
    : m_table(query.tableName()), m_names(namesOf(query)), m_isReachable(query.engine() == Engine::Sqlite && query.isKeyRowid()),
      m_states(query.columns().size())
{
}

std::vector<bool> BigCells::columns() const
{
    std::vector<bool> big;
    for (const auto &state : m_states)
        big.push_back(state == Big);
    return big;
}

Result<bool> BigCells::fill(Connection &connection, RowPage &page)
{
    auto *sqlite = dynamic_cast<SqliteConnection *>(&connection);
    if (sqlite == nullptr)
        return false;
    const Result<Value> encoding = connection.queryValue(u"PRAGMA encoding"_s);
    if (!encoding)
        return failure(encoding);
    const bool isUtf8 = encoding->bytes() == "UTF-8"; // a blob handle gives the bytes of the file
    std::vector<Blob> blobs(m_states.size());
    RowBlock filled;
    filled.clear(page.rows.columnCount());
    for (int row = 0; row < page.rowCount(); ++row) {
        for (int i = 0; i < page.rows.columnCount(); ++i) {
            const int column = (i - page.keyColumns) / 2;
            const bool isValue = i >= page.keyColumns && (i - page.keyColumns) % 2 == 0 && column < static_cast<int>(m_states.size());
            if (!isValue || !isLeftOut(page.rows.at(row, i + 1))) {
                filled.add(page.rows.at(row, i));
                continue;
            }
            Blob &blob = blobs[static_cast<std::size_t>(column)];
            const std::int64_t rowid = page.rows.at(row, 0).integer();
            int status = SQLITE_ERROR;
            if (blob) {
                status = sqlite3_blob_reopen(blob.get(), rowid);
            } else if (isUtf8) {
                sqlite3_blob *opened = nullptr;
                status = sqlite3_blob_open(sqlite->handle(), "main", m_table.toUtf8().constData(), m_names.at(column).toUtf8().constData(), rowid, 0, &opened);
                blob.reset(opened);
            }
            const int size = status == SQLITE_OK ? sqlite3_blob_bytes(blob.get()) : 0;
            QByteArray beginning(std::min(size, RowSource::prefixBytes), Qt::Uninitialized);
            if (status == SQLITE_OK)
                status = sqlite3_blob_read(blob.get(), beginning.data(), static_cast<int>(beginning.size()), 0);
            if (status == SQLITE_ERROR) { // generated columns, say
                m_states[static_cast<std::size_t>(column)] = OutOfReach;
                return true;
            }
            if (status != SQLITE_OK)
                return tl::unexpected(sqlite->lastError());
            filled.addBytes(page.rows.at(row, i + 1).integer() == -1 ? ValueType::Text : ValueType::Blob, beginning.constData(), beginning.size());
            filled.addInteger(size);
            ++i;
        }
        filled.endRow();
    }
    page.rows = std::move(filled);
    return false;
}

} // namespace turnstone
