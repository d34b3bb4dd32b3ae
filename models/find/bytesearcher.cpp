// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/find/bytesearcher.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace turnstone {

namespace {

/// How common a byte is in texts and JSON, roughly: the higher the more.
int frequency(char byte)
{
    constexpr const char *byRank = " etaoinsrhldcumpfg\"ywb,v.:k-_0123456789xjqz{}[]()'";
    const char *found = std::strchr(byRank, byte);
    return byte != '\0' && found ? 100 - static_cast<int>(found - byRank) : byte == '\\' ? 90 : 10;
}

bool isLetter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

} // namespace

ByteSearcher::ByteSearcher(QByteArray needle, bool ignoresCase) : m_needle(std::move(needle)), m_folds(m_needle.size(), '\0')
{
    Q_ASSERT(!m_needle.isEmpty());
    for (qsizetype i = 0; i < m_needle.size() && ignoresCase; ++i) {
        if (isLetter(m_needle.at(i))) {
            m_folds[i] = 0x20;
            m_needle[i] = static_cast<char>(m_needle.at(i) | 0x20);
        }
    }
    const auto rank = [this](qsizetype i) { return frequency(m_folds.at(i) ? static_cast<char>(m_needle.at(i) | 0x20) : m_needle.at(i)); };
    for (qsizetype i = 1; i < m_needle.size(); ++i) {
        if (rank(i) < rank(m_first))
            m_first = i;
    }
    m_second = m_first == 0 ? m_needle.size() - 1 : 0;
    for (qsizetype i = 0; i < m_needle.size(); ++i) {
        if (i != m_first && rank(i) < rank(m_second))
            m_second = i;
    }
}

bool ByteSearcher::isAt(const char *place) const
{
    const char *needle = m_needle.constData();
    const char *folds = m_folds.constData();
    for (qsizetype i = 0; i < m_needle.size(); ++i) {
        if ((place[i] | folds[i]) != needle[i])
            return false;
    }
    return true;
}

qsizetype ByteSearcher::find(QByteArrayView text, qsizetype from) const
{
    const qsizetype last = text.size() - m_needle.size(); // the last place where it can stand
    if (from > last)
        return -1;
#if defined(__x86_64__)
    static const bool hasAvx2 = __builtin_cpu_supports("avx2");
    return hasAvx2 ? findWidest(text.data(), from, last) : findWide(text.data(), from, last);
#else
    return findPlain(text.data(), from, last);
#endif
}

qsizetype ByteSearcher::findPlain(const char *data, qsizetype from, qsizetype last) const
{
    const char wanted = m_needle.at(m_first);
    const char fold = m_folds.at(m_first);
    for (qsizetype i = from; i <= last; ++i) {
        if ((data[i + m_first] | fold) == wanted && isAt(data + i))
            return i;
    }
    return -1;
}

#if defined(__x86_64__)

qsizetype ByteSearcher::findWide(const char *data, qsizetype from, qsizetype last) const
{
    constexpr qsizetype width = 16;
    const __m128i first = _mm_set1_epi8(m_needle.at(m_first));
    const __m128i firstFold = _mm_set1_epi8(m_folds.at(m_first));
    const __m128i second = _mm_set1_epi8(m_needle.at(m_second));
    const __m128i secondFold = _mm_set1_epi8(m_folds.at(m_second));
    qsizetype i = from;
    for (; i + width - 1 <= last; i += width) {
        const __m128i a = _mm_or_si128(_mm_loadu_si128(reinterpret_cast<const __m128i *>(data + i + m_first)), firstFold);
        const __m128i b = _mm_or_si128(_mm_loadu_si128(reinterpret_cast<const __m128i *>(data + i + m_second)), secondFold);
        auto mask = static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_and_si128(_mm_cmpeq_epi8(a, first), _mm_cmpeq_epi8(b, second))));
        for (; mask != 0; mask &= mask - 1) {
            const qsizetype place = i + std::countr_zero(mask);
            if (isAt(data + place))
                return place;
        }
    }
    return findPlain(data, i, last);
}

__attribute__((target("avx2"))) qsizetype ByteSearcher::findWidest(const char *data, qsizetype from, qsizetype last) const
{
    constexpr qsizetype width = 32;
    const __m256i first = _mm256_set1_epi8(m_needle.at(m_first));
    const __m256i firstFold = _mm256_set1_epi8(m_folds.at(m_first));
    const __m256i second = _mm256_set1_epi8(m_needle.at(m_second));
    const __m256i secondFold = _mm256_set1_epi8(m_folds.at(m_second));
    qsizetype i = from;
    for (; i + width - 1 <= last; i += width) {
        const __m256i a = _mm256_or_si256(_mm256_loadu_si256(reinterpret_cast<const __m256i *>(data + i + m_first)), firstFold);
        const __m256i b = _mm256_or_si256(_mm256_loadu_si256(reinterpret_cast<const __m256i *>(data + i + m_second)), secondFold);
        auto mask = static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_and_si256(_mm256_cmpeq_epi8(a, first), _mm256_cmpeq_epi8(b, second))));
        for (; mask != 0; mask &= mask - 1) {
            const qsizetype place = i + std::countr_zero(mask);
            if (isAt(data + place))
                return place;
        }
    }
    return findPlain(data, i, last);
}

#endif

} // namespace turnstone
