// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/shell/fuzzymatch.h"

#include <algorithm>

namespace turnstone {

int fuzzyScore(QStringView typed, QStringView text)
{
    constexpr int letter = 10;
    constexpr int inARow = 15;
    constexpr int wordStart = 20;
    constexpr int wholePhrase = 60;
    int score = 0;
    qsizetype at = 0;
    qsizetype before = -2;
    for (const QChar c : typed) {
        if (c.isSpace())
            continue;
        const qsizetype found = text.indexOf(c, at, Qt::CaseInsensitive);
        if (found < 0)
            return -1;
        score += letter;
        if (found == before + 1)
            score += inARow;
        if (found == 0 || !text[found - 1].isLetterOrNumber())
            score += wordStart;
        before = found;
        at = found + 1;
    }
    if (!typed.isEmpty() && text.contains(typed, Qt::CaseInsensitive))
        score += wholePhrase;
    return score + static_cast<int>(std::max<qsizetype>(0, letter - text.size() / 8));
}

} // namespace turnstone
