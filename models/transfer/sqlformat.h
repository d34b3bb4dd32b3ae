// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/transfer/rowformat.h"

namespace turnstone {

/// One INSERT a row that gives back exactly what was read: texts that a literal cannot hold (NUL, no UTF-8) as
/// CAST(x'…' AS TEXT), infinities as 9e999, values of PostgreSQL as literals that take their column's type.
class SqlFormat final : public RowFormat
{
public:
    SqlFormat(const FormatOptions &options, const std::vector<ResultColumn> &columns, Engine engine, std::vector<ColumnTraits> traits);

    void appendHeader(OutputBuffer &out) override;
    void appendFooter(OutputBuffer &, bool) override {}

protected:
    void appendRow(OutputBuffer &out, const ValueRef *values) override;

private:
    void appendLiteral(OutputBuffer &out, const ValueRef &value) const;

    QByteArray m_head;
};

} // namespace turnstone
