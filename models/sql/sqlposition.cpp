// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/sql/sqlposition.h"

namespace turnstone {

namespace {

bool isPair(QStringView text, qsizetype at)
{
    return text[at].isHighSurrogate() && at + 1 < text.size() && text[at + 1].isLowSurrogate();
}

} // namespace

qsizetype offsetOfCodePoint(QStringView text, qsizetype codePoint)
{
    qsizetype at = 0;
    for (; codePoint > 0 && at < text.size(); --codePoint)
        at += isPair(text, at) ? 2 : 1;
    return at;
}

qsizetype offsetOfUtf8Byte(QStringView text, qsizetype byte)
{
    qsizetype at = 0;
    while (at < text.size()) {
        const bool pair = isPair(text, at);
        const char16_t c = text[at].unicode();
        byte -= pair ? 4 : c < 0x80 ? 1 : c < 0x800 ? 2 : text[at].isSurrogate() ? 1 : 3; // toUtf8() makes a lone surrogate a "?"
        if (byte < 0)
            return at;
        at += pair ? 2 : 1;
    }
    return at;
}

LineAndColumn lineAndColumn(QStringView text, qsizetype offset)
{
    const QStringView before = text.first(qBound<qsizetype>(0, offset, text.size()));
    return {int(before.count(u'\n')) + 1, int(before.size() - (before.lastIndexOf(u'\n') + 1)) + 1};
}

} // namespace turnstone
