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

namespace {

constexpr qsizetype copiedAtOnce = 16 * 1024; // beyond it there is no room for twice the text before it is known

/// The rest of a quoted text: quotes doubled, and one at the end. `p` has room for twice the rest and one byte.
char *quoteRest(char *p, const char *rest, const char *end, bool &high)
{
    for (;;) {
        const char *const quote = bytescan::copy(rest, end, p, high, bytescan::ByteMatch('"'));
        p += quote - rest;
        if (quote == end)
            break;
        *p++ = '"';
        *p++ = '"';
        rest = quote + 1;
    }
    *p++ = '"';
    return p;
}

} // namespace

void CsvFormat::endLine(OutputBuffer &out) const
{
    if (m_options.hasCrLf)
        out.append('\r');
    out.append('\n');
}

void CsvFormat::appendQuoted(OutputBuffer &out, QByteArrayView text, bool &high) const
{
    const char *rest = text.data();
    const char *const end = rest + text.size();
    out.append('"');
    while (end - rest > copiedAtOnce) {
        const char *const until = rest + copiedAtOnce;
        char *const last = quoteRest(out.room(2 * copiedAtOnce + 1), rest, until, high) - 1;
        out.finish(last);
        rest = until;
    }
    out.finish(quoteRest(out.room(2 * (end - rest) + 1), rest, end, high));
}

/// For texts without quotes, separators and line breaks.
bool CsvFormat::readsAsSomethingElse(QByteArrayView text, int column) const
{
    if (text.isEmpty())
        return true;
    const char first = text.front();
    if (first == ' ' || text.back() == ' ' || (first == 'x' && text.size() > 1 && text[1] == '\''))
        return true;
    if (((first == 'I' || first == '-') && (text == "Infinity" || text == "-Infinity"))
        || (text.size() == m_options.nullText.size() && text == m_options.nullText))
        return true;
    return m_keepsNumbers[static_cast<std::size_t>(column)] && looksLikeNumber(text);
}

void CsvFormat::appendText(OutputBuffer &out, QByteArrayView text, int column)
{
    const bool mayBePlain = m_options.quoting == FormatOptions::Quoting::WhereNeeded && !readsAsSomethingElse(text, column);
    const char *const first = text.data();
    const char *const end = first + text.size();
    const bytescan::CsvMatch match(m_options.separator);
    bool high = false;
    if (mayBePlain && text.size() <= copiedAtOnce) {
        char *const start = out.room(2 * text.size() + 2);
        const char *const special = bytescan::copy(first, end, start, high, match);
        const qsizetype before = special - first;
        if (special == end) {
            out.finish(start + before);
        } else {
            std::memmove(start + 1, start, static_cast<std::size_t>(before));
            *start = '"';
            out.finish(quoteRest(start + 1 + before, special, end, high));
        }
    } else if (mayBePlain && bytescan::find(first, end, high, match) == end) {
        out.append(text);
    } else {
        appendQuoted(out, text, high);
    }
    if (high && m_engine == Engine::Sqlite && !QUtf8StringView(first, text.size()).isValidUtf8())
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
        const char *const end = name.constData() + name.size();
        bool high = false;
        if (m_options.quoting == FormatOptions::Quoting::WhereNeeded && !name.isEmpty() && name.front() != ' ' && name.back() != ' '
            && bytescan::find(name.constData(), end, high, bytescan::CsvMatch(m_options.separator)) == end)
            out.append(name);
        else
            appendQuoted(out, name, high);
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
        if (m_hasTimes && appendTime(out, value, i))
            continue;
        switch (value.type()) {
        case ValueType::Null: out.append(m_options.nullText); continue;
        case ValueType::Text: appendText(out, value.bytes(), i); continue;
        case ValueType::Integer:
        case ValueType::Real:
        case ValueType::Blob: break;
        }
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
    }
    endLine(out);
}

bool CsvFormat::appendTime(OutputBuffer &out, const ValueRef &value, int column) const
{
    QByteArray time;
    if (!timeText(value, static_cast<std::size_t>(column), time))
        return false;
    bool high = false;
    if (m_options.quoting == FormatOptions::Quoting::Everything)
        appendQuoted(out, time, high);
    else
        out.append(time);
    return true;
}

} // namespace turnstone
