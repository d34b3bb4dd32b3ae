// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/columncode.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace turnstone {

using Rest = SortCoded::Rest;

namespace {

constexpr std::uint64_t signBit = std::uint64_t(1) << 63;
constexpr double beyondIntegers = 9223372036854775808.0;
constexpr std::uint16_t isRounded = 0x200; // up to the digit
constexpr std::uint16_t isBeyond = 0x400;  // greater than all digits
constexpr std::uint16_t digitBits = 0x1ff;
constexpr std::size_t mostPlaces = 512;
constexpr SortWord leastCapacity = 4; // a code for each type

std::uint64_t orderedBits(double value)
{
    const auto bits = std::bit_cast<std::uint64_t>(value == 0 ? 0.0 : value); // −0 equals 0
    return (bits & signBit) != 0 ? ~bits : bits | signBit;
}

std::uint64_t orderedBits(std::int64_t value)
{
    return static_cast<std::uint64_t>(value) ^ signBit;
}

/// How an integer lies to the real that it becomes when converted.
Rest restOf(std::int64_t integer, double real)
{
    if (real >= beyondIntegers)
        return Rest::Below;
    const auto back = static_cast<std::int64_t>(real); // not below −2^63: no integer is
    return integer < back ? Rest::Below : integer > back ? Rest::Above : Rest::At;
}

Rest opposite(Rest rest)
{
    return rest == Rest::Below ? Rest::Above : rest == Rest::Above ? Rest::Below : rest;
}

unsigned char folded(unsigned char byte)
{
    return byte >= 'A' && byte <= 'Z' ? static_cast<unsigned char>(byte + 32) : byte;
}

} // namespace

void NumberCode::learn(const std::vector<ValueRef> &sample, bool isGenerous)
{
    *this = NumberCode();
    m_isUnknown = sample.empty();
    if (m_isUnknown)
        return;
    m_isReal = std::ranges::any_of(sample, [](const ValueRef &value) { return value.type() == ValueType::Real; });
    std::uint64_t least = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t most = 0;
    for (const ValueRef &value : sample) {
        const double real = value.type() == ValueType::Real ? value.real() : static_cast<double>(value.integer());
        const std::uint64_t ordered = m_isReal ? orderedBits(real) : orderedBits(value.integer());
        least = std::min(least, ordered);
        most = std::max(most, ordered);
    }
    // The sample has hardly met the very first and the very last.
    const std::uint64_t margin = isGenerous ? std::uint64_t(1) << 60 : std::max<std::uint64_t>(1000, (most - least) / 4);
    m_from = least > margin ? least - margin : 0;
    const std::uint64_t end =
        most < std::numeric_limits<std::uint64_t>::max() - margin ? most + margin : std::numeric_limits<std::uint64_t>::max();
    m_last = end - m_from;
    m_shift = 0;
    m_size = SortWord(m_last) + 1;
}

void NumberCode::fit(SortWord capacity)
{
    while (m_size > capacity)
        m_size = m_shift < 63 ? SortWord(m_last >> ++m_shift) + 1 : 1;
}

SortCoded NumberCode::ofOrdered(std::uint64_t ordered) const
{
    if (m_size == 1)
        return {0, Rest::Open};
    if (ordered < m_from)
        return {0, Rest::Below};
    if (ordered - m_from > m_last)
        return {m_size - 1, Rest::Above};
    return {(ordered - m_from) >> m_shift, m_shift == 0 ? Rest::At : Rest::Open};
}

SortCoded NumberCode::of(const ValueRef &number) const
{
    if (m_isUnknown)
        return {0, Rest::Above};
    SortCoded coded;
    Rest rest = Rest::At;
    if (m_isReal) {
        const bool isReal = number.type() == ValueType::Real;
        const double real = isReal ? number.real() : static_cast<double>(number.integer());
        coded = ofOrdered(orderedBits(real));
        rest = isReal ? Rest::At : restOf(number.integer(), real);
    } else if (number.type() == ValueType::Integer) {
        coded = ofOrdered(orderedBits(number.integer()));
    } else if (number.real() < -beyondIntegers) {
        return {0, m_size == 1 ? Rest::Open : Rest::Below};
    } else if (number.real() >= beyondIntegers) {
        return {m_size - 1, m_size == 1 ? Rest::Open : Rest::Above};
    } else {
        const double floor = std::floor(number.real());
        coded = ofOrdered(orderedBits(static_cast<std::int64_t>(floor)));
        rest = floor == number.real() ? Rest::At : Rest::Above;
    }
    if (coded.rest == Rest::At)
        coded.rest = rest;
    return coded;
}

