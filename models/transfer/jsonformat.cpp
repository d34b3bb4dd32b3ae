// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/transfer/jsonformat.h"

#include "models/core/jsonwriter.h"
#include "models/transfer/bytescan.h"
#include "models/transfer/jsonscanner.h"
#include "models/transfer/reals.h"

#include <QSet>
#include <QUtf8StringView>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

void appendEscaped(OutputBuffer &out, const char *p, const char *end, bool &high)
{
    static constexpr char hex[] = "0123456789abcdef";
    for (;;) {
        char *const to = out.room(end - p);
        const char *const special = bytescan::copy(p, end, to, high, bytescan::JsonMatch());
        out.finish(to + (special - p));
        if (special == end)
            return;
        out.append('\\');
        switch (const char c = *special; c) {
        case '"':
        case '\\': out.append(c); break;
        case '\n': out.append('n'); break;
        case '\r': out.append('r'); break;
        case '\t': out.append('t'); break;
        case '\b': out.append('b'); break;
        case '\f': out.append('f'); break;
        default: out.append("u00", 3).append(hex[(c >> 4) & 1]).append(hex[c & 15]);
        }
        p = special + 1;
    }
}

/// Whole documents go in as they are; line breaks between tokens become spaces, so that a row stays on its line. Inside
/// strings JSON has no raw line breaks.
bool appendEmbedded(OutputBuffer &out, QByteArrayView text)
{
    const char *first = text.data();
    const char *const end = first + text.size();
    while (first < end && (*first == ' ' || *first == '\n' || *first == '\r' || *first == '\t'))
        ++first;
    if (first == end || *first == '"' || *first == 'n')
        return false;
    bool hasBreaks = false;
    if (!isJsonDocument(QByteArrayView(first, end), &hasBreaks))
        return false;
    const qsizetype start = out.size();
    out.append(first, end - first);
    if (!hasBreaks)
        return true;
    char *p = out.room(0) - (end - first);
    const char *const last = p + (end - first);
    for (; p < last; ++p) {
        if (*p == '\n' || *p == '\r')
            *p = ' ';
    }
    qsizetype size = out.size();
    while (size > start && out.view()[size - 1] == ' ')
        --size;
    out.truncate(size);
    return true;
}

/// int8, int2, int4, oid, float4, float8, numeric
bool isPostgresNumber(unsigned oid)
{
    return oid == 20 || oid == 21 || oid == 23 || oid == 26 || oid == 700 || oid == 701 || oid == 1700;
}

constexpr unsigned boolOid = 16;
constexpr unsigned byteaOid = 17;

void appendBlob(OutputBuffer &out, QByteArrayView bytes, const FormatOptions &options)
{
    const QByteArray raw = QByteArray::fromRawData(bytes.data(), bytes.size());
    out.append('"').append(options.blobs == FormatOptions::Blobs::Hex ? raw.toHex() : raw.toBase64()).append('"');
}

} // namespace

bool appendJsonString(OutputBuffer &out, QByteArrayView text)
{
    const qsizetype before = out.size();
    const char *const first = text.data();
    const char *const end = first + text.size();
    bool high = false;
    char *p = out.room(text.size() + 2);
    *p++ = '"';
    const char *const special = bytescan::copy(first, end, p, high, bytescan::JsonMatch());
    p += special - first;
    if (special == end) {
        *p++ = '"';
        out.finish(p);
    } else {
        out.finish(p);
        appendEscaped(out, special, end, high);
        out.append('"');
    }
    if (!high || QUtf8StringView(first, text.size()).isValidUtf8())
        return true;
    out.truncate(before);
    return false;
}

