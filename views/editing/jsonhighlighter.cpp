// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/editing/jsonhighlighter.h"

#include "views/widgets/theme.h"

#include <QGuiApplication>
#include <QRegularExpression>

namespace turnstone {

using namespace Qt::StringLiterals;

void JsonHighlighter::highlightBlock(const QString &text)
{
    static const QRegularExpression token(u"(\"(?:[^\"\\\\]|\\\\.)*\"?)(\\s*:)?|(-?[0-9][0-9.eE+-]*)|(\\btrue\\b|\\bfalse\\b|\\bnull\\b)"_s);
    const Tokens &tokens = Tokens::of(QGuiApplication::palette());
    QRegularExpressionMatchIterator matches = token.globalMatch(text);
    while (matches.hasNext()) {
        const QRegularExpressionMatch match = matches.next();
        const int start = static_cast<int>(match.capturedStart());
        if (match.hasCaptured(1)) {
            const bool isKey = !match.captured(2).isEmpty();
            setFormat(start, static_cast<int>(match.capturedLength(1)), isKey ? tokens.accent : tokens.good);
        } else {
            setFormat(start, static_cast<int>(match.capturedLength()), match.hasCaptured(3) ? tokens.warn : tokens.muted);
        }
    }
}

} // namespace turnstone