QByteArrayView BytesCode::trimmed(QByteArrayView bytes) const
{
    if (m_order == TextOrder::TrimmedRight) {
        while (bytes.endsWith(' '))
            bytes.chop(1);
    }
    return bytes;
}

void BytesCode::learn(const std::vector<ValueRef> &sample, qsizetype skipped, SortWord capacity)
{
    m_skipped = skipped;
    m_places.clear();
    m_start.clear();
    m_size = 1;
    m_isWhole = false;
    m_isUnknown = sample.empty();
    std::vector<QByteArrayView> texts;
    qsizetype longest = -1;
    for (const ValueRef &value : sample) {
        const QByteArrayView text = trimmed(value.bytes());
        texts.push_back(text.sliced(std::min(skipped, text.size())));
        longest = std::max(longest, texts.back().size());
    }
    for (qsizetype at = 0; at <= longest && m_places.size() < mostPlaces; ++at) {
        std::array<bool, 256> isSeen{};
        Place place;
        for (QByteArrayView &text : texts) {
            if (at > text.size())
                continue;
            if (at == text.size()) {
                place.hasEnd = true;
                continue;
            }
            const unsigned char byte =
                m_order == TextOrder::NoCase ? folded(static_cast<unsigned char>(text[at])) : static_cast<unsigned char>(text[at]);
            if (byte == 0 && m_order == TextOrder::NoCase)
                text = text.first(at); // what follows is not compared
            else
                isSeen[byte] = true;
        }
        // Where there are two digits there will be all ten.
        if (std::count(isSeen.begin() + '0', isSeen.begin() + '9' + 1, true) > 1)
            std::fill(isSeen.begin() + '0', isSeen.begin() + '9' + 1, true);
        const auto ends = static_cast<std::uint64_t>(place.hasEnd ? 1 : 0);
        const auto bytes = static_cast<std::uint64_t>(std::count(isSeen.begin(), isSeen.end(), true));
        place.radix = ends + bytes;
        if (place.radix == 0 || m_size > capacity / place.radix)
            break;
        std::uint64_t digit = ends;
        for (std::size_t byte = 0; byte < 256; ++byte) {
            if (isSeen[byte])
                place.digits[byte] = static_cast<std::uint16_t>(digit++);
            else
                place.digits[byte] = static_cast<std::uint16_t>(digit == place.radix ? place.radix - 1 + isBeyond : digit + isRounded);
        }
        if (m_order == TextOrder::NoCase) {
            for (std::size_t byte = 'A'; byte <= 'Z'; ++byte)
                place.digits[byte] = place.digits[byte + 32];
        }
        if (bytes == 1 && ends == 0 && static_cast<std::size_t>(m_start.size()) == m_places.size() && m_order != TextOrder::NoCase)
            m_start.append(static_cast<char>(std::find(isSeen.begin(), isSeen.end(), true) - isSeen.begin()));
        m_size *= place.radix;
        m_places.push_back(place);
        m_isWhole = at == longest;
    }
    group();
}

/// 64 bits at a time: multiplying all 128 for each byte would cost several times as much.
void BytesCode::group()
{
    SortWord behindGroup = 1;
    for (std::size_t end = m_places.size(); end > 0;) {
        std::uint64_t product = 1;
        std::size_t first = end;
        while (first > 0 && product <= std::numeric_limits<std::uint64_t>::max() / m_places[first - 1].radix) {
            Place &place = m_places[--first];
            place.behind = product;
            product *= place.radix;
        }
        for (std::size_t at = first; at < end; ++at) {
            m_places[at].group = product;
            m_places[at].behindGroup = behindGroup;
        }
        m_places[end - 1].isLastOfGroup = true;
        behindGroup *= product;
        end = first;
    }
}

