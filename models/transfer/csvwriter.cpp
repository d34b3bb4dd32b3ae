// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/transfer/csvwriter.h"

#include "models/core/jsonwriter.h"

#include <algorithm>
#include <charconv>

namespace turnstone {

void CsvWriter::appendField(QByteArrayView text)
{
    const bool quote = text.isEmpty() || text.front() == ' ' || text.back() == ' '
                       || std::any_of(text.begin(), text.end(), [this](char c) { return c == m_separator || c == '"' || c == '\n' || c == '\r'; });
    if (!quote) {
        m_buffer.append(text);
        return;
    }
    m_buffer.append('"');
    for (const char c : text) {
        if (c == '"')
            m_buffer.append('"');
        m_buffer.append(c);
    }
    m_buffer.append('"');
}

void CsvWriter::writeHeader()
{
    for (std::size_t i = 0; i < m_columns.size(); ++i) {
        if (i > 0)
            m_buffer.append(m_separator);
        appendField(m_columns[i].name.toUtf8());
    }
    m_buffer.append('\n');
}

void CsvWriter::writeRow(const RowBlock &block, int row)
{
    for (int i = 0; i < block.columnCount(); ++i) {
        if (i > 0)
            m_buffer.append(m_separator);
        const ValueRef value = block.at(row, i);
        switch (value.type()) {
        case ValueType::Null: break;
        case ValueType::Integer: {
            char text[24];
            m_buffer.append(text, std::to_chars(text, text + sizeof text, value.integer()).ptr - text);
            break;
        }
        case ValueType::Real: m_buffer.append(JsonWriter::realToken(value.real())); break;
        case ValueType::Text: appendField(value.bytes()); break;
        case ValueType::Blob: m_buffer.append("x'").append(value.bytes().toByteArray().toHex()).append('\''); break;
        }
    }
    m_buffer.append('\n');
}

} // namespace turnstone
