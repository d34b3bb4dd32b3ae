// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/transfer/rowwriter.h"

namespace turnstone {

/// One JSON object a row, in an array or one a line. A column name that occurs again gets "_2", "_3", ….
class JsonRowsWriter final : public RowWriter
{
public:
    enum class Shape { Array, Lines };
    JsonRowsWriter(ByteSink sink, Shape shape) : RowWriter(std::move(sink)), m_shape(shape) {}

protected:
    void writeHeader() override;
    void writeRow(const RowBlock &block, int row) override;
    void writeFooter() override;

private:
    const Shape m_shape;
    std::vector<QByteArray> m_keys;
};

} // namespace turnstone
