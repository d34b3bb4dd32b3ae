// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/core/jsonwriter.h"

#include <QString>
#include <QUtf8StringView>

#include <charconv>
#include <cmath>

namespace turnstone {

namespace {

/// Length of the well-formed UTF-8 sequence at `p` (1 to 4), or 0.
int utf8SequenceLength(const unsigned char *p, const unsigned char *end)
{
    const auto follows = [&](int i) { return p + i < end && (p[i] & 0xC0) == 0x80; };
    if (*p < 0x80)
        return 1;
    if (*p >= 0xC2 && *p <= 0xDF)
        return follows(1) ? 2 : 0;
    if (*p >= 0xE0 && *p <= 0xEF) {
        if (!follows(1) || !follows(2) || (*p == 0xE0 && p[1] < 0xA0) || (*p == 0xED && p[1] > 0x9F))
            return 0;
        return 3;
    }
    if (*p >= 0xF0 && *p <= 0xF4) {
        if (!follows(1) || !follows(2) || !follows(3) || (*p == 0xF0 && p[1] < 0x90) || (*p == 0xF4 && p[1] > 0x8F))
            return 0;
        return 4;
    }
    return 0;
}

} // namespace

void JsonWriter::open(char bracket)
{
    beforeValue();
    m_out.append(bracket);
    m_hasItems.push_back(false);
}

void JsonWriter::close(char bracket)
{
    const bool hadItems = m_hasItems.back();
    m_hasItems.pop_back();
    if (hadItems)
        breakLine();
    m_out.append(bracket);
}

void JsonWriter::beforeValue()
{
    if (m_afterKey) {
        m_afterKey = false;
        return;
    }
    if (m_hasItems.empty())
        return;
    if (m_hasItems.back())
        m_out.append(',');
    m_hasItems.back() = true;
    breakLine();
}

void JsonWriter::breakLine()
{
    if (m_indent == 0)
        return;
    m_out.append('\n');
    m_out.append(static_cast<qsizetype>(m_hasItems.size()) * m_indent, ' ');
}

void JsonWriter::key(QStringView name)
{
    key(QByteArrayView(name.toUtf8()));
}

void JsonWriter::key(QByteArrayView utf8Name)
{
    beforeValue();
    appendQuoted(m_out, utf8Name);
    m_out.append(m_indent == 0 ? ":" : ": ");
    m_afterKey = true;
}

void JsonWriter::integer(std::int64_t value)
{
    char text[24];
    const auto end = std::to_chars(text, text + sizeof text, value).ptr;
    raw(QByteArrayView(text, end - text));
}

void JsonWriter::real(double value)
{
    if (!std::isfinite(value))
        return string(QByteArrayView(realToken(value)));
    raw(realToken(value));
}

void JsonWriter::string(QStringView value)
{
    string(QByteArrayView(value.toUtf8()));
}

void JsonWriter::string(QByteArrayView utf8)
{
    beforeValue();
    appendQuoted(m_out, utf8);
}

void JsonWriter::raw(QByteArrayView token)
{
    beforeValue();
    m_out.append(token);
}

void JsonWriter::appendQuoted(QByteArray &out, QByteArrayView utf8)
{
    static constexpr char hex[] = "0123456789abcdef";
    out.append('"');
    const auto *p = reinterpret_cast<const unsigned char *>(utf8.data());
    const auto *const end = p + utf8.size();
    const auto *run = p; // start of the bytes not yet copied
    const auto flush = [&] { out.append(reinterpret_cast<const char *>(run), p - run); };
    while (p < end) {
        if (*p >= 0x20 && *p < 0x80 && *p != '"' && *p != '\\' && *p != 0x7F) {
            ++p;
            continue;
        }
        if (const int length = *p >= 0x80 ? utf8SequenceLength(p, end) : 0; length > 0) {
            p += length;
            continue;
        }
        flush();
        const unsigned char c = *p;
        if (c >= 0x80) {
            out.append("\xEF\xBF\xBD");
        } else if (c == '"' || c == '\\') {
            out.append('\\').append(static_cast<char>(c));
        } else if (c == '\n') {
            out.append("\\n");
        } else if (c == '\r') {
            out.append("\\r");
        } else if (c == '\t') {
            out.append("\\t");
        } else {
            out.append("\\u00").append(hex[c >> 4]).append(hex[c & 15]);
        }
        run = ++p;
    }
    flush();
    out.append('"');
}

QByteArray JsonWriter::realToken(double value)
{
    if (std::isnan(value))
        return QByteArrayLiteral("NaN");
    if (std::isinf(value))
        return value > 0 ? QByteArrayLiteral("Infinity") : QByteArrayLiteral("-Infinity");
    char text[40];
    auto *end = std::to_chars(text, text + sizeof text, value).ptr;
    QByteArray token(text, end - text);
    if (!token.contains('.') && !token.contains('e'))
        token.append(".0"); // stays a real number when it is read back
    return token;
}

bool JsonWriter::isNumberToken(QByteArrayView text)
{
    const char *p = text.data();
    const char *const end = p + text.size();
    const auto digits = [&] {
        const char *const start = p;
        while (p < end && *p >= '0' && *p <= '9')
            ++p;
        return p > start;
    };
    if (p < end && *p == '-')
        ++p;
    if (p < end && *p == '0')
        ++p;
    else if (!digits())
        return false;
    if (p < end && *p == '.') {
        ++p;
        if (!digits())
            return false;
    }
    if (p < end && (*p == 'e' || *p == 'E')) {
        ++p;
        if (p < end && (*p == '+' || *p == '-'))
            ++p;
        if (!digits())
            return false;
    }
    return p == end && !text.isEmpty();
}

} // namespace turnstone
