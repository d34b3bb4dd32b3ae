// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/transfer/jsonscanner.h"

#include "models/transfer/bytescan.h"

#include <QCoreApplication>
#include <QUtf8StringView>

namespace turnstone {

namespace {

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

void appendUtf8(OutputBuffer &out, unsigned code)
{
    char *p = out.room(4);
    if (code < 0x80) {
        *p++ = static_cast<char>(code);
    } else if (code < 0x800) {
        *p++ = static_cast<char>(0xC0 | (code >> 6));
        *p++ = static_cast<char>(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        *p++ = static_cast<char>(0xE0 | (code >> 12));
        *p++ = static_cast<char>(0x80 | ((code >> 6) & 0x3F));
        *p++ = static_cast<char>(0x80 | (code & 0x3F));
    } else {
        *p++ = static_cast<char>(0xF0 | (code >> 18));
        *p++ = static_cast<char>(0x80 | ((code >> 12) & 0x3F));
        *p++ = static_cast<char>(0x80 | ((code >> 6) & 0x3F));
        *p++ = static_cast<char>(0x80 | (code & 0x3F));
    }
    out.finish(p);
}

} // namespace

bool JsonScanner::fail(Problem problem)
{
    m_problem = m_at >= m_end ? Problem::Incomplete : problem;
    return false;
}

void JsonScanner::skipSpace()
{
    for (; m_at < m_end; ++m_at) {
        if (*m_at == '\n' || *m_at == '\r')
            m_sawLineBreak = true;
        else if (*m_at != ' ' && *m_at != '\t')
            return;
    }
}

bool JsonScanner::skipWord(const char *word, int length)
{
    for (int i = 0; i < length; ++i, ++m_at) {
        if (m_at == m_end || *m_at != word[i])
            return fail(Problem::Unexpected);
    }
    return true;
}

bool JsonScanner::skipNumber()
{
    const auto digits = [this] {
        const char *const start = m_at;
        while (m_at < m_end && isDigit(*m_at))
            ++m_at;
        return m_at > start;
    };
    if (*m_at == '-')
        ++m_at;
    if (m_at < m_end && *m_at == '0')
        ++m_at;
    else if (!digits())
        return fail(Problem::BadNumber);
    if (m_at < m_end && *m_at == '.') {
        ++m_at;
        if (!digits())
            return fail(Problem::BadNumber);
    }
    if (m_at < m_end && (*m_at == 'e' || *m_at == 'E')) {
        ++m_at;
        if (m_at < m_end && (*m_at == '+' || *m_at == '-'))
            ++m_at;
        if (!digits())
            return fail(Problem::BadNumber);
    }
    if (m_at < m_end && isDigit(*m_at)) // 007
        return fail(Problem::BadNumber);
    return true;
}

bool JsonScanner::skipString()
{
    ++m_at;
    for (;;) {
        m_at = bytescan::find(m_at, m_end, m_sawHigh, bytescan::JsonMatch());
        if (m_at == m_end)
            return fail(Problem::Incomplete);
        if (*m_at == '"') {
            ++m_at;
            return true;
        }
        if (*m_at != '\\')
            return fail(Problem::ControlCharacter);
        ++m_at;
        if (m_at == m_end)
            return fail(Problem::Incomplete);
        switch (*m_at) {
        case '"': case '\\': case '/': case 'b': case 'f': case 'n': case 'r': case 't': ++m_at; break;
        case 'u':
            ++m_at;
            if (hexUnit() < 0)
                return false;
            break;
        default: return fail(Problem::BadEscape);
        }
    }
}

int JsonScanner::hexUnit()
{
    int unit = 0;
    for (int i = 0; i < 4; ++i, ++m_at) {
        const char c = peek();
        const int digit = isDigit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
        if (digit < 0) {
            fail(Problem::BadEscape);
            return -1;
        }
        unit = unit * 16 + digit;
    }
    return unit;
}

bool JsonScanner::skipValue(int depth)
{
    skipSpace();
    if (m_at == m_end)
        return fail(Problem::Incomplete);
    switch (*m_at) {
    case '"': return skipString();
    case 't': return skipWord("true", 4);
    case 'f': return skipWord("false", 5);
    case 'n': return skipWord("null", 4);
    case '{':
    case '[': break;
    default: return *m_at == '-' || isDigit(*m_at) ? skipNumber() : fail(Problem::Unexpected);
    }
    if (depth >= maxDepth)
        return fail(Problem::TooDeep);
    const bool isObject = *m_at == '{';
    const char closing = isObject ? '}' : ']';
    ++m_at;
    skipSpace();
    if (peek() == closing) {
        ++m_at;
        return true;
    }
    for (;;) {
        if (isObject) {
            skipSpace();
            if (peek() != '"')
                return fail(Problem::Unexpected);
            if (!skipString())
                return false;
            skipSpace();
            if (peek() != ':')
                return fail(Problem::Unexpected);
            ++m_at;
        }
        if (!skipValue(depth + 1))
            return false;
        skipSpace();
        if (peek() == closing) {
            ++m_at;
            return true;
        }
        if (peek() != ',')
            return fail(Problem::Unexpected);
        ++m_at;
    }
}

bool JsonScanner::readEscape(OutputBuffer &out)
{
    const char *const start = m_at - 1;
    if (m_at == m_end)
        return fail(Problem::Incomplete);
    const char c = *m_at++;
    switch (c) {
    case '"': case '\\': case '/': out.append(c); return true;
    case 'b': out.append('\b'); return true;
    case 'f': out.append('\f'); return true;
    case 'n': out.append('\n'); return true;
    case 'r': out.append('\r'); return true;
    case 't': out.append('\t'); return true;
    case 'u': break;
    default: --m_at; return fail(Problem::BadEscape);
    }
    const int unit = hexUnit();
    if (unit < 0)
        return false;
    if (unit < 0xD800 || unit > 0xDFFF) {
        appendUtf8(out, static_cast<unsigned>(unit));
        return true;
    }
    const auto lone = [&] {
        m_at = start;
        return fail(Problem::LoneSurrogate);
    };
    if (unit >= 0xDC00)
        return lone();
    if (m_end - m_at < 6 && (m_at == m_end || *m_at == '\\')) {
        m_at = m_end;
        return fail(Problem::Incomplete);
    }
    if (*m_at != '\\' || m_at[1] != 'u')
        return lone();
    m_at += 2;
    const int second = hexUnit();
    if (second < 0)
        return false;
    if (second < 0xDC00 || second > 0xDFFF)
        return lone();
    appendUtf8(out, 0x10000 + ((static_cast<unsigned>(unit) - 0xD800) << 10) + (static_cast<unsigned>(second) - 0xDC00));
    return true;
}

bool JsonScanner::readString(OutputBuffer &out)
{
    ++m_at;
    for (;;) {
        const char *const start = m_at;
        m_at = bytescan::find(m_at, m_end, m_sawHigh, bytescan::JsonMatch());
        out.append(start, m_at - start);
        if (m_at == m_end)
            return fail(Problem::Incomplete);
        if (*m_at == '"') {
            ++m_at;
            return true;
        }
        if (*m_at != '\\')
            return fail(Problem::ControlCharacter);
        ++m_at;
        if (!readEscape(out))
            return false;
    }
}

QString JsonScanner::problemText() const
{
    const auto tr = [](const char *text) { return QCoreApplication::translate("JsonScanner", text); };
    switch (m_problem) {
    case Problem::None: break;
    case Problem::Incomplete: return tr("the text ends in the middle of a value");
    case Problem::Unexpected: return tr("this is not what JSON has here");
    case Problem::BadNumber: return tr("this is not a number of JSON");
    case Problem::BadEscape: return tr("there is no such escape in JSON");
    case Problem::ControlCharacter: return tr("a control character stands in a string; JSON writes it as an escape");
    case Problem::LoneSurrogate: return tr("half of a surrogate pair stands alone; it is no character");
    case Problem::TooDeep: return tr("values are nested more than 1,000 deep");
    }
    return {};
}

bool isJsonDocument(QByteArrayView text, bool *hasLineBreaks)
{
    JsonScanner scanner(text);
    if (!scanner.skipValue())
        return false;
    scanner.skipSpace();
    *hasLineBreaks = scanner.sawLineBreak();
    return scanner.atEnd() && (!scanner.sawHigh() || QUtf8StringView(text.data(), text.size()).isValidUtf8());
}

} // namespace turnstone
