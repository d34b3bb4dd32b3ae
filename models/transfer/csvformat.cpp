// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/transfer/csvformat.h"

#include "models/core/jsonwriter.h"
#include "models/transfer/bytescan.h"
#include "models/transfer/reals.h"

#include <QUtf8StringView>

#include <cstring>

namespace turnstone {

CsvFormat::CsvFormat(const FormatOptions &options, const std::vector<ResultColumn> &columns, Engine engine, std::vector<ColumnTraits> traits)
    : RowFormat(options, columns, engine, std::move(traits)), m_hasTimes(options.zone.isValid())
{
    for (const ResultColumn &column : columns)
        m_keepsNumbers.push_back(engine == Engine::Sqlite && hasNoAffinity(column.typeName));
}

void CsvFormat::endLine(OutputBuffer &out) const
{
    if (m_options.hasCrLf)
        out.append('\r');
    out.append('\n');
}

void CsvFormat::appendQuoted(OutputBuffer &out, QByteArrayView text) const
{
    out.room(text.size() + 2);
    out.append('"');
    const char *p = text.data();
    const char *const end = p + text.size();
    bool high = false;
    for (;;) {
        const char *const quote = bytescan::find(p, end, high, bytescan::ByteMatch('"'));
        out.append(p, quote - p);
        if (quote == end)
            break;
        out.append("\"\"", 2);
        p = quote + 1;
    }
    out.append('"');
}

bool CsvFormat::needsQuotes(QByteArrayView text, int column) const
{
    if (m_options.quoting != FormatOptions::Quoting::WhereNeeded || text.isEmpty() || text.front() == ' ' || text.back() == ' ')
        return true;
    if (text == "Infinity" || text == "-Infinity" || text == m_options.nullText || (text.size() > 1 && text[0] == 'x' && text[1] == '\''))
        return true;
    return m_keepsNumbers[static_cast<std::size_t>(column)] && looksLikeNumber(text);
}

void CsvFormat::appendText(OutputBuffer &out, QByteArrayView text, int column)
{
    bool high = false;
    const char *const end = text.data() + text.size();
    const char *const special = bytescan::find(text.data(), end, high, bytescan::CsvMatch(m_options.separator));
    if (special != end || needsQuotes(text, column)) {
        high = high || special != end; // what follows was not looked at
        appendQuoted(out, text);
    } else {
        out.append(text);
    }
    if (high && m_engine == Engine::Sqlite && !QUtf8StringView(text.data(), text.size()).isValidUtf8())
        noteUndecodable(column);
}

void CsvFormat::appendBlob(OutputBuffer &out, QByteArrayView bytes) const
{
    switch (m_options.blobs) {
    case FormatOptions::Blobs::Usual: out.append("x'", 2).append(QByteArray::fromRawData(bytes.data(), bytes.size()).toHex()).append('\''); return;
    case FormatOptions::Blobs::Hex: out.append(QByteArray::fromRawData(bytes.data(), bytes.size()).toHex()); return;
    case FormatOptions::Blobs::Base64: out.append(QByteArray::fromRawData(bytes.data(), bytes.size()).toBase64()); return;
    }
}

void CsvFormat::appendHeader(OutputBuffer &out)
{
    if (m_options.hasByteOrderMark)
        out.append("\xEF\xBB\xBF", 3);
    if (!m_options.hasHeader)
        return;
    for (std::size_t i = 0; i < m_columns.size(); ++i) {
        if (i > 0)
            out.append(m_options.separator);
        const QByteArray name = m_columns[i].name.toUtf8();
        bool high = false;
        const char *const end = name.constData() + name.size();
        if (m_options.quoting == FormatOptions::Quoting::WhereNeeded && !name.isEmpty() && name.front() != ' ' && name.back() != ' '
            && bytescan::find(name.constData(), end, high, bytescan::CsvMatch(m_options.separator)) == end)
            out.append(name);
        else
            appendQuoted(out, name);
    }
    endLine(out);
}

void CsvFormat::appendRow(OutputBuffer &out, const ValueRef *values)
{
    const bool quoteAll = m_options.quoting == FormatOptions::Quoting::Everything;
    const auto count = static_cast<int>(m_columns.size());
    for (int i = 0; i < count; ++i) {
        if (i > 0)
            out.append(m_options.separator);
        const ValueRef &value = values[i];
        QByteArray time;
        if (m_hasTimes && timeText(value, static_cast<std::size_t>(i), time)) {
            quoteAll ? appendQuoted(out, time) : static_cast<void>(out.append(time));
            continue;
        }
        switch (value.type()) {
        case ValueType::Null: out.append(m_options.nullText); break;
        case ValueType::Text: appendText(out, value.bytes(), i); break;
        case ValueType::Integer:
        case ValueType::Real:
        case ValueType::Blob:
            if (quoteAll)
                out.append('"');
            if (value.type() == ValueType::Integer)
                out.appendInteger(value.integer());
            else if (value.type() == ValueType::Real)
                appendReal(out, value.real());
            else
                appendBlob(out, value.bytes());
            if (quoteAll)
                out.append('"');
            break;
        }
    }
    endLine(out);
}

} // namespace turnstone
