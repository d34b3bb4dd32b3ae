// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/transfer/rowwriter.h"

namespace turnstone {

/// CSV after RFC 4180 with LF line ends and a header. NULL is an empty field, an empty text is `""`;
/// numbers in full, reals in the shortest form that reads back equal, blobs as x'hex'. Text is
/// written byte for byte, also where it is no UTF-8.
class CsvWriter final : public RowWriter
{
public:
    /// With a tab as separator: TSV, as spreadsheets paste it.
    explicit CsvWriter(ByteSink sink, char separator = ',') : RowWriter(std::move(sink)), m_separator(separator) {}

protected:
    void writeHeader() override;
    void writeRow(const RowBlock &block, int row) override;
    void writeFooter() override {}

private:
    void appendField(QByteArrayView text);

    const char m_separator;
};

} // namespace turnstone
