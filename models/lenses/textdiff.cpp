// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/lenses/textdiff.h"

#include <QHash>

#include <algorithm>

namespace turnstone {

namespace {

struct Token
{
    qsizetype start = 0;
    qsizetype length = 0;
};

int kindOf(QChar c)
{
    return c == u'\n' ? 3 : c.isSpace() ? 1 : c.isLetterOrNumber() || c == u'_' || c.isSurrogate() || c.isMark() ? 2 : 0;
}

std::vector<Token> wordsOf(QStringView text)
{
    std::vector<Token> words;
    for (qsizetype i = 0; i < text.size();) {
        const int kind = kindOf(text[i]);
        qsizetype end = i + 1;
        while (end < text.size() && kind != 0 && kind != 3 && kindOf(text[end]) == kind)
            ++end;
        words.push_back({i, end - i});
        i = end;
    }
    return words;
}

/// Both texts as numbers, the same word the same number.
struct Sequence
{
    std::vector<Token> tokens;
    std::vector<int> ids;
};

class Differ
{
public:
    Differ(const QString &first, const QString &second, std::stop_token stop, qint64 budget)
        : m_firstText(first), m_secondText(second), m_stop(std::move(stop)), m_budget(budget)
    {
        QHash<QStringView, int> numbers;
        m_a = sequence(first, numbers);
        m_b = sequence(second, numbers);
        m_isDeleted.assign(m_a.ids.size(), false);
        m_isAdded.assign(m_b.ids.size(), false);
    }

    TextDiff diff()
    {
        if (std::min(size(m_a), size(m_b)) > worthLines) {
            QHash<QStringView, int> numbers;
            m_linesA = linesOf(m_firstText, m_a, numbers);
            m_linesB = linesOf(m_secondText, m_b, numbers);
            compareLines(0, static_cast<qsizetype>(m_linesA.ids.size()), 0, static_cast<qsizetype>(m_linesB.ids.size()), 0);
        } else {
            compare(0, size(m_a), 0, size(m_b), 0);
        }
        return collect();
    }

private:
    /// Lines as numbers; line i is the words from firstToken[i] to firstToken[i + 1].
    struct Lines
    {
        std::vector<int> ids;
        std::vector<qsizetype> firstToken;
    };

    static Lines linesOf(const QString &text, const Sequence &words, QHash<QStringView, int> &numbers)
    {
        Lines lines;
        const auto add = [&](qsizetype first, qsizetype end) {
            const qsizetype start = words.tokens[at(first)].start;
            const Token &last = words.tokens[at(end - 1)];
            const QStringView line = QStringView(text).mid(start, last.start + last.length - start);
            const auto found = numbers.constFind(line);
            const int number = found != numbers.cend() ? *found : static_cast<int>(numbers.size());
            if (found == numbers.cend())
                numbers.insert(line, number);
            lines.ids.push_back(number);
            lines.firstToken.push_back(first);
        };
        qsizetype first = 0;
        for (qsizetype i = 0; i < size(words); ++i) {
            if (text[words.tokens[at(i)].start] == u'\n') {
                add(first, i + 1);
                first = i + 1;
            }
        }
        if (first < size(words))
            add(first, size(words));
        lines.firstToken.push_back(size(words));
        return lines;
    }

    /// Lines that occur once in both anchor the words of the others.
    void compareLines(qsizetype a0, qsizetype a1, qsizetype b0, qsizetype b1, int depth)
    {
        while (a0 < a1 && b0 < b1 && m_linesA.ids[at(a0)] == m_linesB.ids[at(b0)]) {
            ++a0;
            ++b0;
        }
        while (a0 < a1 && b0 < b1 && m_linesA.ids[at(a1 - 1)] == m_linesB.ids[at(b1 - 1)]) {
            --a1;
            --b1;
        }
        if (depth < deepestPatience && a0 < a1 && b0 < b1) {
            const std::vector<std::pair<qsizetype, qsizetype>> anchors = uniqueAnchors(m_linesA.ids, a0, a1, m_linesB.ids, b0, b1);
            if (!anchors.empty()) {
                for (const auto &[a, b] : anchors) {
                    compareLines(a0, a, b0, b, depth + 1);
                    a0 = a + 1;
                    b0 = b + 1;
                }
                compareLines(a0, a1, b0, b1, depth + 1);
                return;
            }
        }
        compare(m_linesA.firstToken[at(a0)], m_linesA.firstToken[at(a1)], m_linesB.firstToken[at(b0)], m_linesB.firstToken[at(b1)], 0);
    }

    static qsizetype size(const Sequence &sequence) { return static_cast<qsizetype>(sequence.ids.size()); }
    static std::size_t at(qsizetype i) { return static_cast<std::size_t>(i); }

    static Sequence sequence(const QString &text, QHash<QStringView, int> &numbers)
    {
        Sequence sequence;
        sequence.tokens = wordsOf(text);
        sequence.ids.reserve(sequence.tokens.size());
        for (const Token &token : sequence.tokens) {
            const QStringView word = QStringView(text).mid(token.start, token.length);
            const auto found = numbers.constFind(word);
            if (found != numbers.cend()) {
                sequence.ids.push_back(*found);
            } else {
                const int next = static_cast<int>(numbers.size());
                numbers.insert(word, next);
                sequence.ids.push_back(next);
            }
        }
        return sequence;
    }