bool appendJsonValue(OutputBuffer &out, const ValueRef &value, const ResultColumn &column, Engine engine, const ColumnTraits &traits, const FormatOptions &options)
{
    switch (value.type()) {
    case ValueType::Null: out.append("null", 4); return true;
    case ValueType::Integer: out.appendInteger(value.integer()); return true;
    case ValueType::Real:
        if (std::isfinite(value.real())) {
            appendReal(out, value.real());
        } else {
            out.append('"');
            appendReal(out, value.real());
            out.append('"');
        }
        return true;
    case ValueType::Blob: appendBlob(out, value.bytes(), options); return true;
    case ValueType::Text: break;
    }
    const QByteArrayView text = value.bytes();
    if (engine == Engine::PostgreSql) {
        if (column.typeOid == boolOid) {
            out.append(text == "t" ? QByteArrayView("true") : QByteArrayView("false"));
            return true;
        }
        if (isPostgresNumber(column.typeOid) && JsonWriter::isNumberToken(text)) {
            out.append(text);
            return true;
        }
        if (column.typeOid == byteaOid && text.startsWith("\\x")) {
            appendBlob(out, QByteArray::fromHex(text.sliced(2).toByteArray()), options);
            return true;
        }
    }
    if (traits.isJson && !options.jsonAsText && appendEmbedded(out, text))
        return true;
    if (appendJsonString(out, text))
        return true;
    appendBlob(out, text, options);
    return false;
}

JsonFormat::JsonFormat(const FormatOptions &options, const std::vector<ResultColumn> &columns, Engine engine, std::vector<ColumnTraits> traits)
    : RowFormat(options, columns, engine, std::move(traits)), m_isArray(options.format == u"json"), m_hasTimes(options.zone.isValid())
{
    QSet<QString> taken;
    for (const ResultColumn &column : columns) {
        QString key = column.name;
        for (int i = 2; taken.contains(key); ++i)
            key = u"%1_%2"_s.arg(column.name).arg(i);
        taken.insert(key);
        QByteArray head = m_heads.empty() ? QByteArray() : QByteArray(",");
        JsonWriter::appendQuoted(head, key.toUtf8());
        head += ':';
        Head &made = m_heads.emplace_back();
        std::copy_n(head.constData(), std::min(head.size(), static_cast<qsizetype>(made.start.size())), made.start.begin());
        made.text = head;
    }
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const bool isMore = engine == Engine::PostgreSql || (m_traits[i].isJson && !options.jsonAsText) || (m_hasTimes && m_traits[i].time != ColumnTraits::Time::None);
        m_isPlain.push_back(!isMore);
    }
}

void JsonFormat::appendHeader(OutputBuffer &out)
{
    if (m_isArray)
        out.append('[');
}

/// Into room for the head and for what `start` holds.
char *JsonFormat::writeHead(char *p, const Head &head)
{
    std::memcpy(p, head.start.data(), head.start.size());
    const qsizetype size = head.text.size();
    if (constexpr qsizetype copied = std::tuple_size_v<decltype(head.start)>; size > copied)
        std::memcpy(p + copied, head.text.constData() + copied, static_cast<std::size_t>(size - copied));
    return p + size;
}

void JsonFormat::appendMembers(OutputBuffer &out, const ValueRef *values)
{
    constexpr qsizetype digits = 24;
    for (std::size_t i = 0; i < m_heads.size(); ++i) {
        const Head &head = m_heads[i];
        const ValueRef &value = values[i];
        char *p = writeHead(out.room(head.text.size() + static_cast<qsizetype>(head.start.size()) + digits), head);
        if (value.type() == ValueType::Integer && m_isPlain[i]) {
            out.finish(std::to_chars(p, p + digits, value.integer()).ptr);
            continue;
        }
        out.finish(p);
        if (value.type() == ValueType::Text && m_isPlain[i] && appendJsonString(out, value.bytes()))
            continue;
        if (QByteArray time; m_hasTimes && timeText(value, i, time))
            out.append('"').append(time).append('"');
        else if (!appendJsonValue(out, value, m_columns[i], m_engine, m_traits[i], m_options))
            noteUndecodable(static_cast<int>(i));
    }
}

void JsonFormat::appendRow(OutputBuffer &out, const ValueRef *values)
{
    if (m_isArray)
        out.append(",\n ", 3);
    out.append('{');
    appendMembers(out, values);
    out.append('}');
    if (!m_isArray)
        out.append('\n');
}

void JsonFormat::appendFooter(OutputBuffer &out, bool hasRows)
{
    if (m_isArray)
        out.append(hasRows ? QByteArrayView("\n]\n") : QByteArrayView("]\n"));
}

} // namespace turnstone
