// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/rowsource.h"

#include <QCoreApplication>
#include <QPromise>

namespace turnstone {

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
