// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/transfer/rowwriter.h"

namespace turnstone {

/// A Markdown table for reading: line breaks become <br>, bars are escaped, NULL stands in italics.
class MarkdownWriter final : public RowWriter
{
public:
    explicit MarkdownWriter(ByteSink sink) : RowWriter(std::move(sink)) {}

protected:
    void writeHeader() override;
    void writeRow(const RowBlock &block, int row) override;
    void writeFooter() override {}

private:
    void appendCell(const QString &text);
};

} // namespace turnstone
