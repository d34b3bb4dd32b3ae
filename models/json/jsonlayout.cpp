// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/json/jsonlayout.h"

#include "models/json/jsonindex.h"

namespace turnstone {

QByteArray laidOutJson(const QByteArray &json)
{
    const QByteArray trimmed = json.trimmed();
    if (!trimmed.startsWith('{') && !trimmed.startsWith('['))
        return {};
    if (!JsonIndex::build(trimmed)) // numbers beyond a double are JSON as well
        return {};
    QByteArray out;
    out.reserve(trimmed.size() * 2);
    int depth = 0;
    const auto breakLine = [&out, &depth] { out.append('\n').append(2 * depth, ' '); };
    for (qsizetype i = 0; i < trimmed.size(); ++i) {
        const char c = trimmed[i];
        switch (c) {
        case ' ':
        case '\t':
        case '\r':
        case '\n': break;
        case '"': {
            const qsizetype start = i;
            for (++i; trimmed[i] != '"'; ++i) {
                if (trimmed[i] == '\\')
                    ++i;
            }
            out.append(trimmed.constData() + start, i - start + 1);
            break;
        }
        case '{':
        case '[': {
            qsizetype next = i + 1;
            while (QByteArrayView(" \t\r\n").contains(trimmed[next]))
                ++next;
            out.append(c);
            if (trimmed[next] == '}' || trimmed[next] == ']') {
                out.append(trimmed[next]);
                i = next;
            } else {
                ++depth;
                breakLine();
            }
            break;
        }
        case '}':
        case ']':
            --depth;
            breakLine();
            out.append(c);
            break;
        case ',':
            out.append(c);
            breakLine();
            break;
        case ':': out.append(": "); break;
        default: out.append(c);
        }
    }
    return out;
}

} // namespace turnstone
