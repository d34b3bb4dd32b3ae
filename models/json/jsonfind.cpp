// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/json/jsonfind.h"

#include <algorithm>

namespace turnstone {

namespace {

constexpr int pageSize = 500;

/// One open container on the way down.
struct Level
{
    JsonItem container;
    JsonChildren page;
    std::size_t next = 0; // in the page
    int row = -1;         // of the child looked at last
};

class Finder
{
public:
    Finder(const JsonIndex &document, const QString &words) : m_document(document), m_words(words), m_isAscii(isPlainAscii(words)), m_plain(words.toUtf8().toLower()) {}

    bool holds(const JsonItem &item) const
    {
        if (item.keyStart >= 0 && matches(QByteArrayView(m_document.bytes()).sliced(item.keyStart, item.keyLength), true))
            return true;
        return !item.isContainer() && matches(QByteArrayView(m_document.bytes()).sliced(item.start, item.length), item.kind == JsonKind::String);
    }

private:
    static bool isPlainAscii(const QString &words)
    {
        return std::ranges::all_of(words, [](QChar each) { return each.unicode() >= 0x20 && each.unicode() < 0x7f; });
    }
    /// Decoding is needed only where an escape could hide a character, or case is more than a bit.
    bool matches(QByteArrayView bytes, bool isString) const
    {
        if (m_isAscii && (!isString || !bytes.contains('\\')) && !hasWideByte(bytes))
            return containsLower(isString ? bytes.sliced(1, bytes.size() - 2) : bytes);
        return (isString ? JsonIndex::decoded(bytes) : QString::fromUtf8(bytes)).contains(m_words, Qt::CaseInsensitive);
    }
    static bool hasWideByte(QByteArrayView bytes)
    {
        return std::ranges::any_of(bytes, [](char byte) { return static_cast<unsigned char>(byte) >= 0x80; });
    }
    static char lower(char byte) { return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : byte; }
    bool containsLower(QByteArrayView bytes) const
    {
        return std::search(bytes.begin(), bytes.end(), m_plain.begin(), m_plain.end(), [](char a, char b) { return lower(a) == b; }) != bytes.end();
    }

    const JsonIndex &m_document;
    const QString m_words;
    const bool m_isAscii;
    const QByteArray m_plain;
};

} // namespace

std::vector<JsonPlace> findInJson(const JsonIndex &document, const QString &words, int limit, const std::stop_token &stop)
{
    std::vector<JsonPlace> places;
    if (words.isEmpty())
        return places;
    const Finder finder(document, words);
    if (!document.root().isContainer()) {
        if (finder.holds(document.root()))
            places.emplace_back();
        return places;
    }
    std::vector<Level> open;
    open.push_back({document.root(), document.children(document.root(), 0, pageSize)});
    while (!open.empty() && !stop.stop_requested()) {
        Level &level = open.back();
        if (level.next == level.page.nodes.size()) {
            if (level.page.next < 0) {
                open.pop_back();
                continue;
            }
            level.page = document.children(level.container, level.page.next, pageSize);
            level.next = 0;
            continue;
        }
        const JsonItem item = level.page.nodes[level.next++];
        ++level.row;
        if (finder.holds(item)) {
            JsonPlace place;
            for (const Level &each : open)
                place.push_back(each.row);
            places.push_back(std::move(place));
            if (static_cast<int>(places.size()) == limit)
                return places;
        }
        if (item.isContainer())
            open.push_back({item, document.children(item, 0, pageSize)}); // `level` is no longer valid
    }
    return places;
}

} // namespace turnstone
