// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/find/textmatcher.h"

#include <QCoreApplication>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype bytesBefore = 60;
constexpr qsizetype bytesAfter = 140;
constexpr qsizetype longestShown = 300; // of a match itself
constexpr char32_t lastFolded = 0x1ffff;

/// Characters that JSON never needs to escape: where they stand in a text, they stand as they are.
bool isPlain(char32_t c)
{
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\' && c != '/';
}

QByteArray utf8Of(char32_t c)
{
    return QString::fromUcs4(&c, 1).toUtf8();
}

QByteArray escapeOf(char32_t c, bool inCapitals)
{
    QByteArray escape;
    for (const QChar unit : QString::fromUcs4(&c, 1)) {
        const QByteArray digits = QByteArray::number(unit.unicode(), 16).rightJustified(4, '0');
        escape += "\\u" + (inCapitals ? digits.toUpper() : digits);
    }
    return escape;
}

/// A character and those that differ from it in case only.
std::vector<char32_t> casesOf(char32_t c, bool isCaseSensitive)
{
    if (isCaseSensitive)
        return {c};
    if (c < 0x80) {
        const char32_t other = QChar::isLower(c) ? QChar::toUpper(c) : QChar::toLower(c);
        return other == c ? std::vector{c} : std::vector{c, other};
    }
    std::vector<char32_t> cases;
    const char32_t folded = QChar::toCaseFolded(c);
    for (char32_t each = 0x80; each <= lastFolded; ++each) {
        if (QChar::toCaseFolded(each) == folded)
            cases.push_back(each);
    }
    return cases.empty() ? std::vector{c} : cases;
}

std::vector<QByteArray> spellings(char32_t c, bool isCaseSensitive)
{
    std::vector<QByteArray> ways;
    for (const char32_t each : casesOf(c, isCaseSensitive)) {
        ways.push_back(utf8Of(each));
        if (isPlain(each))
            continue;
        ways.push_back(escapeOf(each, false));
        ways.push_back(escapeOf(each, true));
    }
    switch (c) {
    case '"': ways.push_back("\\\""); break;
    case '\\': ways.push_back("\\\\"); break;
    case '/': ways.push_back("\\/"); break;
    case '\n': ways.push_back("\\n"); break;
    case '\r': ways.push_back("\\r"); break;
    case '\t': ways.push_back("\\t"); break;
    default: break;
    }
    std::ranges::sort(ways);
    ways.erase(std::unique(ways.begin(), ways.end()), ways.end());
    std::ranges::stable_sort(ways, std::ranges::greater(), &QByteArray::size);
    return ways;
}

/// The longest stretch of plain characters: [from, from + length).
std::pair<std::size_t, std::size_t> longestPlain(const QList<uint> &characters)
{
    std::pair<std::size_t, std::size_t> best{0, 0};
    std::size_t from = 0;
    for (std::size_t i = 0; i <= static_cast<std::size_t>(characters.size()); ++i) {
        if (i < static_cast<std::size_t>(characters.size()) && isPlain(characters[static_cast<qsizetype>(i)]))
            continue;
        if (i - from > best.second)
            best = {from, i - from};
        from = i + 1;
    }
    return best;
}

/// Whether the byte at `place` belongs to an escape that begins before it.
bool isInsideEscape(QByteArrayView value, qsizetype place)
{
    qsizetype slashes = 0;
    while (slashes < place && value[place - 1 - slashes] == '\\')
        ++slashes;
    return slashes % 2 == 1;
}

