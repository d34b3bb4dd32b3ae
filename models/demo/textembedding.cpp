// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/demo/textembedding.h"

#include "models/demo/demorandom.h"

#include <QByteArray>

#include <algorithm>
#include <array>
#include <cmath>

namespace turnstone {

namespace {

constexpr int coordinatesPerWord = 64;
constexpr int coordinatesPerSubject = 384;
constexpr double subjectWeight = 0.7;

bool isCommon(const QByteArray &word)
{
    static const std::array<const char *, 48> common{
        "about", "after", "also", "because", "been", "before", "between", "both", "could", "does", "each", "even", "from", "have",
        "here", "into", "less", "like", "more", "most", "much", "must", "only", "other", "over", "same", "should", "some", "than",
        "that", "their", "them", "then", "there", "these", "they", "this", "very", "were", "what", "when", "where", "which",
        "while", "will", "with", "would", "your"};
    return word.size() < 4 || std::find(common.begin(), common.end(), word) != common.end();
}

/// The word without the most frequent endings of English.
QByteArray stemOf(QByteArray word)
{
    for (const char *ending : {"ingly", "edly", "ing", "ies", "ed", "es", "ly", "s", "y"}) {
        const auto length = static_cast<qsizetype>(qstrlen(ending));
        if (word.endsWith(ending) && word.size() - length >= 3) {
            word.chop(length);
            break;
        }
    }
    return word;
}

void add(std::vector<double> &sum, QByteArrayView word, int coordinates, double weight)
{
    DemoRandom random(DemoRandom::hashOf(word), "word");
    for (int i = 0; i < coordinates; ++i) {
        const std::uint64_t bits = random.next();
        sum[static_cast<std::size_t>((bits >> 32) * TextEmbedding::dimensions >> 32)] += (bits & 1) != 0 ? weight : -weight;
    }
}

double lengthOf(const std::vector<double> &numbers)
{
    double square = 0;
    for (const double number : numbers)
        square += number * number;
    return std::sqrt(square);
}

} // namespace

std::vector<float> TextEmbedding::of(QByteArrayView text, QByteArrayView subject)
{
    std::vector<double> sum(dimensions, 0.0);
    QByteArray word;
    for (qsizetype i = 0; i <= text.size(); ++i) {
        const auto byte = i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
        const bool upper = byte >= 'A' && byte <= 'Z';
        if (upper || (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte >= 0x80) {
            word.append(static_cast<char>(upper ? byte + 32 : byte));
        } else if (!word.isEmpty()) {
            if (!isCommon(word))
                add(sum, stemOf(word), coordinatesPerWord, 1.0);
            word.clear();
        }
    }
    double length = lengthOf(sum);
    if (!subject.isEmpty() || length == 0) {
        const double weight = length == 0 ? 1.0 : subjectWeight * length / std::sqrt(static_cast<double>(coordinatesPerSubject));
        add(sum, QByteArray("subject ").append(subject), coordinatesPerSubject, weight);
        length = lengthOf(sum);
    }
    std::vector<float> result(dimensions);
    for (std::size_t i = 0; i < result.size(); ++i)
        result[i] = static_cast<float>(sum[i] / length);
    return result;
}

double TextEmbedding::cosine(std::span<const float> one, std::span<const float> two)
{
    double sum = 0;
    for (std::size_t i = 0; i < std::min(one.size(), two.size()); ++i)
        sum += static_cast<double>(one[i]) * static_cast<double>(two[i]);
    return std::clamp(sum, -1.0, 1.0);
}

} // namespace turnstone
