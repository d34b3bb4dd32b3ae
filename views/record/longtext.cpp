// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/record/longtext.h"

#include "models/items/celltext.h"

#include <algorithm>

namespace turnstone {

namespace {

bool continuesCharacter(char byte)
{
    return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

/// Where a line end has to be put in, by the place in the text before any was.
std::vector<qsizetype> breaksOf(QStringView text)
{
    std::vector<qsizetype> breaks;
    qsizetype lineStart = 0;
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (text[i] == u'\n') {
            lineStart = i + 1;
        } else if (i - lineStart >= LongText::longestLine && !text[i].isLowSurrogate()) {
            breaks.push_back(i);
            lineStart = i;
        }
    }
    return breaks;
}

qsizetype shownPlace(qsizetype place, const std::vector<qsizetype> &breaks)
{
    return place + (std::ranges::upper_bound(breaks, place) - breaks.begin());
}

} // namespace

LongText::LongText(QByteArray utf8, qsizetype partBytes) : m_utf8(std::move(utf8))
{
    constexpr qsizetype longestCharacter = 4;
    partBytes = std::max(partBytes, longestCharacter);
    const qsizetype nearby = partBytes / 10;
    for (qsizetype start = 0; start < m_utf8.size();) {
        m_starts.push_back(start);
        qsizetype end = start + partBytes;
        if (end >= m_utf8.size())
            break;
        const qsizetype line = m_utf8.lastIndexOf('\n', end - 1);
        if (line >= end - nearby && line > start)
            end = line + 1;
        while (end > start + 1 && continuesCharacter(m_utf8[end]))
            --end;
        start = end;
    }
}

QByteArrayView LongText::slice(int number) const
{
    const qsizetype start = m_starts[static_cast<std::size_t>(number)];
    const qsizetype end = number + 1 < parts() ? m_starts[static_cast<std::size_t>(number) + 1] : m_utf8.size();
    return QByteArrayView(m_utf8).sliced(start, end - start);
}

QString LongText::part(int number) const
{
    if (number < 0 || number >= parts())
        return {};
    const QString text = decodedText(slice(number));
    const std::vector<qsizetype> breaks = breaksOf(text);
    if (breaks.empty())
        return text;
    QString shown;
    shown.reserve(text.size() + static_cast<qsizetype>(breaks.size()));
    qsizetype from = 0;
    for (const qsizetype at : breaks) {
        shown.append(QStringView(text).sliced(from, at - from)).append(u'\n');
        from = at;
    }
    return shown.append(QStringView(text).sliced(from));
}

std::vector<LongText::Match> LongText::find(const QString &words, int limit, const std::stop_token &stop) const
{
    std::vector<Match> matches;
    if (words.isEmpty())
        return matches;
    for (int number = 0; number < parts() && !stop.stop_requested(); ++number) {
        const QByteArrayView own = slice(number);
        QString text = decodedText(own);
        const qsizetype ownLength = text.size();
        const std::vector<qsizetype> breaks = breaksOf(text);
        // What begins here may end in the next part.
        if (number + 1 < parts())
            text += decodedText(slice(number + 1).first(std::min(slice(number + 1).size(), words.size() * 4)), false);
        for (qsizetype at = text.indexOf(words, 0, Qt::CaseInsensitive); at >= 0 && at < ownLength; at = text.indexOf(words, at + words.size(), Qt::CaseInsensitive)) {
            if (static_cast<int>(matches.size()) == limit)
                return matches;
            const qsizetype last = std::min(at + words.size(), ownLength) - 1;
            const qsizetype start = shownPlace(at, breaks);
            matches.push_back({number, start, shownPlace(last, breaks) + 1 - start});
        }
    }
    return matches;
}

} // namespace turnstone