int hexOf(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/// The value of four hexadecimal digits; -1 if they are none.
int unitAt(QByteArrayView digits)
{
    if (digits.size() < 4)
        return -1;
    int unit = 0;
    for (int i = 0; i < 4; ++i) {
        const int digit = hexOf(digits[i]);
        if (digit < 0)
            return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

/// A piece of a JSON document with its escapes undone, for reading.
QString unescaped(QByteArrayView piece)
{
    QString text;
    qsizetype plain = 0;
    const auto flush = [&](qsizetype end) { text += QString::fromUtf8(piece.sliced(plain, end - plain)); };
    for (qsizetype i = 0; i + 1 < piece.size(); ++i) {
        if (piece[i] != '\\')
            continue;
        flush(i);
        const char kind = piece[i + 1];
        const int unit = kind == 'u' ? unitAt(piece.sliced(i + 2)) : -1;
        if (unit >= 0) {
            text += QChar(unit);
            i += 5;
        } else {
            text += kind == 'n' || kind == 't' || kind == 'r' ? QChar(u' ') : QChar::fromLatin1(kind);
            ++i;
        }
        plain = i + 1;
    }
    flush(piece.size());
    return text;
}

QString oneLine(QByteArrayView piece, bool isJson)
{
    QString text = isJson ? unescaped(piece) : QString::fromUtf8(piece);
    for (QChar &c : text) {
        if (c.isSpace() || c < u' ')
            c = u' ';
    }
    return text;
}

} // namespace

bool looksLikeJson(QByteArrayView value)
{
    qsizetype i = 0;
    while (i < value.size() && (value[i] == ' ' || value[i] == '\n' || value[i] == '\t' || value[i] == '\r'))
        ++i;
    return i < value.size() && (value[i] == '{' || value[i] == '[' || value[i] == '"');
}

QStringList wordsOf(const QString &text)
{
    QStringList words;
    QString word;
    bool isQuoted = false;
    const auto end = [&] {
        if (!word.isEmpty())
            words.append(word);
        word.clear();
    };
    const bool isPaired = text.count(u'"') % 2 == 0; // a single quotation mark is a character like others
    for (const QChar c : text) {
        if (c == u'"' && isPaired) {
            end();
            isQuoted = !isQuoted;
        } else if (c.isSpace() && !isQuoted) {
            end();
        } else {
            word += c;
        }
    }
    end();
    return words;
}

Result<TextMatcher> TextMatcher::make(const FindWords &words)
{
    TextMatcher matcher;
    if (words.isPattern) {
        if (words.text.isEmpty())
            return failure(ErrorCode::InvalidInput, QCoreApplication::translate("TextMatcher", "There is nothing to look for."));
        QRegularExpression pattern(words.text, QRegularExpression::UseUnicodePropertiesOption | QRegularExpression::MultilineOption);
        if (!words.isCaseSensitive)
            pattern.setPatternOptions(pattern.patternOptions() | QRegularExpression::CaseInsensitiveOption);
        if (!pattern.isValid()) {
            Error error{ErrorCode::Syntax, QCoreApplication::translate("TextMatcher", "The pattern is wrong at character %1: %2.").arg(pattern.patternErrorOffset() + 1).arg(pattern.errorString()),
                        {}, static_cast<int>(pattern.patternErrorOffset())};
            return tl::unexpected(error);
        }
        pattern.optimize();
        matcher.m_pattern = pattern;
        return matcher;
    }
    matcher.m_words = wordsOf(words.text);
    if (matcher.m_words.isEmpty())
        return failure(ErrorCode::InvalidInput, QCoreApplication::translate("TextMatcher", "There is nothing to look for."));
    for (const QString &word : matcher.m_words)
        matcher.m_compiled.push_back(compile(word, words.isCaseSensitive));
    if (matcher.m_words.size() > 1)
        matcher.m_phrase = compile(matcher.m_words.join(u' '), words.isCaseSensitive);
    return matcher;
}

TextMatcher::Word TextMatcher::compile(const QString &text, bool isCaseSensitive)
{
    Word word;
    const QList<uint> characters = text.toUcs4();
    for (const uint c : characters)
        word.characters.push_back(spellings(c, isCaseSensitive));
    const auto [from, length] = longestPlain(characters);
    const bool isAllPlain = length == static_cast<std::size_t>(characters.size());
    if (isAllPlain || length >= 3) {
        QByteArray run;
        for (std::size_t i = from; i < from + length; ++i)
            run += utf8Of(characters[static_cast<qsizetype>(i)]);
        word.anchors.push_back({ByteSearcher(run, !isCaseSensitive), from});
        return word;
    }
    // One character that has several spellings, the rarest kind there is: not of ASCII if possible.
    const auto rare = std::ranges::find_if(characters, [](uint c) { return c >= 0x80; });
    const auto at = static_cast<std::size_t>(rare == characters.end() ? 0 : rare - characters.begin());
    for (const QByteArray &spelling : word.characters[at])
        word.anchors.push_back({ByteSearcher(spelling, false), at});
    return word;
}

std::optional<TextMatch> TextMatcher::matchAround(const Word &word, const Anchor &anchor, QByteArrayView value, qsizetype place)
{
    qsizetype end = place;
    for (std::size_t i = anchor.from; i < word.characters.size(); ++i) {
        const QByteArrayView rest = value.sliced(end);
        const auto way = std::ranges::find_if(word.characters[i], [&](const QByteArray &spelling) { return rest.startsWith(spelling); });
        if (way == word.characters[i].end())
            return std::nullopt;
        end += way->size();
    }
    qsizetype start = place;
    for (std::size_t i = anchor.from; i-- > 0;) {
        const QByteArrayView before = value.first(start);
        const auto way = std::ranges::find_if(word.characters[i], [&](const QByteArray &spelling) { return before.endsWith(spelling); });
        if (way == word.characters[i].end())
            return std::nullopt;
        start -= way->size();
    }
    if (start > 0 && value[start - 1] == '\\' && isInsideEscape(value, start) && looksLikeJson(value))
        return std::nullopt;
    return TextMatch{start, end - start};
}

std::optional<TextMatch> TextMatcher::findWord(const Word &word, QByteArrayView value)
{
    std::optional<TextMatch> first;
    for (const Anchor &anchor : word.anchors) {
        for (qsizetype place = anchor.searcher.find(value); place >= 0; place = anchor.searcher.find(value, place + 1)) {
            const std::optional<TextMatch> match = matchAround(word, anchor, value, place);
            if (!match)
                continue;
            if (!first || match->start < first->start)
                first = match;
            break;
        }
    }
    return first;
}

std::optional<TextMatch> TextMatcher::findPattern(QByteArrayView value) const
{
    // Escapes of JSON are undone for the pattern, and the place of the match is told in bytes of the value.
    const bool isEscaped = value.contains("\\u") && looksLikeJson(value);
    const QString text = isEscaped ? unescaped(value) : QString::fromUtf8(value);
    const QRegularExpressionMatch match = m_pattern->match(text);
    if (!match.hasMatch())
        return std::nullopt;
    if (!isEscaped) {
        const qsizetype start = QStringView(text).first(match.capturedStart()).toUtf8().size();
        return TextMatch{start, match.capturedView().toUtf8().size()};
    }
    if (const QString found = match.captured(); !found.isEmpty()) {
        if (const std::optional<TextMatch> raw = findWord(compile(found, true), value))
            return raw;
    }
    return TextMatch{0, 0};
}

std::optional<TextMatch> TextMatcher::find(QByteArrayView value) const
{
    if (m_pattern)
        return findPattern(value);
    std::optional<TextMatch> longest;
    for (const Word &word : m_compiled) {
        const std::optional<TextMatch> match = findWord(word, value);
        if (!match)
            return std::nullopt;
        if (!longest || match->length > longest->length || (match->length == longest->length && match->start < longest->start))
            longest = match;
    }
    if (m_phrase) { // what is worth showing: the words as they were typed, one after the other
        if (const std::optional<TextMatch> match = findWord(*m_phrase, value))
            return match;
    }
    return longest;
}

std::vector<QStringList> TextMatcher::pieces() const
{
    std::vector<QStringList> all;
    for (std::size_t i = 0; i < m_compiled.size(); ++i) {
        const QList<uint> characters = m_words[static_cast<qsizetype>(i)].toUcs4();
        const auto [from, length] = longestPlain(characters);
        if (length >= 3 || length == static_cast<std::size_t>(characters.size())) {
            QList<uint> run = characters.mid(static_cast<qsizetype>(from), static_cast<qsizetype>(length));
            all.push_back({QString::fromUcs4(reinterpret_cast<const char32_t *>(run.constData()), run.size())});
            continue;
        }
        QStringList spelt;
        const auto rare = std::ranges::find_if(characters, [](uint c) { return c >= 0x80; });
        for (const QByteArray &spelling : m_compiled[i].characters[static_cast<std::size_t>(rare == characters.end() ? 0 : rare - characters.begin())])
            spelt.append(QString::fromUtf8(spelling));
        all.push_back(spelt);
    }
    return all;
}

Excerpt excerptOf(QByteArrayView value, const TextMatch &whole)
{
    const auto isInsideCharacter = [&](qsizetype place) { return place < value.size() && (static_cast<unsigned char>(value[place]) & 0xc0) == 0x80; };
    TextMatch match{whole.start, std::min(whole.length, longestShown)};
    while (isInsideCharacter(match.start + match.length))
        --match.length;
    qsizetype from = std::max<qsizetype>(0, match.start - bytesBefore);
    while (isInsideCharacter(from))
        ++from;
    qsizetype to = std::min(value.size(), match.start + match.length + bytesAfter);
    while (isInsideCharacter(to))
        --to;
    const bool isJson = looksLikeJson(value);
    if (isJson) { // not in the middle of an escape
        for (qsizetype back = 1; back <= 5 && from - back >= 0 && from > 0; ++back) {
            if (value[from - back] == '\\') {
                from = from - back;
                break;
            }
        }
    }
    to = std::max(to, match.start + match.length);
    Excerpt excerpt;
    const QString before = oneLine(value.sliced(from, match.start - from), isJson);
    const QString found = oneLine(value.sliced(match.start, match.length), isJson);
    excerpt.text = (from > 0 ? u"…"_s : QString()) + before;
    excerpt.start = excerpt.text.size();
    excerpt.length = found.size();
    excerpt.text += found + oneLine(value.sliced(match.start + match.length, to - match.start - match.length), isJson);
    if (to < value.size())
        excerpt.text += u'…';
    return excerpt;
}

} // namespace turnstone
