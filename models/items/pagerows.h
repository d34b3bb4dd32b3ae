// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/rowreader.h"
#include "models/items/bigcells.h"
#include "models/items/tablequery.h"

#include <functional>

namespace turnstone {

/// Puts the rows of a statement into a block as RowPage holds them: of each value its first bytes and its length. The statement
/// selects the key, TableQuery::values() and any further columns, which are kept as they are; each statement for a block
/// the same number of them.
class PageRows final : public RowVisitor
{
public:
    /// `belongs` tells by the last column's value whether a row belongs to the page; the first that does not ends the reading.
    using Belongs = std::function<bool(const ValueRef &)>;

    PageRows(const TableQuery &query, const TableQuery::Values &values, BigCells &bigCells, RowBlock &to);

    /// False if all must be read anew, because a big value was met in a column where none was known. Errors as RowReader.
    [[nodiscard]] Result<bool> read(RowReader &reader, const Belongs &belongs = {});

private:
    bool visit(const ValueRef *values) override;

    const TableQuery::Values &m_values;
    BigCells &m_bigCells;
    RowBlock &m_to;
    const int m_keyColumns;
    int m_columns = 0; // of the statement
    Belongs m_belongs;
    bool m_metBigCell = false;
};

} // namespace turnstone
