// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/core/result.h"
#include "models/database/sessionpool.h"
#include "models/items/rowsource.h"

#include <QFuture>

#include <stop_token>
#include <vector>

namespace turnstone {

/// One value of a record.
struct RecordField
{
    RowColumn column;
    Value value;
    /// Length as stored; `value` may hold only the beginning.
    qint64 fullBytes = 0;

    bool isWhole() const { return fullBytes <= value.bytes().size(); }
};

/// One row of a table with all its columns.
struct Record
{
    QString schema;
    QString table;
    /// Empty if rows of the table have no identity, and for rows that are not stored yet.
    RowKey key;
    /// Of a row that is not stored yet, its number among the staged ones; else 0.
    quint64 added = 0;
    std::vector<RecordField> fields;

    static Record fromPage(const QString &table, const std::vector<RowColumn> &columns, const RowPage &page, int row, bool hasKey);
    /// "412", "7 · 3"; empty without a key.
    QString keyText() const;
};

/// Of each value so many bytes come with readRecord().
constexpr int recordPrefixBytes = 64 * 1024;

/// Reads a row by its key. Errors: NotFound if it is gone. `pool` must outlive the future.
[[nodiscard]] QFuture<Result<Record>> readRecord(SessionPool &pool, const CatalogTable &table, const RowKey &key, std::stop_token stop);
/// Reads one value whole; `column` counts as in Record::fields.
[[nodiscard]] QFuture<Result<Value>> readValue(SessionPool &pool, const CatalogTable &table, const RowKey &key, int column, std::stop_token stop);

} // namespace turnstone
