// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/transfer/rowwriter.h"

#include <QString>

namespace turnstone {

/// One INSERT a row that gives back exactly what was read: texts that a literal cannot hold (NUL, no UTF-8) as
/// CAST(x'…' AS TEXT), infinities as 9e999, values of PostgreSQL as literals that take their column's type.
class SqlInsertWriter final : public RowWriter
{
public:
    /// `schema` may be empty.
    SqlInsertWriter(ByteSink sink, QString schema, QString table) : RowWriter(std::move(sink)), m_schema(std::move(schema)), m_table(std::move(table)) {}

protected:
    void writeHeader() override;
    void writeRow(const RowBlock &block, int row) override;
    void writeFooter() override {}

private:
    void appendLiteral(const ValueRef &value);

    const QString m_schema;
    const QString m_table;
    QByteArray m_head;
};

} // namespace turnstone
