// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"
#include "models/database/rowblock.h"

#include <QFuture>
#include <QObject>
#include <QString>

#include <vector>

namespace turnstone {

/// A column as a view needs it.
struct RowColumn
{
    QString name;
    QString typeName;
    bool isKey = false;
    QString references; ///< table that the column points to; empty if none
};

/// Up to RowSource::rowsPerPage consecutive rows. Each row of the block holds the key's columns, then
/// for every column its value (of long texts and blobs the first bytes) and its full length or NULL.
struct RowPage
{
    int keyColumns = 0;
    RowBlock rows;

    int rowCount() const { return rows.rowCount(); }
    ValueRef value(int row, int column) const { return rows.at(row, keyColumns + 2 * column); }
    /// Length in bytes in the form in which it is delivered; that of the value itself where the engine was not asked.
    qint64 fullBytes(int row, int column) const;
    bool isWhole(int row, int column) const { return fullBytes(row, column) <= value(row, column).bytes().size(); }
    RowKey key(int row) const;
    /// Whether all values are the same, bit by bit.
    bool holdsSame(const RowPage &other) const;
};

/// Where the rows of a TableRowModel come from. Positions are 64 bits wide; what is known of the
/// number of rows grows while the source learns about its table.
///
/// GUI thread only; implementations read elsewhere and stop when destroyed.
class RowSource : public QObject
{
    Q_OBJECT

public:
    static constexpr int rowsPerPage = 256;
    /// Of a text or blob so many bytes come with its row.
    static constexpr int prefixBytes = 400;

    using QObject::QObject;

    virtual const std::vector<RowColumn> &columns() const = 0;
    /// Whether RowPage::key() names the row for good.
    virtual bool hasKeys() const = 0;
    /// A sentence for the user if not all of the table can be shown; empty otherwise.
    virtual QString limitation() const { return {}; }

    /// Rows known so far.
    virtual qint64 rowCount() const = 0;
    virtual bool isComplete() const = 0;
    /// Begins anew to find out about the rows. extentChanged() follows, or failed().
    virtual void start() = 0;
    /// `page` counts from 0 and begins below rowCount(). A page may be shorter than expected if rows
    /// were deleted.
    virtual QFuture<Result<RowPage>> readPage(qint64 page) = 0;

    /// How the order and the filters asked for are carried out, as a sentence for the user ("sorted by
    /// index idx_games_status", "reads the whole table to sort"); empty in natural order.
    virtual QString plan() const { return {}; }
    /// Where the row of that key stands: at least as long as the source knows the row's part of the
    /// order. Errors: NotFound; Unsupported where rows have no keys.
    virtual QFuture<Result<qint64>> positionOf(const RowKey &key);
    /// Learns about rows that were added since, without forgetting what is known. extentChanged()
    /// follows if there are any. Changed or deleted rows appear when their page is read again.
    virtual void refresh() {}

signals:
    void extentChanged();
    /// Positions may mean other rows than before: pages read until now are out of date.
    void rowsChanged();
    /// While an order is being made: rows done of `total` (-1: unknown). The source can be read all the
    /// while; what it gives is then the first rows in order, as far as they are certain.
    void progressed(qint64 rows, qint64 total);
    void failed(const turnstone::Error &error);
};

} // namespace turnstone
