// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"
#include "models/database/rowblock.h"

#include <QString>

#include <vector>

namespace turnstone {

/// One column of a result, as far as the engine knows it.
struct ResultColumn
{
    QString name;
    /// SQLite: the declared type of the column it comes from, as written in the DDL, else empty.
    /// PostgreSQL: the type as format_type() prints it ("numeric(12,3)", "vector(1536)").
    QString typeName;
    /// PostgreSQL type and modifier; 0 and -1 on SQLite.
    unsigned typeOid = 0;
    int typeModifier = -1;
    /// PostgreSQL: the table's oid and the column's number in it; 0 for expressions.
    unsigned tableOid = 0;
    int tableColumn = 0;
    /// SQLite: where the column comes from; empty for expressions.
    QString schema;
    QString table;
    QString column;
};

/// Takes rows one by one in the engine's own memory, so that nothing is copied.
class RowVisitor
{
public:
    virtual ~RowVisitor() = default;
    /// As many values as there are columns; they live during the call only. False: enough for now.
    virtual bool visit(const ValueRef *values) = 0;
};

/// Steps through the rows of one statement, forward only, on the engine's native handle.
///
/// Lives in its connection's thread and must be destroyed before the connection. While it is open
/// it holds a read transaction (SQLite) or the connection itself (PostgreSQL), so read it to the
/// end or destroy it soon. Destroying it early stops the statement.
class RowReader
{
public:
    virtual ~RowReader() = default;

    /// Known before the first row.
    virtual const std::vector<ResultColumn> &columns() const = 0;

    /// Clears `block` and fills it with the next rows up to `limits`. False at the end (the block
    /// may still hold the last rows then). Errors: Cancelled when the job's stop token was used,
    /// Busy, Corrupt, ConnectionLost, …; the reader is finished after an error.
    [[nodiscard]] virtual Result<bool> read(RowBlock &block, const RowBlock::Limits &limits = {}) = 0;

    /// Hands rows to `visitor` until it has enough (true; the next call goes on after that row) or the rows end
    /// (false). Errors as read().
    [[nodiscard]] virtual Result<bool> visit(RowVisitor &visitor) = 0;
};

} // namespace turnstone
