// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/transfer/rowwriter.h"

namespace turnstone::cli {

/// A table for reading in a terminal. Columns are as wide as the first 1,000 rows need, at most 60
/// characters; longer values end in "…", line breaks show as "⏎". For exact values use another format.
class TextTableWriter final : public RowWriter
{
public:
    explicit TextTableWriter(ByteSink sink) : RowWriter(std::move(sink)) {}

protected:
    Result<> writeHeader() override;
    void writeRow(const ValueRef *values) override;
    void writeFooter() override;

private:
    struct Cell
    {
        QString text;
        bool right = false;
    };
    void printWaiting();
    void printRow(const std::vector<Cell> &cells);

    std::vector<std::vector<Cell>> m_waiting; // rows kept until the widths are known
    std::vector<qsizetype> m_widths;
    bool m_printing = false;
};

} // namespace turnstone::cli