SortCoded BytesCode::of(QByteArrayView bytes) const
{
    if (m_isUnknown)
        return {0, Rest::Above};
    bytes = trimmed(bytes);
    bytes = bytes.sliced(std::min(m_skipped, bytes.size()));
    const auto size = static_cast<std::size_t>(bytes.size());
    const auto *data = reinterpret_cast<const unsigned char *>(bytes.data());
    std::size_t at = bytes.startsWith(m_start) ? static_cast<std::size_t>(m_start.size()) : 0;
    SortWord groups = 0; // those that are complete
    std::uint64_t inGroup = 0;
    for (; at < m_places.size(); ++at) {
        const Place &place = m_places[at];
        const unsigned digit = at < size ? place.digits[data[at]] : isRounded;
        inGroup = inGroup * place.radix + (digit & digitBits);
        if (digit > digitBits) {
            const std::uint64_t rest = digit >= isBeyond ? 1 : 0; // all digits that follow are the least or the greatest
            const SortWord upToGroup = groups * place.group + inGroup * place.behind + rest * (place.behind - 1);
            const bool isEnd = at >= size && place.hasEnd;
            return {upToGroup * place.behindGroup + rest * (place.behindGroup - 1), isEnd       ? Rest::At
                                                                                    : rest != 0 ? Rest::Above
                                                                                                : Rest::Below};
        }
        if (place.isLastOfGroup) {
            groups = groups * place.group + inGroup;
            inGroup = 0;
        }
    }
    return {groups, Rest::Open};
}

void ColumnCode::learn(const std::vector<ValueRef> &sample, const Said &said, SortWord capacity, bool isGenerous)
{
    std::vector<ValueRef> numbers;
    std::vector<ValueRef> texts;
    std::vector<ValueRef> blobs;
    for (const ValueRef &value : sample) {
        switch (value.type()) {
        case ValueType::Null: break;
        case ValueType::Integer:
        case ValueType::Real: numbers.push_back(value); break;
        case ValueType::Text: texts.push_back(value); break;
        case ValueType::Blob: blobs.push_back(value); break;
        }
    }
    m_size = 1;
    m_isWhole = false;
    m_before = said;
    m_areNumbersSaid = said.areNumbers;
    if (said.isAll || capacity < leastCapacity) {
        m_isWhole = said.isAll;
        return;
    }
    const int kinds = (numbers.empty() ? 0 : 1) + (texts.empty() ? 0 : 1) + (blobs.empty() ? 0 : 1);
    const SortWord each = (capacity - leastCapacity) / static_cast<unsigned>(std::max(kinds, 1)) + 1;
    m_numbers.learn(said.areNumbers ? std::vector<ValueRef>() : numbers, isGenerous);
    m_numbers.fit(each);
    m_texts.learn(texts, said.textBytes, each);
    m_blobs.learn(blobs, said.blobBytes, each);
    m_size = 1 + m_numbers.size() + m_texts.size() + m_blobs.size();
    m_isWhole = m_numbers.isWhole() && m_texts.isWhole() && m_blobs.isWhole();
}

ColumnCode::Said ColumnCode::said() const
{
    if (m_size == 1)
        return m_before;
    return {false, m_areNumbersSaid || m_numbers.isWhole(), m_texts.saidBytes(), m_blobs.saidBytes()};
}

SortCoded ColumnCode::forward(const ValueRef &value) const
{
    if (m_size == 1)
        return {0, m_before.isAll ? Rest::At : Rest::Open};
    switch (value.type()) {
    case ValueType::Null: return {};
    case ValueType::Integer:
    case ValueType::Real: {
        const SortCoded coded = m_areNumbersSaid ? SortCoded() : m_numbers.of(value);
        return {1 + coded.code, coded.rest};
    }
    case ValueType::Text: {
        const SortCoded coded = m_texts.of(value.bytes());
        return {1 + m_numbers.size() + coded.code, coded.rest};
    }
    case ValueType::Blob: break;
    }
    const SortCoded coded = m_blobs.of(value.bytes());
    return {1 + m_numbers.size() + m_texts.size() + coded.code, coded.rest};
}

SortCoded ColumnCode::of(const ValueRef &value) const
{
    const SortCoded coded = forward(value);
    return m_isReversed ? SortCoded{m_size - 1 - coded.code, opposite(coded.rest)} : coded;
}

} // namespace turnstone
