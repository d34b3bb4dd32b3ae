// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/rowsource.h"

#include <QCoreApplication>
#include <QPromise>

#include <bit>

namespace turnstone {

namespace {

bool isSame(const ValueRef &a, const ValueRef &b)
{
    if (a.type() != b.type())
        return false;
    switch (a.type()) {
    case ValueType::Null: return true;
    case ValueType::Integer: return a.integer() == b.integer();
    case ValueType::Real: return std::bit_cast<quint64>(a.real()) == std::bit_cast<quint64>(b.real());
    default: return a.bytes() == b.bytes();
    }
}

} // namespace

qint64 RowPage::fullBytes(int row, int column) const
{
    const ValueRef length = rows.at(row, keyColumns + 2 * column + 1);
    switch (length.type()) {
    case ValueType::Integer: return length.integer();
    case ValueType::Text: return length.bytes().toByteArray().toLongLong(); // PostgreSQL
    default: return value(row, column).bytes().size();
    }
}

RowKey RowPage::key(int row) const
{
    RowKey key;
    for (int i = 0; i < keyColumns; ++i)
        key.emplace_back(rows.at(row, i));
    return key;
}

bool RowPage::holdsSame(const RowPage &other) const
{
    if (rowCount() != other.rowCount() || rows.columnCount() != other.rows.columnCount() || rows.payloadBytes() != other.rows.payloadBytes())
        return false;
    for (int row = 0; row < rowCount(); ++row) {
        for (int column = 0; column < rows.columnCount(); ++column) {
            if (!isSame(rows.at(row, column), other.rows.at(row, column)))
                return false;
        }
    }
    return true;
}

QFuture<Result<qint64>> RowSource::positionOf(const RowKey &)
{
    QPromise<Result<qint64>> promise;
    promise.start();
    promise.addResult(Result<qint64>(
        failure(ErrorCode::Unsupported, QCoreApplication::translate("RowSource", "These rows have no key to be found by."))));
    promise.finish();
    return promise.future();
}

} // namespace turnstone
