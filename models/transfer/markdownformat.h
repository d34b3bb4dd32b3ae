// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/transfer/rowformat.h"

namespace turnstone {

/// A Markdown table for reading: line breaks become <br>, bars are escaped, NULL stands in italics.
class MarkdownFormat final : public RowFormat
{
public:
    MarkdownFormat(const FormatOptions &options, const std::vector<ResultColumn> &columns, Engine engine, std::vector<ColumnTraits> traits)
        : RowFormat(options, columns, engine, std::move(traits))
    {
    }

    void appendHeader(OutputBuffer &out) override;
    void appendFooter(OutputBuffer &, bool) override {}

protected:
    void appendRow(OutputBuffer &out, const ValueRef *values) override;
};

} // namespace turnstone
