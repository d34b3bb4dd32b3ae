// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"
#include "models/database/value.h"

#include <QJsonObject>
#include <QString>
#include <QStringList>

#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace turnstone {

/// Which row. A row that is not in the database yet has a number of its own instead of a key.
struct RowAddress
{
    QString schema;
    QString table;
    RowKey key;
    quint64 added = 0;

    /// The same for the same row: to look it up by.
    QByteArray id() const;
    /// "games 412", "games, new".
    QString text() const;
    friend bool operator==(const RowAddress &, const RowAddress &) = default;
};

/// What is to become of one value.
struct StagedCell
{
    /// As stored when it was edited; nothing for rows that are new.
    std::optional<Value> before;
    Value after;
    friend bool operator==(const StagedCell &, const StagedCell &) = default;
};

/// Rows of another table that a delete takes along or changes, as they were counted when the user agreed.
struct GoesAlong
{
    QString schema;
    QString table;
    qint64 rows = 0;
    friend bool operator==(const GoesAlong &, const GoesAlong &) = default;
};

/// What is to become of one row.
struct StagedRow
{
    enum class Kind { Changed, Added, Deleted };

    RowAddress address;
    Kind kind = Kind::Changed;
    /// The columns of address.key.
    QStringList keyColumns;
    /// Changed: the columns that change. Added: the columns that get a value. Deleted: what was seen of the row.
    std::map<QString, StagedCell> cells;
    /// Values that the row has for good, where the key itself is not: SQLite may give out a rowid anew.
    std::map<QString, Value> witness;
    /// Deleted: what was agreed to go along.
    std::vector<GoesAlong> goesAlong;

    friend bool operator==(const StagedRow &, const StagedRow &) = default;
};

/// A row as far as it is known, values whole: what an edit starts from.
struct RowImage
{
    RowAddress address;
    QStringList keyColumns;
    std::map<QString, Value> values;
    /// Of `values`, those for StagedRow::witness.
    QStringList witnessColumns;
};

/// Exact, as objects of strings: {"i": "12"}, {"r": bits}, {"t": text}, {"x": base64 of a text that is no UTF-8}, {"b": base64}.
QJsonValue valueToJson(const Value &value);
[[nodiscard]] Result<Value> storedValueFromJson(const QJsonValue &json);
QJsonObject addressToJson(const RowAddress &address);
[[nodiscard]] Result<RowAddress> addressFromJson(const QJsonObject &json);
QJsonObject stagedRowToJson(const StagedRow &row);
[[nodiscard]] Result<StagedRow> stagedRowFromJson(const QJsonObject &json);

} // namespace turnstone