    void replace(qsizetype a0, qsizetype a1, qsizetype b0, qsizetype b1)
    {
        std::fill(m_isDeleted.begin() + a0, m_isDeleted.begin() + a1, true);
        std::fill(m_isAdded.begin() + b0, m_isAdded.begin() + b1, true);
    }

    void compare(qsizetype a0, qsizetype a1, qsizetype b0, qsizetype b1, int depth)
    {
        while (a0 < a1 && b0 < b1 && m_a.ids[at(a0)] == m_b.ids[at(b0)]) {
            ++a0;
            ++b0;
        }
        while (a0 < a1 && b0 < b1 && m_a.ids[at(a1 - 1)] == m_b.ids[at(b1 - 1)]) {
            --a1;
            --b1;
        }
        if (a0 == a1 || b0 == b1) {
            replace(a0, a1, b0, b1);
            return;
        }
        if (depth < deepestPatience && a1 - a0 > worthAnchoring && b1 - b0 > worthAnchoring) {
            const std::vector<std::pair<qsizetype, qsizetype>> anchors = uniqueAnchors(m_a.ids, a0, a1, m_b.ids, b0, b1);
            if (!anchors.empty()) {
                for (const auto &[a, b] : anchors) {
                    compare(a0, a, b0, b, depth + 1);
                    a0 = a + 1;
                    b0 = b + 1;
                }
                compare(a0, a1, b0, b1, depth + 1);
                return;
            }
        }
        myers(a0, a1, b0, b1, 0);
    }

    /// What occurs once in both, as far as it stands in the same order.
    static std::vector<std::pair<qsizetype, qsizetype>> uniqueAnchors(const std::vector<int> &inA, qsizetype a0, qsizetype a1, const std::vector<int> &inB, qsizetype b0, qsizetype b1)
    {
        struct Seen
        {
            int countA = 0, countB = 0;
            qsizetype a = 0, b = 0;
        };
        QHash<int, Seen> seen;
        for (qsizetype i = a0; i < a1; ++i) {
            Seen &each = seen[inA[at(i)]];
            ++each.countA;
            each.a = i;
        }
        for (qsizetype i = b0; i < b1; ++i) {
            const auto found = seen.find(inB[at(i)]);
            if (found == seen.end())
                continue;
            ++found->countB;
            found->b = i;
        }
        std::vector<std::pair<qsizetype, qsizetype>> common;
        for (const Seen &each : std::as_const(seen)) {
            if (each.countA == 1 && each.countB == 1)
                common.emplace_back(each.a, each.b);
        }
        std::ranges::sort(common);
        // The longest run that rises in both, by piles.
        std::vector<std::size_t> piles;
        std::vector<std::ptrdiff_t> before(common.size(), -1);
        for (std::size_t i = 0; i < common.size(); ++i) {
            const auto pile = std::lower_bound(piles.begin(), piles.end(), common[i].second, [&](std::size_t of, qsizetype b) { return common[of].second < b; });
            if (pile != piles.begin())
                before[i] = static_cast<std::ptrdiff_t>(*std::prev(pile));
            if (pile == piles.end())
                piles.push_back(i);
            else
                *pile = i;
        }
        std::vector<std::pair<qsizetype, qsizetype>> anchors;
        for (std::ptrdiff_t i = piles.empty() ? -1 : static_cast<std::ptrdiff_t>(piles.back()); i >= 0; i = before[static_cast<std::size_t>(i)])
            anchors.push_back(common[static_cast<std::size_t>(i)]);
        std::ranges::reverse(anchors);
        return anchors;
    }

