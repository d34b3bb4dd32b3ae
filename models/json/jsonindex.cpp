// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/json/jsonindex.h"

#include <QCoreApplication>

#include <algorithm>
#include <cstring>
#include <utility>

namespace turnstone {

namespace {

// Shorter containers are walked again when a sibling behind them is wanted.
constexpr qsizetype shortContainer = 1024;
constexpr qsizetype bytesPerReport = 1 << 20;

bool isSpace(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

bool isHex(char c)
{
    return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

qsizetype afterSpace(const QByteArray &json, qsizetype at)
{
    while (at < json.size() && isSpace(json[at]))
        ++at;
    return at;
}

/// Behind the closing quote of a string that is known to be well formed.
qsizetype afterString(const QByteArray &json, qsizetype at)
{
    for (++at; json[at] != '"'; ++at) {
        if (json[at] == '\\')
            ++at;
    }
    return at + 1;
}

JsonKind kindOf(char first)
{
    switch (first) {
    case '{': return JsonKind::Object;
    case '[': return JsonKind::Array;
    case '"': return JsonKind::String;
    case 't':
    case 'f': return JsonKind::Boolean;
    case 'n': return JsonKind::Null;
    default: return JsonKind::Number;
    }
}

/// Reads one token after another; a false answer leaves `at` on the wrong byte.
struct Scanner
{
    const char *json;
    qsizetype size;
    qsizetype at = 0;

    char current() const { return at < size ? json[at] : '\0'; }
    void skipSpace()
    {
        while (at < size && isSpace(json[at]))
            ++at;
    }
    bool take(char c)
    {
        if (at >= size || json[at] != c)
            return false;
        ++at;
        return true;
    }
    bool escape()
    {
        if (at < size && json[at] == 'u') {
            ++at;
            for (int i = 0; i < 4; ++i, ++at) {
                if (!isHex(current()))
                    return false;
            }
            return true;
        }
        if (at >= size || json[at] == '\0' || std::strchr("\"\\/bfnrt", json[at]) == nullptr)
            return false;
        ++at;
        return true;
    }
    bool string()
    {
        if (!take('"'))
            return false;
        while (at < size) {
            const char c = json[at];
            if (static_cast<unsigned char>(c) < 0x20)
                return false;
            ++at;
            if (c == '"')
                return true;
            if (c == '\\' && !escape())
                return false;
        }
        return false;
    }
    bool digits()
    {
        if (!isDigit(current()))
            return false;
        while (isDigit(current()))
            ++at;
        return true;
    }
    bool number()
    {
        take('-');
        if (!take('0') && !digits())
            return false;
        if (take('.') && !digits())
            return false;
        if (!take('e') && !take('E'))
            return true;
        if (!take('+'))
            take('-');
        return digits();
    }
    bool word(const char *text)
    {
        for (; *text != '\0'; ++text) {
            if (!take(*text))
                return false;
        }
        return true;
    }
    bool scalar()
    {
        switch (current()) {
        case '"': return string();
        case 't': return word("true");
        case 'f': return word("false");
        case 'n': return word("null");
        default: return number();
        }
    }
    bool key()
    {
        if (!string())
            return false;
        skipSpace();
        if (!take(':'))
            return false;
        skipSpace();
        return true;
    }
};

tl::unexpected<Error> wrongByte(const QByteArray &json, qsizetype at)
{
    const QByteArrayView before = QByteArrayView(json).first(at);
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    const qsizetype column = at - before.lastIndexOf('\n');
    const QString what = at >= json.size() ? QCoreApplication::translate("JsonIndex", "The JSON ends too early")
                                           : QCoreApplication::translate("JsonIndex", "This is no JSON");
    auto error = failure(ErrorCode::Syntax, QCoreApplication::translate("JsonIndex", "%1: line %2, column %3 (byte %4).")
                                                .arg(what).arg(line).arg(column).arg(at));
    error.value().position = static_cast<int>(at);
    return error;
}

} // namespace

Result<JsonIndex> JsonIndex::build(const QByteArray &json, std::stop_token stop, const Progress &progress)
{
    JsonIndex index;
    index.m_json = json;
    Scanner scanner{json.constData(), json.size()};
    std::vector<qsizetype> open; // instead of the call stack, which deep nesting would exhaust
    qsizetype nextReport = bytesPerReport;
    scanner.skipSpace();
    const qsizetype start = scanner.at;
    bool wantsValue = true;
    do {
        if (scanner.at >= nextReport) {
            if (stop.stop_requested())
                return failure(ErrorCode::Cancelled, QCoreApplication::translate("JsonIndex", "Reading the JSON was cancelled."));
            if (progress)
                progress(scanner.at);
            nextReport = scanner.at + bytesPerReport;
        }
        if (wantsValue) {
            const char first = scanner.current();
            if (first == '{' || first == '[') {
                open.push_back(scanner.at++);
                scanner.skipSpace();
                if (scanner.current() == (first == '{' ? '}' : ']'))
                    wantsValue = false;
                else if (first == '{' && !scanner.key())
                    return wrongByte(json, scanner.at);
                continue;
            }
            if (!scanner.scalar())
                return wrongByte(json, scanner.at);
            wantsValue = false;
        }
        scanner.skipSpace();
        if (open.empty())
            break;
        const bool isObject = json[open.back()] == '{';
        if (scanner.take(isObject ? '}' : ']')) {
            if (scanner.at - open.back() > shortContainer)
                index.m_longContainers.push_back({open.back(), scanner.at});
            open.pop_back();
        } else if (scanner.take(',')) {
            scanner.skipSpace();
            if (isObject && !scanner.key())
                return wrongByte(json, scanner.at);
            wantsValue = true;
        } else {
            return wrongByte(json, scanner.at);
        }
    } while (wantsValue || !open.empty());
    const qsizetype end = scanner.at;
    scanner.skipSpace();
    if (scanner.at < json.size())
        return wrongByte(json, scanner.at);
    std::sort(index.m_longContainers.begin(), index.m_longContainers.end(), [](const Span &a, const Span &b) { return a.start < b.start; });
    index.m_root = index.nodeAt(start);
    Q_ASSERT(index.m_root.start + index.m_root.length <= end);
    Q_UNUSED(end);
    return index;
}

qsizetype JsonIndex::valueEnd(qsizetype start) const
{
    const char first = m_json[start];
    if (first == '"')
        return afterString(m_json, start);
    if (first != '{' && first != '[') {
        qsizetype at = start;
        while (at < m_json.size() && !isSpace(m_json[at]) && m_json[at] != ',' && m_json[at] != '}' && m_json[at] != ']')
            ++at;
        return at;
    }
    const auto known = std::lower_bound(m_longContainers.begin(), m_longContainers.end(), start, [](const Span &span, qsizetype at) { return span.start < at; });
    if (known != m_longContainers.end() && known->start == start)
        return known->end;
    qsizetype depth = 0;
    for (qsizetype at = start;;) {
        const char c = m_json[at];
        if (c == '"') {
            at = afterString(m_json, at);
            continue;
        }
        ++at;
        if (c == '{' || c == '[')
            ++depth;
        else if ((c == '}' || c == ']') && --depth == 0)
            return at;
    }
}

JsonItem JsonIndex::nodeAt(qsizetype start) const
{
    JsonItem node;
    node.kind = kindOf(m_json[start]);
    node.start = start;
    node.length = valueEnd(start) - start;
    return node;
}

JsonChildren JsonIndex::children(const JsonItem &container, qsizetype from, int limit) const
{
    JsonChildren page;
    if (!container.isContainer())
        return page;
    qsizetype at = afterSpace(m_json, from > 0 ? from : container.start + 1);
    const qsizetype last = container.start + container.length - 1;
    while (at < last) {
        if (static_cast<int>(page.nodes.size()) >= limit) {
            page.next = at;
            break;
        }
        const qsizetype keyStart = at;
        qsizetype keyLength = 0;
        if (container.kind == JsonKind::Object) {
            at = afterString(m_json, at);
            keyLength = at - keyStart;
            at = afterSpace(m_json, afterSpace(m_json, at) + 1);
        }
        JsonItem node = nodeAt(at);
        node.keyStart = keyLength > 0 ? keyStart : -1;
        node.keyLength = keyLength;
        page.nodes.push_back(node);
        at = afterSpace(m_json, node.start + node.length);
        if (at < last)
            at = afterSpace(m_json, at + 1);
    }
    return page;
}

QString JsonIndex::key(const JsonItem &node) const
{
    return node.keyStart < 0 ? QString() : decoded(QByteArrayView(m_json).sliced(node.keyStart, node.keyLength));
}

QString JsonIndex::decoded(QByteArrayView quoted)
{
    const QString raw = QString::fromUtf8(quoted.sliced(1, quoted.size() - 2));
    QString text;
    text.reserve(raw.size());
    for (qsizetype i = 0; i < raw.size(); ++i) {
        if (raw[i] != u'\\' || i + 1 >= raw.size()) {
            text += raw[i];
            continue;
        }
        switch (raw[++i].unicode()) {
        case u'b': text += u'\b'; break;
        case u'f': text += u'\f'; break;
        case u'n': text += u'\n'; break;
        case u'r': text += u'\r'; break;
        case u't': text += u'\t'; break;
        case u'u':
            text += QChar(QStringView(raw).mid(i + 1, 4).toUShort(nullptr, 16));
            i += 4;
            break;
        default: text += raw[i];
        }
    }
    return text.isNull() ? QString::fromLatin1("") : text;
}

} // namespace turnstone
