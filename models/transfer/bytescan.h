// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <bit>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace turnstone {

// The searches by which formats go through long texts, 16 bytes at a time where the processor can.

namespace bytescan {

#ifdef __SSE2__

template<bool copies, typename Match>
inline const char *search(const char *p, const char *end, [[maybe_unused]] char *out, bool &high, Match match)
{
    const auto load = [](const char *at) { return _mm_loadu_si128(reinterpret_cast<const __m128i *>(at)); };
    const auto store = [](char *at, __m128i bytes) { _mm_storeu_si128(reinterpret_cast<__m128i *>(at), bytes); };
    const auto first = [](const char *at, int mask) { return at + std::countr_zero(static_cast<unsigned>(mask)); };
    const char *const begin = p;
    // Four at once with one decision: long texts have little to stop at.
    for (; end - p >= 64; p += 64) {
        const __m128i a = load(p), b = load(p + 16), c = load(p + 32), d = load(p + 48);
        if constexpr (copies) {
            char *const to = out + (p - begin);
            store(to, a);
            store(to + 16, b);
            store(to + 32, c);
            store(to + 48, d);
        }
        if (_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(a, b), _mm_or_si128(c, d))) != 0)
            high = true;
        const __m128i foundA = match.wide(a), foundB = match.wide(b), foundC = match.wide(c), foundD = match.wide(d);
        if (_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(foundA, foundB), _mm_or_si128(foundC, foundD))) == 0)
            continue;
        if (const int mask = _mm_movemask_epi8(foundA); mask != 0)
            return first(p, mask);
        if (const int mask = _mm_movemask_epi8(foundB); mask != 0)
            return first(p + 16, mask);
        if (const int mask = _mm_movemask_epi8(foundC); mask != 0)
            return first(p + 32, mask);
        return first(p + 48, _mm_movemask_epi8(foundD));
    }
    int mask = 0;
    const auto look = [&](const char *at) {
        const __m128i bytes = load(at);
        if constexpr (copies)
            store(out + (at - begin), bytes);
        if (_mm_movemask_epi8(bytes) != 0)
            high = true;
        mask = _mm_movemask_epi8(match.wide(bytes));
        return mask != 0;
    };
    for (; end - p >= 16; p += 16) {
        if (look(p))
            return first(p, mask);
    }
    if (p == end)
        return end;
    // The last bytes once more, together with some of those before, which do not match.
    if (end - begin >= 16)
        return look(end - 16) ? first(end - 16, mask) : end;
    if (end - begin >= 8) {
        const auto half = [](const char *at) { return _mm_loadl_epi64(reinterpret_cast<const __m128i *>(at)); };
        const __m128i bytes = _mm_unpacklo_epi64(half(begin), half(end - 8));
        if constexpr (copies) {
            _mm_storel_epi64(reinterpret_cast<__m128i *>(out), bytes);
            _mm_storel_epi64(reinterpret_cast<__m128i *>(out + (end - 8 - begin)), _mm_unpackhi_epi64(bytes, bytes));
        }
        if (_mm_movemask_epi8(bytes) != 0)
            high = true;
        mask = _mm_movemask_epi8(match.wide(bytes));
        if (mask == 0)
            return end;
        const int at = std::countr_zero(static_cast<unsigned>(mask));
        return at < 8 ? begin + at : end - 16 + at;
    }
    for (; p < end; ++p) {
        if constexpr (copies)
            out[p - begin] = *p;
        if (static_cast<signed char>(*p) < 0)
            high = true;
        if (match.narrow(*p))
            return p;
    }
    return end;
}

#else

template<bool copies, typename Match>
inline const char *search(const char *p, const char *end, [[maybe_unused]] char *out, bool &high, Match match)
{
    for (; p < end; ++p) {
        if constexpr (copies)
            *out++ = *p;
        if (static_cast<signed char>(*p) < 0)
            high = true;
        if (match.narrow(*p))
            return p;
    }
    return end;
}

#endif

/// The first byte that is looked for, or `end`; `high` is set when a byte beyond ASCII was seen (perhaps after that place).
template<typename Match>
inline const char *find(const char *p, const char *end, bool &high, Match match)
{
    return search<false>(p, end, nullptr, high, match);
}

/// As find(), and copies the bytes before that place to `out`, where there must be room for all of them: what lies behind
/// the copied bytes is overwritten, up to as many bytes as the text has.
template<typename Match>
inline const char *copy(const char *p, const char *end, char *out, bool &high, Match match)
{
    return search<true>(p, end, out, high, match);
}

struct CsvMatch
{
    explicit CsvMatch(char between) : separator(between) {}
    bool narrow(char c) const { return c == separator || c == '"' || c == '\n' || c == '\r'; }
#ifdef __SSE2__
    __m128i wide(__m128i bytes) const
    {
        const __m128i a = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(separator)), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')));
        const __m128i b = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\n')), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\r')));
        return _mm_or_si128(a, b);
    }
#endif
    const char separator;
};

struct JsonMatch
{
    static bool narrow(char c) { return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20; }
#ifdef __SSE2__
    static __m128i wide(__m128i bytes)
    {
        const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
        return _mm_or_si128(control, _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'))));
    }
#endif
};

struct ByteMatch
{
    explicit ByteMatch(char wanted) : byte(wanted) {}
    bool narrow(char c) const { return c == byte; }
#ifdef __SSE2__
    __m128i wide(__m128i bytes) const { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(byte)); }
#endif
    const char byte;
};

/// What PostgreSQL's COPY text format escapes.
struct CopyMatch
{
    static bool narrow(char c) { return c == '\\' || static_cast<unsigned char>(c) < 0x20; }
#ifdef __SSE2__
    static __m128i wide(__m128i bytes)
    {
        return _mm_or_si128(_mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
    }
#endif
};

} // namespace bytescan

} // namespace turnstone
