// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"
#include "models/find/bytesearcher.h"

#include <QRegularExpression>
#include <QString>

#include <optional>
#include <vector>

namespace turnstone {

/// What to look for, as a user writes it.
struct FindWords
{
    QString text;
    /// Otherwise words: all of them must occur, in any order; "in quotes" words belong together.
    bool isPattern = false;
    bool isCaseSensitive = false;

    friend bool operator==(const FindWords &, const FindWords &) = default;
};

/// Part of a value. Offsets count bytes.
struct TextMatch
{
    qsizetype start = 0;
    qsizetype length = 0;
};

/// Looks for words or a pattern in values as they are stored. A character also matches its JSON escapes
/// (é is found in \u00e9, a line break in \n), without regard to case by simple folding unless asked
/// otherwise. What stands inside of an escape is no match: "nothing" is not found in "\nothing" of a
/// JSON document. Immutable; may be used from several threads.
class TextMatcher
{
public:
    /// Errors: InvalidInput if there is nothing to look for, Syntax with a position for a bad pattern.
    [[nodiscard]] static Result<TextMatcher> make(const FindWords &words);

    /// A match: of all words in a row if they stand so, else of the longest; nothing if not all occur.
    std::optional<TextMatch> find(QByteArrayView value) const;

    bool isPattern() const { return m_pattern.has_value(); }
    /// The words as typed, without quotes; empty for a pattern.
    const QStringList &words() const { return m_words; }
    /// Of each word, pieces one of which any value with the word holds (letter case apart): for an
    /// engine's LIKE. Empty for a pattern.
    std::vector<QStringList> pieces() const;

private:
    /// A stretch of the word's characters and how it is searched for.
    struct Anchor
    {
        ByteSearcher searcher;
        std::size_t from; // of Word::characters
    };
    struct Word
    {
        /// Of each character every way to write it, the longest first.
        std::vector<std::vector<QByteArray>> characters;
        std::vector<Anchor> anchors;
    };

    static Word compile(const QString &text, bool isCaseSensitive);
    static std::optional<TextMatch> findWord(const Word &word, QByteArrayView value);
    static std::optional<TextMatch> matchAround(const Word &word, const Anchor &anchor, QByteArrayView value, qsizetype place);
    std::optional<TextMatch> findPattern(QByteArrayView value) const;

    QStringList m_words;
    std::vector<Word> m_compiled;
    std::optional<Word> m_phrase; // of several words
    std::optional<QRegularExpression> m_pattern;
};

/// Words and "words in quotes" of a line.
QStringList wordsOf(const QString &text);

/// A match with what stands around it, on one line, JSON escapes undone.
struct Excerpt
{
    QString text;
    qsizetype start = 0;  ///< of the match, in `text`
    qsizetype length = 0;
};
Excerpt excerptOf(QByteArrayView value, const TextMatch &match);
/// Whether a value looks like a JSON document.
bool looksLikeJson(QByteArrayView value);

} // namespace turnstone