    /// Myers, An O(ND) Difference Algorithm: the middle of the shortest edit script from both ends, then both halves.
    void myers(qsizetype a0, qsizetype a1, qsizetype b0, qsizetype b1, int depth)
    {
        while (a0 < a1 && b0 < b1 && m_a.ids[at(a0)] == m_b.ids[at(b0)]) {
            ++a0;
            ++b0;
        }
        while (a0 < a1 && b0 < b1 && m_a.ids[at(a1 - 1)] == m_b.ids[at(b1 - 1)]) {
            --a1;
            --b1;
        }
        const qsizetype n = a1 - a0;
        const qsizetype m = b1 - b0;
        if (n == 0 || m == 0) {
            replace(a0, a1, b0, b1);
            return;
        }
        if (depth > deepestHalving || m_stop.stop_requested() || m_budget <= 0) {
            m_isCoarse = true;
            replace(a0, a1, b0, b1);
            return;
        }
        const qsizetype most = (n + m + 1) / 2 + 1;
        const qsizetype width = 2 * most + 1;
        m_forward.assign(at(width), 0);
        m_backward.assign(at(width), 0);
        const qsizetype delta = n - m;
        const bool isOdd = (delta & 1) != 0;
        for (qsizetype d = 0; d < most; ++d) {
            m_budget -= 2 * d + 2;
            if (m_budget <= 0 || m_stop.stop_requested())
                break;
            for (qsizetype k = -d; k <= d; k += 2) {
                qsizetype x = k == -d || (k != d && m_forward[at(most + k - 1)] < m_forward[at(most + k + 1)]) ? m_forward[at(most + k + 1)] : m_forward[at(most + k - 1)] + 1;
                x = std::min(x, n);
                qsizetype y = x - k;
                if (y < 0 || y > m) {
                    m_forward[at(most + k)] = x;
                    continue;
                }
                const qsizetype startX = x;
                const qsizetype startY = y;
                while (x < n && y < m && m_a.ids[at(a0 + x)] == m_b.ids[at(b0 + y)]) {
                    ++x;
                    ++y;
                }
                m_forward[at(most + k)] = x;
                const qsizetype opposite = delta - k;
                if (isOdd && opposite >= -(d - 1) && opposite <= d - 1 && x + m_backward[at(most + opposite)] >= n) {
                    split(a0, a1, b0, b1, startX, startY, x, y, depth);
                    return;
                }
            }
            for (qsizetype k = -d; k <= d; k += 2) {
                qsizetype x = k == -d || (k != d && m_backward[at(most + k - 1)] < m_backward[at(most + k + 1)]) ? m_backward[at(most + k + 1)] : m_backward[at(most + k - 1)] + 1;
                x = std::min(x, n);
                qsizetype y = x - k;
                if (y < 0 || y > m) {
                    m_backward[at(most + k)] = x;
                    continue;
                }
                const qsizetype startX = x;
                const qsizetype startY = y;
                while (x < n && y < m && m_a.ids[at(a1 - 1 - x)] == m_b.ids[at(b1 - 1 - y)]) {
                    ++x;
                    ++y;
                }
                m_backward[at(most + k)] = x;
                const qsizetype opposite = delta - k;
                if (!isOdd && opposite >= -d && opposite <= d && x + m_forward[at(most + opposite)] >= n) {
                    split(a0, a1, b0, b1, n - x, m - y, n - startX, m - startY, depth);
                    return;
                }
            }
        }
        m_isCoarse = true;
        replace(a0, a1, b0, b1);
    }

    void split(qsizetype a0, qsizetype a1, qsizetype b0, qsizetype b1, qsizetype x, qsizetype y, qsizetype u, qsizetype v, int depth)
    {
        myers(a0, a0 + x, b0, b0 + y, depth + 1);
        myers(a0 + u, a1, b0 + v, b1, depth + 1);
    }

    TextDiff collect()
    {
        TextDiff diff;
        diff.isCoarse = m_isCoarse;
        qsizetype same = 0;
        qsizetype a = 0;
        qsizetype b = 0;
        const auto add = [&](DiffRun::Kind kind, qsizetype firstLength, qsizetype secondLength, qsizetype firstStart, qsizetype secondStart) {
            if (!diff.runs.empty() && diff.runs.back().kind == kind) {
                diff.runs.back().firstLength += firstLength;
                diff.runs.back().secondLength += secondLength;
            } else {
                diff.runs.push_back({kind, firstStart, firstLength, secondStart, secondLength});
            }
        };
        qsizetype firstPlace = 0;
        qsizetype secondPlace = 0;
        qsizetype total = 0;
        while (a < size(m_a) || b < size(m_b)) {
            if (a < size(m_a) && m_isDeleted[at(a)]) {
                const qsizetype length = m_a.tokens[at(a)].length;
                add(DiffRun::Kind::Removed, length, 0, firstPlace, secondPlace);
                firstPlace += length;
                total += length;
                ++a;
            } else if (b < size(m_b) && m_isAdded[at(b)]) {
                const qsizetype length = m_b.tokens[at(b)].length;
                add(DiffRun::Kind::Added, 0, length, firstPlace, secondPlace);
                secondPlace += length;
                total += length;
                ++b;
            } else {
                const qsizetype length = m_a.tokens[at(a)].length;
                add(DiffRun::Kind::Same, length, length, firstPlace, secondPlace);
                firstPlace += length;
                secondPlace += length;
                same += 2 * length;
                total += 2 * length;
                ++a;
                ++b;
            }
        }
        diff.likeness = total == 0 ? 1 : static_cast<double>(same) / static_cast<double>(total);
        return diff;
    }

    static constexpr int deepestPatience = 24;
    static constexpr int deepestHalving = 64;
    static constexpr qsizetype worthAnchoring = 64;
    static constexpr qsizetype worthLines = 2'000;

    const QString &m_firstText;
    const QString &m_secondText;
    const std::stop_token m_stop;
    qint64 m_budget;
    Sequence m_a, m_b;
    Lines m_linesA, m_linesB;
    std::vector<char> m_isDeleted, m_isAdded;
    std::vector<qsizetype> m_forward, m_backward;
    bool m_isCoarse = false;
};

} // namespace

TextDiff diffTexts(const QString &first, const QString &second, std::stop_token stop, qint64 budget)
{
    return Differ(first, second, std::move(stop), budget).diff();
}

} // namespace turnstone
