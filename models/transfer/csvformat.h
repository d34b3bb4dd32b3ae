// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/transfer/rowformat.h"

namespace turnstone {

/// CSV after RFC 4180. NULL is the NULL text without quotes; a text that would read back as something else stands in
/// quotes (empty, the NULL text, x'…', what looks like a number in a column of no type). Numbers in full, reals in the
/// shortest form that reads back equal, blobs as x'hex'. Text is written byte for byte, also where it is no UTF-8.
class CsvFormat final : public RowFormat
{
public:
    CsvFormat(const FormatOptions &options, const std::vector<ResultColumn> &columns, Engine engine, std::vector<ColumnTraits> traits);

    void appendHeader(OutputBuffer &out) override;
    void appendFooter(OutputBuffer &, bool) override {}

protected:
    void appendRow(OutputBuffer &out, const ValueRef *values) override;

private:
    void appendText(OutputBuffer &out, QByteArrayView text, int column);
    bool appendTime(OutputBuffer &out, const ValueRef &value, int column) const;
    /// `high` is set when a byte beyond ASCII was seen.
    void appendQuoted(OutputBuffer &out, QByteArrayView text, bool &high) const;
    void appendBlob(OutputBuffer &out, QByteArrayView bytes) const;
    bool readsAsSomethingElse(QByteArrayView text, int column) const;
    void endLine(OutputBuffer &out) const;

    const bool m_hasTimes;
    std::vector<bool> m_keepsNumbers; // columns where 1 and '1' are told apart
};

} // namespace turnstone
