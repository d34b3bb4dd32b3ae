// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/transfer/rowformat.h"

#include <array>

namespace turnstone {

/// One JSON object a row, in an array ("json") or one a line ("jsonl"). A column name that occurs again gets "_2", "_3", ….
class JsonFormat final : public RowFormat
{
public:
    JsonFormat(const FormatOptions &options, const std::vector<ResultColumn> &columns, Engine engine, std::vector<ColumnTraits> traits);

    void appendHeader(OutputBuffer &out) override;
    void appendFooter(OutputBuffer &out, bool hasRows) override;
    int separatorBytes() const override { return m_isArray ? 1 : 0; }
    /// The members alone, without braces: for those who have more to put into the object.
    void appendMembers(OutputBuffer &out, const ValueRef *values);

protected:
    void appendRow(OutputBuffer &out, const ValueRef *values) override;

private:
    const bool m_isArray;
    const bool m_hasTimes;
    /// What stands before a value: `"id":`, `,"name":` …
    struct Head
    {
        QByteArray text;
        std::array<char, 32> start{}; // of a size that the compiler knows: copied without a call
    };
    static char *writeHead(char *p, const Head &head);

    std::vector<Head> m_heads;
    std::vector<char> m_isPlain; // by column: a text is a string and an integer a number, whatever they say
};

/// Appends `text`, which has to be UTF-8, as a string of JSON; false, and nothing appended, if it is not.
bool appendJsonString(OutputBuffer &out, QByteArrayView text);

/// Appends one value as JSON: integers, reals and numerics as exact number tokens, booleans of PostgreSQL as true and
/// false, everything else as a string. Embedded JSON keeps its own tokens, on one line; a document that is a mere string
/// or null is written as the string that is stored, to be told from them. Blobs become base64 (or hex); so does a text
/// that is no UTF-8, and then the answer is false, for the caller to say so.
bool appendJsonValue(OutputBuffer &out, const ValueRef &value, const ResultColumn &column, Engine engine, const ColumnTraits &traits, const FormatOptions &options);

} // namespace turnstone
